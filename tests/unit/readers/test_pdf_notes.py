"""Footnotes leave the flow of the text, keep their words, and know where the text refers to them."""

from collections import Counter
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.readers.composition import Composition
from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.page import Cell, Column, PageLayout, Phrase, Piece, TableArea, Word
from assistant.readers.pdf.reader import read_pdf
from assistant.readers.pdf.roles.endnotes import mark_endnotes
from assistant.readers.pdf.roles.note_references import refer_to_notes
from assistant.readers.pdf.roles.notes import extract_notes
from tests.support.pdf_layouts import composed, line, page, phrase, words_of, wrap
from tests.support.pdf_roles import MAX_CHARS, blocks_in

DATA = Path(__file__).parents[2] / "data" / "pdf"
STYLE = BodyStyle(size=10.0)
PROSE = (
    "The harbour board met on Monday to discuss the dredging of the north basin and heard the engineers. The work "
    "would begin in March and take eleven weeks, if the weather holds and the dredger comes in time from Ghent."
)


def raised(word: str, before: Word, *, size: float = 6.0) -> Word:
    """A raised word right behind another one."""
    return Word(
        word, before.page, before.x1, before.y0 - 2, before.x1 + 3.0 * len(word), before.y1 - 4, before.baseline, size,
        rise=1, is_glued=True,
    )  # fmt: skip


def referring(text: str, mark: str, *, y: float, number: int = 1) -> Phrase:
    """A line of the body whose last word is referred from by a raised mark."""
    words = words_of(text, y=y, page=number)
    return replace(phrase([*words, raised(mark, words[-1])]), size=10.0)


def note(mark: str, text: str, *, y: float, number: int = 1, form: str = "raised", size: float = 8.0) -> Phrase:
    """A line of a note that begins with its mark: raised, on the line, or glued to the first word."""
    if form == "glued":
        return line(f"{mark}{text}", y=y, size=size, page=number)
    words = words_of(f"{mark} {text}", y=y, size=size, page=number)
    if form == "raised":
        words[0] = replace(words[0], rise=1, size=0.6 * size)
    return phrase(words)


def prose(*, y: float = 100.0, number: int = 1, count: int = 12) -> list[Phrase]:
    """Lines of the body."""
    texts = (wrap(PROSE) * count)[:count]
    return [line(text, y=y + 12 * place, page=number) for place, text in enumerate(texts)]


def one_page(*phrases: Phrase, number: int = 1) -> PageLayout:
    return page(Column(phrases), number=number)


def notes_of(*pages: PageLayout) -> list[tuple[str, str]]:
    """The marks and texts of the notes of some pages."""
    _, notes = extract_notes(pages, STYLE)
    assert all((footnote.kind, footnote.label, footnote.role) == ("note", "footnote", "body") for footnote in notes)
    return [(footnote.mark, " ".join(phrase.text for phrase in footnote.lines)) for footnote in notes]


@pytest.mark.parametrize(
    ("mark", "form"),
    [("1", "raised"), ("12", "raised"), ("a", "raised"), ("*", "raised"), ("1", "plain"), ("3.", "plain"),
     ("(2)", "plain"), ("†", "plain"), ("4", "glued"), ("*", "glued")],
)  # fmt: skip
def test_marks_of_every_form_begin_notes(mark: str, form: str) -> None:
    """A note begins with a raised mark, or with one on its line that the text refers to."""
    bare = mark.strip("().")
    whole = one_page(*prose(), referring("paid by the state", bare, y=260), note(mark, "Half of it.", y=700, form=form))
    assert notes_of(whole) == [(bare, "Half of it.")]


@pytest.mark.parametrize(("printed", "mark"), [("¹", "1"), ("¹²", "12"), ("⁷", "7")])
def test_raised_figures_that_are_characters_begin_notes(printed: str, mark: str) -> None:
    """A note may begin with a raised figure that is a character of its own."""
    assert notes_of(one_page(*prose(), note(printed, "Half of it.", y=700, form="plain"))) == [(mark, "Half of it.")]


def test_a_mark_in_brackets_is_referred_to_in_brackets() -> None:
    """A note "[2]" is that of a raised "[2]", and none of a raised "2"."""
    foot = note("(2)", "Half of it.", y=700, form="plain")
    assert notes_of(one_page(*prose(), referring("paid by the state", "(2)", y=260), foot)) == [("2", "Half of it.")]
    foot = note("[2]", "Half of it.", y=700, form="plain")
    assert notes_of(one_page(*prose(), referring("paid by the state", "[2]", y=260), foot)) == [("2", "Half of it.")]
    assert notes_of(one_page(*prose(), referring("paid by the state", "2", y=260), foot)) == []


REFERENCES = ["P. Morris. The decline of the hedgehog. 2006.", "T. Falk. Light transmitters. Zoology 201, 2014."]


def paper(reference_marks: list[str], affiliations: Phrase | None, heading: str) -> PageLayout:
    """A page with authors, what their raised marks stand for, text, and references in small type."""
    authors = words_of("Ana Ribeiro and Tom Falk", y=60)
    authors = [*authors[:2], raised("1", authors[1]), *authors[2:], raised("2", authors[-1])]
    return one_page(
        replace(phrase(authors), size=10.0), *([affiliations] if affiliations else []), *prose(),
        line(heading, y=680, size=11),
        *(note(mark, text, y=700 + 12 * place, form="plain") for place, (mark, text) in
          enumerate(zip(reference_marks, REFERENCES, strict=True))),
    )  # fmt: skip


def affiliations_at(y: float) -> Phrase:
    """A line that explains the marks 1 and 2."""
    words = words_of("1 University of Leeds · 2 Institute of Ecology", y=y, size=9)
    return phrase([replace(word, rise=1, size=5) if word.text in "12" else word for word in words])


@pytest.mark.parametrize(
    ("marks", "affiliations", "heading"),
    [
        (["[1]", "[2]"], affiliations_at(75), "References"),
        (["[1]", "[2]"], None, "Nachweise zum Text"),
        (["1.", "2."], affiliations_at(75), "Nachweise zum Text"),
        (["1.", "2."], None, "References"),
        (["1", "2"], None, "Literatur"),
    ],
)
def test_references_are_no_notes_of_authors(marks: list[str], affiliations: Phrase | None, heading: str) -> None:
    """The raised marks of authors refer to no entries of a bibliography, however these are numbered."""
    assert notes_of(paper(marks, affiliations, heading)) == []


def test_notes_beside_references_keep_their_raised_marks() -> None:
    """A footnote below the references is one, where its mark is raised as that in the text."""
    page_of_both = paper(["[1]", "[2]"], affiliations_at(75), "References")
    (only,) = page_of_both.items
    assert isinstance(only, Column)
    whole = one_page(*only.lines[:-2], note("3", "Supported by the state.", y=760))
    assert notes_of(whole) == [("3", "Supported by the state.")]


@pytest.mark.parametrize("referring_text", ["The hall has a floor of 240 m", "It is printed at 90 g/m"])
@pytest.mark.parametrize("form", ["{}.", "({})"])
def test_small_print_is_no_note_of_an_exponent(referring_text: str, form: str) -> None:
    """Numbered terms in small print stay a list, though a raised figure above them is the number of one."""
    terms = ["A deposit is due.", "No candles may be lit.", "The hirer sweeps the floor."]
    foot = [
        note(form.format(place), text, y=688 + 12 * place, form="plain") for place, text in enumerate(terms, start=1)
    ]
    assert notes_of(one_page(*prose(), referring(referring_text, "2", y=260), *foot)) == []


def test_notes_begin_with_the_first_of_a_list() -> None:
    """A numbered line in small print is no note where the list that it goes on with is none."""
    foot = [note(f"{place}.", f"Term {place}.", y=688 + 12 * place, form="plain") for place in range(1, 4)]
    assert notes_of(one_page(*prose(), referring("paid by the state", "2", y=260), *foot)) == []
    whole = one_page(*prose(), referring("paid by the state", "1", y=260), *foot)
    assert [mark for mark, _ in notes_of(whole)] == ["1", "2", "3"]


def test_a_line_that_explains_marks_refers_to_no_note() -> None:
    """The raised mark that a line begins with is its own, and refers to nothing."""
    explaining = Piece("paragraph", (affiliations_at(75),))
    foot = Piece("note", (line("Half of it.", y=700),), mark="1", key="note 1")
    assert refer_to_notes([explaining], [foot])[0].note_keys == ()


@pytest.mark.parametrize("units", [["m", "cm", "m"], ["kg/m", "km", "mm"]])
def test_exponents_refer_to_no_list(units: list[str]) -> None:
    """The powers of units in the text make no endnotes of a numbered list behind it."""
    lengths = [words_of(f"It measures 40 {unit}", y=60 + 12 * place) for place, unit in enumerate(units)]
    texts = [phrase([*words, raised("23"[place % 2], words[-1])]) for place, words in enumerate(lengths)]
    items = [Piece("item", (line(text, y=300),), mark=f"{place}.") for place, text in enumerate("abc", start=1)]
    pieces = [
        *(Piece("paragraph", (text,)) for text in texts),
        Piece("heading", (line("Terms", y=280),), level=1),
        *items,
    ]
    assert mark_endnotes(pieces) == pieces


@pytest.mark.parametrize("marks", [["1", "2", "3", "4", "5", "6"], ["(1)", "(2)", "(3)", "(11)", "(12)"]])
def test_marks_beyond_a_list_refer_to_another(marks: list[str]) -> None:
    """A list of three is none of the notes where the marks in the text before it count further."""
    texts = [referring(f"Paragraph of {place} boats", mark, y=60 + 12 * place) for place, mark in enumerate(marks)]
    items = [Piece("item", (line(text, y=300),), mark=f"{place}.") for place, text in enumerate("abc", start=1)]
    before = [Piece("paragraph", (text,)) for text in texts]
    heads = Piece("heading", (line("Criteria", y=280),), level=1)
    assert mark_endnotes([*before, heads, *items]) == [*before, heads, *items]
    assert {piece.kind for piece in mark_endnotes([*before[:3], heads, *items])[4:]} == {"note"}


@pytest.mark.parametrize("form", ["{}.", "[{}]"])
def test_a_numbered_list_is_none_of_the_authors(form: str) -> None:
    """The raised marks of authors, which a line below them explains, refer to no numbered list behind the text."""
    authors = words_of("Ana Ribeiro", y=60)
    items = [Piece("item", (line(text, y=300),), mark=form.format(place)) for place, text in enumerate("abc", start=1)]
    marks = [raised(mark, authors[-1]) for mark in "123"]
    front = [Piece("paragraph", (phrase([*authors, *marks]),)), Piece("paragraph", (affiliations_at(75),))]
    pieces = [*front, Piece("heading", (line("What we show", y=280),), level=1), *items]
    assert mark_endnotes(pieces) == pieces


def test_notes_over_several_lines_and_several_on_one_line() -> None:
    """Lines without a mark go on with the note above; a raised number that counts on begins the next on its line."""
    several = words_of("1 Raised in July. 2 Unchanged since 2019. 3 Without renewals", y=700, size=8)
    several = [replace(word, rise=1, size=5) if word.text in "123" else word for word in several]
    whole = one_page(
        *prose(), referring("one", "1", y=260), phrase(several), line("after the third year.", y=710, size=8),
        note("4", "By the harbour.", y=720),
    )  # fmt: skip
    assert notes_of(whole) == [
        ("1", "Raised in July."),
        ("2", "Unchanged since 2019."),
        ("3", "Without renewals after the third year."),
        ("4", "By the harbour."),
    ]


def test_a_note_does_not_tear_the_sentence_above_it() -> None:
    """A sentence that a page's notes and end interrupt is whole, and its note follows the paragraph."""
    first = one_page(
        referring("The board of the harbour decided in its meeting in May that", "1", y=100),
        line("the dredging of the whole north basin will be paid for by the", y=112),
        note("1", "Minutes of 4 May.", y=760),
    )
    second = one_page(line("state and by nobody else.", y=80, page=2), *prose(y=110, number=2), number=2)
    whole = composed(first, second)
    assert "will be paid for by the state and by nobody else." in whole.text
    assert block_texts(whole, "note") == ["¹ Minutes of 4 May."]
    (anchor,) = [block.anchor for block in whole.blocks if block.kind == "note"]
    assert anchor is not None
    assert whole.text[:anchor].endswith("in May that ")


def test_a_note_goes_on_at_the_foot_of_the_next_page() -> None:
    """A note whose sentence isn't at its end takes the small lines at the foot of the next page, above its notes."""
    first = one_page(*prose(), referring("offers", "1", y=260), note("1", "The council asked three firms, of", y=700))
    second = one_page(
        *prose(number=2), referring("came", "2", y=260, number=2),
        line("which one came from abroad.", y=690, size=8, page=2), note("2", "By sea.", y=700, number=2), number=2,
    )  # fmt: skip
    assert notes_of(first, second) == [
        ("1", "The council asked three firms, of which one came from abroad."),
        ("2", "By sea."),
    ]


def test_notes_at_the_foot_of_both_columns() -> None:
    """Each column has its notes, and what follows them in the next column is text."""
    left = [*prose(count=8), referring("costs", "1", y=240), note("1", "In euros.", y=700)]
    right = [line(text, x=320, y=100 + 12 * place) for place, text in enumerate(wrap(PROSE, 40))]
    layouts, notes = extract_notes([page(Column(tuple(left)), Column(tuple(right)))], STYLE)
    assert [footnote.mark for footnote in notes] == ["1"]
    assert layouts[0].items[1] == Column(tuple(right))


@pytest.mark.parametrize(
    "lines",
    [
        [line("In small type, without a mark.", y=700, size=8)],
        [line("12 boats were counted in small type.", y=700, size=8)],  # nobody refers to 12
        [note("1", "A step of the size of the body.", y=300, size=10), line("And text below it.", y=312)],
        [note("1", "Above the body.", y=50), line("The body.", y=400)],
    ],
)
def test_other_small_lines_are_text(lines: list[Phrase]) -> None:
    """What has no mark, or stands above text of the body, is no note."""
    assert notes_of(one_page(*prose(y=100), *lines)) == []


def test_exponents_refer_to_no_notes() -> None:
    """A raised figure of a unit stays an exponent where the page has no note of that number."""
    words = words_of("The hall is 250 m", y=300)
    whole = composed(one_page(*prose(), phrase([*words, raised("2", words[-1])])))
    assert "250 m²" in whole.text


def test_notes_of_a_text_processor() -> None:
    """Six notes of a report, of which two go on overleaf: each whole, behind its paragraph, none in a sentence."""
    blocks = blocks_in((DATA / "report_notes.pdf").read_bytes())
    notes = [(block.mark, text) for block, text in blocks if block.kind == "note"]
    assert [mark for mark, _ in notes] == ["1", "2", "3", "4", "5", "6"]
    assert notes[1][1].endswith(
        "and has kept them in tables of her own since then; the tables of the years before the war are lost."
    )
    assert notes[3][1].count("The council asked three firms for offers, of which one came from abroad.") == 9
    assert all(block.anchor for block, _ in blocks if block.kind == "note")
    paragraphs = [text for block, text in blocks if block.kind == "paragraph" and block.role == "body"]
    assert all(text.endswith(".") for text in paragraphs)


def test_notes_of_a_drawn_page() -> None:
    """Note marks behind figures are none of their digits, and the notes below stand by themselves."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Times", "", 11)
    for text, mark in [("The library lent 48,210", "1"), (" books in 2023, against 45,102", "2"), (" in 2022.", "")]:
        pdf.write(6, text)
        if mark:
            pdf.set_char_spacing(0)
            pdf.char_vpos = "SUP"
            pdf.write(6, mark)
            pdf.char_vpos = "LINE"
    pdf.set_y(250)
    pdf.set_font("Times", "", 8)
    pdf.write(4, "1 With renewals.\n2 Without the branch in the harbour.")
    text = read_pdf(bytes(pdf.output()), MAX_CHARS).text
    assert "48,210 ¹ books in 2023, against 45,102 ² in 2022." in text
    assert "¹ With renewals." in text
    assert "² Without the branch in the harbour." in text


MARKS = st.sampled_from(["1", "2", "a", "*", "word", "10", "x"])
LINES = st.tuples(MARKS, st.booleans(), st.sampled_from([6.0, 8.0, 10.0]), st.integers(5, 60))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(LINES, max_size=8), max_size=3))
def test_no_word_is_lost_or_twice(pages: list[list[tuple[str, bool, float, int]]]) -> None:
    """The letters of all lines are those of what is kept, of the notes and of their marks."""
    layouts = [
        one_page(
            *(
                note(
                    mark, "Half of it.", y=12.0 * row, number=number, size=size, form="raised" if is_raised else "plain"
                )
                for mark, is_raised, size, row in sorted(rows, key=itemgetter(3))
            ),
            number=number,
        )
        for number, rows in enumerate(pages, start=1)
    ]
    kept, notes = extract_notes(layouts, STYLE)
    lines = [phrase for layout in kept for item in layout.items if isinstance(item, Column) for phrase in item.lines]
    after = letters([*lines, *(phrase for piece in notes for phrase in piece.lines)])
    assert after + Counter("".join(piece.mark for piece in notes)) == letters(
        [phrase for layout in layouts for item in layout.items if isinstance(item, Column) for phrase in item.lines]
    )


def letters(phrases: list[Phrase]) -> Counter[str]:
    return Counter(character for phrase in phrases for character in phrase.text if not character.isspace())


def block_texts(whole: Composition, kind: str) -> list[str]:
    return [whole.text[block.start : block.end] for block in whole.blocks if block.kind == kind]


def table(*rows: tuple[str, ...], mark: str) -> TableArea:
    """A table whose last cell refers to a note."""
    cells = [
        tuple(Cell((line(text, x=72 + 100 * column, y=100 + 14 * row),)) for column, text in enumerate(texts))
        for row, texts in enumerate(rows)
    ]
    last = cells[-1][-1].lines[0]
    cells[-1] = (*cells[-1][:-1], Cell((phrase([*last.words, raised(mark, last.words[-1])]),)))
    return TableArea(1, 72, 90, 400, 200, tuple(cells), header_rows=1)


@pytest.mark.parametrize(("mark", "form"), [("a", "raised"), ("1", "plain"), ("*", "glued")])
def test_notes_below_a_table(mark: str, form: str) -> None:
    """Lines right below a table that begin with the mark of a cell are its notes; the text behind them is none."""
    below = [note(mark, "Without the two old tugs.", y=220, form=form, size=10), *prose(y=260)]
    whole = composed(page(table(("Boats", "2023"), ("Tugs", "12"), mark=mark), Column(tuple(below))))
    (block,) = [block for block in whole.blocks if block.kind == "note"]
    assert whole.text[block.start : block.end].endswith("Without the two old tugs.")
    assert (block.mark, block.label) == (mark, "footnote")
    assert block.anchor is not None
    assert whole.text[: block.anchor].endswith("12 ")


def test_text_below_a_table_without_marks() -> None:
    """A numbered paragraph below a table whose cells refer to nothing is none of its notes."""
    plain = table(("Boats", "2023"), ("Tugs", "12"), mark="a")
    below = [note("*", "Here the text begins.", y=220, form="plain", size=10), *prose(y=260)]
    whole = composed(page(plain, Column(tuple(below))))
    assert not [block for block in whole.blocks if block.kind == "note"]


def numbered(texts: list[str], *, y: float) -> list[Phrase]:
    return [line(f"{number}. {text}", y=y + 14 * number) for number, text in enumerate(texts, start=1)]


ENDNOTES = ["Counted in March of each year.", "Minutes of 4 May.", "Without the two old tugs.", "By sea."]


def test_endnotes_that_the_text_refers_to() -> None:
    """A numbered list behind the text is its notes where raised marks refer to most of its numbers."""
    text = [referring("Boats were counted", mark, y=100 + 24 * place) for place, mark in enumerate(["1", "2", "3"])]
    whole = composed(one_page(*text, *prose(y=180), line("Notes", y=400, size=16), *numbered(ENDNOTES, y=420)))
    notes = [block for block in whole.blocks if block.kind == "note"]
    assert [(block.mark, block.label) for block in notes] == [(str(number), "endnote") for number in (1, 2, 3, 4)]
    assert [block.anchor is not None for block in notes] == [True, True, True, False]
    assert "² Minutes of 4 May." in whole.text


def test_a_numbered_list_is_no_list_of_endnotes() -> None:
    """Without raised marks in the text a numbered list stays what it is."""
    whole = composed(one_page(*prose(y=100), *numbered(ENDNOTES, y=420)))
    assert not [block for block in whole.blocks if block.kind == "note"]
    assert "2. Minutes of 4 May." in whole.text
