"""The walk over a web page: its tree becomes elements, in reading order."""

import re
from dataclasses import replace
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, Inline
from assistant.readers.web.cells import cell_inlines
from assistant.readers.web.fields import (
    field_label,
    field_value,
    is_box,
    is_ticked,
    is_value_field,
    label_text,
    labelled_field,
)
from assistant.readers.web.hidden import count_words, holds_formula, is_hidden, is_named_out, is_panel
from assistant.readers.web.listings import list_items
from assistant.readers.web.math import math_text
from assistant.readers.web.notes import clean_mark, is_back_link, is_bracketed_mark, is_mark, is_second_mark
from assistant.readers.web.paragraphs import LINE_END, split_paragraphs, strip_mark
from assistant.readers.web.pre import preformatted_elements
from assistant.readers.web.state import ItemStart, State, block_state, inline_state
from assistant.readers.web.styles import Declarations, is_struck_by
from assistant.readers.web.survey import Survey, Unread
from assistant.readers.web.tables import is_data_table, own_captions, table_content, table_unit
from assistant.readers.web.tree import (
    BLOCK_TAGS,
    NO_TEXT_TAGS,
    is_block,
    is_label,
    is_picture,
    markup_of,
    one_space,
    tag_name,
)
from assistant.structure import BlockKind, Role

_EMBEDDED_TAGS = frozenset(("iframe", "object", "embed", "video", "audio", "canvas", "applet"))
_SET_OFF_TAGS = frozenset(("a", "button", "option", "label"))  # side by side, they never touch as a page shows them
_SPECIAL_TAGS = frozenset(("math", "img", "br", "label"))
_PAGE_BREAKS = frozenset(("always", "page"))
_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:page\s+)?(?:\d{1,4}|[ivxl]{1,6}|[A-Z]-\d{1,3})[-–—\s]*", re.IGNORECASE)
_MAX_TABLE_DEPTH = 4  # of data tables in the cells of each other
_MAX_TERM_CHARS = 80  # of a term that its description stands behind
_MAX_HIDDEN_SHARE = 0.8  # of a page that shows more only when a script has run


class PageWalk:
    """Reads the elements under an element of a tree."""

    def __init__(self, survey: Survey, unread: Unread, *, state: State | None = None, table_depth: int = 0) -> None:
        self._survey = survey
        self._unread = unread
        self._table_depth = table_depth
        self._elements: list[Element] = []
        self._inlines: list[Inline] = []  # of the block that is being read
        self._states = [state or State(is_in_main=survey.main is None)]
        self._box: bool | None = None  # whether the box before the block's words is ticked
        self._read_fields: set[Any] = set()  # those that have been read with their labels
        self._term = ""  # that the next words describe
        self._last_term = ""  # that the description before had
        self._last_tag = ""  # of the element that ended right before
        self._has_title = False

    def read(self, root: Any) -> list[Element]:
        """The elements under an element."""
        from lxml import etree

        walk: Any = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event == "start":
                if not self._enter(node, is_root=node is root):
                    walk.skip_subtree()
                continue
            if event == "end":
                self._leave(node)
            if node is not root:
                self._add_text(node.tail)
        self._flush()
        self._flush_term()
        if self._box is not None:  # alone in a cell
            self._elements.append(Element("paragraph", "[x]" if self._box else "[ ]", self._states[-1].role))
        return self._elements

    def _enter(self, node: Any, *, is_root: bool) -> bool:
        """Begins an element; returns whether the walk goes into it."""
        tag = tag_name(node)
        look = self._survey.styles.look(node)
        outer = self._states[-1]
        if is_block(node, tag, look):
            self._flush()
            self._last_tag = ""
        if self._last_tag == "label" or (tag in _SET_OFF_TAGS and self._last_tag in _SET_OFF_TAGS):
            self._inlines.append(Inline(" "))
        self._states.append(outer)
        if not is_root and self._is_left_out(node, tag, look):
            return False
        if tag in _SPECIAL_TAGS or is_box(node) or is_value_field(node):
            return self._enter_special(node, tag)
        if tag in BLOCK_TAGS or tag == "button" or "role" in node.attrib:
            markup = markup_of(node, tag, look)
            outer = block_state(markup, outer, self._survey, is_before_title=not self._has_title)
        self._states[-1] = inline_state(node, tag, outer, look, self._survey)
        if tag == "table" and not is_root and self._table_depth < _MAX_TABLE_DEPTH and is_data_table(
            node, self._survey, is_in_table=self._table_depth > 0
        ):  # fmt: skip
            self._add_table(node)
            return False
        if tag == "q":
            self._add_text("“")
        if tag == "dd":
            self._term = self._term or self._last_term
        self._add_text(node.text)
        return True

    def _leave(self, node: Any) -> None:
        """Ends an element."""
        tag = tag_name(node)
        if tag == "dt":
            self._keep_term()
        if tag == "q":
            self._add_text("”")
        look = self._survey.styles.look(node) if "style" in node.attrib else {}
        if is_block(node, tag, look):
            self._flush()
        if tag in {"dd", "dl"}:
            self._flush_term()
            self._last_term = self._last_term if tag == "dd" else ""
        self._states.pop()
        self._last_tag = "label" if tag not in BLOCK_TAGS and is_label(node) else tag
        if tag == "hr" or (look and any(value in _PAGE_BREAKS for value in look.values())):
            self._mark_page_number()

    def _is_left_out(self, node: Any, tag: str, look: Declarations) -> bool:
        """Whether an element isn't read; it is counted where that matters."""
        if tag in NO_TEXT_TAGS:
            self._unread.embedded += tag in _EMBEDDED_TAGS
            self._unread.pictures += tag == "svg" and node.find(".//{*}text") is not None
            return True
        if tag == "a" and is_back_link(node, self._survey.notes, is_in_note=self._states[-1].kind == "note"):
            return True
        if is_named_out(node, self._survey):
            return True
        if tag == "math" or not is_hidden(node, look):
            return False
        is_most = self._survey.measure(node).chars > _MAX_HIDDEN_SHARE * self._survey.page.chars
        if is_most or is_panel(node, self._survey) or holds_formula(node):
            return False
        self._unread.hidden_words += count_words(node)
        return True

    def _enter_special(self, node: Any, tag: str) -> bool:
        """Reads a formula, a picture, a line's end or a form field; returns whether the walk goes into it."""
        if tag == "math":
            self._add_text(math_text(node))
        elif tag == "img":
            self._unread.pictures += is_picture(node)
        elif tag == "br":
            self._inlines.append(Inline("\n") if self._states[-1].kind == "code" else LINE_END)
        elif tag == "label":
            return self._enter_label(node)
        elif is_box(node):
            self._add_box(node)
            return len(node) > 0 or bool(node.text)
        elif node not in self._read_fields:
            self._add_field(node, field_label(node, self._survey))
        return False

    def _enter_label(self, label: Any) -> bool:
        control = labelled_field(label, self._survey)
        if control is not None and is_box(control):
            self._add_box(control)
        elif control is not None and is_value_field(control) and field_value(control):
            name = label_text(label, control)
            self._add_field(control, name)
            return False
        self._add_text(label.text)
        return True

    def _add_box(self, box: Any) -> None:
        """Adds a check box: what stands behind it is what is ticked or open."""
        if box in self._read_fields:
            return
        self._read_fields.add(box)
        if self._box is not None or any(inline.text.strip() for inline in self._inlines):
            self._flush()
        self._box = is_ticked(box)
        self._add_text(box.text)

    def _add_field(self, control: Any, label: str) -> None:
        self._read_fields.add(control)
        if value := field_value(control):
            self._flush()
            self._append(Element("field", value, self._states[-1].role, label=label))

    def _add_table(self, table: Any) -> None:
        state = self._states[-1]
        captions = (cell_inlines(self._read_inside(caption)) for caption in own_captions(table))
        title = " ".join(filter(None, map(inline_text, captions)))

        def is_left_out(node: Any) -> bool:
            return self._is_left_out(node, tag_name(node), self._survey.styles.look(node))

        content = table_content(table, lambda cell: cell_inlines(self._read_inside(cell)), is_left_out, title)
        above = self._elements[-1] if self._elements else None
        content = replace(content, unit=table_unit(content, above))
        for element in list_items(content, state.role) or [Element("table", role=state.role, table=content)]:
            self._append(element)

    def _read_inside(self, node: Any) -> list[Element]:
        """The elements in a cell or caption."""
        row, style = node.getparent(), self._states[-1].style
        style = "struck" if is_struck_by(self._survey.styles.look(row)) else style
        state = State(self._states[-1].role, style=style, is_in_main=True)
        walk = PageWalk(self._survey, self._unread, state=state, table_depth=self._table_depth + 1)
        return walk.read(node)

    def _add_text(self, text: str | None) -> None:
        if not text:
            return
        state = self._states[-1]
        is_behind_raised = self._last_tag == "sup"
        self._last_tag = self._last_tag if text.isspace() else ""
        words = text if state.kind == "code" else one_space(text)
        target = state.target
        style = state.style
        if style == "raised" and state.kind != "note" and is_mark(words):
            target = self._survey.note_key(clean_mark(words))
            before = self._inlines[-1].text if self._inlines else ""
            is_note = is_bracketed_mark(words, before) or (is_behind_raised and is_second_mark(words, before))
            style = "note_mark" if is_note else style
        self._inlines.append(Inline(words, style, target))

    def _flush(self) -> None:
        """Ends the block that is being read."""
        if not any(inline.text.strip() for inline in self._inlines):
            self._inlines = self._inlines if self._states[-1].kind == "code" else []
            return
        state, inlines = self._states[-1], self._inlines
        self._inlines = []
        if state.kind == "code":
            for element in preformatted_elements(inlines, state.role, is_code=state.is_code):
                self._append(element)
            return
        for paragraph in split_paragraphs(inlines, is_one=state.kind == "heading"):
            self._append(self._element(paragraph, state))

    def _element(self, inlines: list[Inline], state: State) -> Element:
        """A heading, list item, note, caption, field or paragraph with these words."""
        start = state.start if state.start is not None and not state.start.is_used else None
        if start is not None and (state.kind != "heading" or start.mark):
            start.is_used = True
        if state.kind == "heading":
            return Element("heading", inlines, state.role, state.level, start.mark if start is not None else "")
        if state.kind == "note":
            return self._note(inlines, state.role, start)
        box, self._box = self._box, None
        if state.kind == "item" and start is not None:
            return Element("item", inlines, state.role, state.depth, start.mark, box)
        term, self._term = ("", self._term) if box is not None or state.kind == "caption" else (self._term, "")
        kind: BlockKind = "caption" if state.kind == "caption" else "field" if term or box is not None else "paragraph"
        return Element(kind, inlines, state.role, is_ticked=box, label=term)

    def _note(self, inlines: list[Inline], role: Role, start: ItemStart | None) -> Element:
        """A note, or the next paragraph of one that has begun."""
        if start is None:
            return Element("note", inlines, role, label="footnote")
        mark, words = strip_mark(inlines, start.mark)
        key = start.key or (self._survey.note_key(mark) if mark else "")
        return Element("note", words, role, mark=mark, label="footnote", key=key)

    def _append(self, element: Element) -> None:
        if self._term and element.kind != "field":
            self._flush_term()
        is_title = element.kind == "heading" and (element.level == 1 or not self._survey.has_title)
        self._has_title |= is_title and element.role == "body"
        self._elements.append(element)

    def _mark_page_number(self) -> None:
        """Marks the words right before a page's end, where they are nothing but its number."""
        last = self._elements[-1] if self._elements else None
        if last is not None and last.kind == "paragraph" and _PAGE_NUMBER.fullmatch(inline_text(last.content)):
            self._elements[-1] = replace(last, role="page_number")

    def _keep_term(self) -> None:
        """Keeps the term that has been read for the description behind it, unless it is long or a question."""
        term = inline_text([inline for inline in self._inlines if inline is not LINE_END]).removesuffix(":")
        if term and len(term) <= _MAX_TERM_CHARS and not term.endswith(("?", "!", ".")):
            self._inlines = []
            self._term = f"{self._term}, {term}" if self._term else term
        self._last_term = self._term

    def _flush_term(self) -> None:
        if self._term:
            term, self._term = self._term, ""
            self._elements.append(Element("paragraph", term, self._states[-1].role))
