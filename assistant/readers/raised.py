"""Raised and lowered characters in the canonical text: note marks are set off, exponents stay on their base.

A raised note mark that is glued to a figure makes another figure of it: "48,210³ books" was read as "48,2103 books".
"""

import re

_RAISED_FIGURES = str.maketrans("0123456789+-−–=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾")
# Unicode has no raised q, and no raised C, F, Q, S, X, Y or Z.
_RAISED_LETTERS = str.maketrans(
    "niabcdefghjklmoprstuvwxyzABDEGHIJKLMNOPRTUVW", "ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ"
)
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_ORDINALS = frozenset(
    ("st", "nd", "rd", "th", "er", "ère", "re", "e", "ème", "ième", "de", "º", "ª", "o", "os", "as",
     "tm", "®", "™", "sm")
)  # fmt: skip
_UNITS = frozenset(("m", "cm", "mm", "dm", "km", "µm", "nm", "ft", "in", "yd", "mi", "ha", "s", "min", "h", "sec"))
_NOTE_SYMBOLS = frozenset("*†‡§¶#‖")
_MAX_VARIABLE_LETTERS = 2  # as in x², mc²
_NUMBER = re.compile(r"[0-9]+(?:[,;–-][0-9]+)*")
_WORD_BEFORE = re.compile(r"[^\W\d_]+$")
_TEN_BEFORE = re.compile(r"(?:^|[^\d.,])10$")
_FORMULA_BEFORE = re.compile(r"\([^()]*\)$")
_LONG_WORD = re.compile(r"[^\W\d_]{4}")  # one that nobody would find in raised letters
_LONG_WORD_OR_YEAR = re.compile(r"[^\W\d_]{3}|\d{4}")


def raise_mark(mark: str) -> str:
    """A note's mark in raised characters, where Unicode has them.

    >>> raise_mark("12"), raise_mark("B"), raise_mark("*")
    ('¹²', 'ᴮ', '*')
    """
    return _raised(mark.strip("[]() \t\n"))


def raised_text(before: str, raised: str, *, is_note: bool = False) -> tuple[str, bool]:
    """What raised characters become behind some text.

    Args:
        before: the text before them, from the beginning of its block.
        raised: the characters.
        is_note: whether the file itself says that they refer to a note.

    Returns:
        The characters to add, and whether they are the mark of a note. A note mark is set off by a space.

    >>> raised_text("48,210", "3"), raised_text("10", "6"), raised_text("1,250 m", "2"), raised_text("the 1", "st")
    ((' ³', True), ('⁶', False), ('²', False), ('st', False))
    >>> raised_text("Prices", "provisional")
    (' provisional', False)
    """
    characters = raised.strip()
    if not is_note and characters.casefold() in _ORDINALS:
        return characters, False
    gap = " " if before and not before[-1].isspace() and before[-1] not in "([{" else ""
    if not is_note and _LONG_WORD.search(characters):
        return gap + characters, False
    if not is_note and not _is_note(before, characters):
        return _raised(characters), False
    return gap + raise_mark(characters), True


def _raised(characters: str) -> str:
    """The characters in their raised forms; letters stay as they are where one of them has none.

    >>> _raised("-3"), _raised("T"), _raised("2CLS")
    ('⁻³', 'ᵀ', '²CLS')
    """
    raised = characters.translate(_RAISED_FIGURES)
    has_forms = all(ord(character) in _RAISED_LETTERS for character in raised if character.isalpha())
    return raised.translate(_RAISED_LETTERS) if has_forms else raised


def lowered_text(lowered: str) -> str:
    """What lowered characters become: digits lowered ones, as in CO₂; all else stays as it is."""
    return lowered.translate(_LOWERED)


def _is_note(before: str, raised: str) -> bool:
    """Whether raised characters are the mark of a note rather than an exponent, a charge or an index."""
    if not _NUMBER.fullmatch(raised):
        is_symbol = bool(raised) and _NOTE_SYMBOLS.issuperset(raised)
        is_bracketed = raised.startswith("[") and raised.endswith("]")
        return is_symbol or is_bracketed or (len(raised) == 1 and raised.isalpha() and before[-1:].isdigit())
    if _TEN_BEFORE.search(before) or before.endswith(("⁻", "⁺")):
        return False
    if formula := _FORMULA_BEFORE.search(before[-40:]):
        return _LONG_WORD_OR_YEAR.search(formula[0]) is not None
    word = _WORD_BEFORE.search(before[-20:])
    return not word or not (word[0] in _UNITS or len(word[0]) <= _MAX_VARIABLE_LETTERS)
