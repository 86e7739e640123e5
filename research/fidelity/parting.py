"""Words that an extractor and a reader divide differently: "gove rnmentfunded" and "government funded".

Where the characters are the same, the words are settled if there is a reason to: what parts them is a hyphen at the end
of a line, or the end of a line in an address, the letters are set apart, a mark is raised, or the words of ours occur
elsewhere in the file by both accounts, and theirs don't. An index below an exponent may stand before or behind it, and
a sign may be read as the character that other fonts have in its place. All else counts as lost and invented.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from research.fidelity.extraction import (
    ADDRESS_LINES,
    HYPHENS,
    LETTERS_APART,
    OFF_THE_LINE,
    PARTED_BADLY,
    SIGNS,
    Pieces,
)
from research.fidelity.signs import misread_ligatures, misread_signs
from research.fidelity.stacks import settle_stacks
from research.fidelity.words import RAISED_SEAM, words_in_order, words_off_the_line

_MAX_WORDS = 16  # of a run that is held against another
_MAX_STACKED_WORDS = 6  # of a run with indices and exponents, which stand above each other
_MAX_INDEX_CHARS = 3  # of an index that stands between a word and its exponent
_MIN_LETTERS_APART = 3
_NO_CHARACTERS = re.compile(rf"[\s\-\u2010{RAISED_SEAM}]+")  # what may part the words of one side alone
_SORTED = "sorted: "  # begins the keys of characters in order: the space keeps them apart from those of runs
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_LINE_END_HYPHEN = re.compile(r"[-\u2010]\s*\n")
_HYPHEN = re.compile(r"[-\u2010]")


class _Run(NamedTuple):
    """Words that stand behind each other, and what stands between them."""

    words: tuple[str, ...]
    seams: tuple[str, ...]

    @property
    def characters(self) -> str:
        """All of it without white space and hyphens."""
        between = [_NO_CHARACTERS.sub("", seam) for seam in self.seams]
        return self.words[0] + "".join(seam + word for seam, word in zip(between, self.words[1:], strict=True))

    @property
    def sorted_characters(self) -> str:
        """Its characters in an order that doesn't depend on which of them stands first."""
        return f"{_SORTED}{''.join(sorted(self.characters))}"


class Settled(NamedTuple):
    """Words that are parted otherwise for a reason."""

    theirs: Counter[str]
    ours: Counter[str]
    by_reason: Counter[str]  # how many words of ours, by the reason

    def plus(self, other: "Settled") -> "Settled":
        """Both together."""
        return Settled(self.theirs + other.theirs, self.ours + other.ours, self.by_reason + other.by_reason)


def settle(canonical_text: str, theirs: Pieces, lost: Counter[str], surplus: Counter[str]) -> Settled:
    """Finds which of the lost words and of ours are the same characters, parted otherwise for a reason.

    Args:
        canonical_text: ours.
        theirs: the extractor's.
        lost: the words of theirs that ours lacks.
        surplus: the words of ours that theirs lacks.
    """
    settled = _settled_runs(canonical_text, theirs, lost, surplus)
    settled = settled.plus(_settled_signs(canonical_text, theirs, lost - settled.theirs, surplus - settled.ours))
    off_the_line = words_off_the_line(canonical_text) | theirs.off_the_line
    stacks = settle_stacks(
        words_in_order(canonical_text),
        words_in_order(theirs.text),
        off_the_line,
        lost - settled.theirs,
        surplus - settled.ours,
    )
    for stack in stacks:
        reasons = Counter({OFF_THE_LINE: len(stack.ours)})
        settled = settled.plus(Settled(Counter(stack.theirs), Counter(stack.ours), reasons))
    return settled


def _settled_runs(canonical_text: str, theirs: Pieces, lost: Counter[str], surplus: Counter[str]) -> Settled:
    """The runs of the same characters that are parted otherwise."""
    our_words, their_words = words_in_order(canonical_text), words_in_order(theirs.text)
    agreed = {word for word, _ in our_words} & ({word for word, _ in their_words} | theirs.known)
    off_the_line = words_off_the_line(canonical_text) | theirs.off_the_line
    in_addresses = {word for match in _ADDRESS.finditer(canonical_text) for word, _ in words_in_order(match[0])}
    our_runs: defaultdict[str, list[_Run]] = defaultdict(list)
    for run in _runs(our_words, surplus):
        our_runs[run.characters].append(run)
        if not off_the_line.isdisjoint(run.words) and len(run.words) <= _MAX_STACKED_WORDS:
            our_runs[run.sorted_characters].append(run)
    for run in _runs_around_an_index(our_words, surplus, off_the_line):
        our_runs[run.characters].append(run)
    settled = Settled(Counter(), Counter(), Counter())
    for their_run in _runs(their_words, lost):
        if settled.theirs and not _are_left(their_run.words, lost, settled.theirs):
            continue
        stacked = our_runs.get(their_run.sorted_characters, ()) if len(their_run.words) <= _MAX_STACKED_WORDS else ()
        for our_run in (*our_runs.get(their_run.characters, ()), *stacked):
            is_address = in_addresses.issuperset(our_run.words) and any("\n" in seam for seam in their_run.seams)
            reason = (
                ADDRESS_LINES if is_address else _reason(their_run, our_run, theirs.hyphenated, agreed, off_the_line)
            )
            if reason and _are_left(our_run.words, surplus, settled.ours):
                settled.theirs.update(their_run.words)
                settled.ours.update(our_run.words)
                settled.by_reason[reason] += len(our_run.words)
                break
    return settled


def _settled_signs(canonical_text: str, theirs: Pieces, lost: Counter[str], surplus: Counter[str]) -> Settled:
    """The words that are the same but for signs that the extractor gives as other characters."""
    settled = Settled(Counter(), Counter(), Counter())
    their_words = words_in_order(theirs.text)
    for misread, ours in (*misread_signs(canonical_text, lost), *misread_ligatures(their_words, surplus)):
        if _are_left(misread, lost, settled.theirs) and _are_left(ours, surplus, settled.ours):
            settled.theirs.update(misread)
            settled.ours.update(ours)
            settled.by_reason[SIGNS] += 1
    return settled


def _are_left(run: Sequence[str], words: Counter[str], taken: Counter[str]) -> bool:
    """Whether each word of a run is left, as often as the run has it."""
    return all(words[word] - taken[word] >= run.count(word) for word in run)


def hyphenated_pairs(text: str) -> set[tuple[str, str]]:
    """The words of a text that the end of a line parts at a hyphen."""
    words = words_in_order(text)
    return {(before, after) for (before, _), (after, seam) in pairwise(words) if _LINE_END_HYPHEN.match(seam)}


def _runs(words: list[tuple[str, str]], among: Counter[str]) -> Iterator[_Run]:
    """The runs of up to some words that all are among others; of those that start at one word the shortest first."""
    for start, (first, _) in enumerate(words):
        if not among[first]:
            continue
        for end in range(start + 1, min(start + _MAX_WORDS, len(words)) + 1):
            if not among[words[end - 1][0]]:
                break
            yield _Run(tuple(word for word, _ in words[start:end]), tuple(seam for _, seam in words[start + 1 : end]))


def _runs_around_an_index(words: list[tuple[str, str]], among: Counter[str], off_the_line: set[str]) -> Iterator[_Run]:
    """A word and its exponent, where an index stands between them."""
    for (first, _), (index, _), (exponent, seam) in zip(words, words[1:], words[2:], strict=False):
        if exponent in off_the_line and len(index) <= _MAX_INDEX_CHARS and among[first] and among[exponent]:
            yield _Run((first, exponent), (seam,))


def _reason(
    theirs: _Run, ours: _Run, hyphenated: set[tuple[str, str]], agreed: set[str], off_the_line: set[str]
) -> str:
    """Why runs of the same characters are parted otherwise; "" where ours may be wrong."""
    if any(RAISED_SEAM in seam for seam in ours.seams) or not off_the_line.isdisjoint(ours.words):
        return OFF_THE_LINE
    if len(ours.words) == 1 and all(map(_LINE_END_HYPHEN.match, theirs.seams)):
        return HYPHENS
    if len(ours.words) == 2 and len(theirs.words) == 1 and _HYPHEN.match(ours.seams[0]) and ours.words in hyphenated:
        return HYPHENS
    if len(theirs.words) >= _MIN_LETTERS_APART and all(len(word) == 1 for word in theirs.words):
        return LETTERS_APART
    if agreed.issuperset(ours.words) and not agreed.issuperset(theirs.words) and not _parts_digits(theirs, ours):
        return PARTED_BADLY
    return ""


def _parts_digits(theirs: _Run, ours: _Run) -> bool:
    """Whether a seam of either side stands between digits: which words occur elsewhere tells nothing of figures."""
    return any(
        before[-1].isdigit() and after[0].isdigit() for run in (theirs, ours) for before, after in pairwise(run.words)
    )
