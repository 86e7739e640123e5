"""Fits the weights of ranking and of belief, and writes `assistant.models.calibration.evidence`.

    python -m research.fitting.evidence DATA

DATA is a folder with ``corpus.jsonl`` and ``questions.jsonl`` that has unanswerable questions, each put to its
own document (SQuAD 2.0's form). The real pipeline finds the candidates; only the weights are new. Ranking is
ListNet's top-one likelihood (Cao et al. 2007) of the sentences known to answer. Belief is logistic regression
over the evidence of the best sentence, on three kinds of questions: answerable, unanswerable by the document
they are about, and absent, with that document left out; answerable and not weigh alike. The figures printed
are of five folds by document, so of questions about documents that the weights have not seen.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.answering.selection import combined_features, is_quotable
from assistant.client import Assistant
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.datasets import DatasetQuestion as SetQuestion
from assistant.models.calibration import CALIBRATION_FOLDER, refusal_threshold
from assistant.options import DocumentFilter
from assistant.query.question import Question, parse_question
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Candidate
from research.fitting.calibration_files import rounded, write_calibration

Array = NDArray[np.float64]

_FOLDS = 5
PENALTY = 1e-3  # L2, on features brought to unit variance
_TARGET = CALIBRATION_FOLDER / "evidence.json"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with what retrieval found for it, over everything and in its own document alone."""

    given: SetQuestion
    question: Question
    rarity: dict[str, float]
    everywhere: tuple[Candidate, ...]
    own: tuple[Candidate, ...]
    correct: frozenset[int]  # places in ``everywhere`` of the sentences known to answer


class Weights(NamedTuple):
    """What is fitted."""

    ranking: dict[str, float]
    belief: dict[str, float]
    bias: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: fits, prints the held-out figures, writes the module."""
    parser = argparse.ArgumentParser(description="Fit the weights of ranking and belief.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    data = load_dataset(options.data)
    asked = list(gather(data))
    for line in report(asked):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        described = f"{options.data.name}: {len(data.documents):,} documents, {len(data.questions):,} questions"
        write(_TARGET, fit(asked), described)
    return 0


def gather(data: Dataset, reader: Literal["on", "off"] = "off") -> Iterator[AskedQuestion]:
    """Indexes the set and asks each of its questions, with the pipeline's own retrieval."""
    with tempfile.TemporaryDirectory() as work:
        data.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), reader=reader) as assistant:
            assistant.index([Path(work, "documents")])
            ids = {Path(each.source).name: each.id for each in assistant.documents()}
            by_set = {document.id: ids[name] for name, document in data.files.items() if name in ids}
            by_id = {identity: data.documents[each] for each, identity in by_set.items()}
            retriever = assistant.engine().retriever
            for given in data.questions:
                question = parse_question(given.text)
                everywhere = retriever.retrieve(question)
                source = by_set.get(given.source_doc or "")
                own = retriever.retrieve(question, DocumentFilter(frozenset({source}))).candidates if source else ()
                correct = frozenset(
                    place
                    for place, each in enumerate(everywhere.candidates)
                    if by_id[each.document.id].sentences_at(each.sentence.start, each.sentence.end) & given.evidence
                )
                yield AskedQuestion(given, question, dict(everywhere.idf), everywhere.candidates, own, correct)


def fit(asked: Sequence[AskedQuestion]) -> Weights:
    """Fits ranking, and then belief in what that ranking puts first."""
    ranking = _fit_ranking(asked)
    belief, bias = _fit_belief(*_belief_rows(asked, ranking))
    return Weights(ranking, belief, bias)


def _fit_ranking(asked: Sequence[AskedQuestion], names: Sequence[str] = RANKING_FEATURES) -> dict[str, float]:
    usable = [each for each in asked if each.correct]
    groups = [np.array([[hit.features[name] for name in names] for hit in each.everywhere]) for each in usable]
    scale = np.concatenate(groups).std(axis=0) + 1e-9
    groups = [group / scale for group in groups]
    rights = [sorted(each.correct) for each in usable]

    def objective(weights: Array) -> tuple[float, Array, Array]:
        loss, gradient, curvature = 0.0, np.zeros_like(weights), np.zeros((len(weights), len(weights)))
        for group, right in zip(groups, rights, strict=True):
            chance, among = _softmax(group @ weights), _softmax(group[right] @ weights)
            mean = chance @ group
            loss -= float(np.log(chance[right].sum()))
            gradient += mean - among @ group[right]
            curvature += (group * chance[:, None]).T @ group - np.outer(mean, mean)
        return loss / len(groups), gradient / len(groups), curvature / len(groups)

    return dict(zip(names, (minimum(objective, np.full(len(names), PENALTY)) / scale).tolist(), strict=True))


def _belief_rows(
    asked: Sequence[AskedQuestion], ranking: dict[str, float]
) -> tuple[Array, NDArray[np.bool_], list[str]]:
    """Evidence of the best sentence, whether it is asked in vain, and the kind of question, a row each."""
    rows, answerable, kinds = [], [], []
    for place, each in enumerate(asked):
        absent = tuple(hit for hit in each.everywhere if hit.document.id not in {own.document.id for own in each.own})
        kind = "answerable" if each.given.answerable else "unanswerable"
        cases = [(kind, each.everywhere), (f"{kind}, own", each.own)]
        cases += [("absent", absent)] if place % 2 == 0 else []
        for name, found in cases:
            evidence = _evidence(each, found, ranking)
            if evidence is not None:
                rows.append([evidence[feature] for feature in CONFIDENCE_FEATURES])
                answerable.append(each.given.answerable and name != "absent")
                kinds.append(name)
    return np.array(rows), np.array(answerable), kinds


def _evidence(each: AskedQuestion, found: Sequence[Candidate], ranking: dict[str, float]) -> dict[str, float] | None:
    best = sum(weight for weight in ranking.values() if weight > 0)
    ranked = sorted(
        (replace(hit, score=sum(w * hit.features[name] for name, w in ranking.items()) / best) for hit in found),
        key=lambda hit: -hit.score,
    )
    usable = [hit for hit in ranked if is_quotable(each.question, hit)]
    return combined_features(each.question, usable[:1], usable, each.rarity) if usable else None


def _fit_belief(rows: Array, answerable: NDArray[np.bool_], kinds: Sequence[str]) -> tuple[dict[str, float], float]:
    weights, bias = logistic(rows, answerable, kinds)
    return dict(zip(CONFIDENCE_FEATURES, weights.tolist(), strict=True)), bias


def logistic(
    rows: Array, answerable: NDArray[np.bool_], kinds: Sequence[str], prior: Array | None = None, penalty: float = 0.0
) -> tuple[Array, float]:
    """Logistic regression; answerable or not weighs a half, of which the absent ones are a half again.

    Args:
        rows: of what a chance is made, (n, figures).
        answerable: of each row.
        kinds: of each row; "absent" is one.
        prior: weights of the first figures that were found before, on other questions; none without them.
        penalty: for going away from these, per figure of unit variance; the figures after them are free.

    Returns:
        The weights of the figures, and the bias.
    """
    scale = rows.std(axis=0) + 1e-9
    inputs = np.hstack([rows / scale, np.ones((len(rows), 1))])
    known = np.zeros(0) if prior is None else prior
    told = rows[:, : len(known)] @ known
    ridge = np.full(inputs.shape[1], PENALTY)
    ridge[: len(known)] += penalty
    absent = np.array([kind == "absent" for kind in kinds])
    share = np.select(
        [answerable, absent],
        [0.5 / answerable.sum(), 0.25 / absent.sum()],
        0.25 / (~answerable & ~absent).sum(),
    )

    def objective(weights: Array) -> tuple[float, Array, Array]:
        score = told + inputs @ weights
        chance = 1 / (1 + np.exp(-score))
        loss = float(share @ np.logaddexp(0, np.where(answerable, -score, score)))
        curvature = (inputs * (share * chance * (1 - chance))[:, None]).T @ inputs
        return loss, inputs.T @ (share * (chance - answerable)), curvature

    weights = minimum(objective, ridge)
    moved = weights[:-1] / scale
    moved[: len(known)] += known
    return moved, float(weights[-1])


def minimum(objective: Callable[[Array], tuple[float, Array, Array]], ridge: Array) -> Array:
    """Newton's method with backtracking, on a loss with its gradient and (an upper bound of) its curvature.

    Args:
        objective: of the weights.
        ridge: half of it times each weight's square is added to the loss.
    """
    weights = np.zeros(len(ridge))
    loss, gradient, curvature = objective(weights)
    for _ in range(200):
        step = np.linalg.solve(curvature + np.diag(ridge), gradient + ridge * weights)
        length = 1.0
        while True:
            tried = weights - length * step
            new = objective(tried)
            if new[0] + ridge @ tried**2 / 2 <= loss + ridge @ weights**2 / 2 or length < 1e-6:
                break
            length /= 2
        moved = np.abs(tried - weights).max()
        weights, (loss, gradient, curvature) = tried, new
        if moved < 1e-6:
            break
    return weights


def _softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    chance: Array = powers / powers.sum()
    return chance


def report(asked: Sequence[AskedQuestion]) -> Iterator[str]:
    """The held-out figures: ranks, what is believed of each kind of question, and how well chances hold."""
    fold = {
        source: place % _FOLDS for place, source in enumerate(sorted({each.given.source_doc or "" for each in asked}))
    }
    ranks: list[int] = []
    chances: list[tuple[str, bool, float]] = []
    for number in range(_FOLDS):
        seen = [each for each in asked if fold[each.given.source_doc or ""] != number]
        held = [each for each in asked if fold[each.given.source_doc or ""] == number]
        weights = fit(seen)
        ranks += [_rank(each, weights.ranking) for each in held if each.given.answerable]
        rows, answerable, kinds = _belief_rows(held, weights.ranking)
        scores = rows @ np.array(list(weights.belief.values())) + weights.bias
        chances += zip(kinds, answerable.tolist(), (1 / (1 + np.exp(-scores))).tolist(), strict=True)
    firsts = ", ".join(f"in the first {k} {np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 3, 5))
    yield f"evidence {firsts} ({len(ranks)} questions)"
    yield from _alternatives(asked)
    for kind in dict.fromkeys(kind for kind, _, _ in chances):
        believed = [chance >= refusal_threshold("quotes") for each, _, chance in chances if each == kind]
        yield f"{kind}: {np.mean(believed):.3f} would be answered ({len(believed)})"
    for low in np.arange(0, 1, 0.1):
        inside = [good for _, good, chance in chances if low <= chance < low + 0.1]
        if inside:
            yield f"chance {low:.1f} to {low + 0.1:.1f}: {np.mean(inside):.3f} answerable ({len(inside)})"


def _alternatives(asked: Sequence[AskedQuestion]) -> Iterator[str]:
    """What other rankings of the same candidates give, fitted on all of the questions: the losing rows."""
    answerable = [each for each in asked if each.given.answerable]
    single = {f"by {name} alone": {name: 1.0} for name in ("similarity", "coverage", "context")}
    less = {
        f"without {name}": _fit_ranking(asked, [each for each in RANKING_FEATURES if each != name])
        for name in RANKING_FEATURES
    }
    for label, ranking in (single | less | {"with everything": _fit_ranking(asked)}).items():
        ranks = [_rank(each, ranking) for each in answerable]
        shares = " ".join(f"{np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 3, 5))
        yield f"{label}: {shares}"


def _rank(each: AskedQuestion, ranking: dict[str, float]) -> int:
    scores = [sum(weight * hit.features[name] for name, weight in ranking.items()) for hit in each.everywhere]
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return next((rank for rank, place in enumerate(order) if place in each.correct), len(scores))


def write(path: Path, weights: Weights, data: str) -> None:
    """Writes ``evidence.json`` of `assistant.models.calibration`."""
    write_calibration(
        path,
        "python -m research.fitting.evidence DATA",
        data,
        {
            "ranking_weights": rounded(weights.ranking),
            "confidence_weights": rounded(weights.belief),
            "confidence_bias": round(weights.bias, 3),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
