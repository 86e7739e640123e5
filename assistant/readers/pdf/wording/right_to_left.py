"""Scripts that run from right to left: from the order in which letters stand to that in which they are read."""

import re
import unicodedata

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_CLUSTER = re.compile(f".[{_MARKS}]*", re.DOTALL)  # a letter with the marks on it
_FROM_LEFT = r"[A-Za-z\u00c0-\u024f\d\u0660-\u0669\u06f0-\u06f9]"  # letters of Latin, and digits of any script
_RUN_FROM_LEFT = re.compile(rf"{_FROM_LEFT}(?:[.,:/]*{_FROM_LEFT})*")
_BRACKETS = ("()", "[]", "{}", "«»")
_PRESENTATION_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufeff]+")


def has_right_to_left(text: str) -> bool:
    """Whether a text has letters of a script that runs from right to left."""
    return RIGHT_TO_LEFT.search(text) is not None


def logical_text(text: str) -> str:
    """Characters that stand from left to right, in the order in which they are read.

    Letters that are drawn in a form of their own, as at the end of a word, become the letter.

    >>> logical_text("12-ב"), logical_text("2023"), logical_text(",םולש")
    ('ב-12', '2023', 'שלום,')
    """
    if not has_right_to_left(text):
        return text
    from_right = "".join(reversed(_CLUSTER.findall(text)))
    in_order = _RUN_FROM_LEFT.sub(lambda run: run[0][::-1], from_right)
    return faced(_PRESENTATION_FORMS.sub(lambda forms: unicodedata.normalize("NFKC", forms[0]), in_order))


def faced(word: str) -> str:
    """A word, or some, whose brackets open at its beginning and close at its end.

    Some programs store the bracket that is meant, others the one that is seen, which is its mirror image.
    """
    characters = list(word)
    letters = [index for index, character in enumerate(word) if character.isalnum()]
    for pair in _BRACKETS:
        indices = [index for index, character in enumerate(word) if character in pair]
        for number, index in enumerate(indices):
            if len(indices) % 2 == 0:
                characters[index] = pair[number % 2]
            elif letters and index < letters[0]:
                characters[index] = pair[0]
            elif letters and index > letters[-1]:
                characters[index] = pair[1]
    return "".join(characters)
