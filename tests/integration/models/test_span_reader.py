"""The bundled span reader, as it is shipped."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.client import Assistant
from assistant.grounding import check
from assistant.grounding.evidence import Evidence
from assistant.grounding.span_reader_scorer import make_span_reader_scorer
from assistant.models.calibration import CheckCalibration
from assistant.models.span_reader import SpanReader, heading_text
from assistant.segmentation.chunks import ChunkInput

BRIDGE = (
    "The Alder Bridge was opened in March 1911 after six years of work.",
    "It replaced a ferry that had carried some 300 people a day.",
    "The engineer Maria Lund drew its three arches.",
)
READER = SpanReader(threads=1)  # for hypothesis, which takes no fixture of a module
FERRY = ("The ferry was painted green every spring.", "Its crew lived in a house on the bank.")


def chunk_input(*sentences: str, heading: str = "Alder Bridge. ") -> ChunkInput:
    """Sentences as a chunk, with a space between them."""
    spans, start = [], 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return ChunkInput(heading, " ".join(sentences), tuple(spans))


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader()


@pytest.mark.parametrize(
    ("question", "place", "answer"),
    [
        ("Who designed the arches of the bridge?", 2, "Maria Lund"),
        ("When was the bridge opened?", 0, "March 1911"),
        ("How many people did the ferry carry each day?", 1, "300"),
        ("How long did the work on the bridge take?", 0, "six years"),
    ],
)
def test_the_answering_sentence_and_its_words(reader: SpanReader, question: str, place: int, answer: str) -> None:
    """Of sentences on one subject the one that answers has the highest log-odds, with the answer's words in it."""
    chunk = chunk_input(*BRIDGE)
    (readings,) = reader.read(question, [chunk])
    best = max(range(3), key=lambda number: readings[number].log_odds)
    assert place == best
    assert answer in chunk.text[readings[best].start : readings[best].end]


def test_a_chunk_that_answers_beats_one_that_does_not(reader: SpanReader) -> None:
    """The log-odds of two chunks can be compared: the one with the answer has the higher ones."""
    with_answer, without = reader.read(
        "Who designed the arches of the bridge?", [chunk_input(*BRIDGE), chunk_input(*FERRY)]
    )
    assert max(reading.log_odds for reading in with_answer) > max(reading.log_odds for reading in without) + 1


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=300), max_size=5), st.text(max_size=40))
def test_answers_lie_in_their_sentences(question: str, sentences: list[str], heading: str) -> None:
    """Whatever is asked of whatever text: each sentence gets finite log-odds and a span inside it, or an empty one."""
    chunk = chunk_input(*sentences, heading=heading)
    (readings,) = READER.read(question, [chunk])
    assert len(chunk.spans) == len(readings)
    for (start, end), reading in zip(chunk.spans, readings, strict=True):
        assert abs(reading.log_odds) < 1e4
        assert start <= reading.start <= reading.end <= end
        assert 0 <= reading.span_share <= 1


def test_a_long_question_and_a_long_chunk_are_cut(reader: SpanReader) -> None:
    """Beyond its reach nothing is read and nothing fails: what lies there has the lowest log-odds."""
    words = "word " * 900
    (readings,) = reader.read("Who? " * 200, [ChunkInput("", words, ((0, 20), (4_000, 4_020)))])
    assert readings[0].log_odds > readings[1].log_odds
    assert (4_000, 4_000) == (readings[1].start, readings[1].end)


def test_nothing_to_read(reader: SpanReader) -> None:
    """No chunks give no readings, and a chunk without sentences gives an empty tuple."""
    assert [] == reader.read("Who?", [])
    assert [()] == reader.read("Who?", [ChunkInput("A title. ", "", ())])


def test_many_threads_read_at_once(reader: SpanReader) -> None:
    """Threads share one session, and each gets what it would get alone."""
    chunks = [chunk_input(*BRIDGE), chunk_input(*FERRY)]
    alone = reader.read("When was the bridge opened?", chunks)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: reader.read("When was the bridge opened?", chunks), range(24)))
    assert [alone] * 24 == results


@pytest.mark.parametrize(
    ("title", "context", "expected"),
    [
        ("Alder_Bridge", "", "Alder Bridge. "),
        ("Alder Bridge", "Alder Bridge > History", "Alder Bridge. History. "),
        ("", "History\n  of it", "History of it. "),
        ("", "", ""),
        ("t" * 300, "c" * 300, f"{'t' * 120}. {'c' * 120}. "),
    ],
)
def test_what_a_chunk_is_about(title: str, context: str, expected: str) -> None:
    """Title and headings are said once, on one line, and not at length."""
    assert expected == heading_text(title, context)


QUESTION = "Who drew the arches of the Alder Bridge?"


def test_the_answer_is_marked_in_the_record(tmp_path: Path) -> None:
    """A citation says where in the document the answer's words stand; without the span reader it doesn't."""
    file = tmp_path / "bridge.txt"
    file.write_text(" ".join(BRIDGE), encoding="utf-8")
    results = {}
    for setting in ("on", "off"):
        with Assistant.open(tmp_path / setting, reader=setting) as opened:
            opened.index([file])
            answer = opened.ask(QUESTION)
            (cited,) = answer.to_dict()["citations"]
            text = opened.document(cited["document_id"]).text
            span = cited["answer_span"]
            results[setting] = text[span[0] : span[1]] if span else "", answer.versions["reader"].partition("@")[0]
    assert "Maria Lund" in results["on"][0]
    assert len(results["on"][0]) < len(BRIDGE[2])
    assert ("reader", ("", "off")) == (results["on"][1], results["off"])


CAST = "The producers announced that the show would open with Anna Berg as the captain and Leo Falk as the cook."
REWORDED = (
    "The musical sees Anna Berg as the captain.",
    "The piece features Anna Berg as the captain.",
    "In the musical Anna Berg plays the captain.",
)


def test_the_check_reads_what_words_leave_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its threshold on other words are supported rather than partial; a wrong name or figure never is."""
    monkeypatch.setattr(check, "check_calibration", lambda: CheckCalibration(3.0, -2.0))
    verdicts = {}
    for setting in ("on", "off"):
        with Assistant.open(tmp_path / setting, reader=setting) as opened:
            verdicts[setting] = [opened.check(text, [CAST]).verdict for text in REWORDED]
            for wrong in ("The musical sees Anna Falk as the captain.", "The show would open with 2 captains."):
                assert "unsupported" == opened.check(wrong, [CAST]).verdict
    assert ["partial"] * 3 == verdicts["off"]
    assert {"supported", "partial"} >= set(verdicts["on"])
    assert "supported" in verdicts["on"]


def test_a_statement_is_read_in_every_chunk(reader: SpanReader) -> None:
    """However many sentences there are, the one that says it gives the log-odds, well above those of another."""
    scorer = make_span_reader_scorer(reader)
    assert scorer
    unrelated = [Evidence(sentence) for sentence in FERRY]
    assert scorer(REWORDED[0], [Evidence(CAST)]) > scorer(REWORDED[0], unrelated) + 3
    assert scorer(REWORDED[0], [*unrelated * 40, Evidence(CAST)]) > scorer(REWORDED[0], unrelated) + 3
