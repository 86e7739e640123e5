"""Numbers written as words: ``two thousand five hundred and seventeen``, ``twenty-first``, ``two-thirds``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.nlp import lexicon

NumberForm = Literal["cardinal", "ordinal", "fraction", "vague", "scale"]


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number in a text, and where it stands. A bare ``hundred`` or ``million`` has the form ``scale``.

    A ``scale`` is a number only after "several" and the like; what surrounds it decides.
    """

    value: Decimal
    form: NumberForm
    start: int
    end: int


def _values(*classes: str) -> dict[str, int]:
    """The words of some classes of the list, with their values."""
    return {word: int(value) for word, label, value in lexicon.rows("number_words") if label in classes}


_CARDINALS = _values("cardinal")  # zero to nineteen, and the tens
_SCALES = _values("scale")  # thousand, lakh, million, crore, billion, trillion
ORDINALS = _values("ordinal")  # first to nineteenth, and the tens
_SCALE_ORDINALS = _values("scale ordinal")  # hundredth, thousandth, …
_DIVISORS = _values("part")  # half 2, quarters 4, thirds 3, …
_VAGUE = _values("vague")  # dozens 12, hundreds 100: the least that they stand for
MULTIPLIERS = _values("group", "scale")  # hundred and dozen, and the scales
SCALES = _values("group", "scale", "scale abbreviation")  # with k, m, bn, …: what may stand behind digits
NUMBER_WORDS = frozenset(_CARDINALS | MULTIPLIERS | ORDINALS | _SCALE_ORDINALS | _DIVISORS | _VAGUE)

_MAX_SCALE = 10**15
_ANY_WORD = lexicon.alternation(NUMBER_WORDS)
_INITIALS = "".join(sorted({word[0] for word in NUMBER_WORDS} | {"a"}))
# A pattern for a run of number words, in lower case.
NUMBER_WORD_RUN = (
    rf"\b(?=[{_INITIALS}])(?:an?\s)?(?:{_ANY_WORD})(?:[-\s]\s?(?:(?:and|of)\s)?(?:an?\s)?(?:{_ANY_WORD}))*\b"
)
_LETTERS = re.compile(r"[^\W\d_]+")

_Parsed = tuple[int, Decimal, NumberForm]  # the index behind the number's last word, its value, its form


def parse_number_words(text: str, start: int, end: int) -> Iterator[NumberSpan]:
    """The numbers, one or several, in a run of number words: ``text[start:end]`` is a match of `NUMBER_WORD_RUN`."""
    matches = list(_LETTERS.finditer(text, start, end))
    words = [match[0].lower() for match in matches]
    i = 0
    while i < len(words):
        parsed = _parse_vague(words, i) or _parse_number(words, i)
        if parsed is None:
            i += 1
            continue
        stop, value, form = parsed
        yield NumberSpan(value, form, matches[i].start(), matches[stop - 1].end())
        i = stop


def _parse_vague(words: Sequence[str], i: int) -> _Parsed | None:
    """A vague number at word ``i``: "dozens", "hundreds of thousands"."""
    if words[i] not in _VAGUE:
        return None
    value, i = _VAGUE[words[i]], i + 1
    if words[i : i + 1] == ["of"] and i + 1 < len(words) and words[i + 1] in _VAGUE:
        value, i = value * _VAGUE[words[i + 1]], i + 2
    return i, Decimal(value), "vague"


def _parse_number(words: Sequence[str], i: int) -> _Parsed | None:
    """A number that is not vague at word ``i``, with the article before it."""
    has_article = words[i] in ("a", "an")
    i += has_article
    word = words[i] if i < len(words) else ""
    if word in ("half", "quarter"):
        return _parse_part(words, i + 1, Decimal(1) / _DIVISORS[word])
    if word in ORDINALS:
        # "a third of" is a part, "a third man" a rank: what follows the run decides, in numbers.py.
        if has_article and ORDINALS[word] > 2:
            return _parse_part(words, i + 1, Decimal(1) / ORDINALS[word])
        return i + 1, Decimal(ORDINALS[word]), "ordinal"
    if word in MULTIPLIERS:
        return _parse_cardinal(words, i, Decimal(1)) if has_article else (i + 1, Decimal(MULTIPLIERS[word]), "scale")
    return _parse_cardinal(words, i, None) if word in _CARDINALS and not has_article else None


def _parse_part(words: Sequence[str], i: int, part: Decimal) -> _Parsed:
    """A part that ends before word ``i``, or, where "(of) a million" follows, that part of it."""
    after = i + (words[i : i + 1] == ["of"])
    after += words[after : after + 1] == ["a"]
    if after < len(words) and words[after] in MULTIPLIERS:
        return after + 1, part * MULTIPLIERS[words[after]], "cardinal"
    return i, part, "fraction"


def _parse_cardinal(words: Sequence[str], i: int, group: Decimal | None) -> _Parsed:
    """A cardinal from word ``i`` on.

    Args:
        words: the run of number words.
        i: where the number begins.
        group: the value of the group of three digits that is being added up, None at its beginning.
    """
    total, limit = Decimal(0), _MAX_SCALE  # what the scales have closed so far; the next scale must be smaller
    while i < len(words):
        position = i + (words[i] == "and" and (group is None or group >= 100))
        word = words[position] if position < len(words) else ""
        amount = _CARDINALS.get(word, ORDINALS.get(word))
        if amount is not None and _fits_group(group, amount):
            i, group = position + 1, (group or Decimal(0)) + amount
            if word in ORDINALS:
                return i, total + group, "ordinal"
        elif words[i : i + 3] == ["and", "a", "half"] and group is not None:
            i, group = i + 3, group + Decimal("0.5")
        elif word in ("hundred", "dozen") and position == i and group is not None and 0 < group < 100:
            i, group = i + 1, group * MULTIPLIERS[word]
        elif word in _SCALES and position == i and group and _SCALES[word] < limit:
            limit = _SCALES[word]
            i, total, group = i + 1, total + group * limit, None
        else:
            break
    return _complete_cardinal(words, i, total + (group or 0))


def _fits_group(group: Decimal | None, amount: int) -> bool:
    """Whether a number may follow in the same group: twenty-one, two hundred and ten; not "two three"."""
    if group is None:
        return True
    if group == 0 or group % 1:
        return False
    return (group % 100 == 0 and amount > 0) or (group % 100 >= 20 and group % 10 == 0 and 0 < amount < 10)


def _complete_cardinal(words: Sequence[str], i: int, value: Decimal) -> _Parsed:
    """What the word behind a cardinal makes of it: one third, two-thirds, three quarters, two hundredth."""
    word = words[i] if i < len(words) else ""
    if word in _SCALE_ORDINALS:
        return i + 1, value * _SCALE_ORDINALS[word], "ordinal"
    if word in _DIVISORS and (word.endswith("s") or value == 1):
        return _parse_part(words, i + 1, value / _DIVISORS[word])
    if value == 1 and ORDINALS.get(word, 0) > 2:
        return _parse_part(words, i + 1, value / ORDINALS[word])
    return i, value, "cardinal"
