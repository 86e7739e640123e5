"""The inlines of a paragraph in a Word file, tidied: runs joined, check boxes in words, figures kept apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.readers.docx.fields import OPEN, TICKED
from assistant.readers.elements import Inline

_BOX = re.compile(f"[☐☑☒{TICKED}{OPEN}]")
_BOX_TEXTS = {TICKED: "[x] ", OPEN: "[ ] "}
_MARK_SEPARATOR = re.compile(r"[\s,;–-]+")
_GAP_OF_FIGURES = re.compile(r"(?<=\d)[^\S\t\n]*[\t\n]\s*(?=\d)")
_FIGURE_JOINT = "; "


def joined(inlines: Sequence[Inline]) -> Iterator[Inline]:
    """The inlines, those of one style next to each other as one: Word cuts words into runs anywhere."""
    for (style, target), alike in groupby(inlines, lambda inline: (inline.style, inline.target)):
        group = list(alike)
        text = "".join(inline.text for inline in group)
        if style == "raised" and _MARK_SEPARATOR.fullmatch(text):
            yield Inline(text)  # between two marks of notes
        elif style == "note_mark":
            yield from group
        else:
            yield Inline(text, style, target)


def with_boxes(inlines: tuple[Inline, ...]) -> tuple[tuple[Inline, ...], bool | None]:
    """The inlines with their check boxes in words, and whether the one that they begin with is ticked."""
    boxes = sum(len(_BOX.findall(inline.text)) for inline in inlines)
    if not boxes:
        return inlines, None
    first = next(place for place, inline in enumerate(inlines) if inline.text.strip())
    text = inlines[first].text.lstrip()
    if boxes == 1 and not any(character.isalnum() for inline in inlines for character in inline.text):
        return (Inline(_BOX_TEXTS[OPEN if "☐" in text or OPEN in text else TICKED]),), None
    if boxes == 1 and _BOX.match(text) and inlines[first].style == "plain":
        words = replace(inlines[first], text=text[1:].lstrip())
        return (*inlines[:first], words, *inlines[first + 1 :]), text[0] not in {"☐", OPEN}
    return tuple(replace(inline, text=_boxes_in_words(inline.text)) for inline in inlines), None


def _boxes_in_words(text: str) -> str:
    for box, words in _BOX_TEXTS.items():
        text = text.replace(box, words)
    return text


def figures_apart(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """The inlines with figures apart that a tab or a line end parts: 12 and 345 are not 12 345."""
    return tuple(replace(inline, text=_GAP_OF_FIGURES.sub(_FIGURE_JOINT, inline.text)) for inline in inlines)


def paragraph_joint(before: Sequence[Inline], behind: Sequence[Inline]) -> Inline:
    """What parts two paragraphs of a cell."""
    is_between_figures = before and behind and before[-1].text[-1:].isdigit() and behind[0].text[:1].isdigit()
    return Inline(_FIGURE_JOINT if is_between_figures else " ")
