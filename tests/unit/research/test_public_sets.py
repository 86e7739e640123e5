"""The public data sets as paragraphs with questions: `research.training.public_sets`."""

import gzip
import json
from pathlib import Path

import pytest

from research.training import public_sets
from research.training.public_sets import Paragraph

TEXT = "The mill was built in 1872. It burnt down in 1901."


def read_lines(folder: Path, records: list[dict[str, object]]) -> list[Paragraph]:
    """The paragraphs of a gzipped file of JSON lines."""
    (folder / "train.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, records)).encode()))
    return list(public_sets._read_squad_lines(folder / "train.jsonl", "squad1_train"))


def record(question: str, answer: str = "", *, start: int = 0, title: str = "Mill") -> dict[str, object]:
    """A question about the text; without an answer it is unanswerable."""
    answers = [{"text": answer, "start": start}] if answer else []
    return {"title": title, "context": TEXT, "question": question, "answerable": bool(answer), "answers": answers}


def test_questions_of_one_paragraph_stand_together(tmp_path: Path) -> None:
    """A paragraph that stands in two lines is one paragraph with both questions, each with its answer's span."""
    records = [record("When was it built?", "1872", start=22), record("Who built it?")]
    (paragraph,) = read_lines(tmp_path, records)
    assert (paragraph.title, paragraph.text, paragraph.has_telling_title) == ("Mill", TEXT, True)
    assert [question.spans for question in paragraph.questions] == [((22, 26),), ()]


@pytest.mark.parametrize("start", [21, 400])
def test_an_answer_that_is_not_where_it_should_be_is_left_out(tmp_path: Path, start: int) -> None:
    """A question whose answer doesn't stand at its place is dropped: it would be trained as unanswerable."""
    assert read_lines(tmp_path, [record("When was it built?", "1872", start=start)]) == []


def test_paragraphs_without_a_title_are_documents_of_their_own(tmp_path: Path) -> None:
    """Untitled paragraphs get names of their own, so that hold-out and training never share one."""
    other = record("When?", "1872", start=22, title="") | {"context": TEXT.replace("mill", "barn")}
    paragraphs = read_lines(tmp_path, [record("When?", "1872", start=22, title=""), other])
    assert len({paragraph.title for paragraph in paragraphs}) == 2
    assert not any(paragraph.has_telling_title for paragraph in paragraphs)
