"""How far the score of an answer can be believed, and what another threshold would make of a run. Numbers only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from assistant.answering import extractive as quotes
from assistant.answering import generative as llm
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.runner import UNASKED
from assistant.evaluation.statistics import Interval

Scored = tuple[float, bool]  # a score from 0 to 1, and whether the question could be answered

_BINS = 10
_Z = 1.96  # standard errors on either side that hold 95%


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions whose scores lie in one stretch."""

    low: float
    high: float
    questions: int
    answerable: int
    expected: float  # their mean score

    @property
    def observed(self) -> float:
        """The share of them that could be answered."""
        return self.answerable / self.questions

    @property
    def interval(self) -> Interval:
        """Where that share lies by a 95% interval."""
        return wilson(self.answerable, self.questions)


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold would have made of a run."""

    threshold: float
    coverage: float  # the share of the answerable questions that would have been answered
    answered: int  # of all questions
    right: int  # of those answered

    @property
    def precision(self) -> float:
        """The share of the answered questions that were answered rightly."""
        return self.right / self.answered

    @property
    def interval(self) -> Interval:
        """Where that share lies by a 95% interval."""
        return wilson(self.right, self.answered)


def threshold_of(mode: str) -> float:
    """The score below which a question is refused in this mode."""
    return llm.THRESHOLD if mode == "llm" else quotes.THRESHOLD


def scored(marked: Iterable[ScoredAnswer]) -> list[Scored]:
    """The scores beside what was true; without the questions that couldn't be asked, which have no score."""
    return [(each.answer.score, each.answerable) for each in marked if was_scored(each)]


def was_scored(each: ScoredAnswer) -> bool:
    """Whether a question has a score: one that couldn't be asked has none."""
    return each.answer.mode != UNASKED


def binned(pairs: Sequence[Scored], count: int = _BINS) -> list[Bin]:
    """Equal stretches of the score from 0 to 1, those that hold any questions; 1 itself belongs to the last."""
    bins = []
    for place in range(count):
        inside = [pair for pair in pairs if min(int(pair[0] * count), count - 1) == place]
        if inside:
            answerable = sum(true for _, true in inside)
            mean = fmean(score for score, _ in inside)
            bins.append(Bin(place / count, (place + 1) / count, len(inside), answerable, mean))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The expected calibration error (Guo et al. 2017, arXiv:1706.04599): 0 to 1, less is better; None of nothing.

    How far score and truth lie apart in a bin, averaged over the questions.
    """
    total = sum(each.questions for each in bins)
    return sum(each.questions * abs(each.observed - each.expected) for each in bins) / total if total else None


def brier(pairs: Sequence[Scored]) -> float | None:
    """The mean squared difference of score and truth (Brier 1950): 0 to 1, less is better; None of nothing."""
    return fmean((score - true) ** 2 for score, true in pairs) if pairs else None


def sweep(marked: Sequence[ScoredAnswer]) -> list[Point]:
    """What each threshold from the chosen one up would have answered, the highest first: risk against coverage.

    As El-Yaniv and Wiener (2010) draw it, with precision for 1 - risk. What the run refused has no answer to judge,
    so the last point is the run itself. An answerable question is right if nothing of it failed, an unanswerable one
    that was answered is wrong. No points where nothing was answered or nothing could be.
    """
    answerable = sum(each.answerable for each in marked)
    answered = sorted((each for each in marked if not each.answer.refused), key=lambda each: -each.answer.score)
    points: list[Point] = []
    covered = right = 0
    for count, each in enumerate(answered if answerable else (), 1):
        covered += each.answerable
        right += each.answerable and not each.failed
        if points and points[-1].threshold == each.answer.score:
            points.pop()  # equal scores go over a threshold together
        points.append(Point(each.answer.score, covered / answerable, count, right))
    return points


def at(points: Sequence[Point], threshold: float) -> Point | None:
    """The point of a threshold: what scores at least so much; None where nothing does."""
    return next((each for each in reversed(points) if each.threshold >= threshold), None)


def stops(points: Sequence[Point], threshold: float) -> list[tuple[float, Point]]:
    """The chosen threshold and the tenths above it, each with what it would have made of the run."""
    steps = [threshold, *(n / 10 for n in range(10) if n / 10 > threshold)]
    return [(step, found) for step in steps if (found := at(points, step))]


def wilson(right: int, total: int) -> Interval:
    """The 95% interval of a share (Wilson 1927), which stays within 0 and 1 and is honest of few."""
    share, spread = right / total, _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
