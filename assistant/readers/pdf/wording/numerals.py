"""Roman numerals."""

_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def roman_value(numeral: str) -> int:
    """The value of a Roman numeral.

    >>> roman_value("xiv")
    14
    """
    values = [_ROMAN_DIGITS[digit] for digit in numeral.lower()]
    return sum(
        -value if index + 1 < len(values) and value < values[index + 1] else value for index, value in enumerate(values)
    )
