import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.evaluation.datasets import DatasetQuestion as SetQuestion
from assistant.index.rows import DocumentEntry
from assistant.models.calibration import CALIBRATION_FOLDER, evidence_calibration
from assistant.query.question import parse_question
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Candidate
from assistant.types import Sentence
from research.fitting import evidence as fitting
from research.fitting.evidence import AskedQuestion, Weights, fit, report, write

Array = NDArray[np.float64]

TEXT = "The lighthouse of Port Arlen was built by masons."
ASKED = "What was built by masons?"
# Questions whose names and figures stand in that sentence or don't: belief's own evidence differs among them.
OTHERS = (
    ASKED,
    "What was built in 1871?",
    "What was built in Port Arlen?",
    "What did Port Brock build?",
    "Who built it?",
)
NOTHING = dict.fromkeys((*RANKING_FEATURES, *CONFIDENCE_FEATURES, "fits"), 0.0) | {"fits": 1.0}


def hit(document: str, number: int, text: str = TEXT, **evidence: float) -> Candidate:
    """A sentence that was found, with this evidence and nothing else to say for it."""
    stored = DocumentEntry(
        id=document, title=document, source=document, kind="md", date=None, url=None, notes=(), sha256="",
        file_hash="", version=document, characters=0, sentences=0, chunks=0, texts=0,
    )  # fmt: skip
    return Candidate(Sentence(document, number, 0, len(text), text), stored, "", "", NOTHING | evidence, 0.0)


def asked(
    place: int, everywhere: Sequence[Candidate], *, correct: Iterable[int] = (), own: str = "a", text: str = ASKED
) -> AskedQuestion:
    """A question that is answerable where a sentence is known to answer it."""
    right = frozenset(correct)
    return AskedQuestion(
        SetQuestion(str(place), text, bool(right), source_doc=own),
        parse_question(text),
        {},
        tuple(everywhere),
        tuple(each for each in everywhere if each.document.id == own),
        right,
    )


def ranking_questions(number: int = 60) -> list[AskedQuestion]:
    """Questions of which coverage always tells the answer, context often, and similarity never."""
    dice = np.random.default_rng(7)
    made = []
    for place in range(number):
        right = int(dice.integers(6))
        found = [
            hit(
                "a",
                each,
                coverage=float(each == right),
                context=float(dice.random() < (0.7 if each == right else 0.3)),
                similarity=float(dice.random()),
            )
            for each in range(6)
        ]
        made.append(asked(place, found, correct=[right]))
    return made


def spread(questions: Sequence[AskedQuestion], name: str) -> float:
    """By how much a feature differs among all the sentences found."""
    return float(np.std([found.features[name] for each in questions for found in each.everywhere]))


# Ranking


def test_the_feature_that_tells_everything_weighs_most() -> None:
    """What always tells the answer weighs most, what often does less, what never does or never differs nothing."""
    questions = ranking_questions()
    weights = fitting._fit_ranking(questions)
    told = {name: weight * spread(questions, name) for name, weight in weights.items()}

    assert ["coverage", "context"] == sorted(told, key=lambda name: -told[name])[:2]
    assert told["coverage"] > 2 * told["context"] > 4 * abs(told["similarity"])
    assert all(abs(told[name]) < 1e-6 for name in set(RANKING_FEATURES) - {"coverage", "context", "similarity"})
    assert {0} == {fitting._rank(each, weights) for each in questions}


def test_a_feature_that_speaks_against_weighs_below_0() -> None:
    """A sentence that asks is never the one that answers: its feature counts against it."""
    questions = [
        asked(place, [hit("a", 0, coverage=0.5), hit("a", 1, coverage=0.5, question=1.0)], correct=[0])
        for place in range(10)
    ]
    assert fitting._fit_ranking(questions)["question"] < 0


def test_no_other_weights_make_the_answers_likelier() -> None:
    """Nudging any fitted weight makes the known sentences less likely (ListNet's loss, with its small penalty)."""
    questions = ranking_questions()
    best = fitting._fit_ranking(questions, ["coverage", "context", "similarity"])
    scale = {name: spread(questions, name) for name in best}

    def loss(weights: dict[str, float]) -> float:
        total = 0.0
        for each in questions:
            powers = [np.exp(sum(w * found.features[name] for name, w in weights.items())) for found in each.everywhere]
            total -= np.log(sum(powers[place] for place in each.correct) / sum(powers))
        penalty = sum((weights[name] * scale[name]) ** 2 for name in weights)
        return float(total) / len(questions) + 1e-3 / 2 * penalty

    for name in best:
        for nudge in (-0.05, 0.05):
            assert loss(best) < loss(best | {name: best[name] + nudge / scale[name]}), (name, nudge)


def test_several_answers_are_as_good_as_one() -> None:
    """Where two sentences answer, the features that they share weigh, not those that tell one from the other."""
    questions = [
        asked(
            place,
            [hit("a", 0, coverage=1.0, pairs=1.0), hit("a", 1, coverage=1.0), hit("a", 2, pairs=0.5), hit("a", 3)],
            correct=[0, 1],
        )
        for place in range(20)
    ]
    weights = fitting._fit_ranking(questions)
    assert weights["coverage"] > 5 * abs(weights["pairs"])


def test_questions_without_a_known_sentence_teach_no_ranking() -> None:
    """Adding unanswerable questions changes nothing."""
    questions = ranking_questions(20)
    vain = [asked(99, [hit("a", 0, similarity=1.0), hit("a", 1, similarity=0.9)])]
    assert fitting._fit_ranking(questions) == fitting._fit_ranking(questions + vain)


def test_the_rank_is_the_place_of_the_first_answer() -> None:
    """Counted from 0 by the weights given; where the answer wasn't found it is behind all that was."""
    found = [hit("a", 0, coverage=0.2), hit("a", 1, coverage=0.9), hit("a", 2, coverage=0.5)]
    ranks = [
        fitting._rank(asked(0, found, correct=correct), {"coverage": 1.0}) for correct in ([1], [0], [0, 2], [], [1, 0])
    ]
    assert [0, 2, 1, 3, 0] == ranks


# Belief


def belief_rows(number: int, seed: int = 7) -> tuple[Array, NDArray[np.bool_], list[str]]:
    """Evidence of which only the first number tells, by a known chance; half of the vain questions are absent."""
    dice = np.random.default_rng(seed)
    rows = dice.normal(size=(number, len(CONFIDENCE_FEATURES)))
    answerable = dice.random(number) < 1 / (1 + np.exp(-2 * rows[:, 0]))
    kinds = ["answerable" if good else ("absent", "unanswerable")[n % 2] for n, good in enumerate(answerable)]
    return rows, answerable, kinds


def chances(rows: Array, belief: dict[str, float], bias: float) -> Array:
    made: Array = 1 / (1 + np.exp(-rows @ np.array([belief[name] for name in CONFIDENCE_FEATURES]) - bias))
    return made


def test_belief_finds_the_chance_that_made_the_answers() -> None:
    """From outcomes drawn with the chance 1 / (1 + exp(-2 x)) the weight of x is near 2, all others near 0."""
    belief, bias = fitting._fit_belief(*belief_rows(6_000))
    telling, *others = belief.values()

    assert pytest.approx(2.0, abs=0.2) == telling
    assert all(abs(weight) < 0.15 for weight in (*others, bias))


def test_a_believed_chance_is_how_often_it_holds() -> None:
    """Of new questions that are believed with some chance, about that share is answerable."""
    belief, bias = fitting._fit_belief(*belief_rows(6_000))
    rows, answerable, _ = belief_rows(6_000, seed=8)
    believed = chances(rows, belief, bias)

    for low, high in pairwise((0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)):
        inside = (low <= believed) & (believed < high)
        assert pytest.approx(believed[inside].mean(), abs=0.06) == answerable[inside].mean(), low


def test_the_number_of_each_kind_of_question_does_not_matter() -> None:
    """Answerable questions weigh a half, the absent and the other vain ones a quarter, however many there are."""
    rows, answerable, kinds = belief_rows(400)
    once = fitting._fit_belief(rows, answerable, kinds)
    for kind in set(kinds):
        more = [place for place, each in enumerate(kinds) for _ in range(9 if each == kind else 1)]
        belief, bias = fitting._fit_belief(rows[more], answerable[more], [kinds[place] for place in more])
        assert pytest.approx(once[0], rel=0.01, abs=0.01) == belief, kind
        assert pytest.approx(once[1], abs=0.01) == bias, kind


def test_the_best_usable_sentence_gives_the_evidence() -> None:
    """Belief is learnt of what the ranking puts first among the sentences that may be quoted at all."""
    found = [hit("a", 0, similarity=0.3), hit("a", 1, similarity=0.6), hit("a", 2, "Was it built?", similarity=0.9)]
    evidence = fitting._evidence(asked(0, found), found, {"similarity": 2.0})

    assert evidence is not None
    assert evidence.keys() >= set(CONFIDENCE_FEATURES)
    assert (0.6, 1.0) == (evidence["similarity"], evidence["gap"])
    assert fitting._evidence(asked(0, found), found[2:], {"similarity": 2.0}) is None


def test_each_question_is_put_in_three_ways() -> None:
    """Over all documents, in its own alone and, every second one, without its own, where it is always in vain."""
    found = [hit("a", 0, similarity=0.9), hit("b", 0, similarity=0.4)]
    questions = [asked(0, found, correct=[0]), asked(1, found, correct=[0]), asked(2, found)]
    rows, answerable, kinds = fitting._belief_rows(questions, {"similarity": 1.0})

    ways = ["answerable", "answerable, own", "absent"]
    assert [*ways, *ways[:2], "unanswerable", "unanswerable, own", "absent"] == kinds
    assert [kind.startswith("answerable") for kind in kinds] == answerable.tolist()
    similarities = rows[:, CONFIDENCE_FEATURES.index("similarity")]
    assert [0.4 if kind == "absent" else 0.9 for kind in kinds] == similarities.tolist()


# The whole


def questions_of_all_kinds(documents: int = 10) -> list[AskedQuestion]:
    """For each document three answerable questions and three others, which similarity tells apart."""
    dice = np.random.default_rng(7)
    made: list[AskedQuestion] = []
    for name in map(str, range(documents)):
        for turn in range(6):
            near, far = (float(low + 0.1 * dice.random()) for low in ((0.8, 0.2) if turn < 3 else (0.4, 0.2)))
            found = [hit("other", 0, similarity=far), hit(name, 1, similarity=near, coverage=near)]
            correct, text = [1] if turn < 3 else [], OTHERS[len(made) % len(OTHERS)]
            made.append(asked(len(made), found, correct=correct, own=name, text=text))
    return made


def test_the_report_is_of_questions_held_out() -> None:
    """Every question is ranked once, and every way of putting it is believed or not and counted by its chance."""
    lines = list(report(questions_of_all_kinds()))

    assert "evidence in the first 1 1.000, in the first 3 1.000, in the first 5 1.000 (30 questions)" == lines[0]
    assert "by similarity alone: 1.000 1.000 1.000" in lines
    assert {f"without {name}" for name in RANKING_FEATURES} <= {line.partition(":")[0] for line in lines}
    for line in ("answerable: 1.000 would be answered (30)", "unanswerable: 0.000 would be answered (30)",
                 "absent: 0.000 would be answered (30)"):  # fmt: skip
        assert line in lines
    counts = [int(line.rpartition("(")[2].rstrip(")")) for line in lines if line.startswith("chance")]
    assert 30 * 5 == sum(counts)


def test_the_report_does_not_know_the_document_that_it_asks_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights are fitted five times, never on a question about a document that they are judged by."""
    questions = questions_of_all_kinds()
    seen: list[set[str | None]] = []

    def watched(some: Sequence[AskedQuestion]) -> Weights:
        seen.append({each.given.source_doc for each in some})
        return fit(some)

    monkeypatch.setattr(fitting, "fit", watched)
    list(report(questions))
    held = [{each.given.source_doc for each in questions} - some for some in seen]
    assert [2] * 5 == [len(each) for each in held]
    assert {each.given.source_doc for each in questions} == set[str | None]().union(*held)


def test_fitting_is_repeatable() -> None:
    """The same questions give the same weights, which rank and believe by what tells."""
    questions = questions_of_all_kinds()
    weights = fit(questions)

    assert fit(questions) == weights
    assert (set(RANKING_FEATURES), set(CONFIDENCE_FEATURES)) == (set(weights.ranking), set(weights.belief))
    assert weights.belief["similarity"] > 0


def test_the_file_holds_the_weights(tmp_path: Path) -> None:
    """What is written gives its source, and every weight in its order, rounded to three places."""
    weights = Weights({"similarity": 1.23456, "question": -0.5}, {"gap": 2.0}, -3.0004)
    write(tmp_path / "evidence.json", weights, "squad2: 2 documents, 9 questions")
    held = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))

    assert [("similarity", 1.235), ("question", -0.5)] == list(held["ranking_weights"].items())
    assert ({"gap": 2.0}, -3.0) == (held["confidence_weights"], held["confidence_bias"])
    assert "squad2: 2 documents, 9 questions" == held["source"]["data"]


def test_the_weights_in_use_are_as_written(tmp_path: Path) -> None:
    """The file in use is to the letter what the fitting writes, and weighs every feature there is to weigh."""
    calibration = evidence_calibration()
    used = Weights(dict(calibration.ranking_weights), dict(calibration.confidence_weights), calibration.confidence_bias)
    in_use = (CALIBRATION_FOLDER / "evidence.json").read_text(encoding="utf-8")

    write(tmp_path / "evidence.json", used, json.loads(in_use)["source"]["data"])
    assert (tmp_path / "evidence.json").read_text(encoding="utf-8") == in_use
    assert (RANKING_FEATURES, CONFIDENCE_FEATURES) == (tuple(used.ranking), tuple(used.belief))
