"""Elements become the canonical text, and the blocks over it: the one rule for every kind of file but plain text.

The text is light Markdown: ``#`` headings, ``-`` items, ``|`` rows, a blank line between blocks. A note mark is set off
in raised digits (``48,210 ³``), an exponent stays on its base (``10⁶``), struck out text is left out, list numbers are
kept, and each cell of a merged label stands in every row that it covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.readers.elements import Content, Element, TableContent, box_text
from assistant.readers.extract import collapse_whitespace, fill_page_starts
from assistant.readers.inline_joining import InlineText, join_inlines, join_lines
from assistant.readers.raised import raise_mark
from assistant.readers.table_composition import compose_table
from assistant.readers.word_pages import page_starts
from assistant.structure import Block, PlacedWord, Run

_LINE_KINDS = ("code", "message")  # whose line ends are kept
_MAX_ITEM_LEVEL = 20  # that an item's nesting is shown to
STRUCK_NOTE = "struck out or deleted text in it is left out"


@dataclass(frozen=True, slots=True)
class Composition:
    """The canonical text of a file, and what lies over it."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...] = ()  # the offset at which each page starts
    notes: tuple[str, ...] = ()  # what is left out, a sentence each
    words: tuple[PlacedWord, ...] = ()  # those whose places on a page are known, in the order of the text


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


def compose_placed(elements: Iterable[Element], page_count: int) -> Composition:
    """Composes a file of pages whose inlines have boxes: these say where each page starts.

    A page starts at its first word, which may stand in the middle of a paragraph that goes over from the page before.
    A footnote may stand behind such a paragraph, so words of a page may be found behind the start of the next.
    """
    composition = compose(elements)
    return replace(composition, pages=page_starts(composition.text, composition.words, page_count))


def inline_text(content: Content) -> str:
    """The text of some content, as the canonical text has it."""
    return join_inlines(content).text


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
        self._words: list[PlacedWord] = []

    def add(self, element: Element) -> None:
        """Adds an element; one without text adds nothing."""
        if element.kind == "table":
            self._add_table(element)
            return
        element = _tidy(element)
        content = join_lines(element.content) if element.kind in _LINE_KINDS else join_inlines(element.content)
        self._has_struck |= content.has_struck
        if not content.text:
            return
        layout, words = _marks(element)
        start = self._begin(element.kind) + len(layout)
        self._append(f"{layout}{words}{content.text}")
        shift = start + len(words)
        if element.mark_box and words.strip():
            self._words.append(PlacedWord(start, start + len(words.rstrip()), element.mark_box))
        self._words += [PlacedWord(first + shift, end + shift, box) for first, end, box in content.words]
        self._anchors |= {key: shift + offset for key, offset in content.anchors if key not in self._anchors}
        if element.key:
            self._keys[len(self.blocks)] = element.key
        runs = tuple(run._replace(start=run.start + shift, end=run.end + shift) for run in content.runs)
        block = Block(
            element.kind, start, self._length, element.role, element.level, element.mark, element.is_ticked,
            element.label, runs=runs, is_recognised=element.is_recognised,
        )  # fmt: skip
        self.blocks.append(block)

    def finish(self, page_starts: Sequence[int | None]) -> Composition:
        """The whole."""
        for number, key in self._keys.items():
            self.blocks[number] = replace(self.blocks[number], anchor=self._anchors.get(key))
        notes = (STRUCK_NOTE,) if self._has_struck else ()
        pages = fill_page_starts(page_starts, self._length)
        return Composition("".join(self._pieces), tuple(self.blocks), pages, notes, tuple(self._words))

    def _add_table(self, element: Element) -> None:
        composed = compose_table(element.table or TableContent(()), self._join_cell)
        for title in composed.titles:
            self.add(Element("caption", title, element.role, is_recognised=element.is_recognised))
        if composed.table is None:
            return
        start = self._begin("table")
        self._append(composed.text)
        runs: list[Run] = []
        for cell in composed.cells:
            for run in cell.inlines.runs:
                run_start, run_end = (start + cell.place(offset) for offset in (run.start, run.end))
                runs.append(run._replace(start=run_start, end=run_end))
            for key, offset in cell.inlines.anchors:
                self._anchors.setdefault(key, start + cell.place(offset))
            self._words += [
                PlacedWord(start + cell.place(word.start), start + cell.place(word.end), word.box)
                for word in cell.inlines.words
            ]
        rows = tuple(row._replace(start=row.start + start, end=row.end + start) for row in composed.table.rows)
        table = replace(composed.table, rows=rows)
        block = Block(
            "table", start, self._length, element.role, runs=tuple(runs), table=table,
            is_recognised=element.is_recognised,
        )  # fmt: skip
        self.blocks.append(block)

    def _join_cell(self, content: Content) -> InlineText:
        inlines = join_inlines(content)
        self._has_struck |= inlines.has_struck
        return inlines

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


def _tidy(element: Element) -> Element:
    """The element with its level within bounds, and its mark and label as one line each."""
    level = min(max(element.level, 1), 6) if element.kind == "heading" else min(max(element.level, 0), _MAX_ITEM_LEVEL)
    mark, label = collapse_whitespace(element.mark), collapse_whitespace(element.label)
    return replace(element, level=level, mark=mark, label=label)


def _marks(element: Element) -> tuple[str, str]:
    """What stands before an element's text: the marks of layout, and what is part of its block."""
    box = box_text(element.is_ticked)
    if element.kind == "heading":
        return f"{'#' * element.level} ", f"{element.mark} " if element.mark else ""
    if element.kind == "item":
        is_numbered = any(map(str.isalnum, element.mark))
        indent = "  " * element.level
        return (indent, f"{element.mark} {box}") if is_numbered else (f"{indent}- ", box)
    if element.kind == "note" and element.mark:
        return "", f"{raise_mark(element.mark)} "
    if element.kind == "field" and element.label:
        return "", f"{element.label}: {box}"
    return "", box
