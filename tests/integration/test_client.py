"""The Python API of the contract, with the bundled model, a real Chroma and real files."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding

import assistant
from assistant import Answer, Assistant, Statement
from assistant.errors import (
    AssistantError,
    DocumentNotFoundError,
    LockedError,
    PathNotFoundError,
    QuestionError,
    SettingsError,
    StoreError,
)
from assistant.models.minilm import MiniLMEmbedder, Vectors
from assistant.retrieval.retriever import Retrieval, Retriever
from assistant.segmentation.chunks import ChunkInput
from assistant.types import Document
from tests.support.files import news_page

OPERATION = """# Operation Kestrel

The operation ran from 29 September to 4 October 2024.

Police made 2,517 arrests in 116 countries. Of these arrests, 850 were for smuggling.

In Mali, officers rescued 24 women who had been promised work abroad.
"""
ZOO = "The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
HARBOUR = (
    "<p>The harbour of Norrvik was opened in 1912 by a company of merchants from the town.</p>"
    "<p>In 2023 the harbour handled 4,811 ships, more than in any year before it.</p>"
    "<p>Ice closes the harbour for three weeks in an ordinary winter, the master said.</p>"
)
ARRESTS = "How many arrests were made?"
TICKETS = "What do tickets cost?"
SHIPS = "How many ships did the harbour handle in 2023?"
UNKNOWN = "What is the capital of Mongolia?"
QUESTIONS = (ARRESTS, TICKETS, SHIPS, UNKNOWN, "How many women were rescued in Mali?")

RECORD = ("question", "asked", "answer", "refused", "reason", "score", "mode", "model", "statements", "removed",
          "citations", "usage", "seconds", "prompt_sha256", "versions")  # fmt: skip
CITATION = ("number", "document_id", "title", "source", "page", "sentence", "start", "end", "quote",
            "document_sha256", "answer_span")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents of three kinds, one with a date."""
    made = tmp_path_factory.mktemp("documents")
    (made / "kestrel.md").write_text(OPERATION, encoding="utf-8")
    (made / "zoo.txt").write_text(ZOO, encoding="utf-8")
    (made / "harbour.html").write_bytes(news_page(HARBOUR, "A record year for Norrvik"))
    return made


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of that folder, for the tests that only read."""
    with Assistant.open(tmp_path_factory.mktemp("home")) as made:
        made.index(folder)
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Assistant]:
    """An index of its own for each test that writes."""
    with Assistant.open(tmp_path / "home") as made:
        yield made


def record(answer: Answer) -> dict[str, Any]:
    """The record without the times, which differ between two runs."""
    made = answer.to_dict()
    del made["seconds"]
    return made


def identity(opened: Assistant, name: str) -> str:
    """The id of the document whose file has this name."""
    return next(each.id for each in opened.documents() if Path(each.source).name == name)


def names(sources: Any) -> list[str]:
    """The file names of a report's sources."""
    return sorted(Path(getattr(each, "source", each)).name for each in sources)


# Opening and closing


def test_the_public_names_are_those_of_the_contract() -> None:
    """Every name of ``__all__`` is there and has a docstring; any other is an AttributeError."""
    assert all(getattr(assistant, name).__doc__ for name in assistant.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        assistant.nonsense  # noqa: B018 — the access is what is tested


@pytest.mark.folder
def test_the_default_home_is_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a home the index is in ``./.assistant``, or where ``ASSISTANT_HOME`` says."""
    monkeypatch.chdir(tmp_path)
    Assistant.open().close()
    assert (tmp_path / ".assistant" / "chroma").is_dir()

    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "other"))
    Assistant.open().close()
    assert (tmp_path / "other" / "chroma").is_dir()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"colour": "red"}, "colour"),
        ({"threads": -1}, "threads"),
        ({"mode": "poetry"}, "quotes"),
        ({"mode": "llm"}, "ASSISTANT_MODEL"),
        ({"embedding": "some-model"}, "OPENAI_BASE_URL"),
    ],
)
def test_a_setting_that_does_not_fit(tmp_path: Path, settings: dict[str, Any], told: str) -> None:
    """A setting that is unknown or wrong is named before anything is made."""
    with pytest.raises(SettingsError, match=told):
        Assistant.open(tmp_path / "home", **settings)
    assert not (tmp_path / "home").exists()


@pytest.mark.folder
def test_two_openings_of_one_home(tmp_path: Path) -> None:
    """The second opening is an error at once; it leaves the first unharmed, and works after it."""
    with Assistant.open(tmp_path) as first:
        with pytest.raises(LockedError, match="This process has the index"):
            Assistant.open(tmp_path)
        assert [] == first.documents()
    Assistant.open(tmp_path).close()


def test_an_index_outlives_its_process(tmp_path: Path, folder: Path) -> None:
    """What one opening indexed, the next one finds."""
    with Assistant.open(tmp_path) as first:
        first.index(folder)
        expected = record(first.ask(ARRESTS)), first.documents()
    with Assistant.open(tmp_path) as second:
        assert expected == (record(second.ask(ARRESTS)), second.documents())


def test_a_closed_assistant_says_so(tmp_path: Path, folder: Path) -> None:
    """Closing twice is harmless; every use afterwards is an error in words."""
    with Assistant.open(tmp_path) as closed:
        closed.index(folder)
        at = identity(closed, "zoo.txt")
        closed.document(at)
    closed.close()
    for use in (
        lambda: closed.ask(ARRESTS),
        lambda: list(closed.stream(ARRESTS)),
        lambda: closed.search("arrests"),
        closed.documents,
        lambda: closed.document(at),
        lambda: closed.remove(at),
        lambda: closed.index(folder),
    ):
        with pytest.raises(StoreError, match="This index is closed"):
            use()


def test_leaving_by_an_error_closes(tmp_path: Path) -> None:
    """The context manager gives the folder free and lets the error through."""
    with pytest.raises(ZeroDivisionError), Assistant.open(tmp_path):
        raise ZeroDivisionError
    Assistant.open(tmp_path).close()


# Indexing


def test_an_index_follows_its_folder(empty: Assistant, tmp_path: Path) -> None:
    """The reports of four runs say what was added, unchanged, changed, removed and skipped."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "kestrel.md").write_text(OPERATION)
    (root / "zoo.txt").write_text(ZOO)
    (root / "picture.png").write_bytes(b"\x89PNG")

    first = empty.index(root)
    assert ["kestrel.md", "zoo.txt"] == names(first.added)
    assert ["picture.png"] == names(first.skipped)
    assert ((), (), (), ()) == (first.changed, first.removed, first.unchanged, first.failed)
    assert ["kestrel.md", "zoo.txt"] == names(empty.index(str(root)).unchanged)

    (root / "zoo.txt").write_text(ZOO.replace("ten", "eleven"))
    (root / "kestrel.md").unlink()
    third = empty.index([root])
    assert (["zoo.txt"], ["kestrel.md"]) == (names(third.changed), names(third.removed))
    assert "Tickets cost eleven euros. [1]" == empty.ask(TICKETS).text
    assert empty.ask(ARRESTS).refused
    json.dumps(third.to_dict())


@pytest.mark.parametrize("wrap", [str, Path, lambda path: [str(path)], lambda path: (path,), lambda path: {path}])
def test_the_forms_of_a_source(empty: Assistant, folder: Path, wrap: Any) -> None:
    """A path is a string or a Path, alone or among others."""
    assert ["zoo.txt"] == names(empty.index(wrap(folder / "zoo.txt")).added)


def test_a_ready_made_document_is_indexed(empty: Assistant, folder: Path) -> None:
    """It is cited under its own source, takes the place of one of its id, and no folder's synchronising removes it."""
    given = Document("note", "A note", "https://example.org/note", "The bell of Ghent weighs 6,050 kilograms.", "txt")
    assert (given.source,) == empty.index(given).added
    assert 1 == len(empty.index([given, folder]).unchanged)
    assert () == empty.index(folder).removed
    (citation,) = empty.ask("How much does the bell of Ghent weigh?").citations
    assert (given.source, given.text) == (citation.source, citation.quote)
    assert given == empty.document("note")


def test_an_unreadable_file_keeps_its_last_good_version(empty: Assistant, tmp_path: Path) -> None:
    """A file that became unreadable is named with its reason, and still answers as it was."""
    file = tmp_path / "zoo.txt"
    file.write_text(ZOO)
    empty.index(file)
    file.write_bytes(b"")

    report = empty.index(file)

    assert ["zoo.txt"] == names(report.failed)
    assert report.failed[0].reason
    assert ZOO == empty.document(identity(empty, "zoo.txt")).text
    assert "Tickets cost ten euros. [1]" == empty.ask(TICKETS).text


def test_the_limit_of_a_files_size_is_a_setting(tmp_path: Path) -> None:
    """A file over the limit is named and left out."""
    (tmp_path / "zoo.txt").write_text(ZOO * 20)
    with Assistant.open(tmp_path / "home", max_file_mb=0.001) as small:
        report = small.index(tmp_path / "zoo.txt")
        assert ["zoo.txt"] == names(report.failed)
        assert [] == small.documents()


def test_a_missing_path_changes_nothing(empty: Assistant, folder: Path, tmp_path: Path) -> None:
    """A misspelt path is an error, and the paths beside it are left alone too."""
    with pytest.raises(PathNotFoundError, match="misspelt"):
        empty.index([folder, tmp_path / "misspelt"])
    assert [] == empty.documents()


def test_progress_is_told(empty: Assistant, folder: Path) -> None:
    """Progress counts every document once, of all there are."""
    told: list[tuple[int, int, str]] = []
    empty.index(folder, progress=lambda *at: told.append(at))

    assert [(1, 3), (2, 3), (3, 3)] == [(done, total) for done, total, _ in told]
    assert ["harbour.html", "kestrel.md", "zoo.txt"] == names(name for *_, name in told)


def test_documents_are_listed_and_removed(empty: Assistant, folder: Path) -> None:
    """The list has everything but the text; removing one or more takes them from every answer."""
    empty.index(folder)
    listed = empty.documents()
    assert ["harbour.html", "kestrel.md", "zoo.txt"] == [Path(each.source).name for each in listed]
    assert ["html", "md", "txt"] == [each.kind for each in listed]
    assert [date(2024, 11, 6), None, None] == [each.date for each in listed]
    assert ("A record year for Norrvik", "Operation Kestrel") == (listed[0].title, listed[1].title)
    assert 3 == listed[2].sentences

    with pytest.raises(DocumentNotFoundError, match="nobody"):
        empty.remove(listed[0].id, "nobody")
    assert listed == empty.documents()

    empty.remove(listed[0].id, listed[1].id)
    assert listed[2:] == empty.documents()
    assert {listed[2].id} == {hit.document.id for hit in empty.search("arrests and ships")}
    with pytest.raises(DocumentNotFoundError, match="assistant documents"):
        empty.document(listed[0].id)
    assert (folder / "harbour.html").exists()


# Asking


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        (ARRESTS, "Police made 2,517 arrests in 116 countries."),
        (TICKETS, "Tickets cost ten euros."),
        (SHIPS, "In 2023 the harbour handled 4,811 ships, more than in any year before it."),
    ],
)
def test_an_answer_is_the_sentence_that_says_it(opened: Assistant, question: str, quote: str) -> None:
    """A question gets the very sentence, marked, supported, and at the place that the citation names."""
    answer = opened.ask(question)

    assert f"{quote} [1]" == answer.text
    assert (False, None, "quotes") == (answer.refused, answer.reason, answer.mode)
    assert 0 < answer.score <= 1
    (statement,), (citation,) = answer.statements, answer.citations
    assert (quote, "supported", (citation,)) == (statement.text, statement.verdict, statement.citations)
    document = opened.document(citation.document_id)
    assert quote == citation.quote == document.text[citation.start : citation.end]
    assert (document.title, document.source, document.sha256) == (
        citation.title, citation.source, citation.document_sha256
    )  # fmt: skip


def test_offsets_hold_in_any_text(empty: Assistant, tmp_path: Path) -> None:
    """Byte-order mark, CRLF, emoji and repeated sentences: every span found is its quote to the letter."""
    text = "The crew 🚢 slept.\r\nThe İzmir ferry carried 312 cars.\r\n\r\nThe crew 🚢 slept.\r\nIt rained.\r\n"
    (tmp_path / "ferry.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    empty.index(tmp_path / "ferry.txt")

    answer = empty.ask("How many cars did the ferry carry?")
    document = empty.document(identity(empty, "ferry.txt"))
    assert text.replace("\r\n", "\n") == document.text
    assert ["The İzmir ferry carried 312 cars."] == [citation.quote for citation in answer.citations]
    hits = empty.search("the crew slept", k=4)
    assert 4 == len({hit.sentence.start for hit in hits})
    spans = [(each.start, each.end, each.quote) for each in answer.citations]
    spans += [(hit.sentence.start, hit.sentence.end, hit.sentence.text) for hit in hits]
    assert [text for *_, text in spans] == [document.text[start:end] for start, end, _ in spans]


def test_the_record_is_that_of_the_contract(opened: Assistant) -> None:
    """The record has the contract's keys in its order, and is the same after a way through JSON."""
    made = opened.ask(ARRESTS).to_dict()

    assert RECORD == tuple(made)
    assert CITATION == tuple(made["citations"][0])
    assert {"text": "Police made 2,517 arrests in 116 countries.", "verdict": "supported", "citations": [1]} == {
        key: made["statements"][0][key] for key in ("text", "verdict", "citations")
    }
    assert ("text", "verdict", "why", "citations") == tuple(made["statements"][0])
    assert {"prompt_tokens": 0, "completion_tokens": 0} == made["usage"]
    assert {"retrieve", "answer", "total"} == set(made["seconds"])
    assert all(0 <= value < 60 for value in made["seconds"].values())
    assert made == json.loads(json.dumps(made))


@pytest.mark.parametrize("asked", [{}, {"kinds": ["pdf"]}])
def test_a_refusal_is_data(opened: Assistant, asked: dict[str, Any]) -> None:
    """What the documents don't hold is refused with a reason, and nothing is cited."""
    answer = opened.ask(UNKNOWN, **asked)

    assert answer.refused
    assert answer.reason
    assert answer.text.endswith(answer.reason)
    assert ((), ()) == (answer.statements, answer.citations)
    made = answer.to_dict()
    assert RECORD == tuple(made)
    assert made == json.loads(json.dumps(made))


def test_an_empty_index_refuses(empty: Assistant) -> None:
    """With nothing indexed a question is refused, and a search finds nothing."""
    assert empty.ask(ARRESTS).refused
    assert [] == empty.search("arrests")


@pytest.mark.parametrize(("question", "told"), [("", "empty"), (" \n\t", "empty"), ("why " * 1_001, "4,000")])
def test_a_question_that_cannot_be_asked(opened: Assistant, question: str, told: str) -> None:
    """An empty or endless question is an error at every door."""
    for ask in (opened.ask, opened.search, opened.explain, lambda text: list(opened.stream(text))):
        with pytest.raises(QuestionError, match=told):
            ask(question)


def test_a_question_is_asked_on_one_line(opened: Assistant) -> None:
    """White space around and within a question changes nothing but what was typed."""
    odd = "  How many\narrests   were made?\n"
    answer = opened.ask(odd)
    assert (odd, ARRESTS, opened.ask(ARRESTS).text) == (answer.question, answer.asked, answer.text)


def test_a_question_longer_than_the_model_reads(opened: Assistant) -> None:
    """A question of exactly the most characters is still asked."""
    assert isinstance(opened.ask("why " * 999 + "why?"), Answer)


def test_filters_by_document_and_kind(opened: Assistant) -> None:
    """Only the documents and kinds asked for may answer; a lone one needs no list."""
    zoo, kestrel = identity(opened, "zoo.txt"), identity(opened, "kestrel.md")
    one: list[dict[str, Any]] = [
        {"documents": [kestrel]},
        {"documents": kestrel},
        {"kinds": ["md"]},
        {"kinds": "MD"},
        {"kinds": [".md"]},
        {"documents": [zoo, kestrel], "kinds": ["md", "pdf"]},
    ]
    for asked in one:
        assert [kestrel] == [c.document_id for c in opened.ask(ARRESTS, **asked).citations], asked
        assert {kestrel} == {hit.document.id for hit in opened.search("zoo tickets", **asked)}, asked
    none: list[dict[str, Any]] = [{"documents": [zoo]}, {"documents": []}, {"kinds": ["html", "txt"]}]
    for asked in none:
        assert opened.ask(ARRESTS, **asked).refused, asked


def test_filters_by_day(opened: Assistant) -> None:
    """Days are inclusive, given as dates or as text; a document without a date is out."""
    day = "2024-11-06"
    days: list[dict[str, Any]] = [{"since": day}, {"until": day}, {"since": day, "until": day},
                                  {"since": date(2024, 11, 6)},
                                  {"until": datetime(2024, 11, 6, 12, tzinfo=UTC)}]  # fmt: skip
    for asked in days:
        assert "4,811" in opened.ask(SHIPS, **asked).text, asked
        assert opened.ask(ARRESTS, **asked).refused, asked
    days = [{"since": "2024-11-07"}, {"until": "2024-11-05"}, {"since": "2024-12-01", "until": "2024-01-01"}]
    for asked in days:
        assert opened.ask(SHIPS, **asked).refused, asked


def test_filters_that_cannot_be(opened: Assistant) -> None:
    """An unknown id and a day that is none are errors that say what to do."""
    for ask in (opened.ask, opened.search, lambda text, **asked: list(opened.stream(text, **asked))):
        with pytest.raises(DocumentNotFoundError, match="assistant documents"):
            ask(ARRESTS, documents=["nobody"])
        with pytest.raises(SettingsError, match="2024-11-06"):
            ask(ARRESTS, since="last week")
        with pytest.raises(SettingsError, match="2024-02-30"):
            ask(ARRESTS, until="2024-02-30")


def test_searching_ranks_sentences(opened: Assistant) -> None:
    """The best sentence is first, scores fall, spans hold, and there are ``k`` at most."""
    hits = opened.search("how many people the police arrested", k=4)

    assert 4 == len(hits)
    assert "2,517" in hits[0].sentence.text
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    for hit in hits:
        assert hit.document.id == hit.sentence.document_id
        assert hit.sentence.text == hit.document.text[hit.sentence.start : hit.sentence.end]
    assert hits[:2] == opened.search("how many people the police arrested", k=2)
    assert [[], []] == [opened.search("arrests", k=k) for k in (0, -1)]
    everything = sum(each.sentences for each in opened.documents())
    assert everything == len(opened.search("arrests", k=1_000))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_ends_with_the_answer(opened: Assistant, question: str) -> None:
    """The statements come one by one, and last the answer that ``ask`` gives."""
    *statements, last = opened.stream(question)

    assert isinstance(last, Answer)
    assert all(isinstance(each, Statement) for each in statements)
    assert tuple(statements) == last.statements
    assert record(opened.ask(question)) == record(last)


def test_an_explanation_keeps_what_was_retrieved(opened: Assistant) -> None:
    """An explanation has the answer, the best ten sentences with their evidence, and the times."""
    told = opened.explain(ARRESTS)

    assert record(opened.ask(ARRESTS)) == record(told.answer)
    assert len(told.hits) == len(told.features) <= 10
    assert "2,517" in told.hits[0].sentence.text
    assert told.answer.seconds == told.seconds
    assert "" == told.prompt


# Threads


def test_many_threads_get_equal_answers(opened: Assistant) -> None:
    """Eight threads with five questions each get what one thread gets."""
    expected = [record(opened.ask(question)) for question in QUESTIONS]

    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(lambda: [record(opened.ask(q)) for q in QUESTIONS]) for _ in range(8)]
        assert [expected] * 8 == [run.result(timeout=60) for run in runs]


def test_asking_while_another_thread_indexes(empty: Assistant, folder: Path, tmp_path: Path) -> None:
    """Answers stay right and their offsets hold while documents come, change and go."""
    empty.index(folder)
    root = tmp_path / "more"
    root.mkdir()
    done = threading.Event()

    def write() -> None:
        try:
            for turn in range(3):
                for number in range(8):
                    file = root / f"{number}.txt"
                    file.write_text(f"Garden {number} grows roses in bed {turn}. " * 5)
                (root / f"{turn}.txt").unlink()
                empty.index(root)
        finally:
            done.set()

    with ThreadPoolExecutor(3) as pool:
        writing = pool.submit(write)

        def ask() -> int:
            asked = 0
            while not done.is_set() or asked == 0:
                answer = empty.ask(ARRESTS)
                assert "Police made 2,517 arrests in 116 countries. [1]" == answer.text
                for citation in answer.citations:
                    text = empty.document(citation.document_id).text
                    assert citation.quote == text[citation.start : citation.end]
                for hit in empty.search("roses in a garden bed", k=5):
                    assert hit.sentence.text == hit.document.text[hit.sentence.start : hit.sentence.end]
                asked += 1
            return asked

        asking = [pool.submit(ask) for _ in range(2)]
        writing.result(timeout=60)
        assert all(each.result(timeout=60) for each in asking)
    assert 3 + 7 == len(empty.documents())


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], object]], None]:
    """Has something happen between finding sentences and reading their documents, as a thread may do it."""

    def happens(event: Callable[[int], object]) -> None:
        turns, undisturbed = count(), Retriever.retrieve

        def disturbed(*arguments: Any) -> Retrieval:
            retrieval = undisturbed(*arguments)
            event(next(turns))
            return retrieval

        monkeypatch.setattr(Retriever, "retrieve", disturbed)

    return happens


def test_a_document_replaced_while_it_is_asked(
    empty: Assistant, tmp_path: Path, between: Callable[[Callable[[int], object]], None]
) -> None:
    """A document that changes in the middle of a question is looked at again: the new text is cited."""
    file = tmp_path / "zoo.txt"
    file.write_text(ZOO)
    empty.index(file)

    def move(turn: int) -> None:
        if turn in (0, 2):
            file.write_text(f"Dear visitors {turn}. {ZOO}")
            empty.index(file)

    between(move)
    answer, hits = empty.ask(TICKETS), empty.search("tickets")

    assert "Tickets cost ten euros. [1]" == answer.text
    text = empty.document(identity(empty, "zoo.txt")).text
    for each in (answer.citations[0], hits[0].sentence):
        assert "Tickets cost ten euros." == text[each.start : each.end]


def test_a_document_removed_while_it_is_asked(
    empty: Assistant, tmp_path: Path, between: Callable[[Callable[[int], object]], None]
) -> None:
    """A document that goes in the middle of a question is no answer, and no error either."""
    (tmp_path / "zoo.txt").write_text(ZOO)
    empty.index(tmp_path / "zoo.txt")
    at = identity(empty, "zoo.txt")

    def vanish(turn: int) -> None:
        if turn == 0:
            empty.remove(at)

    between(vanish)

    assert empty.ask(TICKETS).refused
    assert [] == empty.search("tickets")


def test_a_document_that_never_rests(
    empty: Assistant, tmp_path: Path, between: Callable[[Callable[[int], object]], None]
) -> None:
    """A document that changes at every look is an error in the end, not an endless wait."""
    file = tmp_path / "zoo.txt"
    file.write_text(ZOO)
    empty.index(file)

    def move(turn: int) -> None:
        file.write_text(f"{'Dear visitors. ' * (turn + 1)} {ZOO}")
        empty.index(file)

    between(move)
    with pytest.raises(StoreError, match="when the indexing has ended"):
        empty.ask(TICKETS)


# The sample


@pytest.mark.slow
def test_the_sample_is_kept_apart(tmp_path: Path) -> None:
    """The sample index answers from the bundled corpus and leaves the home's own index alone."""
    with Assistant.open(tmp_path) as own, Assistant.sample(tmp_path) as sample:
        assert [] == own.documents()
        assert len(sample.documents()) >= 10
        answer = sample.ask("How many people were arrested in Operation Liberterra II?")
        assert "2,517" in answer.text
        for citation in answer.citations:
            text = sample.document(citation.document_id).text
            assert citation.quote == text[citation.start : citation.end]


def alike(_: MiniLMEmbedder, chunks: Sequence[ChunkInput]) -> Vectors:
    """The same vector for every sentence, by which nothing is found."""
    return np.full((sum(len(chunk.spans) for chunk in chunks), 384), 384**-0.5, np.float32)


def test_a_sample_of_another_version_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version, or another embedder, answers from the sample at once: no command is needed."""
    with monkeypatch.context() as older:
        older.setattr(MiniLMEmbedder, "name", "an older model")
        older.setattr(MiniLMEmbedder, "embed_chunks", alike)
        Assistant.sample(tmp_path).close()
    with Assistant.sample(tmp_path) as sample:
        assert "2,517" in sample.ask("How many people were arrested in Operation Liberterra II?").text
    with Assistant.sample(tmp_path, embedding=MockEmbedding(embed_dim=8)) as sample:
        assert 13 == len(sample.documents())


def test_a_sample_that_cannot_be_made_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the corpus is missing the sample's folder is free again."""
    monkeypatch.setattr("assistant.paths._PACKAGE", tmp_path / "nowhere" / "assistant")
    with pytest.raises(AssistantError, match="corpus"):
        Assistant.sample(tmp_path)
    Assistant.open(tmp_path / "sample").close()
