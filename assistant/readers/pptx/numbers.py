"""The numbers of numbered paragraphs on slides, as PowerPoint shows them."""

from dataclasses import dataclass, field

from assistant.readers.office.list_numbers import shown_number

_ENDINGS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Minus": "- {} -"}
_MAX_NUMBER = 32_767  # as the standard has it
_LAST_CIRCLED = 20  # in Unicode


@dataclass(slots=True)
class ParagraphNumbers:
    """Counts the numbered paragraphs of one text, level by level."""

    _counters: dict[int, tuple[tuple[str, int], int]] = field(default_factory=dict)  # by level: scheme, start; number

    def pass_over(self, level: int) -> None:
        """A paragraph without a number: what follows on its level, or below it, starts anew."""
        self._counters = {one: counter for one, counter in self._counters.items() if one < level}

    def next_mark(self, level: int, scheme: str, start: int) -> str:
        """The number of the next paragraph, as shown.

        Args:
            level: of the paragraph, from 0.
            scheme: as the file names it, as in "arabicPeriod".
            start: the number of the first paragraph.
        """
        before = self._counters.get(level)
        goes_on = before is not None and before[0] == (scheme, start)
        number = before[1] + 1 if before and goes_on else start
        self.pass_over(level)
        self._counters[level] = ((scheme, start), number)
        return number_mark(number, scheme)


def number_mark(number: int, scheme: str) -> str:
    """A number in one of PowerPoint's schemes.

    >>> number_mark(4, "romanUcPeriod"), number_mark(28, "alphaLcParenBoth"), number_mark(2, "arabicPlain")
    ('IV.', '(ab)', '2')
    """
    number = min(max(number, 1), _MAX_NUMBER)
    formats = ("roman", "i"), ("alpha", "a")
    letter = next((letter for name, letter in formats if scheme.startswith(name)), "1")
    digits = shown_number(number, letter.upper() if "Uc" in scheme else letter)
    if scheme.startswith("circleNum") and number <= _LAST_CIRCLED:
        digits = chr(ord("①") + number - 1)
    form = next((form for ending, form in _ENDINGS.items() if scheme.endswith(ending)), "{}")
    return form.format(digits)
