import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from assistant.evaluation.comparison import Comparison, MetricDifference, QuestionChange
from assistant.evaluation.gate import GateResult
from assistant.evaluation.llm_judge import JudgeResult
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.report.tables import print_scorecard, scorecard_markdown
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import Score
from assistant.types import Answer, Citation

QUOTE = "It rained all day."
CITATION = Citation(1, "d", "Brief", "/docs/brief.md", None, 0, 0, len(QUOTE), QUOTE, "")
ANSWER = Answer(
    "?",
    "?",
    f"{QUOTE} [1]",
    refused=False,
    reason=None,
    score=0.9,
    mode="quotes",
    model="none",
    citations=(CITATION,),
)
RIGHT = ScoredAnswer(
    "right",
    "A?",
    answerable=True,
    answer=ANSWER,
    scores={"facts": Score(1.0), "tokens": Score(90.0)},
    seconds=0.01,
    tags=("a",),
)
WRONG = ScoredAnswer(
    "wrong",
    "B?",
    answerable=True,
    answer=ANSWER,
    scores={"facts": Score(0.0, "doesn't say “5”")},
    seconds=0.03,
    tags=("a", "b"),
)
CARD = Scorecard("2 cases", "cases.quotes", (RIGHT, WRONG), {}, GateResult({"facts": 0.5}))
VERDICTS = ("Worse than", "Missed: ", "Not finished: ", "Every threshold", "There are no thresholds")
COMPARED = Comparison(
    "1 case",
    (QuestionChange("wrong", "B?", {"facts": (1.0, 0.0)}), QuestionChange("right", "A?", {"facts": (0.0, 1.0)})),
    (MetricDifference("facts", 0.5, 0.5, 2, 1.0), MetricDifference("verdicts", 0.25, 1.0, 40, 0.001)),
    added=1,
    gone=2,
)


def printed(card: Scorecard, comparison: Comparison | None = None, *, terminal: bool = False) -> str:
    out = io.StringIO()
    print_scorecard(card, Console(file=out, force_terminal=terminal, width=160, color_system=None), comparison)
    return out.getvalue()


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def parsed(text: str) -> Iterator[Token]:
    """What a reader of Markdown with tables and HTML makes of a text, piece by piece."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def cells(text: str) -> list[list[str]]:
    """The rows of all tables of a Markdown text, each with the texts of its cells."""
    rows: list[list[str]] = []
    inside = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "tr_open":
            rows.append([])
        inside = token.type in ("th_open", "td_open") or (inside and token.type == "inline")
        if inside and token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


# What is shown


def test_a_pipe_gets_plain_aligned_text() -> None:
    """In a pipe the tables are lines of aligned words without a frame, one by tag and one in total."""
    text = printed(CARD)
    assert "2 cases" == text.splitlines()[0]
    assert ["a", "2", "0.500", "(0.00–1.00)", "-", "-", "-", "0.000", "(0.00–0.00)", "-"] in words(text)
    assert ["b", "1", "0.000", "-", "-", "-", "0.000", "-"] in words(text)
    assert ["all", "2", "0.500", "(0.00–1.00)", "-", "-", "-", "0.000", "(0.00–0.00)", "-"] in words(text)
    assert ["seconds_median", "20.0", "ms"] in words(text)
    assert ["tokens", "90"] in words(text)
    assert "│" not in text
    header, row = (line for line in text.splitlines() if line.startswith(("tag", "all")))
    assert len(header) == len(row)


def test_a_pipe_gets_whole_lines() -> None:
    """However narrow the window is, a line in a pipe is not broken: it may be searched."""
    out = io.StringIO()
    print_scorecard(CARD, Console(file=out, width=20))
    assert "Failed: wrong: B?\n" in out.getvalue()
    assert f"  [1] Brief: “{QUOTE}”\n" in out.getvalue()


def test_a_terminal_gets_tables() -> None:
    """On a terminal the same figures stand in framed tables."""
    text = printed(CARD, terminal=True)
    assert "│" in text
    assert "0.500 (0.00–1.00)" in text


def test_without_tags_all_figures_stand_in_one_table() -> None:
    """A data set's questions have no tags: every figure is a line of its own with its interval."""
    card = replace(CARD, results=tuple(replace(result, tags=()) for result in CARD.results))
    assert ["facts", "0.500", "(0.00–1.00)"] in words(printed(card))
    assert ["refused_answerable", "0.000", "(0.00–0.00)"] in words(printed(card))
    assert not printed(card).startswith("2 cases\ntag")


def test_long_times_are_seconds() -> None:
    """A time is told in milliseconds below a second, in seconds from there on."""
    slow = replace(CARD, results=(replace(RIGHT, seconds=1.25),))
    assert ["seconds_median", "1.2", "s"] in words(printed(slow))


def test_rounds_are_told_but_not_counted() -> None:
    """The table counts questions, not answers; a failure of a later round says which."""
    text = printed(replace(CARD, results=(RIGHT, replace(RIGHT, round=2, scores=WRONG.scores))))
    assert ["a", "1"] in [line[:2] for line in words(text)]
    assert "Failed: right (round 2): A?" in text


def test_a_failure_is_shown_whole() -> None:
    """A failure shows question, answer, each cited sentence and why; what went right is not listed."""
    text = printed(CARD)
    expected = ["Failed: wrong: B?", f"  answer: {QUOTE} [1]", f"  [1] Brief: “{QUOTE}”", "  facts: doesn't say “5”"]
    assert "\n".join(expected) in text
    assert "Failed: right" not in text


def test_judgements_stand_apart() -> None:
    """What a model says of the answers is in a table of its own, which says that the gate doesn't look at it."""
    text = printed(replace(CARD, judge=JudgeResult({"right": {"faithful": True}, "wrong": {"faithful": False}})))
    assert "judged by the model, no part of the gate" in text
    assert ["faithful", "0.500"] in words(text)
    assert "judged" not in printed(CARD)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Every threshold is met."]),
        ({"gate": GateResult()}, ["There are no thresholds for this set."]),
        (
            {"gate": GateResult({"facts": 1.0}, ("facts is 0.500, needs 1.000",), ("wrong: facts 1.00 → 0.00",))},
            ["Worse than accepted: wrong: facts 1.00 → 0.00.", "Missed: facts is 0.500, needs 1.000."],
        ),
        (
            {"unfinished": "1 of 2 questions were asked; it was interrupted."},
            ["Not finished: 1 of 2 questions were asked; it was interrupted. The gate judges whole runs alone."],
        ),
    ],
)
def test_the_verdict_comes_last_and_in_markdown_first(changes: dict[str, object], expected: list[str]) -> None:
    """What the gate said is the last that a terminal shows, and the first that a pull request does."""
    card = replace(CARD, **changes)  # type: ignore[arg-type]  # the fields that differ
    assert expected == printed(card).splitlines()[-len(expected) :]
    lines = scorecard_markdown(card).splitlines()
    assert ["### 2 cases", "", *(f"**{line}**" for line in expected), ""] == lines[: len(expected) + 3]
    assert expected == [line for line in printed(card).splitlines() if line.startswith(VERDICTS)]


def test_a_comparison_is_shown() -> None:
    """Figures are told with what chance makes of them, questions as better or worse, then what is new and gone."""
    expected = """\
Compared with: 1 case
  facts: 0.500 → 0.500 over 2 questions: the same
  verdicts: 0.250 → 1.000 over 40 questions: beyond chance (p = 0.001)
  worse  wrong: B? (facts 1.00 → 0.00)
  better right: A? (facts 0.00 → 1.00)
  1 questions are new, 2 are gone
"""
    assert expected in printed(CARD, COMPARED)
    assert expected in scorecard_markdown(CARD, COMPARED)


def test_a_difference_may_be_chance() -> None:
    """A difference within chance is not called one; where no question changed that is said."""
    small = Comparison("t", (), (MetricDifference("facts", 0.5, 0.6, 10, 0.3),), 0, 0)
    text = printed(CARD, small)
    assert "  facts: 0.500 → 0.600 over 10 questions: may be chance (p = 0.300)\n" in text
    assert "  No question changed.\n" in text
    assert "are new" not in text


# Markdown


def test_markdown_has_the_same_tables() -> None:
    """A pull request shows the figures of the terminal, as tables that Markdown's readers understand."""
    rows = cells(scorecard_markdown(CARD))
    assert ["a", "2", "0.500 (0.00–1.00)", "-", "-", "-", "0.000 (0.00–0.00)", "-"] in rows
    assert [
        "tag",
        "questions",
        "facts",
        "recall",
        "precision",
        "exact quotes",
        "refused wrongly",
        "refused rightly",
    ] in rows
    assert ["seconds_median", "20.0 ms", ""] in rows


def test_failures_are_folded() -> None:
    """Failures stand in a block that is closed at first, word for word as on a terminal; without any there is none."""
    text = scorecard_markdown(CARD)
    (fence,) = (token for token in parsed(text) if token.type == "fence")
    assert fence.content.startswith("Failed: wrong: B?\n")
    assert "<summary>1 failures</summary>" in text
    assert "<details>" not in scorecard_markdown(replace(CARD, results=(RIGHT,)))


def test_failures_have_an_end() -> None:
    """A pull request's comment is bounded: it says how many failed, and lists fifty."""
    many = replace(CARD, results=tuple(replace(WRONG, id=f"wrong-{n}") for n in range(200)))
    assert "<summary>200 failures</summary>" in scorecard_markdown(many)
    assert 50 == scorecard_markdown(many).count("Failed: ")
    assert 200 == printed(many).count("Failed: ")


def test_changes_have_an_end() -> None:
    """So it is with the questions that changed."""
    many = replace(COMPARED, changes=tuple(replace(COMPARED.changes[0], id=f"wrong-{n}") for n in range(200)))
    assert 50 == scorecard_markdown(CARD, many).count("worse  wrong-")


def test_a_line_has_an_end() -> None:
    """However long a document's sentence is, a line of the card is bounded."""
    long = "x" * 9_999
    answer = replace(ANSWER, text=long, citations=(replace(CITATION, quote=long, title=long),))
    card = replace(CARD, results=(replace(WRONG, question=long, answer=answer, scores={"facts": Score(0.0, long)}),))
    assert max(map(len, printed(card).splitlines())) < 700
    assert max(map(len, scorecard_markdown(card).splitlines())) < 700


# Whatever a text holds, it is shown and does nothing

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\x9b2J\x08\u202etxt.exe [bold]b[/bold] :boom: a|b \\| **x** `y` ``` ~~~\n"
    "```\n</details><img src=http://evil/x.png><!-- ![i](http://evil/x.png) [l](http://evil/) <http://evil/>"
)
CLEAN = [
    ("question", replace(CARD, results=(replace(WRONG, question=HOSTILE),)), None),
    ("answer", replace(CARD, results=(replace(WRONG, answer=replace(ANSWER, text=HOSTILE)),)), None),
    ("title of a source", replace(
        CARD, results=(replace(WRONG, answer=replace(ANSWER, citations=(replace(CITATION, title=HOSTILE),))),)
    ), None),
    ("quote", replace(
        CARD, results=(replace(WRONG, answer=replace(ANSWER, citations=(replace(CITATION, quote=HOSTILE),))),)
    ), None),
    ("reason", replace(CARD, results=(replace(WRONG, scores={"facts": Score(0.0, HOSTILE)}),)), None),
    ("earlier title", CARD, replace(COMPARED, earlier_title=HOSTILE)),
    ("changed question", CARD, replace(COMPARED, changes=(replace(COMPARED.changes[0], question=HOSTILE),))),
]  # fmt: skip
CODED = [
    ("id", replace(CARD, results=(replace(WRONG, id=HOSTILE),)), None),
    ("changed id", CARD, replace(COMPARED, changes=(replace(COMPARED.changes[0], id=HOSTILE),))),
]
OPEN = [
    ("tag", replace(CARD, results=(replace(WRONG, tags=(HOSTILE,)),)), None),
    ("title", replace(CARD, title=HOSTILE), None),
    ("missed", replace(CARD, gate=GateResult({}, (HOSTILE,))), None),
    ("lost", replace(CARD, gate=GateResult({}, (), (HOSTILE,))), None),
    ("unfinished", replace(CARD, unfinished=HOSTILE), None),
]
Place = tuple[str, Scorecard, Comparison | None]


@pytest.mark.parametrize(
    ("place", "terminal"),
    [
        *(
            pytest.param(example, terminal, id=f"{example[0]}-{terminal}")
            for example in CLEAN
            for terminal in (True, False)
        ),
        *(
            pytest.param(example, terminal, id=f"{example[0]}-{terminal}")
            for example in (*CODED, *OPEN)
            for terminal in (True, False)
            if (example[0], terminal) != ("tag", True)
        ),
        pytest.param(OPEN[0], True, id="tag-True"),
    ],
)
def test_hostile_text_does_nothing_to_a_terminal(place: Place, terminal: bool) -> None:
    """No control, bidirectional or line-breaking character of a text gets through, and no markup is obeyed."""
    _, card, comparison = place
    text = printed(card, comparison, terminal=terminal)
    assert [] == [character for character in text if ord(character) < 32 and character != "\n"]
    assert [] == [character for character in text if character in "\x7f\x9b\u202e"]
    assert "[bold]" in text
    assert not [line for line in text.splitlines() if line.startswith("```")]


@pytest.mark.parametrize(
    "place",
    [
        *(pytest.param(example, id=example[0]) for example in (*CLEAN, *CODED)),
        *(pytest.param(example, id=example[0]) for example in OPEN),
    ],
)
def test_hostile_text_is_no_markdown(place: Place) -> None:
    """In a pull request a text makes no link, no picture, no HTML, ends no block, and adds no cell to a table."""
    _, card, comparison = place
    text = scorecard_markdown(card, comparison)
    kinds = {token.type for token in parsed(text)}
    assert set() == kinds & {"image", "link_open", "html_inline", "hr", "bullet_list_open", "blockquote_open"}
    blocks = {token.content.strip() for token in parsed(text) if token.type == "html_block"}
    folded = (f"<details>\n<summary>{title}</summary>" for title in ("1 failures", "What changed"))
    assert blocks <= {*folded, "</details>"}
    assert {8, 3} == {len(row) for row in cells(text)}
    assert text.count("<details>") == text.count("\n</details>\n") == text.count("```text")
