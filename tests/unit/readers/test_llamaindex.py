"""Documents of LlamaIndex readers become ours."""

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.errors import ReadingError
from assistant.readers import document_id, from_llamaindex


def llama_document(text: str, own_id: str | None = None, **metadata: Any) -> SimpleNamespace:
    return SimpleNamespace(text=text, metadata=metadata, id_=own_id or str(uuid.uuid4()))


def test_the_pages_of_a_file_become_one_document() -> None:
    """A PDF reader's documents, one a page, are joined; empty and missing pages count."""
    pages = [
        llama_document(text, file_path="/data/report.pdf", file_name="report.pdf", page_label=label)
        for label, text in [("1", "One."), ("2", ""), ("4", "Four.")]
    ]
    (document,) = from_llamaindex(pages)
    assert document.source == "/data/report.pdf"
    assert document.id == document_id("/data/report.pdf")
    assert document.text == "One.\n\nFour."
    assert document.pages == (0, 6, 6, 6)
    assert document.page_at(document.text.index("Four")) == 4
    assert document.title == "Report"


def test_roman_page_labels_count_in_order() -> None:
    """Where labels are no numbers, pages are counted."""
    pages = [llama_document(text, source="x.pdf", page_label=label) for label, text in [("i", "One."), ("ii", "Two.")]]
    assert from_llamaindex(pages)[0].pages == (0, 6)


def test_documents_of_one_source_without_pages_stay_apart() -> None:
    """Rows that a reader gives under one source are documents of their own, with their own ids."""
    first, second = from_llamaindex([llama_document("One.", source="db"), llama_document("Two.", source="db")])
    assert (first.source, second.source) == ("db", "db#2")
    assert first.id != second.id


def test_a_random_id_is_replaced_by_the_contents() -> None:
    """Without a source the id comes from the text, so that indexing again finds it unchanged."""
    assert from_llamaindex([llama_document("Same.")])[0].id == from_llamaindex([llama_document("Same.")])[0].id
    assert from_llamaindex([llama_document("Same.")])[0].id != from_llamaindex([llama_document("Other.")])[0].id


def test_an_id_that_the_user_set_is_kept() -> None:
    """An id that is no random UUID is the user's own."""
    (document,) = from_llamaindex([llama_document("Text.", own_id="contract-7")])
    assert (document.id, document.source) == ("contract-7", "llamaindex:contract-7")


def test_metadata_give_title_date_and_address() -> None:
    """Title and date come from metadata, and an address is one."""
    (document,) = from_llamaindex(
        [llama_document("Text.", url="https://x.example/a", title="The page", last_modified_date="2024-11-06")]
    )
    assert (document.title, document.url, document.date) == (
        "The page",
        "https://x.example/a",
        dt.date(2024, 11, 6),
    )
    assert document.kind == "text"


def test_the_day_a_file_was_copied_is_no_date() -> None:
    """Beside a file's path, dates are the file system's and are not taken for the document's."""
    assert from_llamaindex([llama_document("Text.", file_path="/a.txt", creation_date="2024-11-06")])[0].date is None


def test_the_first_line_is_the_title_where_nothing_else_is() -> None:
    """A document without any name is called by its beginning."""
    assert from_llamaindex([llama_document("It began.\nIt ended.")])[0].title == "It began."
    assert len(from_llamaindex([llama_document("word " * 100)])[0].title) == 78


def test_text_is_taken_from_get_content_too() -> None:
    """Nodes that have no text attribute give it by method; line ends and marks are made one."""
    node = SimpleNamespace(get_content=lambda: "\ufeffa\r\nb\rc", metadata=None, id_="n")
    assert from_llamaindex([node])[0].text == "a\nb\nc"


def test_a_document_without_text_is_left_out() -> None:
    """A picture's empty document makes none of ours."""
    assert from_llamaindex([llama_document("  "), llama_document("Text.")])[0].text == "Text."
    assert from_llamaindex([]) == ()


def test_what_is_no_document_is_named_by_its_place() -> None:
    """An object of another kind is refused with its place in the list."""
    with pytest.raises(ReadingError, match="number 2 is no LlamaIndex document: int"):
        from_llamaindex([llama_document("Text."), 7])
