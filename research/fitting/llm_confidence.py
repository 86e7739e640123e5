"""Fits how far a language model's own yes is believed, and writes `assistant.models.calibration.llm_confidence`.

    ASSISTANT_MODEL=local python -m research.fitting.llm_confidence DATA [--max N] [--own]

DATA is a folder as for `research.fitting.evidence`; of it only the documents that the reader was not trained on are
asked about. Of the answerable questions N are asked of everything and N of their own document; N unanswerable ones of
their own document. Those that the reader leaves in doubt are put to the model and written out, whatever it says of
them. The fit is logistic regression on the model's odds, those by the evidence and the reader, and what the check said.
The figures printed are of five folds by document.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering import generative as llm
from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.models.calibration import CALIBRATION_FOLDER, refusal_threshold
from assistant.models.llm_endpoint import open_language_model
from assistant.options import QueryOptions
from assistant.query_engine import QueryEngine
from assistant.rendering.terminal import progress_bar
from assistant.settings import load_settings
from research.fitting.calibration_files import rounded, write_calibration
from research.fitting.evidence import PENALTY, minimum
from research.fitting.reader_weight import HELD

Array = NDArray[np.float64]

_FOLDS = 5
_SEED = 0
_TARGET = CALIBRATION_FOLDER / "llm_confidence.json"
_NAMES = ("odds", "evidence", "support")


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was put to the model, and what came of it."""

    question: str
    source: str  # the document that it is about
    answerable: bool
    own: bool  # asked of that document alone
    odds: float
    evidence: float  # log odds
    support: float
    hits: tuple[bool, ...]  # of each citation, whether it is evidence
    text: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: asks, fits, prints the held-out figures, writes the module."""
    parser = argparse.ArgumentParser(description="Fit how far a model's own yes is believed.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--max", type=int, default=100, metavar="N", help="questions of each kind")
    parser.add_argument("--own", action="store_true", help="leave out the questions asked of everything")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write every trial to this file")
    parser.add_argument("--dry", action="store_true", help="print the figures and change nothing")
    options = parser.parse_args(arguments)
    trials = list(ask(load_dataset(options.data), options.max, own=options.own))
    if options.keep:
        options.keep.write_text(json.dumps([asdict(each) for each in trials], indent=1), encoding="utf-8")
    for line in report(trials):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        write(_TARGET, *fit(trials), f"{options.data.name}: {_described(trials)}")
    return 0


def ask(data: Dataset, most: int, *, own: bool = False, about: Collection[str] = HELD) -> Iterator[Trial]:
    """Puts a sample of the questions to the configured model, without any threshold.

    Args:
        data: documents and questions.
        most: questions of each kind.
        own: whether to leave out those asked of everything.
        about: titles of the documents that are asked about.
    """
    rng = random.Random(_SEED)  # noqa: S311 — a sample, no secret
    titles = {key: each.title.replace("_", " ") for key, each in data.documents.items()}
    held = [each for each in data.questions if titles.get(each.source_doc or "") in about]
    answerable = [each for each in held if each.answerable]
    others = [each for each in held if not each.answerable]
    rng.shuffle(answerable)
    rng.shuffle(others)
    wanted = [] if own else [(each, False) for each in answerable[:most]]
    wanted += [(each, True) for each in (*answerable[most : 2 * most], *others[:most])]
    settings = load_settings()
    with tempfile.TemporaryDirectory() as work, progress_bar() as shown:
        data.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            engine = QueryEngine(
                assistant.engine().retriever, open_language_model(settings), settings.sources, llm_refusal_threshold=0.0
            )
            known = {each.id: data.files[Path(each.source).name] for each in assistant.documents()}
            ids = {document.id: identity for identity, document in known.items()}
            for done, (question, alone) in enumerate(wanted, 1):
                documents = [ids[question.source_doc or ""]] if alone else None
                told = engine.explain(question.text, QueryOptions(documents=documents))
                shown(done, len(wanted), "asking")
                if told.model_log_odds is None:
                    continue  # the reader settled it
                answer = told.answer
                cited = answer.citations if answer.mode == "llm" else ()
                spans = [known[each.document_id].sentences_at(each.start, each.end) for each in cited]
                yield Trial(
                    question.text,
                    question.source_doc or "",
                    question.answerable,
                    alone,
                    told.model_log_odds,
                    llm.to_log_odds(told.quotes_confidence),
                    _support(told.answer.mode, [each.verdict for each in answer.statements]),
                    tuple(not span.isdisjoint(question.evidence) for span in spans),
                    answer.text,
                    answer.seconds["total"],
                )


def _support(mode: str, verdicts: Sequence[str]) -> float:
    if mode != "llm" or not verdicts:
        return 0.0
    return 1.0 if "supported" in verdicts else 0.5


def fit(trials: Sequence[Trial]) -> tuple[dict[str, float], float]:
    """Logistic regression; the answerable and the others weigh alike."""
    rows = np.array([[getattr(each, name) for name in _NAMES] for each in trials])
    answerable = np.array([each.answerable for each in trials])
    scale = rows.std(axis=0) + 1e-9
    inputs = np.hstack([rows / scale, np.ones((len(rows), 1))])
    share = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())

    def objective(weights: Array) -> tuple[float, Array, Array]:
        score = inputs @ weights
        chance = 1 / (1 + np.exp(-score))
        loss = float(share @ np.logaddexp(0, np.where(answerable, -score, score)))
        curvature = (inputs * (share * chance * (1 - chance))[:, None]).T @ inputs
        return loss, inputs.T @ (share * (chance - answerable)), curvature

    weights = minimum(objective, np.full(inputs.shape[1], PENALTY))
    return dict(zip(_NAMES, (weights[:-1] / scale).tolist(), strict=True)), float(weights[-1])


def report(trials: Sequence[Trial]) -> Iterator[str]:
    """The held-out figures of refusing, and what is cited by the questions asked of everything."""
    held_out = list(_held_out(trials))
    own = [(each, chance) for each, chance in held_out if each.own]
    chances = {kind: [chance for each, chance in own if each.answerable is kind] for kind in (True, False)}
    for threshold in np.arange(0.3, 0.75, 0.05):
        answered = np.mean([chance >= threshold for chance in chances[True]])
        refused = np.mean([chance < threshold for chance in chances[False]])
        balanced = (answered + refused) / 2
        yield f"threshold {threshold:.2f}: answered {answered:.3f}, refused {refused:.3f}, balanced {balanced:.3f}"
    yield f"AUROC {_auroc(chances[True], chances[False]):.3f} ({len(own)} questions of their own documents)"
    everywhere = [(each, chance) for each, chance in held_out if not each.own]
    for threshold in (0.0, 0.3, refusal_threshold("llm"), 0.5) if everywhere else ():
        kept = [each for each, chance in everywhere if each.support and chance >= threshold]
        spans = [hit for each in kept for hit in each.hits]
        precision, evidence = np.mean(spans), np.mean([any(each.hits) for each in kept])
        yield (
            f"everywhere, threshold {threshold:.1f}: answered {len(kept) / len(everywhere):.3f}, "
            f"precision {precision:.3f}, evidence {evidence:.3f}"
        )
    yield f"seconds: median {np.median([each.seconds for each in trials]):.1f}"


def _held_out(trials: Sequence[Trial]) -> Iterator[tuple[Trial, float]]:
    """Each trial with the chance that the other folds' fit gives it."""
    sources = sorted({each.source for each in trials})
    for fold in range(_FOLDS):
        held = {source for place, source in enumerate(sources) if place % _FOLDS == fold}
        weights, bias = fit([each for each in trials if each.source not in held])
        yield from ((each, _chance(each, weights, bias)) for each in trials if each.source in held)


def _chance(each: Trial, weights: dict[str, float], bias: float) -> float:
    return float(1 / (1 + np.exp(-bias - sum(weight * getattr(each, name) for name, weight in weights.items()))))


def _auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    pairs = np.array(yes)[:, None] - np.array(no)[None]
    return float((pairs > 0).mean() + (pairs == 0).mean() / 2)


def _described(trials: Sequence[Trial]) -> str:
    everywhere = sum(not each.own for each in trials)
    answerable = sum(each.own and each.answerable for each in trials)
    others = len(trials) - everywhere - answerable
    return (
        f"{everywhere} answerable questions asked of all documents, "
        f"{answerable} answerable and {others} unanswerable ones of their own"
    )


def write(path: Path, weights: dict[str, float], bias: float, data: str) -> None:
    """Writes ``llm_confidence.json`` of `assistant.models.calibration`."""
    write_calibration(
        path,
        "python -m research.fitting.llm_confidence DATA",
        data,
        {"confidence_weights": rounded(weights), "confidence_bias": round(bias, 3)},
    )


if __name__ == "__main__":
    sys.exit(main())
