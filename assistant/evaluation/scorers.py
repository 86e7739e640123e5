"""What an answer is marked on: small functions from a case and its answer to a score.

A scorer gives None where its question doesn't arise: say, how exact the quotes of a refusal are. All are deterministic.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from assistant.evaluation.cases import Case
from assistant.grounding.check import verdict_for
from assistant.grounding.support import Evidence
from assistant.nlp.figures import find_dates, find_figures, includes, satisfies_rounded
from assistant.types import Answer, Citation, Document, Statement

Documents = Callable[[str], Document]  # finds a document by its id, as ``Assistant.document`` does

_MARK = re.compile(r"\[\d+\]")
_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*(?!\d)")
_WHOLE = 0.9  # of a term's words
_WORTH = {"supported": 1.0, "partial": 0.5, "unsupported": 0.0}


@dataclass(frozen=True, slots=True)
class Score:
    """A mark, and in words what was wrong.

    Marks are shares from 0 (wrong) to 1 (right), where ``why`` is empty; only latency and tokens are amounts.
    """

    value: float
    why: str = ""


Scorer = Callable[[Case, Answer], Score | None]


def normalise(text: str) -> str:
    """Text as it is compared: NFKC, case folded, one space for any white space, 2,517 and 2 517 as 2517."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _GROUPS.sub(lambda found: re.sub(r"\D", "", found[0]), plain)


def holds(text: str, term: str) -> bool:
    """Whether a text has a term as whole words and whole figures: 850 is neither in 18,850 nor in 850.5."""
    return re.search(rf"(?<!\w)(?<!\d\.){re.escape(normalise(term))}(?!\w|\.\d)", normalise(text)) is not None


def says(text: str, term: str) -> bool:
    """Whether a text has a term, to the letter or as the check reads it: eighteen for 18, "Mr Stock" for his name.

    The check lets a statement pass with half of its words; of a term all must be there.
    """
    if holds(text, term):
        return True
    verdict = verdict_for(term, [Evidence(text)])
    return verdict.verdict == "supported" and verdict.score >= _WHOLE


def facts(case: Case, answer: Answer) -> Score | None:
    """1 when the answer says every ``must_say`` and no ``must_not_say``, else 0."""
    if not case.must_say:
        return None
    missing = [term for term in case.must_say if answer.refused or not says(_said(answer), term)]
    wrong = _forbidden(case, answer)
    told = [f"doesn't say {_listed(missing)}"] * bool(missing) + [f"says {_listed(wrong)}"] * bool(wrong)
    return Score(0.0 if told else 1.0, " and ".join(told))


def forbidden(case: Case, answer: Answer) -> Score | None:
    """1 when the answer says no ``must_not_say``, else 0. A refusal says nothing."""
    if not case.must_not_say:
        return None
    wrong = _forbidden(case, answer)
    return Score(0.0, f"says {_listed(wrong)}") if wrong else Score(1.0)


def citation_recall(case: Case, answer: Answer) -> Score | None:
    """The share of statements with a citation that bears the case out; 0 for a refusal.

    Citation recall of ALCE (Gao et al. 2023, arXiv:2305.14627), where known sentences stand in for its judge of
    entailment: a citation bears out when it is of a ``must_cite`` sentence.
    """
    if not case.must_cite:
        return None
    if answer.refused:
        return Score(0.0, "cites nothing")
    bare = [each for each in answer.statements if not any(_bears_out(case, citation) for citation in each.citations)]
    wanted = " or ".join(f"{item.document}: “{item.quote}”" for item in case.must_cite)
    share = 1 - len(bare) / len(answer.statements) if answer.statements else 0.0
    return Score(share, "" if share == 1 else f"cites none of: {wanted}")


def citation_precision(case: Case, answer: Answer) -> Score | None:
    """The share of citations that bear the case out: ALCE's citation precision, as `citation_recall` is its recall."""
    if not answer.citations or not case.must_cite:
        return None
    beside = [citation for citation in answer.citations if not _bears_out(case, citation)]
    return Score(1 - len(beside) / len(answer.citations), f"cites beside the point: {_marks(beside)}" if beside else "")


def refuses(case: Case, answer: Answer) -> Score:
    """1 when an unanswerable question is refused or an answerable one answered, else 0."""
    if answer.refused != case.answerable:
        return Score(1.0)
    return Score(0.0, f"refused: {answer.reason}" if answer.refused else "answered, though nothing answers it")


def number_accuracy(_: Case, answer: Answer) -> Score | None:
    """The share of the answer's figures and dates that stand in the very sentences cited for them."""
    told = [(text, stands) for statement in answer.statements for text, stands in _numbers(statement)]
    if not told:
        return None
    wrong = [text for text, stands in told if not stands]
    return Score(1 - len(wrong) / len(told), f"not in what is cited: {_listed(wrong)}" if wrong else "")


def verdicts(_: Case, answer: Answer) -> Score | None:
    """What the check said of the statements: supported counts 1, partial a half; their mean."""
    if not answer.statements:
        return None
    lacking = [f"{each.verdict}: {each.why}" for each in answer.statements if each.verdict != "supported"]
    return Score(sum(_WORTH[each.verdict] for each in answer.statements) / len(answer.statements), "; ".join(lacking))


def latency(_: Case, answer: Answer) -> Score | None:
    """Seconds from the question to the whole answer."""
    return Score(answer.seconds["total"]) if "total" in answer.seconds else None


def tokens(_: Case, answer: Answer) -> Score | None:
    """Tokens that a language model read and wrote for the answer; none in quotes mode."""
    used = sum(answer.usage.values())
    return Score(float(used)) if used else None


SCORERS: tuple[Scorer, ...] = (
    facts, forbidden, citation_recall, citation_precision, refuses, number_accuracy, verdicts, latency, tokens
)  # fmt: skip
AMOUNTS = frozenset({"latency", "tokens"})  # scores that are no shares


def quotes_exact(answer: Answer, document: Documents) -> Score | None:
    """The share of citations whose offsets give exactly their quote: ``text[start:end] == quote``."""
    if not answer.citations:
        return None
    wrong = [c for c in answer.citations if document(c.document_id).text[c.start : c.end] != c.quote]
    return Score(1 - len(wrong) / len(answer.citations), f"offsets don't give: {_marks(wrong)}" if wrong else "")


def score(case: Case, answer: Answer, document: Documents) -> Mapping[str, Score]:
    """Every score that applies, by the scorer's name."""
    scores = {scorer.__name__: scorer(case, answer) for scorer in SCORERS}
    scores["quotes_exact"] = quotes_exact(answer, document)
    return {name: value for name, value in scores.items() if value is not None}


def _said(answer: Answer) -> str:
    return _MARK.sub("", answer.text)


def _forbidden(case: Case, answer: Answer) -> list[str]:
    return [] if answer.refused else [term for term in case.must_not_say if holds(_said(answer), term)]


def _bears_out(case: Case, citation: Citation) -> bool:
    """Whether the citation's sentence and a ``must_cite`` quote hold one the other, in one file.

    Likeness would not do: "2,517 arrests" and "2,571 arrests" are as like as sentences can be.
    """
    name, quote = PurePath(citation.source).name, _spaced(citation.quote)
    return any(
        name == each.document and (_spaced(each.quote) in quote or quote in _spaced(each.quote))
        for each in case.must_cite
    )


def _numbers(statement: Statement) -> list[tuple[str, bool]]:
    """The figures and dates of a statement as written, each with whether a cited sentence has it."""
    quotes = " \n".join(each.quote for each in statement.citations)
    known, days = find_figures(quotes), find_dates(quotes)
    found = [(f.text, any(satisfies_rounded(k, f) for k in known)) for f in find_figures(statement.text)]
    found += [(d.text, any(includes(d, k) for k in days)) for d in find_dates(statement.text)]
    return [(text, stands or holds(quotes, text)) for text, stands in found]


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _marks(citations: list[Citation]) -> str:
    return ", ".join(f"[{citation.number}]" for citation in citations)


def _listed(terms: list[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)
