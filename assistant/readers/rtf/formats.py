"""Control words of Rich Text that change how what follows is: characters, paragraphs, rows of tables."""

from collections.abc import Callable
from dataclasses import replace

from assistant.readers.rtf.fonts import page_encoding
from assistant.readers.rtf.state import RtfDefinitions, RtfState
from assistant.readers.rtf.tables import RtfCell, RtfRowDefinition

_Change = Callable[[RtfState, RtfDefinitions, int | None], None]

_MIN_RAISE = 2  # half points
_MAX_UNICODE_BYTES = 1_000  # behind a character; damaged files may name any number
_MAX_CELLS = 512
_NOTE_FORMATS = {"ar": "1", "alc": "a", "auc": "A", "rlc": "i", "ruc": "I"}
_NOTE_LABELS = {"ftn": "footnote", "aftn": "endnote"}


def change_format(name: str, number: int | None, state: RtfState, definitions: RtfDefinitions) -> bool:
    """Does what a control word says; returns whether it is known here."""
    change = _CHANGES.get(name)
    if change:
        change(state, definitions, number)
    return change is not None


def _font(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.font = number or 0


def _plain(state: RtfState, definitions: RtfDefinitions, _: int | None) -> None:
    state.reset_characters(definitions.default_font)


def _unicode_bytes(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.unicode_bytes = min(max(number if number is not None else 1, 0), _MAX_UNICODE_BYTES)


def _raised(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.position = "plain" if number == 0 else "raised"


def _lowered(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.position = "plain" if number == 0 else "lowered"


def _up(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.position = "raised" if number is None or number >= _MIN_RAISE else "plain"


def _down(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.position = "lowered" if number is None or number >= _MIN_RAISE else "plain"


def _baseline(state: RtfState, _: RtfDefinitions, __: int | None) -> None:
    state.position = "plain"


def _struck(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.is_struck = number != 0


def _deleted(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.is_deleted = number != 0


def _hidden(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.is_hidden = number != 0


def _language(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.language = number or 0


def _paragraph_defaults(state: RtfState, _: RtfDefinitions, __: int | None) -> None:
    state.reset_paragraph()


def _style(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.style = number or 0


def _outline(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.outline = number or 0


def _list_level(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.list_level = number or 0


def _in_table(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.is_in_table = number != 0


def _nesting(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.nesting = min(max(number or 0, 0), 20)


def _first_indent(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    state.is_hanging = (number or 0) < 0


def _begin_row(state: RtfState, _: RtfDefinitions, __: int | None) -> None:
    state.flow.begin_definition(_table(state))


def _header_row(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    _definition(state).is_header = number != 0


def _end_cell_definition(state: RtfState, _: RtfDefinitions, number: int | None) -> None:
    definition = _definition(state)
    if len(definition.cells) < _MAX_CELLS:
        definition.cells.append(replace(definition.next_cell, right=number or 0))
    definition.next_cell = RtfCell(0)


def _merge(**change: bool) -> _Change:
    def merge(state: RtfState, _: RtfDefinitions, __: int | None) -> None:
        definition = _definition(state)
        definition.next_cell = replace(definition.next_cell, **change)

    return merge


def _code_page(_: RtfState, definitions: RtfDefinitions, number: int | None) -> None:
    if number:
        definitions.encoding = page_encoding(number)


def _encoding(name: str) -> _Change:
    def change(_: RtfState, definitions: RtfDefinitions, __: int | None) -> None:
        definitions.encoding = name

    return change


def _default_font(state: RtfState, definitions: RtfDefinitions, number: int | None) -> None:
    definitions.default_font = state.font = number or 0


def _note_format(label: str, number_format: str) -> _Change:
    def change(_: RtfState, definitions: RtfDefinitions, __: int | None) -> None:
        definitions.number_formats[label] = number_format

    return change


def _note_start(label: str) -> _Change:
    def change(_: RtfState, definitions: RtfDefinitions, number: int | None) -> None:
        if number is not None and label not in definitions.note_counts:
            definitions.note_counts[label] = number - 1

    return change


def _table(state: RtfState) -> int:
    """The depth of the table whose rows are defined."""
    return max(state.nesting, 2) if state.in_nested_definition else 1


def _definition(state: RtfState) -> RtfRowDefinition:
    return state.flow.definition(_table(state))


_CHANGES: dict[str, _Change] = {
    "f": _font, "plain": _plain, "uc": _unicode_bytes, "super": _raised, "sub": _lowered, "up": _up, "dn": _down,
    "nosupersub": _baseline, "strike": _struck, "striked": _struck, "deleted": _deleted, "v": _hidden,
    "lang": _language, "pard": _paragraph_defaults, "s": _style, "outlinelevel": _outline, "ilvl": _list_level,
    "intbl": _in_table, "itap": _nesting, "fi": _first_indent, "trowd": _begin_row, "trhdr": _header_row,
    "cellx": _end_cell_definition,
    "clmrg": _merge(is_merged_left=True), "clvmgf": _merge(begins_down=True), "clvmrg": _merge(is_merged_up=True),
    "ansicpg": _code_page, "mac": _encoding("mac_roman"), "pc": _encoding("cp437"), "pca": _encoding("cp850"),
    "deff": _default_font,
    **{f"{prefix}n{name}": _note_format(label, number_format)
       for prefix, label in _NOTE_LABELS.items() for name, number_format in _NOTE_FORMATS.items()},
    **{f"{prefix}start": _note_start(label) for prefix, label in _NOTE_LABELS.items()},
}  # fmt: skip
