"""Words from glyphs: by the gaps that are printed, in whichever order and pieces they come."""

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.pdf.geometry.frames import Affine, frame
from assistant.readers.pdf.page import Font, Glyph, PageContent, TurnedText, Word, join_words
from assistant.readers.pdf.reading_notes import PageFacts, name_pages, reading_notes
from assistant.readers.pdf.wording.right_to_left import logical_text
from assistant.readers.pdf.words.word_rows import Fragment, without_doubles
from assistant.readers.pdf.words.words import words_of

SIZE = 10.0
WIDTHS = {"i": 2.5, "l": 2.5, "f": 3.0, "m": 8.0, "W": 9.0, " ": 2.5}  # the others are 5 points wide
ROMAN = Font("Times")


def glyph(text: str, x: float, baseline: float = 100.0, size: float = SIZE, font: Font = ROMAN) -> Glyph:
    width = WIDTHS.get(text, 5.0) * size / SIZE
    return Glyph(text, x, baseline - 0.8 * size, x + width, baseline + 0.2 * size, baseline, size, font)


def printed(
    text: str, x: float = 50.0, baseline: float = 100.0, spacing: float = 0.0, size: float = SIZE
) -> list[Glyph]:
    """The glyphs of a line; "_" moves on as a space does without printing one, "<" takes a space back."""
    glyphs = []
    for character in text:
        if character == "<":
            x -= WIDTHS[" "] * size / SIZE
        elif character == "_":
            x += WIDTHS[" "] * size / SIZE
        else:
            glyphs.append(glyph(character, x, baseline, size))
            x = glyphs[-1].x1 + spacing
    return glyphs


def words(glyphs: Iterable[Glyph], turned: Sequence[TurnedText] = ()) -> list[Word]:
    return words_of(PageContent(1, 600, 800, tuple(glyphs), turned=turned))


def texts(glyphs: Iterable[Glyph]) -> list[str]:
    return [word.text for word in words(glyphs)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain words", ["plain", "words"]),
        ("J <u <n <e 3 <0", ["June", "30"]),
        ("gove rnment".replace(" ", " <") + "_funded", ["government", "funded"]),
        ("Decembe_<r", ["December"]),
        ("two  spaces", ["two", "spaces"]),
        ("12,345", ["12,345"]),
    ],
)
def test_gaps_part_words_and_claims_do_not(line: str, expected: list[str]) -> None:
    """A space that is taken back parts nothing; a gap without a space does."""
    assert texts(printed(line)) == expected


@pytest.mark.parametrize("spacing", [1.0, 2.0, 3.5, 5.0])
def test_letters_set_apart(spacing: float) -> None:
    """Words of letters set apart are told by their wider gaps, whether these are printed or not."""
    assert texts(printed("Annual report", spacing=spacing)) == ["Annual", "report"]
    assert texts(printed("Annual_report", spacing=spacing)) == ["Annual", "report"]


@pytest.mark.parametrize("word", ["contracts", "mast"])
def test_one_word_of_a_line_may_have_its_letters_set_apart(word: str) -> None:
    """Equal gaps between all letters of a word are its own, as where recognition stretches it over a picture."""
    before = printed("The keeper of the lock has sent the signed ")
    apart = printed(word, x=before[-1].x1, spacing=1.6)
    behind = printed(" of the northern harbour", x=apart[-1].x1)
    sentence = f"The keeper of the lock has sent the signed {word} of the northern harbour"
    assert " ".join(texts([*before, *apart, *behind])) == sentence


def test_short_words_with_narrow_gaps_stay_apart() -> None:
    """Equal gaps around a dash, a figure or a word of two letters are no spacing of letters."""
    before = printed("The keepers of all the locks of the northern harbour have ")
    for words_behind in (["a", "–", "b"], ["in", "4", "of"], ["to", "do"]):
        glyphs = list(before)
        for word in words_behind:
            glyphs += printed(word, x=glyphs[-1].x1 + 1.6 * (glyphs[-1] is not before[-1]))
        assert texts(glyphs)[-len(words_behind) :] == words_behind


def test_letters_typed_apart_stay_as_they_are_typed() -> None:
    """Single letters with a space between each two may be a list, and stay words."""
    assert texts(printed("a b c d e f")) == list("abcdef")


def test_a_font_without_room_for_its_spaces_is_believed_its_claims() -> None:
    """Where widths leave no gaps at all, but the file claims spaces at the pace of words, these part them."""
    line = "these <words <have <no <gaps <left"
    assert texts(printed(line)) == ["these", "words", "have", "no", "gaps", "left"]


LINES = st.lists(st.text("abcdefilmoWT,7", min_size=3, max_size=9), min_size=1, max_size=8)


@given(LINES, st.randoms(use_true_random=False), st.floats(-0.3, 0.3))
def test_the_order_of_printing_changes_no_word(line: list[str], random_: random.Random, kerning: float) -> None:
    """Words come out whole when they are printed in pieces, in any order, a little nearer or wider than usual."""
    glyphs = printed("_".join(line), spacing=kerning)
    cuts = sorted({0, len(glyphs), *(random_.randrange(0, len(glyphs), 2) for _ in range(4))})
    pieces = [glyphs[start:end] for start, end in pairwise(cuts)]
    random_.shuffle(pieces)
    found = sorted(words([part for piece in pieces for part in piece]), key=lambda word: word.x0)
    assert join_words(found).split() == line


@given(LINES, st.floats(0.0, 1.2), st.floats(-1.0, 1.0))
def test_what_is_printed_twice_is_read_once(line: list[str], right: float, down: float) -> None:
    """A line printed again in nearly the same place adds nothing."""
    glyphs = printed("_".join(line))
    again = [part._replace(x0=part.x0 + right, x1=part.x1 + right, baseline=part.baseline + down) for part in glyphs]
    assert texts([*glyphs, *again]) == texts(glyphs)


@given(LINES)
def test_words_cover_their_letters(line: list[str]) -> None:
    """A word's rectangle goes from its first to its last letter."""
    glyphs = printed(" ".join(line))
    found = words(glyphs)
    assert [word.text for word in found] == line
    inked = [part for part in glyphs if part.text != " "]
    assert found[0].x0 == inked[0].x0
    assert found[-1].x1 == inked[-1].x1
    assert all(left.x1 < right.x0 for left, right in pairwise(found))


class TestRaised:
    """What is raised and lowered."""

    def test_after_a_word(self) -> None:
        """A smaller mark right behind a word is raised and glued; the next word is neither."""
        mark = glyph("2", 65.2, 96.0, 6.0)
        found = words([*printed("abc"), mark, *printed("def", 72.0)])
        assert [(word.text, word.rise, word.is_glued) for word in found] == [
            ("abc", 0, False), ("2", 1, True), ("def", 0, False),
        ]  # fmt: skip
        assert found[1].baseline == 100.0

    def test_an_index_and_an_exponent_at_one_letter(self) -> None:
        """Both may stand one over the other."""
        found = words([*printed("x"), glyph("i", 55.1, 102.5, 6.0), glyph("2", 55.1, 96.0, 6.0)])
        assert {word.text: word.rise for word in found} == {"x": 0, "i": -1, "2": 1}

    def test_several_marks_are_all_raised(self) -> None:
        """Marks that follow each other on one baseline are raised together."""
        marks = printed("1,_2", 65.2, 96.0, size=6.0)
        assert [word.rise for word in words([*printed("abc"), *marks])] == [0, 1, 1]

    def test_small_print_beside_is_not_raised(self) -> None:
        """Lines in small type near a large word, but apart from it, stand on baselines of their own."""
        small = [*printed("per cent", 75.0, 94.0, size=6.0), *printed("of all", 75.0, 101.0, size=6.0)]
        assert {word.rise for word in words([*printed("42"), *small])} == {0}


def test_fonts_part_words_but_do_not_set_them_apart() -> None:
    """A word half of which is bold is two words that are glued."""
    bold = [part._replace(font=Font("Times-Bold", is_bold=True)) for part in printed("cd", 60.0)]
    found = words([*printed("ab"), *bold])
    assert [(word.text, word.font.is_bold, word.is_glued) for word in found] == [
        ("ab", False, False),
        ("cd", True, True),
    ]


@pytest.mark.parametrize(
    ("letter", "accent", "expected"), [("o", "\u00a8", "ö"), ("e", "\u0301", "é"), ("\u0131", "\u00b4", "í")]
)
def test_accents_join_their_letters(letter: str, accent: str, expected: str) -> None:
    """An accent printed before or after its letter, at its place, becomes part of it."""
    base, over = glyph(letter, 55.0), glyph(accent, 55.2, 99.0)
    for pair in ([base, over], [over, base]):
        assert texts([glyph("K", 50.0), *pair, glyph("n", 60.0)]) == [f"K{expected}n"]


@pytest.mark.parametrize("is_first", [True, False])
def test_accents_that_are_printed_far_from_their_letters_join_them(is_first: bool) -> None:
    """All accents of a page may be printed before its text or behind it; one that stands over no letter stays."""
    text = [
        *printed("Sackinger and all the other keepers of the northern locks "),
        *printed("Pal", baseline=112.0),
    ]
    accents = [glyph("\u00a8", 55.2, 99.8), glyph("\u02da", 55.2, 112.2), glyph("\u00b4", 300.0, 130.0)]
    found = texts([*accents, *text] if is_first else [*text, *accents])
    assert {"Säckinger", "Pål", "\u00b4"} <= set(found)
    assert not any(mark in word for word in found for mark in "\u00a8\u02da")


def test_leaders_are_words_of_their_own() -> None:
    """Dots that lead to a page number belong neither to the title nor to the number."""
    assert texts(printed("Scope........12")) == ["Scope", "........", "12"]
    assert texts(printed("and so on...")) == ["and", "so", "on..."]


@pytest.mark.parametrize("angle", [90, 180, 270, 45])
def test_turned_words_lie_where_they_are_printed(angle: int) -> None:
    """The rectangle of a turned word is the one around its letters on the page."""
    crop_box = (0.0, 0.0, 600.0, 800.0)
    to_page = frame(crop_box, angle).inverse().then(frame(crop_box, 0))
    glyphs = printed("in the margin", 300.0, 300.0)
    found = words(printed("upright"), [TurnedText(angle, glyphs, to_page)])
    assert [(word.text, word.angle) for word in found] == [
        ("upright", 0),
        ("in", angle),
        ("the", angle),
        ("margin", angle),
    ]
    corner = to_page.point(glyphs[0].x0, glyphs[0].y1)
    assert found[1].x0 - 1e-6 <= corner[0] <= found[1].x1 + 1e-6
    assert found[1].y0 - 1e-6 <= corner[1] <= found[1].y1 + 1e-6


@given(st.floats(-180, 180), st.floats(-1_000, 1_000), st.floats(-1_000, 1_000))
def test_frames_have_a_way_back(angle: float, x: float, y: float) -> None:
    """A point that goes to a frame and back is where it was, and the page begins at the frame's corner."""
    there: Affine = frame((0, 0, 600, 800), angle)
    assert there.inverse().point(*there.point(x, y)) == pytest.approx((x, y), abs=1e-3)
    left, top, _, _ = there.box(0, 0, 600, 800)
    assert (left, top) == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize(
    ("as_printed", "expected"),
    [
        (".םירפס", "ספרים."),
        ("12-ב", "ב-12"),
        ("1,952", "1,952"),
        ("word", "word"),
        ("ﻢﻠﻌﻟا", "العلم"),
        ("(ABC)ב", "ב(ABC)"),
        (".(תוריב)", "(בירות)."),
        ("תנשב)", "(בשנת"),
        ("(،", "،("),
        ("(תנשב", "בשנת)"),
    ],
)
def test_words_from_right_to_left(as_printed: str, expected: str) -> None:
    """Letters as they stand from left to right come in reading order; digits and Latin letters stay as they are."""
    assert logical_text(as_printed) == expected


def test_notes_name_what_was_found() -> None:
    """Each kind of page that isn't read as it looks is told, with its pages."""
    pages = [
        PageFacts(1, has_text=True, hidden=1_200), PageFacts(2, has_text=False, is_damaged=True),
        PageFacts(3, has_text=True, is_recognised=True), PageFacts(4, has_text=True, is_recognised=True, is_cut=True),
    ]  # fmt: skip
    assert list(reading_notes(pages, 2, has_xfa=True)) == [
        "page 2 is damaged and left out",
        "more is printed on page 4 than is read of one page: the end is left out",
        "2 of 4 pages are scans with a text layer of somebody's character recognition",
        "text that nobody sees is left out: 1,200 characters on page 1",
        "2 attached files are not read",
        "it holds a form in XFA, of which only what its pages print is read",
    ]
    assert list(reading_notes([PageFacts(1, has_text=True, hidden=2)], 0, has_xfa=False)) == []
    assert name_pages(range(1, 100, 2)).endswith("… (50 in all)")


PLACES = st.integers(0, 12).map(lambda steps: 0.5 * steps)


@given(st.lists(st.tuples(st.sampled_from(["of", "the"]), PLACES, PLACES), max_size=30))
def test_a_word_is_printed_twice_where_one_of_its_text_stands_within_a_seventh_of_its_size(
    places: Sequence[tuple[str, float, float]],
) -> None:
    """What looking at nearby words alone finds is what comparing each with all before it finds."""
    fragments = [Fragment(text, x, y - 8, x + 9, y + 2, y, SIZE, ROMAN) for text, x, y in places]
    kept: list[Fragment] = []
    for fragment in fragments:
        if not any(
            other.text == fragment.text
            and abs(other.x0 - fragment.x0) <= 0.15 * SIZE
            and abs(other.baseline - fragment.baseline) <= 0.15 * SIZE
            for other in kept
        ):
            kept.append(fragment)
    assert list(without_doubles(fragments)) == kept


@given(st.sampled_from([0, 37, 90, 180, 270]), st.tuples(*[st.integers(-500, 500)] * 4))
def test_the_box_of_a_turned_rectangle_is_around_its_corners(angle: int, edges: tuple[int, int, int, int]) -> None:
    """Each corner goes to where a point goes, and the box is no larger than they need."""
    view, (x0, y0, x1, y1) = frame((0, 0, 612, 792), angle), edges
    xs, ys = zip(*(view.point(x, y) for x in (x0, x1) for y in (y0, y1)), strict=True)
    assert view.box(x0, y0, x1, y1) == (min(xs), min(ys), max(xs), max(ys))
