"""Boxes on a page come in the order in which people read them."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.office.reading_order import Box, reading_order

COORDINATES = st.integers(0, 1_000)


def test_columns_are_read_one_after_the_other() -> None:
    """A box that begins a little higher in the right column isn't read before the left one."""
    left, left_below, right = Box(0, 11, 40, 50), Box(0, 55, 40, 90), Box(50, 10, 90, 90)
    assert reading_order([right, left_below, left]) == [2, 1, 0]


def test_a_box_over_all_columns_parts_them() -> None:
    """What spans the page is read between what is above and what is below it."""
    boxes = [Box(0, 60, 40, 90), Box(50, 60, 90, 90), Box(0, 45, 90, 55), Box(50, 0, 90, 40), Box(0, 0, 40, 40)]
    assert reading_order(boxes) == [4, 3, 2, 0, 1]


def test_the_order_of_the_file_tells_rows_from_columns() -> None:
    """Four boxes in a square are cards with a title each, or rows, as their author drew them."""
    top_left, top_right, low_left, low_right = Box(0, 0, 4, 4), Box(5, 0, 9, 4), Box(0, 5, 4, 9), Box(5, 5, 9, 9)
    assert reading_order([top_left, low_left, top_right, low_right]) == [0, 1, 2, 3]
    assert reading_order([top_left, top_right, low_left, low_right]) == [0, 1, 2, 3]


def test_boxes_that_lie_on_one_another_stay_in_their_order() -> None:
    """Where nothing can be cut, the order of the file counts."""
    assert reading_order([Box(0, 0, 9, 9), Box(1, 1, 8, 8), Box(0, 0, 9, 9)]) == [0, 1, 2]


@given(st.lists(st.builds(Box, COORDINATES, COORDINATES, COORDINATES, COORDINATES), max_size=40))
def test_each_box_comes_once(boxes: list[Box]) -> None:
    """Whatever boxes there are, none is lost or doubled."""
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))
