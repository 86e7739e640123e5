"""What a Rich Text file defines: fonts, styles, title and dates; and characters that are no text."""

import datetime as dt

from assistant.readers.rtf.fields import set_number
from assistant.readers.rtf.flow import RtfStyle
from assistant.readers.rtf.fonts import RtfFont, charset_font, page_encoding
from assistant.readers.rtf.notes import comment_day
from assistant.readers.rtf.state import RtfDefinitions, RtfState
from assistant.readers.rtf.tokens import RtfToken

_DATE_PARTS = ("yr", "mo", "dy")


class DefinitionReader:
    """Collects what a file defines."""

    def __init__(self, definitions: RtfDefinitions) -> None:
        self._definitions = definitions
        self._number = 0  # of the font or style that is defined
        self._font = RtfFont()
        self._outline: int | None = None
        self._date_parts: dict[str, int] = {}
        self._comment: tuple[str, dt.date | None] = ("", None)

    def define(self, token: RtfToken, state: RtfState) -> bool:
        """Takes a number into what is defined; returns whether the control word says so."""
        name, number = token.name, token.number
        if state.destination == "font":
            return self._define_font(name, number)
        if state.destination == "style":
            return self._define_style(name, number)
        if state.destination.startswith("info ") and name in _DATE_PARTS:
            self._date_parts[name] = number or 0
            return True
        is_field = state.field is not None and state.destination == "instruction"
        return is_field and state.field is not None and set_number(state.field, name, number)

    def end_names(self, state: RtfState) -> None:
        """Ends the definition of a font or style whose name is complete."""
        if state.destination not in {"font", "style"} or ";" not in state.captured[-1]:
            return
        name = "".join(state.captured).partition(";")[0].strip()
        state.captured.clear()
        if state.destination == "font":
            self._definitions.fonts[self._number] = self._font._replace(name=name)
        else:
            self._definitions.styles.setdefault(self._number, RtfStyle(name, self._outline))
            self._number, self._outline = 0, None

    def end(self, destination: str, text: str, state: RtfState) -> None:
        """Uses characters that were no text.

        Args:
            destination: what they were for.
            text: all of them.
            state: around their group.
        """
        if destination == "mark":
            state.flow.mark = text
        elif destination == "instruction" and state.field is not None:
            state.field.instruction.append(f"{text} ")
        elif destination == "choice" and state.field is not None:
            state.field.choices.append(text)
        elif destination == "object":
            self._definitions.left_out[f"embedded {text} object"] += 1
        elif destination == "comment author":
            self._comment = (text, None)
        elif destination == "comment day":
            self._comment = (self._comment[0], comment_day(text))
        elif destination in {"info title", "info author"}:
            self._definitions.info[destination.removeprefix("info ")] = text
        elif destination.startswith("info "):
            self._definitions.dates |= _date(destination.removeprefix("info "), self._date_parts)
            self._date_parts = {}

    def take_comment_head(self) -> tuple[str, dt.date | None]:
        """Who made the comment that has ended, and when."""
        head, self._comment = self._comment, ("", None)
        return head

    def _define_font(self, name: str, number: int | None) -> bool:
        if name == "f":
            self._number, self._font = number or 0, RtfFont()
        elif name == "fcharset":
            self._font = charset_font(number)
        elif name == "cpg":
            self._font = self._font._replace(encoding=page_encoding(number))
        else:
            return False
        return True

    def _define_style(self, name: str, number: int | None) -> bool:
        if name == "s":
            self._number, self._outline = number or 0, None
        elif name == "outlinelevel":
            self._outline = number
        elif name == "sbasedon" and self._outline is None:
            self._outline = self._definitions.styles.get(number or 0, RtfStyle()).outline
        else:
            return False
        return True


def _date(name: str, parts: dict[str, int]) -> dict[str, dt.date]:
    try:
        return {name: dt.date(*(parts.get(part, 0) for part in _DATE_PARTS))}
    except (ValueError, OverflowError):
        return {}
