"""Other forms of a question: about something else, and as a statement with its answer."""

import random
import re
from collections.abc import Sequence

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:(?:of|the|de|von) )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,])\d(?![\w.,])")
_OPPOSITES = """
    first last|largest smallest|most least|highest lowest|before after|more less|early late|north south|east west
    increase decrease|oldest youngest|northern southern|eastern western|above below|begin end|won lost|best worst
    can cannot|did didn't|is isn't|are aren't|was wasn't|were weren't|does doesn't|support oppose|greater smaller
    higher lower|won lost|started ended|maximum minimum|inside outside|long short|similar different|always never
    """
_OPPOSITE = {
    a: b for pair in _OPPOSITES.replace("\n", "|").split("|") if len(pair.split()) == 2
    for a, b in (pair.split(), pair.split()[::-1])
}  # fmt: skip


def marks(text: str) -> tuple[list[str], list[str]]:
    """The names and the numbers of a question."""
    return _NAME.findall(text), _NUMBER.findall(text)


def corrupted(question: str, passage: str, names: Sequence[str], numbers: Sequence[str], rng: random.Random) -> str:
    """The question about something else: a name, a number or a word changed; empty where nothing can be.

    What comes in stands nowhere in the passage, so that the passage no longer answers.

    Args:
        question: a question that the passage answers.
        passage: its heading and text.
        names: names to choose from, best of the same document.
        numbers: numbers to choose from.
        rng: chooses.
    """
    here = marks(question)
    ways = [(old, new) for olds, pool in zip(here, (names, numbers), strict=True) for old in olds
            for new in rng.sample(pool, min(4, len(pool)))
            if new != old and new.casefold() not in passage.casefold() and new not in question]  # fmt: skip
    words = question.split()
    turned = [n for n, word in enumerate(words) if word.casefold() in _OPPOSITE and n > 0]
    if turned and (not ways or rng.random() < 0.35):
        place = rng.choice(turned)
        words[place] = _OPPOSITE[words[place].casefold()]
        return " ".join(words)
    if not ways:
        return ""
    old, new = rng.choice(ways)
    return question.replace(old, new, 1)


_AUXILIARY = "did|do|does|was|were|is|are|has|have|had|can|could|will|would|should|may|might"
_PREPOSITION = "in|on|at|by|for|to|from|with"
_STATED = [  # what a question begins with, and the statement that it makes with its answer
    (r"(?:how (?:many|much)|what (?:percentage|number|amount|proportion) of) (?P<rest>.+)", "{answer} {rest}"),
    (r"(?P<a>who|what) (?P<be>is|are|was|were) (?P<rest>.+)", "{answer} {be} {rest}"),
    (rf"(?P<at>(?:{_PREPOSITION}) )?(?:what|which) \w+ (?:{_AUXILIARY}) (?P<rest>.+)", "{rest} {at}{answer}"),
    (rf"(?:when|where|why|how|who|whom|what|which) (?:{_AUXILIARY}) (?P<rest>.+)", "{rest} {answer}"),
    (r"(?:who|what|which(?: \w+)?|what \w+) (?P<rest>.+)", "{answer} {rest}"),
]


def stated(question: str, answer: str) -> str:
    """What a question and its answer say, as a statement of sorts; empty where no rule makes one of them."""
    asked = question.strip().rstrip("?").strip()
    for begin, form in _STATED:
        if found := re.fullmatch(begin, asked, re.IGNORECASE):
            parts = {name: value or "" for name, value in found.groupdict().items()}
            return f"{form.format(answer=answer, **parts).strip()}."
    return ""
