"""Makes OpenDocument files for the tests, from the XML that the office suites write."""

from tests.support.files import zip_file

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = {
    "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "form": "form",
    "presentation": "presentation", "meta": "meta", "chart": "chart", "svg": "svg-compatible",
    "fo": "xsl-fo-compatible",
}  # fmt: skip
NAMESPACES = " ".join(f'xmlns:{prefix}="{_OASIS}{name}:1.0"' for prefix, name in _NAMES.items()) + (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
)


def odf(
    body: str, *, kind: str = "text", automatic: str = "", styles: str = "", masters: str = "", meta: str = "",
    members: dict[str, str | bytes] | None = None,
) -> bytes:  # fmt: skip
    """An OpenDocument file.

    Args:
        body: what is in ``office:text``, ``office:spreadsheet`` or ``office:presentation``.
        kind: "text", "spreadsheet" or "presentation".
        automatic: the automatic styles of the content.
        styles: the named styles.
        masters: the master pages, with headers and footers.
        meta: the metadata.
        members: more members of the zip file.
    """
    files: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {NAMESPACES}>"
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {NAMESPACES}><office:styles>{styles}</office:styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>",
        "meta.xml": f"<office:document-meta {NAMESPACES}><office:meta>{meta}</office:meta></office:document-meta>",
    }
    return zip_file(files | (members or {}))


def flat_odf(body: str, *, kind: str = "text", automatic: str = "", styles: str = "") -> bytes:
    """An OpenDocument file that is one XML document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES}>'
        f"<office:styles>{styles}</office:styles><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>"
    ).encode()


def text_style(name: str, properties: str, *, family: str = "text", more: str = "") -> str:
    """A style with properties of characters."""
    return (
        f'<style:style style:name="{name}" style:family="{family}" {more}>'
        f"<style:text-properties {properties}/></style:style>"
    )


def row(*cells: str) -> str:
    """A table row of cells with these texts."""
    texts = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f"<table:table-row>{texts}</table:table-row>"
