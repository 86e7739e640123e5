"""The places of words: packed small, unpacked as they were to a quarter of a point, and put together to lines."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.structure import Box, Geometry, PlacedWord, check_geometry

QUARTERS = st.integers(0, 60_000).map(lambda steps: steps / 4)


@st.composite
def placed_words(draw: st.DrawFn) -> list[PlacedWord]:
    """Words in order, some far apart in the text, on any pages."""
    words, end = [], 0
    for _ in range(draw(st.integers(0, 40))):
        start = end + draw(st.integers(0, 3) | st.sampled_from([65_535, 65_536, 250_000]))
        end = start + draw(st.integers(1, 12) | st.sampled_from([65_535]))
        (x0, x1), (y0, y1) = (sorted((draw(QUARTERS), draw(QUARTERS))) for _ in range(2))
        words.append(PlacedWord(start, end, Box(draw(st.integers(1, 9) | st.just(70_000)), x0, y0, x1, y1)))
    return words


def _line(text: str, y0: float = 100, page: int = 1, start: int = 0) -> list[PlacedWord]:
    """Words of 5 points a letter, 12 points high, with spaces between them."""
    words, place = [], 0
    for word in text.split():
        x0 = 72 + 5 * place
        words.append(
            PlacedWord(start + place, start + place + len(word), Box(page, x0, y0, x0 + 5 * len(word), y0 + 12))
        )
        place += len(word) + 1
    return words


@given(placed_words())
def test_words_are_unpacked_as_they_were(words: list[PlacedWord]) -> None:
    """Places in quarters of a point come back to the letter, from memory and from bytes."""
    geometry = Geometry.of(words)
    assert (geometry is None) == (not words)
    if geometry is not None:
        end = words[-1].end
        assert geometry.words(0, end) == tuple(words)
        assert check_geometry(geometry.to_bytes(), end, 70_000) == geometry


@given(placed_words(), st.integers(0, 400_000), st.integers(1, 100_000))
def test_a_span_gets_the_words_that_reach_into_it(words: list[PlacedWord], start: int, length: int) -> None:
    """Of any span those words are unpacked that share a character with it, and no other."""
    geometry = Geometry.of(words)
    if geometry is not None:
        inside = tuple(word for word in words if word.start < start + length and start < word.end)
        assert geometry.words(start, start + length) == inside
        assert not inside or geometry.page(start, start + length) == inside[0].box.page


@given(placed_words())
def test_windows_hold_all_words_once(words: list[PlacedWord]) -> None:
    """The parts that are stored hold each word once, in the part in which it starts."""
    geometry = Geometry.of(words)
    if geometry is not None:
        windows = geometry.windows(words[-1].end)
        assert Geometry.of_bytes(b"".join(windows)) == geometry
        for number, window in enumerate(windows):
            part = Geometry.of_bytes(window)
            starts = [word.start for word in part.words(0, words[-1].end)] if part else []
            assert all(start // 100_000 == number for start in starts)


@given(st.lists(st.tuples(*[st.floats(-5, 16_000, width=32)] * 4), min_size=1, max_size=20))
def test_rectangles_are_widened_never_narrowed(edges: list[tuple[float, ...]]) -> None:
    """A packed rectangle holds all of the word's, by at most a quarter of a point more on each side."""
    words = [
        PlacedWord(place, place + 1, Box(1, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        for place, (x0, y0, x1, y1) in enumerate(edges)
    ]
    geometry = Geometry.of(words)
    assert geometry is not None
    for word, kept in zip(words, geometry.words(0, len(words)), strict=True):
        for low, kept_low in ((word.box.x0, kept.box.x0), (word.box.y0, kept.box.y0)):
            assert low - 0.25 <= kept_low <= max(low, 0)
        for high, kept_high in ((word.box.x1, kept.box.x1), (word.box.y1, kept.box.y1)):
            assert high - 0.001 <= kept_high <= max(high, 0) + 0.25


@pytest.mark.parametrize("place", [nan, inf, -inf, 1e300])
def test_places_that_are_none_are_kept_within_bounds(place: float) -> None:
    """Numbers that no page has are brought within bounds, in any corner."""
    words = [PlacedWord(0, 1, Box(1, 1, 1, 2, 2)), PlacedWord(1, 2, Box(1, place, 1, place, place))]
    geometry = Geometry.of(words)
    assert geometry is not None
    assert all(0 <= edge < 16_384 for edge in geometry.words(1, 2)[0].box[1:])


def test_the_words_of_a_line_make_one_rectangle() -> None:
    """A sentence over two lines has two rectangles, from its first word to its last."""
    words = [*_line("The harbour dues rise"), *_line("from May on.", y0=114, start=22)]
    geometry = Geometry.of(words)
    assert geometry is not None
    assert geometry.boxes(4, 34) == (Box(1, 92, 100, 177, 112), Box(1, 72, 114, 132, 126))


def test_a_raised_mark_belongs_to_its_line() -> None:
    """A small raised word widens the rectangle of its line."""
    mark = PlacedWord(8, 9, Box(1, 108, 98, 111, 105))
    geometry = Geometry.of([*_line("dues 48"), mark, PlacedWord(10, 12, Box(1, 114, 100, 120, 112))])
    assert geometry is not None
    assert geometry.boxes(0, 12) == (Box(1, 72, 98, 120, 112),)


def test_a_large_initial_and_cells_far_apart_stay_apart() -> None:
    """A letter over three lines, and the cells of a row, have rectangles of their own."""
    initial = [PlacedWord(0, 1, Box(1, 72, 100, 100, 140)), PlacedWord(1, 4, Box(1, 101, 100, 120, 112))]
    cells = [PlacedWord(10, 14, Box(1, 72, 300, 100, 312)), PlacedWord(17, 19, Box(1, 400, 300, 410, 312))]
    geometry = Geometry.of([*initial, *cells])
    assert geometry is not None
    assert len(geometry.boxes(0, 4)) == 2
    assert len(geometry.boxes(10, 19)) == 2


def test_lines_of_other_columns_and_pages_stay_apart() -> None:
    """A sentence that goes over to the next column and the next page has a rectangle in each."""
    words = [*_line("from", y0=700), *_line("May", y0=100, start=5), *_line("on.", y0=100, page=2, start=9)]
    geometry = Geometry.of(words)
    assert geometry is not None
    assert [(box.page, box.y0) for box in geometry.boxes(0, 12)] == [(1, 700), (1, 100), (2, 100)]


def test_a_word_takes_few_bytes() -> None:
    """The words of a page of 500, set in lines, take no more than 1.5 kB."""
    words = []
    for line in range(50):
        words += _line("These are ten words of various lengths in one line", y0=72 + 12.4 * line, start=51 * line)
    geometry = Geometry.of(words)
    assert geometry is not None
    assert len(words) == 500
    assert len(geometry.to_bytes()) <= 1_500


@given(st.binary(max_size=80))
def test_bytes_that_are_no_geometry_are_refused(data: bytes) -> None:
    """Whatever the bytes say, they are either a geometry or a ValueError."""
    try:
        geometry = check_geometry(data, 1_000, 9)
    except ValueError:
        return
    assert geometry is None or geometry.to_bytes() == data


@given(st.data())
def test_flipped_bytes_are_refused_or_within_bounds(data: st.DataObject) -> None:
    """A geometry in which bytes were changed is refused, or has its words within the text and the pages."""
    words = _line("These are ten words of various lengths in one line")
    geometry = Geometry.of(words)
    assert geometry is not None
    raw = bytearray(geometry.to_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        checked = check_geometry(bytes(raw), 60, 1)
    except ValueError:
        return
    kept = checked.words(0, 60) if checked else ()
    assert all(0 <= word.start < word.end <= 60 and word.box.page == 1 for word in kept)


@pytest.mark.parametrize(("length", "pages"), [(49, 1), (50, 0)])
def test_places_outside_of_the_document_are_refused(length: int, pages: int) -> None:
    """A word behind the end of the text, or on a page that isn't there, is refused."""
    geometry = Geometry.of(_line("These are ten words of various lengths in one line"))
    assert geometry is not None
    with pytest.raises(ValueError, match="outside"):
        check_geometry(geometry.to_bytes(), length, pages)


def test_a_group_that_claims_more_than_it_holds_is_refused_without_room_for_it() -> None:
    """Columns that unpack to more than their words need are refused, however much that would be."""
    import struct
    import zlib

    bomb = zlib.compress(bytes(10_000_000), 9)
    with pytest.raises(ValueError, match="damaged"):
        check_geometry(struct.pack("<IIIHI", 0, 9, 1, 2, len(bomb)) + bomb, 10, 1)
