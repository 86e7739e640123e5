"""What every reader shares: ids, pages, white space."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.readers import document_id
from assistant.readers.extract import collapse_whitespace, join_pages


def test_the_id_is_twelve_digits_of_the_sources_hash() -> None:
    """The id of a source never changes: it is the start of its SHA-256."""
    assert document_id("/a/b.txt") == "3af167d37e37"


@given(st.lists(st.text("ab", max_size=4), max_size=8))
def test_every_page_starts_where_its_text_does(parts: list[str]) -> None:
    """The text at a page's start is the page's text; pages without text start where the next one does."""
    text, starts = join_pages(parts)
    assert len(starts) == len(parts)
    assert list(starts) == sorted(starts)
    for part, start in zip(parts, starts, strict=True):
        assert text[start : start + len(part)] == part


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    """Whatever comes in, no line end, tab or double space comes out, and doing it twice changes nothing."""
    line = collapse_whitespace(text)
    assert not set(line) & set("\n\r\t\x00\u200b")
    assert "  " not in line
    assert line == collapse_whitespace(line)
