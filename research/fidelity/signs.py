"""Signs that pdftotext gives as other characters, where a file doesn't say what they mean.

TeX's fonts for formulas have a prime where others have "0", and a sum where they have "X"; fonts of dingbats have a
tick where they have "3"; some programs give the code of an arrow to a ligature. The pictures of the pages show what
is meant.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from research.fidelity.words import folded

_DINGBATS = dict(zip("✓✔✕✖✗✘", "345678", strict=True))
_IN_TEXT = _DINGBATS | dict(
    zip("\u2032∞∈∋△▽∀∃⌊⌋⌈⌉{}⟨⟩|‖√∐∇∫∑∏\u22c3⋂§†‡", "01234589bcdefghijkpqrspqstxyz", strict=True)
)
_DISPLAYED = _IN_TEXT | dict(zip("[]{}∫∑∏", "hinozxy", strict=True))
_CODES = (str.maketrans(_IN_TEXT), str.maketrans(_DISPLAYED))
_ALONE = "√∫∑∏\u22c3⋂" + "".join(_DINGBATS)  # what may stand without a letter beside it, unlike the borders of cells
_SIGNS = re.escape("".join(_DISPLAYED))
_WITH_SIGNS = re.compile(rf"([{_SIGNS}]*)([^\W_]+)([{_SIGNS}]*)|([{_ALONE}])")
_LIGATURE = re.compile("ffi|ffl|ff|fi|fl")
_ARROW = "[\u2190-\u21ff]"
_LIGATURE_SEAM = re.compile(rf"(?P<end>{_ARROW})[^\w\s]?(?:\s.*)?|(?:.*\s)?[^\w\s]?(?P<start>{_ARROW})", re.DOTALL)


class Misread(NamedTuple):
    """Words of theirs, and what they are in ours: no word where a sign stands alone."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]


def misread_signs(canonical_text: str, lost: Counter[str]) -> Iterator[Misread]:
    """The lost words that are ours with letters and digits in place of the signs beside them.

    >>> lost = Counter(["hm", "qi", "m1", "x"])
    >>> [(*misread.theirs, *misread.ours) for misread in misread_signs("a set ⟨m, q⟩ of ∑ m∞", lost)]
    [('hm', 'm'), ('qi', 'q'), ('x',), ('m1', 'm')]
    """
    for match in _WITH_SIGNS.finditer(folded(canonical_text)):
        before, word, after, alone = (group or "" for group in match.groups())
        written = {f"{before}{word}{after}", before + word, word + after, alone}
        misreadings = {misreading for text in written for misreading in coded(text)} - {word}
        yield from (Misread((text,), (word,) if word else ()) for text in sorted(misreadings) if lost[text])


def coded(text: str) -> set[str]:
    """The ways in which others read a text with signs: other characters in their place; none for one without signs.

    >>> coded("m\u2032"), coded("m")
    ({'m0'}, set())
    """
    return {text.translate(codes) for codes in _CODES} - {text}


def signs_in(seam: str) -> str:
    """The signs among what stands between two words."""
    return "".join(character for character in seam if character in _DISPLAYED)


def signs_before(seam: str) -> str:
    """The signs at the end of what stands before a word."""
    return seam[len(seam.rstrip("".join(_DISPLAYED))) :]


def signs_after(seam: str) -> str:
    """The signs at the beginning of what stands behind a word."""
    return seam[: len(seam) - len(seam.lstrip("".join(_DISPLAYED)))]


def misread_ligatures(their_words: list[tuple[str, str]], surplus: Counter[str]) -> Iterator[Misread]:
    """Our words with a ligature where theirs have an arrow.

    >>> words = [("e", " "), ("orts", "↵"), ("o", " "), ("the", "↵-")]
    >>> [*misread_ligatures(words, Counter(["efforts", "off", "office"]))]
    [Misread(theirs=('e', 'orts'), ours=('efforts',)), Misread(theirs=('o',), ours=('off',))]
    """
    parts: Counter[tuple[str, str]] = Counter()
    for (before, _), (after, seam) in pairwise(their_words):
        match = _LIGATURE_SEAM.fullmatch(seam)
        if match:
            is_inside = len(seam) == 1
            parts[before if match["end"] else "", after if is_inside or match["start"] else ""] += 1
    for word, times in surplus.items():
        for match in _LIGATURE.finditer(word):
            cut = word[: match.start()], word[match.end() :]
            for _ in range(min(parts[cut], times)):
                yield Misread(tuple(filter(None, cut)), (word,))
