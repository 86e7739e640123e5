"""A document beside the answer: its lines, the cited span, and links that lead only to the web."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.server.ui.source_view import (
    CitedQuote,
    render_lost_source,
    render_source,
    split_lines,
    web_address,
)
from tests.support.indexes import document

TEXT = "# A title\n\nOne sentence. The cited one.\nIt goes on here.\n\n- an item\n| a | b |\n|---|---|\n"


class MarkCollector(HTMLParser):
    """Collects the text in mark elements, the text in bold, and the names of all elements."""

    def __init__(self) -> None:
        super().__init__()
        self.marked, self.bold, self.tags = "", "", list[str]()
        self._in = dict.fromkeys(("mark", "b"), 0)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.tags.append(tag)
        if tag in self._in:
            self._in[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag in self._in:
            self._in[tag] -= 1

    def handle_data(self, data: str) -> None:
        """Text."""
        self.marked += data if self._in["mark"] else ""
        self.bold += data if self._in["b"] else ""


def parsed(html: str) -> MarkCollector:
    collector = MarkCollector()
    collector.feed(html)
    return collector


def cited(text: str, quote: str, answer: str = "") -> CitedQuote:
    """A quote that stands in the text, with the answer's words in it."""
    start, answer_start = text.index(quote), quote.index(answer)
    answer_span = (answer_start, answer_start + len(answer))
    return CitedQuote(1, quote, start, start + len(quote), answer_span=answer_span)


def test_lines_have_their_kinds() -> None:
    """Headings, items and rows are distinguished; empty lines are left out."""
    assert ["heading", "prose", "prose", "item", "row", "rule"] == [line.kind for line in split_lines(TEXT)]


def test_a_span_over_two_lines_is_marked_in_both() -> None:
    """The cited span is cut at the line end, and nothing else is marked."""
    quote = "The cited one.\nIt goes"
    assert "The cited one.It goes" == parsed(render_source(document("d", TEXT), cited(TEXT, quote))).marked


@given(st.text(alphabet="ab \n<&#|-", min_size=1, max_size=60), st.data())
def test_exactly_the_span_is_marked(text: str, data: st.DataObject) -> None:
    """Whatever the text, the runs make up its lines, and the cited runs the span."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low = data.draw(st.integers(start, end))
    high = data.draw(st.integers(low, end))
    lines = list(split_lines(text, (start, end), (low, high)))
    expected = [line for line in text.split("\n") if line.strip()]
    assert expected == ["".join(run.text for run in line.runs) for line in lines]
    marked = "".join(run.text for line in lines for run in line.runs if run.is_cited)
    assert "".join(text[start:end].split()) == "".join(marked.split())
    answer = "".join(run.text for line in lines for run in line.runs if run.is_answer)
    assert "".join(text[low:high].split()) == "".join(answer.split())


def test_the_answers_words_are_bold_inside_the_mark() -> None:
    """They are bold within the mark of the sentence, across line ends too, and escaped."""
    text = "Before. A <b>total</b> of 2,517\narrests & more. Of 2,517 again."
    quote = "A <b>total</b> of 2,517\narrests & more."
    for answer, expected in (("2,517", "2,517"), ("2,517\narrests &", "2,517arrests &"), ("<b>total", "<b>total")):
        source = parsed(render_source(document("d", text), cited(text, quote, answer)))
        assert quote.replace("\n", "") == source.marked
        assert expected == source.bold
        assert quote.count("\n") + 1 == source.tags.count("mark")
    assert "<mark>A &lt;b&gt;total&lt;/b&gt; of <b>2,517</b></mark>" in render_source(
        document("d", text), cited(text, quote, "2,517")
    )
    assert "b" not in parsed(render_source(document("d", text), cited(text, quote))).tags


def test_the_answers_words_move_with_their_sentence() -> None:
    """In a long document that is cut, or where the sentence has moved, they are bold where it stands now."""
    text = "\n".join(f"Line {number} of the book." for number in range(20_000))
    assert "9000" == parsed(render_source(document("d", text), cited(text, "Line 9000 of the book.", "9000"))).bold
    changed = CitedQuote(1, "The old words.", standing="changed", answer_span=(4, 7))
    for html in (render_source(document("d", "Other old words."), changed), render_lost_source(changed)):
        assert "The <b>old</b> words.</blockquote>" in html
        assert "old" == parsed(html).bold


def test_pages_are_shown() -> None:
    """The beginning of each page is shown, and the page of the cited sentence is among the facts."""
    text = "First page.\nSecond page.\nStill the second."
    html = render_source(document("d", text, pages=(0, 12)), cited(text, "Still the second."))
    assert "Page 2</p><p>Second page.</p>" in html
    assert "<span>page 2</span>" in html


def test_a_long_document_is_shown_around_the_citation() -> None:
    """The text around the sentence is there, the rest is said to be left out, and pages keep their numbers."""
    text = "\n".join(f"Line {number} of the book." for number in range(20_000))
    html = render_source(
        document("d", text, pages=tuple(range(0, len(text), 1000))), cited(text, "Line 9000 of the book.")
    )
    assert "Line 9000 of the book." == parsed(html).marked
    assert "before this is left out" in html
    assert "after this is left out" in html
    assert "Line 1 of" not in html
    page = text.index("Line 9000 of") // 1000 + 1
    assert f">Page {page + 1}<" in html
    assert ">Page 1<" not in html


@pytest.mark.parametrize(
    ("url", "source", "expected"),
    [
        ("https://news.example/a", "/texts/a.html", "https://news.example/a"),
        (None, "http://news.example/a", "http://news.example/a"),
        ("javascript:alert(1)", "/texts/a.html", None),
        ("JAVASCRIPT://x/%0aalert(1)", "data:text/html,x", None),
        ("https:relative", "file:///etc/passwd", None),
        ("http://[broken", "C:\\texts\\a.txt", None),
    ],
)
def test_only_the_web_is_linked(url: str | None, source: str, expected: str | None) -> None:
    """A link leads to http or https, or there is no link."""
    assert expected == web_address(document("d", "Text.", url=url, source=source))


def test_a_document_is_text() -> None:
    """Markup, in the text, the title, the notes or the source, is shown and never acts."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)><style>*{display:none}</style>\u202e"
    html = render_source(document("d", evil, title=evil, source=evil, notes=(evil,)), cited(evil, evil))
    assert not {"script", "img", "style"} & set(
        parsed(html + render_lost_source(CitedQuote(1, evil, title=evil, source=evil))).tags
    )
    assert "\u202e" not in html


def test_what_became_of_a_citation_is_said() -> None:
    """A document that changed is shown with the words that were cited; of one that is gone only they are left."""
    changed = render_source(document("d", "Other words."), CitedQuote(1, "The old words.", standing="changed"))
    assert "no longer says this" in changed
    assert "<blockquote>The old words.</blockquote>" in changed
    assert "" == parsed(changed).marked
    assert "no longer indexed" in render_lost_source(CitedQuote(1, "The old words.", title="A title"))
    moved = render_source(document("d", TEXT), CitedQuote(1, "One sentence.", 11, 24, standing="moved"))
    assert "still there" in moved
