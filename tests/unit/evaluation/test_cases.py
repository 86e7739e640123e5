from pathlib import Path

import pytest

from assistant.errors import CasesError
from assistant.evaluation.cases import Case, MustCite, load_cases

GOOD = """\
- id: arrests
  question: How many arrests?
  answerable: true
  must_say: ["2,517"]
  must_not_say: ["2,571"]
  must_cite:
    - {document: brief.md, quote: "A total of 2,517 arrests"}
  tags: [figures]
- id: budget
  question: What did it cost?
  history:
    - {role: user, content: "How many arrests?"}
    - {role: assistant, content: "A total of 2,517 arrests were made. [1]"}
  answerable: false
"""


def written(folder: Path, text: str, name: str = "cases.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    """A file of cases becomes values, in order, with empty tuples for what is left out."""
    expected = (
        Case(
            id="arrests",
            question="How many arrests?",
            answerable=True,
            must_say=("2,517",),
            must_not_say=("2,571",),
            must_cite=(MustCite("brief.md", "A total of 2,517 arrests"),),
            tags=("figures",),
        ),
        Case(
            id="budget",
            question="What did it cost?",
            answerable=False,
            history=(
                {"role": "user", "content": "How many arrests?"},
                {"role": "assistant", "content": "A total of 2,517 arrests were made. [1]"},
            ),
        ),
    )
    assert expected == load_cases([written(tmp_path, GOOD)])


@pytest.mark.parametrize("question", ["", "  ", "?", "a" * 5_000], ids=["none", "spaces", "mark", "long"])
def test_a_question_may_be_one_that_cannot_be_asked(tmp_path: Path, question: str) -> None:
    """An empty or overlong question is read as it is, for how it is refused is what its case is about."""
    text = f"- {{id: a, question: '{question}', answerable: false}}"
    assert (Case(id="a", question=question, answerable=False),) == load_cases([written(tmp_path, text)])


def test_a_folder_stands_for_its_files_by_name(tmp_path: Path) -> None:
    """The cases of a folder come file by file, and other kinds of files are let be."""
    written(tmp_path, "- {id: b, question: 'B?', answerable: false}", "2.yaml")
    written(tmp_path, "- {id: a, question: 'A?', answerable: false}", "1.yaml")
    written(tmp_path, "not cases", "README.md")
    assert [case.id for case in load_cases([tmp_path])] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- {id: a, question: 'A?', answerable: false, answr: x}", ["line 1", "'a'", "answr"]),
        ("\n- {id: a, answerable: false}", ["line 2", "'a'", "question"]),
        ("- {id: a, question: 'A?', answerable: perhaps}", ["'a'", "answerable"]),
        ("- {id: a, question: 7, answerable: false}", ["'a'", "question", "7", "quotes"]),
        ("- {id: a, question: [], answerable: false}", ["'a'", "question", "[]"]),
        ("- {id: a, question:, answerable: false}", ["'a'", "question", "None"]),
        ("- {id: ' ', question: 'A?', answerable: false}", ["line 1", "id"]),
        (
            "- {id: a, question: 'A?', answerable: true, must_say: [850]}",
            ["'a'", "must_say", "850"],
        ),
        ("- {id: a, question: 'A?', answerable: true, must_say: x}", ["'a'", "must_say", "list"]),
        ("- {id: a, question: 'A?', answerable: false, tags: [1]}", ["'a'", "tags"]),
        ("- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md}]}", ["'a'", "must_cite"]),
        ("- {id: a, question: 'A?', answerable: true, must_cite: [b.md]}", ["'a'", "must_cite"]),
        (
            "- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md, quote: by 2,517}]}",
            ["'a'", "must_cite", "quotes"],
        ),
        (
            "- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md, quote: 5}]}",
            ["'a'", "must_cite.quote"],
        ),
        ("- {id: a, question: 'A?', answerable: true}", ["'a'", "must_say", "must_cite"]),
        ("- {id: a, question: 'A?', answerable: false, must_say: [x]}", ["'a'", "must_say", "unanswerable"]),
        ("- {id: a, id: b, question: 'A?', answerable: false}", ["id", "twice"]),
        (
            "- {id: a, question: 'A?', answerable: false}\n- {id: a, question: 'B?', answerable: false}",
            ["line 2", "'a'", "id", "taken"],
        ),
        ("id: a", ["list of cases"]),
        ("- just words", ["line 1", "mapping"]),
        ("- [unclosed", ["YAML"]),
        ("", ["list of cases"]),
        ("[]", ["no cases"]),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, named: list[str]) -> None:
    """Each mistake in a file of cases is an error that names where and what."""
    path = written(tmp_path, text)
    with pytest.raises(CasesError) as caught:
        load_cases([path])
    message = str(caught.value)
    assert [part for part in named if part not in message] == []
    assert str(path) in message or "no cases" in message


@pytest.mark.parametrize(
    ("history", "field"),
    [
        ("x", "history: a list"),
        ("{role: user, content: x}", "history: a list"),
        ("[x]", "history: each message"),
        ("[{role: user}]", "history: each message"),
        ("[{content: x}]", "history: each message"),
        ("[{role: system, content: x}]", "history: each message"),
        ("[{role: [user], content: x}]", "history: each message"),
        ("[{role: user, content: x, name: y}]", "history: each message"),
        ("[{role: user, content: ''}]", "history.content"),
        ("[{role: user, content: 5}]", "history.content"),
        ("[{role: user, content: x}, {role: assistant, content: [y]}]", "history.content"),
    ],
)
def test_a_malformed_history_is_named_with_its_place(tmp_path: Path, history: str, field: str) -> None:
    """A mistake in what was said before is an error that names the file, the case with its line, and the field."""
    good = "- {id: a, question: 'A?', answerable: false}"
    path = written(tmp_path, f"{good}\n- id: b\n  question: 'B?'\n  answerable: false\n  history: {history}")
    with pytest.raises(CasesError) as caught:
        load_cases([path])
    assert str(caught.value).startswith(f"{path}, line 2, case 'b': {field}")


def test_an_id_is_taken_across_files(tmp_path: Path) -> None:
    """Two files of one run may not share an id, and the later one is named."""
    case = "- {id: a, question: 'A?', answerable: false}"
    later = written(tmp_path, case, "2.yaml")
    with pytest.raises(CasesError, match="taken") as caught:
        load_cases([written(tmp_path, case, "1.yaml"), later])
    assert str(caught.value).startswith(str(later))


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    """A path that isn't there is named, not passed over."""
    with pytest.raises(CasesError, match=r"nowhere\.yaml"):
        load_cases([tmp_path / "nowhere.yaml"])


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    """A binary file given as cases is one clear line."""
    path = tmp_path / "cases.yaml"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(CasesError, match=r"cases\.yaml: not valid YAML"):
        load_cases([path])
