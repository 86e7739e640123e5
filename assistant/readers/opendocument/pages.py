"""What the pages of an OpenDocument file have in common: headers and footers, each once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import OdfFile, attribute, child, children, descendants, node_name
from assistant.readers.opendocument.text import TextReader
from assistant.structure import Role

_ROLES: tuple[Role, ...] = ("header", "footer")
_PLACES: dict[str, Role] = {f"style:{role}{pages}": role for role in _ROLES for pages in ("", "-left", "-first")}
_PAGE_FIELDS = ("text:page-number", "text:page-count")
_WORDS = re.compile(r"[^\W\d_]+")
_MAX_PAGE_WORDS = 2  # beside the number of a page, as in "Page 3 of 12"


def page_elements(file: OdfFile) -> tuple[list[Element], list[Element]]:
    """The headers and the footers of the pages."""
    context = OdfContext(file, of_pages=True)
    reader = TextReader(context)
    elements_by_role: dict[Role, list[Element]] = {"header": [], "footer": []}
    seen: set[tuple[str, str]] = set()
    masters = child(file.styles, "office:master-styles")
    for master in children(masters) if masters is not None else ():
        for part in children(master):
            role = _PLACES.get(node_name(part))
            if role is None or attribute(part, "style:display") == "false":
                continue
            for element in _part_elements(part, reader, role):
                key = (role, inline_text(element.content))
                if element.kind == "table" or key not in seen:
                    seen.add(key)
                    elements_by_role[role].append(element)
    return elements_by_role["header"], elements_by_role["footer"]


def _part_elements(part: Any, reader: TextReader, role: Role) -> Iterator[Element]:
    for block in children(part):
        fields = [field for name in _PAGE_FIELDS for field in descendants(block, name)]
        words = _WORDS.findall("".join(block.itertext())) if fields else []
        if fields and not words:
            continue  # the number of whichever page the file was saved at
        own_role: Role = "page_number" if fields and len(words) <= _MAX_PAGE_WORDS else role
        for element in reader.block(block):
            yield replace(element, role=own_role)
