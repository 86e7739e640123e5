"""Words in Markdown and plain text that don't count, though they stay in the canonical text: they must not answer.

They are struck out, or nobody sees them: an HTML comment, or an element that is hidden.
"""

import re

CODE_SPAN = r"(?<!`)(?P<code>`++)(?P<code_text>(?:[^\n]|\n(?![ \t]{0,100}\n)){1,1000}?)(?<!`)(?P=code)(?!`)"
"""Code inside a paragraph: between two runs of as many backticks. No mark in it means anything."""
STRUCK_SPAN = (
    r"(?<!~)~~(?=\S)(?P<struck>[^~]{1,1000}?)~~(?!~)"
    r"|<(?P<tag>del|s|strike)>(?P<deleted>[^<]{1,1000})</(?P=tag)>"
    r"|<!--(?P<comment>[^>]{1,1000}?)-->"
    r"|<(?P<hidden_tag>p|div|span)\s[^<>]{0,300}?(?:\bhidden\b|display\s?:\s?none)[^<>]{0,300}>"
    r"(?P<hidden>[^<]{1,1000})</(?P=hidden_tag)>"
)
"""Words that are struck out or hidden, with their marks."""
_CODE_OR_STRUCK = re.compile(f"{CODE_SPAN}|{STRUCK_SPAN}")


def mask_struck(text: str) -> str:
    """A text of the same length in which struck out and hidden passages are spaces; code stays.

    >>> mask_struck("It leaves at ~~18:30~~ 17:45.")
    'It leaves at           17:45.'
    """
    return _CODE_OR_STRUCK.sub(_mask, text) if "~~" in text or "<" in text else text


def _mask(span: re.Match[str]) -> str:
    return span[0] if span["code"] else " " * len(span[0])
