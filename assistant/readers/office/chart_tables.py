"""Charts of Office files: the values that a chart draws, as tables with its titles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from assistant.readers.elements import Element, TableCell, TableContent
from assistant.readers.extract import collapse_whitespace
from assistant.readers.office.package import attribute, child, descendants, local_name, named, whole_number
from assistant.readers.sheets.table_limits import MAX_COLUMNS, MAX_ROWS
from assistant.readers.sheets.values import number_format, shown_number

_MAX_POINTS = MAX_ROWS  # of one series
_MAX_CELLS = 500_000  # of one table

_Points = dict[int, str]  # the words or formatted values of a series by their places


@dataclass(frozen=True, slots=True)
class _Series:
    """A series of a chart.

    Attributes:
        columns: the categories or x values that it goes over; several columns where they have levels.
        names: of those columns.
        values: a column with its name for each kind of value, as for the size of bubbles.
    """

    columns: tuple[_Points, ...]
    names: tuple[str, ...]
    values: tuple[tuple[str, _Points], ...]


def chart_elements(chart_space: Any) -> list[Element]:
    """The titles and values of a chart; no table where the file holds none of its values.

    Args:
        chart_space: the root of a chart's part.
    """
    chart = child(chart_space, "chart")
    plot_area = child(chart, "plotArea")
    if plot_area is None:
        return []
    series = list(_all_series(plot_area)) or list(_newer_series(chart_space))
    units = _value_titles(plot_area)
    unit = units[0] if len(units) == 1 else ""
    tables = [_table(list(alike), unit) for _, alike in groupby(series, lambda item: (item.columns, item.names))]
    title = _title(chart)
    if not title and child(chart, "title") is not None and len(series) == 1:
        title = series[0].values[0][0]  # a chart of one series is called as that is
    captions = [Element("caption", words) for words in dict.fromkeys((title, *units)) if words]
    return captions + [Element("table", table=table) for table in tables]


def _value_titles(plot_area: Any) -> list[str]:
    """The titles of the axes of values: of each plot the second axis, since that of a scatter chart's x is one too."""
    axes = _axes(plot_area)
    numbers = [[attribute(axis_id, "val") for axis_id in named(plot, "axId")][1:2] for plot in plot_area]
    titles = (_title(axes.get(number)) for (number,) in filter(None, numbers))
    return [title for title in dict.fromkeys(titles) if title]


def _axes(plot_area: Any) -> dict[str | None, Any]:
    """The axes by their numbers."""
    return {attribute(child(axis, "axId"), "val"): axis for axis in plot_area if local_name(axis).endswith("Ax")}


def _all_series(plot_area: Any) -> Iterator[_Series]:
    axes = _axes(plot_area)
    count = 0
    for plot in plot_area:
        axis_ids = [attribute(axis_id, "val") for axis_id in named(plot, "axId")]
        axis_title = _title(axes.get(axis_ids[0])) if axis_ids else ""
        for element in named(plot, "ser"):
            series = _series(element, plot, axis_title)
            count += 1
            if count < MAX_COLUMNS and any(points for _, points in series.values):
                yield series


def _series(series: Any, plot: Any, axis_title: str) -> _Series:
    name = " ".join(_points(child(series, "tx")).values()) or _text(child(series, "tx", "v"))
    label_format = _label_format(series) or _label_format(plot)
    values = _points(child(series, "val") if child(series, "val") is not None else child(series, "yVal"), label_format)
    sizes = _points(child(series, "bubbleSize"))
    categories = child(series, "cat") if child(series, "cat") is not None else child(series, "xVal")
    columns = _levels(categories)
    names = ("",) * (len(columns) - 1) + (axis_title,) if columns else ()
    return _Series(columns, names, ((name, values), *([(f"{name} (size)", sizes)] if sizes else [])))


def _table(series: Sequence[_Series], unit: str) -> TableContent:
    """Series over the same categories as one table."""
    columns = [*series[0].columns, *(points for item in series for _, points in item.values)]
    names = [*series[0].names, *(name for item in series for name, _ in item.values)]
    places = sorted({place for points in columns for place in points})[: _MAX_CELLS // len(columns)]
    rows = [[points.get(place, "") for points in columns] for place in places]
    cells = [[TableCell(text) for text in row] for row in [names, *rows]]
    return TableContent(cells, header_rows=1 if any(names) else 0, unit=unit)


def _title(element: Any) -> str:
    """The title of a chart or an axis; "" where it has none of its own."""
    words = child(element, "title", "tx")
    if words is None:
        return ""
    paragraphs = list(descendants(words, "p"))
    texts = ["".join(text.text or "" for text in descendants(paragraph, "t")) for paragraph in paragraphs]
    return collapse_whitespace(" ".join(texts)) or " ".join(_points(words).values())


def _levels(reference: Any) -> tuple[_Points, ...]:
    """Categories, the widest first; a wider one goes for all places up to the next of its level."""
    levels = list(descendants(reference, "lvl"))
    if not levels:
        points = _points(reference)
        return (points,) if points else ()
    parsed = [_cached_points(level, "") for level in levels[:9]]
    filled = [_filled(points, sorted(parsed[0])) for points in parsed[1:]]
    return (*reversed(filled), parsed[0])


def _filled(points: _Points, places: Sequence[int]) -> _Points:
    filled, word = {}, ""
    for place in places:
        word = points.get(place, word)
        filled[place] = word
    return filled


def _points(reference: Any, label_format: str = "") -> _Points:
    """The points that a reference has in its cache, or holds itself."""
    for cache in descendants(reference, "strCache", "numCache", "strLit", "numLit"):
        return _cached_points(cache, label_format)
    return {}


def _cached_points(cache: Any, label_format: str) -> _Points:
    is_number = local_name(cache).startswith("num")
    own_format = _text(child(cache, "formatCode"))
    points: _Points = {}
    for point in named(cache, "pt"):
        place = whole_number(attribute(point, "idx"), -1)
        value = child(point, "v")
        if len(points) < _MAX_POINTS and place >= 0 and value is not None and value.text:
            code = label_format or attribute(point, "formatCode") or own_format
            points[place] = _shown(value.text, code) if is_number else collapse_whitespace(value.text)
    return points


def _text(element: Any) -> str:
    return collapse_whitespace(element.text or "") if element is not None else ""


def _label_format(element: Any) -> str:
    """The number format of a series' data labels, where they show values in a format of their own."""
    labels = child(element, "dLbls")
    own_format = child(labels, "numFmt")
    is_shown = attribute(child(labels, "showVal"), "val") in {"1", "true"}
    is_own = attribute(own_format, "sourceLinked") in {"0", "false"}
    return (attribute(own_format, "formatCode") or "") if is_shown and is_own else ""


def _shown(text: str, number_format_code: str) -> str:
    """A number as a format shows it; as the file has it where it is none, or the format hides it."""
    try:
        number = float(text)
    except ValueError:
        return text
    shown, _ = shown_number(number, number_format(number_format_code), is_1904=False)
    return shown or text


def _newer_series(chart_space: Any) -> Iterator[_Series]:
    """The series of a chart in the form of 2014, as waterfalls and treemaps have it; their data stand by themselves."""
    names = {
        attribute(child(series, "dataId"), "val"): _text(child(series, "tx", "txData", "v"))
        for series in descendants(child(chart_space, "chart", "plotArea"), "series")
    }
    for data in named(child(chart_space, "chartData"), "data")[:MAX_COLUMNS]:
        words = [_newer_points(level) for dimension in named(data, "strDim") for level in named(dimension, "lvl")]
        values = [_newer_points(level) for dimension in named(data, "numDim") for level in named(dimension, "lvl")]
        columns = (*reversed([_filled(item, sorted(words[0])) for item in words[1:9]]), *words[:1])
        name = names.get(attribute(data, "id"), "")
        if any(values):
            yield _Series(columns, ("",) * len(columns), tuple((name, item) for item in values[:9]))


def _newer_points(level: Any) -> _Points:
    points: _Points = {}
    number_format_code = level.get("formatCode")
    for point in named(level, "pt")[:_MAX_POINTS]:
        place = whole_number(point.get("idx"), -1)
        if place >= 0 and point.text:
            is_number = local_name(level.getparent()) == "numDim"
            points[place] = (
                _shown(point.text, number_format_code or "") if is_number else collapse_whitespace(point.text)
            )
    return points
