"""Numbers written as words: ``two thousand five hundred and seventeen``, ``twenty-first``, ``two-thirds``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Form = Literal["cardinal", "ordinal", "fraction", "vague", "scale"]


@dataclass(frozen=True, slots=True)
class NumberWords:
    """A number in words. A ``scale`` is a bare ``hundred`` or ``million``: a number only after "several"."""

    value: Decimal
    form: Form
    start: int
    end: int


def _count(words: str, values: range) -> dict[str, int]:
    return dict(zip(words.split(), values, strict=True))


_ADDABLE = _count(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen "
    "eighteen nineteen",
    range(20),
) | _count("twenty thirty forty fifty sixty seventy eighty ninety", range(20, 100, 10))
_SCALES = {
    "thousand": 10**3, "lakh": 10**5, "million": 10**6, "crore": 10**7, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
ORDINALS = _count(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth "
    "sixteenth seventeenth eighteenth nineteenth",
    range(1, 20),
) | _count("twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth", range(20, 100, 10))
_MULTIPLIERS = {"hundredth": 100} | {word + "th": value for word, value in _SCALES.items()}
_PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    word + "s": value for word, value in ORDINALS.items() if 3 <= value <= 10
}
_VAGUE = {"dozens": 12, "tens": 10, "scores": 20, "hundreds": 100} | {
    word + "s": value for word, value in _SCALES.items()
}
_UNSIZED = {"hundred": 100, "dozen": 12} | _SCALES
NUMBER_WORDS = frozenset(_ADDABLE | _UNSIZED | ORDINALS | _MULTIPLIERS | _PARTS | _VAGUE)

_ANY = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_INITIALS = "".join(sorted({word[0] for word in NUMBER_WORDS} | {"a"}))
RUN = rf"\b(?=[{_INITIALS}])(?:an?\s)?(?:{_ANY})(?:[-\s]\s?(?:(?:and|of)\s)?(?:an?\s)?(?:{_ANY}))*\b"
_TOKEN = re.compile(r"[^\W\d_]+")


def parse_number_words(text: str, start: int, end: int) -> Iterator[NumberWords]:
    """The numbers, one or several, in a run of number words: ``text[start:end]`` is a match of ``RUN``."""
    tokens = [(match[0].lower(), match.start(), match.end()) for match in _TOKEN.finditer(text, start, end)]
    words = [word for word, _, _ in tokens]
    i = 0
    while i < len(words):
        found = _vague(words, i) or _number(words, i)
        if found is None:
            i += 1
            continue
        stop, value, form = found
        yield NumberWords(value, form, tokens[i][1], tokens[stop - 1][2])
        i = stop


_Found = tuple[int, Decimal, Form]  # the index behind its last word, its value, its form


def _vague(words: Sequence[str], i: int) -> _Found | None:
    if words[i] not in _VAGUE:
        return None
    value, i = _VAGUE[words[i]], i + 1
    if words[i : i + 1] == ["of"] and i + 1 < len(words) and words[i + 1] in _VAGUE:
        value, i = value * _VAGUE[words[i + 1]], i + 2
    return i, Decimal(value), "vague"


def _number(words: Sequence[str], i: int) -> _Found | None:
    article = words[i] in ("a", "an")
    at = i + article
    word = words[at] if at < len(words) else ""
    if word in ("half", "quarter"):
        return _part(words, at + 1, Decimal(1) / _PARTS[word])
    if word in ORDINALS:
        # "a third of" is a part, "a third man" a rank: what follows the run decides, in numbers.py.
        part = article and ORDINALS[word] > 2
        return (
            _part(words, at + 1, Decimal(1) / ORDINALS[word]) if part else (at + 1, Decimal(ORDINALS[word]), "ordinal")
        )
    if word in _UNSIZED:
        return _cardinal(words, at, Decimal(1)) if article else (at + 1, Decimal(_UNSIZED[word]), "scale")
    return _cardinal(words, at, None) if word in _ADDABLE and not article else None


def _part(words: Sequence[str], i: int, part: Decimal) -> _Found:
    """A part, or, where "(of) a million" follows, that part of it."""
    after = i + (words[i : i + 1] == ["of"])
    after += words[after : after + 1] == ["a"]
    if after < len(words) and words[after] in _UNSIZED:
        return after + 1, part * _UNSIZED[words[after]], "cardinal"
    return i, part, "fraction"


def _cardinal(words: Sequence[str], i: int, group: Decimal | None) -> _Found:
    """A cardinal from word ``i`` on: ``total`` holds the closed thousands, ``group`` what is counted up."""
    total, limit = Decimal(0), 10**15
    while i < len(words):
        at = i + (words[i] == "and" and (group is None or group >= 100))
        word = words[at] if at < len(words) else ""
        amount = _ADDABLE.get(word, ORDINALS.get(word))
        if amount is not None and _fits(group, amount):
            i, group = at + 1, (group or Decimal(0)) + amount
            if word in ORDINALS:
                return i, total + group, "ordinal"
        elif words[i : i + 3] == ["and", "a", "half"] and group is not None:
            i, group = i + 3, group + Decimal("0.5")
        elif word in ("hundred", "dozen") and at == i and group is not None and 0 < group < 100:
            i, group = i + 1, group * _UNSIZED[word]
        elif word in _SCALES and at == i and group and _SCALES[word] < limit:
            limit = _SCALES[word]
            i, total, group = i + 1, total + group * limit, None
        else:
            break
    return _closed(words, i, total + (group or 0))


def _fits(group: Decimal | None, amount: int) -> bool:
    """Whether a number may follow in the same group: twenty-one, two hundred and ten; not "two three"."""
    if group is None:
        return True
    if group == 0 or group % 1:
        return False
    return (group % 100 == 0 and amount > 0) or (group % 100 >= 20 and group % 10 == 0 and 0 < amount < 10)


def _closed(words: Sequence[str], i: int, value: Decimal) -> _Found:
    """What the word behind a cardinal makes of it: one third, two-thirds, three quarters, two hundredth."""
    word = words[i] if i < len(words) else ""
    if word in _MULTIPLIERS:
        return i + 1, value * _MULTIPLIERS[word], "ordinal"
    if word in _PARTS and (word.endswith("s") or value == 1):
        return _part(words, i + 1, value / _PARTS[word])
    if value == 1 and ORDINALS.get(word, 0) > 2:
        return _part(words, i + 1, value / ORDINALS[word])
    return i, value, "cardinal"
