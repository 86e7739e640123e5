"""Three short documents, questions about them, and helpers that the tests of `assistant.Assistant` share."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant
from assistant.types import Skipped
from tests.support.files import news_page

KESTREL_TEXT = """# Operation Kestrel

The operation ran from 29 September to 4 October 2024.

Police made 2,517 arrests in 116 countries. Of these arrests, 850 were for smuggling.

In Mali, officers rescued 24 women who had been promised work abroad.
"""
ZOO_TEXT = "The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
HARBOUR_HTML = (
    "<p>The harbour of Norrvik was opened in 1912 by a company of merchants from the town.</p>"
    "<p>In 2023 the harbour handled 4,811 ships, more than in any year before it.</p>"
    "<p>Ice closes the harbour for three weeks in an ordinary winter, the master said.</p>"
)

ARRESTS_QUESTION = "How many arrests were made?"
TICKETS_QUESTION = "What do tickets cost?"
SHIPS_QUESTION = "How many ships did the harbour handle in 2023?"
UNANSWERABLE_QUESTION = "What is the capital of Mongolia?"
QUESTIONS = (
    ARRESTS_QUESTION,
    TICKETS_QUESTION,
    SHIPS_QUESTION,
    UNANSWERABLE_QUESTION,
    "How many women were rescued in Mali?",
)


def write_documents(folder: Path) -> None:
    """Writes the three documents into a folder: Markdown, plain text, and a web page dated 2024-11-06."""
    (folder / "kestrel.md").write_text(KESTREL_TEXT, encoding="utf-8")
    (folder / "zoo.txt").write_text(ZOO_TEXT, encoding="utf-8")
    (folder / "harbour.html").write_bytes(news_page(HARBOUR_HTML, "A record year for Norrvik"))


def record_without_times(answer: Answer) -> dict[str, Any]:
    """The record of an answer without its times, which differ between two runs."""
    record = answer.to_dict()
    del record["seconds"]
    return record


def id_of(assistant: Assistant, file_name: str) -> str:
    """The id of the document whose file has this name."""
    return next(document.id for document in assistant.documents() if Path(document.source).name == file_name)


def file_names(sources: Iterable[str | Skipped]) -> list[str]:
    """The names of the files in one outcome of an index report, sorted."""
    paths = (source.source if isinstance(source, Skipped) else source for source in sources)
    return sorted(Path(path).name for path in paths)
