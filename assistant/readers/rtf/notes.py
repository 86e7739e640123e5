"""What is anchored in a paragraph of Rich Text: notes with their marks, comments, boxes, headers and footers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from assistant.readers.cell_content import cell_content
from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, Inline
from assistant.readers.office.list_numbers import shown_number
from assistant.readers.rtf.flow import RtfFlow
from assistant.readers.rtf.state import RtfDefinitions
from assistant.structure import Role

_ROLES: dict[str, Role] = {"header": "header", "footer": "footer"}
_MAX_MARK_CHARS = 6  # of a mark that the author chose


def add_note(note: RtfFlow, anchored: RtfFlow, definitions: RtfDefinitions, key: str) -> None:
    """Puts a footnote or endnote behind the paragraph that it is anchored in, and its mark at its place."""
    inlines, behind = cell_content(note.finish())
    automatic_mark = _automatic_mark(note, anchored, definitions, key)
    mark = automatic_mark or _own_mark(anchored, key)
    if not mark:
        anchored.inlines.append(Inline("", "note_mark", key))
    content = _without_mark(inlines, mark, is_own=not automatic_mark)
    anchored.add_behind([Element("note", content, mark=mark, label=note.label, key=key), *behind])


def add_comment(comment: RtfFlow, anchored: RtfFlow, author: str, day: dt.date | None, key: str) -> None:
    """Puts a comment behind the paragraph that it is about."""
    inlines, behind = cell_content(comment.finish())
    head = ", ".join(filter(None, [author, day.isoformat() if day else ""]))
    anchored.inlines.append(Inline("", "note_mark", key))
    content = [Inline(f"{head}: " if head else ""), *inlines]
    anchored.add_behind([Element("note", content, label="comment", key=key), *behind])


def comment_day(stamp: str) -> dt.date | None:
    """The day in a time stamp as Word packs it into a number.

    >>> comment_day("128152222")
    datetime.date(2022, 3, 14)
    """
    try:
        number = int(stamp[:12])
        return dt.date(1900 + (number >> 20 & 0x1FF), number >> 16 & 0xF, number >> 11 & 0x1F)
    except ValueError:
        return None


def page_part(part: RtfFlow) -> dict[str, Element]:
    """What a header or footer holds, by its words, without bare numbers of pages."""
    elements_by_words: dict[str, Element] = {}
    for element in part.finish():
        words = _words(element)
        is_number = part.has_page_number and element.table is None
        if not is_number or any(map(str.isalnum, words)):
            is_number = is_number and len(words.split()) <= 2
            role: Role = "page_number" if is_number else _ROLES.get(part.label, "footer")
            elements_by_words.setdefault(words, replace(element, role=role))
    return elements_by_words


def _words(element: Element) -> str:
    rows = element.table.rows if element.table else ()
    return "\n".join([inline_text(element.content), *(inline_text(cell.content) for row in rows for cell in row)])


def _automatic_mark(note: RtfFlow, anchored: RtfFlow, definitions: RtfDefinitions, key: str) -> str:
    """The mark of a note that the program counts, put at its place; "" for others."""
    place = anchored.note_place
    if place is None or place >= len(anchored.inlines):
        return ""
    definitions.note_counts[note.label] += 1
    number_format = definitions.number_formats.get(note.label, "1")
    mark = shown_number(definitions.note_counts[note.label], number_format)
    anchored.inlines[place] = Inline(mark, "note_mark", key)
    anchored.note_place = None
    return mark


def _own_mark(anchored: RtfFlow, key: str) -> str:
    """The mark that the author wrote: raised characters just before the note."""
    last = anchored.inlines[-1] if anchored.inlines else None
    if last is None or last.style != "raised" or not 0 < len(last.text.strip()) <= _MAX_MARK_CHARS:
        return ""
    anchored.inlines[-1] = Inline(last.text, "note_mark", key)
    return last.text.strip()


def _without_mark(inlines: Sequence[Inline], mark: str, *, is_own: bool) -> list[Inline]:
    """A note's words without the mark before them: a raised one, or one that the author wrote."""
    first = next((place for place, inline in enumerate(inlines) if inline.text.strip()), None)
    if not mark or first is None:
        return list(inlines)
    words = inlines[first].text.strip()
    rest = words.removeprefix(mark)
    if (inlines[first].style == "raised" and not rest) or (is_own and rest != words and not rest[:1].isalnum()):
        return [Inline(rest, inlines[first].style), *inlines[first + 1 :]]
    return list(inlines)
