"""Preformatted text of web pages: code keeps its lines; prose that is only set so becomes paragraphs."""

import re
from collections.abc import Iterator, Sequence

from assistant.readers.elements import Element, Inline
from assistant.segmentation.layout import parse_layout
from assistant.structure import Role

_CODE_SIGNS = re.compile(r"[{}<>=;\\$@#^~_]|\w\(|::|->|//")
_COLUMN_GAP = re.compile(r"\S(?: {3,}|\t+)\S")
_WORD = re.compile(r"[^\W\d_]{2,}")
_BOX = re.compile(r"\[[ xX]\]\s+")
_MIN_WORDS_TO_A_LINE = 4  # of prose, on average
_MAX_CODE_SIGNS = 0.02  # of the characters of prose
_MAX_GAPS = 0.1  # of the lines of prose, that have columns
_SAMPLE_CHARS = 100_000  # at the beginning, by which it is judged


def preformatted_elements(inlines: Sequence[Inline], role: Role, *, is_code: bool) -> Iterator[Element]:
    """The elements of preformatted text.

    Args:
        inlines: the text.
        role: whose words it holds.
        is_code: whether the page says that it is code.
    """
    text = "".join(inline.text for inline in inlines)
    if is_code or any(inline.style == "struck" for inline in inlines) or not is_prose(text):
        yield Element("code", inlines, role)
        return
    for block in parse_layout(text, markdown=False):
        words = text[block.start : block.end]
        if block.kind in {"table", "code"}:
            yield Element("code", words, role)
            continue
        words = words.removeprefix(block.mark).lstrip() if block.kind == "item" else words
        words = _BOX.sub("", words, count=1) if block.is_ticked is not None else words
        kind = block.kind if block.kind in {"heading", "item"} else "paragraph"
        yield Element(kind, words, role, block.level, block.mark if kind == "item" else "", block.is_ticked)


def is_prose(text: str) -> bool:
    """Whether preformatted text is prose: lines of words, with few signs of code and no columns."""
    sample = text[:_SAMPLE_CHARS]
    lines = [line for line in sample.split("\n") if line.strip()]
    words = len(_WORD.findall(sample))
    gaps = sum(_COLUMN_GAP.search(line.strip()) is not None for line in lines)
    return (
        words >= _MIN_WORDS_TO_A_LINE * len(lines) > 0
        and len(_CODE_SIGNS.findall(sample)) <= _MAX_CODE_SIGNS * len(sample)
        and gaps <= _MAX_GAPS * len(lines)
    )
