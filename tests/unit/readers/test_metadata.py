"""Titles and dates from metadata, headings and names."""

import datetime as dt
from typing import Any

import pytest

from assistant.readers.metadata import clean_title, first_heading, is_like_file_name, parse_date, title_from_file_name


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.datetime(2024, 11, 6, 23, 59), dt.date(2024, 11, 6)),  # noqa: DTZ001 — as openpyxl gives them
        (dt.date(2024, 11, 6), dt.date(2024, 11, 6)),
        ("2024-11-06T10:00:00Z", dt.date(2024, 11, 6)),
        ("6 November 2024", dt.date(2024, 11, 6)),
        ("Nov 6, 2024", dt.date(2024, 11, 6)),
        ("2024-13-45", None),
        ("2024", None),
        ("1970-01-01", None),
        (None, None),
        (20241106, None),
    ],
)
def test_dates_come_from_what_metadata_hold(value: Any, expected: Any) -> None:
    """Dates are read from the forms that metadata use, and nothing is made up for the others."""
    assert expected == parse_date(value)


@pytest.mark.parametrize(
    "junk",
    [
        "", " ", "Microsoft Word - x.doc", "Untitled", "untitled-1", "report.indd", "Document1", "Dokument 2",
        "Unbenannt", "Ohne Titel 1", "Sans titre", "Sin título 2", "Senza titolo", "Présentation PowerPoint", "Folie 3",
        "https://intranet.example/preview?id=381", "file:///C:/My files/a", "www.example.org", "localhost:8000/print",
        "example.org/reports/4", "about:blank", r"C:\Users\ana\Desktop\annual report",
    ],
)  # fmt: skip
def test_a_title_that_a_program_made_up_is_none(junk: str) -> None:
    """Titles that come from a program rather than from a person are dropped."""
    assert clean_title(junk) == ""


@pytest.mark.parametrize(
    "title",
    ["AC/DC", "Node.js", "Untimely ends", "Titled people", "Sans famille", "Documents of 1848", "www: a history",
     "Presentation skills", "and/or", "Layout of the port"],
)  # fmt: skip
def test_titles_that_only_resemble_those_of_programs(title: str) -> None:
    """What begins as an address or the name that a program gives may be a title."""
    assert clean_title(title) == title


@pytest.mark.parametrize("name", ["paper", "annual-report", "AR_2025", "main(2)", "4-18-cv-0102", "v2"])
def test_names_of_files(name: str) -> None:
    """One word without a capital, or with digits or dashes, looks like the name of a file."""
    assert is_like_file_name(name)


@pytest.mark.parametrize("title", ["Middlemarch", "Jahresbericht", "情報科学年報", "the sea", "Été", "отчёт"])
def test_words_that_are_titles(title: str) -> None:
    """A word with a capital, several words, and words of other scripts may be what somebody called a work."""
    assert not is_like_file_name(title)


def test_a_persons_title_is_kept_on_one_line() -> None:
    """A real title stays, without line ends and invisible characters."""
    assert clean_title(" The\u200b second\n  operation ") == "The second operation"


def test_a_files_name_becomes_a_title() -> None:
    """Dashes become spaces, and a name that somebody capitalised is left so."""
    assert title_from_file_name("liberterra-ii_brief") == "Liberterra ii brief"
    assert title_from_file_name("INTERPOL-notes") == "INTERPOL notes"


def test_the_first_heading_stands_outside_code() -> None:
    """A comment in a code fence is no heading, and markup inside one is dropped."""
    assert first_heading("```\n# not me\n```\n\n## The *second* [time](http://x) ##\n") == "The second time"
    assert first_heading("no heading here\n#hashtag") == ""


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("# a ## ", "a"),
        ("## [The *tool*](b) [x] #", "The tool [x]"),
        ("# a" + "#" * 9 + "a", "a#########a"),
    ],
)
def test_a_heading_loses_its_marks_alone(line: str, title: str) -> None:
    """The marks at its beginning and end go, those inside stay."""
    assert first_heading(line) == title
