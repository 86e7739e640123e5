"""Makes the README's pictures of the page: ``python -m tests.browser.screenshots``, over the bundled documents."""

import logging
import sys
import tempfile
from pathlib import Path

from assistant.paths import data_folder
from tests.browser.driving import Visitor, chromium, visiting
from tests.support.assistant_server import serve_assistant

FOLDER = Path(__file__).parents[2] / ".github" / "screenshots"
_QUESTION = "How many people were arrested in Operation Liberterra II?"
_MAX_BYTES = 300_000  # of a picture
_log = logging.getLogger(__name__)


def main() -> int:
    """Takes every picture; 1 if one is too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serve_assistant(Path(home), data_folder("corpus"), page=True) as served,
        chromium() as browser,
    ):
        for name, scheme, width, height in (
            ("answer", "light", 1280, 800),
            ("answer-dark", "dark", 1280, 800),
            ("phone", "light", 390, 780),
        ):
            with visiting(browser, viewport={"width": width, "height": height}, color_scheme=scheme) as visitor:
                visitor.open(served.url)
                _ask_and_open_source(visitor)
                _take_picture(visitor, name)
                if name == "answer":
                    visitor.page.get_by_role("button", name="Close the source").click()
                    visitor.open_tab("Documents")
                    _take_picture(visitor, "documents")
    large = [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > _MAX_BYTES]
    if large:
        _log.error("Larger than %d bytes: %s", _MAX_BYTES, ", ".join(large))
    return 1 if large else 0


def _ask_and_open_source(visitor: Visitor) -> None:
    visitor.ask(_QUESTION)
    turn = visitor.ask("And how many potential victims were found?")
    turn.locator(".mark").first.click()
    visitor.page.wait_for_selector(".pane mark")


def _take_picture(visitor: Visitor, name: str) -> None:
    """Takes a picture, without the path of this machine's checkout."""
    visitor.page.evaluate(
        "root => document.querySelectorAll('.path').forEach(element => { element.textContent ="
        " element.textContent.replace(root, ''); })",
        f"{data_folder('corpus').parent}/",
    )
    visitor.page.wait_for_timeout(400)
    visitor.page.screenshot(path=str(FOLDER / f"{name}.png"))


if __name__ == "__main__":
    sys.exit(main())
