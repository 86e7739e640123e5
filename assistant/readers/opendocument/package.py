"""OpenDocument files, zipped or flat: their parts as trees, with names as the standard writes them ("text:p")."""

import datetime as dt
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.errors import ReadingError
from assistant.readers.archives.zip_guard import open_zip
from assistant.readers.metadata import clean_title, parse_date

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = {
    **{
        prefix: f"{_OASIS}{name}:1.0"
        for prefix, name in {
            "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "form": "form",
            "presentation": "presentation", "meta": "meta", "chart": "chart", "manifest": "manifest",
            "number": "datastyle", "svg": "svg-compatible", "fo": "xsl-fo-compatible", "dr3d": "dr3d",
            "script": "script", "anim": "animation",
        }.items()
    },
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "math": "http://www.w3.org/1998/Math/MathML",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
}  # fmt: skip
_PREFIXES = {namespace: prefix for prefix, namespace in _NAMESPACES.items()}
_BODIES = {"office:text": "odt", "office:spreadsheet": "ods", "office:presentation": "odp"}
_PICTURE_DATA = re.compile(rb"(<(?:\w+:)?binary-data[^>]*>)[^<]*")  # of flat files
_ENCRYPTED = ReadingError("encrypted: it needs a password. Save a copy without one")


@dataclass(frozen=True, slots=True)
class OdfFile:
    """The parts of an OpenDocument file.

    Attributes:
        body: what holds the text, the sheets or the slides.
        content: the root of the part that the body is in.
        styles: the root of the part with the named styles, and with headers and footers; the same as ``content`` in a
            flat file, None where there is none.
        meta: the root of the part with the metadata, likewise.
        archive: the zip file; None for a flat file.
    """

    body: Any
    content: Any
    styles: Any | None
    meta: Any | None
    archive: zipfile.ZipFile | None

    def embedded(self, frame_object: Any) -> Any | None:
        """The root of the document that is embedded with a ``draw:object``; None where there is none to be read."""
        if (inside := next((child for child in frame_object if isinstance(child.tag, str)), None)) is not None:
            return inside
        from lxml import etree

        folder = posixpath.normpath(attribute(frame_object, "xlink:href") or "..")
        try:
            return _part(self.archive, f"{folder}/content.xml") if self.archive else None
        except (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error):
            return None


@dataclass(frozen=True, slots=True)
class OdfMetadata:
    """What an OpenDocument file says about itself."""

    title: str = ""
    author: str = ""
    language: str = ""
    date: dt.date | None = None


def open_odf(data: bytes, kind: str, max_bytes: int) -> OdfFile:
    """Opens an OpenDocument file, zipped or flat.

    Args:
        data: the file.
        kind: ``odt``, ``ods`` or ``odp``.
        max_bytes: the most bytes a file may have.

    Raises:
        ReadingError: encrypted, of another kind, damaged, or a zip bomb.
    """
    if data.lstrip()[:1] == b"<" or data.startswith(b"\xef\xbb\xbf<"):
        root = _parse(_PICTURE_DATA.sub(rb"\1", data))
        return OdfFile(_body(root, kind), root, root, root, None)
    archive = open_zip(data, kind, max_bytes)
    manifest = _part(archive, "META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(_full_name("manifest:encryption-data")), None) is not None:
        raise _ENCRYPTED
    content = _part(archive, "content.xml")
    if content is None:
        raise ReadingError(f"damaged or not a real .{kind} file: it has no content")
    return OdfFile(_body(content, kind), content, _part(archive, "styles.xml"), _part(archive, "meta.xml"), archive)


def read_metadata(file: OdfFile) -> OdfMetadata:
    """The title, author, language, and the day of the last save, up to which somebody looked after the text."""
    texts: dict[str, str] = {}
    meta = child(file.meta, "office:meta")
    for element in children(meta) if meta is not None else ():
        texts.setdefault(node_name(element), " ".join("".join(element.itertext()).split()))
    saved = parse_date(texts.get("dc:date")) or parse_date(texts.get("meta:creation-date"))
    author = texts.get("meta:initial-creator") or texts.get("dc:creator") or ""
    language = texts.get("dc:language") or _default_language(file)
    return OdfMetadata(clean_title(texts.get("dc:title")), author, language, saved)


def node_name(element: Any) -> str:
    """The name of an element as the standard writes it; "" for what is no element, such as an entity."""
    return _short_name(element.tag) if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """The value of an attribute; "" where there is none."""
    value: str | None = element.get(_full_name(name))
    return value or ""


def number_attribute(element: Any, name: str, default: int) -> int:
    """The value of an attribute that is a whole number from 0; the default where it isn't."""
    value = attribute(element, name)
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else default


def children(element: Any) -> Iterator[Any]:
    """The elements right below another."""
    return (below for below in element if isinstance(below.tag, str))


def child(element: Any | None, name: str) -> Any | None:
    """The first element of this name right below another."""
    return None if element is None else element.find(_full_name(name))


def descendants(element: Any, name: str) -> Iterator[Any]:
    """All elements of this name below another, and itself."""
    named_elements: Iterator[Any] = element.iter(_full_name(name))
    return named_elements


@lru_cache(maxsize=4096)
def _short_name(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    return f"{_PREFIXES.get(namespace.removeprefix('{'), '?')}:{name}"


@lru_cache(maxsize=4096)
def _full_name(name: str) -> str:
    prefix, _, local_name = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local_name}"


def _part(archive: zipfile.ZipFile, name: str) -> Any | None:
    try:
        return _parse(archive.read(name))
    except KeyError:
        return None


def _parse(data: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(data, parser)


def _body(root: Any, kind: str) -> Any:
    body = child(root, "office:body")
    for element in children(body) if body is not None else ():
        real_kind = _BODIES.get(node_name(element))
        if real_kind == kind:
            return element
        if real_kind:
            raise ReadingError(f"not a real .{kind} file: it is a .{real_kind} file; give it that ending")
    raise ReadingError(f"not a real .{kind} file: it is no OpenDocument file of this kind")


def _default_language(file: OdfFile) -> str:
    """The language of the default style for paragraphs, as in "de-CH"."""
    for style in descendants(file.styles, "style:default-style") if file.styles is not None else ():
        properties = child(style, "style:text-properties")
        if properties is None or attribute(style, "style:family") not in {"paragraph", "graphic", "table-cell"}:
            continue
        language, country = attribute(properties, "fo:language"), attribute(properties, "fo:country")
        if language.isalpha() and language not in {"none", "zxx"}:
            return f"{language}-{country}" if country.isalnum() and country != "none" else language
    return ""
