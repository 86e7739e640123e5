"""Entries of a bibliography, told by their form: who, when, and where it was published."""

import re
from collections import Counter
from collections.abc import Sequence

_YEAR = re.compile(r"(?<![\d.,])(?:1[5-9]|20)\d\d[a-z]?(?![\d,]|\.\d)")
_PLACE = re.compile(
    r"""
    \d[–-]{1,2}\d{1,5}(?!\d)                     # pages 12–34
    | \d\s?\(\d{1,3}(?:[–/-]\d{1,3})?\)          # volume 12(3)
    | (?<!\w)(?:pp?|S|vol|no|nr|t)\.\s?\d       # pp. 12
    | (?<!\w)(?:ISBN|ISSN|doi|DOI|arXiv)(?!\w)
    | https?://|www\.
    | [.”"»]\s(?:In|in|dans|en|em)[:\s]\s?[^\W\d_]
    | (?<!\w)(?:eds?|Hrsg|dir|éds?|coord)\.
    | (?<![\d.])(?:1[5-9]|20)\d\d[a-z]?\.?$      # the year at the end
    | \((?:[^()]{0,20}\s)?(?:1[5-9]|20)\d\d[a-z]?\)
    | [.,]\s(?:1[5-9]|20)\d\d[a-z]?\.\s
    """,
    re.VERBOSE,
)
_SURNAME_FIRST = re.compile(r"[^\W\d_][\w’'-]+,\s[^\W\d_][\w’'-]*[.,;\s(]")
_NAMES = re.compile(r"((?:[^\W\d_][\w’'.-]*\s){1,4}[^\W\d_][\w’'-]+)(?:,\s|\.\s|\s(?:and|et|und|y|e|en|och|og|&)\s)")
_INITIAL = re.compile(r"(?<!\w)[^\W\d_a-z]\.")
_NUMBERED = re.compile(r"\[[\w+.-]{1,12}\]|\d{1,3}\.")
_QUOTES = "\"“”„«'‘"
_MAX_CHARS = 900
_FIRST_CHARS = 40  # among which the initials of the first author stand
_PARTICLE_CHARS = 3  # of names without a capital: "van", "de"
_LEAST_ENTRIES = 5  # where no heading says what they are
_MOST_BY_ONE = 0.5  # of the entries begin with one and the same name: else they are somebody's works


def is_entry(text: str, mark: str = "") -> bool:
    """Whether a text has the form of an entry of a bibliography.

    Args:
        text: its words.
        mark: its number in a list.
    """
    if not _YEAR.search(text) or len(text) > _MAX_CHARS or not _PLACE.search(text):
        return False
    numbered = _NUMBERED.match(text)
    words = text[numbered.end() :].lstrip() if numbered else text
    if not words[:1].isupper() and words[:1] not in _QUOTES:
        return False
    return _begins_with_names(words) or words[0] in _QUOTES or bool(numbered or mark)


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
    if len(entries) < _LEAST_ENTRIES:
        return False
    first_words = Counter(map(_first_word, entries))
    return first_words.most_common(1)[0][1] <= _MOST_BY_ONE * len(entries)


def _first_word(text: str) -> str:
    numbered = _NUMBERED.match(text)
    words = text[numbered.end() if numbered else 0 :].split(maxsplit=1)
    return words[0] if words else ""
