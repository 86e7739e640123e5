"""Other forms of a question for training: about something else, and as a statement with its answer."""

import random
import re
from collections.abc import Sequence

_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:(?:of|the|de|von) )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,])\d(?![\w.,])")
_OPPOSITE_PAIRS = """
    first last|largest smallest|most least|highest lowest|before after|more less|early late|north south|east west
    increase decrease|oldest youngest|northern southern|eastern western|above below|begin end|won lost|best worst
    can cannot|did didn't|is isn't|are aren't|was wasn't|were weren't|does doesn't|support oppose|greater smaller
    higher lower|won lost|started ended|maximum minimum|inside outside|long short|similar different|always never
    """
_OPPOSITES = {
    word: opposite
    for pair in _OPPOSITE_PAIRS.replace("\n", "|").split("|") if len(pair.split()) == 2
    for word, opposite in (pair.split(), pair.split()[::-1])
}  # fmt: skip
_OPPOSITE_CHANCE = 0.35  # of taking a word's opposite where a name or a number could be changed, too
_REPLACEMENTS_TRIED = 4  # for each name or number


def names_and_numbers(text: str) -> tuple[list[str], list[str]]:
    """The names and the numbers of a question."""
    return _NAME.findall(text), _NUMBER.findall(text)


def corrupt_question(
    question: str, chunk: str, names: Sequence[str], numbers: Sequence[str], rng: random.Random
) -> str:
    """The question about something else: a name, a number or a word changed; empty where nothing can be.

    A new name or number is one that the chunk doesn't have, so that the chunk no longer answers.

    Args:
        question: a question that the chunk answers.
        chunk: its heading and text.
        names: names to choose from, best of the same document.
        numbers: numbers to choose from.
        rng: chooses.
    """
    own = names_and_numbers(question)
    replacements = [
        (old, new)
        for olds, pool in zip(own, (names, numbers), strict=True)
        for old in olds
        for new in rng.sample(pool, min(_REPLACEMENTS_TRIED, len(pool)))
        if new != old and new.casefold() not in chunk.casefold() and new not in question
    ]
    words = question.split()
    invertible = [n for n, word in enumerate(words) if word.casefold() in _OPPOSITES and n > 0]
    if invertible and (not replacements or rng.random() < _OPPOSITE_CHANCE):
        position = rng.choice(invertible)
        words[position] = _OPPOSITES[words[position].casefold()]
        return " ".join(words)
    if not replacements:
        return ""
    old, new = rng.choice(replacements)
    return question.replace(old, new, 1)


_AUXILIARY = "did|do|does|was|were|is|are|has|have|had|can|could|will|would|should|may|might"
_PREPOSITION = "in|on|at|by|for|to|from|with"
_STATEMENT_FORMS = [  # what a question begins with, and the statement that it makes with its answer
    (r"(?:how (?:many|much)|what (?:percentage|number|amount|proportion) of) (?P<rest>.+)", "{answer} {rest}"),
    (r"(?P<pronoun>who|what) (?P<be>is|are|was|were) (?P<rest>.+)", "{answer} {be} {rest}"),
    (
        rf"(?P<preposition>(?:{_PREPOSITION}) )?(?:what|which) \w+ (?:{_AUXILIARY}) (?P<rest>.+)",
        "{rest} {preposition}{answer}",
    ),
    (rf"(?:when|where|why|how|who|whom|what|which) (?:{_AUXILIARY}) (?P<rest>.+)", "{rest} {answer}"),
    (r"(?:who|what|which(?: \w+)?|what \w+) (?P<rest>.+)", "{answer} {rest}"),
]


def answer_as_statement(question: str, answer: str) -> str:
    """What a question and its answer say, as a rough statement; empty where no rule makes one."""
    text = question.strip().rstrip("?").strip()
    for beginning, form in _STATEMENT_FORMS:
        if match := re.fullmatch(beginning, text, re.IGNORECASE):
            groups = {name: value or "" for name, value in match.groupdict().items()}
            return f"{form.format(answer=answer, **groups).strip()}."
    return ""
