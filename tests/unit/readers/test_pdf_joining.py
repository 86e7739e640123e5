"""Words at the ends of lines are joined as they are written elsewhere."""

from collections import Counter

import pytest

from assistant.readers.pdf.paragraphs.joining import Vocabulary, join_words_at_end, vocabulary_of
from tests.support.pdf_layouts import line


def join(last: str, first: str, elsewhere: str = "") -> str:
    """Two words at the border of lines, as they become in a document with some other text."""
    vocabulary = vocabulary_of([line(elsewhere)]) if elsewhere else Vocabulary()
    text, gap = join_words_at_end(last, first, vocabulary)
    return text + gap + first


@pytest.mark.parametrize("hyphen", ["\u00ad", "-", "\u2010"])
@pytest.mark.parametrize(("left", "right"), [("under", "standing"), ("Donau", "dampf"), ("présen", "tation,")])
def test_a_hyphen_that_parts_a_word_goes(hyphen: str, left: str, right: str) -> None:
    """The halves of a word make the word, whatever the hyphen is."""
    assert join(f"{left}{hyphen}", right) == left + right


@pytest.mark.parametrize(
    ("last", "first", "elsewhere"),
    [
        ("long\u00ad", "term", "a long-term plan"),
        ("e\u00ad", "mail", "by e-mail or post"),
        ("COVID\u00ad", "19", ""),
        ("Smith\u00ad", "Jones", ""),
        ("state-of-the\u00ad", "art", ""),
        ("1990\u00ad", "2000", ""),
        ("cost\u00ad", "effective.", "at a cost that is effective, and so on with labour-effective means"),
    ],
)
def test_a_hyphen_of_the_word_itself_stays(last: str, first: str, elsewhere: str) -> None:
    """A hyphen stays where the word has it elsewhere, between names, before figures, and in a chain of words."""
    assert join(last, first, elsewhere) == f"{last[:-1]}-{first}"


def test_the_more_frequent_form_decides() -> None:
    """A document that writes a word both ways has the form that it uses more."""
    words = Vocabulary(Counter({"co-operate": 1, "cooperate": 3}))
    assert join_words_at_end("co\u00ad", "operate", words) == ("co", "")
    words = Vocabulary(Counter({"co-operate": 3, "cooperate": 1}))
    assert join_words_at_end("co\u00ad", "operate", words) == ("co-", "")


@pytest.mark.parametrize(("last", "first"), [("pre\u00ad", "and"), ("Haus\u00ad", "und"), ("micro-", "et")])
def test_a_hyphen_that_stands_for_a_second_half_keeps_its_space(last: str, first: str) -> None:
    """Behind "pre- and postwar" nothing is glued."""
    assert join(last, first) == f"{last[:-1]}- {first}"


def test_a_word_that_begins_like_a_conjunction_is_no_conjunction() -> None:
    """A word that occurs whole elsewhere is joined, though its second half is a word that joins others."""
    assert join("leg\u00ad", "end", "the legend of the sea") == "legend"
    assert join("ball\u00ad", "et", "a ballet in three acts") == "ballet"


@pytest.mark.parametrize(
    ("last", "first"), [("https://example.org/", "reports"), ("and/", "or"), ("港の", "会議は"), ("1990–", "2000")]
)
def test_nothing_parts_what_no_space_parts(last: str, first: str) -> None:
    """Addresses, alternatives, ranges and scripts without spaces are joined without one."""
    assert join(last, first) == last + first


@pytest.mark.parametrize(
    ("last", "first"), [("the", "harbour"), ("met", "–"), ("–", "so"), ("회의는", "항구"), ("-", "or")]
)
def test_words_are_parted_by_a_space(last: str, first: str) -> None:
    """A line's end is a space, also beside a dash that stands by itself, and in Korean."""
    assert join(last, first) == f"{last} {first}"


def test_halves_at_line_ends_are_no_words_of_the_document() -> None:
    """What a hyphen leaves at the end of a line isn't counted as a word."""
    assert vocabulary_of([line("the harbour under\u00ad"), line("standing")]).counts["under"] == 0


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("(https://www.interview", "magazine.com/culture/a-star"),
        ("www.example.org/reports-of-the-har", "bour-board/2023.pdf)."),
        ("boat-and-harbour-days/story-1702", "5384/index.html"),
    ],
)
def test_an_address_that_is_parted_anywhere_is_whole(last: str, first: str) -> None:
    """Browsers part a long address wherever a line ends."""
    assert join(last, first) == last + first


@pytest.mark.parametrize(
    ("last", "first"),
    [("https://example.org/reports", "shows"), ("https://example.org.", "See/hear"), ("and/or", "a.m.")],
)
def test_words_behind_an_address_are_none_of_it(last: str, first: str) -> None:
    """An address ends where a word follows it, or behind its full stop."""
    assert join(last, first) == f"{last} {first}"


@pytest.mark.parametrize(
    ("last", "first"),
    [("anti\u00ad", "trafficking"), ("self\u00ad", "employed"), ("Non\u00ad", "members"), ("forward\u00ad", "looking"),
     ("demi\u00ad", "heures")],
)  # fmt: skip
def test_a_short_document_keeps_the_hyphens_of_common_compounds(last: str, first: str) -> None:
    """Halves that mostly stand in compounds keep the hyphen though the word occurs nowhere else."""
    assert join(last, first) == f"{last[:-1]}-{first}"


@pytest.mark.parametrize(
    ("left", "right"),
    [("second", "ary"), ("high", "er"), ("short", "age"), ("self", "ish"), ("cor", "related"), ("un", "specific")],
)
def test_an_ending_is_no_second_half(left: str, right: str) -> None:
    """A word that begins like a compound and is parted before its ending is whole again."""
    assert join(f"{left}\u00ad", right) == left + right


@pytest.mark.parametrize(
    "last", ["www.example.org/long\u00ad", "https://example.org/a/long-", "example.org/forms/of-long-"]
)
def test_a_hyphen_of_an_address_stays(last: str) -> None:
    """An address that goes on in the next line keeps its hyphen: it has no syllables."""
    assert join(last, "path/file.html") == f"{last[:-1]}-path/file.html"
