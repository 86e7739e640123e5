"""How an answer is scored: small functions from a case and its answer to a score.

A scorer returns None where it doesn't apply, as that for exact quotes to a refusal. All are deterministic.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from assistant.evaluation.cases import Case
from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.nlp.figures import find_dates, find_figures, includes, satisfies_rounded
from assistant.types import Answer, Citation, Document, Statement

DocumentLookup = Callable[[str], Document]  # finds a document by its id, as ``Assistant.document`` does

_CITATION_MARKER = re.compile(r"\[\d+\]")
_GROUPED_DIGITS = re.compile(r"(?<![\d.])\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?!\d)")
_TERM_COVERAGE = 0.9  # share of a term's words that a text must support to state the term
_VERDICT_VALUES = {"supported": 1.0, "partial": 0.5, "unsupported": 0.0}


@dataclass(frozen=True, slots=True)
class Score:
    """What an answer gets from a scorer, and in words what was wrong.

    Scores are shares from 0 (wrong) to 1 (right), where ``why`` is empty; only latency and tokens are amounts.
    """

    value: float
    why: str = ""


Scorer = Callable[[Case, Answer], Score | None]


def normalise(text: str) -> str:
    """Text as it is compared: NFKC, case folded, one space for any white space, 2,517 and 2 517 as 2517."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _GROUPED_DIGITS.sub(lambda match: re.sub(r"\D", "", match[0]), plain)


def contains_term(text: str, term: str) -> bool:
    """Whether a text has a term as whole words and whole figures: 850 is neither in 18,850 nor in 850.5."""
    return re.search(rf"(?<!\w)(?<!\d\.){re.escape(normalise(term))}(?!\w|\.\d)", normalise(text)) is not None


def states_term(text: str, term: str) -> bool:
    """Whether a text has a term, to the letter or by the grounding check: eighteen for 18, "Mr Stock" for his name.

    The check lets a statement pass with half of its words; a term must be there with all of them.
    """
    if contains_term(text, term):
        return True
    verdict = verdict_for(term, [Evidence(text)])
    return verdict.verdict == "supported" and verdict.score >= _TERM_COVERAGE


def facts(case: Case, answer: Answer) -> Score | None:
    """1 when the answer says every ``must_say`` and no ``must_not_say``, else 0."""
    if not case.must_say:
        return None
    missing = [term for term in case.must_say if answer.refused or not states_term(_text_of(answer), term)]
    wrong = _forbidden_terms(case, answer)
    faults = [f"doesn't say {_quoted(missing)}"] * bool(missing) + [f"says {_quoted(wrong)}"] * bool(wrong)
    return Score(0.0 if faults else 1.0, " and ".join(faults))


def forbidden(case: Case, answer: Answer) -> Score | None:
    """1 when the answer says no ``must_not_say``, else 0. A refusal says nothing."""
    if not case.must_not_say:
        return None
    wrong = _forbidden_terms(case, answer)
    return Score(0.0, f"says {_quoted(wrong)}") if wrong else Score(1.0)


def citation_recall(case: Case, answer: Answer) -> Score | None:
    """The share of statements with a citation of a ``must_cite`` sentence; 0 for a refusal.

    Citation recall of ALCE (Gao et al. 2023, arXiv:2305.14627), with known sentences in place of its judge of
    entailment.
    """
    if not case.must_cite:
        return None
    if answer.refused:
        return Score(0.0, "cites nothing")
    recalled = sum(
        any(_is_wanted(case, citation) for citation in statement.citations) for statement in answer.statements
    )
    wanted = " or ".join(f"{item.document}: “{item.quote}”" for item in case.must_cite)
    without = len(answer.statements) - recalled
    share = 1 - without / len(answer.statements) if answer.statements else 0.0
    return Score(share, "" if share == 1 else f"cites none of: {wanted}")


def citation_precision(case: Case, answer: Answer) -> Score | None:
    """The share of citations that are of a ``must_cite`` sentence: ALCE's citation precision, see `citation_recall`."""
    if not answer.citations or not case.must_cite:
        return None
    unwanted = [citation for citation in answer.citations if not _is_wanted(case, citation)]
    return Score(
        1 - len(unwanted) / len(answer.citations), f"cites beside the point: {_markers(unwanted)}" if unwanted else ""
    )


def refuses(case: Case, answer: Answer) -> Score:
    """1 when an unanswerable question is refused or an answerable one answered, else 0."""
    if answer.refused != case.answerable:
        return Score(1.0)
    return Score(0.0, f"refused: {answer.reason}" if answer.refused else "answered, though nothing answers it")


def number_accuracy(_: Case, answer: Answer) -> Score | None:
    """The share of the answer's figures and dates that stand in the very sentences cited for them."""
    numbers = [number for statement in answer.statements for number in _numbers(statement)]
    if not numbers:
        return None
    wrong = [text for text, is_cited in numbers if not is_cited]
    return Score(1 - len(wrong) / len(numbers), f"not in what is cited: {_quoted(wrong)}" if wrong else "")


def verdicts(_: Case, answer: Answer) -> Score | None:
    """The mean verdict of the grounding check on the statements: supported counts 1, partial a half."""
    if not answer.statements:
        return None
    doubts = [
        f"{statement.verdict}: {statement.why}" for statement in answer.statements if statement.verdict != "supported"
    ]
    total = sum(_VERDICT_VALUES[statement.verdict] for statement in answer.statements)
    return Score(total / len(answer.statements), "; ".join(doubts))


def latency(_: Case, answer: Answer) -> Score | None:
    """Seconds from the question to the whole answer."""
    return Score(answer.seconds["total"]) if "total" in answer.seconds else None


def tokens(_: Case, answer: Answer) -> Score | None:
    """Model tokens that a language model read and wrote for the answer; None in quotes mode."""
    count = sum(answer.usage.values())
    return Score(float(count)) if count else None


SCORERS: tuple[Scorer, ...] = (
    facts, forbidden, citation_recall, citation_precision, refuses, number_accuracy, verdicts, latency, tokens
)  # fmt: skip
AMOUNT_SCORES = frozenset({"latency", "tokens"})  # the scores that are amounts, not shares


def quotes_exact(answer: Answer, document: DocumentLookup) -> Score | None:
    """The share of citations whose offsets give exactly their quote: ``text[start:end] == quote``."""
    if not answer.citations:
        return None
    wrong = [
        citation
        for citation in answer.citations
        if document(citation.document_id).text[citation.start : citation.end] != citation.quote
    ]
    return Score(1 - len(wrong) / len(answer.citations), f"offsets don't give: {_markers(wrong)}" if wrong else "")


def score_answer(case: Case, answer: Answer, document: DocumentLookup) -> Mapping[str, Score]:
    """Every score that applies, by the scorer's name."""
    scores = {scorer.__name__: scorer(case, answer) for scorer in SCORERS}
    scores["quotes_exact"] = quotes_exact(answer, document)
    return {name: score for name, score in scores.items() if score is not None}


def _text_of(answer: Answer) -> str:
    return _CITATION_MARKER.sub("", answer.text)


def _forbidden_terms(case: Case, answer: Answer) -> list[str]:
    """The ``must_not_say`` terms that the answer says."""
    return [] if answer.refused else [term for term in case.must_not_say if contains_term(_text_of(answer), term)]


def _is_wanted(case: Case, citation: Citation) -> bool:
    """Whether the citation is of a ``must_cite`` sentence: one quote contains the other, in a file of the same name.

    Similarity would not do: "2,517 arrests" and "2,571 arrests" are as similar as sentences can be.
    """
    file_name, quote = PurePath(citation.source).name, _single_spaced(citation.quote)
    return any(
        file_name == wanted.document
        and (_single_spaced(wanted.quote) in quote or quote in _single_spaced(wanted.quote))
        for wanted in case.must_cite
    )


def _numbers(statement: Statement) -> list[tuple[str, bool]]:
    """The figures and dates of a statement as written, each with whether a cited sentence has it."""
    quotes = " \n".join(citation.quote for citation in statement.citations)
    cited_figures, cited_dates = find_figures(quotes), find_dates(quotes)
    numbers = [
        (figure.text, any(satisfies_rounded(cited, figure) for cited in cited_figures))
        for figure in find_figures(statement.text)
    ]
    numbers += [(date.text, any(includes(date, cited) for cited in cited_dates)) for date in find_dates(statement.text)]
    return [(text, is_cited or contains_term(quotes, text)) for text, is_cited in numbers]


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _markers(citations: list[Citation]) -> str:
    return ", ".join(f"[{citation.number}]" for citation in citations)


def _quoted(terms: list[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)
