"""The features of a sentence: numbers that say how well it answers a question, for ranking and for refusing.

Beside the similarity of the vectors there is the lexical evidence that answer-sentence selection has shown to matter:
coverage weighted by inverse document frequency, and agreement of answer types (Yang, Yih, Meek 2015, WikiQA). Every
feature is a share between 0 and 1, so that it means the same in an index of twenty sentences and of a million; only
the similarity is a cosine.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assistant.nlp.languages import UNKNOWN, Languages
from assistant.nlp.synonyms import synonym_stems
from assistant.nlp.tokens import content_stems, fold
from assistant.query.question import Question, is_negated, is_question
from assistant.retrieval.answer_types import (
    DATE_TYPES,
    NUMBER_TYPES,
    PERSON_TYPES,
    answer_type_fit,
    cells_fit,
    counting_figures,
    number_fit,
    pad_words,
)

# The features that rank a candidate, and those of the best one that give the confidence; `assistant.models.calibration`
# has their weights.
RANKING_FEATURES = (
    "similarity", "coverage", "context", "pairs", "number", "date", "person", "place", "counts", "question"
)  # fmt: skip
CONFIDENCE_FEATURES = ("similarity", "context", "missing", "names", "numbers", "negation", "gap")

_EXPECTED_MISSING = 0.76  # the IDF of the rarest word of a question that an answering sentence lacks
# How much nearer texts that say different things are in one language than in two: 90 texts in six languages
# (docs/evaluation/languages.md).
_LANGUAGE_GAP = 0.022
_SYNONYM_WEIGHT = 0.5  # of a word that says much the same; .8 ranks no better (docs/evaluation)


@dataclass(frozen=True, slots=True)
class SentenceContext:
    """A sentence whose features are computed, with what stands around it."""

    text: str
    surroundings: str  # title, headings and the other sentences of its chunk
    similarity: float  # cosine of its vector and the question's; across languages, `similarity_across_languages`
    cells: str = ""  # of a table's row: those behind its label
    is_foreign: bool = False  # whether it is in another language than the question
    languages: Languages = UNKNOWN  # that it may be in


def similarity_across_languages(cosine: float) -> float:
    """The similarity of question and sentence in two languages, as high as it would be in one."""
    return min(1.0, cosine + _LANGUAGE_GAP)


def compute_features(question: Question, sentence: SentenceContext, idf: Mapping[str, float]) -> dict[str, float]:
    """Computes the features of one sentence, all except ``gap``, which compares several.

    Args:
        question: the parsed question.
        sentence: the sentence.
        idf: the inverse document frequency of the question's stems, as a share of the highest possible: 0 for a stem
            in every sentence, 1 for one in none. A stem without one counts as 1.

    Returns:
        Each feature by its name. ``coverage`` and ``context`` are the share of the question's stems, by IDF, in the
        sentence and in it with its surroundings; ``missing`` is the IDF of the rarest stem that the sentence lacks;
        ``pairs``, ``names`` and ``numbers`` are shares of the question's word pairs, names and figures; ``fits`` is
        how far it has the type of answer, also given as ``number``, ``date``, ``person`` or ``place``; ``foreign`` is
        1 where sentence and question are in different languages.
    """
    stems = content_stems(sentence.text)
    own_stems = frozenset(stems)
    all_stems = own_stems.union(content_stems(sentence.surroundings))
    fit = max(
        answer_type_fit(question, sentence.text),
        cells_fit(question, sentence.cells),
        number_fit(question, sentence.text, sentence.languages),
    )
    pairs = set(pairwise(question.stems))
    features = {
        "similarity": sentence.similarity,
        "coverage": _coverage(question.stems, own_stems, idf),
        "context": _coverage(question.stems, all_stems, idf),
        "pairs": len(pairs.intersection(pairwise(stems))) / max(1, len(pairs)),
        "missing": max((idf.get(stem, 1.0) * (1 - _match(stem, own_stems)) for stem in question.stems), default=0.0),
        "names": _mean(_name_shares(question.name_keys, sentence)),
        "numbers": _mean(_figure_matches(question.figure_texts, sentence)),
        "negation": float(question.is_negated and not is_negated(sentence.text)),
        "fits": fit,
        "number": fit * (question.answer_type in NUMBER_TYPES),
        "date": fit * (question.answer_type in DATE_TYPES),
        "person": fit * (question.answer_type in PERSON_TYPES),
        "place": fit * (question.answer_type == "place"),
        "counts": float(question.answer_type == "count" and bool(counting_figures(question, sentence.text))),
        "question": float(is_question(sentence.text)),
        "foreign": float(sentence.is_foreign),
    }
    return features | _shares_across_languages(sentence.similarity) if sentence.is_foreign else features


def _shares_across_languages(similarity: float) -> dict[str, float]:
    """What stands for the shares of words where sentence and question are in different languages.

    Words can't be compared then, so the shares are those to be expected of a sentence that answers: it covers about as
    large a share of the question's words as its cosine, and the rarest of these that it lacks has an IDF of .76 (means
    over the answering sentences of SQuAD: coverage .47 and context .59 at a cosine of .48).
    """
    share = max(0.0, similarity)
    return {"coverage": share, "context": share, "missing": _EXPECTED_MISSING, "names": 1.0}


def _coverage(question_stems: Iterable[str], sentence_stems: frozenset[str], idf: Mapping[str, float]) -> float:
    """The share of the question's stems that a sentence contains, weighted by their IDF."""
    total = sum(idf.get(stem, 1.0) for stem in question_stems)
    covered = sum(idf.get(stem, 1.0) * _match(stem, sentence_stems) for stem in question_stems)
    return covered / total if total else 0.0


def _match(stem: str, sentence_stems: frozenset[str]) -> float:
    """1 for a stem that the sentence contains, a half if it only contains a synonym, else 0."""
    if stem in sentence_stems:
        return 1.0
    return 0.0 if synonym_stems(stem).isdisjoint(sentence_stems) else _SYNONYM_WEIGHT


def _figure_matches(figure_texts: Collection[str], sentence: SentenceContext) -> Iterator[float]:
    """For each figure or date, 1 if the sentence contains it as written, else 0."""
    folded = fold(sentence.text) if figure_texts else ""
    return (float(figure_text in folded) for figure_text in figure_texts)


def _name_shares(name_keys: Collection[str], sentence: SentenceContext) -> Iterator[float]:
    """For each name, the longest run of its words in the sentence or around it, as a share of its words.

    Whole words only: of "liberterra iii" just half is in "Operation Liberterra II".
    """
    text = pad_words(fold(f"{sentence.text}\n{sentence.surroundings}")) if name_keys else ""
    for name_key in name_keys:
        words = pad_words(name_key).split()
        lengths = (length for length in range(len(words), 0, -1) if _has_run(words, length, text))
        yield next(lengths, 0) / max(1, len(words))


def _has_run(words: list[str], length: int, text: str) -> bool:
    """Whether a padded text contains some ``length`` words of a name that follow each other in it."""
    return any(f" {' '.join(words[i : i + length])} " in text for i in range(len(words) - length + 1))


def _mean(shares: Iterable[float]) -> float:
    """The mean of some shares; 1 without any, since nothing is missing then."""
    shares = list(shares)
    return sum(shares) / len(shares) if shares else 1.0
