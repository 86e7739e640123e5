"""Elements become the canonical text, and the blocks over it: the one rule for every kind of file but plain text.

The text is light Markdown: ``#`` headings, ``-`` items, ``|`` rows, a blank line between blocks. A note mark is set off
in raised digits (``48,210 ³``), an exponent stays on its base (``10⁶``), struck out text is left out, list numbers are
kept, and each cell of a merged label stands in every row that it covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.readers.elements import Content, Element, Inline, TableContent
from assistant.readers.extract import fill_page_starts, remove_invisible
from assistant.readers.raised import lowered_text, raise_mark, raised_text
from assistant.readers.table_composition import compose_table
from assistant.structure import Block, Run

_LINE_KINDS = ("code", "message")  # whose line ends are kept
_STRUCK_NOTE = "struck out or deleted text in it is left out"
_MAX_TARGET_CHARS = 500  # of a link
_TAIL_CHARS = 60  # of the text before a raised mark, by which it is judged


@dataclass(frozen=True, slots=True)
class Composition:
    """The canonical text of a file, and what lies over it."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...] = ()  # the offset at which each page starts
    notes: tuple[str, ...] = ()  # what is left out, a sentence each


@dataclass(frozen=True, slots=True)
class _InlineText:
    """The text of an element's content, with offsets in it."""

    text: str
    runs: tuple[Run, ...] = ()
    anchors: tuple[tuple[str, int], ...] = ()  # the key of each note that is referred to, and where
    has_struck: bool = False


def compose(elements: Iterable[Element]) -> Composition:
    """Composes a file without pages."""
    return replace(compose_pages([elements]), pages=())


def compose_pages(pages: Iterable[Iterable[Element]]) -> Composition:
    """Composes a file of pages, slides or the like; a page without text starts where the next one with text does."""
    composer = _Composer()
    starts: list[int | None] = []
    for page in pages:
        first_block = len(composer.blocks)
        for element in page:
            composer.add(element)
        starts.append(composer.line_starts[first_block] if len(composer.blocks) > first_block else None)
    return composer.finish(starts)


def inline_text(content: Content) -> str:
    """The text of some content, as the canonical text has it."""
    return _join_inlines(content).text


class _Composer:
    """Collects the pieces of the canonical text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.line_starts: list[int] = []  # of each block, with its marks of layout
        self._pieces: list[str] = []
        self._length = 0
        self._anchors: dict[str, int] = {}  # by the key of the note
        self._keys: dict[int, str] = {}  # of the notes, by their block's number
        self._has_struck = False

    def add(self, element: Element) -> None:
        """Adds an element; one without text adds nothing."""
        if element.kind == "table":
            self._add_table(element)
            return
        content = _join_lines(element.content) if element.kind in _LINE_KINDS else _join_inlines(element.content)
        self._has_struck |= content.has_struck
        if not content.text:
            return
        layout, words = _marks(element)
        start = self._begin(element.kind) + len(layout)
        self._append(f"{layout}{words}{content.text}")
        shift = start + len(words)
        self._anchors |= {key: shift + offset for key, offset in content.anchors if key not in self._anchors}
        if element.key:
            self._keys[len(self.blocks)] = element.key
        runs = tuple(run._replace(start=run.start + shift, end=run.end + shift) for run in content.runs)
        level = min(max(element.level, 1), 6) if element.kind == "heading" else element.level
        block = Block(
            element.kind, start, self._length, element.role, level, element.mark, element.is_ticked, element.label,
            runs=runs,
        )  # fmt: skip
        self.blocks.append(block)

    def finish(self, page_starts: Sequence[int | None]) -> Composition:
        """The whole."""
        for number, key in self._keys.items():
            self.blocks[number] = replace(self.blocks[number], anchor=self._anchors.get(key))
        notes = (_STRUCK_NOTE,) if self._has_struck else ()
        pages = fill_page_starts(page_starts, self._length)
        return Composition("".join(self._pieces), tuple(self.blocks), pages, notes)

    def _add_table(self, element: Element) -> None:
        titles, table_text, table = compose_table(element.table or TableContent(()), inline_text)
        for title in titles:
            self.add(Element("caption", title, element.role))
        if table is None:
            return
        start = self._begin("table")
        self._append(table_text)
        rows = tuple(row._replace(start=row.start + start, end=row.end + start) for row in table.rows)
        self.blocks.append(Block("table", start, self._length, element.role, table=replace(table, rows=rows)))

    def _begin(self, kind: str) -> int:
        """Parts a block from the one before; returns where its line starts."""
        if self.blocks:
            both = (self.blocks[-1].kind, kind)
            self._append("\n" if both in {("item", "item"), ("field", "field")} else "\n\n")
        self.line_starts.append(self._length)
        return self._length

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def _marks(element: Element) -> tuple[str, str]:
    """What stands before an element's text: the marks of layout, and what is part of its block."""
    box = "" if element.is_ticked is None else "[x] " if element.is_ticked else "[ ] "
    if element.kind == "heading":
        return f"{'#' * min(max(element.level, 1), 6)} ", f"{element.mark} " if element.mark else ""
    if element.kind == "item":
        is_numbered = any(map(str.isalnum, element.mark))
        indent = "  " * element.level
        return (indent, f"{element.mark} {box}") if is_numbered else (f"{indent}- ", box)
    if element.kind == "note" and element.mark:
        return "", f"{raise_mark(element.mark)} "
    if element.kind == "field" and element.label:
        return "", f"{element.label}: {box}"
    return "", box


def _join_lines(content: Content) -> _InlineText:
    """Lines that are kept: only invisible characters and white space at their ends go."""
    text = content if isinstance(content, str) else "".join(inline.text for inline in content)
    lines = [remove_invisible(line).rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return _InlineText("\n".join(lines).strip("\n"))


def _join_inlines(content: Content) -> _InlineText:
    joiner = _InlineJoiner()
    for inline in [Inline(content)] if isinstance(content, str) else content:
        joiner.add(inline)
    return joiner.finish()


class _InlineJoiner:
    """Joins inlines to text in which any run of white space is one space."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._tail = ""  # the last characters
        self._ends_in_mark = False  # whether the last thing was the mark of a note
        self._runs: list[Run] = []
        self._anchors: list[tuple[str, int]] = []
        self._has_struck = False

    def add(self, inline: Inline) -> None:
        """Adds the characters of an inline, unless they are struck out."""
        characters = remove_invisible(inline.text)
        if inline.style == "struck":
            self._has_struck |= bool(characters.strip())
        elif inline.style in {"raised", "note_mark"} and characters.strip():
            self._add_raised(characters, inline)
        elif inline.style == "note_mark":  # of a comment: nothing marks the place
            self._anchors.append((inline.target, self._length))
        else:
            is_lowered = inline.style == "lowered"
            start = self._add_words(lowered_text(characters) if is_lowered else characters)
            if is_lowered or inline.style == "link":
                self._add_run(Run(start, self._length, "lowered" if is_lowered else "link", inline.target))

    def finish(self) -> _InlineText:
        """The text, without white space at its end."""
        text = "".join(self._pieces).rstrip()
        runs = (run._replace(end=min(run.end, len(text))) for run in self._runs)
        return _InlineText(
            text, tuple(run for run in runs if run.start < run.end), tuple(self._anchors), self._has_struck
        )

    def _add_raised(self, characters: str, inline: Inline) -> None:
        added, is_note = raised_text(self._tail, characters, is_note=inline.style == "note_mark")
        start = self._length + len(added) - len(added.lstrip())
        self._append(added)
        self._add_run(Run(start, self._length, "raised"))
        self._ends_in_mark = is_note
        if is_note and inline.target:
            self._anchors.append((inline.target, start))

    def _add_words(self, characters: str) -> int:
        """Adds words; returns where the first of them starts."""
        if not characters:
            return self._length
        words = " ".join(characters.split())
        is_apart = characters[0].isspace() or (self._ends_in_mark and characters[0].isalnum())
        if is_apart and self._tail and self._tail[-1] != " ":
            self._append(" ")
        start = self._length
        if words:
            self._append(words)
            self._ends_in_mark = False
            if characters[-1].isspace():
                self._append(" ")
        return start

    def _add_run(self, run: Run) -> None:
        if run.start < run.end:
            self._runs.append(run._replace(target=run.target[:_MAX_TARGET_CHARS]))

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._tail = (self._tail + text)[-_TAIL_CHARS:]
