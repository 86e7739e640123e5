"""One `assistant.Assistant` in many threads, and documents that change while a question is answered."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.errors import StoreError
from assistant.retrieval.retriever import Retrieval, Retriever
from tests.integration.client.sample_documents import (
    ARRESTS_QUESTION,
    QUESTIONS,
    TICKETS_QUESTION,
    ZOO_TEXT,
    id_of,
    record_without_times,
)


def test_many_threads_get_equal_answers(indexed: Assistant) -> None:
    """Eight threads that ask five questions at the same time get the answers that one thread gets."""
    expected = [record_without_times(indexed.ask(question)) for question in QUESTIONS]

    def ask_all() -> list[dict[str, Any]]:
        return [record_without_times(indexed.ask(question)) for question in QUESTIONS]

    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(ask_all) for _ in range(8)]
        assert [expected] * 8 == [run.result(timeout=60) for run in runs]


def test_asking_while_another_thread_indexes(empty: Assistant, documents_folder: Path, tmp_path: Path) -> None:
    """Answers stay right and their offsets exact while documents are added, changed and removed."""
    empty.index(documents_folder)
    gardens = tmp_path / "gardens"
    gardens.mkdir()
    indexing_done = threading.Event()

    def index_three_times() -> None:
        try:
            for turn in range(3):
                for number in range(8):
                    path = gardens / f"{number}.txt"
                    path.write_text(f"Garden {number} grows roses in bed {turn}. " * 5)
                (gardens / f"{turn}.txt").unlink()
                empty.index(gardens)
        finally:
            indexing_done.set()

    def ask_until_indexed() -> int:
        questions_asked = 0
        while not indexing_done.is_set() or questions_asked == 0:
            answer = empty.ask(ARRESTS_QUESTION)
            assert "Police made 2,517 arrests in 116 countries. [1]" == answer.text
            for citation in answer.citations:
                text = empty.document(citation.document_id).text
                assert citation.quote == text[citation.start : citation.end]
            for hit in empty.search("roses in a garden bed", k=5):
                assert hit.sentence.text == hit.document.text[hit.sentence.start : hit.sentence.end]
            questions_asked += 1
        return questions_asked

    with ThreadPoolExecutor(3) as pool:
        writer = pool.submit(index_three_times)
        askers = [pool.submit(ask_until_indexed) for _ in range(2)]
        writer.result(timeout=60)
        assert all(asker.result(timeout=60) for asker in askers)
    assert 3 + 7 == len(empty.documents())


Event = Callable[[int], object]  # is called with the number of retrievals before, from 0


@pytest.fixture
def after_each_retrieval(monkeypatch: pytest.MonkeyPatch) -> Callable[[Event], None]:
    """Makes an event happen after sentences are retrieved and before their documents are read."""

    def install(event: Event) -> None:
        numbers, retrieve = count(), Retriever.retrieve

        def retrieve_then_disturb(*arguments: Any) -> Retrieval:
            retrieval = retrieve(*arguments)
            event(next(numbers))
            return retrieval

        monkeypatch.setattr(Retriever, "retrieve", retrieve_then_disturb)

    return install


def test_a_document_replaced_during_a_question_is_read_anew(
    empty: Assistant, tmp_path: Path, after_each_retrieval: Callable[[Event], None]
) -> None:
    """A document that changes between retrieval and reading is retrieved again, and the new text is cited."""
    path = tmp_path / "zoo.txt"
    path.write_text(ZOO_TEXT)
    empty.index(path)

    def shift_the_text(retrieval_number: int) -> None:
        if retrieval_number in (0, 2):  # the first of the question, and the first of the search
            path.write_text(f"Dear visitors {retrieval_number}. {ZOO_TEXT}")
            empty.index(path)

    after_each_retrieval(shift_the_text)
    answer, hits = empty.ask(TICKETS_QUESTION), empty.search("tickets")

    assert "Tickets cost ten euros. [1]" == answer.text
    text = empty.document(id_of(empty, "zoo.txt")).text
    for span in (answer.citations[0], hits[0].sentence):
        assert "Tickets cost ten euros." == text[span.start : span.end]


def test_a_document_removed_during_a_question_is_not_cited(
    empty: Assistant, tmp_path: Path, after_each_retrieval: Callable[[Event], None]
) -> None:
    """A document that is removed between retrieval and reading leads to a refusal, not to an error."""
    (tmp_path / "zoo.txt").write_text(ZOO_TEXT)
    empty.index(tmp_path / "zoo.txt")
    zoo_id = id_of(empty, "zoo.txt")

    def remove_once(retrieval_number: int) -> None:
        if retrieval_number == 0:
            empty.remove(zoo_id)

    after_each_retrieval(remove_once)

    assert empty.ask(TICKETS_QUESTION).refused
    assert [] == empty.search("tickets")


def test_a_document_that_changes_without_end_is_an_error(
    empty: Assistant, tmp_path: Path, after_each_retrieval: Callable[[Event], None]
) -> None:
    """A document that changes at every attempt to read it is an error in the end, not an endless wait."""
    path = tmp_path / "zoo.txt"
    path.write_text(ZOO_TEXT)
    empty.index(path)

    def shift_the_text(retrieval_number: int) -> None:
        path.write_text(f"{'Dear visitors. ' * (retrieval_number + 1)} {ZOO_TEXT}")
        empty.index(path)

    after_each_retrieval(shift_the_text)
    with pytest.raises(StoreError, match="when the indexing has ended"):
        empty.ask(TICKETS_QUESTION)
