import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import CasesError
from assistant.evaluation.cases import Case, MustCite
from assistant.evaluation.spreadsheets import find_sheet, load_sheet, sheet_documents

HEADS = ("question", "answer", "document", "quote")
ROWS = (
    ("How many arrests?", "2,517", "brief.md", "A total of 2,517 arrests"),
    ("What did it cost?", "", "", ""),
    (
        "Who led it, and from where?",
        "Maria Lund; Lyon",
        "brief.md",
        "It was led from Lyon by Maria Lund; so “they” say",
    ),
    ("Was Zürich part of it?", "yes", "", ""),
)
CASES = (
    Case(
        "row-1",
        "How many arrests?",
        answerable=True,
        must_say=("2,517",),
        must_cite=(MustCite("brief.md", "A total of 2,517 arrests"),),
    ),
    Case("row-2", "What did it cost?", answerable=False),
    Case(
        "row-3",
        "Who led it, and from where?",
        answerable=True,
        must_say=("Maria Lund", "Lyon"),
        must_cite=(MustCite("brief.md", "It was led from Lyon by Maria Lund; so “they” say"),),
    ),
    Case("row-4", "Was Zürich part of it?", answerable=True, must_say=("yes",)),
)


def text_of(rows: object, delimiter: str = ",", end: str = "\r\n") -> str:
    """The rows as a spreadsheet saves them."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([HEADS, *rows])  # type: ignore[misc]  # rows
    return out.getvalue()


def saved(folder: Path, text: str | bytes, name: str = "questions.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mistake(path: Path) -> str:
    """What is said of a sheet, without its path, which comes first."""
    with pytest.raises(CasesError) as caught:
        load_sheet(path)
    assert str(caught.value).startswith(str(path))
    return str(caught.value).removeprefix(str(path))


# Sheets as programs save them


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_sheet_is_read_however_it_was_saved(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    """Commas, semicolons or tabs, with a byte-order mark or in an old encoding, with any line ends: the same cases."""
    assert CASES == load_sheet(saved(tmp_path, text_of(ROWS, delimiter, end).encode(encoding)))


def test_a_quoted_cell_may_run_over_lines(tmp_path: Path) -> None:
    """A line end inside a quoted cell is part of its text, and quotes in it are doubled."""
    text = 'question,answer\n"Who said\n""no""?",Lund\nWhere?,"Lyon\n"\n'
    questions = [(case.question, case.must_say) for case in load_sheet(saved(tmp_path, text))]
    assert [('Who said\n"no"?', ("Lund",)), ("Where?", ("Lyon",))] == questions


def test_heads_may_stand_in_any_order(tmp_path: Path) -> None:
    """Case, spaces and order of the heads make no difference, and only question and answer are needed."""
    text = " Answer , TAGS,Question,id\nLyon,where; europe ;,Where?,w\n,,What?,\n"
    expected = (
        Case("w", "Where?", answerable=True, must_say=("Lyon",), tags=("where", "europe")),
        Case("row-2", "What?", answerable=False),
    )
    assert expected == load_sheet(saved(tmp_path, text))


def test_empty_lines_and_short_rows_are_let_be(tmp_path: Path) -> None:
    """An empty line is no row, a cell that is left out at the end is empty, and spaces around a text don't count."""
    text = "question,answer,document,quote\n\n  Where?  , Lyon ;; \n\n\nWhat?,\n"
    assert [("Where?", ("Lyon",)), ("What?", ())] == [
        (case.question, case.must_say) for case in load_sheet(saved(tmp_path, text))
    ]


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20)
ANSWERS = st.lists(CELLS.filter(lambda text: ";" not in text), max_size=3)
FEW = settings(max_examples=50, deadline=None)  # an example writes a file


@FEW
@given(
    st.lists(st.tuples(CELLS, ANSWERS, st.none() | st.tuples(CELLS, CELLS)), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
)
def test_any_text_survives_a_sheet(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, list[str], tuple[str, str] | None]],
    delimiter: str,
) -> None:
    """Whatever a cell holds, delimiters and quotes included, it comes out as it went in."""
    rows = [(question, answers, cited if answers else None) for question, answers, cited in rows]
    cells = [(question, ";".join(answers), *(cited or ("", ""))) for question, answers, cited in rows]
    cases = load_sheet(saved(tmp_path_factory.mktemp("sheet"), text_of(cells, delimiter)))
    expected = [
        (question, bool(answers), tuple(answers), (MustCite(*cited),) if cited else ())
        for question, answers, cited in rows
    ]
    assert expected == [(case.question, case.answerable, case.must_say, case.must_cite) for case in cases]


# Mistakes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("question,quote\nWhat?,x\n", ", line 1: answer: missing."),
        ("answer\nx\n", ", line 1: question: missing."),
        ("", ", line 1: question: missing."),
        ("question,answer,qoute\nWhat?,x,y\n", ", line 1: 'qoute': unknown column."),
        ("question,answer\nWhat?,x\n ,x\n", ", line 3: question: empty."),
        ("question,answer,document\nWhat?,x,\nWhat?,x,a.md\n", ", line 3: document, quote: give both or neither."),
        ("question,answer,quote\nWhat?,x,y\n", ", line 2: document, quote: give both or neither."),
        ("question,answer,document,quote\nWhat?,,a.md,y\n", ", line 2: answer: empty, but a quote answers."),
        ("id,question,answer\na,What?,x\na,Who?,y\n", ", line 3: id: 'a' is taken by an earlier row."),
        ("question,answer\nHow many, in all?,5\n", ", line 2: more cells than columns."),
        ("question;answer\nWhat?;x\n\n\nWhat?;x;y\n", ", line 5: more cells than columns."),
        ("question,answer\n", ": it has no questions."),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    """Each mistake is an error that names the file, the line and the column."""
    assert mistake(saved(tmp_path, text)).startswith(expected)


@pytest.mark.parametrize("text", ['question,answer\nWhat?,"x"y\n', 'question,answer\nWhat?,"x\nand no end'])
def test_a_quote_that_does_not_end_is_named(tmp_path: Path, text: str) -> None:
    """A cell whose quotes are wrong is no well-formed CSV."""
    assert "no well-formed CSV: " in mistake(saved(tmp_path, text))


@pytest.mark.parametrize(
    "text", ['question,answer\nWhat?,x\nWho?,"x"y\n', f"question,answer\nA?,x\nB?,{'x' * 140_000}\n"]
)
def test_a_malformed_line_is_named(tmp_path: Path, text: str) -> None:
    """Its line is named as that of any other mistake, also where a cell is too long."""
    assert ", line 3" in mistake(saved(tmp_path, text))


@pytest.mark.parametrize("heads", ["question,answer,answer", "question,answer,Answer "])
def test_a_column_given_twice_is_named(tmp_path: Path, heads: str) -> None:
    """Two columns with the same head are a mistake: which of them counts?"""
    assert "answer" in mistake(saved(tmp_path, f"{heads}\nWhere?,Lyon,Paris\n"))


@pytest.mark.parametrize("content", [None, b"PK\x03\x04\x00\x00\x00\x00" * 9, b"\xef\xbb\xbfquestion,answer\n\xff,x\n"])
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes | None) -> None:
    """A sheet that is missing, saved as a workbook, or damaged says so, and what to do."""
    path = tmp_path / "questions.csv" if content is None else saved(tmp_path, content)
    assert mistake(path).endswith("Save the sheet as CSV.")


# Which sheet, and which documents


def test_a_sheet_is_found(tmp_path: Path) -> None:
    """A CSV file is one whatever its name is; a folder has one when it holds questions.csv and is no data set."""
    assert tmp_path / "any.CSV" == find_sheet(tmp_path / "any.CSV")
    assert find_sheet(tmp_path) is None
    sheet = saved(tmp_path, text_of(ROWS))
    assert sheet == find_sheet(tmp_path)
    saved(tmp_path, "{}", "corpus.jsonl")
    assert find_sheet(tmp_path) is None


def test_the_documents_lie_beside_the_sheet(tmp_path: Path) -> None:
    """What the questions are about is the folder ``documents``, or without one all that lies beside the sheet."""
    sheet = saved(tmp_path, text_of(ROWS))
    others = [saved(tmp_path, "x", name) for name in ("b.md", "a.md")]
    assert sorted(others) == sheet_documents(sheet)
    (tmp_path / "documents").mkdir()
    assert [tmp_path / "documents"] == sheet_documents(sheet)
