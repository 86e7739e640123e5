"""Which sentences quotes mode quotes: the one, or the few, that answer a question; or none, with the reason.

One good sentence beats three vague ones. A second one is quoted only where another document gives a different figure
for the same thing; of a question that asks for several things (`assistant.query.decomposition`), one for each.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.disagreement import find_disagreement, is_about_other_series_member, is_more_exact, nearby
from assistant.answering.injection_filter import is_injection
from assistant.answering.named_rows import is_of_other_years, row_named
from assistant.models.calibration import feature_calibration, span_reader_calibration
from assistant.nlp.struck import mask_struck
from assistant.nlp.tokens import fold, word_set
from assistant.query.question import Question
from assistant.retrieval.answer_types import can_answer, may_hold_count
from assistant.retrieval.features import SentenceContext, compute_features
from assistant.retrieval.retriever import Candidate
from assistant.segmentation.table_rows import cells_of, text_with_table

_NUMERIC_KINDS = word_set("count percent money age")  # a sentence without such a figure is no answer to these
_RUNNERS_UP = 5  # candidates behind the chosen one, some of which may well say the same in other documents
_GAP_SCALE = 0.3  # a lead in score that counts as standing out wholly
_MAX_WORDS_NAMED = 4  # words of the question that a refusal names


@dataclass(frozen=True, slots=True)
class Selection:
    """What quotes mode decided: the sentences to quote in reading order, none in a refusal."""

    candidates: tuple[Candidate, ...]
    confidence: float  # the calibrated chance, 0 to 1, that the documents answer the question
    reason: str | None  # why the question, or a part of it, is not answered
    documents_differ: bool = False  # whether two of the sentences give different figures for the same thing


def select_quotes(
    question: Question, ranked: Sequence[Candidate], idf: Mapping[str, float], threshold: float
) -> Selection:
    """Selects what to quote from ranked candidates.

    Args:
        question: what is asked.
        ranked: the candidates, best first.
        idf: of the question's terms, as `assistant.retrieval.features.compute_features` takes it.
        threshold: the confidence, 0 to 1, below which the question is refused.
    """
    quotable = [candidate for candidate in ranked if is_quotable(question, candidate)]
    if not quotable:
        return Selection((), 0.0, _refusal_reason(question, quotable))
    chosen = row_named(question, _most_exact(question, quotable), quotable)
    confidence = _confidence_in(chosen, question, quotable, idf)
    if confidence < threshold:
        return Selection((), confidence, _refusal_reason(question, quotable))
    rival = find_disagreement(question, chosen, quotable)
    if rival is not None:
        return Selection((chosen, rival), confidence, None, documents_differ=True)
    return Selection((chosen,), confidence, None)


def _confidence_in(
    chosen: Candidate, question: Question, quotable: Sequence[Candidate], idf: Mapping[str, float]
) -> float:
    """The confidence that the chosen sentence answers: its own, or that of a sentence that vouches for it.

    The exact figure may stand in a sentence that is less like the question than the one that rounds it. The rounded
    one, if it is the best or the most relevant candidate, then vouches for the exact one.
    """
    best, most_relevant = quotable[0], max(quotable, key=lambda candidate: candidate.relevance)
    vouching = [best]
    if is_more_exact(question, most_relevant, chosen):
        vouching.append(most_relevant)
    return max(
        quotes_confidence(combined_features(question, [candidate], quotable, idf) | _best_reading([candidate, chosen]))
        for candidate in (chosen, *vouching)
    )


def combine_selections(questions: Sequence[Question], selections: Sequence[Selection]) -> Selection:
    """The selections for the several things that a question asks for, as one; a refusal where nothing is answered.

    The confidence is that of the least sure part that is answered; the reason says which parts aren't. Where none is,
    the selection is that of the surest part.
    """
    answered = [selection for selection in selections if selection.candidates]
    if len(selections) == 1 or not answered:
        return max(selections, key=lambda selection: selection.confidence)
    unanswered = [
        f"“{question.text}” {selection.reason}"
        for question, selection in zip(questions, selections, strict=True)
        if not selection.candidates
    ]
    candidates = {candidate.key: candidate for selection in answered for candidate in selection.candidates}
    return Selection(
        tuple(candidates.values()),
        confidence=min(selection.confidence for selection in answered),
        reason=f"Not answered: {'; '.join(unanswered)}" if unanswered else None,
        documents_differ=any(selection.documents_differ for selection in answered),
    )


def is_quotable(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence may be quoted at all, whatever its score."""
    sentence = candidate.sentence
    header = sentence.context if sentence.kind == "row" else ""  # says what is counted
    return (
        can_answer(mask_struck(sentence.text))
        and not is_injection(sentence.text)
        and not is_of_other_years(question, candidate)
        and (candidate.features["fits"] > 0 or not (question.answer_type in _NUMERIC_KINDS or question.asks_for_name))
        and (candidate.is_foreign or _is_on_subject(question, candidate, header))
    )


def _is_on_subject(question: Question, candidate: Candidate, header: str) -> bool:
    """Whether a sentence in the question's language may be about what it counts and names."""
    return may_hold_count(question, f"{header}\n{candidate.sentence.text}", candidate.surroundings) and (
        question.is_comparison or not is_about_other_series_member(question.series_members, candidate)
    )


def combined_features(
    question: Question, chosen: Sequence[Candidate], quotable: Sequence[Candidate], idf: Mapping[str, float]
) -> dict[str, float]:
    """The features of some sentences together, as if they were one, and how far these stand out from the others."""
    text = " ".join(text_with_table(candidate.sentence) for candidate in chosen)
    cells = " ".join(cells_of(candidate.sentence) for candidate in chosen)
    surroundings = "\n".join(candidate.surroundings for candidate in chosen)
    similarity = max(candidate.features["similarity"] for candidate in chosen)
    is_foreign = all(candidate.is_foreign for candidate in chosen)
    features = compute_features(
        question, SentenceContext(text, surroundings, similarity, is_foreign=is_foreign, cells=cells), idf
    )
    best = max(candidate.score for candidate in chosen)
    others = [candidate.score for candidate in quotable if candidate not in chosen]
    return features | {"gap": _gap(best, others[:_RUNNERS_UP])} | _best_reading(chosen)


def _best_reading(candidates: Sequence[Candidate]) -> dict[str, float]:
    """The highest log-odds that the span reader gives one of the candidates, if it has read any."""
    log_odds = [
        candidate.span_reader_log_odds for candidate in candidates if candidate.span_reader_log_odds is not None
    ]
    return {"reading": max(log_odds)} if log_odds else {}


def quotes_confidence(features: Mapping[str, float]) -> float:
    """The calibrated chance, 0 to 1, that a sentence of these features answers: logistic regression.

    There are two sets of weights (`assistant.models.calibration`): with the span reader's log-odds as one more
    feature, and without.
    """
    calibration = span_reader_calibration() if "reading" in features else feature_calibration()
    total = sum(weight * features[name] for name, weight in calibration.confidence_weights.items())
    return 1 / (1 + math.exp(-calibration.confidence_bias - total))


def _gap(best: float, others: Sequence[float]) -> float:
    """How far the best score stands out from the last of some others, 0 to 1; 1 where there are none."""
    return min(1.0, max(0.0, best - others[-1]) / _GAP_SCALE) if others else 1.0


def _most_exact(question: Question, quotable: Sequence[Candidate]) -> Candidate:
    """The best candidate, or one close behind that gives exactly what the best one rounds."""
    best = quotable[0]
    exact = (candidate for candidate in nearby(best, quotable[1:]) if is_more_exact(question, best, candidate))
    return next(exact, best)


_FIGURE_NAMES = {
    "count": "a number",
    "percent": "a percentage",
    "amount": "an amount",
    "money": "a sum of money",
    "age": "an age",
    "date": "a date",
    "year": "a year",
}


def _refusal_reason(question: Question, quotable: Sequence[Candidate]) -> str:
    if not quotable:
        wanted = _FIGURE_NAMES.get(question.answer_type)
        return f"No sentence found gives {wanted} for it." if wanted else "No sentence found could be an answer."
    best = quotable[0]
    if best.is_foreign:
        return "The nearest sentences are in another language, and none is sure enough to answer."
    around = fold(f"{best.surroundings}\n{best.sentence.text}")
    missing = [word for word in question.content_words if word not in around]
    if missing:
        return f"The nearest sentences say nothing of {_enumerated(missing[:_MAX_WORDS_NAMED])}."
    return "The nearest sentences speak of the subject, but none seems to answer."


def _enumerated(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
