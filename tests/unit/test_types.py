"""The values that pass between the rooms."""

import dataclasses
import hashlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Answer, Chunk, Citation, Document, Hit, IndexReport, Sentence, Skipped, Statement

DOCUMENT = Document("d", "Title", "a.txt", "One. Two.", "txt")
CITATION = Citation(2, "d", "Title", "a.txt", None, 1, 5, 9, "Two.", DOCUMENT.sha256)
STATEMENT = Statement("Two.", "supported", "Word for word.", (CITATION,))
SENTENCE = Sentence("d", 1, 5, 9, "Two.")


anything = st.text(st.characters(exclude_categories=()))  # lone surrogates too


def answer(**other: object) -> Answer:
    """An answer of one statement."""
    given = {
        "question": "Which?",
        "asked": "Which?",
        "text": "Two. [2]",
        "refused": False,
        "reason": None,
        "score": 0.123456,
        "mode": "quotes",
        "model": "m",
        "statements": (STATEMENT,),
        "citations": (CITATION,),
        "seconds": {"total": 0.0123456},
    }
    return Answer(**given | other)  # type: ignore[arg-type]  # the test's own keywords


@pytest.mark.parametrize(
    "value",
    [
        DOCUMENT,
        CITATION,
        STATEMENT,
        SENTENCE,
        answer(),
        Hit(SENTENCE, DOCUMENT, 1.0),
        Chunk("d", 0, 0, 9, "One. Two.", 0, 1),
        Skipped("a", "b"),
        IndexReport(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_frozen(value: object) -> None:
    """No value can be changed once it is made, and one made alike is equal."""
    name = dataclasses.fields(value)[0].name  # type: ignore[arg-type]  # each is a dataclass
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, "other")
    assert value == dataclasses.replace(value)  # type: ignore[type-var]  # each is a dataclass


def test_the_hash_is_that_of_the_text_in_utf_8() -> None:
    """Anybody can work out a document's hash from its canonical text."""
    assert hashlib.sha256("Süß 🚢".encode()).hexdigest() == dataclasses.replace(DOCUMENT, text="Süß 🚢").sha256


@given(anything, anything)
def test_hashes_tell_texts_apart(one: str, other: str) -> None:
    """Any two texts, lone surrogates or not, have one hash only where they are one text."""
    made = [dataclasses.replace(DOCUMENT, text=text).sha256 for text in (one, other)]
    assert (one == other) == (made[0] == made[1])


@pytest.mark.parametrize(
    ("starts", "offset", "page"),
    [
        ((), 5, None),
        ((0,), 0, 1),
        ((0, 10), 9, 1),
        ((0, 10), 10, 2),
        ((0, 10, 10), 10, 3),
        ((0, 10), 999, 2),
        ((3,), 0, 1),
    ],
)
def test_the_page_of_an_offset(starts: tuple[int, ...], offset: int, page: int | None) -> None:
    """Pages count from 1, each begins where it starts, and a format without pages has none."""
    assert page == dataclasses.replace(DOCUMENT, pages=starts).page_at(offset)


def test_a_statement_gives_its_citations_by_number() -> None:
    """In the record a statement points to the citations beside it."""
    expected = {"text": "Two.", "verdict": "supported", "why": "Word for word.", "citations": [2]}
    assert expected == STATEMENT.to_dict()


def test_the_record_of_an_answer() -> None:
    """The record is ready for JSON, its numbers short, its usage there even when nothing was used."""
    removed = Statement("Three.", "unsupported", "It cites nothing.")
    record = answer(removed=(removed,)).to_dict()

    assert {
        "question": "Which?",
        "asked": "Which?",
        "answer": "Two. [2]",
        "refused": False,
        "reason": None,
        "score": 0.1235,
        "mode": "quotes",
        "model": "m",
        "statements": [STATEMENT.to_dict()],
        "removed": [{"text": "Three.", "verdict": "unsupported", "why": "It cites nothing.", "citations": []}],
        "citations": [
            {
                "number": 2,
                "document_id": "d",
                "title": "Title",
                "source": "a.txt",
                "page": None,
                "sentence": 1,
                "start": 5,
                "end": 9,
                "quote": "Two.",
                "document_sha256": DOCUMENT.sha256,
                "answer_span": None,
            }
        ],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0},
        "seconds": {"total": 0.0123},
        "prompt_sha256": None,
        "versions": {},
    } == record
    assert record == json.loads(json.dumps(record))


def test_a_record_is_nobodys_but_its_readers() -> None:
    """Changing a record changes no answer, and two answers share no counts."""
    one, other = answer(), answer()
    one.to_dict()["usage"]["prompt_tokens"] = 7
    one.usage["prompt_tokens"] = 8
    assert 0 == other.usage["prompt_tokens"]
    assert 8 == one.to_dict()["usage"]["prompt_tokens"]


def test_reports_add_up() -> None:
    """Two reports make one, outcome by outcome, in order."""
    one = IndexReport(added=("a",), failed=(Skipped("b", "empty"),))
    other = IndexReport(added=("c",), changed=("d",), notes=(Skipped("c", "not in English"),))
    both = one + other

    assert IndexReport(
        added=("a", "c"), changed=("d",), failed=(Skipped("b", "empty"),), notes=(Skipped("c", "not in English"),)
    ) == both  # fmt: skip
    assert IndexReport() + both == both
    assert {"source": "b", "reason": "empty"} == json.loads(json.dumps(both.to_dict()))["failed"][0]


def test_a_document_keeps_what_its_file_says() -> None:
    """Date, address, pages and notes are empty unless a file gives them."""
    assert (None, None, (), ()) == (DOCUMENT.date, DOCUMENT.url, DOCUMENT.pages, DOCUMENT.notes)
    assert date(2024, 11, 6) == dataclasses.replace(DOCUMENT, date=date(2024, 11, 6)).date
