"""OpenDocument files, by their own XML: every text node of the parts that are shown."""

from xml.etree import ElementTree as ET

from research.fidelity import extraction as apart
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.package import Package, attribute, local_name

_LINE_ENDS = {"p", "h", "table-cell", "list-item", "note"}
_SPACES = {"s", "tab", "line-break"}
_COMPUTED = ("page-number", "page-count", "date", "time", "file-name", "sheet-name", "creation-date")
_REASONS = {
    **dict.fromkeys(_COMPUTED, apart.COMPUTED),
    "note-citation": apart.COMPUTED,
    "index-title-template": apart.REPEATED,
    "tracked-changes": apart.STRUCK,
    "title": apart.ALTERNATIVES,
    "desc": apart.ALTERNATIVES,
    "hidden-text": apart.HIDDEN,
    "hidden-paragraph": apart.HIDDEN,
}
_REPEATS = 200
_HIDDEN = ("collapse", "filter")


def extract_odf(data: bytes) -> Pieces:
    """What an OpenDocument file shows.

    Raises:
        ExtractorError: it is none.
    """
    package = Package(data)
    content = package.tree("content.xml")
    if content is None:
        raise ExtractorError("no OpenDocument file")
    found = _furniture(package)
    is_sheet = any(local_name(part) == "spreadsheet" for part in content.iter())
    pieces = Pieces() if is_sheet else found
    pieces.add_apart(apart.METADATA, [found.text] if is_sheet else [])  # it is on printed pages alone
    meta = package.tree("meta.xml")
    pieces.add("\n".join(meta.itertext()) if meta is not None else "", apart.METADATA)
    for name in package.names:
        formula = package.tree(name) if name.startswith("Object ") and name.endswith("/content.xml") else None
        pieces.add_apart(apart.FORMULAS, ["\n".join(formula.itertext())] if formula is not None else [])
    reasons = {
        attribute(style, "name") or "": reason
        for style in content.iter()
        if local_name(style) == "style" and (reason := _reason_of_style(style))
    }
    body = next((part for part in content if local_name(part) == "body"), content)
    _walk(body, pieces, reasons)
    return pieces


def _furniture(package: Package) -> Pieces:
    """The headers and footers, each once."""
    pieces, seen = Pieces(), set()
    styles = package.tree("styles.xml")
    for part in styles.iter() if styles is not None else ():
        if local_name(part) in {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}:
            found = Pieces()
            _walk(part, found, {})
            if found.text.strip() not in seen:
                pieces.add_all(found)
            seen.add(found.text.strip())
    return pieces


def _walk(root: ET.Element, pieces: Pieces, reason_by_style: dict[str, str]) -> None:
    """Adds the text below an element in its order, without recursion."""
    stack: list[tuple[ET.Element, str, bool]] = [(root, "", False)]
    while stack:
        element, reason, is_end = stack.pop()
        name = local_name(element)
        if is_end:
            pieces.add("\n" if name in _LINE_ENDS else "")
            pieces.add(element.tail or "", reason)
            continue
        inner = reason or _reason_of(element, name, reason_by_style)
        if name in _SPACES:
            pieces.add(" ", inner)
        if name in _LINE_ENDS:
            pieces.add("\n", inner)
        if name == "table-cell":
            _add_repeats(element, pieces)
        pieces.add(element.text or "", inner)
        stack.append((element, reason, True))
        stack += [(part, inner, False) for part in reversed(element)]


def _reason_of_style(style: ET.Element) -> str:
    """Why text in a style is counted apart."""
    if any(attribute(part, "display") in {"none", "false"} for part in style):
        return apart.HIDDEN
    lines = [attribute(part, "text-line-through-style") or "none" for part in style]
    return apart.STRUCK if any(line != "none" for line in lines) else ""


def _reason_of(element: ET.Element, name: str, reason_by_style: dict[str, str]) -> str:
    if name in _REASONS:
        return _REASONS[name]
    is_hidden = attribute(element, "visibility") in _HIDDEN or (
        name == "section" and attribute(element, "display") == "none"
    )
    return apart.HIDDEN if is_hidden else reason_by_style.get(attribute(element, "style-name") or "", "")


def _add_repeats(cell: ET.Element, pieces: Pieces) -> None:
    """The words of a cell over several rows or columns may stand in each; so may those of a repeated cell."""
    numbers = [attribute(cell, name) or "1" for name in ("number-columns-spanned", "number-rows-spanned")]
    product = min(int(numbers[0]) * int(numbers[1]) - 1, _REPEATS)
    again = min(int(attribute(cell, "number-columns-repeated") or "1") - 1, _REPEATS)
    text = " ".join(cell.itertext())
    pieces.add_apart(apart.REPEATED, [text], product)
    pieces.add((f"\n{text}\n") * again if text.strip() else "")
