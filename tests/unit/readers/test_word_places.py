"""The places of words on their pages go through composition: each is over its own characters of the canonical text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.composition import Composition, compose, compose_placed
from assistant.readers.elements import Content, Element, Inline, TableCell, TableContent
from assistant.segmentation.sentences import split_sentences
from assistant.structure import BlockKind, Box, Geometry
from assistant.types import Document

KINDS: st.SearchStrategy[BlockKind] = st.sampled_from(["paragraph", "code", "item", "note", "table"])
STYLES = st.sampled_from(["plain", "raised", "lowered", "struck", "link", "note_mark"])
INLINES = st.lists(
    st.builds(Inline, st.text("ab12|. \n\u00ad", max_size=6), STYLES, box=st.none() | st.just(Box(1, 0, 0, 9, 9))),
    max_size=9,
)


def _words(text: str, page: int = 1, y0: float = 0) -> list[Inline]:
    """Words on one line of a page, each 10 points wide."""
    return [
        Inline(f"{word} ", box=Box(page, 10 * place, y0, 10 * place + 9, y0 + 9))
        for place, word in enumerate(text.split())
    ]


def _placed(composition: Composition) -> list[tuple[str, Box]]:
    return [(composition.text[word.start : word.end], word.box) for word in composition.words]


def _texts(composition: Composition) -> list[str]:
    return [text for text, _ in _placed(composition)]


def test_each_word_has_its_own_rectangle() -> None:
    """Words of a paragraph have the boxes of their inlines, without the white space around them."""
    words = _words("Harbour dues rise")
    assert _placed(compose([Element("paragraph", words)])) == [(inline.text.strip(), inline.box) for inline in words]


def test_marks_of_layout_shift_words_and_marks_have_a_place() -> None:
    """Words behind the marks of headings and items keep their boxes; the number of an item has a box of its own."""
    at = Box(1, 0, 20, 9, 29)
    composition = compose(
        [
            Element("heading", _words("Dues"), level=2),
            Element("item", _words("Berths", y0=20), mark="3.", mark_box=at),
            Element("field", _words("Dover", y0=40), label="Port of call", mark_box=at._replace(y0=40, y1=49)),
        ]
    )
    assert _texts(composition) == ["Dues", "3.", "Berths", "Port of call:", "Dover"]
    assert composition.words[1].box == at


def test_a_raised_mark_has_its_place_behind_the_space_that_sets_it_off() -> None:
    """A note mark is set off by a space, which is in no rectangle."""
    mark = Box(1, 50, 0, 53, 5)
    inlines = [Inline("48,210", box=Box(1, 0, 0, 49, 9)), Inline("3", "raised", box=mark), *_words("books")]
    composition = compose([Element("paragraph", inlines)])
    assert composition.text == "48,210 ³ books"
    assert _placed(composition)[1] == ("³", mark)


def test_the_parts_of_a_word_that_goes_over_a_line_have_a_rectangle_each() -> None:
    """A word that was hyphenated at the end of a line stands in two rectangles."""
    inlines = [Inline("har", box=Box(1, 90, 0, 99, 9)), Inline("bour ", box=Box(1, 0, 10, 20, 19)), *_words("dues")]
    assert _texts(compose([Element("paragraph", inlines)])) == ["har", "bour", "dues"]


def test_cells_have_the_places_of_their_words() -> None:
    """Words of cells, of header cells and of a table's title keep their boxes, also beside an escaped border."""
    rows = [[_words("Port of call"), _words("Dues|fees")], [_words("Dover"), _words("4|5 6", y0=30)]]
    cells = [[TableCell(content) for content in row] for row in rows]
    content = TableContent(cells, header_rows=1, title=_words("Table 1"))
    composition = compose([Element("table", table=content)])
    assert _texts(composition) == ["Table", "1", "Port", "of", "call", r"Dues\|fees", "Dover", r"4\|5", "6"]
    assert composition.blocks[-1].table is not None
    assert composition.blocks[-1].table.title == "Table 1"


def test_a_cell_over_several_rows_has_its_place_in_each() -> None:
    """The words of a merged cell stand in each row that it covers, in the one rectangle that they are printed in."""
    label = TableCell(_words("Dover"), rows=2)
    rows = [[TableCell(_words(name)) for name in ("Port", "Berth")], [label, TableCell(_words("East"))],
            [TableCell(_words("West"))]]  # fmt: skip
    placed = _placed(compose([Element("table", table=TableContent(rows, header_rows=1))]))
    dover = [box for text, box in placed if text == "Dover"]
    assert len(dover) == 2
    assert dover[0] == dover[1]


def test_words_of_code_keep_their_places_in_their_lines() -> None:
    """White space at the ends of lines of code goes, and the words behind it keep their boxes."""
    inlines = [Inline("\n  \n"), *_words("if ready:"), Inline("  \n    "), *_words("moor()", y0=10), Inline("\n\n")]
    composition = compose([Element("code", inlines)])
    assert composition.text == "if ready:\n    moor()"
    assert _texts(composition) == ["if", "ready:", "moor()"]


@given(st.lists(st.tuples(KINDS, INLINES), max_size=5))
def test_words_lie_in_blocks_in_order(contents: list[tuple[BlockKind, Content]]) -> None:
    """Whatever is joined, each place is over visible characters, in order and without overlaps."""
    elements = [
        Element("table", table=TableContent([[TableCell(content), TableCell("x")]] * 2))
        if kind == "table"
        else Element(kind, content)
        for kind, content in contents
    ]
    composition = compose(elements)
    end = 0
    for word in composition.words:
        assert end <= word.start < word.end <= len(composition.text)
        words = composition.text[word.start : word.end]
        assert words == words.strip()
        assert any(block.start <= word.start and word.end <= block.end for block in composition.blocks)
        end = word.end


def test_a_page_starts_inside_a_paragraph_that_goes_over_to_it() -> None:
    """The next page starts at the paragraph's first word there; a page without words starts where the next does."""
    elements = [
        Element("heading", _words("Dues"), level=1),
        Element("paragraph", [*_words("Dues rise", y0=10), *_words("from May on.", page=2)]),
        Element("paragraph", _words("All ports agree.", page=4)),
    ]
    composition = compose_placed(elements, 5)
    places = (0, composition.text.index("from"), composition.text.index("All"), composition.text.index("All"))
    assert composition.pages == (*places, len(composition.text))


def test_a_page_starts_with_the_marks_of_layout_before_its_first_word() -> None:
    """A row, a heading or an item that is the first of a page belongs to it with its marks."""
    rows = [[TableCell(_words(f"{port} pays", page)), TableCell(_words("9", page))] for port, page in
            (("Port", 1), ("Dover", 1), ("Calais", 2))]  # fmt: skip
    elements = [
        Element("table", table=TableContent(rows, header_rows=1)),
        Element("heading", _words("Berths", page=3), level=2),
        Element("item", _words("East", page=4)),
    ]
    composition = compose_placed(elements, 4)
    text = composition.text
    assert composition.pages == (0, text.index("| Calais"), text.index("## Berths"), text.index("- East"))


@pytest.mark.parametrize("pages", [(1, 2, 1), (3, 1, 2), (2, 2, 9)])
def test_page_starts_never_fall(pages: tuple[int, ...]) -> None:
    """A footnote that stands behind a paragraph that ends overleaf leaves the starts of pages in order."""
    elements = [Element("paragraph", _words("Dues rise.", page=page)) for page in pages]
    starts = compose_placed(elements, 3).pages
    assert len(starts) == 3
    assert list(starts) == sorted(starts)


def test_a_block_of_recognised_text_says_so() -> None:
    """Blocks of recognised text are marked: paragraphs, tables and their titles."""
    rows = [[TableCell("Port"), TableCell("Dues")], [TableCell("Dover"), TableCell("9")]]
    elements = [
        Element("paragraph", "Dues rise.", is_recognised=True),
        Element("table", table=TableContent(rows, title="Dues"), is_recognised=True),
        Element("paragraph", "Ports agree."),
    ]
    assert [block.is_recognised for block in compose(elements).blocks] == [True, True, True, False]


def test_a_footnote_behind_a_paragraph_that_ends_overleaf_is_on_its_own_page() -> None:
    """Sentences are on the page on which their words are printed, whatever stands before them in the text."""
    elements = [
        Element("paragraph", [*_words("All dues rise"), *_words("from May on. Ports agree.", page=2)]),
        Element("note", _words("As of 2023.", y0=700), mark="1", mark_box=Box(1, 0, 700, 4, 705)),
        Element("paragraph", _words("Ships wait.", page=2, y0=30)),
    ]
    composition = compose_placed(elements, 2)
    document = Document(
        "d", "Dues", "dues.pdf", composition.text, "pdf", pages=composition.pages, blocks=composition.blocks,
        geometry=Geometry.of(composition.words),
    )  # fmt: skip
    pages = {sentence.text: sentence.page for sentence in split_sentences(document)}
    assert pages == {"All dues rise from May on.": 1, "Ports agree.": 2, "¹ As of 2023.": 1, "Ships wait.": 2}
    note = document.text.index("As of")
    assert document.page_at(note) == 2
    assert document.page_of(note, note + 11) == 1
