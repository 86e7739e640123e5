"""Every parser reads any text of Unicode, and typographic forms of plain characters as what they stand for."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.grounding.check import verdict_for
from assistant.grounding.evidence import Evidence
from assistant.nlp.figures import find_dates, find_figures, find_names
from tests.support.parsers import ANSWER, PARSERS, QUESTION, STATEMENT

SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# What else stands for a space, a dash, a quotation mark, a digit, a letter, a bracket.
LOOK_ALIKES = (
    "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\u200b\u2060\ufeff\u00ad"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u058a\u301c"
    "\u2018\u2019\u201a\u201b\u201c\u201d\u2032\u02bc\uff07\u00ab\u00bb\u300c\u300d`\u00b4"
    "\u0660\u06f3\u0967\u0e52\uff15\U0001d7d0\u00b2\u2083\u2460\u2167\u00bd\u2153\u0bf0\u3007\u066b\u066c\u066a"
    "\u0131\u0130\u017f\u212a\u00df\u1e9e\u03c2\ufb01\u01c5\uff2d\U0001d400\u0301\u200d\u0345"
    "[]［］【】〔〕⟦⟧()\uff08\uff09\\$^*+?{}|/.:;,%#@&_<>"
)
WORDS = (
    "one two hundred thousand million bn dozen half a third of 5 12 2,517 370.9 2024 1914–18 06.11.2024 2024-11-06 "
    "10:30 pm AD BC 20th century 1990s $ € US$ per cent % percentage points km/h °C between from to more than "
    "nearly first second Operation Kestrel II the May November Monday 6 Mr Jürgen Stock Ministry of Justice no not "
    "only don't he it there that who why how many what is name arrests exactly and And What about | [1] [2-4] (a) - "
    "# > ``` ** said it's U.S. Article 5 al-Qaeda"
)
TEXTS = st.text(max_size=200) | st.lists(
    st.sampled_from(WORDS.split()) | st.sampled_from(LOOK_ALIKES) | st.sampled_from([" ", " ", *SPACES]), max_size=40
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "370.9\u00a0million arrests, 5\u2009bn euros, 3\u202fdozen",
        "5 m\u0131llion, 5 m\u0130llion, 6 thou\u017fand, 5 \u212am, 7 tr\u0131ll\u0131on",
        "twenty\u2011one, two\u2010thirds, 5\u00a0%, 5\u2007per\u2007cent, a\u00a0third of it",
        "\u0663\u0667\u0660\u066b\u0669 million, \u0967\u0968 crore, \uff15\uff10\uff10, 5\u00b2, Article\u00a05",
        "And why \\ ?",
        "How many a\\g<9> arrests\\1 were made?",
        "how many \\x were them?",
        "What is the " + "name of the " * 1_000 + "man?",
        "Xa" + "-Bo" * 2_000 + " bo bo",
        "Ba-" * 60 + "Bo said that Ba and Ba-Ba met Ba.",
        "x" * 20_000,
        "\ud800 \udfff Abc \ud83d",
        "\u0301\u0301 \u0301abc A\u0301\u0301b",
        "It was so today, yesterday and tomorrow, on 31 December 9999 and 1 January 0001.",
    ],
)
def test_hard_texts_are_read(text: str) -> None:
    """Nothing is raised, by any parser."""
    for parse in PARSERS.values():
        parse(text)


def test_the_last_day_of_all_has_no_tomorrow() -> None:
    """A document may be dated 31 December 9999: its "tomorrow" is no day, and no error."""
    evidence = [Evidence("It begins tomorrow.", "", dt.date.max)]
    assert "unsupported" == verdict_for("It begins on 1 January 2024.", evidence).verdict


@pytest.mark.parametrize("space", SPACES)
def test_spaces_of_any_width_are_spaces(space: str) -> None:
    """Figures, dates and names are the same whatever the width of the spaces, and are given as they are written."""
    plain = (
        f"{QUESTION} {ANSWER} {STATEMENT} It cost 370.9 million, 5 per cent of US$ 7 bn, twenty one pupils, 2 517 km."
    )
    spaced = plain.replace(" ", space)
    for find in (find_figures, find_dates, find_names):
        assert find(plain) == find(spaced)
        assert [item.text for item in find(spaced)] == [spaced[item.start : item.end] for item in find(spaced)]
        assert [item.text.replace(" ", space) for item in find(plain)] == [item.text for item in find(spaced)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("twenty\u2011one pupils", "twenty-one pupils"),
        ("5\u20106 boats", "5-6 boats"),
        ("1914\u201218", "1914–18"),
        ("\u0662\u066c\u0665\u0661\u0667 boats", "2,517 boats"),
        ("\u0663\u0667\u0660\u066b\u0669 million", "370.9 million"),
        ("\uff12\uff10\uff12\uff14", "2024"),
        ("Anna\u02bcs boat in May 2024", "Anna’s boat in May 2024"),
    ],
)
def test_other_characters_mean_the_same(written: str, plain: str) -> None:
    """Hyphens, apostrophes, separators and digits of other scripts are read as the plain ones."""
    for find in (find_figures, find_dates, find_names):
        assert find(plain) == find(written)


@pytest.mark.hostile
@pytest.mark.parametrize("name", PARSERS)
def test_any_text_is_read(name: str) -> None:
    """Nothing is raised, whatever the text."""
    parse = PARSERS[name]

    @settings(max_examples=200, deadline=None, database=None)
    @given(TEXTS)
    def read(text: str) -> None:
        parse(text)

    read()
