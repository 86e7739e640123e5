"""What web pages say: lists, terms, notes, raised text, form fields, code, formulas."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.web.html import read_html
from assistant.structure import Block
from tests.support.files import page
from tests.support.html_reading import composed, texts

RAILWAY = (
    "The branch line to the mill was opened in 1904 to carry flax, and it has carried visitors since 1972, when the "
    "last of the spinning mills was closed and a society of volunteers took over the line."
)


def only(html: str, kind: str) -> Block:
    """The only block of a kind."""
    (block,) = [block for block in composed(html).blocks if block.kind == kind]
    return block


def test_what_stands_behind_the_end_of_the_page_is_read() -> None:
    """A browser shows it too."""
    assert texts("<html><body><p>The mill.</p></body></html>The works.") == ["The mill.", "The works."]


class TestLists:
    """Items, their numbers and their nesting."""

    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            ("<ol><li>Oil<li>Light<li>Open</ol>", ["1. Oil", "2. Light", "3. Open"]),
            ("<ol start=4><li>Oil<li value=9>Light<li>Open</ol>", ["4. Oil", "9. Light", "10. Open"]),
            ("<ol reversed><li>Oil<li>Light<li>Open</ol>", ["3. Oil", "2. Light", "1. Open"]),
            ("<ol type=a start=26><li>Oil<li>Light</ol>", ["z. Oil", "aa. Light"]),
            ("<ol style='list-style-type: upper-roman' start=4><li>Oil<li>Light</ol>", ["IV. Oil", "V. Light"]),
            ("<ol style='list-style: none'><li>Oil</ol>", ["Oil"]),
            ("<ul><li>Oil<li>Light</ul>", ["Oil", "Light"]),
        ],
    )
    def test_numbers_are_those_that_a_browser_shows(self, html: str, expected: list[str]) -> None:
        """Start, value, direction and style of a list's numbers count."""
        assert texts(html, kind="item") == expected

    def test_nesting_is_kept_and_only_the_first_words_have_the_mark(self) -> None:
        """A list in an item is one level deeper; the item's second paragraph is a paragraph."""
        read = composed("<ol><li><p>Oil</p><p>Twice.</p><ul><li>axles</ul></li><li>Light</ol>")
        assert [(block.kind, block.level, block.mark) for block in read.blocks] == [
            ("item", 0, "1."), ("paragraph", 0, ""), ("item", 1, ""), ("item", 0, "2.")
        ]  # fmt: skip

    def test_a_numbered_heading_has_its_number(self) -> None:
        """A heading that begins an item is numbered as the item is."""
        assert texts("<ol start=2><li><h3>Brakes</h3><p>Test them.</p></ol>", kind="heading") == ["2. Brakes"]

    def test_terms_name_what_describes_them(self) -> None:
        """A short term is the label of each of its descriptions; a question stands by itself."""
        html = "<dl><dt>Hours<dd>ten to five<dt>Owners:<dd>A. Bell<dd>B. Cole<dt>Is it open?<dd>Yes, all year.</dl>"
        assert texts(html, kind="field") == ["Hours: ten to five", "Owners: A. Bell", "Owners: B. Cole"]
        assert texts(html, kind="paragraph") == ["Is it open?", "Yes, all year."]

    @given(st.integers(min_value=1, max_value=3_999))
    def test_roman_numbers_count_up(self, number: int) -> None:
        """Whatever a list starts with, the next number is one more, in every style."""
        marks = [block.mark for block in composed(f"<ol type=I start={number}><li>a<li>b</ol>").blocks]
        values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}

        def value(mark: str) -> int:
            digits = [values[digit] for digit in mark if digit in values]
            return sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))

        assert value(marks[0]) == number
        assert marks[1] == "4000." if number == 3_999 else value(marks[1]) == number + 1


class TestNotes:
    """Note marks, and the notes that they refer to."""

    def test_a_raised_mark_does_not_become_part_of_a_figure(self) -> None:
        """A mark without a link is set off and finds its note by its number; exponents and formulas stay whole."""
        html = (
            "<p>It took 412<sup>1</sup> tons of flax on 36 ha and 900 m<sup>2</sup>, with H<sub>2</sub>SO<sub>4</sub>."
            "</p><ol class=footnotes><li>By the miller's book.</ol>"
        )
        read = composed(html)
        assert read.text.startswith("It took 412 ¹ tons of flax on 36 ha and 900 m², with H₂SO₄.")
        assert (read.blocks[-1].kind, read.blocks[-1].mark) == ("note", "1")
        assert read.blocks[-1].anchor == read.text.index("¹")

    @pytest.mark.parametrize(
        ("reference", "note"),
        [
            ("<sup><a href='#n' id=r>2</a></sup>", "<ol><li id=n>Estimate. <a href='#r'>↩</a></ol>"),
            ("<a href='#n' role=doc-noteref>2</a>", "<aside id=n role=doc-footnote><p>Estimate.</p></aside>"),
            ("<a id=r href='#fn2' class=fnref>[2]</a>", "<div><p><a id=fn2 href='#r'>[2]</a> Estimate.</p></div>"),
            (
                "<a href='#_ftn2' name=_ftnref2><span style='vertical-align: super'>[2]</span></a>",
                "<div id=ftn2><p><a href='#_ftnref2' name=_ftn2><sup>[2]</sup></a> Estimate.</p></div>",
            ),
        ],
    )
    def test_a_link_that_is_a_mark_anchors_its_note(self, reference: str, note: str) -> None:
        """However a page writes its notes: the mark is raised, the note has it, and links back are left out."""
        read = composed(f"<p>They sold 1,250{reference} tons.</p><p>And more.</p>{note}")
        found = read.blocks[-1]
        assert read.text.startswith("They sold 1,250 ² tons.")
        assert read.text[found.start : found.end] == "² Estimate."
        assert (found.kind, found.label, found.mark) == ("note", "footnote", "2")
        assert found.anchor == len("They sold 1,250 ")

    @pytest.mark.parametrize(
        ("raised", "expected"),
        [
            ("20 m<sup>2</sup><sup>1</sup>", "20 m² ¹"),
            ("20 m<sup>2</sup><sup>*</sup>", "20 m² *"),
            ("x<sup>a</sup><sup>2</sup>", "xᵃ²"),
            ("20 m<sup>1<b>2</b></sup>", "20 m¹²"),
        ],
    )
    def test_a_raised_number_behind_an_exponent_is_a_mark(self, raised: str, expected: str) -> None:
        """Two raised elements side by side are an exponent and a mark; parts of one element are not."""
        assert composed(f"<p>{raised} it is.</p>").text == f"{expected} it is."

    def test_a_number_that_links_to_a_section_is_no_note(self) -> None:
        """A link in the line to a heading is a word like any other, and so are figures in brackets."""
        read = composed("<p>See section <a href='#s'>2</a> and [12].</p><h2 id=s>Mills</h2>")
        assert read.text.startswith("See section 2 and [12].")

    def test_a_note_that_opens_with_a_click_is_read(self) -> None:
        """Books hide their notes until the mark is touched."""
        html = (
            "<p>So<a epub:type=noteref href='#n'>1</a>.</p><aside epub:type=footnote id=n hidden>By the book.</aside>"
        )
        assert texts(html, kind="note") == ["¹ By the book."]

    def test_notes_of_several_paragraphs_stay_notes(self) -> None:
        """The second paragraph of a note is no statement of the text."""
        html = (
            "<p>So<sup><a href='#a'>a</a></sup>.</p><section class=footnotes><ol><li id=a><p>One.<p>Two.</ol></section>"
        )
        assert texts(html, kind="note") == ["ᵃ One.", "Two."]


class TestForms:
    """Check boxes and fields."""

    def test_tasks_are_ticked_or_open(self) -> None:
        """A box in a list item makes a task of it, with its state."""
        html = "<ul><li><input type=checkbox checked disabled> Grease the points<li><input type=checkbox> Paint</ul>"
        assert texts(html, kind="item", is_ticked=True) == ["[x] Grease the points"]
        assert texts(html, kind="item", is_ticked=False) == ["[ ] Paint"]

    def test_boxes_take_the_words_of_their_labels(self) -> None:
        """Whether the label stands around the box, behind it or before it."""
        html = (
            "<form><p>Meal: <label><input type=radio checked> fish</label> <label><input type=radio> meat</label></p>"
            "<input type=checkbox id=a checked><label for=a>insured</label><br>"
            "<label for=b>abroad</label> <input type=checkbox id=b></form>"
        )
        assert texts(html, kind="field") == ["[x] fish", "[ ] meat", "[x] insured", "[ ] abroad"]

    def test_fields_have_their_names_and_values(self) -> None:
        """What is written or chosen in a field stands behind its label; an empty field leaves its label."""
        html = (
            "<label for=n>Name</label><input id=n value='Ann Bell'><label>Town <input value=Ely></label>"
            "<label>Class <select><option>first<option selected>second</select></label>"
            "<label>Remarks <textarea>Needs a ramp.</textarea></label><label>Fax <input></label>"
        )
        fields = ["Name: Ann Bell", "Town: Ely", "Class: second", "Remarks: Needs a ramp."]
        assert texts(html, kind="field") == fields
        assert texts(html, kind="paragraph") == ["Fax"]


class TestOtherText:
    """Line ends, code, captions, links, formulas, quotations."""

    def test_code_keeps_its_lines_and_prose_does_not(self) -> None:
        """Preformatted prose is paragraphs whose lines are joined."""
        html = "<pre><code>def f(x):\n    return x\n</code></pre>"
        assert texts(html, kind="code") == ["def f(x):\n    return x"]
        prose = (
            "The mill was built of brick in 1871, and its\nroof was made of slate from the valley.\n\nIt burned twice."
        )
        assert texts(f"<pre>{prose}</pre>", kind="paragraph") == [
            "The mill was built of brick in 1871, and its roof was made of slate from the valley.",
            "It burned twice.",
        ]

    def test_a_caption_is_one_and_the_words_for_a_picture_are_no_statement(self) -> None:
        """What describes a picture to those who don't see it is left out; a page of pictures says so."""
        document = read_html(
            page("<figure><img src=a.png alt='A red mill'><figcaption>The mill.</figcaption></figure>"), 10**6
        )
        assert [(block.kind, document.text[block.start : block.end]) for block in document.blocks] == [
            ("caption", "The mill.")
        ]
        assert document.notes == ("1 picture in it is not read",)

    def test_lines_join_in_a_sentence_and_quotations_keep_their_marks(self) -> None:
        """One line end after a full stop, or two anywhere, end a paragraph."""
        html = "<p>They met<br>in <q>Ely</q>.<br>It rained<br><br>all day</p>"
        assert texts(html) == ["They met in “Ely”.", "It rained", "all day"]

    def test_a_label_beside_its_value_is_a_word_of_its_own(self) -> None:
        """Pages set them apart by style alone."""
        assert texts("<div><span class=label>Weight</span><span class=value>3 kg</span></div>") == ["Weight 3 kg"]
        assert texts("<p>3<b>00</b></p>") == ["300"]

    def test_what_cannot_be_read_is_counted(self) -> None:
        """Frames and videos are named; ornaments are not."""
        document = read_html(page(f"<p>{RAILWAY}</p><iframe src=x></iframe><video src=y></video>"), 10**6)
        assert document.notes == ("2 embedded objects in it are not read",)
        assert read_html(page(f"<p>{RAILWAY}</p><img src=x width=1 height=1>"), 10**6).notes == ()

    def test_links_keep_their_targets(self) -> None:
        """A link is a run with its address; one within the page is none."""
        html = "<p>See <a href='https://mill.example/fares'>the fares</a> or <a href='#top'>the top</a>.</p>"
        (run,) = only(html, "paragraph").runs
        assert (run.kind, run.target, run.end - run.start) == ("link", "https://mill.example/fares", len("the fares"))

    def test_formulas_are_text_on_one_line(self) -> None:
        """Fractions, roots and powers keep their structure, also where a page shows a picture of the formula."""
        math = (
            "<math><mi>v</mi><mo>=</mo><mfrac><mi>s</mi><msqrt><msup><mi>t</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>"
            "</msqrt></mfrac><annotation>v=\\frac{s}{}</annotation></math>"
        )
        shown = "v = s/(√(t² + 1))"
        assert texts(f"<p>{math}</p>") == [shown]
        assert texts(f"<p><span style='display: none'>{math}</span><img alt='v'></p>") == [shown]

    def test_numbers_one_above_the_other_stay_apart(self) -> None:
        """A sum or a division that is written out by hand is no long number."""
        total = "<mstack><mn>435.3</mn><msrow><mo>+</mo><mn>1306</mn></msrow><msline/><mn>1741.3</mn></mstack>"
        division = "<mlongdiv><mn>3</mn><mn>12</mn><msgroup><mn>9</mn><msline/><mn>1</mn></msgroup></mlongdiv>"
        assert texts(f"<p><math>{total}</math></p>") == ["435.3; +1306; 1741.3"]
        assert texts(f"<p><math>{division}</math></p>") == ["3; 12; 9; 1"]

    def test_metadata_and_printed_dates(self) -> None:
        """The language is the page's own, and the day on which it says it was published comes before metadata."""
        head = '<title>Mill</title><meta name="date" content="2024-05-01"><meta name="author" content="Ann Bell">'
        body = f"<h1>Mill</h1><p>Published on 27 February 2023</p><p>{RAILWAY}</p>"
        document = read_html(page(body, head, language="en-GB"), 10**6)
        assert (document.language, document.author, document.date) == ("en-GB", "Ann Bell", dt.date(2023, 2, 27))

    def test_a_date_in_the_text_is_no_date_of_publication(self) -> None:
        """A page that states no date has none."""
        body = f"<p>{RAILWAY}</p><p>The mill published its first price list on 3 May 1911.</p>"
        assert read_html(page(body), 10**6).date is None

    @given(st.text(alphabet="ab 1.<>/&;\"'=#-\n", max_size=200))
    def test_any_text_is_read_or_has_none(self, text: str) -> None:
        """Whatever stands in a piece of HTML, its blocks lie in its text, in order."""
        read = composed(text)
        ends = [0, *(block.end for block in read.blocks)]
        assert all(
            end <= block.start < block.end <= len(read.text) for end, block in zip(ends, read.blocks, strict=False)
        )
