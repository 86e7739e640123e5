"""A parsed web page becomes elements, and notes that say what of it could not be read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element
from assistant.readers.html_survey import survey_page
from assistant.readers.html_walk import PageWalk, Unread
from assistant.structure import Role

_BESIDE_ROLES: frozenset[Role] = frozenset(("navigation", "header", "footer"))
_MAX_BESIDE_CHARS = 50_000  # of menus, teasers and the like; the rest of them is left out
_FEW_WORDS = 5  # hidden that say nothing, as labels of buttons do
_WORDS_TO_A_PICTURE = 50  # fewer, and the page is mostly pictures


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page says.

    Attributes:
        elements: in reading order.
        notes: what of it is left out or could not be read.
        note_targets: the pages and ids of notes on other pages, as in "notes.xhtml#n1".
    """

    elements: tuple[Element, ...] = ()
    notes: tuple[str, ...] = ()
    note_targets: frozenset[str] = frozenset()


def page_content(tree: Any, name: str = "", note_targets: frozenset[str] = frozenset()) -> PageContent:
    """Reads a page.

    Args:
        tree: of lxml; it is not changed.
        name: of the page among those that are read together, such as the chapters of a book.
        note_targets: the ids in it that other pages refer to as notes.
    """
    body = tree.find("body")
    root = tree if body is None else body
    unread = Unread()
    survey = survey_page(tree, name, note_targets)
    elements = PageWalk(survey, unread).read(root)
    if not any(element.role == "body" for element in elements):
        elements = [replace(element, role="body") for element in elements]
    notes = _unread_notes(unread, elements)
    return PageContent(tuple(_bounded(elements)), tuple(notes), survey.notes.outer_targets)


def _bounded(elements: Iterable[Element]) -> Iterable[Element]:
    """The elements, of those around the text no more than a bounded number of characters."""
    left = _MAX_BESIDE_CHARS
    for element in elements:
        if element.role in _BESIDE_ROLES:
            left -= _count_chars(element)
            if left < 0:
                continue
        yield element


def _unread_notes(unread: Unread, elements: Iterable[Element]) -> Iterable[str]:
    if unread.hidden_words > _FEW_WORDS:
        yield "hidden text in it is left out"
    words = sum(_count_chars(element) for element in elements if element.role == "body") / 6
    if unread.pictures and words < _WORDS_TO_A_PICTURE * unread.pictures:
        yield _count_unread(unread.pictures, "picture")
    if unread.embedded:
        yield _count_unread(unread.embedded, "embedded frame, video or other object")


def _count_unread(number: int, what: str) -> str:
    return f"1 {what} in it is not read" if number == 1 else f"{number:,} {what}s in it are not read"


def _count_chars(element: Element) -> int:
    if element.table is None:
        return len(inline_text(element.content))
    return sum(len(inline_text(cell.content)) for row in element.table.rows for cell in row)
