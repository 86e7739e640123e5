"""Fits what the span reader weighs in ranking and in refusing, and writes ``calibration/span_reader.json``.

    python -m research.fitting.span_reader DATA

DATA is the folder that `research.fitting.features` takes. Only questions of four data sets about documents that the
span reader was not trained on are asked. Ranking: the share and the scale that put most sentences that answer first and
among the first three, all data sets weighing the same. Refusing: logistic regression over the features of the best
sentence and the span reader's log-odds of it, in the same ways to ask as without the span reader. Few questions are
left for it, so the weights that `research.fitting.features` found hold unless much speaks against them. The figures
printed for refusing are of five folds by document.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from assistant.answering.selection import combined_features, is_quotable
from assistant.models.calibration import (
    CALIBRATION_FOLDER,
    SpanReaderCalibration,
    feature_calibration,
    span_reader_calibration,
)
from assistant.retrieval.features import CONFIDENCE_FEATURES
from assistant.retrieval.retriever import Candidate, combined_score, feature_score
from research.fitting.calibration_files import round_weights, write_calibration
from research.fitting.confidence_rows import ConfidenceRows, confidence_rows
from research.fitting.questions import equal_shares, source_of, untrained_questions
from research.fitting.regression import Array, sigmoid
from research.fitting.retrieval import RetrievedQuestion, retrieve_all

FEATURES_WITH_READING = (*CONFIDENCE_FEATURES, "reading")  # "reading": the span reader's log-odds

_FOLDS = 5
_PRIOR_PENALTY = 0.1  # from .001 to 10 it makes little difference; this is in the middle
_READER_SHARES = [n / 20 for n in range(20)]
_SCALES = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_TARGET = CALIBRATION_FOLDER / "span_reader.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: fits, prints the figures, writes the file."""
    parser = argparse.ArgumentParser(description="Fit what the span reader weighs.")
    parser.add_argument("data", type=Path, help="folder of the public training sets")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    dataset = untrained_questions(options.data)
    questions = list(retrieve_all(dataset, reader="on"))
    share, scale = _fit_ranking(questions)
    for line in (*_report_ranking(questions, share, scale), *_report_refusing(questions, share, scale)):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        weights, bias = _fit_confidence(_rows(questions, share, scale))
        confidence = dict(zip(FEATURES_WITH_READING, weights.tolist(), strict=True))
        count = len(dataset.questions)
        data = f"{dataset.name}: {count:,} questions about documents that the span reader was not trained on"
        write(_TARGET, SpanReaderCalibration(share, scale, confidence, bias), data)
    return 0


def _ranked(candidates: Sequence[Candidate], share: float, scale: float) -> list[Candidate]:
    """The candidates in the order that a share and a scale of the span reader give."""
    calibration = replace(span_reader_calibration(), reader_share=share, log_odds_scale=scale)
    scored = (
        replace(
            candidate,
            score=combined_score(feature_score(candidate.features), candidate.span_reader_log_odds, calibration),
        )
        for candidate in candidates
    )
    return sorted(scored, key=lambda candidate: -candidate.score)


def _top_shares(questions: Sequence[RetrievedQuestion], share: float, scale: float) -> tuple[float, float]:
    """Of how many answerable questions the evidence is first, and among the first three."""
    answerable = [question for question in questions if question.case.answerable]
    top_three = [_top_three(question, share, scale) for question in answerable]
    weights = equal_shares([source_of(question.case) for question in answerable])
    first = weights @ np.array([answers[:1] == [True] for answers in top_three])
    return float(first), float(weights @ np.array([any(answers) for answers in top_three]))


def _top_three(question: RetrievedQuestion, share: float, scale: float) -> list[bool]:
    """Which of the first three sentences are known to answer."""
    correct = [question.candidates[place].sentence for place in question.correct]
    return [candidate.sentence in correct for candidate in _ranked(question.candidates, share, scale)[:3]]


def _fit_ranking(questions: Sequence[RetrievedQuestion]) -> tuple[float, float]:
    """The span reader's best share and scale, by the sum of both top shares."""
    return max(product(_READER_SHARES, _SCALES), key=lambda pair: sum(_top_shares(questions, *pair)))


def _report_ranking(questions: Sequence[RetrievedQuestion], share: float, scale: float) -> Iterator[str]:
    for tried in sorted({0.0, 0.25, 0.5, 0.75, 0.95, share}):
        first, three = _top_shares(questions, tried, scale)
        yield f"weight {tried:.2f}, scale {scale:.0f}: evidence first {first:.3f}, in the first three {three:.3f}"


def _rows(questions: Sequence[RetrievedQuestion], share: float, scale: float) -> ConfidenceRows:
    """The features of the sentence that a share and a scale put first, for each way to ask a question."""

    def best_features(question: RetrievedQuestion, candidates: Sequence[Candidate]) -> Mapping[str, float] | None:
        ranked = _ranked(candidates, share, scale)
        quotable = [candidate for candidate in ranked if is_quotable(question.question, candidate)]
        return combined_features(question.question, quotable[:1], quotable, question.idf) if quotable else None

    return confidence_rows(questions, FEATURES_WITH_READING, best_features)


def _fit_confidence(rows: ConfidenceRows) -> tuple[Array, float]:
    """The weights and the bias of confidence, near those found without the span reader."""
    weights = feature_calibration().confidence_weights
    return rows.fit(np.array([weights[name] for name in CONFIDENCE_FEATURES]), _PRIOR_PENALTY)


def _report_refusing(questions: Sequence[RetrievedQuestion], share: float, scale: float) -> Iterator[str]:
    rows = _rows(questions, share, scale)
    documents = sorted({question.case.source_doc or "" for question in questions})
    fold_of = {document: place % _FOLDS for place, document in enumerate(documents)}
    folds = np.array([fold_of[questions[place].case.source_doc or ""] for place in rows.places])
    kinds, chances = rows.kinds, np.zeros(len(folds))
    for fold in range(_FOLDS):
        weights, bias = _fit_confidence(rows.where(folds != fold))
        chances[folds == fold] = sigmoid(rows.features[folds == fold] @ weights + bias)
    for name, scores in (("reader", rows.features[:, -1]), ("evidence and reader", chances)):
        own = [scores[(kinds == f"{kind}, own")] for kind in ("answerable", "unanswerable")]
        yield f"{name}, own paragraph: AUROC {np.mean(own[0][:, None] > own[1][None, :]):.3f}"
    for threshold in np.arange(0.4, 0.7, 0.05):
        answered = ", ".join(
            f"{kind} {np.mean(chances[kinds == kind] >= threshold):.3f}" for kind in dict.fromkeys(kinds.tolist())
        )
        yield f"threshold {threshold:.2f} would answer: {answered}"
    for low in np.arange(0, 1, 0.1):
        inside = rows.answerable[(low <= chances) & (chances < low + 0.1)]
        if len(inside):
            yield f"chance {low:.1f} to {low + 0.1:.1f}: {np.mean(inside):.3f} answerable ({len(inside)})"


def write(path: Path, calibration: SpanReaderCalibration, data: str) -> None:
    """Writes ``span_reader.json`` of `assistant.models.calibration`; ``data`` says what was fitted on."""
    write_calibration(
        path,
        "python -m research.fitting.span_reader DATA",
        data,
        {
            "reader_share": round(calibration.reader_share, 2),
            "log_odds_scale": round(calibration.log_odds_scale, 1),
            "confidence_weights": round_weights(calibration.confidence_weights),
            "confidence_bias": round(calibration.confidence_bias, 3),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
