"""XML: articles and books of the usual vocabularies as documents, feeds as entries, all else as named values.

Entities that a file declares are not expanded, and nothing is fetched. Names are compared without their namespaces.
"""

import re
from html.entities import html5
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.left_out import left_out_notes
from assistant.readers.markup.xml_documents import DocumentWalk, is_document
from assistant.readers.markup.xml_inlines import local_name
from assistant.readers.metadata import clean_title
from assistant.readers.plain.text import decode_text
from assistant.readers.plain.value_elements import Value, check_depth, value_elements

_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_DECLARED_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
_FEED_ENTRIES = ("item", "entry")
_FEED_ROOTS = ("rss", "feed", "RDF")
_FEED_TEXTS = ("encoded", "content", "description", "summary")  # the fullest first
_FEED_OWN_PARTS = ("title", "subtitle", "description")
_ENTRY_FIELDS = ("pubDate", "published", "updated", "date", "author", "creator", "category", "link")
_NAMED_CHARACTER = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_TAG = re.compile(r"<[^<>]{1,1000}>")


def read_xml(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads an ``.xml`` file.

    Raises:
        ReadingError: not text, no XML, or nested too deeply.
    """
    root, notes = _parse(data)
    if local_name(root) in _FEED_ROOTS:
        elements = _feed_elements(root)
        title = next((_text(child) for child in root.iter() if local_name(child) == "title"), "")
        return _document(elements, notes, title=clean_title(title))
    if is_document(root):
        walk = DocumentWalk()
        elements = walk.elements(root)
        return _document(
            elements, notes + walk.notes(), title=clean_title(walk.title), author=", ".join(walk.authors),
            date=walk.date, language=walk.language,
        )  # fmt: skip
    return _document(list(value_elements(_as_value(root, 0), local_name(root) if len(root) == 0 else "")), notes)


def _document(elements: list[Element], notes: tuple[str, ...], **metadata: Any) -> ExtractedDocument:
    composition = compose(elements)
    return ExtractedDocument(
        composition.text, blocks=composition.blocks, notes=notes + composition.notes, **metadata
    )  # fmt: skip


def _parse(data: bytes) -> tuple[Any, tuple[str, ...]]:
    from lxml import etree

    declared = _DECLARED_ENCODING.search(data[:400])
    text, notes = decode_text(data, declared[1].decode() if declared else None)
    parser: Any = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_prepared(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error):
            raise ReadingError("nested too deeply. Save it in a simpler form") from None
        raise ReadingError(f"damaged: no valid XML: {collapse_whitespace(str(error))[:150]}") from None
    unknown = sum(1 for _ in root.iter(etree.Entity))
    return root, notes + left_out_notes({"reference to a declared text": unknown})


def _prepared(text: str) -> str:
    """XML without its declaration, which may name another encoding, and with HTML's names of characters resolved."""
    return _NAMED_CHARACTER.sub(_character, _DECLARATION.sub("", text, count=1))


def _character(name: re.Match[str]) -> str:
    return name[0] if name[1] in _XML_NAMES else html5.get(f"{name[1]};", name[0])


def _feed_elements(root: Any) -> list[Element]:
    """What a feed says of itself, and its entries."""
    holder = next((child for child in root if local_name(child) == "channel"), root)
    elements: list[Element] = []
    for child in holder:
        if local_name(child) in _FEED_OWN_PARTS:
            is_title = local_name(child) == "title"
            elements.append(Element("heading" if is_title else "paragraph", _text(child), level=1))
    for entry in root.iter():
        if local_name(entry) in _FEED_ENTRIES:
            elements += _entry_elements(entry)
    return elements


def _entry_elements(entry: Any) -> list[Element]:
    parts = {local_name(child): child for child in reversed(entry)}
    elements = [Element("heading", _text(parts.get("title")), level=2)]
    for name in _ENTRY_FIELDS:
        if name in parts:
            value = _text(parts[name]) or str(parts[name].get("href") or "")
            elements.append(Element("field", value, label=name))
    text = next((text for name in _FEED_TEXTS if (text := _text(parts.get(name)))), "")
    return elements + _html_elements(text)


def _html_elements(text: str) -> list[Element]:
    """The paragraphs of a text in which a feed carries HTML."""
    if "<" not in text:
        return [Element("paragraph", text)] if text else []
    from lxml import html

    try:
        root = html.fromstring(f"<div>{text}</div>")
    except Exception:  # noqa: BLE001 — whatever lxml raises on what is no HTML
        return [Element("paragraph", _TAG.sub(" ", text))]
    return DocumentWalk().elements(root)


def _text(element: Any) -> str:
    return collapse_whitespace("".join(element.itertext())) if element is not None else ""


def _as_value(element: Any, depth: int) -> Value:
    """An element as a value: its text, or its attributes and children by their names."""
    check_depth(depth)
    children = [child for child in element if isinstance(child.tag, str)]
    own_text = collapse_whitespace(" ".join([element.text or "", *(child.tail or "" for child in element)]))
    attributes = {local_name_of(name): value for name, value in element.attrib.items() if "}" not in name}
    if not children and not attributes:
        return own_text
    named: dict[str, Value] = dict(attributes)
    groups: dict[str, list[Value]] = {}
    for child in children:
        groups.setdefault(local_name(child), []).append(_as_value(child, depth + 1))
    for name, values in groups.items():
        named[name if name not in named else f"{name} "] = values[0] if len(values) == 1 else values
    if own_text:
        named["text"] = own_text
    return named


def local_name_of(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
