"""Blocks become segments: the pieces of text that sentences are split from, each with what stands above it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.structure import Block, Role, Table
from assistant.types import SentenceKind

CONTEXT_SEPARATOR = " > "  # between the headings, title, group and header of a context
_MAX_CONTEXT_CHARS = 200  # kept of one heading, or of a table's header, as context
_WITHOUT_SENTENCES: frozenset[Role] = frozenset(("header", "footer", "page_number", "navigation"))
_SENTENCE_KINDS: dict[str, SentenceKind] = {"item": "item", "table": "row"}  # all others are prose
_LINE_KINDS = ("code", "message")  # each line by itself


@dataclass(frozen=True, slots=True)
class Segment:
    """A span of the canonical text that no sentence crosses.

    Attributes:
        start: the offset of its first character.
        end: the offset behind its last character.
        kind: of the sentences in it; a row is one sentence.
        context: the headings above it, joined by " > ", and for a table row the table's title, group and header.
        role: whose words it holds.
        struck: the spans in it that are struck out.
        is_whole: whether it is one sentence: a row, and a task, whose box says of all of it whether it is done.
    """

    start: int
    end: int
    kind: SentenceKind
    context: str
    role: Role
    struck: tuple[tuple[int, int], ...] = ()
    is_whole: bool = False


def split_segments(text: str, blocks: Iterable[Block]) -> Iterator[Segment]:
    """The segments of a document in order.

    Headings give none, they are the context of what stands below them. What stands around the text (running headers and
    footers, page numbers, navigation) gives none either.

    Args:
        text: the canonical text.
        blocks: over it, in order.
    """
    heading_path: list[tuple[int, str]] = []  # (level, title), the outermost first
    for block in blocks:
        if block.role in _WITHOUT_SENTENCES:
            continue
        if block.kind == "heading":
            heading_path = [heading for heading in heading_path if heading[0] < block.level]
            heading_path.append((block.level, " ".join(text[block.start : block.end][:_MAX_CONTEXT_CHARS].split())))
            continue
        headings = [title for _, title in heading_path]
        kind = _SENTENCE_KINDS.get(block.kind, "prose")
        if block.table is not None:
            yield from _row_segments(text, block, block.table, headings)
        elif block.kind in _LINE_KINDS:
            context = CONTEXT_SEPARATOR.join(filter(None, (*headings, block.label)))  # who speaks
            for start, end in _line_spans(text, block):
                yield Segment(start, end, kind, context, block.role)
        else:
            struck = tuple((run.start, run.end) for run in block.runs if run.kind == "struck")
            is_task = block.is_ticked is not None
            yield Segment(block.start, block.end, kind, CONTEXT_SEPARATOR.join(headings), block.role, struck, is_task)


def _row_segments(text: str, block: Block, table: Table, headings: list[str]) -> Iterator[Segment]:
    names = [column.name for column in table.columns]
    header = " | ".join(names)[:_MAX_CONTEXT_CHARS] if any(names) else ""
    title = table.title[:_MAX_CONTEXT_CHARS]
    above = [*headings, title] if title and title not in headings else headings
    for row in table.rows:
        cells = text[row.start : row.end].strip("| \t")
        if cells:
            start = text.index(cells, row.start)
            context = CONTEXT_SEPARATOR.join(filter(None, (*above, row.group[:_MAX_CONTEXT_CHARS], header)))
            yield Segment(start, start + len(cells), "row", context, block.role, is_whole=True)


def _line_spans(text: str, block: Block) -> Iterator[tuple[int, int]]:
    start = block.start
    for line in text[block.start : block.end].split("\n"):
        if content := line.strip():
            yield start + line.index(content), start + line.index(content) + len(content)
        start += len(line) + 1
