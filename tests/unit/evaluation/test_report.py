from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from lxml import html

from assistant.evaluation.comparison import Comparison, MetricDifference, QuestionChange
from assistant.evaluation.gate import GateResult
from assistant.evaluation.llm_judge import JudgeResult
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.report.page import report_page
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.scorers import Score
from assistant.rendering.html import tag
from assistant.types import Answer, Citation, Statement

QUOTE = "A total of 2,517 people and 12,517 more\nwere arrested, 92,517.5 or 2,517,000 by another count."
CITATION = Citation(1, "d", "The brief", "docs/brief.md", 3, 6, 0, len(QUOTE), QUOTE, "")
STATEMENT = Statement("2,517 people.", "partial", "A word is missing.", (CITATION,))
ANSWER = Answer(
    "How many?", "How many?", "2,517 people. [1]", refused=False, reason=None, score=0.9, mode="quotes", model="m",
    statements=(STATEMENT,), citations=(CITATION,),
)  # fmt: skip
REFUSAL = replace(
    ANSWER, text="The documents do not say. No.", refused=True, reason="No.", score=0.2, statements=(), citations=()
)
RIGHT = ScoredAnswer(
    "right", "How many?", answerable=True, answer=ANSWER, scores={"facts": Score(1), "refuses": Score(1)}, seconds=0.02,
    tags=("a",), details={"must_say": ["2,517"], "must_cite": [{"document": "brief.md", "quote": "A total of 2,517"}]},
)  # fmt: skip
WRONG = replace(RIGHT, id="wrong", question="Who?", scores={"facts": Score(0, "doesn't say “5”")}, tags=("a", "b"))
REFUSED = replace(
    RIGHT, id="refused", question="Why?", answerable=False, answer=REFUSAL, scores={"refuses": Score(1)}, seconds=0.04,
    tags=(), details={},
)  # fmt: skip
HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\'" onload="x $title &amp; \x1b[31m \u202e'


def card(*marked: ScoredAnswer, gate: GateResult | None = None, unfinished: str = "", **made_with: object) -> Scorecard:
    return Scorecard("3 cases", "cases.quotes", marked, made_with, gate or GateResult(), unfinished)


def read(scorecard: Scorecard, comparison: Comparison | None = None) -> html.HtmlElement:
    return parsed(report_page(scorecard, comparison))


def parsed(source: str) -> html.HtmlElement:
    return html.fromstring(source)


def texts(root: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in root.xpath(path)]


def rows(root: html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells of the table whose caption begins so."""
    (table,) = root.xpath(".//table[starts-with(caption, $caption)]", caption=caption)
    return [texts(row, "./*") for row in table.xpath(".//tr")]


class Balance(HTMLParser):
    """Fails where an end tag doesn't close the element that was opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """No attribute is given twice."""
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)
        assert len(attrs) == len({name for name, _ in attrs})

    def handle_endtag(self, tag: str) -> None:
        """What was opened last is closed first."""
        assert tag == self.open.pop()


def hostile() -> tuple[Scorecard, Comparison]:
    citation = replace(CITATION, title=HOSTILE, source=f"javascript:{HOSTILE}", quote=f"{HOSTILE} 2,517")
    statement = Statement(HOSTILE, "unsupported", HOSTILE, (citation,))
    answer = replace(
        ANSWER, question=HOSTILE, asked=f"As {HOSTILE}", text=HOSTILE, reason=HOSTILE, model=HOSTILE,
        statements=(statement, statement), removed=(statement,), citations=(citation,),
    )  # fmt: skip
    details = {"must_say": [HOSTILE], "history": [{"role": HOSTILE, "content": HOSTILE}], HOSTILE: {HOSTILE: HOSTILE}}
    scores = {"facts": Score(0, HOSTILE), HOSTILE: Score(1, HOSTILE)}
    result = replace(
        RIGHT, id=HOSTILE, question=HOSTILE, answer=answer, scores=scores, tags=(HOSTILE,), details=details
    )
    gate = GateResult({"facts": 0.5}, (HOSTILE,), (f"{HOSTILE}: facts 1.00 → 0.00", HOSTILE))
    judged = {HOSTILE: {HOSTILE: True}}
    scorecard = Scorecard(
        HOSTILE, HOSTILE, (result,), {HOSTILE: {HOSTILE: HOSTILE}}, gate, HOSTILE, judge=JudgeResult(judged)
    )
    change = QuestionChange(HOSTILE, HOSTILE, {HOSTILE: (0.0, 1.0)})
    return scorecard, Comparison(HOSTILE, (change,), (MetricDifference(HOSTILE, 0.1, 0.2, 1, 0.5),), 0, 0)


def test_hostile_text_is_inert() -> None:
    """Whatever holds markup, every field does here, it makes no element, no attribute and no control character."""
    source = report_page(*hostile())
    root = parsed(source)
    assert len(list(root.iter("script"))) == 1
    assert list(root.iter("img")) == []
    assert root.xpath("//@*[starts-with(name(), 'on')]") == []
    assert "<script>alert(1)" in root.text_content()
    assert "\x1b" not in source
    assert "\u202e" not in source
    assert "javascript:" not in "".join(root.xpath("//@*"))


def test_attributes_are_escaped_and_left_out_where_none() -> None:
    """A value can't end its attribute; numbers are short; None and False leave an attribute out."""
    element = tag("p", "a<b", title='"><img>', x=1 / 3, hidden=False, open=True, id=None, aria_label="&")
    assert '<p title="&quot;&gt;&lt;img&gt;" x="0.33" open="" aria-label="&amp;">a&lt;b</p>' == element
    assert "&lt;p&gt;x&lt;/p&gt;" == tag("b", f"{tag('p', 'x')}")[3:-4]


@pytest.mark.parametrize("scorecard", [card(), card(RIGHT, WRONG, REFUSED, mode="quotes"), hostile()[0]])
def test_the_page_is_well_formed(scorecard: Scorecard) -> None:
    """Every element is closed in its turn, no attribute is given twice, and no id."""
    balance = Balance()
    source = report_page(scorecard, hostile()[1])
    balance.feed(source)
    ids = parsed(source).xpath("//@id")
    assert balance.open == []
    assert len(ids) == len(set(ids))
    assert source.startswith('<!doctype html>\n<html lang="en">')


def test_nothing_is_fetched() -> None:
    """No element or style names anything to load, and every link leads to a place on the page itself."""
    root = read(*hostile())
    loading = {
        "src",
        "srcset",
        "poster",
        "data",
        "action",
        "formaction",
        "background",
        "xlink:href",
        "ping",
        "manifest",
    }
    links, style = root.xpath("//@href"), "".join(root.xpath("//style/text()"))
    assert not loading & {name for element in root.iter() for name in element.attrib}
    assert not list(root.iter("link", "iframe", "object", "embed", "base"))
    assert "url(" not in style
    assert "@import" not in style
    assert links
    assert set(links) <= {f"#{name}" for name in root.xpath("//@id")}


def test_the_policy_forbids_all_but_the_pages_own_script() -> None:
    """By default nothing is allowed; the one script is named by its hash."""
    root = read(card(RIGHT))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (script,) = root.iter("script")
    digest = b64encode(sha256(str(script.text).encode()).digest()).decode()
    assert {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        f"script-src 'sha256-{digest}'",
    } == set(policy.split("; "))


def test_figures_stand_with_their_intervals_and_thresholds() -> None:
    """Of two answers one says the facts: 0.500, between 0 and 1 by the bootstrap, where .8 is needed."""
    root = read(card(RIGHT, WRONG, gate=GateResult({"facts": 0.8})))
    (row,) = [row for row in rows(root, "Thin lines") if row[0].startswith("facts")]
    bars = root.xpath("//table[@class='figures']//span[@class='bar']")
    assert ["0.500 (0.00–1.00)", "0.800"] == row[1:]
    assert "--v:0.500" == bars[0].get("style")
    assert ["--l:0.000;--h:1.000", "--n:0.800"] == [stroke.get("style") for stroke in bars[0]]


def test_tags_have_a_row_each() -> None:
    """A tag's row has its questions and figures, the last row all; what a tag has no figure of is a dash."""
    table = rows(read(card(RIGHT, WRONG, REFUSED)), "A question may have")
    assert ["a", "2", "0.500 (0.00–1.00)"] == table[1][:3]
    assert ["b", "1", "0.000", "–"] == table[2][:4]
    assert ["all", "3"] == table[3][:2]


@pytest.mark.parametrize(
    ("scorecard", "kind", "words"),
    [
        (card(RIGHT), "quiet", "There are no thresholds for this set."),
        (card(RIGHT, gate=GateResult({"facts": 0.5})), "good", "The gate is open: every threshold is met."),
        (card(RIGHT, gate=GateResult({"facts": 2}, ("too few",))), "bad", "The gate is shut. Missed: too few"),
        (card(RIGHT, unfinished="it broke."), "weak", "Not finished: it broke. The gate judges whole runs alone."),
    ],
)
def test_the_verdict_is_said_first(scorecard: Scorecard, kind: str, words: str) -> None:
    """Open, shut, unfinished, or no thresholds at all."""
    (verdict,) = read(scorecard).xpath("//header/div")
    assert f"verdict {kind}" == verdict.get("class")
    assert words == " ".join(" ".join(verdict.itertext()).split())


def test_lost_cases_link_to_themselves() -> None:
    """A case that is worse than accepted leads to its answer, also where another's name begins alike."""
    namesake = replace(WRONG, id="wrong: not")
    gate = GateResult({}, (), ("wrong: facts 1.00 → 0.00", "wrong: not: facts 1.00 → 0.00", "gone"))
    root = read(card(WRONG, namesake, gate=gate))
    assert ["#case-wrong", "#case-wrong-not"] == root.xpath("//header//li/a/@href")
    assert "gone" in texts(root, "//header//li")


def test_a_lost_case_of_several_rounds_leads_to_the_first() -> None:
    """Its rounds stand under one another; the link goes to where they begin."""
    gate = GateResult({}, (), ("wrong: facts 1.00 → 0.00",))
    assert ["#case-wrong"] == read(card(WRONG, replace(WRONG, round=2), gate=gate)).xpath("//header//li/a/@href")


def test_what_a_run_was_made_with_is_listed() -> None:
    """Names in names are joined; what is empty is left out."""
    root = read(card(RIGHT, mode="quotes", versions={"splitter": "rules-2"}, model=None))
    assert ["mode", "versions splitter"] == texts(root, "//header//dt")
    assert ["quotes", "rules-2"] == texts(root, "//header//dd")


def test_the_score_is_held_against_the_truth_in_words() -> None:
    """One answerable question scored .9, one unanswerable .2: errors of .1 and .2, so .15, and squares of .025."""
    root = read(card(RIGHT, REFUSED, mode="quotes"))
    text = " ".join(texts(root, "//section[h2/@id='reliability']//p"))
    assert "expected calibration error is 0.150" in text
    assert "is 0.025; to say 0.50 of every question" in text
    assert "would give 0.250" in text
    assert "Of 1 answerable question 0 were refused; of 1 unanswerable question 0 were answered." in text
    assert [["0.2–0.3", "1", "0", "0.20", "0.00"], ["0.9–1.0", "1", "1", "0.90", "1.00"]] == [
        row[:5] for row in rows(root.xpath("//section[h2/@id='reliability']")[0], "The same")[1:]
    ]


def test_a_question_that_could_not_be_asked_is_left_out_openly() -> None:
    """It has no score, and the page says so."""
    unasked = replace(REFUSED, answer=replace(REFUSAL, mode="none", score=0.0), seconds=0.0)
    text = read(card(RIGHT, unasked)).text_content()
    assert "Not drawn, for want of a score: 1 question that could not be asked." in text
    assert "unanswerable, not asked" in text
    assert "Not drawn, for want of a time: 1 question that could not be asked." in text


@pytest.mark.parametrize(("mode", "threshold"), [("quotes", "0.50"), ("llm", "0.40")])
def test_the_curve_starts_from_the_modes_threshold(mode: str, threshold: str) -> None:
    """The chosen threshold is that of the run's mode; the page says that below it nothing is known."""
    section = read(card(RIGHT, WRONG, mode=mode)).xpath("//section[h2/@id='precision']")[0]
    assert [threshold, "100.0%", "2", "50.0%"] == rows(section, "The same")[1][:4]
    assert f"thresholds from the chosen {threshold} upwards only" in section.text_content()


def test_latency_is_told_in_numbers() -> None:
    """Of 20 and 40 ms the median is 30 and the 95th percentile 40."""
    section = read(card(RIGHT, REFUSED)).xpath("//section[h2/@id='latency']")[0]
    assert [
        ["fastest", "20 ms"],
        ["median", "30 ms"],
        ["95th percentile", "40 ms"],
        ["slowest", "40 ms"],
    ] == rows(section, "The same")[1:]


def test_charts_have_words_for_those_who_do_not_see_them() -> None:
    """Each of the three is an image whose title and description exist."""
    charts = read(card(RIGHT, REFUSED)).xpath("//svg")
    assert 3 == len(charts)
    for chart in charts:
        labels = [chart.get_element_by_id(name) for name in chart.get("aria-labelledby").split()]
        assert "img" == chart.get("role")
        assert all(part.text for part in labels)


@pytest.mark.parametrize(
    "scorecard", [card(), card(REFUSED), card(REFUSED, REFUSED), card(replace(RIGHT, seconds=0.0))]
)
def test_little_or_nothing_asked_is_a_page_too(scorecard: Scorecard) -> None:
    """No questions, one, all refused, no times: what can't be drawn is replaced by a sentence."""
    root = read(scorecard)
    assert ["Scorecard", "Can the score be believed?", "What would another threshold do?", "How long did it take?",
            "Questions"] == texts(root, "//h2")  # fmt: skip
    assert all(section.xpath(".//svg|.//p") for section in root.xpath("//section[h2][position() > 1]"))


def test_a_curve_of_nothing_is_a_sentence() -> None:
    """Where all was refused, or nothing is answerable, the page says why there is no curve."""
    for scorecard in (card(REFUSED), card(replace(RIGHT, answerable=False)), card()):
        assert ["There is no curve: nothing was answered, or no question is answerable."] == texts(
            read(scorecard), "//section[h2/@id='precision']/*[not(self::h2)]"
        )


def test_failures_come_first() -> None:
    """Questions are folded, those that failed above the others, each with its id, tags and score in its line."""
    root = read(card(RIGHT, WRONG, REFUSED))
    assert ["case-wrong", "case-right", "case-refused"] == root.xpath("//details[@class='case']/@id")
    assert ["1 failed", "2 right"] == texts(root, "//section[@class='group']/h3")
    assert "failedWho?wrong · a · banswerable, answered · 0.90" == texts(root, "//details[@class='case']/summary")[0]


def test_a_question_shows_all_that_came_of_it() -> None:
    """Answer, verdict, citation with title and place, what was expected, every score with its reason."""
    (case,) = read(card(WRONG)).xpath("//details[@class='case']")
    text = " ".join(case.text_content().split())
    assert "2,517 people. [1]" in text
    assert "partial [1] A word is missing." in text
    assert "[1] The brief page 3, sentence 7 · docs/brief.md" in text
    assert "brief.md: “A total of 2,517”" in text
    assert [["facts", "0.000", "doesn't say “5”"]] == rows(case, "")[1:]
    assert ["partial", "0.000"] == texts(case, "./div//*[contains(@class, 'badge')]")


def test_the_quote_is_marked_and_in_it_what_must_be_said() -> None:
    """The whole quote is one mark; 2,517 is marked in it, not the same digits within longer figures."""
    result = replace(RIGHT, details={"must_say": ["2,517", "517"]})
    (quote,) = read(card(result)).xpath("//blockquote")
    assert [" ".join(QUOTE.split())] == texts(quote, "./mark")
    assert ["2,517"] == texts(quote, ".//mark/mark")


def test_statements_that_were_removed_are_shown() -> None:
    """What the check took out stands there with its reason."""
    removed = (Statement("9,999 people.", "unsupported", "No sentence says so."),)
    (case,) = read(card(replace(RIGHT, answer=replace(ANSWER, removed=removed)))).xpath("//details[@class='case']")
    assert "Removed by the check9,999 people.unsupported No sentence says so." in case.text_content()


def test_what_else_is_known_of_an_answer_is_shown() -> None:
    """A note on an answer, and the tokens that a model read and wrote for it."""
    answer = replace(
        ANSWER, reason="No statement passed the check.", usage={"prompt_tokens": 1200, "completion_tokens": 34}
    )
    text = read(card(replace(RIGHT, answer=answer))).text_content()
    assert "No statement passed the check." in text
    assert "1,234 tokens" in text


def test_every_round_has_a_place_of_its_own() -> None:
    """Rounds of a question, and ids that differ in signs alone, get anchors that differ."""
    run = [RIGHT, replace(RIGHT, round=2), replace(RIGHT, id="é"), replace(RIGHT, id="ü")]
    assert ["case-right", "case-right-round-2", "case--", "case---3"] == read(card(*run)).xpath(
        "//details[@class='case']/@id"
    )


def test_questions_carry_what_the_script_filters_by() -> None:
    """Each has its kinds and the places of its tags in the list; the filter is hidden until the script runs."""
    root = read(card(RIGHT, WRONG, REFUSED))
    assert ["failed answered", "right answered", "right refused"] == root.xpath("//details/@data-kind")
    assert ["0 1", "0", ""] == root.xpath("//details/@data-tags")
    assert ["", "0", "1"] == root.xpath("//select[@id='tag']/option/@value")
    assert [""] == root.xpath("//div[@id='filter']/@hidden")


def test_what_was_asked_before_stands_above_the_answer() -> None:
    """The history of a follow-up is no expectation: it comes first."""
    result = replace(RIGHT, details={"history": [{"role": "user", "content": "In 2024?"}], "must_say": ["2,517"]})
    (case,) = read(card(result)).xpath("//details[@class='case']")
    assert ["user: In 2024?", "“2,517”"] == texts(case, ".//dd")
    assert ["In 2024?"] == [
        line.split(": ")[1] for line in texts(case, "./div/*[following-sibling::p[@class='answer']]/dd")
    ]


def test_a_data_sets_details_are_shown_as_they_are() -> None:
    """Sets of evidence, which are lists in lists, are written as JSON."""
    result = replace(RIGHT, details={"evidence_sets": [[["d", 1], ["d", 2]]]})
    assert ['[["d", 1], ["d", 2]]'] == texts(read(card(result)), "//details//dd")


def test_a_comparison_tells_chance_from_change() -> None:
    """Differences have their p and what it means; the questions that changed link to their answers, worst first."""
    differences = (
        MetricDifference("facts", 0.5, 0.9, 10, 0.0004),
        MetricDifference("verdicts", 0.9, 0.8, 10, 0.4),
        MetricDifference("refuses", 0.9, 0.5, 10, 0.01),
        MetricDifference("quotes_exact", 1.0, 1.0, 10, 1.0),
    )
    changes = (
        QuestionChange("right", "How many?", {"facts": (0.0, 1.0)}),
        QuestionChange("wrong", "Who?", {"facts": (1.0, 0.0)}),
    )
    root = read(card(RIGHT, WRONG), Comparison("yesterday", changes, differences, 1, 2))
    assert [
        ["facts", "0.500", "0.900", "+0.400", "10", "under 0.001", "better"],
        ["verdicts", "0.900", "0.800", "-0.100", "10", "0.400", "may be chance"],
        ["refuses", "0.900", "0.500", "-0.400", "10", "0.010", "worse"],
        ["quotes exact", "1.000", "1.000", "0.000", "10", "1.000", "the same"],
    ] == rows(root, "Figures of both")[1:]
    assert ["#case-wrong", "#case-right"] == root.xpath("//ul[@class='changes']//a/@href")
    assert "worseWho?wrong · facts 1.00 → 0.00" == texts(root, "//ul[@class='changes']/li")[0]
    assert "1 question is new, 2 gone." in root.text_content()


def test_a_comparison_without_changes_says_so() -> None:
    """No list is shown where nothing changed, and no section where nothing was compared."""
    assert "No question changed." in report_page(card(RIGHT), Comparison("yesterday", (), (), 0, 0))
    assert not read(card(RIGHT)).xpath("//h2[@id='compared']")


def test_a_judging_model_stands_apart() -> None:
    """Its shares are in a table of their own, and its word is under the answer."""
    root = read(replace(card(RIGHT), judge=JudgeResult({"right": {"correct": True, "faithful": False}})))
    assert [["correct", "1.000"], ["faithful", "0.000"]] == rows(root, "As judged")[1:]
    assert "judged correct · judged not faithful" in root.text_content()


def test_the_page_is_the_same_each_time() -> None:
    """Two pages of one run are equal to the byte."""
    assert report_page(card(RIGHT, WRONG)) == report_page(card(RIGHT, WRONG))


@pytest.mark.parametrize("question", ["", " \t "])
def test_an_empty_question_has_a_line(question: str) -> None:
    """It can be seen and opened."""
    assert "(an empty question)" in read(card(replace(RIGHT, question=question))).text_content()


def test_a_long_question_is_cut_in_its_line_alone() -> None:
    """Its line has an end; the whole of it stands in what opens."""
    long = f"{'very ' * 200}long?"
    (case,) = read(card(replace(RIGHT, question=long))).xpath("//details[@class='case']")
    (line,) = texts(case, "./summary/span[@class='asked']")
    assert f"{long[:279]}…right · a" == line
    assert long in texts(case, "./div")[0]
