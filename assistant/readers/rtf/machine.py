"""The machine that reads Rich Text: a state for each group, and what begins and ends with it."""

import copy
from collections.abc import Callable

from assistant.errors import ReadingError
from assistant.readers.elements import Element, Inline
from assistant.readers.left_out import HIDDEN
from assistant.readers.rtf.definitions import DefinitionReader
from assistant.readers.rtf.fields import begin_result, field_text
from assistant.readers.rtf.flow import RtfFlow
from assistant.readers.rtf.fonts import RtfFont, decode_bytes
from assistant.readers.rtf.formats import change_format
from assistant.readers.rtf.notes import add_comment, add_note, page_part
from assistant.readers.rtf.state import RtfDefinitions, RtfField, RtfState
from assistant.readers.rtf.tokens import RtfToken, rtf_tokens

_UNKNOWN_CHARACTER = 0xFFFD
_MAX_DEPTH = 10_000  # of groups in each other
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}", "-": "", "\n": "\\par", "\r": "\\par", "\t": "\t"}
_SKIPPED = frozenset(
    ("colortbl", "pict", "objdata", "nonshppict", "shprslt", "filetbl", "revtbl", "listtable", "listoverridetable",
     "bkmkstart", "bkmkend", "xe", "tc", "rxe", "themedata", "datastore", "private", "nonesttables", "mmathPict",
     "pntxta", "pntxtb", "template", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "generator", "panose", "falt",
     "atrfstart", "atrfend", "atnref", "atnicn", "atnparent", "background", "listpicture", "userprops",
     "footnotesep", "fldtype", "ffname", "ffformat", "ffhelptext", "ffstattext", "ffentrymcr", "ffexitmcr",
     "ffdeftext", "operator", "company", "manager", "category", "keywords", "comment", "doccomm", "hlinkbase")
)  # fmt: skip
_CAPTURED = {
    "fldinst": "instruction", "listtext": "mark", "pntext": "mark", "objclass": "object", "atnauthor": "comment author",
    "atndate": "comment day", "ffl": "choice", "fonttbl": "font", "stylesheet": "style",
}  # fmt: skip
_BESIDE_TEXT = {  # streams of their own
    "footnote": "footnote", "annotation": "comment", "shptxt": "box", "dptxbxtext": "box",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
}  # fmt: skip
_FORMULA_ENDS = {"mnum": ("(", ")"), "mden": ("/(", ")"), "mrad": ("√(", ")"), "md": ("(", ")")}
_PARAGRAPH_ENDS = frozenset(("par", "sect", "page", "column"))


class RtfReader:
    """Reads a file token by token.

    Attributes:
        definitions: what the file defines, and what was counted.
        is_whole: whether all groups have ended.
    """

    def __init__(self) -> None:
        self.definitions = RtfDefinitions()
        self.is_whole = False
        self._body = RtfFlow()
        self._state = RtfState(self._body)
        self._outer_states: list[RtfState] = []
        self._pending = bytearray()  # characters of one font
        self._to_skip = 0  # characters for programs that don't know Unicode
        self._high_surrogate = 0  # the first half of a character beyond 16 bits
        self._is_starred = False
        self._definer = DefinitionReader(self.definitions)
        self._note_count = 0

    def read(self, data: bytes) -> list[Element]:
        """Reads a file.

        Raises:
            ReadingError: its groups nest too deep.
        """
        for token in rtf_tokens(data):
            if token.kind in {"bytes", "byte"}:
                self._read_bytes(token.data)
                continue
            self._flush()
            if token.kind == "open":
                self._open()
            elif token.kind == "close":
                if not self._outer_states:
                    continue
                self._close()
                if not self._outer_states:
                    self.is_whole = True
                    break
            elif token.name != "*" and self._to_skip and token.name not in {"u", "bin"}:
                self._to_skip -= 1
            else:
                self._control(token)
        self._flush()
        while self._outer_states:
            self._close()
        return [*self.definitions.headers.values(), *self._body.finish(), *self.definitions.footers.values()]

    def _open(self) -> None:
        if len(self._outer_states) >= _MAX_DEPTH:
            raise ReadingError("damaged: its groups are nested too deeply. Save it anew from a word processor")
        self._outer_states.append(self._state)
        self._state = copy.copy(self._state)
        self._state.closing = ""
        self._to_skip, self._is_starred = 0, False

    def _close(self) -> None:
        inner, self._state = self._state, self._outer_states.pop()
        self._to_skip, self._is_starred = 0, False
        if inner.closing:
            self._write(inner.closing, inner)
        if inner.captured is not self._state.captured:
            self._definer.end(inner.destination, "".join(inner.captured).strip(), self._state)
        if inner.flow is not self._state.flow:
            self._end_flow(inner.flow)
        if inner.field is not self._state.field and inner.field is not None:
            self._write(field_text(inner.field), self._state)

    def _read_bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if self._state.destination not in {"skipped", "shape"}:
            self._pending += data[skipped:]

    def _flush(self) -> None:
        if self._pending:
            font = self.definitions.fonts.get(self._state.font, RtfFont())
            text = decode_bytes(bytes(self._pending), font, self.definitions.encoding)
            self._pending.clear()
            self._write(text, self._state)

    def _control(self, token: RtfToken) -> None:
        name, state = token.name, self._state
        if name == "*":
            self._is_starred = True
            return
        is_starred, self._is_starred = self._is_starred, False
        if token.kind == "sign":
            sign = _SIGNS.get(name, "")
            self._control(RtfToken("word", "par")) if sign == "\\par" else self._write(sign, state)
        elif state.destination == "skipped":
            return
        elif name == "u" and token.number is not None:
            self._write_unicode(token.number)
        elif not (self._begins_destination(name) or self._definer.define(token, state) or self._acts(name)):
            is_known = change_format(name, token.number, state, self.definitions)
            if is_starred and not is_known:
                state.destination = "skipped"

    def _write_unicode(self, number: int) -> None:
        code = number & 0xFFFF if number < 0x10000 else number
        self._to_skip = self._state.unicode_bytes
        high, self._high_surrogate = self._high_surrogate, 0
        if 0xD800 <= code < 0xDC00:
            self._high_surrogate = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else _UNKNOWN_CHARACTER
        font = self.definitions.fonts.get(self._state.font, RtfFont())
        if font.is_symbol and 0xF000 <= code < 0xF100:
            self._write(decode_bytes(bytes([code - 0xF000]), font, ""), self._state)
        elif code < 0x110000:
            self._write(chr(code), self._state)

    def _write(self, text: str, state: RtfState) -> None:
        """Puts characters where those of a state go."""
        if not text or state.destination in {"skipped", "shape", "info"}:
            return
        if state.destination != "text":
            state.captured.append(text)
            self._definer.end_names(state)
        elif state.is_hidden:
            self.definitions.left_out[HIDDEN] += bool(text.strip())
        else:
            is_struck = state.is_struck or state.is_deleted
            style = "struck" if is_struck else "link" if state.link and state.position == "plain" else state.position
            state.flow.inlines.append(Inline(text, style, state.link if style == "link" else ""))
            self.definitions.languages[state.language] += len(text)
            if state.role != "body" and text.strip():
                state.flow.role = state.role

    def _begins_destination(self, name: str) -> bool:
        """Begins what a control word at the beginning of a group says that the group is for."""
        state = self._state
        if name in _SKIPPED or (name.startswith("m") and name.endswith("Pr")):
            if name == "pict" and not state.is_in_object:
                self.definitions.left_out["picture"] += 1
            state.destination = "skipped"
        elif name in _CAPTURED:
            state.destination, state.captured = _CAPTURED[name], []
        elif name in _BESIDE_TEXT:
            self._begin_flow(_BESIDE_TEXT[name])
        elif state.destination == "info" and name in {"title", "author", "creatim", "revtim"}:
            state.destination, state.captured = f"info {name}", []
        elif name in _FORMULA_ENDS:
            opening, state.closing = _FORMULA_ENDS[name]
            self._write(opening, state)
        elif begin := _BEGINNINGS.get(name):
            begin(state)
        else:
            return False
        return True

    def _begin_flow(self, label: str) -> None:
        state = self._state
        if state.flow.label in {"footnote", "endnote", "comment"} and label != "box":
            state.destination = "skipped"  # a note in a note
            return
        state.flow, state.destination = RtfFlow(label), "text"
        state.reset_paragraph()
        state.reset_characters(self.definitions.default_font)
        state.role, state.link, state.closing = "body", "", ""

    def _end_flow(self, flow: RtfFlow) -> None:
        """Puts what a stream of its own holds where it belongs."""
        anchored = self._state.flow
        self._note_count += 1
        if flow.label in {"header", "footer"}:
            parts = self.definitions.headers if flow.label == "header" else self.definitions.footers
            parts |= {words: element for words, element in page_part(flow).items() if words not in parts}
        elif flow.label == "box":
            anchored.add_behind(flow.finish())
        elif flow.label == "comment":
            add_comment(flow, anchored, *self._definer.take_comment_head(), f"{self._note_count}")
        else:
            add_note(flow, anchored, self.definitions, f"{self._note_count}")

    def _acts(self, name: str) -> bool:
        """Does what a control word says that stands for something at its place."""
        state, flow = self._state, self._state.flow
        if name in _CHARACTERS:
            self._write(_CHARACTERS[name], state)
        elif state.destination != "text":
            return False
        elif name in _PARAGRAPH_ENDS:
            flow.end_paragraph(state.paragraph(self.definitions.styles))
        elif name in {"cell", "nestcell"}:
            nesting = 1 if name == "cell" else max(state.nesting, 2)
            flow.end_cell(state.paragraph(self.definitions.styles), nesting)
        elif name in {"row", "nestrow"}:
            flow.end_row(1 if name == "row" else max(state.nesting, 2))
        else:
            return flow.mark_place(name)
        return True


def _begin_field(state: RtfState) -> None:
    state.field = RtfField()


def _begin_shape(state: RtfState) -> None:
    state.destination = "shape"


def _begin_object(state: RtfState) -> None:
    state.is_in_object = True


def _begin_two_forms(state: RtfState) -> None:
    state.destination_before, state.destination = state.destination, "shape"


def _begin_unicode_form(state: RtfState) -> None:
    state.destination = state.destination_before


def _begin_nothing(_: RtfState) -> None:
    pass


def _begin_nested_definition(state: RtfState) -> None:
    state.in_nested_definition = True


def _begin_info(state: RtfState) -> None:
    state.destination = "info"


def _begin_raised(state: RtfState) -> None:
    state.position = "raised"


def _begin_lowered(state: RtfState) -> None:
    state.position = "lowered"


_BEGINNINGS: dict[str, Callable[[RtfState], None]] = {
    "field": _begin_field, "fldrslt": begin_result, "shpinst": _begin_shape, "do": _begin_shape,
    "object": _begin_object, "nesttableprops": _begin_nested_definition, "info": _begin_info,
    "msup": _begin_raised, "msub": _begin_lowered, "upr": _begin_two_forms, "ud": _begin_unicode_form,
    **dict.fromkeys(("shppict", "formfield", "mmath", "moMath", "moMathPara", "shp", "shpgrp"), _begin_nothing),
}  # fmt: skip
