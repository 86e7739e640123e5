"""Fields of Word files: an instruction that isn't shown, and its last result, which is."""

import re
from dataclasses import dataclass, field
from typing import Any

from assistant.readers.docx.xml import has_switch, value
from assistant.readers.office.package import child, named, whole_number
from assistant.structure import Role

TICKED, OPEN, PAGE_NUMBER = "\ue001", "\ue002", "\ue003"
"""What stands for boxes and page numbers until a paragraph is read; the file's own such characters are dropped."""

_ROLES: dict[str, Role] = {"TOC": "contents", "TOA": "contents", "INDEX": "index", "BIBLIOGRAPHY": "bibliography"}
_REFERENCE_PROGRAMS = ("ADDIN ZOTERO_BIBL", "ADDIN EN.REFLIST", "ADDIN CSL_BIBLIOGRAPHY", "ADDIN MENDELEY BIBLIOGRAPHY")
_PAGE_NUMBERS = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES"))
_LINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"', re.IGNORECASE)
_MAX_INSTRUCTION_CHARS = 1_000
_MAX_DEPTH = 50  # of fields in fields


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shows_result: bool = False  # whether what comes now is its result
    has_own_text: bool = False  # whether its text was given where it began


@dataclass(slots=True)
class Fields:
    """The fields that are open at a place of a text, from the outside in."""

    _open: list[_Field] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whether text here is shown: it is in no instruction."""
        return all(open_field.shows_result and not open_field.has_own_text for open_field in self._open)

    @property
    def role(self) -> Role:
        """The role of the text here, by the field that it stands in."""
        return next((role for role in map(_role, self._open) if role != "body"), "body")

    @property
    def is_page_number(self) -> bool:
        """Whether the text here is the number of a page, or of pages."""
        return any(_first_word(open_field) in _PAGE_NUMBERS for open_field in self._open)

    @property
    def link(self) -> str:
        """The address to which a field leads that the text here stands in; "" for none."""
        links = (_LINK.match(open_field.instruction) for open_field in self._open)
        return next((link[1] for link in links if link), "")

    def begin(self, *, has_own_text: bool = False) -> None:
        """A field begins, one whose text was given already or any other."""
        if len(self._open) < _MAX_DEPTH:
            self._open.append(_Field(has_own_text=has_own_text))

    def instruct(self, text: str) -> None:
        """More of the instruction of the innermost field."""
        if self._open and len(self._open[-1].instruction) < _MAX_INSTRUCTION_CHARS:
            self._open[-1].instruction += text[:_MAX_INSTRUCTION_CHARS]

    def separate(self) -> None:
        """The instruction ends, the result begins."""
        if self._open:
            self._open[-1].shows_result = True

    def end(self) -> None:
        """The innermost field ends."""
        if self._open:
            self._open.pop()

    def end_paragraph(self) -> None:
        """A paragraph ends. No instruction goes beyond it: in a damaged file one without an end hides no text."""
        while self._open and not self._open[-1].shows_result:
            self._open.pop()

    def end_lists(self) -> None:
        """A heading comes: tables of contents, lists of references and the like are over."""
        self._open = [open_field for open_field in self._open if _role(open_field) == "body"]


def _first_word(open_field: _Field) -> str:
    return open_field.instruction.strip().partition(" ")[0].upper()


def _role(open_field: _Field) -> Role:
    if " ".join(open_field.instruction.split()).upper().startswith(_REFERENCE_PROGRAMS):
        return "bibliography"
    return _ROLES.get(_first_word(open_field), "body")


def form_text(form_field: Any) -> str:
    """The text of a form field that has no result, by its data: of a check box or a choice; "" for others."""
    box = child(form_field, "checkBox")
    if box is not None:
        name = "checked" if child(box, "checked") is not None else "default"
        return TICKED if has_switch(box, name) else OPEN
    choice = child(form_field, "ddList")
    entries = [value(entry) for entry in named(choice, "listEntry")]
    chosen = whole_number(value(choice, "result") or value(choice, "default"))
    return entries[chosen] if 0 <= chosen < len(entries) else ""
