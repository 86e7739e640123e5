"""What the words around a number make of it: more than, at least, less than, at most, about. English."""

import re
from typing import Literal, cast

from assistant.nlp import lexicon

Bound = Literal["exact", "over", "least", "under", "most", "about"]

_MAX_PHRASE_CHARS = 48  # characters before a number in which the words of its bound may begin
_BOUND_BY_PHRASE = cast("dict[str, Bound]", lexicon.mapping("bounds"))
_BOUND_BY_SIGN: dict[str, Bound] = {
    "<": "under", ">": "over", "≤": "most", "≥": "least", "~": "about", "≈": "about", "±": "about",
}  # fmt: skip
_BEFORE = re.compile(
    rf"(?<!\w)(?P<phrase>{lexicon.alternation(_BOUND_BY_PHRASE)})\s(?:a )?(?:total of )?(?:the )?(?:an? )?$"
    r"|(?P<sign>[<>≤≥~≈±])\s?$"
)
_BEHIND = re.compile(r"\+(?!\w)|,? or (more|less|fewer|so)\b|,? (?:or|and) (over|above|older|under|younger)\b")


def parse_bound(low: str, start: int, end: int) -> Bound:
    """The bound that the words before and behind a number give it.

    Args:
        low: a text in lower case.
        start: where the number begins, with its currency.
        end: where it ends, with its unit.
    """
    if behind := _BEHIND.match(low, end):
        word = behind[1] or behind[2] or "more"
        if word == "so":
            return "about"
        return "most" if word in ("less", "fewer", "under", "younger") else "least"
    before = _BEFORE.search(low, max(0, start - _MAX_PHRASE_CHARS), start)
    if before is None:
        return "exact"
    return _BOUND_BY_SIGN[before["sign"]] if before["sign"] else _BOUND_BY_PHRASE[before["phrase"]]
