"""What the features weigh: fitted on made-up questions of which it is known what tells."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.datasets import DatasetQuestion
from assistant.index.rows import DocumentEntry
from assistant.models.calibration import CALIBRATION_FOLDER, FeatureCalibration, feature_calibration
from assistant.query.question import parse_question
from assistant.retrieval.features import CONFIDENCE_FEATURES, RANKING_FEATURES
from assistant.retrieval.retriever import Candidate
from assistant.types import Sentence
from research.fitting import features as fitting
from research.fitting.confidence_rows import ConfidenceRows
from research.fitting.features import fit, report, write
from research.fitting.retrieval import RetrievedQuestion

TEXT = "The lighthouse of Port Arlen was built by masons."
QUESTION = "What was built by masons?"
# Questions whose names and figures stand in that sentence or don't: the features of confidence differ among them.
QUESTIONS = (
    QUESTION,
    "What was built in 1871?",
    "What was built in Port Arlen?",
    "What did Port Brock build?",
    "Who built it?",
)
NO_EVIDENCE = dict.fromkeys((*RANKING_FEATURES, *CONFIDENCE_FEATURES, "fits"), 0.0) | {"fits": 1.0}


def candidate(document_id: str, number: int, text: str = TEXT, **features: float) -> Candidate:
    """A sentence that was retrieved, with these features and nothing else to say for it."""
    document = DocumentEntry(
        id=document_id, title=document_id, source=document_id, kind="md", date=None, url=None, notes=(), sha256="",
        file_hash="", version=document_id, characters=0, sentences=0, chunks=0, texts=0,
    )  # fmt: skip
    sentence = Sentence(document_id, number, 0, len(text), text)
    return Candidate(sentence, document, "", "", NO_EVIDENCE | features, 0.0)


def retrieved(
    number: int,
    candidates: Sequence[Candidate],
    *,
    correct: Iterable[int] = (),
    own_id: str = "a",
    text: str = QUESTION,
) -> RetrievedQuestion:
    """A question that is answerable where a sentence is known to answer it."""
    correct_places = frozenset(correct)
    return RetrievedQuestion(
        DatasetQuestion(str(number), text, bool(correct_places), source_doc=own_id),
        parse_question(text),
        {},
        tuple(candidates),
        tuple(candidate for candidate in candidates if candidate.document.id == own_id),
        correct_places,
    )


def ranking_questions(count: int = 60) -> list[RetrievedQuestion]:
    """Questions of which coverage always tells the answer, context often, and similarity never."""
    rng = np.random.default_rng(7)
    questions = []
    for number in range(count):
        correct = int(rng.integers(6))
        candidates = [
            candidate(
                "a",
                place,
                coverage=float(place == correct),
                context=float(rng.random() < (0.7 if place == correct else 0.3)),
                similarity=float(rng.random()),
            )
            for place in range(6)
        ]
        questions.append(retrieved(number, candidates, correct=[correct]))
    return questions


def spread(questions: Sequence[RetrievedQuestion], feature: str) -> float:
    """The standard deviation of a feature among all candidates."""
    return float(np.std([candidate.features[feature] for question in questions for candidate in question.candidates]))


# Ranking


def test_the_feature_that_tells_everything_weighs_most() -> None:
    """What always tells the answer weighs most, what often does less, what never does or never differs nothing."""
    questions = ranking_questions()
    weights = fitting._fit_ranking(questions)
    influence = {feature: weight * spread(questions, feature) for feature, weight in weights.items()}

    assert ["coverage", "context"] == sorted(influence, key=lambda feature: -influence[feature])[:2]
    assert influence["coverage"] > 2 * influence["context"] > 4 * abs(influence["similarity"])
    unused = set(RANKING_FEATURES) - {"coverage", "context", "similarity"}
    assert all(abs(influence[feature]) < 1e-6 for feature in unused)
    assert {0} == {fitting._rank(question, weights) for question in questions}


def test_a_feature_that_speaks_against_weighs_below_0() -> None:
    """A sentence that asks is never the one that answers: its feature counts against it."""
    questions = [
        retrieved(number, [candidate("a", 0, coverage=0.5), candidate("a", 1, coverage=0.5, question=1.0)], correct=[0])
        for number in range(10)
    ]
    assert fitting._fit_ranking(questions)["question"] < 0


def test_no_other_weights_make_the_answers_likelier() -> None:
    """Nudging any fitted weight makes the known sentences less likely (ListNet's loss, with its small penalty)."""
    questions = ranking_questions()
    best = fitting._fit_ranking(questions, ["coverage", "context", "similarity"])
    scale = {feature: spread(questions, feature) for feature in best}

    def loss(weights: dict[str, float]) -> float:
        total = 0.0
        for question in questions:
            powers = [
                np.exp(sum(weight * candidate.features[feature] for feature, weight in weights.items()))
                for candidate in question.candidates
            ]
            total -= np.log(sum(powers[place] for place in question.correct) / sum(powers))
        penalty = sum((weights[feature] * scale[feature]) ** 2 for feature in weights)
        return float(total) / len(questions) + 1e-3 / 2 * penalty

    for feature in best:
        for nudge in (-0.05, 0.05):
            nudged = best | {feature: best[feature] + nudge / scale[feature]}
            assert loss(best) < loss(nudged), (feature, nudge)


def test_several_answers_are_as_good_as_one() -> None:
    """Where two sentences answer, the features that they share weigh, not those that tell one from the other."""
    questions = [
        retrieved(
            number,
            [
                candidate("a", 0, coverage=1.0, pairs=1.0),
                candidate("a", 1, coverage=1.0),
                candidate("a", 2, pairs=0.5),
                candidate("a", 3),
            ],
            correct=[0, 1],
        )
        for number in range(20)
    ]
    weights = fitting._fit_ranking(questions)
    assert weights["coverage"] > 5 * abs(weights["pairs"])


def test_questions_without_a_known_sentence_teach_no_ranking() -> None:
    """Adding unanswerable questions changes nothing."""
    questions = ranking_questions(20)
    unanswerable = [retrieved(99, [candidate("a", 0, similarity=1.0), candidate("a", 1, similarity=0.9)])]
    assert fitting._fit_ranking(questions) == fitting._fit_ranking(questions + unanswerable)


def test_the_rank_is_the_place_of_the_first_answer() -> None:
    """Counted from 0 by the weights given; where no candidate answers it is behind all of them."""
    candidates = [candidate("a", 0, coverage=0.2), candidate("a", 1, coverage=0.9), candidate("a", 2, coverage=0.5)]
    ranks = [
        fitting._rank(retrieved(0, candidates, correct=correct), {"coverage": 1.0})
        for correct in ([1], [0], [0, 2], [], [1, 0])
    ]
    assert [0, 2, 1, 3, 0] == ranks


# Confidence


def made_up_rows(count: int, seed: int = 7) -> ConfidenceRows:
    """Features of which only the first tells, by a known chance; half of the unanswerable questions are absent."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, len(CONFIDENCE_FEATURES)))
    answerable = rng.random(count) < 1 / (1 + np.exp(-2 * rows[:, 0]))
    kinds = [
        "answerable" if is_answerable else ("absent", "unanswerable")[number % 2]
        for number, is_answerable in enumerate(answerable)
    ]
    return ConfidenceRows(rows, answerable, np.array(kinds), np.array(["squad2"] * count), np.arange(count))


def test_the_fit_recovers_the_chance_that_made_the_answers() -> None:
    """From outcomes drawn with the chance 1 / (1 + exp(-2 x)) the weight of x is near 2, all others near 0."""
    weights, bias = made_up_rows(6_000).fit()

    assert pytest.approx(2.0, abs=0.2) == weights[0]
    assert all(abs(weight) < 0.15 for weight in (*weights[1:], bias))


def test_a_confidence_is_how_often_it_holds() -> None:
    """Of new questions that get some confidence, about that share is answerable."""
    weights, bias = made_up_rows(6_000).fit()
    rows = made_up_rows(6_000, seed=8)
    confidence = 1 / (1 + np.exp(-rows.features @ weights - bias))

    for low, high in pairwise((0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)):
        inside = (low <= confidence) & (confidence < high)
        assert pytest.approx(confidence[inside].mean(), abs=0.06) == rows.answerable[inside].mean(), low


def test_the_number_of_each_kind_of_question_does_not_matter() -> None:
    """Answerable questions weigh a half, the absent and the unanswerable ones a quarter, however many there are."""
    rows = made_up_rows(400)
    weights, bias = rows.fit()
    for repeated in set(rows.kinds.tolist()):
        places = [place for place, kind in enumerate(rows.kinds) for _ in range(9 if kind == repeated else 1)]
        new_weights, new_bias = rows.where(np.array(places)).fit()
        assert pytest.approx(weights, rel=0.01, abs=0.01) == new_weights, repeated
        assert pytest.approx(bias, abs=0.01) == new_bias, repeated


def test_the_best_quotable_sentence_gives_the_features() -> None:
    """Confidence is learnt of what the ranking puts first among the sentences that may be quoted at all."""
    candidates = [
        candidate("a", 0, similarity=0.3),
        candidate("a", 1, similarity=0.6),
        candidate("a", 2, "Was it built?", similarity=0.9),
    ]
    question = retrieved(0, candidates)
    features = fitting._best_features(question, candidates, {"similarity": 2.0})

    assert features is not None
    assert features.keys() >= set(CONFIDENCE_FEATURES)
    assert (0.6, 1.0) == (features["similarity"], features["gap"])
    assert fitting._best_features(question, candidates[2:], {"similarity": 2.0}) is None


def test_each_question_is_asked_in_three_ways() -> None:
    """Of all documents, of its own alone and without its own, where nothing can answer it."""
    candidates = [candidate("a", 0, similarity=0.9), candidate("b", 0, similarity=0.4)]
    questions = [retrieved(0, candidates, correct=[0]), retrieved(2, candidates)]
    rows = fitting._rows(questions, {"similarity": 1.0})

    kinds = ["answerable", "answerable, own", "absent", "unanswerable", "unanswerable, own", "absent"]
    assert kinds == rows.kinds.tolist()
    assert [kind.startswith("answerable") for kind in kinds] == rows.answerable.tolist()
    similarities = rows.features[:, CONFIDENCE_FEATURES.index("similarity")]
    assert [0.4 if kind == "absent" else 0.9 for kind in kinds] == similarities.tolist()


def test_every_data_set_weighs_the_same() -> None:
    """Ten questions of one data set and one of another count alike, among the answerable and among the absent ones."""
    candidates = [candidate("a", 0, similarity=0.9), candidate("b", 0, similarity=0.4)]
    questions = [retrieved(number, candidates, correct=[0]) for number in range(10)]
    search = retrieved(0, candidates, correct=[0])
    searches = [replace(search, case=replace(search.case, id="nq-1"))]
    rows = fitting._rows([*questions, *searches], {"similarity": 1.0})

    shares = rows.shares()
    for group in (rows.answerable, ~rows.answerable):
        by_source = [shares[group & (rows.sources == source)].sum() for source in ("squad2", "nq")]
        assert by_source[0] == pytest.approx(by_source[1])


# The whole


def questions_of_all_kinds(documents: int = 10) -> list[RetrievedQuestion]:
    """For each document three answerable questions and three others, which similarity tells apart."""
    rng = np.random.default_rng(7)
    questions: list[RetrievedQuestion] = []
    for own_id in map(str, range(documents)):
        for turn in range(6):
            near, far = (float(low + 0.1 * rng.random()) for low in ((0.8, 0.2) if turn < 3 else (0.4, 0.2)))
            candidates = [
                candidate("other", 0, similarity=far),
                candidate(own_id, 1, similarity=near, coverage=near),
            ]
            correct, text = [1] if turn < 3 else [], QUESTIONS[len(questions) % len(QUESTIONS)]
            questions.append(retrieved(len(questions), candidates, correct=correct, own_id=own_id, text=text))
    return questions


def test_the_report_is_of_the_hold_out() -> None:
    """Every question is ranked once, and every way of asking it is answered or not and counted by its chance."""
    lines = list(report(questions_of_all_kinds()))

    assert "evidence in the first 1 1.000, in the first 3 1.000, in the first 5 1.000 (30 questions)" == lines[0]
    assert "by similarity alone: 1.000 1.000 1.000" in lines
    assert {f"without {feature}" for feature in RANKING_FEATURES} <= {line.partition(":")[0] for line in lines}
    for line in ("answerable: 1.000 would be answered (30)", "unanswerable: 0.000 would be answered (30)",
                 "absent: 0.000 would be answered (60)"):  # fmt: skip
        assert line in lines
    counts = [int(line.rpartition("(")[2].rstrip(")")) for line in lines if line.startswith("chance")]
    assert 60 * 3 == sum(counts)


def test_the_report_does_not_know_the_document_that_it_asks_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights are fitted five times, never on a question about a document that they are judged by."""
    questions = questions_of_all_kinds()
    training_sources: list[set[str | None]] = []

    def watched_fit(training: Sequence[RetrievedQuestion]) -> FeatureCalibration:
        training_sources.append({question.case.source_doc for question in training})
        return fit(training)

    monkeypatch.setattr(fitting, "fit", watched_fit)
    list(report(questions))
    all_sources = {question.case.source_doc for question in questions}
    hold_outs = [all_sources - sources for sources in training_sources]
    assert [2] * 5 == [len(hold_out) for hold_out in hold_outs]
    assert all_sources == set[str | None]().union(*hold_outs)


def test_fitting_is_repeatable() -> None:
    """The same questions give the same weights, which rank and refuse by what tells."""
    questions = questions_of_all_kinds()
    calibration = fit(questions)

    assert fit(questions) == calibration
    assert set(RANKING_FEATURES) == set(calibration.ranking_weights)
    assert set(CONFIDENCE_FEATURES) == set(calibration.confidence_weights)
    assert calibration.confidence_weights["similarity"] > 0


def test_the_file_holds_the_weights(tmp_path: Path) -> None:
    """What is written gives its source, and every weight in its order, rounded to three places."""
    calibration = FeatureCalibration({"similarity": 1.23456, "question": -0.5}, {"gap": 2.0}, -3.0004)
    write(tmp_path / "features.json", calibration, "squad2: 2 documents, 9 questions")
    written = json.loads((tmp_path / "features.json").read_text(encoding="utf-8"))

    assert [("similarity", 1.235), ("question", -0.5)] == list(written["ranking_weights"].items())
    assert ({"gap": 2.0}, -3.0) == (written["confidence_weights"], written["confidence_bias"])
    assert "squad2: 2 documents, 9 questions" == written["source"]["data"]


def test_the_weights_in_use_are_as_written(tmp_path: Path) -> None:
    """The file in use is to the letter what the fitting writes, and weighs every feature there is to weigh."""
    calibration = feature_calibration()
    in_use = (CALIBRATION_FOLDER / "features.json").read_text(encoding="utf-8")

    write(tmp_path / "features.json", calibration, json.loads(in_use)["source"]["data"])
    assert (tmp_path / "features.json").read_text(encoding="utf-8") == in_use
    assert RANKING_FEATURES == tuple(calibration.ranking_weights)
    assert CONFIDENCE_FEATURES == tuple(calibration.confidence_weights)
