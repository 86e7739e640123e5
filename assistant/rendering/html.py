"""HTML and SVG into which nothing can be smuggled: every text is escaped, unless it was made by `tag`."""

from collections.abc import Iterable, Sequence
from html import escape

from assistant.rendering.terminal import sanitize

Attribute = str | float | bool | None
Row = Sequence[str]


class Html(str):
    """Finished markup. What str's own methods make of it is a plain str again, and escaped: mistakes are harmless."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: Attribute) -> Html:
    """An element. Children are escaped unless they are Html.

    Args:
        name: of the element.
        children: in their order.
        attributes: ``class_`` stands for ``class``, ``aria_label`` for ``aria-label``; None and False leave one out.
    """
    markup = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return Html(f"<{name}{markup}>{join_html(children)}</{name}>")


def join_html(parts: Iterable[str], between: str = "") -> Html:
    """Texts and elements one after the other, with a text between them."""
    return Html(escape_text(between).join(map(escape_text, parts)))


def escape_text(value: str) -> Html:
    """A text as markup: its control and bidirectional characters spelt out, HTML's own characters escaped."""
    return value if isinstance(value, Html) else Html(escape(sanitize(value)))


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f' {name}=""' if value else ""
    return f' {name}="{escape(sanitize(format_coordinate(value) if isinstance(value, float) else str(value)))}"'


def format_coordinate(value: float) -> str:
    """A coordinate of a drawing, with no more digits than an eye can see."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def html_table(caption: str, heads: Row, rows: Iterable[Row], class_: str = "") -> Html:
    """A table; the first cell of each row is its head."""
    head_row = tag("tr", *(tag("th", head, scope="col") for head in heads))
    body_rows = (tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows)
    return tag(
        "table", tag("caption", caption), tag("thead", head_row), tag("tbody", *body_rows), class_=class_ or None
    )


def scrolling_table(caption: str, heads: Row, rows: Iterable[Row], class_: str = "") -> Html:
    """A table that scrolls by itself, by keyboard too, where it is too wide for the page."""
    return tag(
        "div",
        html_table(caption, heads, rows, class_),
        class_="scroll",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def badge(text: str, kind: str) -> Html:
    """A text in a coloured frame: ``good``, ``weak``, ``bad`` or ``quiet``."""
    return tag("span", text, class_=f"badge {kind}")


def format_duration(seconds: float) -> str:
    """A duration in milliseconds or seconds, whichever suits it."""
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"


def count_noun(count: int, singular: str, plural: str = "") -> str:
    """A number with its noun: 1 question, 2 questions."""
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"
