"""One self-contained HTML page of a run; it opens offline, and everything that it shows is inert text."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.evaluation.comparison import Comparison
from assistant.evaluation.report import chart_sections
from assistant.evaluation.report.comparison_section import comparison_section
from assistant.evaluation.report.scorecard_section import metric_tiles, scorecard_section
from assistant.evaluation.report.template import page_frame
from assistant.evaluation.report.transcript import all_tags, question_anchors, question_groups
from assistant.evaluation.scorecard import Scorecard
from assistant.rendering.html import Html, count_noun, join_html, tag

_MAX_OPEN_ITEMS = 12  # a longer list is folded


def report_page(card: Scorecard, comparison: Comparison | None = None) -> str:
    """The page's HTML: verdict, scorecard, charts, comparison, and every question, those that failed first."""
    links = {id_: f"#{anchor}" for (id_, round_), anchor in question_anchors(card.results).items() if round_ == 1}
    main = tag(
        "main",
        scorecard_section(card),
        chart_sections.reliability_section(card),
        chart_sections.precision_section(card),
        chart_sections.latency_section(card),
        comparison_section(comparison, links) if comparison else Html(),
        _questions_section(card),
    )
    return page_frame(card.title, join_html([_header(card, links), _contents(comparison), main, _footer()]))


def _header(card: Scorecard, links: Mapping[str, str]) -> Html:
    made_with = tag("details", tag("summary", "What it was made with"), tag("dl", *_definitions(card.made_with)))
    over = tag("p", "Evaluation of assistant", class_="over")
    return tag("header", over, tag("h1", card.title), _verdict(card, links), metric_tiles(card), made_with)


def _verdict(card: Scorecard, links: Mapping[str, str]) -> Html:
    gate = card.gate
    if card.unfinished:
        head, kind = f"Not finished: {card.unfinished} The gate judges whole runs alone.", "weak"
    elif gate.missed:
        head, kind = "The gate is shut. Missed:", "bad"
    elif gate.thresholds:
        head, kind = "The gate is open: every threshold is met.", "good"
    else:
        head, kind = "There are no thresholds for this set.", "quiet"
    missed = tag("ul", *(tag("li", reason) for reason in gate.missed)) if gate.missed else Html()
    return tag("div", tag("p", head), missed, *_worse_cases(gate.lost, links), class_=f"verdict {kind}")


def _worse_cases(lost: Sequence[str], links: Mapping[str, str]) -> Iterator[Html]:
    """The cases that are worse than in the baseline, each with a link to itself."""
    if not lost:
        return
    items = []
    for words in lost:
        id_ = max((id_ for id_ in links if words.startswith(f"{id_}:")), key=len, default="")
        items.append(tag("li", *([tag("a", id_, href=links[id_]), words[len(id_) :]] if id_ else [words])))
    title = f"Worse than in the accepted run: {count_noun(len(lost), 'case')}"
    yield tag("details", tag("summary", title), tag("ul", *items), open=len(lost) <= _MAX_OPEN_ITEMS)


def _definitions(made_with: Mapping[str, object], prefix: str = "") -> Iterator[Html]:
    """What a run was made with, a line each; what is nested gets the names above it as a prefix."""
    for name, value in made_with.items():
        if isinstance(value, Mapping):
            yield from _definitions(value, f"{prefix}{name} ")
        elif value not in (None, ""):
            yield tag("dt", f"{prefix}{name}")
            yield tag("dd", str(value))


def _contents(comparison: Comparison | None) -> Html:
    titles = {"scorecard": "Scorecard", "reliability": "Score", "precision": "Threshold", "latency": "Latency"}
    titles |= {"compared": "Comparison"} if comparison else {}
    titles |= {"questions": "Questions"}
    items = (tag("li", tag("a", title, href=f"#{anchor}")) for anchor, title in titles.items())
    return tag("nav", tag("ul", *items), aria_label="Contents")


def _questions_section(card: Scorecard) -> Html:
    head = tag("h2", "Questions", id="questions")
    if not card.results:
        return tag("section", head, tag("p", "No question was asked."))
    explanation = (
        "Open one for its answer, the sentences it cites (marked; what it must say stands out in them), what was "
        "expected and each score. The number on the right is the answer's score."
    )
    questions = question_groups(card.results, card.judge.by_question)
    return tag("section", head, tag("p", explanation), _filter(card), questions)


def _filter(card: Scorecard) -> Html:
    """The controls by which the script narrows the questions; without the script they stay hidden."""
    kinds = {"": "all", "failed": "failed", "right": "right", "answered": "answered", "refused": "refused"}
    tags = {"": "all", **{str(number): name for number, name in enumerate(all_tags(card.results))}}
    return tag(
        "div",
        _select("kind", "Show", kinds),
        _select("tag", "Tag", tags) if len(tags) > 1 else tag("div", _select("tag", "Tag", tags), hidden=True),
        tag("label", "Words", Html('<input id="words" type="search">')),
        tag("output", aria_live="polite"),
        id="filter", class_="filter", role="search", hidden=True,
    )  # fmt: skip


def _select(name: str, title: str, choices: Mapping[str, str]) -> Html:
    options = (tag("option", words, value=value) for value, words in choices.items())
    return tag("label", title, tag("select", *options, id=name))


def _footer() -> Html:
    return tag("footer", "Made by assistant eval --report. Nothing on this page is fetched from elsewhere.")
