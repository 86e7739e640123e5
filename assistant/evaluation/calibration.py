"""How well the confidence of a run is calibrated, and what another threshold would make of the run. Numbers only.

An answer's ``score`` is its confidence: the chance, from 0 to 1, that the documents answer the question.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.runner import NOT_ASKED_MODE
from assistant.evaluation.statistics import Interval
from assistant.models.calibration import refusal_threshold

Prediction = tuple[float, bool]  # the confidence, from 0 to 1, and whether the question could be answered

_BINS = 10
_Z_95 = 1.96  # standard errors on either side of the mean that hold 95%


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The questions whose confidence lies in one range."""

    low: float
    high: float
    questions: int
    answerable: int
    mean_confidence: float

    @property
    def answerable_share(self) -> float:
        """The share of the bin's questions that could be answered, 0 to 1."""
        return self.answerable / self.questions

    @property
    def interval(self) -> Interval:
        """The 95% interval of that share."""
        return wilson_interval(self.answerable, self.questions)


@dataclass(frozen=True, slots=True)
class ThresholdPoint:
    """What a threshold would have made of a run."""

    threshold: float
    coverage: float  # the share of the answerable questions that would have been answered
    answered: int  # of all questions
    right: int  # of those answered

    @property
    def precision(self) -> float:
        """The share of the answered questions that were answered rightly, 0 to 1."""
        return self.right / self.answered

    @property
    def interval(self) -> Interval:
        """The 95% interval of that share."""
        return wilson_interval(self.right, self.answered)


def threshold_for_mode(mode: str) -> float:
    """The confidence below which a question is refused in this mode."""
    return refusal_threshold("llm" if mode == "llm" else "quotes")


def predictions(results: Iterable[ScoredAnswer]) -> list[Prediction]:
    """The confidence of each answer beside the truth, without the questions that couldn't be asked."""
    return [(result.answer.score, result.answerable) for result in results if has_confidence(result)]


def has_confidence(result: ScoredAnswer) -> bool:
    """Whether there is a confidence: a question that couldn't be asked has none."""
    return result.answer.mode != NOT_ASKED_MODE


def reliability_bins(pairs: Sequence[Prediction], count: int = _BINS) -> list[ReliabilityBin]:
    """Divides the confidence from 0 to 1 into equal ranges; 1 itself belongs to the last. Empty bins are left out."""
    bins = []
    for number in range(count):
        inside = [pair for pair in pairs if min(int(pair[0] * count), count - 1) == number]
        if inside:
            answerable = sum(is_answerable for _, is_answerable in inside)
            mean = fmean(confidence for confidence, _ in inside)
            bins.append(ReliabilityBin(number / count, (number + 1) / count, len(inside), answerable, mean))
    return bins


def expected_calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """The expected calibration error (Guo et al. 2017, arXiv:1706.04599): 0 to 1, less is better; None without bins.

    The distance between confidence and answerable share in a bin, averaged over the questions.
    """
    total = sum(bin_.questions for bin_ in bins)
    if not total:
        return None
    return sum(bin_.questions * abs(bin_.answerable_share - bin_.mean_confidence) for bin_ in bins) / total


def brier_score(pairs: Sequence[Prediction]) -> float | None:
    """The mean squared difference of confidence and truth (Brier 1950): 0 to 1, less is better; None without pairs."""
    return fmean((confidence - is_answerable) ** 2 for confidence, is_answerable in pairs) if pairs else None


def precision_coverage_curve(results: Sequence[ScoredAnswer]) -> list[ThresholdPoint]:
    """What each threshold from the chosen one upwards would have answered, the highest first.

    The risk-coverage curve of El-Yaniv and Wiener (2010), with precision for 1 - risk. What the run refused has no
    answer to judge, so the last point is the run itself. An answerable question is right if no deciding score failed;
    answering an unanswerable one is wrong. Empty where nothing was answered or nothing could be.
    """
    answerable = sum(result.answerable for result in results)
    answered = sorted(
        (result for result in results if not result.answer.refused), key=lambda result: -result.answer.score
    )
    points: list[ThresholdPoint] = []
    covered = right = 0
    for count, result in enumerate(answered if answerable else (), 1):
        covered += result.answerable
        right += result.answerable and not result.failed
        if points and points[-1].threshold == result.answer.score:
            points.pop()  # equal scores pass a threshold together
        points.append(ThresholdPoint(result.answer.score, covered / answerable, count, right))
    return points


def point_at(points: Sequence[ThresholdPoint], threshold: float) -> ThresholdPoint | None:
    """The point of a threshold, where all that scores at least as high is answered; None where nothing does."""
    return next((point for point in reversed(points) if point.threshold >= threshold), None)


def threshold_steps(points: Sequence[ThresholdPoint], threshold: float) -> list[tuple[float, ThresholdPoint]]:
    """The chosen threshold and the tenths above it, each with the point that it gives."""
    steps = [threshold, *(n / 10 for n in range(10) if n / 10 > threshold)]
    return [(step, point) for step in steps if (point := point_at(points, step))]


def wilson_interval(right: int, total: int) -> Interval:
    """The 95% interval of a share (Wilson 1927), which stays within 0 and 1 and is honest about small samples."""
    share, spread = right / total, _Z_95**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half_width = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, middle - half_width), min(1.0, middle + half_width)
