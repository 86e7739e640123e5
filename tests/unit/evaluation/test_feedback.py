"""Cases out of what readers of the page thought."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import CasesError
from assistant.evaluation.cases import Case, MustCite
from assistant.evaluation.feedback import load_feedback

GOOD: dict[str, Any] = {
    "id": "c-1", "rating": "up", "question": "How many?", "answerable": True, "record": {}, "comment": "",
    "history": [{"role": "user", "content": "What of Kestrel?"}],
    "cited": [{"document": "kestrel.md", "quote": "It was 2,517."}],
}  # fmt: skip


def kept(folder: Path, *entries: object) -> Path:
    path = folder / "feedback.jsonl"
    path.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    return path


def test_a_good_answer_is_a_case(tmp_path: Path) -> None:
    """Its question in its conversation must be answered, and cite one of the sentences that it cited."""
    expected = Case(
        "c-1",
        "How many?",
        answerable=True,
        must_cite=(MustCite("kestrel.md", "It was 2,517."),),
        tags=("feedback",),
        history=({"role": "user", "content": "What of Kestrel?"},),
    )
    assert (expected,) == load_feedback(kept(tmp_path, GOOD))


def test_a_good_refusal_is_an_unanswerable_case(tmp_path: Path) -> None:
    """What was rightly refused must be refused."""
    (case,) = load_feedback(kept(tmp_path, GOOD | {"answerable": False}))
    assert (False, ()) == (case.answerable, case.must_cite)


def test_the_last_entry_of_an_answer_holds(tmp_path: Path) -> None:
    """A thumb that was taken back, or a bad answer, makes no case."""
    path = kept(tmp_path, GOOD, GOOD | {"rating": ""}, GOOD | {"id": "c-2", "rating": "down"}, GOOD | {"id": "c-3"})
    assert ["c-3"] == [case.id for case in load_feedback(path)]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([GOOD, 5], "line 2: no entry of feedback"),
        ([{"rating": "up"}], "line 1: no entry of feedback"),
        ([GOOD | {"rating": "down"}], "no answer in it was found good"),
        ([{"id": "c-9", "rating": "up"}], "entry c-9: a field is missing"),
    ],
)
def test_what_makes_no_case_is_named(tmp_path: Path, entries: list[object], message: str) -> None:
    """The line or entry, and what to do."""
    with pytest.raises(CasesError, match=message):
        load_feedback(kept(tmp_path, *entries))
