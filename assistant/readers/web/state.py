"""What holds inside an element of a web page: whose words it has, what kind of block they are, how they look."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.readers.elements import InlineStyle
from assistant.readers.web.hidden import is_opener
from assistant.readers.web.lists import ListNumbers, start_list
from assistant.readers.web.notes import is_list_of_notes, is_note
from assistant.readers.web.roles import is_beside_main, is_contents, is_menu, is_teaser, role_of
from assistant.readers.web.styles import Declarations, is_struck_by
from assistant.readers.web.survey import Survey
from assistant.readers.web.tree import HEADING_TAGS, LIST_TAGS, Markup, names_of, tag_name
from assistant.structure import Role

StateKind = Literal["paragraph", "heading", "item", "caption", "note", "code"]

_STYLE_RANKS: dict[InlineStyle, int] = {
    "plain": 0, "link": 1, "lowered": 2, "raised": 2, "note_mark": 3, "struck": 4
}  # fmt: skip
_STRUCK_TAGS = frozenset(("del", "s", "strike"))
_STRUCK_NAME = re.compile(r"\s(?:line-through|strike-?through|strike|struck|text-decoration-line-through)\s")
_CODE_TAGS = frozenset(("pre", "listing", "xmp", "plaintext"))
_CODE_CHILDREN = frozenset(("code", "samp", "kbd"))
_CODE_NAME = re.compile(
    r"[\s_-](?:code|highlight|source|sourcecode|language|lang|brush|prettyprint|hljs|listing)(?=[\s_:-])"
)
_UNLED_TARGETS = ("#", "javascript:", "data:", "vbscript:")  # of links that lead nowhere


@dataclass(slots=True)
class ItemStart:
    """The mark of a list item or note, which its first words have."""

    mark: str = ""
    key: str = ""
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What holds inside an element.

    Attributes:
        role: whose words it holds.
        kind: of its blocks.
        level: of a heading.
        depth: of the lists around, counted from 0.
        style: of its characters.
        target: where a link leads; the key of a note.
        start: the mark of the list item or note.
        numbers: of the list.
        is_in_notes: whether each item or paragraph is a note.
        is_in_main: whether it is part of the page's main part.
        is_code: whether the page says that the preformatted text is code.
    """

    role: Role = "body"
    kind: StateKind = "paragraph"
    level: int = 0
    depth: int = -1
    style: InlineStyle = "plain"
    target: str = ""
    start: ItemStart | None = None
    numbers: ListNumbers | None = None
    is_in_notes: bool = False
    is_in_main: bool = False
    is_code: bool = False


def block_state(markup: Markup, outer: State, survey: Survey, *, is_before_title: bool) -> State:
    """What holds inside a block.

    Args:
        markup: of the block.
        outer: what holds around it.
        survey: of the page.
        is_before_title: whether no heading of the page has come yet.
    """
    tag, role = markup.tag, outer.role
    if role == "body":
        role = _block_role(markup, survey, outer, is_before_title=is_before_title)
    state = replace(outer, role=role, is_in_main=outer.is_in_main or markup.node is survey.main)
    if tag in HEADING_TAGS or "heading" in markup.types:
        level = int(tag[1]) if tag in HEADING_TAGS else _aria_level(markup.node)
        return replace(state, kind="heading", level=level)
    if tag in _CODE_TAGS:
        return replace(state, kind="code", is_code=_is_code(markup))
    if tag in {"figcaption", "caption"}:
        return replace(state, kind="caption")
    return _note_state(markup, state, survey) or _list_state(markup, state)


def _list_state(markup: Markup, state: State) -> State:
    """What holds inside a list, one of its items, or a cell; what holds around anything else."""
    if markup.tag in LIST_TAGS:
        depth = state.depth + 1
        numbers = start_list(markup.node, markup.look, depth)
        return replace(state, kind="paragraph", start=None, depth=depth, numbers=numbers)
    if markup.tag == "li":
        mark = state.numbers.next_mark(markup.node, markup.look) if state.numbers else ""
        return replace(state, kind="item", start=ItemStart(mark), depth=max(state.depth, 0))
    return replace(state, kind="paragraph", start=None) if markup.tag in {"td", "th", "dd", "dt"} else state


def inline_state(node: Any, tag: str, outer: State, look: Declarations, survey: Survey) -> State:
    """What holds inside an element as to the look of its characters."""
    style, target = _own_style(node, tag, look, survey)
    if style == "plain" or _STYLE_RANKS[style] < _STYLE_RANKS[outer.style]:
        return outer
    return replace(outer, style=style, target=target)


def _own_style(node: Any, tag: str, look: Declarations, survey: Survey) -> tuple[InlineStyle, str]:
    if tag in _STRUCK_TAGS or (look and is_struck_by(look)) or _has_struck_name(node):
        return "struck", ""
    if tag == "a" and (key := survey.notes.references.get(node)):
        return "note_mark", key
    if tag == "a":
        href = (node.get("href") or "").strip()
        if href and not href.lower().startswith(_UNLED_TARGETS):
            return "link", href
    alignment = look.get("vertical-align", "") if look else ""
    if tag == "sup" or alignment == "super":
        return "raised", ""
    return ("lowered", "") if tag == "sub" or alignment == "sub" else ("plain", "")


def _has_struck_name(node: Any) -> bool:
    return "class" in node.attrib and _STRUCK_NAME.search(names_of(node)) is not None


def _block_role(markup: Markup, survey: Survey, outer: State, *, is_before_title: bool) -> Role:
    """The role of a block that stands in the body."""
    node, tag = markup.node, markup.tag
    measure = survey.measure(node)
    role = role_of(markup, survey)
    if role is not None:
        return role
    is_aside = not outer.is_in_main and survey.is_beside_main(node) and is_beside_main(node, survey)
    if is_aside or is_teaser(node, tag, measure) or (tag == "button" and not is_opener(node)):
        return "navigation"
    if (tag in LIST_TAGS or tag == "table") and is_contents(measure):
        return "contents"
    return "navigation" if is_menu(tag, measure, is_before_title=is_before_title) else "body"


def _note_state(markup: Markup, state: State, survey: Survey) -> State | None:
    """What holds inside a note, or a list of notes; None for anything else."""
    node, tag, types, names = markup.node, markup.tag, markup.types, markup.names
    note = survey.notes.notes.get(node)
    if note is not None:
        _next_number(markup, state)  # it counts, but the note has the mark of what refers to it
        return replace(state, kind="note", start=ItemStart(note.mark, note.key))
    is_in_note = state.kind == "note"
    if not is_in_note and (is_list_of_notes(tag, types, names) or (state.is_in_notes and tag in LIST_TAGS)):
        numbers = start_list(node, markup.look, 0) if tag in LIST_TAGS else None
        return replace(state, kind="paragraph", is_in_notes=True, start=None, numbers=numbers)
    if is_in_note or not (is_note(tag, types, names) or (state.is_in_notes and _is_one_note(node, tag, survey))):
        return None
    return replace(state, kind="note", start=ItemStart(_next_number(markup, state).rstrip(".")))


def _next_number(markup: Markup, state: State) -> str:
    is_counted = markup.tag == "li" and state.numbers is not None
    return state.numbers.next_mark(markup.node, markup.look) if is_counted and state.numbers else ""


def _is_code(markup: Markup) -> bool:
    """Whether a page says that preformatted text is code."""
    is_named = markup.tag == "xmp" or _CODE_NAME.search(markup.names) is not None
    return is_named or any(tag_name(inner) in _CODE_CHILDREN for inner in markup.node)


def _is_one_note(node: Any, tag: str, survey: Survey) -> bool:
    """Whether an element in a list of notes is one of them."""
    return tag in {"li", "p", "dd"} or (tag == "div" and not survey.measure(node).paragraphs and not len(node) > 50)


def _aria_level(node: Any) -> int:
    level = node.get("aria-level") or ""
    return int(level) if level.isascii() and level.isdigit() and len(level) == 1 else 2
