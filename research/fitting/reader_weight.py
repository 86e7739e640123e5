"""Fits how much the reader's word weighs, in ranking and in refusing, and writes `calibration.reader_weight`.

    python -m research.fitting.reader_weight DATA

DATA is the folder that `research.fitting.evidence` takes. Only questions about documents that the reader was not
trained on are asked. Ranking: the weight and the scale that put most sentences that answer first and among the first
three. Refusing: logistic regression over the evidence of the best sentence and the reader's log-odds of it, on the same
kinds of questions and with the same shares as without the reader; few questions are left for it, so the weights that
`research.fitting.evidence` found hold unless much speaks against them. The figures printed for refusing are of folds
by article.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.selection import combined_features, is_quotable
from assistant.evaluation.datasets import load_dataset
from assistant.models.calibration import (
    CALIBRATION_FOLDER,
    ReaderCalibration,
    evidence_calibration,
    reader_calibration,
)
from assistant.retrieval.features import CONFIDENCE_FEATURES
from assistant.retrieval.retriever import Candidate, combined_score, feature_score
from research.fitting.calibration_files import rounded, write_calibration
from research.fitting.evidence import Array, AskedQuestion, gather, logistic

HELD = ("Huguenot", "Computational complexity theory", "European Union law")  # what the reader's training left out
READ = (*CONFIDENCE_FEATURES, "reading")  # what belief is made of once the reader has read
_PRIOR = (
    np.array([evidence_calibration().confidence_weights[name] for name in CONFIDENCE_FEATURES]),
    0.1,
)  # of .001 to 10, in the middle of what holds alike
_WEIGHTS = [n / 20 for n in range(20)]
_SCALES = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
_TARGET = CALIBRATION_FOLDER / "reader_weight.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: fits, prints the figures, writes the module."""
    parser = argparse.ArgumentParser(description="Fit how much the reader's word weighs.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    data = load_dataset(options.data)
    titles = {key: each.title.replace("_", " ") for key, each in data.documents.items()}
    held = [each for each in data.questions if titles.get(each.source_doc or "") in HELD]
    asked = list(gather(replace(data, questions=tuple(held)), reader="on"))
    articles = [titles[each.given.source_doc or ""] for each in asked]
    weight, scale = _best(asked)
    for line in (*_ranking(asked, weight, scale), *_refusing(asked, articles, weight, scale)):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        described = (
            f"{options.data.name}: {len(held):,} questions about the articles that the span reader was not trained on"
        )
        weights, bias = _belief(asked, weight, scale)
        confidence = dict(zip(READ, weights.tolist(), strict=True))
        write(_TARGET, ReaderCalibration(weight, scale, confidence, bias), described)
    return 0


def _weighed(found: Sequence[Candidate], weight: float, scale: float) -> list[Candidate]:
    """The sentences in the order that these weights give."""
    calibration = replace(reader_calibration(), reader_share=weight, log_odds_scale=scale)
    made = (
        replace(each, score=combined_score(feature_score(each.features), each.reader_log_odds, calibration))
        for each in found
    )
    return sorted(made, key=lambda each: -each.score)


def _firsts(asked: Sequence[AskedQuestion], weight: float, scale: float) -> tuple[float, float]:
    """The shares of answerable questions whose evidence is first, and among the first three."""
    answerable = [each for each in asked if each.given.answerable]
    hits = [_hits(each, weight, scale) for each in answerable]
    return float(np.mean([found[:1] == [True] for found in hits])), float(np.mean([any(found) for found in hits]))


def _hits(each: AskedQuestion, weight: float, scale: float) -> list[bool]:
    """Of the first three sentences, which are known to answer."""
    right = [each.everywhere[place].sentence for place in each.correct]
    return [hit.sentence in right for hit in _weighed(each.everywhere, weight, scale)[:3]]


def _best(asked: Sequence[AskedQuestion]) -> tuple[float, float]:
    return max(product(_WEIGHTS, _SCALES), key=lambda tried: sum(_firsts(asked, *tried)))


def _ranking(asked: Sequence[AskedQuestion], weight: float, scale: float) -> Iterator[str]:
    for tried in sorted({0.0, 0.25, 0.5, 0.75, 0.95, weight}):
        first, three = _firsts(asked, tried, scale)
        yield f"weight {tried:.2f}, scale {scale:.0f}: evidence first {first:.3f}, in the first three {three:.3f}"


def _rows(
    asked: Sequence[AskedQuestion], weight: float, scale: float
) -> tuple[Array, NDArray[np.bool_], list[str], list[int]]:
    """Of each way to ask: evidence and reading, whether it can be answered, its kind, its question."""
    rows, answerable, kinds, places = [], [], [], []
    for place, each in enumerate(asked):
        own = {hit.document.id for hit in each.own}
        absent = [hit for hit in each.everywhere if hit.document.id not in own]
        kind = "answerable" if each.given.answerable else "unanswerable"
        for name, found in ((kind, each.everywhere), (f"{kind}, own", each.own), ("absent", absent)):
            usable = [hit for hit in _weighed(found, weight, scale) if is_quotable(each.question, hit)]
            evidence = combined_features(each.question, usable[:1], usable, each.rarity) if usable else {}
            if "reading" in evidence:
                rows.append([evidence[name] for name in READ])
                answerable.append(each.given.answerable and name != "absent")
                kinds.append(name)
                places.append(place)
    return np.array(rows), np.array(answerable), kinds, places


def _belief(asked: Sequence[AskedQuestion], weight: float, scale: float) -> tuple[Array, float]:
    rows, answerable, kinds, _ = _rows(asked, weight, scale)
    return logistic(rows, answerable, kinds, *_PRIOR)


def _refusing(asked: Sequence[AskedQuestion], articles: Sequence[str], weight: float, scale: float) -> Iterator[str]:
    rows, answerable, kinds, places = _rows(asked, weight, scale)
    of, names = np.array([articles[place] for place in places]), np.array(kinds)
    chances = np.zeros(len(rows))
    for article in dict.fromkeys(articles):
        held = of == article
        weights, bias = logistic(rows[~held], answerable[~held], [*names[~held]], *_PRIOR)
        chances[held] = 1 / (1 + np.exp(-rows[held] @ weights - bias))
    for name, scores in (("reader", rows[:, -1]), ("evidence and reader", chances)):
        own = [scores[(names == f"{kind}, own")] for kind in ("answerable", "unanswerable")]
        yield f"{name}, own paragraph: AUROC {np.mean(own[0][:, None] > own[1][None, :]):.3f}"
    for least in np.arange(0.4, 0.7, 0.05):
        told = ", ".join(f"{kind} {np.mean(chances[names == kind] >= least):.3f}" for kind in dict.fromkeys(kinds))
        yield f"threshold {least:.2f} would answer: {told}"
    for low in np.arange(0, 1, 0.1):
        good = answerable[(low <= chances) & (chances < low + 0.1)]
        if len(good):
            yield f"chance {low:.1f} to {low + 0.1:.1f}: {np.mean(good):.3f} answerable ({len(good)})"


def write(path: Path, calibration: ReaderCalibration, data: str) -> None:
    """Writes ``reader_weight.json`` of `assistant.models.calibration`."""
    write_calibration(
        path,
        "python -m research.fitting.reader_weight DATA",
        data,
        {
            "reader_share": round(calibration.reader_share, 2),
            "log_odds_scale": round(calibration.log_odds_scale, 1),
            "confidence_weights": rounded(calibration.confidence_weights),
            "confidence_bias": round(calibration.confidence_bias, 3),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
