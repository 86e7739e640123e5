"""Quotes mode: the sentence, or the few, that answer a question, word for word; or None, with the reason.

One good sentence beats three vague ones. A second one is quoted only where another document gives a different figure
for the same; of a question that asks for several things (`assistant.query.decomposition`) one for each.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.answering.injection_filter import is_injection
from assistant.models.calibration import evidence as fitted
from assistant.models.calibration import reader_weight as stacked
from assistant.nlp.figures import Figure, Name, contradicts, find_names, includes, satisfies_rounded
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.tokens import content_stems, fold, word_set
from assistant.query.question import Question, series_of
from assistant.retrieval.answer_types import (
    PEOPLE,
    answering_dates,
    can_answer,
    counting,
    is_of_a_rival,
    may_count,
    spaced,
)
from assistant.retrieval.features import SentenceContext, features
from assistant.retrieval.retriever import Candidate

# Of the fitted chance: held out, where the flat top of the balanced accuracy begins, so that most is answered.
THRESHOLD = 0.48
_STRICT = word_set("count percent money age")  # without its kind of figure a sentence is no answer to these
_NAMED = PEOPLE | {"place"}  # kinds of question that a name answers
_NEAR = 0.12  # how far below the best, in nearness, a sentence still speaks of the same thing
_ALIKE = 2  # figures that differ more than so many times do not count the same thing
_CLOSE = Decimal("0.1")  # a figure within so much of a rounded one is what was rounded
_RUNNERS_UP = 5  # some of which may well say the same in other documents
_MOST = 3  # sentences quoted at most


@dataclass(frozen=True, slots=True)
class Choice:
    """What quotes mode decided: the sentences to quote in reading order, none in a refusal."""

    chosen: tuple[Candidate, ...]
    belief: float  # the calibrated chance, 0 to 1, that the documents answer the question
    reason: str | None  # of a refusal, in words
    differ: bool = False  # whether the last sentence gives another figure than the first for the same thing


def choose(question: Question, ranked: Sequence[Candidate], rarity: Mapping[str, float]) -> Choice:
    """Chooses what to quote from ranked sentences, best first.

    Args:
        question: what is asked.
        ranked: the candidates of retrieval.
        rarity: of the question's terms, as `assistant.retrieval.features.features` takes it.
    """
    usable = [each for each in ranked if may_answer(question, each)]
    if not usable:
        return Choice((), 0.0, _reason(question, usable))
    chosen = [_exactest(question, usable)]
    # The exact figure may stand in a sentence that is less like the question than the rounded one that vouches for it.
    nearest = max(usable, key=lambda each: each.nearness)
    vouching = [each for each in (nearest, *usable[:1]) if each is usable[0] or _is_exacter(question, each, chosen[0])]
    belief = max(
        believed(weigh(question, [each], usable, rarity) | _reading([each, *chosen])) for each in (*chosen, *vouching)
    )
    if belief < THRESHOLD:
        return Choice((), belief, _reason(question, usable))
    other = disagreeing(question, chosen[0], usable)
    if other is not None:
        return Choice((chosen[0], other), belief, None, differ=True)
    return Choice(tuple(chosen), belief, None)


def together(asked: Sequence[Question], choices: Sequence[Choice]) -> Choice:
    """What was decided of several things that a question asks for, as one; refused where nothing is answered.

    The chance is that of the least sure part that is answered; the reason says what isn't.
    """
    answered = [each for each in choices if each.chosen]
    if len(choices) == 1 or not answered:
        return max(choices, key=lambda each: each.belief)
    left = [
        f"“{question.text}” {each.reason}" for question, each in zip(asked, choices, strict=True) if not each.chosen
    ]
    chosen = {(some.document.id, some.sentence.number): some for each in answered for some in each.chosen}
    belief, differ = min(each.belief for each in answered), any(each.differ for each in answered)
    return Choice(tuple(chosen.values()), belief, f"Not answered: {'; '.join(left)}" if left else None, differ)


def may_answer(question: Question, each: Candidate) -> bool:
    """Whether a sentence may be quoted at all, whatever its score."""
    text, header = each.sentence.text, each.sentence.context if each.sentence.kind == "row" else ""
    return (
        can_answer(text)
        and not is_injection(text)
        and (each.features["fits"] > 0 or not (question.kind in _STRICT or question.by_name))
        and may_count(question, f"{header}\n{text}", each.surroundings)  # a table's header says what it counts
        and (question.compares or not is_of_a_rival(question.series, _places(each)))
    )


def _places(each: Candidate) -> tuple[str, ...]:
    """Where to look for what a sentence is about, the nearest first."""
    return (
        each.sentence.text,
        *reversed(re.split(r"(?<=[.!?])\s+", each.before)),
        each.sentence.context,
        each.document.title,
    )


def weigh(
    question: Question, chosen: Sequence[Candidate], usable: Sequence[Candidate], rarity: Mapping[str, float]
) -> dict[str, float]:
    """The evidence of some sentences together, as if they were one, and how far they stand out."""
    text = " ".join(each.sentence.text for each in chosen)
    around = "\n".join(each.surroundings for each in chosen)
    similarity = max(each.features["similarity"] for each in chosen)
    evidence = features(question, SentenceContext(text, around, similarity), rarity)
    best = max(each.score for each in chosen)
    others = [each for each in usable if each not in chosen]
    return evidence | {"gap": _gap(best, [each.score for each in others[:_RUNNERS_UP]])} | _reading(chosen)


def _reading(chosen: Sequence[Candidate]) -> dict[str, float]:
    """The best that the reader says of some sentences, if it has read any."""
    readings = [each.reading for each in chosen if each.reading is not None]
    return {"reading": max(readings)} if readings else {}


def believed(evidence: Mapping[str, float]) -> float:
    """The fitted chance, 0 to 1, that this evidence answers: logistic regression (`assistant.models.calibration`).

    Where the reader has read it the weights are those of `reader_weight`, its log-odds among them.
    """
    found = stacked if "reading" in evidence else fitted
    weights, bias = found.BELIEF, found.BELIEF_BIAS
    return 1 / (1 + math.exp(-bias - sum(weight * evidence[name] for name, weight in weights.items())))


def _gap(best: float, others: Sequence[float]) -> float:
    """How far the best sentence stands out from the last of some others, 0 to 1; alone it does wholly."""
    return min(1.0, max(0.0, best - others[-1]) / 0.3) if others else 1.0


def _exactest(question: Question, usable: Sequence[Candidate]) -> Candidate:
    """The best sentence, or one close behind that gives exactly what the best one rounds."""
    best = usable[0]
    for each in usable[1:]:
        if best.nearness - each.nearness <= _NEAR and _is_exacter(question, best, each):
            return each
    return best


def _is_exacter(question: Question, best: Candidate, each: Candidate) -> bool:
    """Whether a sentence gives the figure that the best one rounds, or the day where that one gives a year or none."""
    if question.kind == "date":
        loose, precise = (answering_dates(question, some.sentence.text) for some in (best, each))
        better = any(includes(a, b) and a != b for a in loose for b in precise) if loose else bool(precise)
        return better and _same_subject(question, best, each)
    rounded = [figure for figure in _answering(question, best) if figure.bound != "exact"]
    exact = [figure for figure in _answering(question, each) if figure.bound == "exact"]
    carried = [(a, b) for a in exact for b in rounded if satisfies_rounded(a, b)]
    # So close to what was rounded, it is that number, whatever else the sentence names.
    close = any(abs(a.value - b.value) <= abs(b.value) * _CLOSE for a, b in carried)
    return bool(carried) and _same_subject(question, best, each, may_name=close)


def disagreeing(question: Question, best: Candidate, usable: Iterable[Candidate]) -> Candidate | None:
    """The best sentence of another document that gives another figure, date or name for the same thing, if any."""
    for each in usable:
        if (
            best.nearness - each.nearness <= _NEAR
            and each.document.id != best.document.id
            and _same_subject(question, best, each, may_name=question.kind in _NAMED)
            and _differ(question, best, each)
        ):
            return each
    return None


def _differ(question: Question, best: Candidate, each: Candidate) -> bool:
    if question.kind in ("date", "year"):
        ours, theirs = (answering_dates(question, some.sentence.text) for some in (best, each))
        alone = len(ours) == len(theirs) == 1 and _alike(best.sentence.text, each.sentence.text)
        return alone and not (includes(ours[0], theirs[0]) or includes(theirs[0], ours[0]))
    if question.kind in _NAMED:
        said, told = (_new_names(question, some.sentence.text) for some in (best, each))
        alone = len(said) == len(told) == 1 and _alike(best.sentence.text, each.sentence.text)
        return alone and not (name_occurs(said[0], each.sentence.text) or name_occurs(told[0], best.sentence.text))
    stated, others = _answering(question, best)[:1], _answering(question, each)[:1]
    return any(_clash(a, b) for a in stated for b in others)


def _new_names(question: Question, text: str) -> list[Name]:
    """The names of a sentence that the question doesn't bring."""
    return [name for name in find_names(text) if not name_occurs(name, question.text)]


def _alike(a: str, b: str) -> bool:
    """Whether two sentences say much the same: half of the words of either are in the other."""
    ours, theirs = set(content_stems(a)), set(content_stems(b))
    return len(ours & theirs) * 2 >= max(len(ours), len(theirs))


def _answering(question: Question, each: Candidate) -> list[Figure]:
    """The figures of a sentence that may be the answer: those that count what is asked for."""
    return list(counting(question, each.sentence.text)) if question.kind == "count" else []


def _clash(a: Figure, b: Figure) -> bool:
    low, high = sorted((abs(a.value), abs(b.value)))
    return contradicts(a, b) and high <= low * _ALIKE and not satisfies_rounded(a, b) and not satisfies_rounded(b, a)


def _same_subject(question: Question, best: Candidate, each: Candidate, *, may_name: bool = False) -> bool:
    """Whether two sentences speak of the same: the other names no part, no place (unless it may), no rival."""
    stated = (series_of(name.key) for name in find_names(f"{best.sentence.text}\n{best.heading}"))
    subjects = question.series or list(filter(None, stated))
    known = spaced(fold(f"{best.surroundings}\n{best.sentence.text}"))
    keys = (name.key.removeprefix("operation ") for name in find_names(each.sentence.text))
    new = [key for key in keys if f" {key} " not in known]
    return (
        (may_name or not new)
        and not is_of_a_rival(subjects, _places(each))
        and each.features["names"] >= best.features["names"]
    )


_KINDS = {
    "count": "a number",
    "percent": "a percentage",
    "amount": "an amount",
    "money": "a sum of money",
    "age": "an age",
    "date": "a date",
    "year": "a year",
}


def _reason(question: Question, usable: Sequence[Candidate]) -> str:
    wanted = _KINDS.get(question.kind)
    if not usable:
        return f"No sentence found gives {wanted} for it." if wanted else "No sentence found could be an answer."
    best = usable[0]
    around = fold(f"{best.surroundings}\n{best.sentence.text}")
    lacking = [word for word in question.words if word not in around]
    if lacking:
        return f"The nearest sentences say nothing of {_listed(lacking)}."
    return "The nearest sentences speak of the subject, but none seems to answer."


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words[:4]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
