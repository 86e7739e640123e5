"""Footnotes of web pages: which links refer to a note, and which elements are notes."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import unquote

from assistant.readers.extract import collapse_whitespace
from assistant.readers.web.styles import StyleRules
from assistant.readers.web.tree import BLOCK_TAGS, HEADING_TAGS, names_of, tag_name, types_of

_NOTE_TYPES = frozenset(("footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"))
_NOTE_LIST_TYPES = frozenset(("footnotes", "endnotes", "rearnotes", "doc-endnotes"))
_REFERENCE_TYPES = frozenset(("noteref", "doc-noteref"))
_NOTE_NAME = re.compile(r"[\s_-](?:foot|end)[_-]?note(?:[_-]?(?:text|item|body|content))?[\s_\d-]")
_NOTES_NAME = re.compile(
    r"[\s_-](?:foot|end)[_-]?notes(?:[_-]?(?:list|section|container|body|content|sep))?[\s_-]|[\s]fn-?list[\s]"
)
_REFERENCE_NAME = re.compile(
    r"[\s_-](?:(?:foot|end)?note[_-]?(?:ref(?:erence)?|anchor|call)|fn[_-]?(?:ref|anchor))s?[\s_\d-]"
)
_NOTE_ID = re.compile(
    r"(?:_?(?:ft|ed)n|fn|(?:foot|end)?[_-]?note|cite_note|en)s?(?:[-_:.]?(?:ref)?)?[-_:.]?\w*", re.IGNORECASE
)
_MARK = re.compile(
    r"\s*[\[(]?\s*(?:\w{1,4}|(?:note|n\.?b?|fn|nb)[ .]{0,2}\d{1,3}|[*†‡§¶#‖]{1,4})\s*[\])]?[.:]?\s*", re.IGNORECASE
)
_BACK = re.compile(
    r"[\s↩↑⤴⏎^←⮐▲▴\u2191\u21a9\ufe0e\ufe0f\[\]]+|back(?: to (?:text|content))?|jump up|return(?: to text)?",
    re.IGNORECASE,
)
_BACK_NAME = re.compile(r"[\s_-](?:foot)?note[_-]?back(?:ref|link)?[\s-]|backlink|backref|[\s-]reversefootnote[\s-]")
_RAISED_TAGS = frozenset(("sup",))
_NOT_NOTES = frozenset(("html", "body", "main", "article", "table", "tr", "td", "th", "ul", "ol", "nav"))
_NUMBER_IN_BRACKETS = re.compile(r"\s*\(\d{1,3}\)\s*")
_SECOND_MARK = re.compile(r"\d{1,3}|[a-z]|[*†‡§¶#‖]{1,3}")
_WORD_END = re.compile(r"(?:[^\W\d_]{3}|\d|[.,:;!?)])\s*$")
_MAX_MARK_CHARS = 20
_MAX_CLIMB = 6  # elements from the target of a link to the block that is its note
_MAX_NOTE_ELEMENTS = 2_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note to which something refers."""

    key: str
    mark: str  # as the reference has it


@dataclass(frozen=True, slots=True)
class NoteLinks:
    """The notes of a page.

    Attributes:
        notes: by the block that holds each.
        references: the key of the note that each link refers to.
        reference_ids: the ids at which references stand; notes lead back there.
        outer_targets: the pages and ids of notes on other pages, as in "notes.xhtml#n1".
    """

    notes: Mapping[Any, Note] = field(default_factory=dict)
    references: Mapping[Any, str] = field(default_factory=dict)
    reference_ids: frozenset[str] = frozenset()
    outer_targets: frozenset[str] = frozenset()


def find_notes(root: Any, styles: StyleRules, page: str, note_targets: frozenset[str]) -> NoteLinks:
    """Finds the notes of a page: a note stands behind the link that refers to it, and the link is a mark.

    Args:
        root: of lxml.
        styles: of the page.
        page: its name among those that are read together.
        note_targets: the ids in it that other pages refer to as notes.
    """
    candidates = [(link, *_target(link, page)) for link in root.iter("{*}a") if _may_refer(link, styles)]
    inner = {identity for _, target_page, identity in candidates if target_page == page}
    targets, positions = _find_targets(root, inner | note_targets, {link for link, _, _ in candidates})
    notes: dict[Any, Note] = {}
    references: dict[Any, str] = {}
    blocks: dict[str, Any] = {}  # of the targets
    for link, target_page, identity in candidates:
        position, target = targets.get(identity, (-1, None))
        if target_page != page:
            references[link] = f"{target_page}#{identity}"
        elif position > positions[link] or _is_explicit(link):
            if identity not in blocks:
                blocks[identity] = _note_block(target)
            block = blocks[identity]
            if block is not None and block not in link.iterancestors():
                note = notes.setdefault(block, Note(f"{page}#{identity}", clean_mark("".join(link.itertext()))))
                references[link] = note.key
    for identity in note_targets & targets.keys():
        block = _note_block(targets[identity][1])
        if block is not None:
            notes.setdefault(block, Note(f"{page}#{identity}", ""))
    outer = {key for key in references.values() if not key.startswith(f"{page}#")}
    return NoteLinks(notes, references, frozenset(_ids_around(references)), frozenset(outer))


def _find_targets(
    root: Any, identities: Collection[str], links: Collection[Any]
) -> tuple[dict[str, tuple[int, Any]], dict[Any, int]]:
    """The place in the page of each id, with its element, and of each link."""
    targets: dict[str, tuple[int, Any]] = {}
    positions: dict[Any, int] = {}
    if not identities:
        return targets, dict.fromkeys(links, 0)
    for position, node in enumerate(root.iter("*")):
        if node in links:
            positions[node] = position
        for identity in (node.get("id"), node.get("name")):
            if identity in identities:
                targets.setdefault(identity, (position, node))
    return targets, positions


def is_note(tag: str, types: frozenset[str], names: str) -> bool:
    """Whether a block says itself that it is a note."""
    if types & _NOTE_TYPES:
        return True
    return tag in {"p", "aside", "div", "li", "dd"} and bool(_NOTE_NAME.search(names))


def is_list_of_notes(tag: str, types: frozenset[str], names: str) -> bool:
    """Whether an element holds notes: each item or paragraph in it is one."""
    if types & _NOTE_LIST_TYPES:
        return True
    if tag in {"ol", "ul", "section", "footer", "dl"}:
        return bool(_NOTE_NAME.search(names) or _NOTES_NAME.search(names))
    return tag in {"div", "aside"} and bool(_NOTES_NAME.search(names))


def is_back_link(link: Any, notes: NoteLinks, *, is_in_note: bool) -> bool:
    """Whether a link of a note only leads back to the text."""
    if "doc-backlink" in types_of(link) or "backlink" in types_of(link) or _BACK_NAME.search(names_of(link)):
        return True
    identity = (link.get("href") or "").partition("#")[2]
    if not identity or not (is_in_note or identity in notes.reference_ids):
        return False
    text = _short_text(link)
    is_arrow = bool(text.strip()) and bool(_BACK.fullmatch(text.strip()))
    return is_arrow or (is_in_note and identity in notes.reference_ids and bool(_MARK.fullmatch(text)))


def is_mark(text: str) -> bool:
    """Whether a text looks like the mark of a note."""
    return len(text) <= _MAX_MARK_CHARS and _MARK.fullmatch(text) is not None


def is_bracketed_mark(raised: str, before: str) -> bool:
    """Whether raised characters in brackets are the mark of a note, and no exponent as in f⁽²⁾.

    >>> is_bracketed_mark("[a]", "so"), is_bracketed_mark("(1)", "Compensation"), is_bracketed_mark("(2)", "f")
    (True, True, False)
    """
    is_square = raised.strip().startswith("[") and raised.strip().endswith("]")
    return is_square or (_NUMBER_IN_BRACKETS.fullmatch(raised) is not None and _WORD_END.search(before) is not None)


def is_second_mark(raised: str, before: str) -> bool:
    """Whether raised characters right behind other raised ones are the mark of a note, as in m² ¹.

    >>> is_second_mark("1", "2"), is_second_mark("*", "2"), is_second_mark("6", "-"), is_second_mark("-", "2")
    (True, True, False, False)
    """
    return before[-1:].isdigit() and _SECOND_MARK.fullmatch(raised.strip()) is not None


def clean_mark(mark: str) -> str:
    """The mark of a note without the brackets and the stop around it."""
    return collapse_whitespace(mark).strip("[]().: ")


def _may_refer(link: Any, styles: StyleRules) -> bool:
    """Whether a link may refer to a note: it looks like a note mark, and is raised or is called one."""
    identity = unquote((link.get("href") or "").partition("#")[2])
    if not identity or not _MARK.fullmatch(_short_text(link)):
        return False
    return _is_explicit(link) or _is_raised(link, styles) or bool(_NOTE_ID.fullmatch(identity))


def _is_explicit(link: Any) -> bool:
    return bool(types_of(link) & _REFERENCE_TYPES) or bool(_REFERENCE_NAME.search(names_of(link)))


def _is_raised(link: Any, styles: StyleRules) -> bool:
    around = [link, *islice(link.iterancestors(), 3), *islice(link.iterdescendants("*"), 3)]
    return any(tag_name(node) in _RAISED_TAGS or styles.look(node).get("vertical-align") == "super" for node in around)


def _short_text(node: Any) -> str:
    """The text of an element of a few words; more of one that has many is of no interest."""
    return "".join(islice(node.itertext(), 6))[:40]


def _target(link: Any, page: str) -> tuple[str, str]:
    """The page and the id that a link leads to."""
    address, _, identity = (link.get("href") or "").partition("#")
    return _page_name(address, page), unquote(identity).strip()


def _page_name(address: str, page: str) -> str:
    """The name of the page at an address that is relative to another page."""
    import posixpath

    if not address or "://" in address:
        return address or page
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(address)))


def _note_block(target: Any) -> Any:
    """The block that a target is or stands in; None where it is none that may be a note."""
    node = target
    for _ in range(_MAX_CLIMB):
        if node is None:
            return None
        tag = tag_name(node)
        if tag in _NOT_NOTES or tag in HEADING_TAGS:
            return None
        if tag in BLOCK_TAGS:
            break
        node = node.getparent()
    if node is None or tag_name(node) not in BLOCK_TAGS:
        return None
    inside = list(islice(node.iter("*"), _MAX_NOTE_ELEMENTS))
    if len(inside) == _MAX_NOTE_ELEMENTS or any(tag_name(inner) in HEADING_TAGS for inner in inside):
        return None
    return node


def _ids_around(references: Mapping[Any, str]) -> Iterator[str]:
    """The ids of the references, and of what is close around them."""
    for link in references:
        for node in (link, *islice(link.iterancestors(), 2), *islice(link.iterdescendants("*"), 2)):
            yield from filter(None, (node.get("id"), node.get("name")))
