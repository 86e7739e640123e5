"""The bundled cases, and the schema by which editors check them as they are written."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from assistant.errors import CasesError, QuestionError
from assistant.evaluation.cases import Case, load_cases
from assistant.evaluation.scorers import states_term
from assistant.paths import data_folder
from assistant.query.understanding import normalize_question
from assistant.readers import read_file

EVALS = data_folder("evals")
FILES = sorted((EVALS / "cases").glob("*.yaml"))
SCHEMA = EVALS / "cases.schema.json"
ENOUGH = 150
DEMANDED = {
    *("compare", "conflict", "definition", "empty", "follow-up", "how-many", "injected", "long", "near-miss"),
    *("spelling", "two-documents", "typo", "unanswerable", "what", "when", "where", "who"),
}
GOOD = {
    "nothing but what is needed": "- {id: a, question: 'A?', answerable: false}",
    "an empty question": "- {id: a, question: '', answerable: false}",
    "a must_cite and no must_say": """
- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md, quote: 'It is so.'}]}""",
    "every field": """
- id: a
  question: And in May?
  history: [{role: user, content: 'How many in April?'}, {role: assistant, content: 'Seven. [1]'}]
  answerable: true
  must_say: ["9"]
  must_not_say: ["7"]
  must_cite: [{document: b.md, quote: 'Nine came in May.'}]
  tags: [follow-up]
""",
}
BAD = {
    "an unknown field": "- {id: a, question: 'A?', answerable: false, answer: x}",
    "no id": "- {question: 'A?', answerable: false}",
    "an id of white space": "- {id: ' ', question: 'A?', answerable: false}",
    "no question": "- {id: a, answerable: false}",
    "a question that is a number": "- {id: a, question: 5, answerable: false}",
    "no word on answerable": "- {id: a, question: 'A?'}",
    "answerable in words": "- {id: a, question: 'A?', answerable: 'yes'}",
    "answerable, and nothing to say": "- {id: a, question: 'A?', answerable: true, must_say: []}",
    "unanswerable, and something to say": "- {id: a, question: 'A?', answerable: false, must_say: [x]}",
    "unanswerable, and something to cite": """
- {id: a, question: 'A?', answerable: false, must_cite: [{document: b.md, quote: x}]}""",
    "a must_say that is no list": "- {id: a, question: 'A?', answerable: true, must_say: x}",
    "a must_say that is a number": "- {id: a, question: 'A?', answerable: true, must_say: [850]}",
    "a must_not_say that is empty": "- {id: a, question: 'A?', answerable: false, must_not_say: ['']}",
    "a must_cite without a quote": "- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md}]}",
    "a must_cite that is a name": "- {id: a, question: 'A?', answerable: true, must_cite: [b.md]}",
    "a must_cite with a page": """
- {id: a, question: 'A?', answerable: true, must_cite: [{document: b.md, quote: x, page: 2}]}""",
    "a message of another role": """
- {id: a, question: 'A?', answerable: false, history: [{role: system, content: x}]}""",
    "a message without words": "- {id: a, question: 'A?', answerable: false, history: [{role: user}]}",
    "a message that is text": "- {id: a, question: 'A?', answerable: false, history: [x]}",
    "a tag that is a number": "- {id: a, question: 'A?', answerable: false, tags: [1]}",
    "a mapping for a list": "id: a",
    "words for a case": "- just words",
}


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """The bundled cases."""
    return load_cases([EVALS / "cases"])


@pytest.fixture(scope="module")
def validator() -> Any:
    """Holds plain data against the schema."""
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What each bundled document says, by the name of its file, with single spaces."""
    folders = (data_folder("corpus"), EVALS / "injected")
    files = [path for folder in folders for path in folder.iterdir() if not path.name.startswith(".")]
    return {path.name: spaced(read_file(path, max_bytes=10_000_000).text) for path in files}


def spaced(text: str) -> str:
    return " ".join(text.split())


def can_be_asked(question: str) -> bool:
    try:
        normalize_question(question)
    except QuestionError:
        return False
    return True


def loads(path: Path) -> bool:
    try:
        load_cases([path])
    except CasesError:
        return False
    return True


def test_the_schema_is_one() -> None:
    """It follows its own draft to the letter, since an editor passes over what it doesn't understand."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert [] == [error.message for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_bundled_file_fits_the_schema(path: Path, validator: Any) -> None:
    """An editor underlines nothing in the bundled files."""
    errors = validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert [] == [f"{error.json_path}: {error.message}" for error in errors]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_bundled_file_names_the_schema(path: Path) -> None:
    """The first line tells an editor where the schema is, and the second what the file is about."""
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert SCHEMA.resolve() == (path.parent / named).resolve()
    assert "# " == second[:2]


@pytest.mark.parametrize("expected", [True, False], ids=["good", "bad"])
def test_the_schema_and_the_loader_agree(expected: bool, validator: Any, tmp_path: Path) -> None:
    """What the one accepts or refuses, the other does: an editor that is content has found what the loader would."""
    examples = GOOD if expected else BAD
    path = tmp_path / "cases.yaml"
    verdicts = {}
    for name, text in examples.items():
        path.write_text(text, encoding="utf-8")
        verdicts[name] = (validator.is_valid(yaml.safe_load(text)), loads(path))
    assert dict.fromkeys(examples, (expected, expected)) == verdicts


def test_there_are_enough_of_every_kind(cases: tuple[Case, ...]) -> None:
    """The suite is large enough to tell two systems apart, and holds each kind of question that was asked for."""
    assert len(cases) >= ENOUGH
    assert set() == DEMANDED - {tag for case in cases for tag in case.tags}


def test_no_id_is_given_twice() -> None:
    """A case is found again in an earlier run by its id alone."""
    ids = [case["id"] for path in FILES for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
    assert sorted(set(ids)) == sorted(ids)


def test_every_quote_stands_once_in_its_document(cases: tuple[Case, ...], texts: dict[str, str]) -> None:
    """A case expects only what the bundled documents say, white space aside, and no quote could be of two places."""
    quotes = [(case.id, wanted.document, spaced(wanted.quote)) for case in cases for wanted in case.must_cite]
    assert [] == [(id_, quote) for id_, document, quote in quotes if texts.get(document, "").count(quote) != 1]


def test_every_fact_stands_in_a_quote(cases: tuple[Case, ...]) -> None:
    """What an answer must say is what the sentences that it may cite say."""
    lacking = [
        (case.id, term)
        for case in cases
        for term in case.must_say
        if not any(states_term(wanted.quote, term) for wanted in case.must_cite)
    ]
    assert [] == lacking


def test_follow_ups_are_those_with_a_history(cases: tuple[Case, ...]) -> None:
    """The tag and the field go together, and what comes before a follow-up ends with an answer."""
    assert {case.id for case in cases if "follow-up" in case.tags} == {case.id for case in cases if case.history}
    assert {"assistant"} == {case.history[-1]["role"] for case in cases if case.history}


def test_no_document_holds_an_answer_out_of_two(cases: tuple[Case, ...]) -> None:
    """The sentences of any one document lack a fact that a case of two documents wants."""
    whole = [
        (case.id, document)
        for case in cases
        if "two-documents" in case.tags
        for document in {wanted.document for wanted in case.must_cite}
        if all(
            states_term(" ".join(wanted.quote for wanted in case.must_cite if wanted.document == document), term)
            for term in case.must_say
        )
    ]
    assert [] == whole


def test_what_cannot_be_asked_is_expected_to_be_refused(cases: tuple[Case, ...]) -> None:
    """Empty and overlong questions are among the cases, as unanswerable ones."""
    refused = [case for case in cases if not can_be_asked(case.question)]
    assert {"empty", "long"} == {tag for case in refused for tag in case.tags if tag in ("empty", "long")}
    assert [] == [case.id for case in refused if case.answerable]
