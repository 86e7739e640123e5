"""The order in which the words of a line are read, where a script runs from right to left."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from assistant.readers.pdf.page import Word
from assistant.readers.pdf.wording.right_to_left import RIGHT_TO_LEFT, faced, has_right_to_left

_LEFT_TO_RIGHT = re.compile(r"[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")

_FIGURE = re.compile(r"([.,:;!?()\[\]]*)(\d[^\W_]*(?:[^\w\s]+\d+)*[%°]?)([.,:;!?()\[\]]*)")  # between marks
_RANGE = re.compile(r"(\d{1,9}(?:[.,:/]\d{1,9})*)([–—])(\d{1,9}(?:[.,:/]\d{1,9})*)")
_DIGITS = re.compile(r"\d+")
_MIRRORED = str.maketrans("()[]", ")(][")
_MARKS_BEFORE = re.compile(r"[.,:;!?()\[\]]*")
_BRACKETS_AFTER = re.compile(r"[()\[\]]*\Z")


def reads_right_to_left(words: Sequence[Word]) -> bool:
    """Whether more words are in a script that runs from right to left than in one that runs from left to right."""
    if not has_right_to_left("".join([word.text for word in words])):
        return False
    right_to_left = sum(RIGHT_TO_LEFT.search(word.text) is not None for word in words)
    return right_to_left > sum(_LEFT_TO_RIGHT.search(word.text) is not None for word in words)


def in_reading_order(words: Sequence[Word], *, is_right_to_left: bool) -> tuple[Word, ...]:
    """Words that stand from left to right, in the order in which they are read.

    Args:
        words: of one line.
        is_right_to_left: whether the page is. A line whose words mostly run from right to left is in any case.
    """
    if not has_right_to_left("".join([word.text for word in words])):
        return tuple(map(_with_range_in_order, words)) if is_right_to_left else tuple(words)
    if is_right_to_left or reads_right_to_left(words):
        runs = _runs(
            [_with_marks_behind(word) for word in words], _LEFT_TO_RIGHT, RIGHT_TO_LEFT, takes_figures_after=True
        )
        return tuple(word for run in reversed(runs) for word in _run_with_marks_behind(run))
    runs = _runs(words, RIGHT_TO_LEFT, _LEFT_TO_RIGHT, takes_figures_after=False)
    return tuple(word for run in runs for word in reversed(run))


def _runs(
    words: Sequence[Word], against: re.Pattern[str], along: re.Pattern[str], *, takes_figures_after: bool
) -> list[list[Word]]:
    """Runs of words against the direction of their line; each of the other words is a run by itself.

    Figures between two words of a run belong to it, and so do figures after a word from left to right ("Windows 10").
    """
    runs: list[list[Word]] = []
    is_open = False  # whether the last run goes against the line
    undecided: list[Word] = []  # figures and marks after it, which belong to it if it goes on
    for word in words:
        if against.search(word.text):
            if is_open:
                runs[-1] += [*undecided, word]
            else:
                runs.append([word])
            is_open, undecided = True, []
        elif is_open and not along.search(word.text):
            undecided.append(word)
            is_in_brackets = runs[-1][-1].text.endswith(tuple("()[]"))
            if takes_figures_after and word.text[0].isdigit() and not is_in_brackets:
                runs[-1] += undecided
                undecided = []
        else:
            runs += [[single] for single in (*undecided, word)]
            is_open, undecided = False, []
    return [*runs, *([word] for word in undecided)]


def _with_range_in_order(word: Word) -> Word:
    """A word of a line that runs from right to left: the right one of two figures with a dash between is the first."""
    ends = _RANGE.fullmatch(word.text)
    if not ends or _value(ends[1]) <= _value(ends[3]):
        return word
    return replace(word, text=ends[3] + ends[2] + ends[1])


def _value(figure: str) -> list[int]:
    return [int(digits) for digits in _DIGITS.findall(figure)]


def _with_marks_behind(word: Word) -> Word:
    """A word of a line that runs from right to left: the marks on the left of a figure follow it."""
    word = _with_range_in_order(word)
    parts = _FIGURE.fullmatch(word.text)
    if not parts or not (parts[1] or parts[3]):
        return word
    before, after = (parts[group][::-1].translate(_MIRRORED) for group in (3, 1))
    return replace(word, text=before + parts[2] + after)


def _run_with_marks_behind(run: Sequence[Word]) -> list[Word]:
    """A run from left to right in a line from right to left: marks on its left follow it.

    Brackets on its right open before it. Those that have their partners within it are its own, as in "f(x)".
    """
    words = list(run)
    if not _LEFT_TO_RIGHT.search(words[0].text):
        return words
    first, last = words[0].text, words[-1].text
    before = _MARKS_BEFORE.match(first)
    after = _BRACKETS_AFTER.search(last)
    before_text, after_text = before[0] if before else "", after[0] if after else ""
    inner = " ".join(word.text for word in words)[len(before_text) :]
    inner = inner[: len(inner) - len(after_text)]
    if _closes(before_text, inner):
        before_text = ""
    if _closes(after_text, inner):
        after_text = ""
    if not before_text and not after_text:
        return words
    words[0] = replace(words[0], text=first[len(before_text) :])
    words[-1] = replace(words[-1], text=words[-1].text[: len(words[-1].text) - len(after_text)])
    words[0] = replace(words[0], text=after_text[::-1] + words[0].text)
    words[-1] = replace(words[-1], text=words[-1].text + before_text[::-1])
    whole = faced("".join(word.text for word in words))
    ends = list(accumulate(len(word.text) for word in words))
    return [replace(word, text=whole[start:end]) for word, start, end in zip(words, [0, *ends], ends, strict=False)]


def _closes(brackets: str, inner: str) -> bool:
    """Whether some marks hold the partner of a bracket that stands alone in a text."""
    return any(bracket in brackets for bracket in "()[]") and any(
        (inner.count(opening) - inner.count(closing)) % 2 for opening, closing in ("()", "[]")
    )
