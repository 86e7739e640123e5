"""Styles of Word files: what a paragraph is, and how its characters look, by the styles that it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from assistant.readers.docx.xml import is_on, value
from assistant.readers.office.package import attribute, child, local_name, named, whole_number
from assistant.structure import Role

_MAX_BASES = 12  # a damaged file may name a style as its own base
_HEADING = re.compile(r"heading ([1-9])")
_NO_OUTLINE = 9  # the outline level of body text
_ROLES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r"(toc|contents|toa|(figure|table) index)( heading| \d)|table of (figures|authorities)"), "contents"),
    (re.compile(r"(endnote )?bibliography( heading| title| \d)?|references"), "bibliography"),
    (re.compile(r"index( heading| \d)"), "index"),
)  # fmt: skip
_CODE = re.compile(r"html preformatted|preformatted text|macro text|(source )?code( block| listing)?|verbatim|listing")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_LIST = re.compile(r"list(?: bullet| number)?(?: ([2-5]))?")


class RunLook(NamedTuple):
    """How characters look; None and "" where nothing is said."""

    position: str = ""  # "superscript", "subscript" or "baseline"
    is_struck: bool | None = None
    is_hidden: bool | None = None
    size: int | None = None  # in half points
    lift: int | None = None  # above the line, in half points
    font: str = ""
    language: str = ""  # of Latin letters and the like
    east_asian_language: str = ""
    right_to_left_language: str = ""

    def language_of(self, text: str) -> str:
        """The language of some characters, by their script: a file names one for each kind."""
        if _EAST_ASIAN.search(text):
            return self.east_asian_language or self.language
        if _RIGHT_TO_LEFT.search(text):
            return self.right_to_left_language or self.language
        return self.language

    def over(self, base: "RunLook") -> "RunLook":
        """This look where it says something, the other elsewhere."""
        return RunLook._make(base[place] if own in {None, ""} else own for place, own in enumerate(self))


_NO_LOOK = RunLook()


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What a paragraph style and those that it is based on say.

    Attributes:
        ids: of the style and its bases, the nearest first.
        heading_level: 0 for any other than a heading.
        list_level: of a list, from 0; None for any other style.
        number: the id of the numbering that it has; "" where it has none.
        number_level: the level in that numbering; None where it isn't said.
    """

    ids: tuple[str, ...] = ()
    look: RunLook = _NO_LOOK
    role: Role = "body"
    heading_level: int = 0
    is_caption: bool = False
    is_code: bool = False
    is_date: bool = False
    list_level: int | None = None
    number: str = ""
    number_level: int | None = None


class Styles:
    """The styles of a file.

    Args:
        root: of the part that holds them; None where the file has none.
    """

    def __init__(self, root: Any | None) -> None:
        self._elements = {attribute(style, "styleId") or "": style for style in named(root, "style")}
        self._default = run_look(child(root, "docDefaults", "rPrDefault", "rPr"))
        self._default_id = next(
            (
                style_id for style_id, style in self._elements.items()
                if attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true", "on"}
            ),
            "",
        )  # fmt: skip
        self._paragraph_styles: dict[str, ParagraphStyle] = {}
        self._character_looks: dict[str, RunLook] = {}

    def paragraph(self, style_id: str) -> ParagraphStyle:
        """The paragraph style with this id; the default one for an unknown id."""
        known_id = style_id if style_id in self._elements else self._default_id
        if known_id not in self._paragraph_styles:
            self._paragraph_styles[known_id] = self._read_paragraph_style(known_id)
        return self._paragraph_styles[known_id]

    def character(self, style_id: str) -> RunLook:
        """The look of the character style with this id; one that says nothing for an unknown id."""
        if style_id not in self._character_looks:
            looks = [run_look(child(style, "rPr")) for style in self._with_bases(style_id)]
            self._character_looks[style_id] = reduce(RunLook.over, looks, RunLook())
        return self._character_looks[style_id]

    def _with_bases(self, style_id: str) -> Iterator[Any]:
        for _ in range(_MAX_BASES):
            style = self._elements.get(style_id)
            if style is None:
                return
            yield style
            style_id = value(style, "basedOn")

    def _read_paragraph_style(self, style_id: str) -> ParagraphStyle:
        chain = list(self._with_bases(style_id))
        names = [value(style, "name").lower() for style in chain]
        roles = [role for name in names for pattern, role in _ROLES if pattern.fullmatch(name)]
        looks = [run_look(child(style, "rPr")) for style in chain]
        numbers = [child(style, "pPr", "numPr") for style in chain]
        levels = [value(number, "ilvl") for number in numbers]
        level, is_title = _heading_level(chain, names)
        return ParagraphStyle(
            ids=tuple(attribute(style, "styleId") or "" for style in chain),
            look=reduce(RunLook.over, [*looks, self._default], RunLook()),
            role=roles[0] if roles else "title" if is_title else "body",
            heading_level=level,
            is_caption=any(name == "caption" or name.endswith(" caption") for name in names),
            is_code=any(map(_CODE.fullmatch, names)),
            is_date="date" in names[:1],
            list_level=next((int(match[1] or 1) - 1 for match in map(_LIST.fullmatch, names) if match), None),
            number=next(filter(None, (value(number, "numId") for number in numbers)), ""),
            number_level=next((whole_number(level) for level in levels if level), None),
        )


def run_look(properties: Any) -> RunLook:
    """The look that run properties (``w:rPr``) say, without that of the style that they name."""
    look: dict[str, Any] = {}
    for element in properties if properties is not None else ():
        name = local_name(element)
        if name == "vertAlign":
            look["position"] = attribute(element, "val") or ""
        elif name in {"strike", "dstrike"}:
            look["is_struck"] = look.get("is_struck") or is_on(element)
        elif name == "vanish":
            look["is_hidden"] = is_on(element)
        elif name in {"sz", "position"}:
            look["size" if name == "sz" else "lift"] = whole_number(attribute(element, "val"))
        elif name == "rFonts":
            look["font"] = attribute(element, "ascii") or ""
        elif name == "lang":
            look["language"] = attribute(element, "val") or ""
            look["east_asian_language"] = attribute(element, "eastAsia") or ""
            look["right_to_left_language"] = attribute(element, "bidi") or ""
    return RunLook(**look)


def _heading_level(chain: list[Any], names: list[str]) -> tuple[int, bool]:
    """The level of a heading style, 0 for any other, and whether it is that of the document's title."""
    for style, name in zip(chain, names, strict=True):
        if match := _HEADING.fullmatch(name):
            return int(match[1]), False
        if name == "title":
            return 1, True
        if outline := value(style, "pPr", "outlineLvl"):
            level = whole_number(outline, _NO_OUTLINE)
            return (level + 1 if 0 <= level < _NO_OUTLINE else 0), False
    return 0, False
