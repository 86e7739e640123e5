"""The page over an index in a Chroma server that goes away and comes back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.index.chroma import server as chromaserver
from tests.browser.driving import visiting
from tests.support.assistant_server import serve_assistant
from tests.support.chroma import run_chroma

pytestmark = pytest.mark.browser

ARRESTS = "How many arrests were made in Operation Kestrel?"


def test_the_page_says_that_the_server_is_down(
    browser: Browser, texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question gets a sentence on what is wrong and what to do; nothing on the page is lost, and it goes on."""
    monkeypatch.setattr(chromaserver, "_RETRY_PAUSES", (0.05,))
    with (
        run_chroma(tmp_path / "chroma") as chroma,
        serve_assistant(tmp_path / "home", texts, page=True, chroma_url=chroma.url) as served,
        visiting(browser) as visitor,
    ):
        visitor.open(served.url)
        expect(visitor.ask(ARRESTS).locator(".statement")).to_contain_text("2,517")
        chroma.stop()
        alert = visitor.ask(ARRESTS).get_by_role("alert")
        expect(alert).to_contain_text(f"The Chroma server at {chroma.url} cannot be reached")
        expect(alert).to_contain_text("Start it, or correct ASSISTANT_CHROMA_URL.")
        chroma.start()
        expect(visitor.ask(ARRESTS).locator(".statement")).to_contain_text("2,517")
        expect(visitor.page.locator(".turn")).to_have_count(3)
        assert [] == visitor.outside + visitor.faults + visitor.dialogs
