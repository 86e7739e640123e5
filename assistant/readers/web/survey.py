"""A first look over a page, before it is read: how long its parts are, what is a link there, what belongs together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.readers.web.notes import NoteLinks, find_notes
from assistant.readers.web.styles import StyleRules, style_rules
from assistant.readers.web.tree import BLOCK_TAGS, HEADING_TAGS, fragment_of, tag_name, types_of

_UNREAD_TAGS = frozenset(("script", "style", "template", "noscript"))
_CONTROL_TAGS = frozenset(("input", "select", "textarea"))
_OPENING_ATTRIBUTES = ("aria-controls", "data-target", "data-bs-target", "aria-owns", "data-toggle-target", "data-tab")
_MIN_MAIN_SHARE = 0.3  # of a page's characters, for its main part


@dataclass(slots=True)
class Measure:
    """What an element holds, with all that is in it."""

    chars: int = 0
    linked_chars: int = 0
    links: int = 0
    fragment_links: int = 0  # to a part of the same page
    headings: int = 0
    paragraphs: int = 0
    tables: int = 0

    def add(self, inner: "Measure") -> None:
        """Adds what an element inside holds."""
        self.chars += inner.chars
        self.linked_chars += inner.linked_chars
        self.links += inner.links
        self.fragment_links += inner.fragment_links
        self.headings += inner.headings
        self.paragraphs += inner.paragraphs
        self.tables += inner.tables


_NOTHING = Measure()


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a page before it is read.

    Attributes:
        name: of the page among those that are read together, such as the chapters of a book.
        page: the measure of all of it.
        styles: its style sheets.
        notes: its notes, and what refers to them.
        has_title: whether it has a heading of the first level.
        main: the element that the page says is its main part; None where none does.
        panels: the ids of elements that a button or tab opens.
        controls: the form fields by their ids.
        labels: the label elements by the id of their field.
        measures: of blocks.
        main_ancestors: the elements that the main part stands in.
    """

    name: str
    page: Measure
    styles: StyleRules
    notes: NoteLinks
    has_title: bool
    main: Any
    panels: frozenset[str]
    controls: Mapping[str, Any]
    labels: Mapping[str, Any]
    measures: Mapping[Any, Measure]
    main_ancestors: frozenset[Any]

    def is_beside_main(self, node: Any) -> bool:
        """Whether a block stands beside the main part of the page: next to it, or to what it stands in."""
        return node.getparent() in self.main_ancestors and node not in self.main_ancestors and node is not self.main

    def note_key(self, mark: str) -> str:
        """The key of the note with this mark that no link leads to."""
        return f"{self.name}#:{mark}"

    def measure(self, node: Any) -> Measure:
        """What a block holds."""
        return self.measures.get(node, _NOTHING)


@dataclass(slots=True)
class Unread:
    """What a page has beside the text that is read."""

    hidden_words: int = 0
    pictures: int = 0
    embedded: int = 0  # frames, videos and the like


def survey_page(root: Any, name: str = "", note_targets: frozenset[str] = frozenset()) -> Survey:
    """Looks over a page.

    Args:
        root: of lxml.
        name: of the page among those that are read together.
        note_targets: the ids in it that other pages refer to as notes.
    """
    measures, page = _measure(root)
    panels: set[str] = set()
    controls: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    for node in root.iter():
        tag = tag_name(node)
        if tag in _CONTROL_TAGS and node.get("id"):
            controls.setdefault(node.get("id"), node)
        elif tag == "label" and node.get("for"):
            labels.setdefault(node.get("for"), node)
        if tag:
            panels.update(_opened_ids(node))
    styles = style_rules(root)
    notes = find_notes(root, styles, name, note_targets)
    main = _main_part(measures, page)
    around = frozenset(main.iterancestors()) if main is not None else frozenset[Any]()
    return Survey(
        name,
        page,
        styles,
        notes,
        root.find(".//{*}h1") is not None,
        main,
        frozenset(panels),
        controls,
        labels,
        measures,
        around,
    )


def _measure(root: Any) -> tuple[dict[Any, Measure], Measure]:
    """The measure of each block, and of the whole."""
    from lxml import etree

    measures: dict[Any, Measure] = {}
    open_measures = [Measure()]
    links = 0  # that are open
    walk: Any = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        tag = tag_name(node)
        if event == "start":
            if tag in _UNREAD_TAGS:
                walk.skip_subtree()
                continue
            if tag in BLOCK_TAGS:
                open_measures.append(Measure())
            if tag == "a":
                links += 1
                _count_link(open_measures[-1], node)
            _count_text(open_measures[-1], node.text, links)
            continue
        if tag == "a":
            links -= 1
        if tag in BLOCK_TAGS and tag not in _UNREAD_TAGS:
            closed = open_measures.pop()
            measures[node] = closed
            open_measures[-1].add(closed)
            open_measures[-1].headings += tag in HEADING_TAGS
            open_measures[-1].paragraphs += tag == "p"
            open_measures[-1].tables += tag == "table"
        if node is not root:
            _count_text(open_measures[-1], node.tail, links)
    return measures, open_measures[0]


def _count_link(measure: Measure, link: Any) -> None:
    measure.links += 1
    measure.fragment_links += (link.get("href") or "").startswith("#")


def _count_text(measure: Measure, text: str | None, links: int) -> None:
    if text and (chars := len(text.strip())):
        measure.chars += chars
        measure.linked_chars += chars if links else 0


def _opened_ids(node: Any) -> Iterator[str]:
    """The ids of what a button, a tab or the like opens."""
    attributes = node.attrib
    for name in _OPENING_ATTRIBUTES:
        if name in attributes:
            yield from attributes[name].replace("#", " ").split()
    if "href" in attributes and (types_of(node) & {"tab", "button"} or "data-toggle" in attributes
                                 or "data-bs-toggle" in attributes):  # fmt: skip
        yield fragment_of(node)


def _main_part(measures: Mapping[Any, Measure], page: Measure) -> Any:
    """The main element, or the only article, where it holds much of the page."""
    for is_main in (_is_main, _is_article):
        candidates = [node for node in measures if is_main(node)]
        if len(candidates) == 1 and measures[candidates[0]].chars >= _MIN_MAIN_SHARE * page.chars:
            return candidates[0]
    return None


def _is_main(node: Any) -> bool:
    return tag_name(node) == "main" or "main" in types_of(node)


def _is_article(node: Any) -> bool:
    return tag_name(node) == "article"
