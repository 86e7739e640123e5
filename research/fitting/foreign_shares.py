"""What the similarity alone predicts of the lexical features, for sentences whose words can't be compared.

    python -m research.fitting.foreign_shares DATA

DATA is the folder of the public training sets. Prints, for each lexical feature, the line through the candidates of
questions on English documents: `assistant.retrieval.features` takes its values for a sentence in another language than
the question. A question weighs the same however many candidates it has.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from research.fitting.questions import load_zipped_dataset
from research.fitting.retrieval import retrieve_all

_FEATURES = ("coverage", "context", "pairs", "missing")
_MAX_QUESTIONS = 400


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(description="Predict lexical features from the similarity alone.")
    parser.add_argument("data", type=Path, help="folder of the public training sets")
    for line in report(parser.parse_args(arguments).data):
        sys.stdout.write(f"{line}\n")
    return 0


def report(data: Path) -> Iterator[str]:
    """A line for each feature: its value at a cosine of 0, and what a cosine of 1 adds."""
    dataset = load_zipped_dataset(data / "squad2")
    step = max(1, len(dataset.questions) // _MAX_QUESTIONS)
    questions = tuple(question for question in dataset.questions[::step] if question.answerable)
    candidates = [
        (candidate.features, 1 / len(retrieved.candidates))
        for retrieved in retrieve_all(replace(dataset, questions=questions))
        for candidate in retrieved.candidates
    ]
    similarities = np.array([features["similarity"] for features, _ in candidates])
    roots = np.sqrt([weight for _, weight in candidates])
    for name in _FEATURES:
        values = np.array([features[name] for features, _ in candidates])
        slope, intercept = np.polyfit(similarities, values, 1, w=roots)
        residual = np.sqrt(np.average((values - intercept - slope * similarities) ** 2, weights=roots**2))
        yield f"{name}: {intercept:.3f} + {slope:.3f} × similarity, give or take {residual:.3f}"
    yield f"{len(questions)} questions, {len(candidates):,} candidates"


if __name__ == "__main__":
    sys.exit(main())
