"""A press article with the leftovers of a web page in it, indexed alone and asked in plain words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant

ARTICLE = """\
The customs union announced on Thursday March 14 that its "widest sweep against the ivory trade" so far was over. \
More than 600 people were held and more than 40 ports were searched between February 26 and March 4, the union said.
The operation "Grey Heron" led to the seizure of 1,318 tusks, among them some from herds thought to be extinct.
A total of 641 arrests were made during the week, of which 207 specifically concerned smuggling by sea.
Read also | Article reserved for our subscribers The secret life of the ivory dealers
Read later
In Kenya, rangers stopped a lorry whose driver had hidden 95 tusks under a load of tea. In Portugal, a retired vet \
was arrested for issuing false certificates.
Discover
Online courses, evening classes, workshops: carve in wood and stone
Mr. Almeida, who is completing his last year at the head of the union, must give way to the Norwegian, Ingrid \
Solheim, at the annual meeting of its members, which is currently being held in Lisbon.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An index of the article alone."""
    folder = tmp_path_factory.mktemp("article")
    Path(folder, "heron.txt").write_text(ARTICLE, encoding="utf-8")
    with Assistant.open(folder / "home") as assistant:
        assistant.index(folder / "heron.txt")
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected_words"),
    [
        ("How many arrests were made?", "641"),
        ("How many of the arrests concerned smuggling?", "207"),
        ("How many tusks were seized?", "1,318"),
        pytest.param(
            "When did the operation take place?",
            "between February 26 and March 4",
            marks=pytest.mark.xfail(
                reason="the span reader doesn't see that what happened then is the operation", strict=True
            ),
        ),
        ("When did the customs union announce it?", "March 14"),
        pytest.param(
            "What happened in Kenya?",
            "95 tusks",
            marks=pytest.mark.xfail(
                reason="found first, but the span reader sees no answer in what happened", strict=True
            ),
        ),
        ("Who was arrested in Portugal?", "retired vet"),
        ("Who is leaving as head of the union?", "Almeida"),
        ("Who follows Almeida at the head of the union?", "Ingrid Solheim"),
        ("Where is the annual meeting held?", "Lisbon"),
    ],
)
def test_a_question_is_answered_from_the_right_sentence(
    assistant: Assistant, question: str, expected_words: str
) -> None:
    """A plain question about the article is answered with the one sentence that says it."""
    (citation,) = assistant.ask(question).citations
    assert expected_words in citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "How many countries took part?",
        "What was the budget of the operation?",
        "How many people were convicted?",
        "What is the name of the lorry driver?",
        "What do the evening classes teach?",
        "What is reserved for subscribers?",
    ],
)
def test_a_question_that_the_article_leaves_open_is_refused(assistant: Assistant, question: str) -> None:
    """What the article doesn't answer is refused, and leftovers of the page are never cited."""
    answer = assistant.ask(question)
    assert (True, ()) == (answer.refused, answer.citations)


@pytest.mark.parametrize(
    ("question", "cited_counts"), [("How many arrests in Mali?", ["24"]), ("How many arrests in Ghana?", [])]
)
def test_a_table_row_counts_what_its_header_names(tmp_path: Path, question: str, cited_counts: list[str]) -> None:
    """A spreadsheet's cell answers "how many" where its column names the thing, for the row that is asked about."""
    (tmp_path / "arrests.csv").write_text("country,arrests\nMali,24\nTogo,12\n", encoding="utf-8")
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index(tmp_path / "arrests.csv")
        assert cited_counts == [citation.quote[-2:] for citation in assistant.ask(question).citations]
