"""Word files part by part, as their XML: for what python-docx can't write."""

import re

from tests.support.files import zip_file

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = {
    "w": _W,
    "r": _R,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
_XMLNS = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMESPACES.items())
_ROOTS = {"header": "w:hdr", "footer": "w:ftr", "chart": "c:chartSpace", "diagramData": "dgm:dataModel"}
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def word_file(body: str, links: dict[str, str] | None = None, **parts: str) -> bytes:
    """A Word file.

    Args:
        body: what is in its body.
        links: addresses by the ids of their relations.
        parts: what is in its other parts, by their names: ``styles``, ``numbering``, ``footnotes``, ``header1``…; the
            names are also the ids of their relations.
    """
    relations = [
        f'<Relationship Id="{name}" Type="{_R}/{_kind(name)}" Target="{name}.xml"/>' for name in parts
    ] + [
        f'<Relationship Id="{key}" Type="{_R}/hyperlink" Target="{target}" TargetMode="External"/>'
        for key, target in (links or {}).items()
    ]  # fmt: skip
    members: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE_RELATIONS}"><Relationship Id="main" '
        f'Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_XMLNS}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE_RELATIONS}">{"".join(relations)}'
        "</Relationships>",
    }
    for name, xml in parts.items():
        root = _ROOTS.get(_kind(name), f"w:{_kind(name)}")
        members[f"word/{name}.xml"] = f"<{root} {_XMLNS}>{xml}</{root}>"
    return zip_file(members)


def paragraph(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph; a run without markup is text."""
    style_xml = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{style_xml}{properties}</w:pPr>{inner}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A run of characters."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str) -> str:
    """A field in its long form."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return (
        mark.format("begin") + f"<w:r><w:instrText>{instruction}</w:instrText></w:r>" + mark.format("separate")
        + run(result) + mark.format("end")
    )  # fmt: skip


def table(*rows: str, properties: str = "") -> str:
    """A table of rows."""
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """A row; a cell without markup is text."""
    inner = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def cell(content: str, properties: str = "") -> str:
    """A cell with text or paragraphs."""
    paragraphs = content if content.startswith("<") else paragraph(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def numbered_list(number: str, *levels: tuple[str, str], more: str = "") -> str:
    """The definition of a list: for each level its format and its template."""
    level_xml = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{number_format}"/>'
        f'<w:lvlText w:val="{template}"/></w:lvl>'
        for place, (number_format, template) in enumerate(levels)
    )
    definition = f'<w:abstractNum w:abstractNumId="{number}">{level_xml}</w:abstractNum>'
    return f'{definition}<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/>{more}</w:num>'


def in_list(number: str, level: int = 0) -> str:
    """The properties of a paragraph in a list."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def _kind(name: str) -> str:
    return re.sub(r"\d+$", "", name)
