"""PowerPoint files, by their own XML: every text node of the slides, their notes, comments and charts."""

import re
from xml.etree import ElementTree as ET

from research.fidelity import extraction as apart
from research.fidelity.extraction import Pieces
from research.fidelity.package import Package, attribute, child, linked_texts, local_name, visible_children

_IS_SET_OFF = re.compile(r"\d|[^\W\d_]{4}")  # raised figures and words, which stand apart on a slide
_REASONS = {"fld": apart.COMPUTED, "oMath": apart.FORMULAS}
_FURNITURE = ("ftr", "dt", "hdr")


def extract_pptx(data: bytes) -> Pieces:
    """What a presentation shows.

    Raises:
        ExtractorError: it is none.
    """
    package = Package(data)
    main, tree = package.main_part("PowerPoint")
    pieces = Pieces()
    pieces.add(package.metadata(), apart.METADATA)
    relations = package.relations(main)
    furniture: set[str] = set()
    for entry in (part for part in tree.iter() if local_name(part) == "sldId"):
        relation = next((value for key, value in entry.items() if key.endswith("}id")), "")
        _, name = relations.get(relation, ("", ""))
        slide = package.tree(name)
        if slide is not None:
            reason = apart.HIDDEN if attribute(slide, "show") in {"0", "false"} else ""
            _add_slide(package, name, slide, pieces, furniture, reason)
    return pieces


def _add_slide(  # noqa: PLR0913, PLR0917 — what a slide is made of
    package: Package, name: str, slide: ET.Element, pieces: Pieces, furniture: set[str], reason: str
) -> None:
    _walk(slide, pieces, furniture, reason)
    if not reason:
        linked_texts(package, name, pieces)
    for kind, target in package.relations(name).values():
        part = package.tree(target) if kind in {"notesSlide", "comments"} else None
        if part is not None and kind == "notesSlide":
            notes = Pieces()
            _walk(part, notes, None, reason)
            pieces.add_all(notes)
        elif part is not None:
            texts = [comment.text or "" for comment in part.iter() if local_name(comment) in {"text", "t"}]
            pieces.add("\n" + "\n".join(texts) + "\n", reason)


def _walk(root: ET.Element, pieces: Pieces, furniture: set[str] | None, reason_of_all: str) -> None:
    """Adds the text nodes below an element in their order, without recursion."""
    stack: list[tuple[ET.Element, str, bool]] = [(root, reason_of_all, False)]
    while stack:
        element, reason, is_end = stack.pop()
        name = local_name(element)
        if is_end:
            pieces.add("\n", reason)
            continue
        if name in {"sp", "pic", "graphicFrame", "cxnSp", "grpSp"}:
            reason = reason or _reason_of_shape(element, pieces, furniture)
        elif name in {"t", "br"}:
            pieces.add((element.text or "") if name == "t" else " ", reason)
        elif name == "tc":
            spans = [int(element.get(span, "1")) for span in ("gridSpan", "rowSpan")]
            pieces.add_apart(apart.REPEATED, [_text_of(element)], max(spans[0] * spans[1] - 1, 0))
        elif name == "r":
            reason = reason or _reason_of_run(element)
        is_raised = name == "r" and _is_raised(element)
        pieces.add(" " if is_raised else "", reason)
        reason = reason or _REASONS.get(name, "")
        if name in {"p", "tc"} or is_raised:
            stack.append((element, reason, True))
        stack += [(part, reason, False) for part in reversed([*visible_children(element)])]


def _reason_of_run(run: ET.Element) -> str:
    return apart.STRUCK if attribute(child(run, "rPr"), "strike") in {"sngStrike", "dblStrike"} else ""


def _is_raised(run: ET.Element) -> bool:
    """Whether a run raises figures or words, which the word before would take for its own."""
    raised = attribute(child(run, "rPr"), "baseline") or "0"
    return raised.isdigit() and int(raised) > 0 and bool(_IS_SET_OFF.search(_text_of(run)))


def _reason_of_shape(shape: ET.Element, pieces: Pieces, furniture: set[str] | None) -> str:
    """Why a shape's words are counted apart: it is hidden, or a footer that another slide has too."""
    for part in (part for own in shape if local_name(own).startswith("nv") for part in own.iter()):
        if local_name(part) == "cNvPr":
            pieces.add_apart(apart.ALTERNATIVES, [part.get("descr", ""), part.get("title", "")])
            if part.get("hidden") in {"1", "true"}:
                return apart.HIDDEN
        elif local_name(part) == "ph" and part.get("type") == "sldNum":
            return apart.COMPUTED
        elif local_name(part) == "ph" and part.get("type") in _FURNITURE:
            text = " ".join(_text_of(shape).split())
            if furniture is None or text in furniture:  # in notes, it is that of printed pages alone
                return apart.REPEATED
            furniture.add(text)
    return ""


def _text_of(element: ET.Element) -> str:
    return "".join((part.text or "") if local_name(part) == "t" else " " for part in element.iter())
