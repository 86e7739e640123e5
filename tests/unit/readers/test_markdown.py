"""Markdown files: title, date and address."""

import datetime as dt

import pytest

from assistant.readers import read_bytes
from assistant.types import Document


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=1_000_000)


def test_front_matter_gives_title_date_and_address() -> None:
    """Markdown's own metadata are used, and stay in the text that offsets address."""
    text = '---\ntitle: "The operation: results"\ndate: 2024-11-06\nurl: https://x.example/a\n---\n# Other\n'
    document = read(text.encode(), "op.md")
    assert (document.title, document.date, document.url) == (
        "The operation: results",
        dt.date(2024, 11, 6),
        "https://x.example/a",
    )
    assert document.text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Results #\n\nText.", "Results"),
        ("Results\n=======\n\nText.", "Results"),
        ("---\ntitle: [broken\n---\n## Results\n", "Results"),
        ("---\ndate: 2024-13-45\n---\n## Results\n", "Results"),
        ("Only text.", "My notes"),
    ],
)
def test_markdown_titles(text: str, title: str) -> None:
    """The first heading is the title, whatever its form; a file without one is called by its name."""
    document = read(text.encode(), "my-notes.md")
    assert (document.title, document.date) == (title, None)
