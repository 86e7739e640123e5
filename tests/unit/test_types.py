"""The values that pass between rooms: frozen, comparable, and ready for JSON."""

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

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates too


def answer(**changes: object) -> Answer:
    """An answer of one statement, with these fields changed."""
    answer_fields = {
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
    return Answer(**answer_fields | changes)  # type: ignore[arg-type]  # the test's own keywords


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
    """No field of a value can be set, and a copy with the same fields is equal to it."""
    first_field = dataclasses.fields(value)[0].name  # type: ignore[arg-type]  # every value is a dataclass
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, first_field, "other")
    assert value == dataclasses.replace(value)  # type: ignore[type-var]  # every value is a dataclass


def test_the_hash_is_that_of_the_text_in_utf_8() -> None:
    """A document's hash is the SHA-256 of its canonical text, which anybody can compute."""
    assert hashlib.sha256("Süß 🚢".encode()).hexdigest() == dataclasses.replace(DOCUMENT, text="Süß 🚢").sha256


@given(any_text, any_text)
def test_different_texts_have_different_hashes(first_text: str, second_text: str) -> None:
    """Two texts, even with lone surrogates, have the same hash exactly where they are equal."""
    first_hash, second_hash = (dataclasses.replace(DOCUMENT, text=text).sha256 for text in (first_text, second_text))
    assert (first_text == second_text) == (first_hash == second_hash)


@pytest.mark.parametrize(
    ("page_starts", "offset", "page"),
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
def test_the_page_of_an_offset(page_starts: tuple[int, ...], offset: int, page: int | None) -> None:
    """Pages count from 1 and begin at their start, included; a file kind without pages has none."""
    assert page == dataclasses.replace(DOCUMENT, pages=page_starts).page_at(offset)


def test_the_record_of_a_statement_has_citation_numbers() -> None:
    """The record of a statement has the numbers of its citations, which stand beside it in the answer's record."""
    expected = {"text": "Two.", "verdict": "supported", "why": "Word for word.", "citations": [2]}
    assert expected == STATEMENT.to_dict()


def test_the_record_of_an_answer() -> None:
    """The record is ready for JSON, with numbers of four decimal places, and a usage even where no tokens were used."""
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
                "boxes": [],
                "ocr": False,
            }
        ],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0},
        "seconds": {"total": 0.0123},
        "prompt_sha256": None,
        "versions": {},
        "guarantee": None,
    } == record
    assert record == json.loads(json.dumps(record))


def test_records_and_answers_share_no_dictionaries() -> None:
    """Changing a record changes no answer, and changing one answer's usage changes no other's."""
    first, second = answer(), answer()
    first.to_dict()["usage"]["prompt_tokens"] = 7
    first.usage["prompt_tokens"] = 8
    assert 0 == second.usage["prompt_tokens"]
    assert 8 == first.to_dict()["usage"]["prompt_tokens"]


def test_reports_add_up() -> None:
    """The sum of two reports has the sources of both, outcome by outcome, in order."""
    first = IndexReport(added=("a",), failed=(Skipped("b", "empty"),))
    second = IndexReport(added=("c",), changed=("d",), notes=(Skipped("c", "not in English"),))
    total = first + second

    assert IndexReport(
        added=("a", "c"), changed=("d",), failed=(Skipped("b", "empty"),), notes=(Skipped("c", "not in English"),)
    ) == total  # fmt: skip
    assert IndexReport() + total == total
    assert {"source": "b", "reason": "empty"} == json.loads(json.dumps(total.to_dict()))["failed"][0]


def test_what_a_file_may_lack_is_empty_by_default() -> None:
    """Date, URL, pages and notes of a document are empty unless they are given."""
    assert (None, None, (), ()) == (DOCUMENT.date, DOCUMENT.url, DOCUMENT.pages, DOCUMENT.notes)
    assert date(2024, 11, 6) == dataclasses.replace(DOCUMENT, date=date(2024, 11, 6)).date
