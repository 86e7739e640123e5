"""Captions, bibliographies, indexes and titles are told by their form, and body text is taken for none of them."""

from dataclasses import replace

import pytest

from assistant.readers.pdf.body_style import BodyStyle
from assistant.readers.pdf.page import Piece, TableArea
from assistant.readers.pdf.roles.captions import mark_captions
from assistant.readers.pdf.roles.listed_sections import mark_listed_sections
from assistant.readers.pdf.roles.placement import put_back
from assistant.readers.pdf.roles.title import document_title, mark_title
from assistant.readers.pdf.wording.caption_labels import is_caption
from assistant.structure import Block, BlockKind, Role
from tests.support.pdf_layouts import BOLD, line, phrase, words_of
from tests.support.pdf_pages import Text
from tests.support.pdf_roles import draw_pages, roles_in

STYLE = BodyStyle(size=10.0)


def piece(text: str, kind: BlockKind = "paragraph", *, size: float = 10.0, page: int = 1, mark: str = "") -> Piece:
    """A piece of one line."""
    return Piece(kind, (line(text, size=size, page=page),), mark=mark, level=1 if kind == "heading" else 0)


def heading(text: str, *, level: int = 1) -> Piece:
    return Piece("heading", (line(text, size=14),), level=level)


def roles_of(*pieces: Piece) -> list[Role]:
    return [marked.role for marked in mark_listed_sections(pieces)]


@pytest.mark.parametrize(
    "text",
    ["Figure 3: Landings by port", "Fig. 2.1 – Landings", "TABLE IV. Crews", "Abb. 2: Fänge nach Häfen",
     "Tabelle 12 | Fänge", "Tableau 3 : Les prises", "Gráfico 4. Capturas", "Figura A.2: Capturas", "Рис. 5. Уловы"],
)  # fmt: skip
def test_a_label_and_a_number_begin_a_caption(text: str) -> None:
    """The labels of captions in several languages, closed by a colon, a full stop or a dash."""
    assert mark_captions([piece(text)], STYLE)[0].kind == "caption"


@pytest.mark.parametrize(
    "text",
    ["Figure 3 shows the landings of the year.", "Table 4 compares crews, and Table 5 ports.", "Chapter 3: The quay",
     "Abbildung 2 zeigt die Fänge.", "Step 2. Close the valve.", "Table of figures", "Section 2: Crews"],
)  # fmt: skip
def test_sentences_and_headings_are_no_captions(text: str) -> None:
    """A sentence about a figure, and numbered headings of other names, are no captions."""
    assert mark_captions([piece(text)], STYLE)[0].kind == "paragraph"


def test_what_stands_out_needs_no_colon() -> None:
    """A label without a colon begins a caption beside a table, in small type, or where it is bold."""
    text = "Table 2 Landings by port"
    table = Piece("table", table=TableArea(1, 0, 0, 9, 9, ()))
    bold = words_of("Table 2", font=BOLD)
    bold_label = Piece("paragraph", (phrase([*bold, *words_of("Landings by port", x=bold[-1].x1 + 3)]),))
    assert mark_captions([piece(text)], STYLE)[0].kind == "paragraph"
    assert mark_captions([piece(text), table], STYLE)[0].kind == "caption"
    assert mark_captions([piece(text, size=8)], STYLE)[0].kind == "caption"
    assert mark_captions([bold_label], STYLE)[0].kind == "caption"


def test_a_caption_may_answer_unless_it_is_a_label() -> None:
    """A caption that says what is to be seen is a statement; "Figure 7" alone names something."""
    full, bare = mark_captions([piece("Figure 7: Landings of cod fell in all ports"), piece("Figure 7")], STYLE)
    assert (full.role, bare.role) == ("body", "title")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("8,500", "title"),
        ("40 %", "title"),
        ("-$1.5", "title"),
        ("61 boats", "body"),
        ("—", "body"),
        ("(978) 646-1400", "body"),
    ],
)
def test_a_bare_figure_states_nothing(text: str, role: Role) -> None:
    """The figures at the axes of a chart are no statements; a figure with a word may be one."""
    assert mark_captions([piece(text)], STYLE)[0].role == role


def test_a_caption_is_no_field_and_goes_on_in_no_column() -> None:
    """A caption at the foot of a column keeps to itself."""
    label = Text(72, 770, ["Figure 1:  Landings of the fleet by port and"], 10)
    body = Text(320, 90, ["numbers of boats, which the board counts each year,", "were lower than ever."], 10)
    left = Text(72, 90, ["The fishing fleet of the town counts boats once a"] * 50, 10)
    assert not any("by port and numbers" in text for _, text in roles_in(draw_pages([left, body, label])))
    assert is_caption("Figure 1:  Landings of the fleet by port and")


AUTHOR_YEAR = [
    "Okafor, R. and A. Lind (2004). Seals of the outer skerries. Ghent: Quay Press.",
    "Berg, E. (1998). The ferry and its timetables. Harbour Review 12(3), 45–61.",
    "Moreau, J., et P. Petit (2011). Les phares du détroit. In EDA, pp. 212–223.",
    "Haas, K. (Hrsg.) (1987). Die Insel und ihr Hafen. Hamburg: Deich Verlag.",
    "García, L. (2015). Historia de los prácticos. Estudios del mar 7, 101–118.",
    "Visser, A. (2016). Pilots at sea. https://sea.example/pilots",
]
NUMBERED = [
    "[1] Ruth Okafor, Arvid Lind. Seals of the outer skerries. Proceedings of Seals, pp. 157-162, 2014.",
    '[2] "Storm of 1962". Island Gazette. 4 March 1962. https://gazette.example/1962',
    "[3] Berg E., Lind A. The ferry. Harbour Review, vol. 12, 1998.",
    "[4] Jeanne Moreau and Paul Petit. Les phares. Paris, 2011.",
    "[5] Karl Haas. Die Insel. Hamburg, 1987.",
]
PROSE = [
    "In 2004, Ruth Okafor, the keeper, counted 48 seals on the skerries, fewer than in 1998 (61).",
    "However, the board of 2011 decided otherwise, and pages 12–34 of its minutes say why.",
    "The ferry crosses the sound four times a day.",
    "Okafor and Lind (2004) counted seals, and Berg (1998) wrote about the ferry.",
    "Between 1987 and 2015 the island lost 12% of its dunes.",
    "The school has sixty-one pupils, eight more than in 2016.",
]


@pytest.mark.parametrize("entries", [AUTHOR_YEAR, NUMBERED])
def test_entries_are_a_bibliography_without_a_heading(entries: list[str]) -> None:
    """Entries that follow each other are told by who wrote them, when, and where they were published."""
    roles = roles_of(piece(PROSE[2]), *map(piece, entries), piece(PROSE[2]))
    assert roles == ["body", *["bibliography"] * len(entries), "body"]


def test_a_heading_that_is_none_by_its_looks() -> None:
    """A line "References" above entries belongs to them, though it looks like a paragraph."""
    assert set(roles_of(piece("References"), *map(piece, AUTHOR_YEAR[:3]))) == {"bibliography"}


@pytest.mark.parametrize("name", ["Literature", "Further reading", "Sources", "Publications"])
def test_prose_below_such_headings_is_text(name: str) -> None:
    """Prose about books and years is no bibliography, whatever its heading says."""
    assert roles_of(heading(name), *map(piece, PROSE)) == ["body"] * 7


def test_the_works_of_one_person_are_statements() -> None:
    """A list of what one person wrote is what the document says of that person."""
    works = [text.replace(text.split(",")[0], "Okafor", 1) for text in AUTHOR_YEAR]
    assert set(roles_of(heading("Publications"), *map(piece, works))) == {"body"}


def test_a_bibliography_ends_where_prose_begins_under_a_heading() -> None:
    """Headings of lower level go on with the references only where entries follow."""
    roles = roles_of(
        heading("References"), piece("Minutes of the board, 1962."),
        heading("Books", level=2), *map(piece, AUTHOR_YEAR),
        heading("A. Tables of seals", level=2), piece(PROSE[2]), piece(PROSE[5]),
    )  # fmt: skip
    assert roles == ["bibliography"] * 9 + ["body"] * 3


def test_a_bibliography_ends_where_only_prose_follows() -> None:
    """An annex whose heading isn't seen is text: several long paragraphs without a year end the references."""
    prose = (
        "The keeper counts from the gallery at low water, three times in a row, and writes the mean into the log of "
    )
    annex = [
        piece(prose + part) for part in ("the light.", "the harbour, where the board keeps it.", "a year.", "all.")
    ]
    annex = [replace(paragraph, lines=paragraph.lines * 2) for paragraph in annex]
    roles = roles_of(heading("References"), *map(piece, NUMBERED), *annex)
    assert roles == ["bibliography"] * 6 + ["body"] * 4


def test_contents_without_numbers_end_at_the_next_heading_or_text() -> None:
    """Lines below "Contents" are its own up to the first heading or longer text, whatever the levels say."""
    roles = roles_of(
        heading("Contents"), piece("The quay"), piece("Tourism"), heading("Preface", level=3), piece(PROSE[2])
    )
    assert roles == ["contents"] * 3 + ["body"] * 2
    assert roles_of(heading("Contents"), piece(" ".join(PROSE * 2))) == ["contents", "body"]


def test_an_index_is_told_by_its_order() -> None:
    """Terms in alphabetical order with the numbers of pages are an index; a list with figures is none."""
    terms = [
        "Alma, 3, 17",
        "anchors, 12–14",
        "basin, 8",
        "cod, 9, 11, 40",
        "dunes, 2",
        "ferry, 21, 22",
        "pilots, 7",
        "quay, 1",
    ]
    assert set(roles_of(heading("Register"), *map(piece, terms))) == {"body", "index"}
    assert set(roles_of(heading("Crews"), *map(piece, terms[::-1]))) == {"body"}


def test_the_title_is_the_largest_heading_of_the_first_page() -> None:
    """A title over two headings in one size, above the headings of sections."""
    pieces = [
        piece("Working paper 12"), piece("The harbour", "heading", size=20), piece("in winter", "heading", size=20),
        piece("Abstract", "heading", size=12), piece("Another page", "heading", size=30, page=2),
    ]  # fmt: skip
    assert [marked.role for marked in mark_title(pieces, STYLE)] == ["body", "title", "title", "body", "body"]


def test_headings_little_larger_than_the_text_are_no_title() -> None:
    """A document that begins with a section has no title of its own."""
    assert [marked.role for marked in mark_title([piece("1. Scope", "heading", size=11)], STYLE)] == ["body"]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("https://intranet.example/preview?id=381", "Fishing in winter A report"),
        ("paper", "Fishing in winter A report"),
        ("Microsoft Word - x.doc", "Fishing in winter A report"),
        ("", "Fishing in winter A report"),
        ("Winter fishing: final report", "Winter fishing: final report"),
        ("Winterfischerei", "Winterfischerei"),
    ],
)
def test_a_title_that_a_page_states_beats_the_name_of_a_file(stated: str, expected: str) -> None:
    """Metadata that only hold an address or a file's name give way to what the first page says."""
    text = "Fishing in winter\n\nA report\n\nThe quay"
    blocks = [Block("heading", 0, 17, "title"), Block("heading", 19, 27, "title"), Block("heading", 29, 37)]
    assert document_title(stated, text, blocks) == expected


@pytest.mark.parametrize("mark", [" *", " ∗", " ¹", " †,‡", ""])  # noqa: RUF001 — the asterisk of mathematics
def test_only_the_headings_of_the_title_are_the_title(mark: str) -> None:
    """Figures of a chart, which state nothing either, and marks of notes are no part of it."""
    text = f"Fishing{mark} 43.2% Winter"
    end = 7 + len(mark)
    blocks = [
        Block("paragraph", 0, 3, "title"),
        Block("heading", 0, end, "title"),
        Block("paragraph", end + 1, end + 6, "title"),
        Block("heading", end + 7, end + 13, "title"),
    ]
    assert document_title("", text, blocks) == "Fishing"


@pytest.mark.parametrize("stated", ["paper", "ar_2025"])
def test_a_file_name_is_better_than_no_title(stated: str) -> None:
    """Where the page states no title, the one of the metadata stays."""
    assert document_title(stated, "The quay", [Block("heading", 0, 8)]) == stated


def test_heads_notes_and_contents_return_to_their_places() -> None:
    """Headers before what begins on their page, notes behind what refers to them, footers behind all of their page."""

    def extracted(text: str, role: Role, page: int, *, y: float = 20.0) -> Piece:
        return Piece("paragraph", (line(text, y=y, page=page),), role)

    pieces = [
        Piece("paragraph", (line("One", y=200, page=1), line("goes on", y=50, page=2)), note_keys=((0, "note 1"),)),
        Piece("paragraph", (line("Two", y=100, page=2),)),
        Piece("paragraph", (line("Three", y=100, page=3),)),
    ]
    others = [
        extracted("head", "header", 1), extracted("1", "page_number", 1, y=800), extracted("Chapter two", "header", 2),
        extracted("Contents", "contents", 1, y=100), extracted("Last line", "footer", 3, y=800),
        Piece("note", (line("Said in May.", y=700),), key="note 1", mark="1"),
        Piece("note", (line("Nobody refers to it.", y=710, page=2),), key="note 2", mark="2"),
    ]  # fmt: skip
    assert [placed.lines[0].text for placed in put_back(pieces, others)] == [
        "head", "Contents", "One", "Said in May.", "1", "Chapter two", "Two", "Nobody refers to it.", "Three",
        "Last line",
    ]  # fmt: skip


def test_a_drawn_paper() -> None:
    """A short paper: title, text, caption, references, and an annex behind them that is text again."""
    pages = [
        [
            Text(72, 90, ["Seals of the skerries"], 18, is_bold=True),
            Text(72, 130, ["The keeper of the light has counted seals on the skerries for thirty", "years."], 11),
            Text(72, 190, ["Figure 1: Seals counted from the light in March of each year."], 9),
            Text(72, 240, ["References"], 13, is_bold=True),
            *(Text(72, 270 + 40 * place, [entry], 9) for place, entry in enumerate(AUTHOR_YEAR)),
            Text(72, 560, ["A. How seals were counted"], 13, is_bold=True),
            Text(72, 600, ["The keeper counts from the gallery at low water, three times, and notes", "the mean."], 11),
        ]
    ]
    roles = roles_in(draw_pages(*pages))
    assert roles[0] == ("title", "Seals of the skerries")
    assert [role for role, _ in roles].count("bibliography") == 7
    assert [text for role, text in roles if role == "body"] == [
        "The keeper of the light has counted seals on the skerries for thirty years.",
        "Figure 1: Seals counted from the light in March of each year.",
        "A. How seals were counted",
        "The keeper counts from the gallery at low water, three times, and notes the mean.",
    ]
