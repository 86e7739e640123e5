"""The parts of an Office file: zip members, the relations between them, and the texts of charts and diagrams."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.number_formats import shown_number

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
_MAX_PART_BYTES = 50_000_000


class Package:
    """A zip file of XML parts.

    Raises:
        ExtractorError: it is none.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE_SIGNATURE):
            raise ExtractorError("encrypted, or a file of the kind before 2007")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            raise ExtractorError("no zip file") from None
        self.names = self._zip.namelist()

    def read(self, name: str) -> bytes:
        """The bytes of a part; none where it is missing or damaged."""
        try:
            with self._zip.open(name) as part:
                return part.read(_MAX_PART_BYTES)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError):
            return b""

    def tree(self, name: str) -> ET.Element | None:
        """The XML of a part; None where there is none."""
        try:
            return ET.fromstring(self.read(name))  # noqa: S314 — the developer's own test files
        except ET.ParseError:
            return None

    def main_part(self, program: str) -> tuple[str, ET.Element]:
        """The name and the XML of the part that the others belong to.

        Raises:
            ExtractorError: there is none, so it is no file of the program.
        """
        name = next((name for kind, name in self.relations("").values() if kind == "officeDocument"), "")
        tree = self.tree(name)
        if tree is None:
            raise ExtractorError(f"no {program} file")
        return name, tree

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """By their ids: the last word of the type of what a part refers to, and its name or address."""
        folder, base = posixpath.split(name)
        tree = self.tree(f"{folder}/_rels/{base}.rels".lstrip("/"))
        found = {}
        for relation in tree if tree is not None else ():
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(target if target.startswith("/") else f"{folder}/{target}").lstrip("/")
            found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], target)
        return found

    def metadata(self) -> str:
        """What the file says about itself."""
        parts = [self.tree(name) for name in self.names if name.startswith("docProps/") and name.endswith(".xml")]
        return "\n".join(text for part in parts if part is not None for text in part.itertext())


def local_name(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: ET.Element | None, name: str) -> str | None:
    """The attribute of this name, in whichever namespace."""
    if element is None:
        return None
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: ET.Element, name: str) -> ET.Element | None:
    """The first child of this name."""
    return next((part for part in element if local_name(part) == name), None)


def is_on(element: ET.Element | None) -> bool:
    """Whether a property of a run is there and not switched off."""
    return element is not None and attribute(element, "val") not in {"0", "false", "off", "none", "noStrike"}


def visible_children(element: ET.Element) -> Iterator[ET.Element]:
    """The children; of what is there twice, for old programs too, the first alone."""
    if local_name(element) == "AlternateContent":
        choice = next((part for part in element if local_name(part) == "Choice"), None)
        yield from choice if choice is not None else ()
        if choice is None:
            yield from (part for fallback in element for part in fallback)
    else:
        yield from element


def linked_texts(package: Package, name: str, pieces: Pieces) -> None:
    """Adds what a part refers to: the texts of charts and diagrams, and the addresses of links."""
    for kind, target in package.relations(name).values():
        if kind == "hyperlink":
            pieces.add_apart(apart.ADDRESSES, [target])
        elif kind in {"chart", "chartEx"}:
            _chart_texts(package.tree(target), pieces, is_of_sheet=name.startswith("xl/"))
        elif kind == "diagramData":
            tree = package.tree(target)
            texts = [part.text or "" for part in tree.iter() if local_name(part) == "t"] if tree is not None else []
            pieces.add("\n" + "\n".join(texts) + "\n")


def _chart_texts(tree: ET.Element | None, pieces: Pieces, *, is_of_sheet: bool) -> None:
    """The titles of a chart, and its values; the categories, which every series repeats, once; no sheet's cells."""
    if tree is None:
        return
    seen: set[tuple[str, ...]] = set()
    for part in tree.iter():
        name = local_name(part)
        if name == "t":
            pieces.add(f"\n{part.text or ''}\n")
        elif name in {"strRef", "numRef", "multiLvlStrRef", "strDim", "numDim"}:
            values = [value.text or "" for value in part.iter() if local_name(value) in {"v", "pt"} and value.text]
            if name.startswith("num"):
                values = [shown_number(value, "General") or value for value in values]
            if is_of_sheet or tuple(values) in seen:
                pieces.add_apart(apart.REPEATED, values)
            else:
                pieces.add("\n" + "\n".join(values) + "\n")
                pieces.add_apart(apart.REPEATED, values[:1])  # the name of a series may be the chart's title
            seen.add(tuple(values))
