"""Struck out words in Markdown and plain text, where they stay in the canonical text: they must not answer."""

import re

_STRUCK = re.compile(r"~~(?=\S)[^~]{1,1000}~~|<(del|s|strike)>[^<]{1,1000}</\1>")


def mask_struck(text: str) -> str:
    """A text of the same length in which struck out passages are spaces.

    >>> mask_struck("It leaves at ~~18:30~~ 17:45.")
    'It leaves at           17:45.'
    """
    return _STRUCK.sub(lambda struck: " " * len(struck[0]), text) if "~~" in text or "<" in text else text
