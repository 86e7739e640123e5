"""Fields of Rich Text: links, tables of contents, boxes and lists of forms."""

from assistant.readers.rtf.state import RtfField, RtfState
from assistant.structure import Role

_ROLES: dict[str, Role] = {"TOC": "contents", "INDEX": "index", "BIBLIOGRAPHY": "bibliography"}
_PAGE_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES")


def begin_result(state: RtfState) -> None:
    """Begins what a field gives: a link has its target, a table of contents its role."""
    field = state.field
    if field is None:
        return
    name, words = field.name, field.words
    if name == "HYPERLINK":
        state.link = _target(words[1:])
    elif name in _ROLES and state.role == "body":
        state.role = _ROLES[name]
    elif name in _PAGE_FIELDS and state.flow.label in {"header", "footer"}:
        state.flow.has_page_number = True
        state.destination = "skipped"
    elif name in {"FORMDROPDOWN", "FORMCHECKBOX"}:
        state.destination = "skipped"  # shown by `field_text`


def field_text(field: RtfField) -> str:
    """What a box or list of a form shows; "" for other fields."""
    if field.name == "FORMCHECKBOX" or (field.kind == 1 and field.name.startswith("FORM")):
        return "[x] " if field.value == 1 else "[ ] "
    if field.name == "FORMDROPDOWN" or (field.kind == 2 and field.name.startswith("FORM")):
        return field.choices[field.value] if 0 <= field.value < len(field.choices) else ""
    return ""


def set_number(field: RtfField, name: str, number: int | None) -> bool:
    """Sets what a form's field holds; returns whether the control word says so."""
    if name == "fftype":
        field.kind = number
    elif name == "ffres":
        field.result = number
    elif name == "ffdefres":
        field.default = number or 0
    else:
        return False
    return True


def _target(words: list[str]) -> str:
    """Where a link leads: an address, or a place in the document behind ``#``."""
    address = place = ""
    is_place = False
    for word in words:
        if word.startswith("\\"):
            is_place = word == "\\l"
        elif is_place:
            place = place or word.strip('"')
        else:
            address = address or word.strip('"')
    return f"{address}#{place}" if place else address
