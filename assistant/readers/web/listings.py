"""Tables of web pages that are lists: a mark in the first cell of each row, and the text beside it."""

import re

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, TableContent
from assistant.structure import Role

_BULLETS = frozenset("•·▪◦●■□○–—-*►▶➢➤❖◆")
_BOXES = {"☐": False, "□": False, "☑": True, "☒": True, "✓": True, "✔": True, "[ ]": False, "[x]": True, "[X]": True}
_MARK = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?")


def is_item_mark(text: str) -> bool:
    """Whether a text is a bullet, a box or a number such as "(a)"."""
    mark = text.strip()
    return mark in _BOXES or mark in _BULLETS or _MARK.fullmatch(mark) is not None


def list_items(table: TableContent, role: Role) -> list[Element]:
    """The items of a table that is a list; none for any other table."""
    if table.title or table.header_rows:
        return []
    items: list[Element] = []
    for row in table.rows:
        filled = [(cell, text) for cell in row if (text := inline_text(cell.content))]
        if not filled:
            continue
        if len(filled) != 2 or any(cell.is_header or cell.rows > 1 for cell, _ in filled):
            return []
        (_, mark), (cell, _) = filled
        if mark in _BOXES:
            items.append(Element("item", cell.content, role, is_ticked=_BOXES[mark]))
        elif mark in _BULLETS or _MARK.fullmatch(mark):
            items.append(Element("item", cell.content, role, mark="" if mark in _BULLETS else mark))
        else:
            return []
    return items
