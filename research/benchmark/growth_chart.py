"""What an index cost at several sizes, as a table and as a picture: figures in, Markdown and SVG out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10

from assistant.evaluation.report.charts import Scale
from assistant.rendering.html import Html, format_coordinate, join_html, tag


@dataclass(frozen=True, slots=True)
class Figures:
    """What one size cost in one kind of store. Times in seconds, sizes in MiB."""

    store: str
    sentences: int
    documents: int
    rate: float  # sentences a second that the embedder, which was left out, makes on this machine
    index: float
    again: float  # after 1% of the documents has changed
    unchanged: float  # after nothing has
    open: float
    first: float  # answer
    ask_p50: float
    ask_p95: float
    indexing_peak: float
    asking_peak: float
    server_peak: float
    disk: float

    @property
    def whole(self) -> float:
        """Seconds to index everything, with what embedding would take."""
        return self.index + self.sentences / self.rate

    @property
    def share(self) -> float:
        """What the changed 1% costs of that, embedded likewise."""
        return (self.again + self.sentences / 100 / self.rate) / self.whole


_Cell = Callable[[Figures], str]
_COLUMNS: Mapping[str, _Cell] = {
    "store": lambda at: at.store,
    "sentences": lambda at: f"{at.sentences:,}",
    "index, s": lambda at: f"{at.index:,.0f}",
    "with embedding": lambda at: f"{at.whole:,.0f}",
    "1% changed, s": lambda at: f"{at.again:.1f}",
    "share": lambda at: f"{at.again / at.index:.1%}",
    "with embedding, share": lambda at: f"{at.share:.1%}",
    "nothing changed, s": lambda at: f"{at.unchanged:.1f}",
    "open, s": lambda at: f"{at.open:.1f}",
    "first answer, s": lambda at: f"{at.first:.1f}",
    "ask p50, ms": lambda at: f"{1000 * at.ask_p50:.0f}",
    "p95": lambda at: f"{1000 * at.ask_p95:.0f}",
    "indexing, MiB": lambda at: f"{at.indexing_peak:,.0f}",
    "asking": lambda at: f"{at.asking_peak:,.0f}",
    "server": lambda at: f"{at.server_peak:,.0f}" if at.server_peak else "",
    "disk": lambda at: f"{at.disk:,.0f}",
}
HEAD = f"| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}"


def row(at: Figures) -> str:
    """One line of the table that `HEAD` begins."""
    return f"| {' | '.join(cell(at) for cell in _COLUMNS.values())} |"


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    of: Callable[[Figures], float]


_PANELS = (
    _Panel("indexing, without embedding, s", lambda at: at.index),
    _Panel("again after 1% changed, s", lambda at: at.again),
    _Panel("opening, s", lambda at: at.open),
    _Panel("answering, median, ms", lambda at: 1000 * at.ask_p50),
    _Panel("memory while asking, server's with it, MiB", lambda at: at.asking_peak + at.server_peak),
    _Panel("disk, MiB", lambda at: at.disk),
)
_ACROSS, _WIDTH, _HEIGHT = 2, 330, 190  # panels in a row, and the size of one
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 30, 30
_INK, _FAINT = "#57606a", "#d0d7de"  # readable on white and on black
_COLOURS = {"folder": "#0969da", "server": "#bc4c00"}


def drawn(found: Sequence[Figures]) -> str:
    """An SVG with a panel for each cost, both axes logarithmic; it needs no stylesheet."""
    rows = -(-len(_PANELS) // _ACROSS)
    panels = (
        tag("g", *_panel(panel, found), transform=f"translate({place % _ACROSS * _WIDTH} {place // _ACROSS * _HEIGHT})")
        for place, panel in enumerate(_PANELS)
    )
    told = "Costs of an index by its sentences, in a folder and in a Chroma server; evals/README.md has the figures."
    height = rows * _HEIGHT + 24
    key = (
        _letters(_LEFT + 90 * place, height - 8, f"● {store}", colour, "start")
        for place, (store, colour) in enumerate(_COLOURS.items())
    )
    return tag(
        "svg",
        tag("title", told),
        *panels,
        *key,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_ACROSS * _WIDTH} {height}",
        role="img",
        font_family="sans-serif",
        font_size="12",
    )


def _panel(panel: _Panel, found: Sequence[Figures]) -> Iterator[Html]:
    sizes = sorted({at.sentences for at in found})
    values = [panel.of(at) for at in found]
    x = Scale(sizes[0], max(sizes[-1], sizes[0] + 1), _LEFT, _WIDTH - _RIGHT, logarithmic=True)
    y = Scale(*_decades(values), _HEIGHT - _BOTTOM, _TOP, logarithmic=True)
    yield _letters(_LEFT, _TOP - 12, panel.title, _INK, "start")
    for value in _powers(y.low, y.high):
        yield tag("line", x1=x.start, x2=x.end, y1=y(value), y2=y(value), stroke=_FAINT)
        yield _letters(x.start - 6, y(value) + 4, f"{value:,g}", _INK, "end")
    for size in sizes:
        yield _letters(x(size), _HEIGHT - _BOTTOM + 16, _rounded(size), _INK, "middle")
    for store, colour in _COLOURS.items():
        points = sorted((at.sentences, panel.of(at)) for at in found if at.store == store)
        places = [(x(size), y(value)) for size, value in points]
        told = join_html([f"{format_coordinate(across)},{format_coordinate(up)}" for across, up in places], " ")
        yield tag("polyline", points=told, fill="none", stroke=colour, stroke_width="2")
        for across, up in places:
            yield tag("circle", cx=across, cy=up, r="3", fill=colour)


def _decades(values: Sequence[float]) -> tuple[float, float]:
    """The powers of ten around some values."""
    powers = [log10(max(value, 1e-3)) for value in values]
    return float(10 ** int(min(powers) // 1)), float(10 ** int(-(-max(powers) // 1) + (max(powers) % 1 == 0)))


def _powers(low: float, high: float) -> Iterator[float]:
    value = low
    while value <= high * 1.001:
        yield value
        value *= 10


def _rounded(size: int) -> str:
    return f"{size / 1_000_000:.3g}M" if size >= 1_000_000 else f"{size / 1000:.3g}k"


def _letters(x: float, y: float, words: str, colour: str, anchor: str) -> Html:
    return tag("text", words, x=x, y=y, fill=colour, text_anchor=anchor)
