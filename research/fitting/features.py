"""Fits what the features weigh in ranking and in confidence, and writes ``calibration/features.json``.

    python -m research.fitting.features DATA

DATA is the folder of the public training sets; `research.fitting.questions` says which are asked, and
`research.fitting.confidence_rows` in which ways. The real pipeline retrieves the candidates; only the weights are new.
Ranking is ListNet's top-one likelihood (Cao et al. 2007) of the sentences that are known to answer. Confidence is
logistic regression over the features of the best sentence. The figures printed are of five folds by document, so of
questions about documents that the weights have not seen.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.answering.selection import combined_features, is_quotable
from assistant.models.calibration import CALIBRATION_FOLDER, FeatureCalibration, refusal_threshold
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Candidate
from research.fitting.calibration_files import round_weights, write_calibration
from research.fitting.confidence_rows import ConfidenceRows, confidence_rows
from research.fitting.questions import equal_shares, load_fitting_questions, source_of
from research.fitting.regression import PENALTY, Array, minimise, sigmoid, softmax
from research.fitting.retrieval import RetrievedQuestion, retrieve_all

_FOLDS = 5
_TARGET = CALIBRATION_FOLDER / "features.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: fits, prints the figures of the hold-out, writes the file."""
    parser = argparse.ArgumentParser(description="Fit the weights of ranking and of confidence.")
    parser.add_argument("data", type=Path, help="folder of the public training sets")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    dataset = load_fitting_questions(options.data)
    questions = list(retrieve_all(dataset))
    for line in report(questions):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        data = f"{dataset.name}: {len(dataset.documents):,} documents, {len(dataset.questions):,} questions"
        write(_TARGET, fit(questions), data)
    return 0


def fit(questions: Sequence[RetrievedQuestion]) -> FeatureCalibration:
    """Fits ranking, and then confidence in what that ranking puts first."""
    ranking = _fit_ranking(questions)
    weights, bias = _rows(questions, ranking).fit()
    return FeatureCalibration(ranking, dict(zip(CONFIDENCE_FEATURES, weights.tolist(), strict=True)), bias)


def _fit_ranking(
    questions: Sequence[RetrievedQuestion], features: Sequence[str] = RANKING_FEATURES
) -> dict[str, float]:
    usable = [question for question in questions if question.correct]
    matrices = [
        np.array([[candidate.features[name] for name in features] for candidate in question.candidates])
        for question in usable
    ]
    scale = np.concatenate(matrices).std(axis=0) + 1e-9
    matrices = [matrix / scale for matrix in matrices]
    correct_places = [sorted(question.correct) for question in usable]
    shares = equal_shares([source_of(question.case) for question in usable])

    def objective(weights: Array) -> tuple[float, Array, Array]:
        loss, gradient, curvature = 0.0, np.zeros_like(weights), np.zeros((len(weights), len(weights)))
        for matrix, correct, share in zip(matrices, correct_places, shares, strict=True):
            chances, chances_among_correct = softmax(matrix @ weights), softmax(matrix[correct] @ weights)
            mean = chances @ matrix
            loss -= share * float(np.log(chances[correct].sum()))
            gradient += share * (mean - chances_among_correct @ matrix[correct])
            curvature += share * ((matrix * chances[:, None]).T @ matrix - np.outer(mean, mean))
        return loss, gradient, curvature

    weights = minimise(objective, np.full(len(features), PENALTY)) / scale
    return dict(zip(features, weights.tolist(), strict=True))


def _rows(questions: Sequence[RetrievedQuestion], ranking: Mapping[str, float]) -> ConfidenceRows:
    """The features of the sentence that some ranking weights put first, for each way to ask a question."""
    return confidence_rows(
        questions,
        CONFIDENCE_FEATURES,
        lambda question, candidates: _best_features(question, candidates, ranking),
    )


def _best_features(
    question: RetrievedQuestion, candidates: Sequence[Candidate], ranking: Mapping[str, float]
) -> dict[str, float] | None:
    """The features of the best quotable sentence by some ranking weights; None where none is quotable."""
    highest = sum(weight for weight in ranking.values() if weight > 0)
    scored = (replace(candidate, score=_weighted_sum(candidate, ranking) / highest) for candidate in candidates)
    ranked = sorted(scored, key=lambda candidate: -candidate.score)
    quotable = [candidate for candidate in ranked if is_quotable(question.question, candidate)]
    return combined_features(question.question, quotable[:1], quotable, question.idf) if quotable else None


def _weighted_sum(candidate: Candidate, weights: Mapping[str, float]) -> float:
    return sum(weight * candidate.features[name] for name, weight in weights.items())


def report(questions: Sequence[RetrievedQuestion]) -> Iterator[str]:
    """The figures of the hold-out: ranks, how much is answered of each kind of question, and how true chances are."""
    sources = sorted({question.case.source_doc or "" for question in questions})
    folds = {source: place % _FOLDS for place, source in enumerate(sources)}
    ranks: list[int] = []
    chances: list[tuple[str, bool, float]] = []  # kind, whether it can be answered, confidence
    for fold in range(_FOLDS):
        training = [question for question in questions if folds[question.case.source_doc or ""] != fold]
        hold_out = [question for question in questions if folds[question.case.source_doc or ""] == fold]
        calibration = fit(training)
        ranks += [_rank(question, calibration.ranking_weights) for question in hold_out if question.case.answerable]
        rows = _rows(hold_out, calibration.ranking_weights)
        weights = np.array(list(calibration.confidence_weights.values()))
        confidences = sigmoid(rows.features @ weights + calibration.confidence_bias)
        chances += zip(rows.kinds.tolist(), rows.answerable.tolist(), confidences.tolist(), strict=True)
    firsts = ", ".join(f"in the first {k} {np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 3, 5))
    yield f"evidence {firsts} ({len(ranks)} questions)"
    yield from _report_alternatives(questions)
    for kind in dict.fromkeys(kind for kind, _, _ in chances):
        answered = [chance >= refusal_threshold("quotes") for row_kind, _, chance in chances if row_kind == kind]
        yield f"{kind}: {np.mean(answered):.3f} would be answered ({len(answered)})"
    for low in np.arange(0, 1, 0.1):
        inside = [can_be_answered for _, can_be_answered, chance in chances if low <= chance < low + 0.1]
        if inside:
            yield f"chance {low:.1f} to {low + 0.1:.1f}: {np.mean(inside):.3f} answerable ({len(inside)})"


def _report_alternatives(questions: Sequence[RetrievedQuestion]) -> Iterator[str]:
    """What other rankings of the same candidates give, fitted on all questions: the rows that lose."""
    answerable = [question for question in questions if question.case.answerable]
    rankings = {f"by {name} alone": {name: 1.0} for name in ("similarity", "coverage", "context")}
    for left_out in RANKING_FEATURES:
        features = [name for name in RANKING_FEATURES if name != left_out]
        rankings[f"without {left_out}"] = _fit_ranking(questions, features)
    rankings["with everything"] = _fit_ranking(questions)
    for label, ranking in rankings.items():
        ranks = [_rank(question, ranking) for question in answerable]
        shares = " ".join(f"{np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 3, 5))
        yield f"{label}: {shares}"


def _rank(question: RetrievedQuestion, ranking: Mapping[str, float]) -> int:
    """The rank of the first sentence that answers, from 0; the number of candidates where none does."""
    scores = [_weighted_sum(candidate, ranking) for candidate in question.candidates]
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return next((rank for rank, place in enumerate(order) if place in question.correct), len(scores))


def write(path: Path, calibration: FeatureCalibration, data: str) -> None:
    """Writes ``features.json`` of `assistant.models.calibration`; ``data`` says what was fitted on."""
    write_calibration(
        path,
        "python -m research.fitting.features DATA",
        data,
        {
            "ranking_weights": round_weights(calibration.ranking_weights),
            "confidence_weights": round_weights(calibration.confidence_weights),
            "confidence_bias": round(calibration.confidence_bias, 3),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
