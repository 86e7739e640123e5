"""YAML: its values as fields, lists and tables, each as written; comments stay in their places."""

import re
from collections.abc import Iterator
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.metadata import clean_title, parse_date
from assistant.readers.plain.text import decode_text
from assistant.readers.plain.value_elements import Value, check_depth, value_elements

_MAX_BRACKETS = 20_000  # libyaml takes time by their square where they are nested
_MAX_CHARS = 4_000_000  # a longer file takes minutes
_MAX_NODES = 200_000  # visited; an anchor's node counts each time that it is named
_COMMENT = re.compile(r"[ \t]*#+[ \t]?(.*)")
_NOT_YAML_NOTE = "no valid YAML ({}): its lines are read as they are"


def read_yaml(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.yaml`` file; one that can't be parsed is read line by line, with a note.

    Raises:
        ReadingError: not text, nested too deeply, or its anchors multiply its values.
    """
    text, notes = decode_text(data)
    roots, problem = _parse(text)
    if problem:
        composition = compose([Element("code", text)])
        note = _NOT_YAML_NOTE.format(problem)
        return ExtractedDocument(composition.text, blocks=composition.blocks, notes=(*notes, note))
    reader = _NodeReader()
    values = [reader.value(root, 0) for root in roots]
    own = values[0] if len(values) == 1 and isinstance(values[0], dict) else {}
    composition = compose(
        [*_comments(text, roots), *(element for value in values for element in value_elements(value))]
    )
    return ExtractedDocument(
        composition.text,
        clean_title(own.get("title")),
        parse_date(own.get("date")),
        blocks=composition.blocks,
        notes=notes + composition.notes,
    )


def _parse(text: str) -> tuple[list[Any], str]:
    """The root nodes of the documents in a file, and what is wrong with it."""
    import yaml

    if len(text) > _MAX_CHARS or sum(map(text.count, "[{")) > _MAX_BRACKETS:
        return [], "too large to parse"
    try:
        return list(yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))), ""
    except yaml.YAMLError as error:
        return [], str(getattr(error, "problem", None) or type(error).__name__)[:100]
    except RecursionError:
        raise ReadingError("nested too deeply. Save it in a simpler form") from None


class _NodeReader:
    """Turns nodes into values; scalars stay as written, so that "1.10" is no other figure."""

    def __init__(self) -> None:
        self._visited = 0

    def value(self, node: Any, depth: int) -> Value:
        check_depth(depth)
        self._visited += 1
        if self._visited > _MAX_NODES:
            raise ReadingError("its anchors multiply its values to more than can be read. Save it without anchors")
        if node is None:
            return None
        if isinstance(node.value, str):
            return node.value
        if node.id == "sequence":
            return [self.value(item, depth + 1) for item in node.value]
        named: dict[str, Value] = {}
        for key, value in node.value:
            name = key.value if isinstance(key.value, str) else "?"
            merged = self.value(value, depth + 1)
            if name == "<<" and isinstance(merged, dict):
                named |= {other: merged[other] for other in merged if other not in named}
            else:
                named[name] = merged
        return named


def _comments(text: str, roots: list[Any]) -> Iterator[Element]:
    """The comments that have a line of their own: those in a row are a paragraph."""
    quoted: set[int] = set()  # lines of texts, in which a "#" begins no comment
    pending, seen = list(roots), set()
    while pending:
        node = pending.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node.value, str):
            quoted.update(range(node.start_mark.line + 1, node.end_mark.line))
        else:
            pending += [item for entry in node.value for item in (entry if isinstance(entry, tuple) else (entry,))]
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""]):
        comment = _COMMENT.fullmatch(line) if number not in quoted else None
        if comment and comment[1].strip():
            lines.append(comment[1])
        elif lines:
            yield Element("paragraph", " ".join(lines))
            lines = []
