"""Whether a proper name occurs in a text, in whatever form: "Mr Stock" for Jürgen Stock, an acronym, an adjective."""

import re

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_names
from assistant.nlp.tokens import fold, stem

_WORDS = lexicon.words_by_class("name_matching")
_GENERIC_HEADS = _WORDS["left out"]  # "operation", "the republic"
_UNLETTERED = _WORDS["unlettered"]  # small words, which have no letter in an acronym
_TITLE_BEFORE = re.compile(rf"\b(?:{lexicon.alternation(_WORDS['title'])})\.?\s+$", re.IGNORECASE)
_MAX_TITLE_CHARS = 20  # before a family name, in which its title stands
_MIN_SHARED_LETTERS = 4  # that an adjective shares with its place
_ADJECTIVE_ENDING = re.compile(r"(?:ese|ian|an|ean|ish|i|ic|ch|n|s|er)$")
_ABBREVIATION_POINT = re.compile(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?!\w)")


def name_occurs(name: Name, text: str) -> bool:
    """Whether a text names what ``name`` names.

    Word for word; as an adjective or plural of it; as part of a longer name; by an acronym or spelt out; a person
    by family name where the text has a title before it; a name that consists of whole names, all of which occur.
    """
    parts = _without_generic_heads(_pad_words(name.key).split())
    padded = _pad_words(text)
    if not parts or f" {' '.join(parts)} " in padded:
        return True
    words = padded.split()
    if _occurs_inflected(parts, words):
        return True
    names = find_names(text)
    keys = [other.key.split() for other in names]
    return (
        any(_abbreviates(parts, key) or _abbreviates(key, parts) for key in keys)
        or _occurs_by_family_name(parts, names, text)
        or _occurs_by_place(parts, words, keys)
        or (len(parts) > 1 and _consists_of(parts, set(map(tuple, keys))))
    )


def _without_generic_heads(parts: list[str]) -> list[str]:
    while len(parts) > 1 and parts[0] in _GENERIC_HEADS:
        parts = parts[1:]
    return parts


def _pad_words(text: str) -> str:
    """The folded text as whole words with a space on both sides; the points of "U.S." are left out."""
    folded = _ABBREVIATION_POINT.sub("", fold(text))
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in folded).split())} "


def _occurs_inflected(parts: list[str], words: list[str]) -> bool:
    """Whether the parts stand side by side among the words: as themselves, their plurals or their adjectives."""
    length = len(parts)
    return any(
        all(_is_form_of(part, word) for part, word in zip(parts, words[start : start + length], strict=True))
        for start in range(len(words) - length + 1)
    )


def _is_form_of(part: str, word: str) -> bool:
    """Whether two words are the same, or one the plural or the adjective of the other: "Togo", "Togolese"."""
    if part == word or (stem(part) == stem(word) and len(part) > 3):
        return True
    shorter, longer = sorted((part, word), key=len)
    shared = next((n for n in range(len(shorter), 0, -1) if longer.startswith(shorter[:n])), 0)
    return (
        shared >= _MIN_SHARED_LETTERS
        and shared >= len(shorter) - 2
        and len(longer) - shared <= 4
        and bool(_ADJECTIVE_ENDING.search(longer[shared:] or longer))
    )


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether a name of one word is the acronym of another."""
    initials = "".join(word[0] for word in long if word not in _UNLETTERED)
    return len(short) == 1 and len(short[0]) > 1 and len(initials) > 1 and short[0] == initials


def _occurs_by_family_name(parts: list[str], names: tuple[Name, ...], text: str) -> bool:
    """Whether the last word of the name stands in the text behind a title: "Mr Stock"."""
    return len(parts) > 1 and any(
        name.key == parts[-1] and _TITLE_BEFORE.search(text[max(0, name.start - _MAX_TITLE_CHARS) : name.start])
        for name in names
    )


def _occurs_by_place(parts: list[str], words: list[str], keys: list[list[str]]) -> bool:
    """Whether "Government of Brazil" stands as "Brazil" and, somewhere, "government"."""
    if "of" not in parts[1:-1]:
        return False
    of = parts.index("of", 1)
    return parts[of + 1 :] in keys and all(part in words for part in parts[:of])


def _consists_of(parts: list[str], keys: set[tuple[str, ...]]) -> bool:
    """Whether the parts are whole names of the text, one behind the other."""
    if not parts:
        return True
    return any(tuple(parts[:n]) in keys and _consists_of(parts[n:], keys) for n in range(1, len(parts) + 1))
