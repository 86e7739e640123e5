"""Pandoc as the extractor, for the formats that it knows: its tree of the document, not one of its outputs."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces

_SECONDS = 240
_MAX_REPEATS = 200  # of the words of a cell over many rows and columns
_IS_SET_OFF = re.compile(r"\d|[^\W\d_]{4}")  # raised figures and words, which stand apart on a page
_HIDING_STYLES = ("display:none", "visibility:hidden")


def is_installed() -> bool:
    """Whether pandoc can be run."""
    return shutil.which("pandoc") is not None


def extract(data: bytes, pandoc_format: str) -> Pieces:
    """What pandoc reads in a file.

    Args:
        data: the file; for a format of text in UTF-8.
        pandoc_format: as its ``--from`` takes it.

    Raises:
        ExtractorError: pandoc can't read it.
    """
    command = ["pandoc", "--from", pandoc_format, "--to", "json", "--sandbox", "--track-changes=all"]
    try:
        process = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 — a fixed command
    except subprocess.TimeoutExpired:
        raise ExtractorError(f"pandoc takes more than {_SECONDS} s") from None
    if process.returncode:
        reason = process.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise ExtractorError(f"pandoc: {reason or process.returncode}")
    tree = json.loads(process.stdout)
    walk = _Walk()
    walk.metadata(tree["meta"])
    walk.blocks(tree["blocks"], "")
    return walk.pieces


class _Walk:
    """Walks pandoc's tree; `reason` is why the words in a part of it are counted apart, or empty."""

    def __init__(self) -> None:
        self.pieces = Pieces()

    def metadata(self, value: Any) -> None:
        """Adds the title, authors and the like."""
        if isinstance(value, dict) and value.get("t") in {"MetaInlines", "MetaBlocks"}:
            (self.inlines if value["t"] == "MetaInlines" else self.blocks)(value["c"], apart.METADATA)
            self.pieces.add("\n", apart.METADATA)
        elif isinstance(value, dict) and value.get("t") == "MetaString":
            self.pieces.add(f"{value['c']}\n", apart.METADATA)
        elif isinstance(value, (dict, list)):
            for part in value.values() if isinstance(value, dict) else value:
                self.metadata(part)

    def blocks(self, blocks: list[Any], reason: str) -> None:
        """Adds paragraphs, lists, tables and so on."""
        for block in blocks:
            self._block(block["t"], block.get("c"), reason)
            self.pieces.add("\n", reason)

    def inlines(self, inlines: list[Any], reason: str) -> None:
        """Adds what is in a paragraph."""
        for inline in inlines:
            self._inline(inline["t"], inline.get("c"), reason)

    def _block(self, kind: str, content: Any, reason: str) -> None:
        walk = _BLOCK_WALKS.get(kind)
        if walk:
            walk(self, content, reason)

    def _lines(self, content: list[Any], reason: str) -> None:
        for line in content:
            self.inlines(line, reason)
            self.pieces.add("\n", reason)

    def _items(self, items: list[Any], reason: str) -> None:
        for item in items:
            self.blocks(item, reason)

    def _definitions(self, content: list[Any], reason: str) -> None:
        for term, definitions in content:
            self._lines([term], reason)
            self._items(definitions, reason)

    def _table(self, content: list[Any], reason: str) -> None:
        _, caption, _, head, bodies, foot = content
        self.blocks(caption[1], reason)
        rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
        for _, cells in rows:
            for _, _, row_span, column_span, blocks in cells:
                self.blocks(blocks, reason)
                if (times := min(row_span * column_span, _MAX_REPEATS) - 1) > 0:
                    cell = _Walk()
                    cell.blocks(blocks, reason)
                    self.pieces.add_apart(apart.REPEATED, [cell.pieces.text], times)

    def _inline(self, kind: str, content: Any, reason: str) -> None:
        walk = _INLINE_WALKS.get(kind)
        if walk:
            walk(self, content, reason)
        elif kind in {"Space", "SoftBreak", "LineBreak"}:
            self.pieces.add(" ", reason)
        else:  # Emph, Strong, Underline, SmallCaps, Subscript
            self.inlines(content, reason)

    def _superscript(self, content: list[Any], reason: str) -> None:
        inner = _Walk()
        inner.inlines(content, "")
        gap = " " if _IS_SET_OFF.search(inner.pieces.text) else ""
        self.pieces.add(gap, reason)
        self.inlines(content, reason)
        self.pieces.add(gap, reason)

    def _link(self, content: list[Any], reason: str) -> None:
        self.inlines(content[1], reason)
        self.pieces.add_apart(apart.ADDRESSES, content[2])

    def _image(self, content: list[Any], _: str) -> None:
        self.pieces.add(" ", apart.ALTERNATIVES)
        self.inlines(content[1], apart.ALTERNATIVES)
        self.pieces.add_apart(apart.ALTERNATIVES, content[2])

    def _note(self, content: list[Any], reason: str) -> None:
        self.pieces.add(" ", reason)
        self.blocks(content, reason)


_BLOCK_WALKS: dict[str, Callable[[_Walk, Any, str], None]] = {
    "Plain": _Walk.inlines,
    "Para": _Walk.inlines,
    "LineBlock": _Walk._lines,  # noqa: SLF001 — the walk's own, as those below
    "CodeBlock": lambda walk, content, reason: walk.pieces.add(content[1], reason),
    "RawBlock": lambda walk, content, reason: walk.pieces.add(content[1], reason or apart.MARKUP),
    "BlockQuote": _Walk.blocks,
    "OrderedList": lambda walk, content, reason: walk._items(content[1], reason),  # noqa: SLF001
    "BulletList": _Walk._items,  # noqa: SLF001
    "DefinitionList": _Walk._definitions,  # noqa: SLF001
    "Header": lambda walk, content, reason: walk.inlines(content[2], reason),
    "Div": lambda walk, content, reason: walk.blocks(content[1], reason or _reason_of(content[0])),
    "Figure": lambda walk, content, reason: walk.blocks([*content[1][1], *content[2]], reason),  # of pandoc 3
    "Table": _Walk._table,  # noqa: SLF001
}
_INLINE_WALKS: dict[str, Callable[[_Walk, Any, str], None]] = {
    "Str": lambda walk, content, reason: walk.pieces.add(content, reason),
    "Code": lambda walk, content, reason: walk.pieces.add(content[1], reason),
    "Math": lambda walk, content, _: walk.pieces.add(f" {content[1]} ", apart.FORMULAS),
    "RawInline": lambda walk, content, reason: walk.pieces.add(f" {content[1]} ", reason or apart.MARKUP),
    "Strikeout": lambda walk, content, reason: walk.inlines(content, reason or apart.STRUCK),
    "Superscript": _Walk._superscript,  # noqa: SLF001 — the walk's own
    "Link": _Walk._link,  # noqa: SLF001
    "Image": _Walk._image,  # noqa: SLF001
    "Note": _Walk._note,  # noqa: SLF001
    "Cite": lambda walk, content, reason: walk.inlines(content[1], reason),
    "Quoted": lambda walk, content, reason: walk.inlines(content[1], reason),
    "Span": lambda walk, content, reason: walk.inlines(content[1], reason or _reason_of(content[0])),
}


def _reason_of(attributes: list[Any]) -> str:
    """Why what has these attributes is counted apart; empty where it is shown."""
    _, classes, pairs = attributes
    values = dict(pairs)
    style = values.get("style", "").replace(" ", "").lower()
    if "hidden" in values or any(hiding in style for hiding in _HIDING_STYLES):
        return apart.HIDDEN
    return apart.STRUCK if {"deletion", "paragraph-deletion"} & set(classes) else ""
