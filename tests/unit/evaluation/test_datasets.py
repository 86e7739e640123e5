import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CasesError
from assistant.evaluation.datasets import Dataset, DatasetDocument, load_dataset

DOCUMENT = {"doc_id": "d1", "title": "Tea", "sentences": ["Tea is a drink.", "It is old."], "extra": 1}
QUESTION = {
    "qid": "q1",
    "question": "What is tea?",
    "answerable": True,
    "answers": ["a drink"],
    "evidence_sets": [[["d1", 0]], [["d1", 0], ["d1", 1]]],
    "source_doc": "d1",
}


def written(folder: Path, documents: list[Any], questions: list[Any]) -> Path:
    for name, lines in (("corpus", documents), ("questions", questions)):
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text("\n".join(texts), encoding="utf-8")
    return folder


def test_a_set_is_read(tmp_path: Path) -> None:
    """Documents, questions and evidence come out as values, and unknown fields are let be."""
    dataset = load_dataset(written(tmp_path, [DOCUMENT], [QUESTION, ""]))
    (question,) = dataset.questions
    assert DatasetDocument("d1", "Tea", ("Tea is a drink.", "It is old.")) == dataset.documents["d1"]
    assert (question.id, question.answerable, question.source_doc) == ("q1", True, "d1")
    assert (frozenset({("d1", 0)}), frozenset({("d1", 0), ("d1", 1)})) == question.evidence_sets
    assert {("d1", 0), ("d1", 1)} == question.evidence


def test_documents_are_written_as_files(tmp_path: Path) -> None:
    """A document's file is its title, an empty line, and its sentences joined by one space."""
    dataset = load_dataset(written(tmp_path, [DOCUMENT], [QUESTION]))
    dataset.write(tmp_path / "documents")
    text = (tmp_path / "documents" / "d1.md").read_text(encoding="utf-8")
    assert text == "# Tea\n\nTea is a drink. It is old.\n"
    assert [text[a:b] for a, b in dataset.documents["d1"].spans] == ["Tea is a drink.", "It is old."]


@given(st.text(), st.lists(st.text()))
def test_spans_give_the_sentences(title: str, sentences: list[str]) -> None:
    """For any title and any sentences, each span of the text is its sentence."""
    document = DatasetDocument("d", title, tuple(sentences))
    assert sentences == [document.text[start:end] for start, end in document.spans]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (7, 22, {0}),
        (7, 33, {0, 1}),
        (7, 25, {0}),  # two of ten characters of the second
        (7, 29, {0, 1}),  # six of ten
        (7, 28, {0}),  # five of ten are not over half
        (12, 14, {0}),  # a small part is wholly in it
        (0, 7, set()),
        (9, 9, set()),
    ],
)
def test_a_span_is_the_sentences_it_shares_over_half_with(start: int, end: int, expected: set[int]) -> None:
    """A span is a sentence when the two share over half of the shorter one."""
    document = DatasetDocument("d1", "Tea", ("Tea is a drink.", "It is old."))
    assert {("d1", number) for number in expected} == document.sentences_at(start, end)


@pytest.mark.parametrize(
    "names",
    [["A", "a"], ["../a", "..-a", "a"], [".hidden", "hidden"], ["x" * 300, "x" * 301], ["", "?", "é/ü"]],
)
def test_ids_become_safe_names(tmp_path: Path, names: list[str]) -> None:
    """Ids unfit for a file name, or alike on some file systems, give distinct plain files in the folder."""
    dataset = Dataset("set", {name: DatasetDocument(name, "T", (name,)) for name in names}, ())
    dataset.write(tmp_path / "documents")
    written_names = [path.name for path in (tmp_path / "documents").iterdir()]
    assert len(names) == len({name.casefold() for name in written_names})
    assert [n for n in written_names if n.startswith((".", "~")) or len(n) > 110 or not n.isascii()] == []
    assert names == [document.id for document in dataset.files.values()]


@pytest.mark.parametrize(
    ("documents", "questions", "named"),
    [
        (["{broken"], [QUESTION], ["corpus.jsonl", "line 1", "JSON"]),
        (['{"doc_id": "\\ud800"}'], [QUESTION], ["corpus.jsonl", "line 1", "UTF-8"]),
        (["[]"], [QUESTION], ["corpus.jsonl", "line 1", "object"]),
        ([], [QUESTION], ["corpus.jsonl", "empty"]),
        ([DOCUMENT, DOCUMENT], [QUESTION], ["corpus.jsonl", "line 2", "doc_id", "taken"]),
        ([{**DOCUMENT, "title": None}], [QUESTION], ["corpus.jsonl", "line 1", "title"]),
        ([{**DOCUMENT, "sentences": "x"}], [QUESTION], ["corpus.jsonl", "sentences"]),
        ([{**DOCUMENT, "sentences": [1]}], [QUESTION], ["corpus.jsonl", "sentences"]),
        ([DOCUMENT], [QUESTION, QUESTION], ["questions.jsonl", "line 2", "qid", "taken"]),
        ([DOCUMENT], [{**QUESTION, "answerable": "yes"}], ["questions.jsonl", "answerable"]),
        ([DOCUMENT], [{**QUESTION, "source_doc": "d9"}], ["questions.jsonl", "source_doc", "d9"]),
        ([DOCUMENT], [{**QUESTION, "evidence_sets": [[]]}], ["questions.jsonl", "evidence_sets"]),
        (
            [DOCUMENT],
            [{**QUESTION, "evidence_sets": [[["d1", 2]]]}],
            ["questions.jsonl", "evidence_sets", "d1"],
        ),
        (
            [DOCUMENT],
            [{**QUESTION, "evidence_sets": [[["d9", 0]]]}],
            ["questions.jsonl", "evidence_sets", "d9"],
        ),
        ([DOCUMENT], [{**QUESTION, "evidence_sets": [["d1"]]}], ["questions.jsonl", "evidence_sets"]),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, documents: list[Any], questions: list[Any], named: list[str]
) -> None:
    """Each mistake in a set is an error that names the file, the line and the field."""
    with pytest.raises(CasesError) as caught:
        load_dataset(written(tmp_path, documents, questions))
    assert [part for part in named if part not in str(caught.value)] == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A folder that is no data set says which file it lacks."""
    with pytest.raises(CasesError, match=r"corpus\.jsonl: missing"):
        load_dataset(tmp_path)
