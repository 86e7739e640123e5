"""Notes about what of a file is not in its text."""

from collections.abc import Mapping

HIDDEN = "hidden text"


def left_out_notes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence for each kind of thing that was left out or couldn't be read.

    Args:
        counts: how many there are of each kind; the text `HIDDEN` stands for has no number.

    >>> left_out_notes({"hidden text": 3, "picture": 2, "chart": 1})
    ('hidden text in it is left out', '2 pictures in it are not read', '1 chart in it is not read')
    """
    return tuple(
        "hidden text in it is left out" if name == HIDDEN
        else f"{count:,} {name}{'s' if count > 1 else ''} in it {'are' if count > 1 else 'is'} not read"
        for name, count in counts.items() if count
    )  # fmt: skip
