"""Text that was saved on an old Macintosh, and decoded as Windows has it: "stratŽgie" for "stratégie"."""

from dataclasses import replace

from assistant.readers.elements import Content, Element, TableContent


def _windows_character(byte: int) -> str:
    """A byte as Windows' Western encoding decodes it, or a control where it has none there."""
    return bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte))


_MACINTOSH = {ord(_windows_character(byte)): bytes([byte]).decode("mac_roman") for byte in range(0x80, 0x100)}


def from_macintosh(text: str) -> str:
    """The text as its writer saw it.

    >>> from_macintosh("la stratŽgie dÕentreprise")
    'la stratégie d’entreprise'
    """
    return text.translate(_MACINTOSH)


def may_be_from_macintosh(text: str) -> bool:
    """Whether a character in it would be another one."""
    return any(ord(character) in _MACINTOSH for character in text)


def element_from_macintosh(element: Element) -> Element:
    """The element with all of its text as its writer saw it."""
    table = element.table and _table_from_macintosh(element.table)
    return replace(element, content=_content_from_macintosh(element.content), table=table)


def _table_from_macintosh(table: TableContent) -> TableContent:
    rows = [[replace(cell, content=_content_from_macintosh(cell.content)) for cell in row] for row in table.rows]
    return replace(table, rows=rows)


def _content_from_macintosh(content: Content) -> Content:
    if isinstance(content, str):
        return from_macintosh(content)
    return [replace(inline, text=from_macintosh(inline.text)) for inline in content]
