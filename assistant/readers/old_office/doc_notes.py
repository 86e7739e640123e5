"""The footnotes and endnotes of a Word file from 97 to 2003: what they show, their marks, and what refers to them.

office-oxide gives their text alone, with what is deleted or hidden in it.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.readers.elements import Inline
from assistant.readers.office.list_numbers import shown_number
from assistant.readers.old_office.doc_file import UNSEEN, DocFile

NoteKind = Literal["footnote", "endnote"]

REFERENCE = "\x02"  # stands in the text where a note is referred to by a number
_STORY_LENGTHS_AT, _STORY_COUNT = 76, 6
_STORIES: dict[NoteKind, int] = {"footnote": 1, "endnote": 5}  # behind the main text, headers, comments
_RESTARTS_AT: dict[NoteKind, int] = {"footnote": 2, "endnote": 52}  # in the settings: how numbers go on, and the first
_FORMATS_AT: dict[NoteKind, int] = {"footnote": 492, "endnote": 494}
_NUMBER_FORMATS = {0: "1", 1: "I", 2: "i", 3: "A", 4: "a"}


@dataclass(frozen=True, slots=True)
class DocNote:
    """A note.

    Attributes:
        kind: "footnote" or "endnote".
        number: from 0, among those of its kind.
        mark: its number as it is shown; "" where that is not known.
        is_numbered: whether a number, and no sign that somebody typed, refers to it.
        is_seen: whether what refers to it is neither deleted nor hidden.
        whole: its text with what is deleted or hidden in it.
        shown: its text with a sign in place of each character of these.
        place: of what refers to it, among the characters of the file.
    """

    kind: NoteKind
    number: int
    mark: str
    is_numbered: bool
    is_seen: bool
    whole: str
    shown: str
    place: int

    @property
    def key(self) -> str:
        """What identifies the note."""
        return f"{self.kind} {self.number}"


def read_notes(file: DocFile) -> list[DocNote]:
    """The notes of a file in the order in which its text refers to them.

    Raises:
        struct.error: damaged.
    """
    whole, shown = file.characters()
    notes = [note for kind in _STORIES for note in _notes(file, kind, whole, shown)]
    return sorted(notes, key=lambda note: note.place)


def unseen_lines(file: DocFile) -> dict[str, tuple[str, str]]:
    """The lines behind the main text in which something is deleted or hidden, by all their letters and digits.

    Returns:
        Each line with what is deleted or hidden in it, and with `UNSEEN` in place of these characters.

    Raises:
        struct.error: damaged.
    """
    whole, shown = file.characters()
    start = file.header_numbers(_STORY_LENGTHS_AT, 1)[0]
    lines: dict[str, tuple[str, str]] = {}
    for line in whole[start:].split("\r"):
        if UNSEEN in (shown_line := shown[start : start + len(line)]):
            lines.setdefault(letters_of(line), (line, shown_line))
        start += len(line) + 1
    return lines


def letters_of(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def seen_inlines(inlines: Sequence[Inline], whole: str, shown: str) -> list[Inline]:
    """A text, as office-oxide gives it, without what is deleted or hidden in it: as many inlines.

    Where it isn't the text that the file says, all of it is taken as it is, unless something in it is to be left out.

    Args:
        inlines: the text.
        whole: what the file says.
        shown: the same with `UNSEEN` in place of each character that is deleted or hidden.
    """
    for counts in (_is_printed, str.isalnum):
        if (seen := _aligned(inlines, whole, shown, counts)) is not None:
            return seen
    if UNSEEN not in shown:
        return list(inlines)
    words = "".join(max(char, " ") for char in shown if char != UNSEEN)
    return [replace(inline, text="" if number else words) for number, inline in enumerate(inlines)]


def _aligned(inlines: Sequence[Inline], whole: str, shown: str, counts: Callable[[str], bool]) -> list[Inline] | None:
    """The inlines without what isn't seen; None where their characters that count are not the file's."""
    expected = [(char, sign != UNSEEN) for char, sign in zip(whole, shown, strict=True) if counts(char)]
    if [char for inline in inlines for char in inline.text if counts(char)] != [char for char, _ in expected]:
        return None
    following = (is_seen for _, is_seen in expected)
    seen: list[Inline] = []
    is_seen, blanks = True, ""
    for inline in inlines:
        kept = ""
        for char in inline.text:
            if char.isspace():  # goes with what comes behind it
                blanks = char
                continue
            is_seen = next(following) if counts(char) else is_seen
            kept += blanks + char if is_seen else ""
            blanks = ""
        seen.append(replace(inline, text=kept))
    return seen


def _is_printed(char: str) -> bool:
    return char > " " and not char.isspace() and char not in "\xad\u2011"


def _notes(file: DocFile, kind: NoteKind, whole: str, shown: str) -> Iterator[DocNote]:
    references = list(_references(file, kind))
    lengths = file.header_numbers(_STORY_LENGTHS_AT, _STORY_COUNT)
    story = sum(lengths[: _STORIES[kind]])
    offset, length = file.place(f"{kind} texts")
    borders = struct.unpack_from(f"<{min(length // 4, len(references) + 1)}I", file.table, offset)
    marks = _marks(file, kind)
    for number, ((place, has_number), start, end) in enumerate(zip(references, borders, borders[1:], strict=False)):
        part = slice(story + start, story + end)
        if place < len(shown):
            is_numbered, is_seen = has_number and whole[place] == REFERENCE, shown[place] != UNSEEN
            mark = next(marks) if is_numbered and is_seen else ""
            yield DocNote(kind, number, mark, is_numbered, is_seen, whole[part], shown[part], place)


def _references(file: DocFile, kind: NoteKind) -> Iterable[tuple[int, bool]]:
    """Where each note is referred to, among the characters of the file, and whether by a number."""
    offset, length = file.place(f"{kind} references")
    count = max(min(length, len(file.table) - offset) - 4, 0) // 6
    places = struct.unpack_from(f"<{count}I", file.table, offset) if count else ()
    flags = struct.unpack_from(f"<{count}H", file.table, offset + 4 * (count + 1)) if count else ()
    return zip(places, map(bool, flags), strict=True)


def _marks(file: DocFile, kind: NoteKind) -> Iterator[str]:
    """The numbers of notes as they are shown, one after the other; "" without end where they begin anew somewhere."""
    offset, length = file.place("settings")
    settings = file.table[offset : offset + length]
    first, number_format = 1, "i" if kind == "endnote" else "1"
    if len(settings) >= _FORMATS_AT["endnote"] + 2:
        (restarts,) = struct.unpack_from("<H", settings, _RESTARTS_AT[kind])
        (format_number,) = struct.unpack_from("<H", settings, _FORMATS_AT[kind])
        first, number_format = max(restarts >> 2, 1), _NUMBER_FORMATS.get(format_number, "1")
        if restarts & 3:
            while True:
                yield ""
    while True:
        yield shown_number(first, number_format)
        first += 1
