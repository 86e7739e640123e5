"""Org mode: dates and properties of headings, trees that are commented out, and powers."""

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(text: str) -> Document:
    return read_bytes(text.encode(), "a.org", max_bytes=1_000_000)


def fields(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == "field"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "DEADLINE: <2024-05-01 Wed> SCHEDULED: <2024-04-01 Mon>",
            ["Deadline: 2024-05-01 Wed", "Scheduled: 2024-04-01 Mon"],
        ),
        ("CLOSED: [2024-05-01 Wed 10:00]", ["Closed: 2024-05-01 Wed 10:00"]),
        (
            "SCHEDULED: <2024-04-01 Mon>--<2024-04-03 Wed>\n:PROPERTIES:\n:OWNER: Vera Holm\n:ID: 7f\n:END:",
            ["Scheduled: 2024-04-01 Mon–2024-04-03 Wed", "OWNER: Vera Holm"],
        ),
        (":LOGBOOK:\n:NOTE: none\n:END:", []),
        (":PROPERTIES:\n:OWNER: Vera Holm", []),
    ],
)
def test_dates_and_properties_of_a_heading_are_fields(lines: str, expected: list[str]) -> None:
    """What Org notes below a heading is a field each; a log, and what Org itself uses, is none."""
    document = read(f"* Plan\n{lines}\n\nThe plan costs 5 euros.\n")
    assert expected == fields(document)
    assert document.text.endswith("The plan costs 5 euros.")


@pytest.mark.parametrize("title", ["COMMENT Ideas", "TODO COMMENT Ideas", "COMMENT"])
def test_a_tree_that_is_commented_out_is_left_out(title: str) -> None:
    """All under its heading goes, up to the next of its level, and a note says so."""
    document = read(f"* Plan\nFive.\n** {title}\nTen.\n*** Inner\nEleven.\n** Costs\nSix.\n")
    assert "# Plan\n\nFive.\n\n## Costs\n\nSix." == document.text
    assert "1 hidden part in it is left out" in document.notes


def test_a_heading_about_comments_stays() -> None:
    """Only the word in capitals hides a tree."""
    document = read("* Comment on costs\nFive.\n* COMMENTS\nSix.\n")
    assert "# Comment on costs\n\nFive.\n\n# COMMENTS\n\nSix." == document.text
    assert not document.notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 10^6 euros.", "It costs 10⁶ euros."),
        ("As 2^10 is 1,024.", "As 2¹⁰ is 1,024."),
        ("An area of 5 m^2, at 10^-3 bar.", "An area of 5 m², at 10⁻³ bar."),
        ("The names a^b and 2^x and x^2y stay.", "The names a^b and 2^x and x^2y stay."),
    ],
)
def test_only_figures_behind_a_caret_are_raised(text: str, expected: str) -> None:
    """A power is raised; letters behind a caret stay."""
    assert expected == read(text).text
