"""What the sheets of an Excel workbook share: its texts, and how cells are shown."""

import re
from dataclasses import dataclass
from typing import IO, Any

from assistant.readers.elements import Inline, InlineStyle
from assistant.readers.office.package import attribute, child, local_name, named, whole_number
from assistant.readers.sheets.values import NumberFormat, number_format

SharedText = str | tuple[Inline, ...]
"""A text: in inlines where some of its characters are raised, lowered or struck out."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ACCOUNTING = '_(* #,##0{0}_);_(* \\(#,##0{0}\\);_(* "-"??_);_(@_)'
# The formats that a file names by their numbers alone.
_BUILT_IN_FORMATS = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: _ACCOUNTING.format(""), 42: _ACCOUNTING.format("").replace("* ", '"$"* ', 2),
    43: _ACCOUNTING.format(".00"), 44: _ACCOUNTING.format(".00").replace("* ", '"$"* ', 2),
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    # East Asian days and times, each in the form of its country.
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "hh:mm:ss"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell shows its value."""

    format: NumberFormat
    is_bold: bool = False
    inline: InlineStyle = "plain"
    indent: int = 0


PLAIN_STYLE = CellStyle(number_format(None))


def read_styles(root: Any) -> list[CellStyle]:
    """The styles of a workbook by their numbers.

    Args:
        root: of the part that holds them; None where there is none.
    """
    formats = {
        whole_number(element.get("numFmtId")): element.get("formatCode") or ""
        for element in named(child(root, "numFmts"), "numFmt")
    }
    fonts = [_font(font) for font in named(child(root, "fonts"), "font")]
    styles = []
    for element in named(child(root, "cellXfs"), "xf"):
        format_id, font_id = whole_number(element.get("numFmtId")), whole_number(element.get("fontId"))
        code = formats.get(format_id) or _BUILT_IN_FORMATS.get(format_id)
        is_bold, inline = fonts[font_id] if 0 <= font_id < len(fonts) else (False, "plain")
        indent = whole_number(attribute(child(element, "alignment"), "indent"))
        styles.append(CellStyle(number_format(code), is_bold, inline, indent))
    return styles


def read_shared_texts(source: IO[bytes]) -> list[SharedText]:
    """The texts of a workbook by their numbers.

    Raises:
        XMLSyntaxError: lxml's, for a damaged part.
    """
    from lxml import etree

    texts: list[SharedText] = []
    for _, element in etree.iterparse(source, events=("end",), tag="{*}si", resolve_entities=False, no_network=True):
        texts.append(rich_text(element))
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return texts


def rich_text(element: Any) -> SharedText:
    """The text of an element that holds a text or runs of it; how East Asian words sound is left out."""
    inlines: list[Inline] = []
    for part in element:
        name = local_name(part)
        if name == "t":
            inlines.append(Inline(_unescape(part.text or "")))
        elif name == "r":
            properties = child(part, "rPr")
            text = "".join(piece.text or "" for piece in named(part, "t"))
            inlines.append(Inline(_unescape(text), _font(properties)[1] if properties is not None else "plain"))
    if all(inline.style == "plain" for inline in inlines):
        return "".join(inline.text for inline in inlines)
    return tuple(inlines)


def font_style(*, is_struck: bool, align: str | None) -> InlineStyle:
    """The style of characters by their font."""
    if is_struck:
        return "struck"
    return "raised" if align == "superscript" else "lowered" if align == "subscript" else "plain"


def _font(font: Any) -> tuple[bool, InlineStyle]:
    """Whether a font is bold, and the style of its characters."""
    align = attribute(child(font, "vertAlign"), "val")
    return _is_on(font, "b"), font_style(is_struck=_is_on(font, "strike"), align=align)


def _is_on(font: Any, name: str) -> bool:
    element = child(font, name)
    return element is not None and (attribute(element, "val") or "1") in {"1", "true", "on"}


def _unescape(text: str) -> str:
    """The text with the characters that Excel writes by their numbers, as in ``_x000D_``."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)
