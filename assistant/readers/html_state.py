"""What holds inside an element of a web page: whose words it has, what kind of block they are, how they look."""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.readers.elements import InlineStyle
from assistant.readers.html_hidden import is_opener
from assistant.readers.html_lists import ListNumbers, start_list
from assistant.readers.html_notes import is_list_of_notes, is_note
from assistant.readers.html_roles import is_beside_main, is_menu, is_teaser, role_of
from assistant.readers.html_styles import Declarations, is_struck_by
from assistant.readers.html_survey import Survey
from assistant.readers.html_tree import HEADING_TAGS, LIST_TAGS, names_of, tag_name, types_of
from assistant.structure import Role

StateKind = Literal["paragraph", "heading", "item", "caption", "note", "code"]

_STYLE_RANKS: dict[InlineStyle, int] = {
    "plain": 0, "link": 1, "lowered": 2, "raised": 2, "note_mark": 3, "struck": 4
}  # fmt: skip
_STRUCK_TAGS = frozenset(("del", "s", "strike"))
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


def block_state(
    node: Any, tag: str, outer: State, look: Declarations, survey: Survey, *, is_before_title: bool
) -> State:
    """What holds inside a block.

    Args:
        node: the block.
        tag: its tag.
        outer: what holds around it.
        look: its style.
        survey: of the page.
        is_before_title: whether no heading of the page has come yet.
    """
    names, types = names_of(node), types_of(node)
    role = outer.role
    if role == "body":
        role = _block_role(node, tag, names, types, survey, is_before_title=is_before_title, outer=outer)
    state = replace(outer, role=role, is_in_main=outer.is_in_main or node is survey.main)
    if tag in HEADING_TAGS or "heading" in types:
        level = int(tag[1]) if tag in HEADING_TAGS else _aria_level(node)
        return replace(state, kind="heading", level=level)
    if tag in _CODE_TAGS:
        is_code = tag == "xmp" or _CODE_NAME.search(names) is not None
        return replace(state, kind="code", is_code=is_code or any(tag_name(inner) in _CODE_CHILDREN for inner in node))
    if tag in {"figcaption", "caption"}:
        return replace(state, kind="caption")
    if (noted := _note_state(node, tag, names, types, state, look, survey)) is not None:
        return noted
    if tag in LIST_TAGS:
        depth = state.depth + 1
        return replace(state, kind="paragraph", start=None, depth=depth, numbers=start_list(node, look, depth))
    if tag == "li":
        mark = state.numbers.next_mark(node, look) if state.numbers else ""
        return replace(state, kind="item", start=ItemStart(mark), depth=max(state.depth, 0))
    if tag in {"td", "th", "dd", "dt"}:
        return replace(state, kind="paragraph", start=None)
    return state


def inline_state(node: Any, tag: str, outer: State, look: Declarations, survey: Survey) -> State:
    """What holds inside an element as to the look of its characters."""
    style, target = _own_style(node, tag, look, survey)
    if style == "plain" or _STYLE_RANKS[style] < _STYLE_RANKS[outer.style]:
        return outer
    return replace(outer, style=style, target=target)


def _own_style(node: Any, tag: str, look: Declarations, survey: Survey) -> tuple[InlineStyle, str]:
    if tag in _STRUCK_TAGS or (look and is_struck_by(look)):
        return "struck", ""
    if tag == "a":
        if key := survey.notes.references.get(node):
            return "note_mark", key
        href = (node.get("href") or "").strip()
        if href and not href.lower().startswith(_UNLED_TARGETS):
            return "link", href
    alignment = look.get("vertical-align", "") if look else ""
    if tag == "sup" or alignment == "super":
        return "raised", ""
    return ("lowered", "") if tag == "sub" or alignment == "sub" else ("plain", "")


def _block_role(
    node: Any, tag: str, names: str, types: frozenset[str], survey: Survey, *, is_before_title: bool, outer: State
) -> Role:
    """The role of a block that stands in the body."""
    measure = survey.measure(node)
    role = role_of(node, tag, names, types, survey)
    if role is not None:
        return role
    if is_teaser(node, tag, measure) or (tag == "button" and not is_opener(node)):
        return "navigation"
    if not outer.is_in_main and survey.is_beside_main(node) and is_beside_main(node, survey):
        return "navigation"
    if is_menu(tag, measure, is_before_title=is_before_title):
        return "contents" if measure.fragment_links >= 0.8 * measure.links else "navigation"
    return "body"


def _note_state(
    node: Any, tag: str, names: str, types: frozenset[str], state: State, look: Declarations, survey: Survey
) -> State | None:
    """What holds inside a note, or a list of notes; None for anything else."""
    note = survey.notes.notes.get(node)
    if note is not None:
        if tag == "li" and state.numbers:
            state.numbers.next_mark(node, look)  # it counts, but its reference has its mark as it is read
        return replace(state, kind="note", start=ItemStart(note.mark, note.key))
    if is_list_of_notes(tag, types, names):
        return replace(
            state, kind="paragraph", is_in_notes=True, start=None, depth=state.depth + 1,
            numbers=start_list(node, look, 0) if tag in LIST_TAGS else None,
        )  # fmt: skip
    if state.is_in_notes and tag in LIST_TAGS and state.kind != "note":
        return replace(state, start=None, numbers=start_list(node, look, 0))
    is_own = state.is_in_notes and state.kind != "note" and _is_one_note(node, tag, survey)
    if not is_own and not (state.kind != "note" and is_note(tag, types, names)):
        return None
    mark = state.numbers.next_mark(node, look).rstrip(".") if tag == "li" and state.numbers else ""
    return replace(state, kind="note", start=ItemStart(mark))


def _is_one_note(node: Any, tag: str, survey: Survey) -> bool:
    """Whether an element in a list of notes is one of them."""
    return tag in {"li", "p", "dd"} or (tag == "div" and not survey.measure(node).paragraphs and not len(node) > 50)


def _aria_level(node: Any) -> int:
    level = node.get("aria-level") or ""
    return int(level) if level.isascii() and level.isdigit() and len(level) == 1 else 2
