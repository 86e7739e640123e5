"""Entries of a bibliography, known by their form: who, when, and where it was published."""

import re
from collections import Counter
from collections.abc import Sequence

from assistant.nlp import lexicon

_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d[a-z]?(?![\d,]|\.\d)")
_WORDS = {label: lexicon.alternation(words) for label, words in lexicon.words_by_class("bibliography_words").items()}
_PLACE = re.compile(
    rf"""
    \d[–-]{{1,2}}\d{{1,5}}(?!\d)                     # pages 12–34
    | \d\s?\(\d{{1,3}}(?:[–/-]\d{{1,3}})?\)          # volume 12(3)
    | (?<!\w)(?:{_WORDS["part"]})\.\s?\d          # pp. 12
    | (?<!\w)(?:{_WORDS["identifier"]})(?!\w)
    | https?://|www\.
    | [.”"»]\s(?:{_WORDS["host"]})[:\s]\s?[^\W\d_]
    | (?<!\w)(?:{_WORDS["editor"]})\.
    """,
    re.VERBOSE,
)
_YEAR_OF_PRINT = re.compile(
    r"""
    (?<![\d.])(?:1[5-9]|20)\d\d[a-z]?\.?$        # at the end
    | \((?:[^()]{0,20}\s)?(?:1[5-9]|20)\d\d[a-z]?\)
    | [.,]\s(?:1[5-9]|20)\d\d[a-z]?\.\s
    """,
    re.VERBOSE,
)
_SURNAME_FIRST = re.compile(r"[^\W\d_][\w’'-]+,\s[^\W\d_][\w’'-]*[.,;\s(]")
_NAMES = re.compile(rf"((?:[^\W\d_][\w’'.-]*\s){{1,4}}[^\W\d_][\w’'-]+)(?:,\s|\.\s|\s(?:{_WORDS['and']})\s)")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_a-z]\.")
_NUMBERED = re.compile(r"\[[\w+.-]{1,12}\]|\d{1,3}\.")
_QUOTES = "\"“”„«'‘"
_MAX_CHARS = 900  # of an entry
_PROSE_CHARS = 150  # a longer text without year or place is prose
_FIRST_CHARS = 40  # within which initials of the first author stand
_PARTICLE_CHARS = 3  # of names without a capital: "van", "de"
_MIN_ENTRIES = 5  # where no heading says what they are
_MAX_BY_ONE = 0.5  # of the entries: where more begin with the same name, they are somebody's works


def is_entry(text: str, mark: str = "") -> bool:
    """Whether a text has the form of an entry of a bibliography.

    Args:
        text: its words.
        mark: its number in a list.
    """
    if len(text) > _MAX_CHARS or not (_YEAR_OF_PRINT.search(text) or (_YEAR.search(text) and _PLACE.search(text))):
        return False
    words = _without_number(text)
    if not words[:1].isupper() and words[:1] not in _QUOTES:
        return False
    return words[:1] in _QUOTES or _begins_with_names(words) or bool(mark) or len(words) < len(text)


def is_sure_entry(text: str) -> bool:
    """Whether a text has that form wherever it stands: with names or a title in quotes, and a year of print."""
    words = _without_number(text)
    return is_entry(text) and bool(_YEAR_OF_PRINT.search(text)) and (words[0] in _QUOTES or _begins_with_names(words))


def is_long_without_source(text: str) -> bool:
    """Whether a text is longer than a line or two and has neither a year nor a place of publication."""
    return len(text) > _PROSE_CHARS and not _YEAR.search(text) and not _PLACE.search(text)


def _without_number(text: str) -> str:
    numbered = _NUMBERED.match(text)
    return text[numbered.end() :].lstrip() if numbered else text


def _begins_with_names(words: str) -> bool:
    """Whether a text begins with names: a surname and a comma, initials, or words with capitals up to a comma."""
    if _SURNAME_FIRST.match(words) or _INITIAL.search(words[:_FIRST_CHARS]):
        return True
    names = _NAMES.match(words)
    return names is not None and all(name[0].isupper() or len(name) <= _PARTICLE_CHARS for name in names[1].split())


def are_bibliography(entries: Sequence[str]) -> bool:
    """Whether some entries that follow each other are a bibliography, without a heading that says so.

    Where most begin with the same name they are somebody's works, which the document states.
    """
    if len(entries) < _MIN_ENTRIES:
        return False
    first_words = Counter(map(_first_word, entries))
    return first_words.most_common(1)[0][1] <= _MAX_BY_ONE * len(entries)


def _first_word(text: str) -> str:
    words = _without_number(text).split(maxsplit=1)
    return words[0] if words else ""
