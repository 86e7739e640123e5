"""One self-contained HTML page of a run; it opens offline, and everything that it shows is inert text."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.evaluation.comparison import Change, Comparison, Difference
from assistant.evaluation.metrics import BALANCED, RIGHTLY, WRONGLY, Figures, ScoredAnswer, figures
from assistant.evaluation.report import curves
from assistant.evaluation.report.template import framed, number
from assistant.evaluation.report.transcript import anchors, groups, tags_of
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import AMOUNTS
from assistant.evaluation.statistics import Interval, intervals
from assistant.rendering.html import Html, badge, count_noun, join_html, scrolling_table, tag

_MEANINGS = {
    "facts": "answers that say all they must, and nothing that they must not",
    "forbidden": "answers that say nothing they must not",
    "citation_recall": "statements with a citation that bears the case out",
    "citation_precision": "citations that bear the case out",
    "number_accuracy": "figures and dates that stand in the sentences cited for them",
    "verdicts": "what the check said of the statements: supported 1, partial ½",
    "quotes_exact": "citations whose offsets give exactly their quote",
    "answered": "answerable questions that were answered",
    "evidence_hit": "answers that cite any evidence",
    WRONGLY: "answerable questions that were refused: less is better",
    RIGHTLY: "unanswerable questions that were refused",
    BALANCED: "balanced accuracy of refusing",
    "seconds_median": "half of the answers took no longer",
    "seconds_p95": "95% of the answers took no longer",
    "tokens": "read and written by the model for an answer, on average",
}
_BY_TAG = ("facts", "citation_recall", "citation_precision", "quotes_exact", WRONGLY, RIGHTLY)
_TILES = ("facts", "citation_recall", "citation_precision", "first_1", "own_evidence_hit", BALANCED, "quotes_exact")
_CHANCE = "p is how likely chance alone makes a difference at least this large, by a paired permutation test."
_LEAST = 0.001  # chance that is worth its digits
_LONG_LISTS = 12  # things that stand open; more are folded


def page(card: Scorecard, comparison: Comparison | None = None) -> str:
    """The page's HTML: verdict, scorecard, pictures, comparison, and every question, those that failed first."""
    links = {name: f"#{anchor}" for (name, again), anchor in anchors(card.marked).items() if again == 1}
    main = tag(
        "main",
        _scorecard(card),
        curves.reliability(card),
        curves.precision(card),
        curves.latency(card),
        _comparison(comparison, links) if comparison else Html(),
        _questions(card),
    )
    return framed(card.title, join_html([_header(card, links), _contents(comparison), main, _footer()]))


def _header(card: Scorecard, links: Mapping[str, str]) -> Html:
    made = tag("details", tag("summary", "What it was made with"), tag("dl", *_pairs(card.made_with)))
    over = tag("p", "Evaluation of assistant", class_="over")
    return tag("header", over, tag("h1", card.title), _verdict(card, links), _tiles(card), made)


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
    missed = tag("ul", *(tag("li", each) for each in gate.missed)) if gate.missed else Html()
    return tag("div", tag("p", head), missed, *_lost(gate.lost, links), class_=f"verdict {kind}")


def _lost(lost: Sequence[str], links: Mapping[str, str]) -> Iterator[Html]:
    """The cases that are worse than in the accepted run, each with a link to itself."""
    if not lost:
        return
    items = []
    for each in lost:
        found = max((name for name in links if each.startswith(f"{name}:")), key=len, default="")
        items.append(tag("li", *([tag("a", found, href=links[found]), each[len(found) :]] if found else [each])))
    title = f"Worse than in the accepted run: {count_noun(len(lost), 'case')}"
    yield tag("details", tag("summary", title), tag("ul", *items), open=len(lost) <= _LONG_LISTS)


def _tiles(card: Scorecard) -> Html:
    """The few figures that say most."""
    shown = [
        tag(
            "li",
            tag("b", number(name, card.figures[name])),
            tag("span", _words(name)),
            tag("small", _between(card.intervals.get(name))),
        )
        for name in _TILES
        if card.figures.get(name) is not None
    ]
    failed = tag(
        "li",
        tag("b", f"{len(card.failures):,}"),
        tag("span", "failed"),
        tag("small", f"of {len(card.marked):,} answers"),
    )
    return tag("ul", *shown, failed, class_="tiles")


def _pairs(made_with: Mapping[str, object], before: str = "") -> Iterator[Html]:
    """What a run was made with, a line each; what lies deeper gets the names above it in front."""
    for name, value in made_with.items():
        if isinstance(value, Mapping):
            yield from _pairs(value, f"{before}{name} ")
        elif value not in (None, ""):
            yield tag("dt", f"{before}{name}")
            yield tag("dd", str(value))


def _contents(comparison: Comparison | None) -> Html:
    places = {"scorecard": "Scorecard", "reliability": "Score", "precision": "Threshold", "latency": "Latency"}
    places |= {"compared": "Comparison"} if comparison else {}
    places |= {"questions": "Questions"}
    items = (tag("li", tag("a", title, href=f"#{name}")) for name, title in places.items())
    return tag("nav", tag("ul", *items), aria_label="Contents")


def _scorecard(card: Scorecard) -> Html:
    least = card.gate.thresholds
    rows = [
        (
            join_html([_words(name), tag("small", _MEANINGS.get(name, ""))]),
            _cell(name, value, card.intervals.get(name), least.get(name)),
            f"{least[name]:.3f}" if name in least else "",
        )
        for name, value in card.figures.items()
    ]
    legend = "Thin lines on the bars are bootstrap 95% intervals, upright strokes what the gate needs."
    return tag(
        "section",
        tag("h2", "Scorecard", id="scorecard"),
        scrolling_table(legend, ("figure", "value", "needs"), rows, "figures"),
        _by_tag(card) if card.groups else Html(),
        _judged(card.judgements) if card.judgements else Html(),
    )


def _by_tag(card: Scorecard) -> Html:
    heads = ("tag", "questions", *map(_words, _BY_TAG))
    rows = [_row(name, group, figures(group), intervals(group)) for name, group in card.groups.items()]
    rows.append(_row("all", card.marked, card.figures, card.intervals))
    return join_html([tag("h3", "By tag"), scrolling_table("A question may have several tags", heads, rows, "tags")])


def _row(name: str, group: Sequence[ScoredAnswer], found: Figures, chance: Mapping[str, Interval]) -> tuple[str, ...]:
    cells = (_cell(each, found.get(each), chance.get(each)) for each in _BY_TAG)
    return name, f"{len({each.id for each in group}):,}", *cells


def _judged(judgements: Figures) -> Html:
    rows = [(name, _cell(name, value, None)) for name, value in judgements.items()]
    return scrolling_table("As judged by the model; it has no say in the gate", ("judgement", "share"), rows)


def _cell(name: str, value: float | None, chance: Interval | None, least: float | None = None) -> Html:
    """A figure, its interval in brackets, and for a share both as a bar."""
    shown = join_html([number(name, value), " ", tag("small", _between(chance))])
    if value is None or name in AMOUNTS or name.startswith("seconds"):
        return tag("span", shown, class_="share")
    marks = [tag("i", style=f"--l:{chance[0]:.3f};--h:{chance[1]:.3f}")] if chance else []
    marks += [tag("u", style=f"--n:{least:.3f}")] if least is not None else []
    cost = " cost" if name == WRONGLY else ""
    return tag(
        "span",
        shown,
        tag("span", *marks, class_=f"bar{cost}", style=f"--v:{value:.3f}", aria_hidden="true"),
        class_="share",
    )


def _comparison(found: Comparison, links: Mapping[str, str]) -> Html:
    heads = ("figure", "before", "now", "difference", "questions", "p", "verdict")
    news = f"{count_noun(found.added, 'question is', 'questions are')} new, {found.gone:,} gone."
    return tag(
        "section",
        tag("h2", f"Compared with: {found.title}", id="compared"),
        tag("p", f"{_CHANCE} {news}"),
        scrolling_table(
            "Figures of both runs, over the questions that both have", heads, map(_difference, found.differences)
        ),
        _changes(found.changes, links),
    )


def _difference(each: Difference) -> tuple[str, ...]:
    moved = f"{each.before:.3f}", f"{each.after:.3f}", f"{each.after - each.before:+.3f}".replace("+0.000", "0.000")
    chance = f"{each.chance:.3f}" if each.chance >= _LEAST else f"under {_LEAST}"
    return _words(each.name), *moved, f"{each.questions:,}", chance, _standing(each)


def _standing(each: Difference) -> Html:
    if each.before == each.after and each.chance == 1:
        return badge("the same", "quiet")
    if not each.is_beyond_chance:
        return badge("may be chance", "quiet")
    return badge("better", "good") if each.after > each.before else badge("worse", "bad")


def _changes(changes: Sequence[Change], links: Mapping[str, str]) -> Html:
    if not changes:
        return tag("p", "No question changed.")
    items = (_change(each, links.get(each.id)) for each in sorted(changes, key=_gain))
    head = tag("h3", f"{count_noun(len(changes), 'question')} changed, those that lost most first")
    return join_html([head, tag("ul", *items, class_="changes")])


def _gain(change: Change) -> float:
    return sum(after - before for before, after in change.scores.values())


def _change(each: Change, link: str | None) -> Html:
    moves = ", ".join(f"{_words(name)} {before:.2f} → {after:.2f}" for name, (before, after) in each.scores.items())
    sign = badge("better", "good") if each.is_better else badge("worse", "bad")
    told = tag(
        "span", tag("a", each.question or each.id, href=link), tag("small", f"{each.id} · {moves}"), class_="asked"
    )
    return tag("li", tag("span", sign), told)


def _questions(card: Scorecard) -> Html:
    head = tag("h2", "Questions", id="questions")
    if not card.marked:
        return tag("section", head, tag("p", "No question was asked."))
    how = (
        "Open one for its answer, the sentences it cites (marked; what it must say stands out in them), what was "
        "expected and each score. The number on the right is the answer's score."
    )
    return tag("section", head, tag("p", how), _filter(card), groups(card.marked, card.judged.found))


def _filter(card: Scorecard) -> Html:
    """What the script narrows the questions with; without the script it stays hidden."""
    kinds = {"": "all", "failed": "failed", "right": "right", "answered": "answered", "refused": "refused"}
    tags = {"": "all", **{str(place): name for place, name in enumerate(tags_of(card.marked))}}
    return tag(
        "div",
        _choice("kind", "Show", kinds),
        _choice("tag", "Tag", tags) if len(tags) > 1 else tag("div", _choice("tag", "Tag", tags), hidden=True),
        tag("label", "Words", Html('<input id="words" type="search">')),
        tag("output", aria_live="polite"),
        id="filter", class_="filter", role="search", hidden=True,
    )  # fmt: skip


def _choice(name: str, title: str, choices: Mapping[str, str]) -> Html:
    options = (tag("option", words, value=value) for value, words in choices.items())
    return tag("label", title, tag("select", *options, id=name))


def _footer() -> Html:
    return tag("footer", "Made by assistant eval --report. Nothing on this page is fetched from elsewhere.")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _between(chance: Interval | None) -> str:
    return f"({chance[0]:.2f}–{chance[1]:.2f})" if chance else ""
