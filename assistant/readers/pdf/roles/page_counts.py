"""Which of the numbers in a running head count the pages."""

from collections.abc import Sequence


def counting(numbers: Sequence[int], others: Sequence[int], pages: int) -> frozenset[int]:
    """The indices of the numbers that count the pages between two heads alike; none where another number changes.

    >>> counting((7, 12, 2016), (7, 14, 2016), pages=2), counting((7, 12, 2016), (8, 14, 2016), pages=2)
    (frozenset({1}), frozenset())
    """
    differences = [other - number for number, other in zip(numbers, others, strict=True)]
    if not all(difference in {0, pages} for difference in differences):
        return frozenset()
    return frozenset(index for index, difference in enumerate(differences) if difference == pages)


def steady_numbers(numbers: Sequence[int], counts: Sequence[frozenset[int]]) -> tuple[int, ...]:
    """The numbers of a head that don't count the pages, as those of a chapter or a year; none where it isn't known.

    Args:
        numbers: of the head.
        counts: the indices of those that count the pages, by each of the pages around.
    """
    counting_indices = frozenset.intersection(*counts) if counts else frozenset()
    return tuple(number for index, number in enumerate(numbers) if counting_indices and index not in counting_indices)
