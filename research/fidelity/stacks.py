"""Indices and exponents: what stands above and below a letter, which each side sets in an order of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from research.fidelity.signs import coded, signs_after, signs_before, signs_in
from research.fidelity.words import RAISED_SEAM

_MAX_WORDS = 3  # of a letter with its indices
_MAX_INDEX_CHARS = 3  # of an index or exponent
_MIN_GAINS = (1, 0, 1)  # words, in three passes: an exchange that gains nothing may free an index for one that does

Words = Sequence[tuple[str, str]]  # each with what stands before it


class Stack(NamedTuple):
    """The words of a letter with its indices, on both sides."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]


def settle_stacks(
    our_words: Words, their_words: Words, off_the_line: set[str], lost: Counter[str], surplus: Counter[str]
) -> Iterator[Stack]:
    """Finds letters with indices that are the same characters on both sides.

    Ours have something raised or lowered, or a sign. An index may be among the words that both sides have as often:
    then it stands elsewhere in theirs, and counts as lost there until that is found, too.
    """
    balance = Counter(lost)
    balance.subtract(surplus)
    for min_gain in _MIN_GAINS:
        theirs = _by_characters(their_words, +balance)
        for start, end in _windows(our_words, -balance + Counter(off_the_line)):
            ours = tuple(word for word, _ in our_words[start:end])
            is_raised = any(RAISED_SEAM in seam for _, seam in our_words[start : end + 1])
            keys = _keys(our_words, start, end, is_stacked=is_raised or not off_the_line.isdisjoint(ours))
            alike = (words for key in sorted(keys) for words in theirs.get(key, ()) if words != ours)
            words = next((words for words in alike if _gain(balance, words, ours) >= min_gain), None)
            if words:
                balance.subtract(words)
                balance.update(ours)
                yield Stack(words, ours)


def _by_characters(words: Words, lost: Counter[str]) -> dict[str, list[tuple[str, ...]]]:
    """Words of theirs that stand behind each other, one of which at least is lost, by their characters in order."""
    by_characters: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for start, end in _windows(words, lost):
        texts = tuple(word for word, _ in words[start:end])
        by_characters["".join(sorted("".join(texts)))].append(texts)
    return by_characters


def _windows(words: Words, among: Counter[str]) -> Iterator[tuple[int, int]]:
    """Where up to some words stand, one of which at least is among others, and the rest are short."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MAX_WORDS, len(words)) + 1):
            last = words[end - 1][0]
            if not among[last] and len(last) > _MAX_INDEX_CHARS:
                break
            if any(among[word] for word, _ in words[start:end]):
                yield start, end


def _keys(words: Words, start: int, end: int, *, is_stacked: bool) -> set[str]:
    """The characters of some words of ours, and of the signs around them as others read these, in order."""
    inside = "".join(f"{signs_in(seam)}{word}" for word, seam in words[start + 1 : end])
    before = signs_before(words[start][1])
    after = signs_after(words[end][1]) if end < len(words) else ""
    stem = words[start][0] + inside
    written = {stem, before + stem, stem + after, before + stem + after}
    plain = {"".join(word for word, _ in words[start:end])} if is_stacked else set()
    return {"".join(sorted(text)) for text in plain | {code for text in written for code in coded(text)}}


def _gain(balance: Counter[str], theirs: Sequence[str], ours: Sequence[str]) -> int:
    """By how many fewer words both sides would differ if some were the same."""
    after = Counter({word: balance[word] for word in {*theirs, *ours}})
    before = sum(map(abs, after.values()))
    after.subtract(theirs)
    after.update(ours)
    return before - sum(map(abs, after.values()))
