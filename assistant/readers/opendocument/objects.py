"""What is embedded in OpenDocument text: formulas, charts, controls of forms, pictures."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element, Inline, TableCell
from assistant.readers.extract import collapse_whitespace
from assistant.readers.office.mathml import mathml_text
from assistant.readers.opendocument.context import OdfContext
from assistant.readers.opendocument.package import attribute, child, children, descendants, node_name

_TICKED = {"checked", "true"}
_TEXT_CONTROLS = frozenset(
    ("form:text", "form:textarea", "form:formatted-text", "form:number", "form:date", "form:time", "form:combobox",
     "form:password", "form:value-range")
)  # fmt: skip
_GAPS = ("NaN", "1.#NAN", "-1.#IND")
_CHART_TITLES = ("chart:title", "chart:subtitle")


def object_pieces(
    element: Any, context: OdfContext, read_table: Callable[[Any], Iterator[Element]]
) -> Iterator[Inline | Element]:
    """What a frame holds that is neither text nor a table.

    Args:
        element: the object or picture in the frame.
        context: where things that can't be read are counted.
        read_table: reads the table of a chart's values.
    """
    name = node_name(element)
    if name == "draw:image":
        context.left_out["picture"] += 1
    elif name == "draw:plugin":
        context.left_out["sound or film"] += 1
    elif name == "draw:object":
        root = context.embedded(element)
        if root is not None and node_name(root) == "math:math":
            yield Inline(mathml_text(root))
        elif root is not None and (chart := next(descendants(root, "chart:chart"), None)) is not None:
            yield from _chart(chart, context, read_table)
        else:
            context.left_out["embedded object"] += 1
    elif name in {"draw:object-ole", "draw:applet", "draw:floating-frame"}:
        context.left_out["embedded object"] += 1


def control_field(control: Any) -> Element | None:
    """A control of a form with its value; None for a button and the like."""
    name = node_name(control)
    label = collapse_whitespace(attribute(control, "form:label"))
    field_name = label or collapse_whitespace(attribute(control, "form:title") or attribute(control, "form:name"))
    if name in {"form:checkbox", "form:radio"}:
        state = "form:current-state" if name == "form:checkbox" else "form:current-selected"
        first_state = "form:state" if name == "form:checkbox" else "form:selected"
        is_ticked = (attribute(control, state) or attribute(control, first_state)) in _TICKED
        return Element("paragraph", [Inline(field_name)], is_ticked=is_ticked)
    if name == "form:fixed-text":
        return Element("paragraph", [Inline(label)])
    if name == "form:listbox":
        return Element("field", [Inline(", ".join(_selected(control)))], label=field_name)
    if name in _TEXT_CONTROLS:
        value = attribute(control, "form:current-value") or attribute(control, "form:value")
        return Element("field", [Inline(value or _paragraphs(control))], label=field_name)
    return None


def chart_title(chart: Any) -> str:
    """The title of a chart."""
    titles = (child(chart, name) for name in _CHART_TITLES)
    return collapse_whitespace(" ".join("".join(title.itertext()) for title in titles if title is not None))


def _chart(chart: Any, context: OdfContext, read_table: Callable[[Any], Iterator[Element]]) -> Iterator[Element]:
    """The title and values of a chart."""
    table = child(chart, "table:table")
    if title := chart_title(chart):
        yield Element("caption", [Inline(title)])
    if table is None:
        context.left_out["chart"] += 1
    else:
        yield from map(_without_gaps, read_table(table))


def _without_gaps(element: Element) -> Element:
    """A chart's table without what stands for a missing value."""
    if element.table is None:
        return element
    rows = [[TableCell() if inline_text(cell.content) in _GAPS else cell for cell in row] for row in element.table.rows]
    return replace(element, table=replace(element.table, rows=rows))


def _selected(listbox: Any) -> Iterator[str]:
    for option in children(listbox):
        selected = attribute(option, "form:current-selected") or attribute(option, "form:selected")
        if selected in _TICKED:
            yield attribute(option, "form:label") or attribute(option, "form:value")


def _paragraphs(control: Any) -> str:
    return " ".join("".join(paragraph.itertext()) for paragraph in descendants(control, "text:p"))
