"""The canonical text beside what an extractor found: the share that is kept, and the share that is invented."""

from collections import Counter
from dataclasses import dataclass

from research.fidelity.extraction import COMPUTED, EITHER_WAY, LEFT_OUT, Pieces
from research.fidelity.parting import settle
from research.fidelity.words import count_characters, count_marks, count_words, figures, without_boxes

MIN_KEPT = 0.99
MAX_INVENTED = 0.005
_SAMPLES = 12  # words that are listed of those lost or invented


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some words are kept, and how many of ours are invented."""

    ours: int
    theirs: int
    lost: int
    surplus: int

    @property
    def kept(self) -> float:
        """Of the extractor's words."""
        return 1 - self.lost / self.theirs if self.theirs else 1.0

    @property
    def invented(self) -> float:
        """Of our words."""
        return self.surplus / self.ours if self.ours else 0.0

    @property
    def is_faithful(self) -> bool:
        """Whether enough is kept and little enough invented."""
        return self.kept >= MIN_KEPT and self.invented <= MAX_INVENTED

    def __add__(self, other: "Share") -> "Share":
        """Of both together."""
        return Share(
            self.ours + other.ours,
            self.theirs + other.theirs,
            self.lost + other.lost,
            self.surplus + other.surplus,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a file's words.

    Attributes:
        words: all of them.
        figures: those with digits.
        characters: the letters and digits of all of them, which are the same however they are parted into words.
        apart: how many words are counted in neither, by the reason.
        lost: the most frequent of the words that are lost, with how often.
        invented: the most frequent of ours that the extractor didn't find.
    """

    words: Share
    figures: Share
    characters: Share
    apart: dict[str, int]
    lost: tuple[tuple[str, int], ...]
    invented: tuple[tuple[str, int], ...]

    @property
    def is_faithful(self) -> bool:
        """Whether words and figures are."""
        return self.words.is_faithful and self.figures.is_faithful


def compare(canonical_text: str, theirs: Pieces, *, is_plain: bool) -> Comparison:
    """Compares a canonical text with what an extractor found.

    Args:
        canonical_text: ours.
        theirs: the extractor's.
        is_plain: whether the canonical text is the file itself, decoded; else it has marks of our own.
    """
    our_words = count_words(canonical_text if is_plain else without_boxes(canonical_text))
    their_words = count_words(theirs.text)
    surplus, lost = our_words - their_words, their_words - our_words
    apart = {reason: count_words("".join(theirs.apart[reason])) for reason in theirs.apart}
    if not is_plain and not theirs.is_printed:
        apart[COMPUTED] = apart.get(COMPUTED, Counter()) + count_marks(canonical_text)
    counts = {reason: apart[reason].total() for reason in LEFT_OUT if reason in apart}
    if theirs.is_printed:
        settled = settle(canonical_text, theirs, lost, surplus)
        balance = Counter(lost)  # above 0 what is lost, below 0 our surplus: settling may add words that were neither
        balance.update(settled.ours)
        balance.subtract(surplus + settled.theirs)
        lost, surplus = +balance, -balance
        counts |= settled.by_reason
    allowed: Counter[str] = Counter()
    for reason in EITHER_WAY:
        taken = surplus & apart.get(reason, Counter())
        surplus -= taken
        allowed += taken
        counts[reason] = taken.total()
    our_words -= allowed
    return Comparison(
        _share(our_words, their_words, lost, surplus),
        _share(*map(figures, (our_words, their_words, lost, surplus))),
        _share_of_characters(our_words, their_words),
        {reason: count for reason, count in counts.items() if count},
        tuple(lost.most_common(_SAMPLES)),
        tuple(surplus.most_common(_SAMPLES)),
    )


def best_comparison(canonical_text: str, theirs: list[Pieces], *, is_plain: bool) -> Comparison:
    """The comparison with that of several extractions which is nearest: a mail may say the same in two versions."""
    comparisons = [compare(canonical_text, pieces, is_plain=is_plain) for pieces in theirs]
    return min(comparisons, key=lambda comparison: comparison.words.lost + comparison.words.surplus)


def _share(ours: Counter[str], theirs: Counter[str], lost: Counter[str], surplus: Counter[str]) -> Share:
    return Share(ours.total(), theirs.total(), lost.total(), surplus.total())


def _share_of_characters(our_words: Counter[str], their_words: Counter[str]) -> Share:
    ours, theirs = count_characters(our_words), count_characters(their_words)
    return _share(ours, theirs, theirs - ours, ours - theirs)
