"""What the paragraphs of a Word file before 2007 are by their styles: headings, items with their numbers, contents.

office-oxide reads the text, but guesses headings by their looks and calls every list numbered.
"""

import re
import struct
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant.readers.elements import Inline
from assistant.readers.old_office.doc_file import DocFile, Properties, open_doc
from assistant.readers.old_office.doc_lists import DocLists
from assistant.readers.old_office.doc_notes import (
    REFERENCE,
    DocNote,
    letters_of,
    read_notes,
    seen_inlines,
    unseen_lines,
)
from assistant.structure import Role

_TITLE, _SUBTITLE = 62, 74  # Word's numbers of styles
_HEADINGS, _INDEXES, _CONTENTS = range(1, 10), range(10, 19), range(19, 28)
_MAX_HEADING_LEVEL = 6
_BODY_LEVEL = 9  # the outline level of text that is no heading
_CELL_END = "\x07"
_NO_WORD = re.compile(r"\W+")

_Place = Literal["text", "cell"]


@dataclass(frozen=True, slots=True)
class NotePlace:
    """Where in a paragraph a note is referred to: behind so many letters and digits, and behind other signs."""

    note: DocNote
    letters: int
    signs: str


@dataclass(frozen=True, slots=True)
class ParagraphFormat:
    """What a paragraph is.

    Attributes:
        heading_level: 0 for what is no heading.
        list_level: from 0.
        mark: its number as shown, "" for a bullet; None for what stands in no list.
        role: whose words it holds.
        notes: which are referred to in it.
    """

    heading_level: int = 0
    list_level: int = 0
    mark: str | None = None
    role: Role = "body"
    notes: tuple[NotePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class DocFindings:
    """What a file says beside the formats of its paragraphs; of a damaged one, nothing.

    Attributes:
        has_deleted: whether it records words that were deleted.
        has_hidden: whether it holds words that are hidden.
        is_from_macintosh: whether its characters are those of a Macintosh, and not Windows' as they were decoded.
        notes: its footnotes and endnotes.
        unseen_lines: the lines behind its main text in which something is deleted or hidden, as `doc_notes` gives them.
    """

    has_deleted: bool = False
    has_hidden: bool = False
    is_from_macintosh: bool = False
    notes: Sequence[DocNote] = ()
    unseen_lines: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class ParagraphFormats:
    """The formats of paragraphs by their words, to be taken in reading order.

    Args:
        formats: the words and the format of each paragraph, and those of each cell as a whole, in order.
        findings: what else the file says.
    """

    def __init__(
        self, formats: Iterator[tuple[_Place, str, ParagraphFormat]], findings: DocFindings | None = None
    ) -> None:
        self.findings = findings or DocFindings()
        self._formats: dict[tuple[_Place, str], deque[ParagraphFormat]] = {}
        for place, text, form in formats:
            self._formats.setdefault((place, _key(text)), deque()).append(form)

    @property
    def is_known(self) -> bool:
        """Whether the file tells any formats."""
        return any(place == "text" for place, _ in self._formats)

    def take(self, text: str, place: _Place = "text") -> ParagraphFormat | None:
        """The format of the next paragraph or cell with these words; None where there is none left."""
        waiting = self._formats.get((place, _key(text)))
        return waiting.popleft() if waiting else None

    def seen(self, inlines: Sequence[Inline]) -> Sequence[Inline]:
        """A paragraph behind the main text, such as a header's or a comment's, without what is deleted or hidden."""
        line = self.findings.unseen_lines.get(letters_of("".join(inline.text for inline in inlines)))
        return seen_inlines(inlines, *line) if line else inlines


def read_formats(data: bytes) -> ParagraphFormats:
    """The formats of a file's paragraphs; none where it is of Word before 97, or damaged."""
    file = open_doc(data)
    if file is None:
        return ParagraphFormats(iter(()))
    findings = _findings(file)
    return ParagraphFormats(_formats(file, findings.notes), findings)


def _findings(file: DocFile) -> DocFindings:
    findings = DocFindings()
    try:
        has_deleted, has_hidden = file.has_unseen()
        findings = DocFindings(has_deleted, has_hidden, file.is_from_macintosh)
        return replace(findings, notes=read_notes(file), unseen_lines=unseen_lines(file))
    except (struct.error, IndexError):
        return findings


def with_note_marks(inlines: Sequence[Inline], places: Sequence[NotePlace]) -> tuple[Inline, ...]:
    """The text of a paragraph with the marks of notes where they are referred to."""
    waiting = deque(_with_offsets("".join(inline.text for inline in inlines), places))
    marked: list[Inline] = []
    start = 0
    for inline in inlines:
        done, end = 0, start + len(inline.text)
        while waiting and waiting[0][0] <= end:
            offset, note = waiting.popleft()
            marked += [replace(inline, text=inline.text[done : offset - start]), _mark(note)]
            done = offset - start
        marked.append(replace(inline, text=inline.text[done:]))
        start = end
    return tuple(marked)


def _with_offsets(text: str, places: Sequence[NotePlace]) -> Iterator[tuple[int, DocNote]]:
    """Where in the text of a paragraph each note is referred to, and the note."""
    letters = at = 0
    for place in places:
        while letters < place.letters and at < len(text):
            letters += text[at].isalnum()
            at += 1
        at += len(place.signs) if text.startswith(place.signs, at) else 0
        yield at, place.note


def _mark(note: DocNote) -> Inline:
    return Inline(note.mark, "note_mark", note.key)


def _formats(file: DocFile, notes: Sequence[DocNote]) -> Iterator[tuple[_Place, str, ParagraphFormat]]:
    lists = DocLists(file.table, file.place("lists"), file.place("list overrides"))
    waiting = deque(note for note in notes if note.is_numbered and note.is_seen)
    cell: list[str] = []
    try:
        for text, properties in file.paragraphs():
            if not properties.is_in_table:
                form = _format(file.styles, lists, properties)
                yield "text", text, replace(form, notes=tuple(_note_places(text, waiting)))
                continue
            cell.append(text)
            if text.endswith(_CELL_END):
                yield "cell", "".join(cell), ParagraphFormat(notes=tuple(_note_places("".join(cell), waiting)))
                cell = []
    except (struct.error, IndexError):
        return  # what was read until here still holds


def _note_places(text: str, waiting: deque[DocNote]) -> Iterator[NotePlace]:
    """Where the next notes are referred to in a paragraph, which are taken from those that wait."""
    if REFERENCE not in text or not waiting:
        return
    letters, signs = 0, ""
    for char in text:
        if char == REFERENCE and waiting:
            yield NotePlace(waiting.popleft(), letters, signs)
            signs = ""
        elif char.isalnum():
            letters += 1
            signs = ""
        elif char > " ":
            signs += char


def _format(styles: Mapping[int, Properties], lists: DocLists, own: Properties) -> ParagraphFormat:
    chain = [own, *_with_bases(styles, own.style)]
    kinds = [properties.kind for properties in chain]
    number = next((properties.list for properties in chain if properties.list is not None), 0)
    level = next((properties.list_level for properties in chain if properties.list_level is not None), 0)
    outline = next((one.outline_level for one in chain if one.outline_level is not None), _BODY_LEVEL)
    mark = lists.count(number, level) if number else None
    if any(kind in _CONTENTS for kind in kinds):
        return ParagraphFormat(role="contents")
    if any(kind in _INDEXES for kind in kinds):
        return ParagraphFormat(role="index")
    if kinds[1:2] == [_TITLE]:
        return ParagraphFormat(heading_level=1, role="title")
    heading = next((kind for kind in kinds if kind in _HEADINGS), 0) or (outline + 1 if outline < _BODY_LEVEL else 0)
    return ParagraphFormat(min(heading, _MAX_HEADING_LEVEL), level, mark)


def _with_bases(styles: Mapping[int, Properties], number: int) -> Iterator[Properties]:
    for _ in range(11):  # a damaged file may name a style as its own base
        if number not in styles:
            return
        yield styles[number]
        number = styles[number].style


def _key(text: str) -> str:
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text))
