"""How well a sentence answers a question, as plain numbers: the features that ranking and refusing weigh.

Lexical evidence beside the vectors' similarity follows what answer-sentence selection has found to carry:
coverage weighted by inverse document frequency, and agreement of answer types (Yang, Yih, Meek 2015, WikiQA).
Every figure here is a share between 0 and 1, so that it means the same in an index of twenty sentences and
of a million.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assistant.nlp.synonyms import synonym_stems
from assistant.nlp.tokens import content_stems, fold
from assistant.query.question import Question, is_negated
from assistant.retrieval.answer_types import DATE_TYPES, NUMBER_TYPES, PERSON_TYPES, counting_figures, answer_type_fit, is_question, pad_words

# What a candidate is ranked by, and by what the best one is believed; `assistant.models.calibration` has the weights.
RANKING_FEATURES = (
    "similarity", "coverage", "context", "pairs", "number", "date", "person", "place", "counts", "question"
)  # fmt: skip
CONFIDENCE_FEATURES = ("similarity", "context", "missing", "names", "numbers", "negation", "gap")


_KIN = 0.5  # of a word that says much the same; with .8 it ranks no better (evals/README.md)


@dataclass(frozen=True, slots=True)
class SentenceContext:
    """A sentence to be weighed, with what stands around it."""

    text: str
    surroundings: str  # title, headings and the other sentences of its passage
    similarity: float  # cosine of its vector and the question's


def compute_features(question: Question, candidate: SentenceContext, rarity: Mapping[str, float]) -> dict[str, float]:
    """Weighs one candidate, every feature by its name but ``gap``, which takes several.

    Args:
        question: what is asked.
        candidate: the sentence.
        rarity: for each of the question's terms its inverse document frequency as a share of the highest
            possible, 0 (in every sentence) to 1 (in none).
    """
    stems = content_stems(candidate.text)
    own = frozenset(stems)
    around = own.union(content_stems(candidate.surroundings))
    fitting = answer_type_fit(question, candidate.text)
    pairs = set(pairwise(question.stems))
    return {
        "similarity": candidate.similarity,
        "coverage": _coverage(question.stems, own, rarity),
        "context": _coverage(question.stems, around, rarity),
        "pairs": len(pairs.intersection(pairwise(stems))) / max(1, len(pairs)),
        "missing": max((rarity.get(term, 1.0) * (1 - _stands(term, own)) for term in question.stems), default=0.0),
        "names": _share(_named(question.name_keys, candidate)),
        "numbers": _share(_numbered(question.figure_texts, candidate)),
        "negation": float(question.is_negated and not is_negated(candidate.text)),
        "fits": fitting,
        "number": fitting * (question.answer_type in NUMBER_TYPES),
        "date": fitting * (question.answer_type in DATE_TYPES),
        "person": fitting * (question.answer_type in PERSON_TYPES),
        "place": fitting * (question.answer_type == "place"),
        "counts": float(question.answer_type == "count" and bool(counting_figures(question, candidate.text))),
        "question": float(is_question(candidate.text)),
    }


def _coverage(terms: Iterable[str], found: frozenset[str], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.get(term, 1.0) for term in terms)
    return sum(rarity.get(term, 1.0) * _stands(term, found) for term in terms) / total if total else 0.0


def _stands(term: str, found: frozenset[str]) -> float:
    """1 where a term stands among some stems, a half where only a word does that says much the same."""
    return 1.0 if term in found else 0.0 if synonym_stems(term).isdisjoint(found) else _KIN


def _numbered(numbers: Collection[str], candidate: SentenceContext) -> Iterator[float]:
    """For each number whether it stands in the sentence."""
    folded = fold(candidate.text) if numbers else ""
    return (float(number in folded) for number in numbers)


def _named(keys: Collection[str], candidate: SentenceContext) -> Iterator[float]:
    """For each name the longest run of its words that stands in the text or around it, as a share of its words.

    Whole words only: of "liberterra iii" just half stands in "Operation Liberterra II".
    """
    text = pad_words(fold(f"{candidate.text}\n{candidate.surroundings}")) if keys else ""
    for key in keys:
        parts = pad_words(key).split()
        runs = (length for length in range(len(parts), 0, -1) if _holds_run(parts, length, text))
        yield next(runs, 0) / max(1, len(parts))


def _holds_run(parts: list[str], length: int, text: str) -> bool:
    return any(f" {' '.join(parts[i : i + length])} " in text for i in range(len(parts) - length + 1))


def _share(found: Iterable[float]) -> float:
    found = list(found)
    return sum(found) / len(found) if found else 1.0
