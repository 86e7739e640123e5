"""Word: headings, paragraphs, list items and tables in the order of the document, with their notes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import open_zip
from assistant.readers.composition import compose
from assistant.readers.docx.blocks import BlockReader
from assistant.readers.docx.furniture import furniture_elements
from assistant.readers.docx.numbering import Numbering
from assistant.readers.docx.story import Findings, Notes, Story
from assistant.readers.docx.styles import Styles
from assistant.readers.docx.tables import element_inlines
from assistant.readers.elements import Element, Inline, inlines_of
from assistant.readers.extract import ExtractedDocument
from assistant.readers.left_out import left_out_notes
from assistant.readers.office.package import OfficePackage, Part, named
from assistant.readers.office.properties import package_properties
from assistant.readers.printed_date import printed_date
from assistant.readers.typed_contents import mark_typed_contents

_NO_BODY = "damaged or not a real .docx file: it has no text of its own"
_OF_FIGURE = re.compile(  # such a caption stands below what it names
    r"(?i)(fig(ure|ura|uur|\.)|abb(ildung|\.)|chart|diagram|photo|image|picture|bild|gra(f|ph)|ill?ustra|equation|listing)"
)


def read_docx(data: bytes, max_bytes: int) -> ExtractedDocument:
    """Reads a Word file of the newer kind; macros in it are never looked at.

    Raises:
        ReadingError: encrypted, damaged, of another kind, or a zip bomb.
    """
    with open_zip(data, "docx", max_bytes) as zip_file:
        package = OfficePackage(zip_file)
        main, bodies = _main_part(package)
        settings = _root(main, "settings")
        story = Story(
            main,
            Styles(_root(main, "styles")),
            Numbering(_root(main, "numbering")),
            Notes(main, settings),
            Findings(),
        )
        elements = [
            *mark_typed_contents(list(BlockReader(story).read_all(bodies))),
            *furniture_elements(story, settings),
        ]
        properties = package_properties(package)
        has_macros = any(relation.kind == "vbaProject" for relation in main.relations.values())
    composition = compose(join_elements(elements))
    findings = story.findings
    left_out = findings.left_out + Counter(picture=len(findings.pictures))
    return ExtractedDocument(
        composition.text,
        properties.title,
        printed_date(composition.text, composition.blocks) or findings.date or properties.date,
        notes=(*composition.notes, *left_out_notes(left_out), *(["its macros are not read"] if has_macros else [])),
        blocks=composition.blocks,
        author=properties.author,
        language=properties.language or next((tag for tag, _ in findings.languages.most_common(1)), ""),
    )


def _main_part(package: OfficePackage) -> tuple[Part, list[Any]]:
    """The part that the file is about, and its bodies; Word itself writes one."""
    try:
        main = package.main_part() or Part(package, "word/document.xml")
    except KeyError:
        raise ReadingError(_NO_BODY) from None
    bodies = named(main.root, "body")
    if not bodies:
        raise ReadingError(_NO_BODY)
    return main, bodies


def join_elements(elements: Iterable[Element]) -> Iterator[Element]:
    """The elements, lines of code next to each other as one, and a table with the caption above it as its title."""
    caption: Element | None = None
    for kind, group in groupby(elements, lambda element: (element.kind, element.role)):
        alike = list(group)
        if caption is not None:
            table = alike[0].table if kind[0] == "table" else None
            if table is None or table.title or _OF_FIGURE.match(_plain_text(caption)):
                yield caption
            else:
                alike[0] = replace(alike[0], table=replace(table, title=_plain_text(caption)))
            caption = None
        if kind[0] == "code":
            alike = [replace(alike[0], content=_joined_lines(alike))]
        elif kind[0] == "caption" and _plain_text(alike[-1]):
            caption = alike.pop()
        yield from alike
    if caption is not None:
        yield caption


def _plain_text(element: Element) -> str:
    """The text of an element; "" where some of it stands out, which a table's title can't show."""
    inlines = list(element_inlines(element))
    is_plain = all(inline.style in {"plain", "link"} for inline in inlines)
    return "".join(inline.text for inline in inlines).strip() if is_plain else ""


def _joined_lines(elements: list[Element]) -> tuple[Inline, ...]:
    lines: list[Inline] = []
    for place, element in enumerate(elements):
        lines += [*([Inline("\n")] if place else []), *inlines_of(element.content)]
    return tuple(lines)


def _root(main: Part, kind: str) -> object | None:
    part = next(main.related_by_kind(kind), None)
    return part.root if part else None
