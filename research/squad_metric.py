"""The overlap in words by which SQuAD compares answers (Rajpurkar et al. 2016, arXiv:1606.05250)."""

import re
import string
from collections import Counter
from collections.abc import Iterable

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def normalise_answer(text: str) -> list[str]:
    """An answer's words as SQuAD compares them: lower case, no punctuation, no articles."""
    letters = "".join(character for character in text.lower() if character not in string.punctuation)
    return _ARTICLE.sub(" ", letters).split()


def token_f1(text: str, answer: str) -> float:
    """The F1 of two answers' words, 0 to 1."""
    words, answer_words = normalise_answer(text), normalise_answer(answer)
    common = sum((Counter(words) & Counter(answer_words)).values())
    return 2 * common / (len(words) + len(answer_words)) if common else float(words == answer_words)


def best_f1(text: str, answers: Iterable[str]) -> float:
    """The highest F1 of an answer with any of the right answers, 0 to 1; 0 without right answers."""
    return max((token_f1(text, answer) for answer in answers), default=0.0)
