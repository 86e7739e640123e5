"""What the paragraphs of a Word file share: its styles, its numbering, the notes that they refer to, what was found."""

import datetime as dt
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from assistant.readers.docx.fields import Fields
from assistant.readers.docx.numbering import Numbering, format_number
from assistant.readers.docx.styles import Styles
from assistant.readers.docx.xml import value
from assistant.readers.office.package import Part, attribute, child, named, whole_number

_NOT_NOTES = frozenset(("separator", "continuationSeparator", "continuationNotice"))
_PARTS = {"footnote": "footnotes", "endnote": "endnotes", "comment": "comments"}
_MAX_MARK_CHARS = 20  # of a mark of an author's own
_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman", "comment": "none"}


class NoteReference(NamedTuple):
    """A reference to a note."""

    kind: str  # "footnote", "endnote" or "comment"
    note_id: str
    mark: str  # as it is shown; "" for a comment

    @property
    def key(self) -> str:
        """What identifies the note."""
        return f"{self.kind} {self.note_id}"


@dataclass(slots=True)
class Findings:
    """What a file has that its text doesn't show."""

    left_out: Counter[str] = field(default_factory=Counter)  # hidden text, embedded objects and the like
    pictures: set[str] = field(default_factory=set)  # the parts that hold them
    read_parts: set[str] = field(default_factory=set)  # of charts and diagrams
    date: dt.date | None = None  # of publication, where a style or a control says so
    languages: Counter[str] = field(default_factory=Counter)  # and how many characters are in each

    def count_language(self, language: str, characters: int) -> None:
        """Counts characters of a language."""
        if language:
            self.languages[language] += characters


class Notes:
    """The footnotes, endnotes and comments of a file, and how their marks are counted.

    Args:
        main: the part that refers to them.
        settings: the root of the part of settings; None where the file has none.
    """

    def __init__(self, main: Part, settings: Any | None) -> None:
        self._main = main
        self._parts: dict[str, Part | None] = {}
        self._elements: dict[str, dict[str, Any]] = {}
        self._marks: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._read: set[str] = set()  # the keys of the notes that were read, or wait to be
        self._waiting: deque[NoteReference] = deque()
        self._properties = {kind: child(settings, f"{kind}Pr") for kind in _PARTS}

    def refer(self, part: Part, kind: str, note_id: str, own_mark: str = "") -> NoteReference | None:
        """A reference to a note from a part; None where there is no such note.

        The marks are counted in the order of the references, as they are shown, whatever their ids are.
        """
        if part.name != self._main.name and kind != "comment":
            return None
        if self.element(kind, note_id) is None:
            return None
        if (kind, note_id) not in self._marks:
            self._marks[kind, note_id] = own_mark.strip()[:_MAX_MARK_CHARS] or self._next_mark(kind)
        return NoteReference(kind, note_id, self._marks[kind, note_id])

    def wait(self, reference: NoteReference) -> None:
        """The note of a reference is to be read next, unless it was already."""
        if reference.key not in self._read:
            self._read.add(reference.key)
            self._waiting.append(reference)

    def next_waiting(self) -> NoteReference | None:
        """The reference whose note is to be read now; None where none waits."""
        return self._waiting.popleft() if self._waiting else None

    def begin_section(self) -> None:
        """A new section begins; the marks of notes that are counted by section start anew."""
        for kind, properties in self._properties.items():
            if value(properties, "numRestart") == "eachSect":
                self._counts[kind] = 0

    def element(self, kind: str, note_id: str) -> Any | None:
        """The element of a note; None where there is none."""
        if kind not in self._elements:
            part = self.part(kind)
            notes = named(part.root, kind) if part else []
            self._elements[kind] = {
                attribute(note, "id") or "": note for note in notes if attribute(note, "type") not in _NOT_NOTES
            }
        return self._elements[kind].get(note_id)

    def part(self, kind: str) -> Part | None:
        """The part with the notes of a kind."""
        if kind not in self._parts:
            self._parts[kind] = next(self._main.related_by_kind(_PARTS[kind]), None)
        return self._parts[kind]

    def _next_mark(self, kind: str) -> str:
        properties = self._properties[kind]
        start = whole_number(value(properties, "numStart"), 1)
        self._counts[kind] += 1
        return format_number(self._counts[kind] + start - 1, value(properties, "numFmt") or _FORMATS[kind])


@dataclass(slots=True)
class Story:
    """A text of a file that runs by itself: its body, a note, a header or a footer.

    Attributes:
        part: in which it stands.
        is_furniture: whether it stands at the top or the foot of each page.
    """

    part: Part
    styles: Styles
    numbering: Numbering
    notes: Notes
    findings: Findings
    is_furniture: bool = False
    fields: Fields = field(default_factory=Fields)
