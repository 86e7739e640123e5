"""Word files, by their own XML: every text node of the parts that are shown."""

import re
from xml.etree import ElementTree as ET

from research.fidelity import extraction as apart
from research.fidelity.extraction import Pieces
from research.fidelity.package import Package, attribute, child, is_on, linked_texts, local_name, visible_children

_CHARACTERS = {"tab": " ", "br": " ", "cr": " ", "ptab": " ", "noBreakHyphen": "-", "rt": " ", "rubyBase": " "}
_IS_SET_OFF = re.compile(r"\d|[^\W\d_]{4}")  # raised figures and words, which stand apart on a page
_LINE_ENDS = {"p", "tc", "tr", "sdt", "txbxContent"}
_COMPUTED_FIELDS = ("PAGE", "NUMPAGES", "SECTIONPAGES", "DATE", "TIME", "SAVEDATE", "PRINTDATE", "FILENAME", "PAGEREF")
_REASONS = {
    "del": apart.STRUCK,
    "moveFrom": apart.STRUCK,
    "oMath": apart.FORMULAS,
    "oMathPara": apart.FORMULAS,
}
_NOTE_PARTS = ("footnotes", "endnotes", "comments")
_MAX_REPEATS = 200


def extract_docx(data: bytes) -> Pieces:
    """What a Word file shows.

    Raises:
        ExtractorError: it is none.
    """
    package = Package(data)
    main, tree = package.main_part("Word")
    pieces = Pieces()
    pieces.add(package.metadata(), apart.METADATA)
    hidden_styles = _hidden_styles(package)
    _add_list_words(package, pieces)
    relations = package.relations(main)
    _walk(tree, pieces, hidden_styles)
    linked_texts(package, main, pieces)
    furniture = set()
    for kind, name in relations.values():
        part = package.tree(name) if kind in {*_NOTE_PARTS, "header", "footer"} else None
        if part is None:
            continue
        found = Pieces()
        _walk(part, found, hidden_styles)
        linked_texts(package, name, found)
        if kind in _NOTE_PARTS or (key := " ".join(found.text.split())) not in furniture:
            pieces.add_all(found)
        else:
            pieces.add_apart(apart.REPEATED, [found.text])
        furniture |= set() if kind in _NOTE_PARTS else {key}
    return pieces


def _add_list_words(package: Package, pieces: Pieces) -> None:
    """The words that lists put before their numbers, as in "Section 1"."""
    tree = package.tree("word/numbering.xml")
    levels = [part for part in tree.iter() if local_name(part) == "lvlText"] if tree is not None else []
    pieces.add_apart(apart.COMPUTED, sorted({attribute(level, "val") or "" for level in levels}), _MAX_REPEATS)


def _hidden_styles(package: Package) -> dict[str, str]:
    """The ids of styles whose text is hidden or struck, and which of the two."""
    tree = package.tree("word/styles.xml")
    found = {}
    for style in tree if tree is not None else ():
        properties = child(style, "rPr")
        if properties is not None and (reason := _reason_of(properties, {})):
            found[attribute(style, "styleId") or ""] = reason
    return found


def _reason_of(properties: ET.Element, hidden_styles: dict[str, str]) -> str:
    """Why a run with these properties is counted apart."""
    names = {local_name(part): part for part in properties}
    if "vanish" in names or "webHidden" in names:
        return apart.HIDDEN if is_on(names.get("vanish")) else ""
    if is_on(names.get("strike")) or is_on(names.get("dstrike")):
        return apart.STRUCK
    return hidden_styles.get(attribute(names.get("rStyle"), "val") or "", "")


def _walk(root: ET.Element, pieces: Pieces, hidden_styles: dict[str, str]) -> None:
    """Adds the text nodes below an element in their order, without recursion."""
    fields: list[str] = []  # the instructions of the fields that are open
    stack: list[tuple[ET.Element, str, bool]] = [(root, "", False)]
    while stack:
        element, reason, is_end = stack.pop()
        name = local_name(element)
        if is_end:
            pieces.add("\n", reason)
            continue
        _add_element(element, name, reason, fields, pieces)
        reason = reason or _reason_of_element(element, name, hidden_styles)
        is_raised = name == "r" and _is_raised(element)
        pieces.add(" " if is_raised else "", reason)
        if name in _LINE_ENDS or is_raised:
            stack.append((element, reason, True))
        stack += [(part, reason, False) for part in reversed([*visible_children(element)])]


def _add_element(element: ET.Element, name: str, reason: str, fields: list[str], pieces: Pieces) -> None:
    """Adds what an element has itself."""
    if name in {"t", "delText"}:
        _add_text(element.text or "", reason, fields, pieces)
    elif name in _CHARACTERS:
        pieces.add(_CHARACTERS[name], reason)
    elif name == "instrText" and fields:
        fields[-1] += element.text or ""
    elif name == "fldChar":
        _follow_field(element, fields, pieces)
    elif name == "docPr":
        pieces.add_apart(apart.ALTERNATIVES, [element.get("descr", ""), element.get("title", "")])
    elif name == "tc":
        _add_repeats(element, pieces)
    elif name in {"comment", "ins", "del", "moveTo", "moveFrom"}:
        texts = [(attribute(element, key) or "").replace("T", " T") for key in ("author", "date", "initials")]
        pieces.add_apart(apart.METADATA, texts)


def _is_raised(run: ET.Element) -> bool:
    """Whether a run raises figures or words, which the word before would take for its own."""
    properties = child(run, "rPr")
    align = child(properties, "vertAlign") if properties is not None else None
    return attribute(align, "val") == "superscript" and bool(_IS_SET_OFF.search("".join(run.itertext())))


def _add_text(text: str, reason: str, fields: list[str], pieces: Pieces) -> None:
    is_computed = any(map(_is_computed, fields))
    pieces.add(f" {text} " if is_computed else text, reason or (apart.COMPUTED if is_computed else ""))


def _follow_field(element: ET.Element, fields: list[str], pieces: Pieces) -> None:
    kind = attribute(element, "fldCharType")
    if kind == "begin":
        fields.append("")
        texts = [
            attribute(part, "val") or "" for part in element.iter() if local_name(part) in {"listEntry", "default"}
        ]
        pieces.add_apart(apart.PLACEHOLDERS, texts)
    elif kind == "end" and fields:
        fields.pop()


def _reason_of_element(element: ET.Element, name: str, hidden_styles: dict[str, str]) -> str:
    reason = _REASONS.get(name, "")
    if name == "r":
        properties = child(element, "rPr")
        reason = _reason_of(properties, hidden_styles) if properties is not None else ""
    elif name == "sdt":
        properties = child(element, "sdtPr")
        is_placeholder = properties is not None and is_on(child(properties, "showingPlcHdr"))
        reason = apart.PLACEHOLDERS if is_placeholder else ""
    elif name == "tc" and _is_covered(element):
        reason = apart.HIDDEN
    elif name == "fldSimple":
        reason = apart.COMPUTED if _is_computed(attribute(element, "instr") or "") else ""
    return reason


def _is_covered(cell: ET.Element) -> bool:
    """Whether a cell lies under the one above, which stretches over it."""
    properties = child(cell, "tcPr")
    merge = child(properties, "vMerge") if properties is not None else None
    return merge is not None and attribute(merge, "val") != "restart"


def _is_computed(instruction: str) -> bool:
    """Whether a field's words are made up when the file is shown."""
    words = instruction.split()
    return bool(words) and words[0].upper() in _COMPUTED_FIELDS


def _add_repeats(cell: ET.Element, pieces: Pieces) -> None:
    """The words of a cell over several rows or columns may stand in each."""
    properties = child(cell, "tcPr")
    if properties is None:
        return
    columns = attribute(child(properties, "gridSpan"), "val") or "1"
    merge = child(properties, "vMerge")
    is_tall = merge is not None and attribute(merge, "val") == "restart"
    times = _MAX_REPEATS if is_tall else min(int(columns) if columns.isdigit() else 1, _MAX_REPEATS) - 1
    if times > 0:
        text = "".join((part.text or "") if local_name(part) == "t" else " " for part in cell.iter())
        pieces.add_apart(apart.REPEATED, [text], times)
