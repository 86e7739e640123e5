"""Which of the numbers in a running head count the pages."""

from collections.abc import Sequence


def counting_indices(numbers: Sequence[int], others: Sequence[int], page_distance: int) -> frozenset[int]:
    """The indices of the numbers that count the pages from one head to another like it; none where others change, too.

    >>> counting_indices((7, 12, 2016), (7, 14, 2016), page_distance=2)
    frozenset({1})
    >>> counting_indices((7, 12, 2016), (8, 14, 2016), page_distance=2)
    frozenset()
    """
    differences = [other - number for number, other in zip(numbers, others, strict=True)]
    if not all(difference in {0, page_distance} for difference in differences):
        return frozenset()
    return frozenset(index for index, difference in enumerate(differences) if difference == page_distance)


def steady_numbers(numbers: Sequence[int], counts: Sequence[frozenset[int]]) -> tuple[int, ...]:
    """The numbers of a head that don't count the pages, as those of a chapter or a year; none where it isn't known.

    Args:
        numbers: of the head.
        counts: the indices of those that count the pages, by each of the pages around.
    """
    common = frozenset.intersection(*counts) if counts else frozenset()
    return tuple(number for index, number in enumerate(numbers) if common and index not in common)
