"""The names of XML vocabularies for documents, and the characters of their paragraphs, notes, tables and persons."""

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.readers.elements import Inline, InlineStyle, TableCell, TableContent
from assistant.readers.extract import collapse_whitespace

PARAGRAPHS = {"p", "para", "simpara", "ab", "l", "v", "subtitle", "attrib", "verse-line", "td", "dd", "dt"}
TITLES = {"title", "head", "article-title", "h1", "h2", "h3", "h4", "h5", "h6"}
SECTIONS = {"sec", "section", "chapter", "part", "appendix", "app", "preface", "sect1", "sect2", "sect3", "sect4",
            "sect5", "div", "ack", "abstract", "refsect1", "refsection", "boxed-text", "example",
            "ref-list"}  # fmt: skip
ITEMS = {"listitem", "list-item", "item", "li", "callout", "step", "def-item", "varlistentry"}
NOTES = {"fn", "footnote", "note"}
CODE = {"programlisting", "screen", "preformat", "code-block", "literallayout", "pre", "eg"}
REFERENCES = {"ref", "bibl", "biblioentry", "bibliomixed", "citation-item"}
CAPTIONS = {"caption", "figdesc"}
NO_TEXT = {"journal-meta", "permissions", "history", "processing-meta", "revhistory", "binary", "script", "style",
            "teiheader", "indexterm", "table-wrap-foot-graphic"}  # fmt: skip
PICTURES = {"graphic", "imagedata", "image", "inline-graphic", "img", "media"}
STYLES: dict[str, InlineStyle] = {"sup": "raised", "superscript": "raised", "sub": "lowered", "subscript": "lowered",
                                   "del": "struck", "strike": "struck", "s": "struck"}  # fmt: skip
BLOCKS = PARAGRAPHS | TITLES | SECTIONS | ITEMS | NOTES | CODE | REFERENCES | CAPTIONS | {
    "table", "informaltable", "list", "itemizedlist", "orderedlist", "ul", "ol", "body", "book", "article",
    "quote-block", "blockquote", "disp-quote", "epigraph", "table-wrap", "figure", "fig", "variablelist",
    "def-list"}  # fmt: skip
INLINE_NAMES = {"a", "abbr", "b", "big", "bold", "br", "cite", "code", "command", "del", "em", "emphasis", "filename",
                "font", "hi", "i", "italic", "lb", "link", "literal", "mark", "monospace", "nobr", "q", "quote", "s",
                "sc", "small", "span", "strike", "strong", "sub", "subscript", "sup", "superscript", "term", "tt", "u",
                "ulink", "underline", "uri", "wbr", "xref", ""}  # fmt: skip
_EDITED_FORMS, _ORIGINAL_FORMS = {"corr", "reg", "expan"}, {"sic", "orig", "abbr"}
_MAX_INLINE_DEPTH = 100
_MARK = "{urn:assistant}holds-blocks"  # an attribute that no file has


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def mark_blocks(root: Any) -> None:
    """Marks the elements that hold a paragraph or another block, for `has_blocks`."""
    for element in root.iter():
        if local_name(element) in BLOCKS:
            for above in element.iterancestors():
                if above.get(_MARK):
                    break
                above.set(_MARK, "1")


def leave_out_original_forms(root: Any) -> bool:
    """Empties the words that an editor has corrected or spelled out, as TEI gives both; whether there are any."""
    left_out = False
    for element in root.iter():
        if local_name(element) != "choice" or not any(local_name(child) in _EDITED_FORMS for child in element):
            continue
        element.text = (element.text or "").strip()
        for child in element:
            child.tail = (child.tail or "").strip()
            if local_name(child) in _ORIGINAL_FORMS:
                child.clear(keep_tail=True)
                left_out = True
    return left_out


def has_blocks(element: Any) -> bool:
    """Whether an element is a paragraph or another block, or holds one."""
    return local_name(element) in BLOCKS or (isinstance(element.tag, str) and element.get(_MARK) is not None)


def text_of(element: Any, skip: str = "") -> str:
    """The text of an element, without children of one name."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts.append("" if local_name(child) == skip else text_of_all(child))
        parts.append(child.tail or "")
    return collapse_whitespace("".join(parts))


def text_of_all(element: Any) -> str:
    """The text of an element with all in it; nothing for comments."""
    return "".join(element.itertext()) if isinstance(element.tag, str) else ""


def identity(element: Any) -> str:
    """The name by which other elements refer to one."""
    return str(element.get("id") or element.get("{http://www.w3.org/XML/1998/namespace}id") or "")


def inlines_of(element: Any, style: InlineStyle = "plain", depth: int = 0) -> Iterator[Inline]:
    """The characters of an element inside a paragraph, with their styles; not what follows it."""
    name = local_name(element)
    if not name or name in NO_TEXT or depth > _MAX_INLINE_DEPTH:
        return
    target = _target(element)
    if key := _note_key(element, name):
        yield Inline(text_of_all(element), "note_mark", key)
        return
    if name in {"br", "lb", "break"}:
        yield Inline(" ")
    own_style: InlineStyle = STYLES.get(name) or ("link" if target and style == "plain" else style)
    yield Inline(element.text or "", own_style, target)
    for child in element:
        yield from inlines_of(child, own_style, depth + 1)
        yield Inline(child.tail or "", own_style, target)


def _note_key(element: Any, name: str) -> str:
    """The key of the note that an element refers to; empty where it refers to none."""
    if name == "xref" and element.get("ref-type") in {"fn", "table-fn"}:
        return str(element.get("rid") or "")
    if name == "a" and element.get("type") == "note":
        return next((str(value).lstrip("#") for key, value in element.attrib.items() if key.endswith("href")), "")
    return ""


def _target(element: Any) -> str:
    for name, value in element.attrib.items():
        if name.rpartition("}")[2] in {"href", "url", "target"} and str(value).startswith(
            ("http:", "https:", "mailto:")
        ):
            return str(value)
    return ""


def table_content(table: Any) -> TableContent:
    """A table of HTML's, CALS's (DocBook) or TEI's model."""
    rows: list[list[TableCell]] = []
    title = ""
    for element in table.iter():
        name = local_name(element)
        if name in {"title", "caption", "head"} and not rows and not title:
            title = text_of(element)
        elif name in {"tr", "row"}:
            is_header = any(local_name(above) == "thead" for above in element.iterancestors()) or (
                element.get("role") == "label"
            )
            rows.append(
                [_cell(cell, is_header) for cell in element if local_name(cell) in {"td", "th", "entry", "cell"}]
            )
    return TableContent(rows, title=title)


def _cell(cell: Any, is_header: bool) -> TableCell:
    rows = _number(cell.get("rowspan") or cell.get("rows")) or _number(cell.get("morerows")) + 1
    first, last = (_number(_digits(cell.get(name))) for name in ("namest", "nameend"))
    columns = _number(cell.get("colspan") or cell.get("cols")) or (last - first + 1 if last >= first > 0 else 1)
    content: Sequence[Inline] = tuple(inlines_of(cell))
    return TableCell(content, rows, columns, is_header or local_name(cell) == "th")


def _digits(value: str | None) -> str:
    return "".join(filter(str.isdigit, value or ""))


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 5 else 0


def person(element: Any) -> str:
    """The name of an author; given names first."""
    if len(element) == 0:
        return text_of(element)
    parts = {local_name(part): collapse_whitespace(part.text or "") for part in element.iter()}
    given = next(
        (parts[name] for name in ("given-names", "firstname", "forename", "first-name") if parts.get(name)), ""
    )
    family = next((parts[name] for name in ("surname", "last-name") if parts.get(name)), "")
    return f"{given} {family}".strip() or next((parts[n] for n in ("personname", "name") if parts.get(n)), "")
