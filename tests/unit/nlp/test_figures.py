import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.nlp.figures import (
    Figure,
    contradicts,
    counted_words,
    find_dates,
    find_figures,
    find_names,
    satisfies_rounded,
)


def only_figure(text: str) -> Figure:
    """The one figure of a text."""
    (figure,) = find_figures(text)
    return figure


PIECES = (
    "1 12 2,517 ,500 1.5 2024 2024-11-06 1990s . , - – / : $ € % per cent million one two hundred and a "
    "of half third thirds 5th first second USD GB US$ November May Monday 6 Jürgen al-Qaeda U.S. "
    "İstanbul II Mr. The Article The\n don't ½ ٣ more than nearly between from to 10:30 pm BC AD "
    "century ( ) [1] @ http:// \u202f \u0301 ² № 's ’s & of the"
)
TEXTS = st.lists(st.sampled_from(PIECES.split(" ")), max_size=25)


@given(st.text() | TEXTS.map(" ".join) | TEXTS.map("".join))
def test_spans_hold_on_any_text(text: str) -> None:
    """Whatever the text, nothing is raised, spans are exact and in order, no figure meets a date or name."""
    for items in (find_figures(text), find_dates(text), find_names(text)):
        end = 0
        for item in items:
            assert text[item.start : item.end] == item.text
            assert end <= item.start < item.end
            end = item.end
    excluded = [(day.start, day.end) for day in find_dates(text)] + [
        (name.start, name.end) for name in find_names(text)
    ]
    for figure in find_figures(text):
        counted_words(text, figure)
        assert satisfies_rounded(figure, figure)
        assert not contradicts(figure, figure)
        assert not any(figure.start < end and start < figure.end for start, end in excluded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2,517 arrests were made", ("arrests",)),
        ("“17,793 irregular migrants” were identified", ("irregular", "migrants")),
        (
            "3,222 potential victims of human trafficking were found",
            ("potential", "victims", "human", "trafficking"),
        ),
        ("24 of the women who came", ("women",)),
        ("12 men and women", ("men",)),
        ("arrests: 2,517", ("arrests",)),
        ("The arrests rose to 2,517.", ("arrests", "rose")),
        ("of which 850 specifically concerned", ("specifically", "concerned")),
        ("It took 5 days", ("days",)),
        ("worth 6,000 euros", ("euros",)),
        ("37% of victims", ("victims",)),
        ("2,517", ()),
    ],
)
def test_counted_words_name_what_a_figure_counts(text: str, expected: object) -> None:
    """The noun group behind the figure, else the words before it."""
    assert expected == counted_words(text, only_figure(text))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "A",
        "A ",
        "1,222,",
        "1 222 ",
        "one ",
        "a.",
        "1.",
        "1-",
        "a@",
        "+1 ",
        "May ",
        "2024-",
        "first ",
        "half of a ",
        "$",
        " ",
        "\n1. ",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Twenty thousand characters of one pattern stay far under what a quadratic scan would take."""
    text = (piece * 20_000)[:20_000]
    started = time.perf_counter()
    for figure in find_figures(text)[-3:]:
        counted_words(text, figure)
    assert time.perf_counter() - started < 3
