"""PowerPoint before 2007: each slide is a page with its title, its text and its notes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assistant.readers.archives.zip_guard import check_not_zip
from assistant.readers.composition import compose_pages, inline_text
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.office.properties import shown_author, shown_date
from assistant.readers.old_office.office_ir import IrNode, node_elements, node_inlines, parse_office
from assistant.readers.old_office.ole_guard import check_ole, count_embedded, count_pictures
from assistant.readers.old_office.ole_properties import ole_properties
from assistant.readers.old_office.ppt_records import BODY_TEXTS, TITLE_TEXTS, SlideTexts, read_slide_texts

_TITLE_ROLES = ("title", "ctrTitle")
_MAX_FOOTERS = 3  # of a slide
_MIN_REPEATS = 3  # from which a text is the footer of most slides
_NO_WORD = re.compile(r"\W+")
_MASTER_TITLE = "Slide Master"  # as office-oxide calls the section that holds the text of masters


def read_ppt(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a ``.ppt`` file with office-oxide.

    Raises:
        ReadingError: encrypted, of another kind, or damaged.
    """
    check_not_zip(data, "ppt", max_bytes)
    check_ole(data, "ppt")
    representation = parse_office(data, "ppt")
    sections: list[IrNode] = list(representation.get("sections") or ())
    masters = [section for section in sections if _is_master(section)]
    slides = [list(_slide_elements(section)) for section in sections if not _is_master(section)]
    own_texts = read_slide_texts(data)
    if len(own_texts) == len(slides):
        slides = [_completed(elements, texts) for elements, texts in zip(slides, own_texts, strict=True)]
    repeated = _repeated_texts(slides)
    slides = [[piece for piece in elements if not _is_repeated(piece, repeated)] for elements in slides]
    if slides:
        slides[0] += _furniture([*repeated, *_master_texts(masters)])
    composition = compose_pages(slides)
    properties = ole_properties(data)
    counts = {"picture": count_pictures(data), "embedded object": count_embedded(data, "ppt")}
    return ExtractedDocument(
        composition.text,
        properties.title,
        shown_date(properties.date),
        pages=composition.pages,
        notes=(*composition.notes, *left_out_notes(counts)),
        blocks=composition.blocks,
        author=shown_author(properties.author),
    )


def _is_master(section: IrNode) -> bool:
    return section.get("title") == _MASTER_TITLE and not any(
        part.get("type") == "heading" for part in section.get("elements") or ()
    )


def _slide_elements(section: IrNode) -> Iterator[Element]:
    parts: Sequence[IrNode] = section.get("elements") or ()
    points = sum(_is_point(part) and bool(inline_text(node_inlines(part))) for part in parts)

    def read_paragraph(node: IrNode, level: int) -> Iterator[Element]:
        content = node_inlines(node)
        if node.get("type") == "heading" or node.get("placeholder_role") in _TITLE_ROLES:
            yield Element("heading", content, level=2)
        elif level >= 0 or (points > 1 and _is_point(node)):
            yield Element("item", content, level=max(level, 0))
        else:
            yield Element("paragraph", content)

    for part in parts:
        yield from node_elements(part, read_paragraph)
    for part in section.get("speaker_notes") or ():
        yield Element("note", node_inlines(part), label="speaker's note")


def _is_point(node: IrNode) -> bool:
    """Whether a paragraph stands where a slide lists its points."""
    return node.get("type") == "paragraph" and node.get("placeholder_role") == "body"


def _completed(elements: list[Element], own: SlideTexts) -> list[Element]:
    """The elements of a slide with the texts of its records that office-oxide passes over, and with the comments."""
    points_here = {_key(text) for kind, text in own.texts if kind in BODY_TEXTS}
    if len(points_here) > 1:
        elements = [
            replace(piece, kind="item") if piece.kind == "paragraph" and _key(_words(piece)) in points_here else piece
            for piece in elements
        ]
    whole = "\n".join(_key(_words(element)) for element in elements)
    missing = [(kind, text) for kind, text in own.texts if _key(text) not in whole]
    points = sum(kind in BODY_TEXTS for kind, _ in missing)
    titles = [Element("heading", text, level=2) for kind, text in missing if kind in TITLE_TEXTS]
    others = [
        Element("item" if kind in BODY_TEXTS and points > 1 else "paragraph", text)
        for kind, text in missing
        if kind not in TITLE_TEXTS
    ]
    notes = [Element("note", text, label="speaker's note") for text in own.notes if _key(text) not in whole]
    comments = [Element("note", text, label="comment") for text in own.comments]
    first_note = next((place for place, piece in enumerate(elements) if piece.kind == "note"), len(elements))
    return [*titles, *elements[:first_note], *others, *elements[first_note:], *notes, *comments]


def _words(element: Element) -> str:
    rows = element.table.rows if element.table else ()
    return " ".join([inline_text(element.content), *(inline_text(cell.content) for row in rows for cell in row)])


def _key(text: str) -> str:
    """Text without what readers write in different ways."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text))


def _repeated_texts(slides: Sequence[Sequence[Element]]) -> list[str]:
    """The paragraphs that end most slides: office-oxide gives the footer with each of them."""
    counts: Counter[str] = Counter()
    for elements in slides:
        words = [_words(piece) for piece in elements if piece.kind != "note"]
        last = elements[: len(words)][-_MAX_FOOTERS:]
        counts.update(
            {_words(piece) for piece in last if piece.kind == "paragraph" and words.count(_words(piece)) == 1}
        )
    return [text for text, count in counts.items() if count >= _MIN_REPEATS and count > len(slides) / 2]


def _is_repeated(element: Element, repeated: Sequence[str]) -> bool:
    return element.kind == "paragraph" and _words(element) in repeated


def _master_texts(masters: Sequence[IrNode]) -> Iterator[str]:
    return (inline_text(node_inlines(part)) for section in masters for part in section.get("elements") or ())


def _furniture(texts: Iterable[str]) -> Iterator[Element]:
    """What stands on all slides alike, once."""
    for text in dict.fromkeys(texts):
        yield Element("paragraph", text, role="footer")
