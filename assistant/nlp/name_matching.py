"""Whether a proper name stands in a text, in whatever form: "Mr Stock" for Jürgen Stock, an acronym, an adjective."""

import re

from assistant.nlp.figures import Name, find_names
from assistant.nlp.tokens import fold, stem, word_set

_HEADS = word_set("operation the republic city state county province president mr mrs ms dr sir")
_TITLED = re.compile(
    r"\b(?:mr|mrs|ms|miss|dr|prof|sir|president|minister|judge|general|secretary|officer)\.?\s+$", re.IGNORECASE
)
_SMALL = word_set("of the and for on in de la le du del des von van at to")
_ROOT = 4  # letters that an adjective shares with its place
_ADJECTIVE = re.compile(r"(?:ese|ian|an|ean|ish|i|ic|ch|n|s|er)$")


def name_occurs(name: Name, text: str) -> bool:
    """Whether a text names what ``name`` names.

    Word for word; as an adjective or plural of it; as part of a longer name; by an acronym or spelt out; a person
    by family name where the text has a title before it; a name that consists of whole names, each of which stands.
    """
    parts = _bare(_spaced(name.key).split())
    spaced = _spaced(text)
    if not parts or f" {' '.join(parts)} " in spaced:
        return True
    told = spaced.split()
    if _runs(parts, told):
        return True
    others = find_names(text)
    return (
        any(_abbreviates(parts, each.key.split()) or _abbreviates(each.key.split(), parts) for each in others)
        or _by_family_name(parts, others, text)
        or _of(parts, told, others)
        or (len(parts) > 1 and _composed(parts, {tuple(each.key.split()) for each in others}))
    )


def _bare(parts: list[str]) -> list[str]:
    while len(parts) > 1 and parts[0] in _HEADS:
        parts = parts[1:]
    return parts


def _spaced(text: str) -> str:
    """The folded text as whole words with a space on both sides; the points of "U.S." are left out."""
    folded = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?!\w)", "", fold(text))
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in folded).split())} "


def _runs(parts: list[str], told: list[str]) -> bool:
    """Whether the words stand side by side, each as itself, its plural or its adjective."""
    length = len(parts)
    return any(
        all(_same(part, other) for part, other in zip(parts, told[at : at + length], strict=True))
        for at in range(len(told) - length + 1)
    )


def _same(part: str, other: str) -> bool:
    if part == other or (stem(part) == stem(other) and len(part) > 3):
        return True
    shorter, longer = sorted((part, other), key=len)
    root = next((n for n in range(len(shorter), 0, -1) if longer.startswith(shorter[:n])), 0)
    return (
        root >= _ROOT
        and root >= len(shorter) - 2
        and len(longer) - root <= 4
        and bool(_ADJECTIVE.search(longer[root:] or longer))
    )


def _abbreviates(short: list[str], long: list[str]) -> bool:
    initials = "".join(word[0] for word in long if word not in _SMALL)
    return len(short) == 1 and len(short[0]) > 1 and len(initials) > 1 and short[0] == initials


def _by_family_name(parts: list[str], others: tuple[Name, ...], text: str) -> bool:
    return len(parts) > 1 and any(
        each.key == parts[-1] and _TITLED.search(text[max(0, each.start - 20) : each.start]) for each in others
    )


def _of(parts: list[str], told: list[str], others: tuple[Name, ...]) -> bool:
    """Whether "Government of Brazil" stands as "Brazil" and, somewhere, "government"."""
    if "of" not in parts[1:-1]:
        return False
    at = parts.index("of", 1)
    return any(each.key.split() == parts[at + 1 :] for each in others) and all(each in told for each in parts[:at])


def _composed(parts: list[str], wholes: set[tuple[str, ...]]) -> bool:
    """Whether the words are whole names of the text, one behind the other."""
    if not parts:
        return True
    return any(tuple(parts[:n]) in wholes and _composed(parts[n:], wholes) for n in range(1, len(parts) + 1))
