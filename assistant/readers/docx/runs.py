"""The characters of a paragraph in a Word file: how they look, what they lead to, and what is anchored in them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from assistant.readers.docx.fields import OPEN, PAGE_NUMBER, TICKED, form_text
from assistant.readers.docx.inlines import joined, with_boxes
from assistant.readers.docx.story import NoteReference, Story
from assistant.readers.docx.styles import RunLook, run_look
from assistant.readers.docx.symbols import symbol, with_symbols
from assistant.readers.docx.xml import alternative, has_switch, is_on, is_set, qualified_name, value
from assistant.readers.elements import Inline, InlineStyle
from assistant.readers.left_out import HIDDEN
from assistant.readers.office.math import math_text
from assistant.readers.office.package import attribute, child, local_name, named
from assistant.structure import Role

_WRAPPERS = frozenset(("ins", "moveTo", "smartTag", "customXml", "bdo", "dir", "sdtContent", "rubyBase"))
_DELETED = frozenset(("del", "moveFrom"))
_SPACES = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DRAWINGS = frozenset(("drawing", "pict", "object"))
_CODE = re.compile("[0-9A-Fa-f]{1,6}")
_SMALLER = 0.9  # times the size of the text around it: raised characters are smaller, moved lines are not


@dataclass(frozen=True, slots=True)
class ParagraphContent:
    """What a paragraph says.

    Attributes:
        inlines: its text.
        is_ticked: where it begins with its only check box, whether that is ticked.
        role: by the field that it stands in.
        notes: those that it refers to, in order.
        drawings: the drawings that are anchored in it.
    """

    inlines: tuple[Inline, ...] = ()
    is_ticked: bool | None = None
    role: Role = "body"
    notes: tuple[NoteReference, ...] = ()
    drawings: tuple[Any, ...] = ()


class _Around(NamedTuple):
    """What holds for the characters by what is around them."""

    look: RunLook  # of the paragraph
    is_deleted: bool = False
    link: str = ""


@dataclass(slots=True)
class _Collected:
    """What was found of a paragraph so far."""

    inlines: list[Inline] = field(default_factory=list)
    notes: list[NoteReference] = field(default_factory=list)
    drawings: list[Any] = field(default_factory=list)
    role: Role = "body"
    has_words: bool = False

    def add(self, inline: Inline) -> None:
        """Adds characters."""
        self.inlines.append(inline)
        self.has_words = self.has_words or bool(inline.text.strip())


def read_paragraph(paragraph: Any, story: Story, look: RunLook) -> ParagraphContent:
    """Reads the characters of a paragraph.

    Args:
        paragraph: the element.
        story: the text that it belongs to.
        look: that of its style.
    """
    collected = _Collected()
    _read_children(paragraph, _Around(look), story, collected)
    story.fields.end_paragraph()
    inlines, is_ticked = with_boxes(tuple(joined(collected.inlines)))
    return ParagraphContent(inlines, is_ticked, collected.role, tuple(collected.notes), tuple(collected.drawings))


def _read_children(container: Any, around: _Around, story: Story, collected: _Collected) -> None:
    for element in container:
        name = qualified_name(element)
        prefix, _, word = name.rpartition(":")
        if name == "w:r":
            _read_run(element, around, story, collected)
        elif name == "w:hyperlink":
            _read_children(element, around._replace(link=_target(element, story) or around.link), story, collected)
        elif prefix == "w" and word in _DELETED:
            _read_children(element, around._replace(is_deleted=True), story, collected)
        elif prefix == "w" and word in _WRAPPERS:
            _read_children(element, around, story, collected)
        elif name == "w:fldSimple":
            story.fields.begin()
            story.fields.instruct(attribute(element, "instr") or "")
            story.fields.separate()
            _read_children(element, around, story, collected)
            story.fields.end()
        elif name == "w:sdt":
            _read_control(element, around, story, collected)
        elif name in {"m:oMath", "m:oMathPara"}:
            _add(math_text(element), "plain", around, story, collected)
        elif name == "mc:AlternateContent" and (form := alternative(element)) is not None:
            _read_children(form, around, story, collected)


def _target(hyperlink: Any, story: Story) -> str:
    """The address that a link leads to; "" for a place in the file itself."""
    relation = story.part.relations.get(attribute(hyperlink, "id") or "")
    if relation is None or not relation.is_external:
        return ""
    anchor = attribute(hyperlink, "anchor")
    return f"{relation.target}#{anchor}" if anchor and "#" not in relation.target else relation.target


def _read_control(control: Any, around: _Around, story: Story, collected: _Collected) -> None:
    """A content control: its box, or what was filled in."""
    properties = child(control, "sdtPr")
    box = child(properties, "checkbox")
    if box is not None:
        checked = child(box, "checked")
        is_ticked = checked is not None and is_on(checked)
        _add(TICKED if is_ticked else OPEN, "plain", around, story, collected)
    elif not has_switch(properties, "showingPlcHdr"):  # else it shows what to fill in
        _read_children(control, around, story, collected)


def _read_run(run: Any, around: _Around, story: Story, collected: _Collected) -> None:
    properties = child(run, "rPr")
    look = run_look(properties)
    if style_id := value(properties, "rStyle"):
        look = look.over(story.styles.character(style_id))
    look = look.over(around.look)
    _RunReader(around, look, story, collected).read(run)


@dataclass(frozen=True, slots=True)
class _RunReader:
    """Reads a run: characters of one look."""

    around: _Around
    look: RunLook
    story: Story
    collected: _Collected

    def read(self, run: Any) -> None:
        """Reads what is in it, in order."""
        for element in run:
            name = local_name(element)
            if name in {"t", "delText"}:
                self._text(with_symbols(element.text or "", self.look.font), is_deleted=name == "delText")
            elif name in _SPACES:
                self._text(_SPACES[name])
            elif name == "sym":
                self._text(_symbol(element))
            elif name in _DRAWINGS:
                self.collected.drawings.append(element)
            elif name == "AlternateContent" and (form := alternative(element)) is not None:
                self.read(form)
            elif read := _RUN_PARTS.get(name):
                read(self, element)

    def field_mark(self, element: Any) -> None:
        """Where a field begins, shows its result, or ends."""
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            text = form_text(child(element, "ffData"))
            self._append(text)
            self.story.fields.begin(has_own_text=bool(text))
        elif kind == "separate":
            self.story.fields.separate()
        elif kind == "end":
            is_page_number = self.story.is_furniture and self.story.fields.is_page_number
            self.story.fields.end()
            if is_page_number:  # even where the file holds no number
                self._append(PAGE_NUMBER)

    def instruction(self, element: Any) -> None:
        """What a field is told to show."""
        self.story.fields.instruct(element.text or "")

    def page_number(self, _: Any) -> None:
        """The number of the page, without a field."""
        if self.story.is_furniture:
            self._append(PAGE_NUMBER)

    def note_reference(self, element: Any) -> None:
        """The mark of a footnote or endnote; one of its author's own follows in the same run."""
        kind = local_name(element).removesuffix("Reference")
        if self.story.fields.is_shown and not (self.around.is_deleted or self.look.is_hidden):
            note_id, has_own_mark = attribute(element, "id") or "", is_set(element, "customMarkFollows")
            own_mark = _own_mark(element.getnext()) if has_own_mark else ""
            self._refer(self.story.notes.refer(self.story.part, kind, note_id, own_mark), is_written=has_own_mark)

    def comment_reference(self, element: Any) -> None:
        """The place that a comment is about ends here."""
        if self.story.fields.is_shown:
            self._refer(self.story.notes.refer(self.story.part, "comment", attribute(element, "id") or ""))

    def ruby(self, element: Any) -> None:
        """Words with their pronunciation above them, which follows in brackets."""
        _read_children(element, self.around, self.story, self.collected)
        pronunciation = "".join(
            text.text or "" for run in named(child(element, "rt"), "r") for text in named(run, "t")
        )  # fmt: skip
        self._text(f"({pronunciation})" if pronunciation.strip() else "")

    def _refer(self, reference: NoteReference | None, *, is_written: bool = False) -> None:
        if reference is None:
            return
        self.collected.notes.append(reference)
        mark = reference.mark if not is_written else ""
        self.collected.add(Inline(mark, "note_mark", reference.key))

    def _text(self, text: str, *, is_deleted: bool = False) -> None:
        fields = self.story.fields
        if not fields.is_shown or not text:
            return
        if self.look.is_hidden:
            self.story.findings.left_out[HIDDEN] += bool(text.strip())
            return
        if self.story.is_furniture and fields.is_page_number:
            self._append(PAGE_NUMBER)
            return
        if is_deleted or self.around.is_deleted:
            self.collected.add(Inline(text.strip(), "struck"))  # its white space parts no words
            return
        self.story.findings.count_language(self.look.language_of(text), len(text))
        self._append(text)

    def _append(self, text: str) -> None:
        _add(text, _style(self.look, self.around.look), self.around, self.story, self.collected)


_RUN_PARTS: dict[str, Callable[[_RunReader, Any], None]] = {
    "fldChar": _RunReader.field_mark,
    "instrText": _RunReader.instruction,
    "pgNum": _RunReader.page_number,
    "footnoteReference": _RunReader.note_reference,
    "endnoteReference": _RunReader.note_reference,
    "commentReference": _RunReader.comment_reference,
    "ruby": _RunReader.ruby,
}


def _own_mark(element: Any) -> str:
    """The characters behind a reference that stand for its mark."""
    if element is None:
        return ""
    if local_name(element) == "sym":
        return _symbol(element)
    return element.text or "" if local_name(element) == "t" else ""


def _symbol(element: Any) -> str:
    """The sign of a symbol font that an element names by its code."""
    code = attribute(element, "char") or ""
    return symbol(attribute(element, "font") or "", int(code, 16)) if _CODE.fullmatch(code) else ""


def _style(look: RunLook, around: RunLook) -> InlineStyle:
    """The style of characters by their look and that of their paragraph."""
    if look.is_struck:
        return "struck"
    if look.position in {"superscript", "subscript"}:
        return "raised" if look.position == "superscript" else "lowered"
    if look.lift and look.size and around.size and look.size < _SMALLER * around.size:
        return "raised" if look.lift > 0 else "lowered"
    return "plain"


def _add(text: str, style: InlineStyle, around: _Around, story: Story, collected: _Collected) -> None:
    if not story.fields.is_shown or not text:
        return
    if not collected.has_words:
        collected.role = story.fields.role
    target = ""
    if around.is_deleted:
        style, text = "struck", text.strip()
    elif style == "plain" and (target := around.link or story.fields.link):
        style = "link"
    collected.add(Inline(text, style, target))
