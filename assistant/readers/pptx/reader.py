"""PowerPoint: each slide is a page with its title, its text in reading order, its notes and its comments."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import open_zip
from assistant.readers.composition import compose_pages, inline_text
from assistant.readers.elements import Element, Inline
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.office.package import OfficePackage, Part, attribute, child, descendants, local_name, named
from assistant.readers.office.properties import package_properties
from assistant.readers.pptx.placeholders import Slide
from assistant.readers.pptx.shapes import Unread, note_paragraphs, slide_elements
from assistant.readers.pptx.text import read_paragraphs

_FALSE = ("0", "false", "off")
_MAX_SLIDES = 10_000
_HIDDEN_SLIDE = "hidden slide"
_DAMAGED_SLIDE = "damaged slide"
_FURNITURE_ROLES = ("header", "footer", "page_number")


@dataclass(frozen=True, slots=True)
class _SlideContent:
    """What was found on a slide; nothing on one that is hidden or can't be read."""

    pieces: tuple[Element | Unread, ...] = ()
    languages: Counter[str] | None = None  # how many characters are in each


def read_pptx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.pptx`` file.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    with open_zip(data, "pptx", max_bytes) as zip_file:
        package = OfficePackage(zip_file)
        deck = package.main_part() or package.part("ppt/presentation.xml")
        if deck is None or local_name(deck.root) != "presentation":
            raise ReadingError("damaged or not a real .pptx file: it holds no slides")
        base_part = cache(package.part)  # layouts and masters lie under many slides
        slides = [
            _read_slide(deck, number, reference, base_part) for number, reference in enumerate(_slide_references(deck))
        ]
        properties = package_properties(package)
    pieces = [piece for slide in slides for piece in slide.pieces]
    if slides and all(slide.pieces == (Unread(_DAMAGED_SLIDE),) for slide in slides):
        raise ReadingError("damaged or not a real .pptx file: its slides cannot be read")
    composition = compose_pages(_without_repeats(slide.pieces for slide in slides))
    languages = sum((slide.languages for slide in slides if slide.languages), Counter())
    return ExtractedDocument(
        composition.text,
        properties.title,
        properties.date,
        pages=composition.pages,
        notes=(*composition.notes, *_unread_notes(pieces)),
        blocks=composition.blocks,
        author=properties.author,
        language=properties.language or next((name for name, _ in languages.most_common(1)), ""),
    )


def _slide_references(deck: Part) -> list[Any]:
    return named(child(deck.root, "sldIdLst"), "sldId")[:_MAX_SLIDES]


def _read_slide(deck: Part, number: int, reference: Any, base_part: Callable[[str], Part | None]) -> _SlideContent:
    """What is on a slide.

    Args:
        deck: the part of the whole deck.
        number: of the slide, from 0.
        reference: the element that names the slide.
        base_part: a layout or master by its name.
    """
    part = deck.related(attribute(reference, "id"))
    if part is None or local_name(part.root) != "sld":
        return _SlideContent((Unread(_DAMAGED_SLIDE),))
    if part.root.get("show") in _FALSE:
        return _SlideContent((Unread(_HIDDEN_SLIDE),))
    default_style = child(deck.root, "defaultTextStyle")
    layout = _base(part, "slideLayout", base_part)
    slide = Slide(part, layout, _base(layout, "slideMaster", base_part), default_style)
    pieces = (*slide_elements(slide, is_first=not number), *_notes(part, default_style), *_comments(part))
    return _SlideContent(pieces, _languages(part.root))


def _base(part: Part | None, kind: str, base_part: Callable[[str], Part | None]) -> Part | None:
    """The part that another lies on; None where it is missing or damaged."""
    names = (relation.target for relation in part.relations.values() if relation.kind == kind) if part else ()
    return next((base_part(name) for name in names), None)


def _notes(slide: Part, default_style: Any) -> Iterator[Element]:
    """The speaker's notes of a slide, a paragraph each."""
    for part in slide.related_by_kind("notesSlide"):
        master = next(part.related_by_kind("notesMaster"), None)
        for paragraph in note_paragraphs(Slide(part, None, master, default_style)):
            content = (Inline(f"{paragraph.mark} "), *paragraph.inlines) if paragraph.mark else paragraph.inlines
            yield Element("note", content, label="speaker's note")


def _comments(slide: Part) -> Iterator[Element]:
    """The comments on a slide and the replies to them, in the old form and in that of 2018."""
    for part in slide.related_by_kind("comments"):
        for comment in descendants(part.root, "cm", "reply"):
            old_text = child(comment, "text")
            if old_text is not None:
                yield Element("note", old_text.text or "", label="comment")
            for paragraph in read_paragraphs(child(comment, "txBody"), (), part.relations):
                yield Element("note", paragraph.inlines, label="comment")


def _without_repeats(pages: Iterable[tuple[Element | Unread, ...]]) -> Iterator[Iterator[Element]]:
    """The elements of each page; a header or footer and the number of a page come once in the document."""
    seen: set[str] = set()

    def is_new(element: Element) -> bool:
        if element.role not in _FURNITURE_ROLES:
            return True
        words = element.role if element.role == "page_number" else inline_text(element.content)
        is_first = words not in seen
        seen.add(words)
        return is_first

    for page in pages:
        yield (piece for piece in page if isinstance(piece, Element) and is_new(piece))


def _languages(root: Any) -> Counter[str]:
    """How many characters of a slide are in each language."""
    counts: Counter[str] = Counter()
    for run in descendants(root, "r"):
        properties, text = child(run, "rPr"), child(run, "t")
        if properties is not None and text is not None and (language := properties.get("lang")):
            counts[collapse_whitespace(language)[:35]] += len(text.text or "")
    return counts


def _unread_notes(pieces: Iterable[Element | Unread]) -> tuple[str, ...]:
    """What is left out, and what isn't read, with how many there are of each."""
    counts = Counter(piece.what for piece in pieces if isinstance(piece, Unread))
    return left_out_notes({_HIDDEN_SLIDE: counts.pop(_HIDDEN_SLIDE, 0), **counts})
