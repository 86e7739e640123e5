import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.errors import AssistantError, ModelError, StoreError
from assistant.evaluation import runner
from assistant.evaluation.cases import Case
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.runner import CaseAsker, RunResult, ask_all
from assistant.evaluation.scorers import Score
from assistant.settings import load_settings
from assistant.types import Answer
from tests.support.fake_embedder import FakeEmbedder

ANSWER = Answer("?", "?", "", refused=False, reason=None, score=0.5, mode="quotes", model="none")
ITEMS = tuple("abcdefgh")
ARRESTS = Case(
    "arrests",
    "How many arrests were made in Operation Kestrel?",
    answerable=True,
    must_say=("2,517",),
    tags=("how-many",),
)


@dataclass
class Asker:
    """Answers at once, and keeps what it was asked; ``before_answer`` is called before the answer to an item."""

    before_answer: Callable[[str, int], object] = lambda *_: None
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, item: str, number: int) -> ScoredAnswer:
        """Answers."""
        self.asked.append((item, number))
        self.before_answer(item, number)
        return ScoredAnswer(
            item, "?", answerable=True, answer=ANSWER, scores={"facts": Score(1.0)}, seconds=0.5, round=number
        )


def ids(run: RunResult) -> list[str]:
    return [result.id for result in run.results]


def failing(failing_item: str, error: BaseException) -> Asker:
    """Raises at an item."""

    def before_answer(item: str, _: int) -> None:
        if item == failing_item:
            raise error

    return Asker(before_answer)


@pytest.mark.parametrize("workers", [1, 3, 8, 64])
def test_the_order_is_that_of_the_items(workers: int) -> None:
    """However many ask at a time, the marks come in the items' order and nothing is left out."""
    assert RunResult(tuple(Asker()(item, 1) for item in ITEMS)) == ask_all(Asker(), ITEMS, workers=workers)


def test_the_order_is_kept_when_the_last_is_ready_first() -> None:
    """With a worker for each, every answer waits for the next item's: they end in reverse, and come in order."""
    done = {item: threading.Event() for item in ITEMS}
    ended = []

    def before_answer(item: str, _: int) -> None:
        for later in ITEMS[ITEMS.index(item) + 1 :][:1]:
            assert done[later].wait(20)
        ended.append(item)
        done[item].set()

    assert list(ITEMS) == ids(ask_all(Asker(before_answer), ITEMS, workers=len(ITEMS)))
    assert list(reversed(ITEMS)) == ended


def test_so_many_are_asked_at_a_time() -> None:
    """With four workers, four questions are under way at once: each waits until all four are."""
    barrier = threading.Barrier(4, timeout=20)
    assert list(ITEMS) == ids(ask_all(Asker(lambda *_: barrier.wait()), ITEMS, workers=4))


def test_rounds_follow_each_other() -> None:
    """Every item is asked in the first round before any is asked in the second."""
    asker = Asker()
    results = ask_all(asker, "ab", rounds=2).results
    assert [("a", 1), ("b", 1), ("a", 2), ("b", 2)] == asker.asked == [(result.id, result.round) for result in results]


def test_nothing_to_ask_is_done_at_once() -> None:
    """No items give a whole run of none."""
    assert RunResult(()) == ask_all(Asker(), ())


# What ends it early


@pytest.mark.parametrize("workers", [1, 3])
def test_an_interrupt_keeps_what_is_done(workers: int) -> None:
    """Ctrl-C at the fourth question leaves three answers, and says how far it came."""
    run = ask_all(failing("d", KeyboardInterrupt()), ITEMS, workers=workers)
    assert ["a", "b", "c"] == ids(run)
    assert run.interrupted
    assert "3 of 8 questions were asked; it was interrupted." == run.unfinished


@pytest.mark.parametrize("error", [ModelError("The model is gone. Start it."), StoreError("Closed. Open it.")])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_keeps_what_is_done(error: AssistantError, workers: int) -> None:
    """A model that is gone in the second round leaves the whole first one, and is told; nobody interrupted anything."""

    def before_answer(item: str, number: int) -> None:
        if (item, number) == ("c", 2):
            raise error

    run = ask_all(Asker(before_answer), ITEMS, rounds=2, workers=workers)
    assert [*ITEMS, "a", "b"] == ids(run)
    assert not run.interrupted
    assert f"10 of 16 questions were asked; {error}" == run.unfinished


def test_after_an_error_no_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not begun when it ended is never asked: a model that is gone need not be asked to the end."""
    ending = threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            ending.set()
            super().shutdown(wait, cancel_futures=cancel_futures)

    def before_answer(item: str, _: int) -> None:
        if item == "b":
            raise ModelError("Gone.")
        if item != "a":
            assert ending.wait(20)

    monkeypatch.setattr(runner, "ThreadPoolExecutor", Pool)
    asker = Asker(before_answer)
    assert ["a"] == ids(ask_all(asker, ITEMS))
    assert {item for item, _ in asker.asked} <= {"a", "b", "c"}


def test_answers_under_way_are_waited_for() -> None:
    """When it ends nobody asks any more: the index may be closed."""
    begun, failed = threading.Event(), threading.Event()
    ended: list[str] = []

    def before_answer(item: str, _: int) -> None:
        if item == "a":
            assert begun.wait(20)
            failed.set()
            raise ModelError("Gone.")
        begun.set()
        assert failed.wait(20)
        ended.append(item)

    run = ask_all(Asker(before_answer), "ab", workers=2)
    assert [] == ids(run)
    assert ["b"] == ended


def test_a_fault_of_our_own_is_not_hidden() -> None:
    """What is no error for a person is raised, not told as a run that ended early."""
    with pytest.raises(ZeroDivisionError):
        ask_all(failing("b", ZeroDivisionError()), ITEMS)


def test_progress_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe the progress is some plain lines on stderr, the last of them at the end."""
    ask_all(Asker(), ITEMS)
    out, err = capsys.readouterr()
    assert "" == out
    assert "8/8 asking" == err.splitlines()[-1]


# Questions that can't be asked


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of one document."""
    document = tmp_path_factory.mktemp("documents") / "kestrel.md"
    document.write_text("# Operation Kestrel\n\nPolice made 2,517 arrests in Operation Kestrel.\n", encoding="utf-8")
    with Assistant(load_settings(home=tmp_path_factory.mktemp("home")), FakeEmbedder()) as opened:
        opened.index([Path(document)])
        yield opened


@pytest.mark.parametrize("question", ["", " \n", "x" * 4_001])
@pytest.mark.parametrize("answerable", [True, False])
def test_a_question_that_cannot_be_asked_is_refused(assistant: Assistant, question: str, answerable: bool) -> None:
    """An empty or too long question counts as refused, with the error's words: right where nothing answers it."""
    case = Case("odd", question, answerable, must_say=("5",) if answerable else ())
    (result,) = ask_all(CaseAsker(assistant), [case]).results
    assert result.answer.refused
    assert float(not answerable) == result.scores["refuses"].value
    assert "question" in (result.answer.reason or "")
    assert answerable is result.failed


def asked_of(assistant: Assistant, cases: Sequence[Case]) -> list[ScoredAnswer]:
    return list(ask_all(CaseAsker(assistant), cases, workers=2).results)


def test_a_run_goes_on_behind_it(assistant: Assistant) -> None:
    """The questions before and behind it are asked and marked as ever, in their order."""
    results = asked_of(assistant, [ARRESTS, Case("empty", "", answerable=False), ARRESTS])
    assert ["arrests", "empty", "arrests"] == [result.id for result in results]
    assert [1.0, None, 1.0] == [
        result.scores["facts"].value if "facts" in result.scores else None for result in results
    ]


def test_a_marked_case_holds_its_case(assistant: Assistant) -> None:
    """What a case expects is in its details, so that a record explains itself; what is empty is left out."""
    (result,) = asked_of(assistant, [ARRESTS])
    assert ("arrests", ARRESTS.question, True, ("how-many",), 1) == (
        result.id, result.question, result.answerable, result.tags, result.round
    )  # fmt: skip
    assert {"must_say": ["2,517"]} == result.details
    assert result.answer.seconds["total"] == result.seconds
    assert 1.0 == result.scores["quotes_exact"].value


def test_a_case_may_lean_on_what_was_said_before(assistant: Assistant) -> None:
    """A case's history is asked with it, and stands in its details."""
    history = ({"role": "user", "content": "What about Operation Kestrel?"}, {"role": "assistant", "content": "Well."})
    (result,) = asked_of(assistant, [replace(ARRESTS, question="How many arrests were made in it?", history=history)])
    assert "Kestrel" in result.answer.asked
    assert [dict(message) for message in history] == result.details["history"]
