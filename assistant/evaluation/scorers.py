"""What an answer is marked on: small functions from a case and its answer to a score between 0 and 1.

A scorer gives None where its question doesn't arise: say, how exact the quotes of a refusal are.
Text is compared on purpose without the package's own reading of figures, so that a fault in it is seen here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from assistant.evaluation.cases import Case
from assistant.types import Answer, Citation, Document

_MARK = re.compile(r"\[\d+\]")
_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?!\d)")


@dataclass(frozen=True, slots=True)
class Score:
    """A mark from 0 (wrong) to 1 (right), and in words what was missing; ``why`` is empty at 1."""

    value: float
    why: str = ""


def normalise(text: str) -> str:
    """Text as it is compared: NFKC, case folded, one space for any white space, 2,517 and 2 517 as 2517."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _GROUPS.sub(lambda found: re.sub(r"\D", "", found[0]), plain)


def holds(text: str, term: str) -> bool:
    """Whether a text has a term as whole words and whole figures: 850 is neither in 18,850 nor in 850.5."""
    return re.search(rf"(?<!\w)(?<!\d\.){re.escape(normalise(term))}(?!\w|\.\d)", normalise(text)) is not None


def says(case: Case, answer: Answer) -> Score | None:
    """The share of ``must_say`` that the answer's text has, its ``[n]`` marks left out."""
    if not case.must_say:
        return None
    missing = [term for term in case.must_say if answer.refused or not holds(_said(answer), term)]
    return Score(1 - len(missing) / len(case.must_say), f"doesn't say {_listed(missing)}" if missing else "")


def says_not(case: Case, answer: Answer) -> Score | None:
    """1 when the answer's text has no ``must_not_say``, else 0. A refusal says nothing."""
    if not case.must_not_say or answer.refused:
        return None
    wrong = [term for term in case.must_not_say if holds(_said(answer), term)]
    return Score(0.0, f"says {_listed(wrong)}") if wrong else Score(1.0)


def cites(case: Case, answer: Answer) -> Score | None:
    """1 when a citation is of a ``must_cite`` sentence in its document, else 0."""
    if not case.must_cite:
        return None
    if any(_is_wanted(case, citation) for citation in answer.citations):
        return Score(1.0)
    wanted = " or ".join(f"{item.document}: “{item.quote}”" for item in case.must_cite)
    return Score(0.0, f"cites none of: {wanted}")


def citation_precision(case: Case, answer: Answer) -> Score | None:
    """The share of citations of a ``must_cite`` sentence, or under a statement that has a ``must_say``."""
    if not answer.citations or not case.answerable:
        return None
    carrying = {
        citation.number
        for statement in answer.statements
        if any(holds(statement.text, term) for term in case.must_say)
        for citation in statement.citations
    }
    beside = [c for c in answer.citations if c.number not in carrying and not _is_wanted(case, c)]
    marks = ", ".join(f"[{citation.number}]" for citation in beside)
    return Score(1 - len(beside) / len(answer.citations), f"cites beside the point: {marks}" if beside else "")


def refuses(case: Case, answer: Answer) -> Score:
    """1 when an unanswerable question is refused or an answerable one answered, else 0."""
    if answer.refused != case.answerable:
        return Score(1.0)
    return Score(0.0, f"refused: {answer.reason}" if answer.refused else "answered, though nothing answers it")


def quotes_exact(answer: Answer, document: Callable[[str], Document]) -> Score | None:
    """The share of citations whose offsets give exactly their quote: ``text[start:end] == quote``.

    Args:
        answer: the answer to mark.
        document: finds a document by its id, as ``Assistant.document`` does.
    """
    if not answer.citations:
        return None
    wrong = [c for c in answer.citations if document(c.document_id).text[c.start : c.end] != c.quote]
    marks = ", ".join(f"[{citation.number}]" for citation in wrong)
    return Score(1 - len(wrong) / len(answer.citations), f"offsets don't give the quote: {marks}" if wrong else "")


def score(case: Case, answer: Answer, document: Callable[[str], Document]) -> Mapping[str, Score]:
    """Every score that applies, by the scorer's name."""
    scores = {scorer.__name__: scorer(case, answer) for scorer in (says, says_not, cites, citation_precision, refuses)}
    scores["quotes_exact"] = quotes_exact(answer, document)
    return {name: value for name, value in scores.items() if value is not None}


def _said(answer: Answer) -> str:
    return _MARK.sub("", answer.text)


def _is_wanted(case: Case, citation: Citation) -> bool:
    """Whether the citation's sentence and a ``must_cite`` quote hold one the other, in the same file.

    Likeness would not do: "2,517 arrests" and "2,571 arrests" are as like as sentences can be.
    """
    name, quote = PurePath(citation.source).name, _spaced(citation.quote)
    return any(
        name == wanted.document and (_spaced(wanted.quote) in quote or quote in _spaced(wanted.quote))
        for wanted in case.must_cite
    )


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _listed(terms: list[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)
