"""Jupyter notebooks: the text of their cells, their code, and what the code printed."""

import json
from collections.abc import Iterator
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.markdown_elements import markdown_elements
from assistant.readers.metadata import clean_title
from assistant.readers.plain.code import remove_colours
from assistant.readers.plain.text import decode_text

_MAX_OUTPUT_CHARS = 100_000  # of one output


def read_notebook(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads an ``.ipynb`` file.

    Raises:
        ReadingError: not text, or no notebook.
    """
    text, notes = decode_text(data)
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise ReadingError("damaged or no notebook: it is no valid JSON") from None
    sheets = notebook.get("worksheets") if isinstance(notebook, dict) else None  # before format 4
    holder = sheets[0] if isinstance(sheets, list) and sheets else notebook
    cells = holder.get("cells") if isinstance(holder, dict) else None
    if not isinstance(cells, list):
        raise ReadingError("damaged or no notebook: it has no cells")
    reader = _CellReader()
    composition = compose(element for cell in cells if isinstance(cell, dict) for element in reader.elements(cell))
    metadata = notebook.get("metadata") if isinstance(notebook.get("metadata"), dict) else {}
    return ExtractedDocument(
        composition.text,
        clean_title(metadata.get("title")),
        blocks=composition.blocks,
        notes=notes + composition.notes + reader.notes(),
        author=_authors(metadata.get("authors")),
    )


class _CellReader:
    """Reads cells; it counts what it can't read."""

    def __init__(self) -> None:
        self._pictures = self._other_outputs = 0

    def elements(self, cell: dict[str, Any]) -> Iterator[Element]:
        source = _joined(cell.get("source", cell.get("input")))
        kind = cell.get("cell_type")
        self._pictures += len(cell["attachments"]) if isinstance(cell.get("attachments"), dict) else 0
        if kind == "markdown":
            yield from markdown_elements(source)
        elif kind == "heading":
            level = cell.get("level")
            yield Element("heading", source, level=level if isinstance(level, int) else 1)
        elif kind == "code":
            yield Element("code", source)
            for output in cell.get("outputs") or ():
                if isinstance(output, dict):
                    yield from self._output(output)
        else:
            yield Element("paragraph", source)

    def notes(self) -> tuple[str, ...]:
        """What could not be read."""
        return left_out_notes({"picture": self._pictures, "interactive output": self._other_outputs})

    def _output(self, output: dict[str, Any]) -> Iterator[Element]:
        kind = output.get("output_type")
        if kind in {"error", "pyerr"}:
            yield Element("code", f"{output.get('ename', 'Error')}: {output.get('evalue', '')}")
            return
        data = output.get("data") if isinstance(output.get("data"), dict) else output
        assert isinstance(data, dict)
        text = _joined(data.get("text/markdown")) if "text/markdown" in data else ""
        if any(str(name).startswith("image/") or name in {"png", "jpeg", "svg"} for name in data):
            self._pictures += 1
        elif text:
            yield from markdown_elements(text)
        elif "text/plain" in data or "text" in data:
            plain = _joined(data.get("text/plain", data.get("text")))
            yield Element("code", remove_colours(plain)[:_MAX_OUTPUT_CHARS])
        elif data:
            self._other_outputs += 1


def _joined(source: Any) -> str:
    """A text of a notebook, which is one text or a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _authors(authors: Any) -> str:
    names = [author.get("name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    return ", ".join(collapse_whitespace(name) for name in names if isinstance(name, str))
