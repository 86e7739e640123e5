"""Fits what a language model's own yes weighs in confidence, and writes ``calibration/llm.json``.

    ASSISTANT_MODEL=local python -m research.fitting.llm DATA [--max N] [--own]

DATA is a folder as for `research.fitting.features`; only the documents in it that the span reader was not trained on
are asked about. Of the answerable questions N are asked of all documents and N of their own document; N unanswerable
ones of their own document. Those that the span reader leaves in doubt are put to the language model, which answers
whatever its own odds are. The fit is logistic regression on the log odds of the model, those of the features and the
span reader, and what the grounding check said. The figures printed are of five folds by document.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from assistant.answering.generative import to_log_odds
from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.guarantee.refusal import default_refusal
from assistant.models.calibration import CALIBRATION_FOLDER, refusal_threshold
from assistant.models.llm_endpoint import open_language_model
from assistant.options import QueryOptions
from assistant.query_engine import Explanation, QueryEngine
from assistant.rendering.terminal import progress_bar
from assistant.settings import load_settings
from research.fitting.calibration_files import round_weights, write_calibration
from research.fitting.questions import HOLD_OUT_ARTICLES
from research.fitting.regression import fit_logistic

_FOLDS = 5
_SEED = 0
_TARGET = CALIBRATION_FOLDER / "llm.json"
_FEATURES = ("odds", "evidence", "support")  # fields of a trial


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was put to the language model, and the outcome."""

    question: str
    source: str  # the id of the document that it is about
    answerable: bool
    own: bool  # whether it was asked of that document alone
    odds: float  # log odds, by the language model, that the sentences answer
    evidence: float  # the same by features and span reader
    support: float  # by the grounding check: 1 where a statement is supported, 0.5 where only in part, 0 without one
    hits: tuple[bool, ...]  # of each citation, whether it is evidence
    text: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: asks, fits, prints the figures of the hold-out, writes the file."""
    parser = argparse.ArgumentParser(description="Fit what a language model's own yes weighs.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--max", type=int, default=100, metavar="N", help="questions of each kind")
    parser.add_argument("--own", action="store_true", help="leave out the questions asked of everything")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write every trial to this file")
    parser.add_argument("--dry", action="store_true", help="print the figures and change nothing")
    options = parser.parse_args(arguments)
    trials = list(run_trials(load_dataset(options.data), options.max, own_only=options.own))
    if options.keep:
        options.keep.write_text(json.dumps([asdict(trial) for trial in trials], indent=1), encoding="utf-8")
    for line in report(trials):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        write(_TARGET, *fit(trials), f"{options.data.name}: {_describe(trials)}")
    return 0


def run_trials(
    dataset: Dataset, count: int, *, own_only: bool = False, titles: Collection[str] = HOLD_OUT_ARTICLES
) -> Iterator[Trial]:
    """Puts a sample of the questions to the configured language model, without any refusal threshold.

    Args:
        dataset: documents and questions.
        count: questions of each kind.
        own_only: whether to leave out those asked of all documents.
        titles: of the documents that are asked about.
    """
    sample = _sample(dataset, count, titles, own_only=own_only)
    settings = load_settings()
    with tempfile.TemporaryDirectory() as work, progress_bar() as progress:
        dataset.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            engine = QueryEngine(
                assistant.engine().retriever,
                open_language_model(settings),
                settings.sources,
                replace(default_refusal(), llm_threshold=0.0),
            )
            by_index_id = {document.id: dataset.files[Path(document.source).name] for document in assistant.documents()}
            index_ids = {document.id: index_id for index_id, document in by_index_id.items()}
            for number, (case, own) in enumerate(sample, 1):
                documents = [index_ids[case.source_doc or ""]] if own else None
                explanation = engine.explain(case.text, QueryOptions(documents=documents))
                progress(number, len(sample), "asking")
                if explanation.model_log_odds is None:
                    continue  # the span reader settled it
                cited = explanation.answer.citations if explanation.answer.mode == "llm" else ()
                hits = tuple(
                    not by_index_id[citation.document_id]
                    .sentences_at(citation.start, citation.end)
                    .isdisjoint(case.evidence)
                    for citation in cited
                )
                yield _trial(case, explanation, explanation.model_log_odds, hits, own=own)


def _sample(
    dataset: Dataset, count: int, titles: Collection[str], *, own_only: bool
) -> list[tuple[DatasetQuestion, bool]]:
    """The questions to ask, and whether each is asked of its own document alone."""
    rng = random.Random(_SEED)  # noqa: S311 — a sample, no secret
    by_id = {key: document.title.replace("_", " ") for key, document in dataset.documents.items()}
    cases = [case for case in dataset.questions if by_id.get(case.source_doc or "") in titles]
    answerable = [case for case in cases if case.answerable]
    unanswerable = [case for case in cases if not case.answerable]
    rng.shuffle(answerable)
    rng.shuffle(unanswerable)
    of_all_documents = [] if own_only else [(case, False) for case in answerable[:count]]
    return of_all_documents + [(case, True) for case in (*answerable[count : 2 * count], *unanswerable[:count])]


def _trial(
    case: DatasetQuestion, explanation: Explanation, model_log_odds: float, hits: tuple[bool, ...], *, own: bool
) -> Trial:
    answer = explanation.answer
    return Trial(
        case.text,
        case.source_doc or "",
        case.answerable,
        own,
        model_log_odds,
        to_log_odds(explanation.quotes_confidence),
        _support(answer.mode, [statement.verdict for statement in answer.statements]),
        hits,
        answer.text,
        answer.seconds["total"],
    )


def _support(mode: str, verdicts: Sequence[str]) -> float:
    if mode != "llm" or not verdicts:
        return 0.0
    return 1.0 if "supported" in verdicts else 0.5


def fit(trials: Sequence[Trial]) -> tuple[dict[str, float], float]:
    """Logistic regression: the weights and the bias. The answerable questions weigh as much as the others."""
    rows = np.array([[getattr(trial, name) for name in _FEATURES] for trial in trials])
    answerable = np.array([trial.answerable for trial in trials])
    shares = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
    weights, bias = fit_logistic(rows, answerable, shares)
    return dict(zip(_FEATURES, weights.tolist(), strict=True)), bias


def report(trials: Sequence[Trial]) -> Iterator[str]:
    """The figures of the hold-out for refusing, and what the questions asked of all documents cite."""
    hold_out = list(_hold_out_chances(trials))
    own = [(trial, chance) for trial, chance in hold_out if trial.own]
    answerable, unanswerable = (
        [chance for trial, chance in own if trial.answerable is expected] for expected in (True, False)
    )
    for threshold in np.arange(0.3, 0.75, 0.05):
        answered = np.mean([chance >= threshold for chance in answerable])
        refused = np.mean([chance < threshold for chance in unanswerable])
        balanced = (answered + refused) / 2
        yield f"threshold {threshold:.2f}: answered {answered:.3f}, refused {refused:.3f}, balanced {balanced:.3f}"
    yield f"AUROC {_auroc(answerable, unanswerable):.3f} ({len(own)} questions of their own documents)"
    everywhere = [(trial, chance) for trial, chance in hold_out if not trial.own]
    for threshold in (0.0, 0.3, refusal_threshold("llm"), 0.5) if everywhere else ():
        answered_trials = [trial for trial, chance in everywhere if trial.support and chance >= threshold]
        precision = np.mean([hit for trial in answered_trials for hit in trial.hits])
        evidence = np.mean([any(trial.hits) for trial in answered_trials])
        yield (
            f"everywhere, threshold {threshold:.1f}: answered {len(answered_trials) / len(everywhere):.3f}, "
            f"precision {precision:.3f}, evidence {evidence:.3f}"
        )
    yield f"seconds: median {np.median([trial.seconds for trial in trials]):.1f}"


def _hold_out_chances(trials: Sequence[Trial]) -> Iterator[tuple[Trial, float]]:
    """Each trial with the chance that the fit of the other folds gives it; folds are by document."""
    sources = sorted({trial.source for trial in trials})
    for fold in range(_FOLDS):
        in_fold = {source for place, source in enumerate(sources) if place % _FOLDS == fold}
        weights, bias = fit([trial for trial in trials if trial.source not in in_fold])
        yield from ((trial, _chance(trial, weights, bias)) for trial in trials if trial.source in in_fold)


def _chance(trial: Trial, weights: Mapping[str, float], bias: float) -> float:
    log_odds = bias + sum(weight * getattr(trial, name) for name, weight in weights.items())
    return float(1 / (1 + np.exp(-log_odds)))


def _auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive one scores higher than a negative one; ties count half."""
    differences = np.array(positive)[:, None] - np.array(negative)[None]
    return float((differences > 0).mean() + (differences == 0).mean() / 2)


def _describe(trials: Sequence[Trial]) -> str:
    everywhere = sum(not trial.own for trial in trials)
    answerable = sum(trial.own and trial.answerable for trial in trials)
    unanswerable = len(trials) - everywhere - answerable
    return (
        f"{everywhere} answerable questions asked of all documents, "
        f"{answerable} answerable and {unanswerable} unanswerable ones of their own"
    )


def write(path: Path, weights: Mapping[str, float], bias: float, data: str) -> None:
    """Writes ``llm.json`` of `assistant.models.calibration`; ``data`` says what was fitted on."""
    write_calibration(
        path,
        "python -m research.fitting.llm DATA",
        data,
        {"confidence_weights": round_weights(weights), "confidence_bias": round(bias, 3)},
    )


if __name__ == "__main__":
    sys.exit(main())
