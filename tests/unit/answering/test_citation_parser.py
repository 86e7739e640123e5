"""Citation markers: sources are numbered for a prompt, and whatever a model makes of the numbers is read safely."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citation_parser import CitationParser, DraftStatement, PromptSource, is_phrase, number_sources
from assistant.models.prompts import escape_for_prompt

SOURCE_COUNT = 5


def parse(*pieces: str, source_count: int = SOURCE_COUNT) -> tuple[list[tuple[str, tuple[int, ...]]], int]:
    """The drafts of a stream as pairs, and how many numbers were dropped."""
    parser = CitationParser(source_count)
    drafts = [draft for piece in pieces for draft in parser.feed(piece)] + parser.finish()
    return [(draft.text, draft.numbers) for draft in drafts], parser.dropped


@pytest.mark.parametrize(
    ("text", "drafts"),
    [
        ("It rained. [1]", [("It rained.", (1,))]),
        ("It rained [1].", [("It rained.", (1,))]),
        ("It rained. [1] Then it snowed. [2]", [("It rained.", (1,)), ("Then it snowed.", (2,))]),
        ("It rained [1]. Then it snowed [2].", [("It rained.", (1,)), ("Then it snowed.", (2,))]),
        ("It rained. [2][5]", [("It rained.", (2, 5))]),
        ("It rained. [2], [5]", [("It rained.", (2, 5))]),
        ("It rained. [2, 5]", [("It rained.", (2, 5))]),
        ("It rained. [2 and 5]", [("It rained.", (2, 5))]),
        ("It rained. [2-4]", [("It rained.", (2, 3, 4))]),
        ("It rained. [2–4]", [("It rained.", (2, 3, 4))]),
        ("It rained. [1][1]", [("It rained.", (1,))]),
        ("It rained. 【3】", [("It rained.", (3,))]),
        ("It rained. ［3］", [("It rained.", (3,))]),
        ("It rained. [^3]", [("It rained.", (3,))]),
        ("It rained. [[3]]", [("It rained.", (3,))]),
        ("It rained. [3](#source-3)", [("It rained.", (3,))]),
        ("It rained. [3](http://example.invalid/a?b=c)", [("It rained.", (3,))]),
        ("It rained. [Source 3]", [("It rained.", (3,))]),
        ("It rained. [sentence 3]", [("It rained.", (3,))]),
        ("It rained.\n[3]", [("It rained.", (3,))]),
        ("It rained.\nIt snowed. [3]", [("It rained.", ()), ("It snowed.", (3,))]),
        ("- It rained. [1]\n- It snowed. [2]", [("It rained.", (1,)), ("It snowed.", (2,))]),
        ("1. It rained. [1]\n2. It snowed. [2]", [("It rained.", (1,)), ("It snowed.", (2,))]),
        ("Rain [1] and snow [2] fell.", [("Rain and snow fell.", (1, 2))]),
        ("It rained. It snowed. [1]", [("It rained.", (1,)), ("It snowed.", (1,))]),
        ("It rained **hard**. [1]", [("It rained hard.", (1,))]),
        ("It rained. []", [("It rained.", ())]),
        ("It rained. [3", [("It rained.", ())]),
        ("It rained [sic]. [1]", [("It rained [sic].", (1,))]),
        ("[1]", []),
        ("", []),
    ],
)
def test_the_forms_of_citation_markers(text: str, drafts: list[tuple[str, tuple[int, ...]]]) -> None:
    """Every way in which models write citation markers is read, and none is left in the text."""
    assert (drafts, 0) == parse(text)


@pytest.mark.parametrize(
    ("text", "numbers", "dropped"),
    [("It rained. [6]", (), 1), ("It rained. [0][2]", (2,), 1), ("It rained. [4-7]", (4, 5), 2),
     ("It rained. [1-9999]", (1,), 1), ("It rained. [9999][1]", (1,), 1)],
)  # fmt: skip
def test_a_number_that_no_source_has_is_dropped(text: str, numbers: tuple[int, ...], dropped: int) -> None:
    """Such numbers are counted, and a wide range is no way to cite everything."""
    assert ([("It rained.", numbers)], dropped) == parse(text)


pieces = st.sampled_from(
    ["[", "]", "1", "2", "7", "[3]", "[2-4]", "【5】", "(", ")", "#x", "\n", " ", ". ", "It rained", "A", "b", ",",
     "- ", "[[", "^", "Source ", "!", "**", "The end."]
)  # fmt: skip
streams = st.lists(pieces | st.text(max_size=3), max_size=30)


@given(streams, st.data())
def test_the_cuts_of_a_stream_make_no_difference(stream: list[str], data: st.DataObject) -> None:
    """The same text gives the same drafts and the same count as a whole, in any pieces and letter by letter."""
    text = "".join(stream)
    whole = parse(text)
    assert whole == parse(*stream)
    assert whole == parse(*text)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    assert whole == parse(*(text[start:end] for start, end in pairwise([0, *cuts, len(text)])))


@given(streams)
def test_no_number_is_invented(stream: list[str]) -> None:
    """Whatever a model writes, a draft cites only existing sources, each once, and has words."""
    drafts, dropped = parse(*stream)
    assert dropped >= 0
    for text, numbers in drafts:
        assert set(numbers) <= set(range(1, SOURCE_COUNT + 1))
        assert len(set(numbers)) == len(numbers)
        assert any(character.isalnum() for character in text)
        assert "[3]" not in text
        assert "\n" not in text


@given(st.text())
def test_no_text_in_a_prompt_is_a_marker_or_a_control_token(text: str) -> None:
    """What a document holds is one line, without brackets, headings or control tokens of a chat."""
    line = escape_for_prompt(text)
    assert not set("[]\n") & set(line)
    assert "<|" not in line
    assert not line.startswith("#")


def test_sources_are_numbered_under_their_titles() -> None:
    """Sources are numbered from 1 in their order; a document's title and date stand once above its sentences."""
    numbered = number_sources(
        [
            PromptSource("A fell. [7]", "One", dt.date(2024, 11, 6)),
            PromptSource("B rose.", "One", dt.date(2024, 11, 6)),
            PromptSource("C <|im_end|> stayed.", "# Two"),
        ]
    )
    assert "# One (2024-11-06)\n[1] A fell. (7)\n[2] B rose.\n# Two\n[3] C ‹|im_end|> stayed." == numbered
    assert "" == number_sources([])


def test_a_fixed_phrase_is_recognised_by_its_words() -> None:
    """The case of its letters, its full stop and what follows make no difference; words before it do."""
    for text in ("The documents do not say.", "the documents do not say: nothing", "The documents do not say"):
        assert is_phrase(text, "The documents do not say")
    for text in ("", "The documents say.", "Well, the documents do not say."):
        assert not is_phrase(text, "The documents do not say")


def test_a_draft_is_returned_as_soon_as_it_is_complete() -> None:
    """A statement is returned once the next one begins, not at the end of the stream."""
    parser = CitationParser(SOURCE_COUNT)
    assert [] == parser.feed("It rained. [1]\n")
    assert [DraftStatement("It rained.", (1,))] == parser.feed("It ")


def test_a_statement_without_end_is_cut() -> None:
    """A model that writes on without an end or a marker is waited for up to 10,000 characters, however they come."""
    stream = f"{'a' * 25_000} [1]\nIt rained. [2]"
    drafts = [("a" * 10_000, ()), ("a" * 10_000, ()), ("a" * 5_000, (1,)), ("It rained.", (2,))]
    for piece_chars in (7, 4_096, len(stream)):
        pieces = (stream[start : start + piece_chars] for start in range(0, len(stream), piece_chars))
        assert (drafts, 0) == parse(*pieces)
