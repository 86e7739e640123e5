"""What an index costs at several sizes, as a table and as a chart: measurements in, Markdown and SVG out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from assistant.evaluation.report.svg import Scale
from assistant.rendering.html import Html, format_coordinate, join_html, tag


@dataclass(frozen=True, slots=True)
class GrowthMeasurement:
    """What one size costs in one kind of store. Times in seconds, sizes in MiB.

    The fields are the keys of ``figures.json``. Embedding is left out of the times.
    """

    store: str  # folder or server
    sentences: int
    documents: int
    rate: float  # sentences that the embedder embeds in a second on this machine
    index: float  # indexing everything
    again: float  # indexing after 1% of the documents has changed
    unchanged: float  # indexing after nothing has
    open: float
    first: float  # the first answer
    ask_p50: float
    ask_p95: float
    indexing_peak: float
    asking_peak: float
    server_peak: float
    disk: float

    @property
    def index_with_embedding(self) -> float:
        """Seconds to index everything, with the time that embedding would take."""
        return self.index + self.sentences / self.rate

    @property
    def changed_share(self) -> float:
        """The share of that time that indexing the changed 1% takes, with embedding too."""
        return (self.again + self.sentences / 100 / self.rate) / self.index_with_embedding


_Cell = Callable[[GrowthMeasurement], str]
_COLUMNS: Mapping[str, _Cell] = {
    "store": lambda cost: cost.store,
    "sentences": lambda cost: f"{cost.sentences:,}",
    "index, s": lambda cost: f"{cost.index:,.0f}",
    "with embedding": lambda cost: f"{cost.index_with_embedding:,.0f}",
    "1% changed, s": lambda cost: f"{cost.again:.1f}",
    "share": lambda cost: f"{cost.again / cost.index:.1%}",
    "with embedding, share": lambda cost: f"{cost.changed_share:.1%}",
    "nothing changed, s": lambda cost: f"{cost.unchanged:.1f}",
    "open, s": lambda cost: f"{cost.open:.1f}",
    "first answer, s": lambda cost: f"{cost.first:.1f}",
    "ask p50, ms": lambda cost: f"{1000 * cost.ask_p50:.0f}",
    "p95": lambda cost: f"{1000 * cost.ask_p95:.0f}",
    "indexing, MiB": lambda cost: f"{cost.indexing_peak:,.0f}",
    "asking": lambda cost: f"{cost.asking_peak:,.0f}",
    "server": lambda cost: f"{cost.server_peak:,.0f}" if cost.server_peak else "",
    "disk": lambda cost: f"{cost.disk:,.0f}",
}
TABLE_HEAD = f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}"


def table_row(cost: GrowthMeasurement) -> str:
    """One row of the Markdown table that `TABLE_HEAD` begins."""
    return f"| {' | '.join(cell(cost) for cell in _COLUMNS.values())} |"


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    value: Callable[[GrowthMeasurement], float]


_PANELS = (
    _Panel("indexing, without embedding, s", lambda cost: cost.index),
    _Panel("again after 1% changed, s", lambda cost: cost.again),
    _Panel("opening, s", lambda cost: cost.open),
    _Panel("answering, median, ms", lambda cost: 1000 * cost.ask_p50),
    _Panel("memory while asking, server's with it, MiB", lambda cost: cost.asking_peak + cost.server_peak),
    _Panel("disk, MiB", lambda cost: cost.disk),
)
_PANELS_PER_ROW, _PANEL_WIDTH, _PANEL_HEIGHT = 2, 330, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 30, 30  # margins within a panel
_INK, _FAINT = "#57606a", "#d0d7de"  # readable on white and on black
_STORE_COLOURS = {"folder": "#0969da", "server": "#bc4c00"}


def growth_svg(costs: Sequence[GrowthMeasurement]) -> str:
    """An SVG with a panel for each cost, both axes logarithmic; it needs no stylesheet."""
    rows = -(-len(_PANELS) // _PANELS_PER_ROW)
    panels = (
        tag("g", *_panel(panel, costs), transform=f"translate({column * _PANEL_WIDTH} {row * _PANEL_HEIGHT})")
        for row, column, panel in (
            (number // _PANELS_PER_ROW, number % _PANELS_PER_ROW, panel) for number, panel in enumerate(_PANELS)
        )
    )
    title = "Costs of an index by its sentences, in a folder and in a Chroma server; docs/evaluation has the figures."
    height = rows * _PANEL_HEIGHT + 24
    colour_keys = (
        _letters(_LEFT + 90 * number, height - 8, f"● {store}", colour, "start")
        for number, (store, colour) in enumerate(_STORE_COLOURS.items())
    )
    return tag(
        "svg",
        tag("title", title),
        *panels,
        *colour_keys,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_PANELS_PER_ROW * _PANEL_WIDTH} {height}",
        role="img",
        font_family="sans-serif",
        font_size="12",
    )


def _panel(panel: _Panel, costs: Sequence[GrowthMeasurement]) -> Iterator[Html]:
    sizes = sorted({cost.sentences for cost in costs})
    low, high = _decades([panel.value(cost) for cost in costs])
    x = Scale(sizes[0], max(sizes[-1], sizes[0] + 1), _LEFT, _PANEL_WIDTH - _RIGHT, logarithmic=True)
    y = Scale(low, high, _PANEL_HEIGHT - _BOTTOM, _TOP, logarithmic=True)
    yield _letters(_LEFT, _TOP - 12, panel.title, _INK, "start")
    for value in _powers_of_ten(y.low, y.high):
        yield tag("line", x1=x.start, x2=x.end, y1=y(value), y2=y(value), stroke=_FAINT)
        yield _letters(x.start - 6, y(value) + 4, f"{value:,g}", _INK, "end")
    for size in sizes:
        yield _letters(x(size), _PANEL_HEIGHT - _BOTTOM + 16, _size_text(size), _INK, "middle")
    for store, colour in _STORE_COLOURS.items():
        values = sorted((cost.sentences, panel.value(cost)) for cost in costs if cost.store == store)
        points = [(x(size), y(value)) for size, value in values]
        listed = join_html([f"{format_coordinate(px)},{format_coordinate(py)}" for px, py in points], " ")
        yield tag("polyline", points=listed, fill="none", stroke=colour, stroke_width="2")
        for point_x, point_y in points:
            yield tag("circle", cx=point_x, cy=point_y, r="3", fill=colour)


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around some values."""
    exponents = [log10(max(value, 1e-3)) for value in values]
    low, high = min(exponents) // 1, -(-max(exponents) // 1)
    return float(10 ** int(low)), float(10 ** int(high + (max(exponents) % 1 == 0)))


def _powers_of_ten(low: float, high: float) -> Iterator[float]:
    value = low
    while value <= high * 1.001:
        yield value
        value *= 10


def _size_text(size: int) -> str:
    return f"{size / 1_000_000:.3g}M" if size >= 1_000_000 else f"{size / 1000:.3g}k"


def _letters(x: float, y: float, words: str, colour: str, anchor: str) -> Html:
    return tag("text", words, x=x, y=y, fill=colour, text_anchor=anchor)
