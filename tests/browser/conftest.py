"""One browser and one server for all browser tests: a test that adds documents removes them again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.driving import Visitor, chromium, visiting
from tests.support.assistant_server import RunningAssistant, serve_assistant

KESTREL = """# Operation Kestrel

Police made 2,517 arrests in 116 countries in Operation Kestrel. Officers rescued 3,222 potential victims.

The operation was led from Lyon by Maria Lund. It ended on 4 October 2024.
"""
LONG_TEXT = "# The harbour\n\n{}\n\nThe harbour of Ostrava handled 48,310 containers in 2023.\n\n{}\n"
PADDING = "\n\n".join(f"Paragraph {number} tells of the weather on that day, which was fair." for number in range(120))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two documents, one so long that its cited sentence has to be scrolled to."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "kestrel.md").write_text(KESTREL, encoding="utf-8")
    (folder / "harbour.md").write_text(LONG_TEXT.format(PADDING, PADDING), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def served(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    with serve_assistant(tmp_path_factory.mktemp("home"), texts, page=True, requests_per_minute=100_000) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, served: RunningAssistant) -> Iterator[Visitor]:
    """Somebody who has just opened the page; in every test nothing may go wrong in the browser."""
    with visiting(browser) as visitor:
        visitor.open(served.url)
        yield visitor
        assert [] == visitor.outside
        assert [] == visitor.faults
        assert [] == visitor.dialogs
