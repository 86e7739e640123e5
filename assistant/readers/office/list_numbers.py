"""Numbers of list items and headings as they are shown: 4 is "4", "d", "D", "iv" or "IV"."""

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MAX_ROMAN = 3_999


def shown_number(number: int, number_format: str) -> str:
    """A number in a format: "1", "a", "A", "i" or "I"; digits in any other, nothing in an empty one.

    >>> shown_number(4, "I"), shown_number(28, "a"), shown_number(7, "1")
    ('IV', 'ab', '7')
    """
    if not number_format:
        return ""
    lower_format = number_format[0].lower()
    if lower_format == "i" and 0 < number <= _MAX_ROMAN:
        shown = _roman(number)
    elif lower_format == "a" and number > 0:
        shown = _letters(number)
    else:
        return str(number)
    return shown.upper() if number_format[0].isupper() else shown


def _roman(number: int) -> str:
    pieces: list[str] = []
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        pieces.append(letters * count)
    return "".join(pieces)


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
