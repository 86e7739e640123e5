"""Fits what the span reader weighs in ranking and in refusing, and writes ``calibration/span_reader.json``.

    python -m research.fitting.span_reader DATA

DATA is the folder that `research.fitting.features` takes. Only questions about documents that the span reader was not
trained on are asked. Ranking: the share and the scale that put most sentences that answer first and among the first
three. Refusing: logistic regression over the features of the best sentence and the span reader's log-odds of it, on the
same kinds of questions and with the same shares as without the span reader. Few questions are left for it, so the
weights that `research.fitting.features` found hold unless much speaks against them. The figures printed for refusing
are of folds by article.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.selection import combined_features, is_quotable
from assistant.evaluation.datasets import load_dataset
from assistant.models.calibration import (
    CALIBRATION_FOLDER,
    SpanReaderCalibration,
    feature_calibration,
    span_reader_calibration,
)
from assistant.retrieval.features import CONFIDENCE_FEATURES
from assistant.retrieval.retriever import Candidate, combined_score, feature_score
from research.fitting.calibration_files import round_weights, write_calibration
from research.fitting.features import RetrievedQuestion, kind_shares, retrieve_all
from research.fitting.regression import Array, fit_logistic, sigmoid

# Articles of SQuAD 2.0 that the span reader's training left out.
HOLD_OUT_ARTICLES = ("Huguenot", "Computational complexity theory", "European Union law")
FEATURES_WITH_READING = (*CONFIDENCE_FEATURES, "reading")  # "reading": the span reader's log-odds

_PRIOR_PENALTY = 0.1  # from .001 to 10 it makes little difference; this is in the middle
_READER_SHARES = [n / 20 for n in range(20)]
_SCALES = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_TARGET = CALIBRATION_FOLDER / "span_reader.json"


@dataclass(frozen=True)
class _Rows:
    """A row for each way to ask a question."""

    features: Array  # (rows, features with reading)
    answerable: NDArray[np.bool_]
    kinds: list[str]
    places: list[int]  # of its question

    def fit(self, where: NDArray[np.bool_] | slice = slice(None)) -> tuple[Array, float]:
        """The weights and the bias of confidence, fitted on some of the rows."""
        weights = feature_calibration().confidence_weights
        answerable, kinds = self.answerable[where], [*np.array(self.kinds)[where]]
        return fit_logistic(
            self.features[where],
            answerable,
            kind_shares(answerable, kinds),
            prior=np.array([weights[name] for name in CONFIDENCE_FEATURES]),
            prior_penalty=_PRIOR_PENALTY,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: fits, prints the figures, writes the file."""
    parser = argparse.ArgumentParser(description="Fit what the span reader weighs.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    dataset = load_dataset(options.data)
    titles = {key: document.title.replace("_", " ") for key, document in dataset.documents.items()}
    cases = tuple(case for case in dataset.questions if titles.get(case.source_doc or "") in HOLD_OUT_ARTICLES)
    questions = list(retrieve_all(replace(dataset, questions=cases), reader="on"))
    articles = [titles[question.case.source_doc or ""] for question in questions]
    share, scale = _fit_ranking(questions)
    for line in (*_report_ranking(questions, share, scale), *_report_refusing(questions, articles, share, scale)):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        weights, bias = _confidence_rows(questions, share, scale).fit()
        confidence = dict(zip(FEATURES_WITH_READING, weights.tolist(), strict=True))
        data = (
            f"{options.data.name}: {len(cases):,} questions about the articles that the span reader was not trained on"
        )
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
    top_three = [_top_three(question, share, scale) for question in questions if question.case.answerable]
    first = np.mean([answers[:1] == [True] for answers in top_three])
    return float(first), float(np.mean([any(answers) for answers in top_three]))


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


def _confidence_rows(questions: Sequence[RetrievedQuestion], share: float, scale: float) -> _Rows:
    """A row for each way to ask: of all documents, of its own one, and of all but its own."""
    features, answerable, kinds, places = [], [], [], []
    for place, question in enumerate(questions):
        own_ids = {candidate.document.id for candidate in question.own_candidates}
        others = [candidate for candidate in question.candidates if candidate.document.id not in own_ids]
        kind = "answerable" if question.case.answerable else "unanswerable"
        ways = ((kind, question.candidates), (f"{kind}, own", question.own_candidates), ("absent", others))
        for way, candidates in ways:
            ranked = _ranked(candidates, share, scale)
            quotable = [candidate for candidate in ranked if is_quotable(question.question, candidate)]
            best = combined_features(question.question, quotable[:1], quotable, question.idf) if quotable else {}
            if "reading" in best:
                features.append([best[name] for name in FEATURES_WITH_READING])
                answerable.append(question.case.answerable and way != "absent")
                kinds.append(way)
                places.append(place)
    return _Rows(np.array(features), np.array(answerable), kinds, places)


def _report_refusing(
    questions: Sequence[RetrievedQuestion], articles: Sequence[str], share: float, scale: float
) -> Iterator[str]:
    rows = _confidence_rows(questions, share, scale)
    row_articles, kinds = np.array([articles[place] for place in rows.places]), np.array(rows.kinds)
    chances = np.zeros(len(kinds))
    for article in dict.fromkeys(articles):
        is_hold_out = row_articles == article
        weights, bias = rows.fit(~is_hold_out)
        chances[is_hold_out] = sigmoid(rows.features[is_hold_out] @ weights + bias)
    for name, scores in (("reader", rows.features[:, -1]), ("evidence and reader", chances)):
        own = [scores[(kinds == f"{kind}, own")] for kind in ("answerable", "unanswerable")]
        yield f"{name}, own paragraph: AUROC {np.mean(own[0][:, None] > own[1][None, :]):.3f}"
    for threshold in np.arange(0.4, 0.7, 0.05):
        answered = ", ".join(
            f"{kind} {np.mean(chances[kinds == kind] >= threshold):.3f}" for kind in dict.fromkeys(rows.kinds)
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
