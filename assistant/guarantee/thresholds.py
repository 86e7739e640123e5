"""Which refusal threshold keeps the share of wrong answers below a stated risk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.guarantee.bounds import least_total, upper_bound

_STEPS = 20  # thresholds that are tried at most: each answers a twentieth of the questions more


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a calibration question that was answered whatever the confidence."""

    confidence: float  # 0 to 1
    is_right: bool  # whether it could be answered and was answered rightly
    is_answerable: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """A refusal threshold, and what it would have made of the calibration questions."""

    confidence: float  # below which a question is refused
    answered: int
    wrong: int  # of those answered

    @property
    def bound(self) -> float:
        """The one-sided 95% bound on the share of wrong answers among all that it would answer."""
        return upper_bound(self.wrong, self.answered)


def choose_threshold(outcomes: Iterable[Outcome], risk: float) -> Threshold | None:
    """The lowest threshold whose bound on wrong answers among the answered is at most ``risk``; None if none is.

    Many thresholds are tried on the same questions, and the best of many looks better than it is. So they are tried in
    a fixed order, from one that refuses much to lower ones, and the first that fails ends it: then the bound holds for
    the one that is chosen as if it alone had been tried (fixed-sequence testing, as in Learn then Test, Angelopoulos et
    al. 2021, arXiv:2110.01052). Where the order begins depends on how many questions a threshold answers, never on
    whether rightly.

    Args:
        outcomes: of the calibration questions.
        risk: the highest share of wrong answers among those given, between 0 and 1.
    """
    chosen = None
    for threshold in _thresholds(sorted(outcomes, key=lambda outcome: -outcome.confidence), risk):
        if threshold.bound > risk:
            break
        chosen = threshold
    return chosen


def _thresholds(ranked: Sequence[Outcome], risk: float) -> Iterator[Threshold]:
    """The thresholds in the order in which they are tried."""
    total = len(ranked)
    count = max(least_total(risk), min(_comfortable_total(risk), total // 2))
    while count <= total:
        lowest = ranked[count - 1].confidence
        answered = [outcome for outcome in ranked if outcome.confidence >= lowest]
        yield Threshold(lowest, len(answered), sum(not outcome.is_right for outcome in answered))
        count = len(answered) + max(1, total // _STEPS)


def _comfortable_total(risk: float) -> int:
    """How many must be answered for half as many errors as allowed to pass: with fewer, chance decides."""
    total = least_total(risk)
    while upper_bound(int(total * risk / 2), total) > risk:
        total += 1
    return total
