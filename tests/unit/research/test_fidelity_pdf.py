"""PDFs beside pdftotext: words that are parted otherwise settle for a named reason, and furniture counts apart."""

import re
import shutil

import pytest

from assistant.structure import Block, Column, MergedCells, Run, Table, TableRow
from assistant.types import Document
from research.fidelity import extraction as apart
from research.fidelity.comparison import compare
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.parting import hyphenated_pairs
from research.fidelity.pdf import extract_pdf, furniture_of
from research.fidelity.structure import raised_and_lowered_words, repeated_labels
from tests.support.files import pdf

needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext")

EELS = "Eels live in the northern pond, and pikes in the southern one."


def printed(text: str) -> Pieces:
    return Pieces([text], is_printed=True, hyphenated=hyphenated_pairs(text))


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        ("the northern pond", "the nor-\nthern pond", apart.HYPHENS),
        ("at https://eels.example/ponds9 now", "at https://eels.exam\nple/pon\nds9 now", apart.ADDRESS_LINES),
        ("June 30, 2023", "J u n e 3 0 , 2 0 2 3", apart.LETTERS_APART),
        ("48,210 ³ eels", "48,2103 eels", apart.OFF_THE_LINE),
        ("CO₂ in the pond", "CO 2 in the pond", apart.OFF_THE_LINE),
        (f"{EELS} northern pond", f"{EELS} north ernpond", apart.PARTED_BADLY),
        (f"{EELS} eels live", f"{EELS} eelslive", apart.PARTED_BADLY),
        ("a set ⟨m\u2032, n⟩ here", "a set hm0, ni here", apart.SIGNS),
        ("the sum ∑ of eels", "the sum X of eels", apart.SIGNS),
        ("| pike | ✓ | ✗ |", "pike 3 7", apart.SIGNS),
        ("our efforts", "our e↵orts", apart.SIGNS),
        ("off-shore", "o↵-shore", apart.SIGNS),
    ],
)
def test_the_same_characters_parted_otherwise_for_a_reason_are_kept(ours: str, theirs: str, reason: str) -> None:
    """Hyphens at line ends, letters set apart, raised marks, and words that the file has elsewhere: counted apart."""
    comparison = compare(ours, printed(theirs), is_plain=False)
    assert 0 < comparison.apart[reason]
    assert 0 == comparison.words.surplus


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"{EELS} north ernpond", f"{EELS} northern pond"),  # ours tears
        (f"{EELS} eelslive", f"{EELS} eels live"),  # ours glues
        ("48,2103 eels", "48,210 3 eels"),  # a raised mark is glued to its figure
        ("in 1 234 ponds, 1 and 234 eels", "in 1234 ponds, 1 and 234 eels"),  # a figure is torn
        ("in 1234 ponds, 1234", "in 12 34 ponds, 1234"),  # figures are glued
        ("125 eels", "12.5 eels"),  # a point is lost
        ("125 eels", "12 . 5 eels"),
        ("Decembe r", "December"),
        ("a set m, n here", "a set hm0, n here"),  # the signs are lost
        ("our eorts", "our e↵orts and more"),
        ("our dierent", "our different"),
    ],
)
def test_what_may_be_our_own_fault_counts(ours: str, theirs: str) -> None:
    """Without a reason, words that are parted otherwise are lost and invented; of figures none is guessed."""
    comparison = compare(ours, printed(theirs), is_plain=False)
    assert comparison.words.surplus
    assert comparison.words.lost


def test_a_hyphen_at_the_end_of_a_line_may_be_the_word_s_own() -> None:
    """The extractor drops it in one of its versions; in another its place is known."""
    dropped = Pieces(["a wellknown pond"], is_printed=True, hyphenated=hyphenated_pairs("a well-\nknown pond"))
    assert {apart.HYPHENS: 2} == compare("a well-known pond", dropped, is_plain=False).apart
    assert compare("a well-known pond", printed("a wellknown pond"), is_plain=False).words.surplus


def test_what_is_parted_otherwise_settles_as_often_as_it_stands() -> None:
    """One torn word of the extractor's settles one of ours, not all of them."""
    comparison = compare("pond northern northern", printed("pond nor-\nthern southern"), is_plain=False)
    assert (1, 1) == (comparison.words.lost, comparison.words.surplus)


def test_what_the_extractor_knows_by_its_other_versions_tells_which_words_it_tears() -> None:
    """A word that it reads whole in one of its ways and torn in another is a word."""
    torn = Pieces(["Sampl e text"], is_printed=True)
    assert compare("Sample text", torn, is_plain=False).words.surplus
    torn.known |= {"sample", "text"}
    assert {apart.PARTED_BADLY: 1} == compare("Sample text", torn, is_plain=False).apart


def test_structure_tells_which_labels_are_repeated_and_which_words_are_raised() -> None:
    """A header over two columns and a cell over three rows stand in each; raised letters end a word."""
    text = "| Fish / 2022 | Fish / 2023 |\n| pond | 1 |\n| pond | 2 |\n| pond | h NER |"
    rows = [TableRow(match.start(), match.end()) for match in re.finditer(r"\| pond.*", text)]
    columns = (Column("Fish / 2022"), Column("Fish / 2023"))
    table = Table(columns, tuple(rows), header_rows=2, merged=(MergedCells(0, 0, 3, 1),))
    raised = text.index("NER")
    block = Block("table", 0, len(text), runs=(Run(raised, raised + 3, "raised"),), table=table)
    document = Document(id="1", title="", source="", text=text, kind="pdf", blocks=(block,))
    assert ["Fish", "pond", "pond"] == repeated_labels(document)
    assert {"ner"} == raised_and_lowered_words(document)
    pieces = printed("Fish 2022 2023\npond 1\n2\nhNER")
    pieces.add_apart(apart.REPEATED, repeated_labels(document))
    pieces.off_the_line |= raised_and_lowered_words(document)
    comparison = compare(text, pieces, is_plain=False)
    assert {apart.REPEATED: 3, apart.OFF_THE_LINE: 2} == comparison.apart
    assert comparison.is_faithful


def test_an_index_below_an_exponent_may_stand_before_or_behind_it() -> None:
    """The same characters in another order are settled where one of them is raised or lowered, and only there."""
    for ours, words in (("is h t NER here", 2), ("is htNER here", 1)):
        theirs = printed("is hNER t here")
        assert compare(ours, theirs, is_plain=False).words.surplus
        theirs.off_the_line |= {"ner", "htner"}
        assert {apart.OFF_THE_LINE: words} == compare(ours, theirs, is_plain=False).apart
    assert compare("is h u NEV here", theirs, is_plain=False).words.surplus


def test_an_index_that_both_sides_have_as_often_is_not_counted_twice() -> None:
    """Letters with indices settle only as long as fewer words differ: what one lacks stays lost."""
    ours = "is h ₁NER and x ₂ here"
    theirs = printed("is hNER 1 and x2 here")
    theirs.off_the_line |= {"1ner", "2"}
    assert (0, 0) == _lost_and_surplus(ours, theirs)
    theirs = printed("is hNER 1 and x2 here, 2")
    theirs.off_the_line |= {"1ner", "2"}
    assert (1, 0) == _lost_and_surplus(ours, theirs)
    theirs = printed("is hNER 1 and x3 here")
    theirs.off_the_line |= {"1ner", "2"}
    assert (1, 2) == _lost_and_surplus(ours, theirs)


def test_letters_with_indices_settle_in_turn() -> None:
    """An exchange that gains nothing by itself counts where it makes another one possible."""
    theirs = printed("the ihS0 i is the Si here")
    theirs.off_the_line |= {"i"}
    assert (0, 0) == _lost_and_surplus("the i⟨Si\u2032 is the S i here", theirs)


def _lost_and_surplus(ours: str, theirs: Pieces) -> tuple[int, int]:
    words = compare(ours, theirs, is_plain=False).words
    return words.lost, words.surplus


@pytest.mark.parametrize("ours", ["the sum of eels", "the sum ∏ of eels", "the sum ✗ of eels"])
def test_a_sign_that_ours_lacks_is_lost(ours: str) -> None:
    """A letter of the extractor's is excused by the sign at its place in fonts of signs alone."""
    assert compare(ours, printed("the sum X of eels"), is_plain=False).words.lost == 1


def test_signs_without_meaning_part_no_words() -> None:
    """One side shows that it can't tell a character, the other drops it."""
    assert compare("Qa\ufffdqa\ufffdyan", printed("Qaqayan"), is_plain=False).is_faithful


def test_only_places_on_pages_make_words_part_otherwise() -> None:
    """What a format says with its own spaces is no matter of opinion."""
    assert compare("northern pond", Pieces(["nor-\nthern pond"]), is_plain=False).words.surplus


def test_characters_are_the_same_where_only_spaces_differ() -> None:
    """A file whose words are glued has all of its characters, which shows what its exception comes from."""
    glued = compare("eelslive here", printed("eels live here"), is_plain=False)
    assert 1 == glued.characters.kept > glued.words.kept
    assert 1 > compare("eels live", printed("eels live here"), is_plain=False).characters.kept


PAGES = [
    f"Pond report {year}\n\n{body}\n\nPage {number} of 3"
    for number, (year, body) in enumerate([(2021, "Eels."), (2022, "Pikes."), (2023, "Carp.")], 1)
]


def test_lines_at_the_edges_that_pages_share_are_furniture() -> None:
    """Numbers in them may change; the lines between them are text."""
    assert [["Pond report 2021", "Page 1 of 3"], ["Pond report 2022", "Page 2 of 3"]] == furniture_of(PAGES)[:2]


def test_a_head_with_many_numbers_is_furniture_where_one_of_them_counts() -> None:
    """Of the numbers in a line only one need change from page to page; where others do, too, it says something."""
    ponds = ("northern", "southern", "western")
    bodies = ["".join(f"\nThe {pond} pond, line {letter}." for letter in "abcdefghijkl") for pond in ponds]
    heads = [f"Exhibit 2.3.59-22 (Cont. {number}) (01-13-2016)" for number in range(1, 4)]
    assert [[head] for head in heads] == furniture_of(list(map(str.__add__, heads, bodies)))
    others = [f"Exhibit 2.3.59-{22 + number} (Cont. {number}) (01-13-2016)" for number in range(1, 4)]
    assert [[], [], []] == furniture_of(list(map(str.__add__, others, bodies)))


@pytest.mark.parametrize("foot", ["{}    The ponds", "The ponds    {}", "Eels    The ponds    {}"])
def test_a_number_at_either_end_of_the_last_line_is_that_of_the_page(foot: str) -> None:
    """Left pages have it before the words of their foot, right pages behind them."""
    page = "\n".join(["Pond", *["The pond is deep."] * 12, foot.format(14)])
    assert furniture_of([page]) == [["14"]]


def test_what_a_wide_gap_parts_is_furniture_by_itself() -> None:
    """The chapter beside a page number changes, the number of a case keeps its digits."""
    pages = [f"Eels {'in the pond ' * number}\n\nPage {number} of 5          CHI08CA047" for number in range(1, 6)]
    assert [["Page 1 of 5", "CHI08CA047"], ["Page 2 of 5", "CHI08CA047"]] == furniture_of(pages)[:2]


def test_rows_of_figures_at_the_edge_are_no_furniture() -> None:
    """Without their numbers all rows look alike; a number by itself is the page's at the very edge alone."""
    pages = [f"{year} 12 14 17\nEels in {year}\n{number}" for number, year in enumerate(range(2019, 2023), 1)]
    assert [["Eels in 2019", "1"], ["Eels in 2020", "2"]] == furniture_of(pages)[:2]
    assert [["iv"]] == furniture_of(["Eels\n12\nPikes\niv"])


@needs_pdftotext
def test_a_pdf_is_read_page_by_page_and_furniture_may_be_kept_once() -> None:
    """A reader that keeps all of it, some, or nothing is as faithful; one that loses a page is not."""
    bodies = [["Eels live here."], ["Pikes live in the south."], ["Carp were counted in 2023."]]
    versions = extract_pdf(pdf(bodies, header="Pond report 2021", footer="Page {page} of 3"))
    assert 3 == len(versions)
    text = " ".join(paragraph for page in bodies for paragraph in page)
    for kept in ("", "Pond report 2021 Page 1 of 3 ", "Pond report 2021 Page of 3 " * 3):
        assert compare(f"{kept}{text}", versions[0], is_plain=False).is_faithful
    assert not compare("Eels live here. Pikes live in the south.", versions[0], is_plain=False).is_faithful
    assert not compare(f"{'Pond report 2021 ' * 4}{text}", versions[0], is_plain=False).is_faithful


@needs_pdftotext
def test_pdfs_without_text_and_broken_ones_are_named() -> None:
    """There is nothing to compare with then, and the reason says so."""
    with pytest.raises(ExtractorError, match="no text in it: there are only pictures or scans"):
        extract_pdf(pdf([[]]))
    with pytest.raises(ExtractorError, match="can't read it"):
        extract_pdf(b"%PDF-1.7\nbroken")


@needs_pdftotext
@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm")
def test_words_that_nobody_sees_or_can_read_are_apart() -> None:
    """White on white is hidden, and white on a dark box isn't; type of two points may be kept or not."""
    from fpdf import FPDF

    sheet = FPDF()
    sheet.add_page()
    sheet.set_fill_color(0, 0, 120)
    for text, size, shade, is_on_box in [
        ("Eels", 11, 0, False), ("pikes", 11, 255, False), ("carp", 11, 255, True), ("roach", 2, 0, False),
        ("perch", 1, 0, False),
    ]:  # fmt: skip
        sheet.set_font("Helvetica", size=size)
        sheet.set_text_color(shade)
        sheet.cell(0, 12, text, new_x="LMARGIN", new_y="NEXT", fill=is_on_box)
    pieces = extract_pdf(bytes(sheet.output()))[0]
    assert ["Eels", "carp"] == pieces.text.split()
    assert ["perch", "pikes"] == sorted("".join(pieces.apart[apart.HIDDEN]).split())
    assert ["roach"] == "".join(pieces.apart[apart.TINY]).split()
    assert not compare("Eels, carp, pikes", pieces, is_plain=False).is_faithful
    assert compare("Eels, carp, roach", pieces, is_plain=False).is_faithful
