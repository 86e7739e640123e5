"""A parsed web page becomes elements, and notes that say what of it could not be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element
from assistant.readers.left_out import HIDDEN, left_out_notes
from assistant.readers.web.survey import Unread, survey_page
from assistant.readers.web.walk import PageWalk
from assistant.structure import Role

_BESIDE_ROLES: frozenset[Role] = frozenset(("navigation", "header", "footer"))
_MAX_BESIDE_CHARS = 50_000  # of menus, teasers and the like; the rest of them is left out
_CHARS_TO_A_WORD = 6
_LABEL_WORDS = 5  # hidden that say nothing, as labels of buttons do
_WORDS_TO_A_PICTURE = 50  # fewer, and the page is mostly pictures


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page says.

    Attributes:
        elements: in reading order.
        unread: what it has beside that.
        note_targets: the pages and ids of notes on other pages, as in "notes.xhtml#n1".
    """

    elements: tuple[Element, ...] = ()
    unread: Unread = field(default_factory=Unread)
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
    return PageContent(tuple(_bounded(elements)), unread, survey.notes.outer_targets)


def _bounded(elements: Iterable[Element]) -> Iterable[Element]:
    """The elements, of those around the text no more than a bounded number of characters."""
    left = _MAX_BESIDE_CHARS
    for element in elements:
        if element.role in _BESIDE_ROLES:
            left -= _count_chars(element)
            if left < 0:
                continue
        yield element


def unread_notes(pages: Sequence[PageContent], untold_words: int = _LABEL_WORDS) -> tuple[str, ...]:
    """What of one or more pages is left out or could not be read, a sentence each.

    Args:
        pages: the pages.
        untold_words: so many hidden words are left out without a note.
    """
    hidden_words = sum(page.unread.hidden_words for page in pages)
    pictures = sum(page.unread.pictures for page in pages)
    is_pictures = pictures and _count_words(pages) < _WORDS_TO_A_PICTURE * pictures
    return left_out_notes({
        HIDDEN: hidden_words if hidden_words > untold_words else 0,
        "picture": pictures if is_pictures else 0,
        "embedded object": sum(page.unread.embedded for page in pages),
    })  # fmt: skip


def _count_words(pages: Sequence[PageContent]) -> float:
    own = (element for page in pages for element in page.elements if element.role == "body")
    return sum(map(_count_chars, own)) / _CHARS_TO_A_WORD


def _count_chars(element: Element) -> int:
    if element.table is None:
        return len(inline_text(element.content))
    return sum(len(inline_text(cell.content)) for row in element.table.rows for cell in row)
