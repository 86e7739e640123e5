"""The package that a newer Office file is: XML parts in a zip file, and the relations between them.

Names are compared without their namespaces, since the strict form of the standard has others than the usual one.
Parts are parsed one at a time, when they are asked for; pictures and the like are never unpacked.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

_MAX_TARGET_CHARS = 2_000  # of the name of a part that another one refers to


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to.

    Attributes:
        kind: the last word of its type, as in "slideLayout".
        target: the name of the other part in the package, or an address outside it.
    """

    kind: str
    target: str
    is_external: bool = False


class Part:
    """An XML part of a package, parsed."""

    def __init__(self, package: "OfficePackage", name: str) -> None:
        self.name = name
        self.root = package.parse(name)
        self._package = package

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """The relations of the part by their ids; none where they can't be read."""
        return self._package.relations_of(self.name)

    def related(self, relation_id: str | None) -> "Part | None":
        """The part that a relation leads to; None where it is missing or damaged."""
        relation = self.relations.get(relation_id or "")
        return self._package.part(relation.target) if relation and not relation.is_external else None

    def related_by_kind(self, *kinds: str) -> "Iterator[Part]":
        """The parts that relations of these kinds lead to; those that are missing or damaged are passed over."""
        for relation in self.relations.values():
            if relation.kind in kinds and not relation.is_external and (part := self._package.part(relation.target)):
                yield part


class OfficePackage:
    """A package whose zip file the guard has let pass."""

    def __init__(self, zip_file: zipfile.ZipFile) -> None:
        self._zip_file = zip_file
        self._names = {name.lower(): name for name in zip_file.namelist()}  # the standard ignores case

    def part(self, name: str) -> Part | None:
        """A part by its name; None where it is missing or damaged."""
        from lxml import etree

        try:
            return Part(self, name)
        except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile):
            return None

    def main_part(self) -> Part | None:
        """The part that the package is about; None where it is missing or damaged."""
        relations = self.relations_of("").values()
        return next((self.part(relation.target) for relation in relations if relation.kind == "officeDocument"), None)

    def parse(self, name: str) -> Any:
        """The root element of a part.

        Raises:
            KeyError: no such part.
            lxml.etree.XMLSyntaxError: not well-formed.
        """
        from lxml import etree

        # Without `huge_tree` lxml bounds how deep elements nest: recursion over them is bounded too.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        return etree.fromstring(self._zip_file.read(self._names[name.lower()]), parser)

    def relations_of(self, name: str) -> dict[str, Relation]:
        """The relations of a part, or of the package for ``""``, by their ids; none where they can't be read."""
        folder, file_name = posixpath.split(name)
        relations_part = self.part(posixpath.join(folder, "_rels", f"{file_name}.rels"))
        if relations_part is None:
            return {}
        return {
            element.get("Id", ""): _relation(element, folder) for element in named(relations_part.root, "Relationship")
        }


def local_name(element: Any) -> str:
    """An element's name without its namespace; "" for what is no element."""
    tag = element.tag
    return _without_namespace(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=2_000)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def named(element: Any, name: str) -> list[Any]:
    """The children with this name."""
    return [child for child in element if local_name(child) == name] if element is not None else []


def child(element: Any, *path: str) -> Any:
    """The first child with this name, and of it the first with the next name…; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next((part for part in element if local_name(part) == name), None)
    return element


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """The elements with one of these names below an element, in order."""
    for node in element.iter() if element is not None else ():
        if local_name(node) in names:
            yield node


def attribute(element: Any, name: str) -> str | None:
    """The value of an attribute by its name without namespace, of one in a namespace before one in none."""
    if element is None:
        return None
    values = [value for key, value in element.attrib.items() if key.endswith(f"}}{name}")]
    value: str | None = values[0] if values else element.get(name)
    return value


def whole_number(value: str | None, default: int = 0) -> int:
    """A whole number as XML has it; the default for anything else."""
    try:
        return int(value or "")
    except ValueError:
        return default


def _relation(element: Any, folder: str) -> Relation:
    kind = element.get("Type", "").rpartition("/")[2]
    target = element.get("Target", "")[:_MAX_TARGET_CHARS]
    if element.get("TargetMode") == "External":
        return Relation(kind, target, is_external=True)
    name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return Relation(kind, name)
