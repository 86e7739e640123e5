"""Notes about what of a file is not in its text."""

from collections.abc import Mapping

HIDDEN = "hidden text"


def left_out_notes(counts: Mapping[str, int]) -> tuple[str, ...]:
    """A sentence for each kind of thing that was left out or couldn't be read.

    Args:
        counts: how many there are of each kind. A kind whose name begins with "hidden" is left out on purpose; that of
            `HIDDEN` has no number.

    >>> left_out_notes({"hidden text": 3, "hidden slide": 1, "picture": 2})
    ('hidden text in it is left out', '1 hidden slide in it is left out', '2 pictures in it are not read')
    """
    return tuple(_note(name, count) for name, count in counts.items() if count)


def _note(name: str, count: int) -> str:
    if name == HIDDEN:
        return "hidden text in it is left out"
    fate = "left out" if name.startswith("hidden") else "not read"
    return f"{count:,} {name}{'s' if count > 1 else ''} in it {'are' if count > 1 else 'is'} {fate}"
