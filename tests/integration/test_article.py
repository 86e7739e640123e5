"""A press article with a web page's leftovers in it, indexed alone, asked in plain words."""

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
def article(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("article")
    Path(folder, "heron.txt").write_text(ARTICLE, encoding="utf-8")
    with Assistant.open(folder / "home") as assistant:
        assistant.index(folder / "heron.txt")
        yield assistant


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many arrests were made?", "641"),
        ("How many of the arrests concerned smuggling?", "207"),
        ("How many tusks were seized?", "1,318"),
        pytest.param(
            "When did the operation take place?",
            "between February 26 and March 4",
            marks=pytest.mark.xfail(
                reason="the reader doesn't see that what happened then is the operation", strict=True
            ),
        ),
        ("When did the customs union announce it?", "March 14"),
        ("What happened in Kenya?", "95 tusks"),
        ("Who was arrested in Portugal?", "retired vet"),
        ("Who is leaving as head of the union?", "Almeida"),
        ("Who follows Almeida at the head of the union?", "Ingrid Solheim"),
        ("Where is the annual meeting held?", "Lisbon"),
    ],
)
def test_what_the_article_says_is_answered_from_the_right_sentence(
    article: Assistant, question: str, told: str
) -> None:
    """Plain questions about the article are answered with the one sentence that says it."""
    (citation,) = article.ask(question).citations
    assert told in citation.quote


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
def test_what_the_article_leaves_open_is_refused(article: Assistant, question: str) -> None:
    """Questions that it doesn't answer are refused, and leftovers of the page are never cited."""
    answer = article.ask(question)
    assert (True, ()) == (answer.refused, answer.citations)


@pytest.mark.parametrize(
    ("question", "told"), [("How many arrests in Mali?", "24"), ("How many arrests in Ghana?", "")]
)
def test_a_row_counts_what_its_header_says(tmp_path: Path, question: str, told: str) -> None:
    """A spreadsheet's cell answers "how many" where its column names the thing, for the row that is asked about."""
    (tmp_path / "arrests.csv").write_text("country,arrests\nMali,24\nTogo,12\n", encoding="utf-8")
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index(tmp_path / "arrests.csv")
        assert [told] * bool(told) == [quote.quote[-2:] for quote in assistant.ask(question).citations]
