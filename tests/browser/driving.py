"""A real Chromium for the tests, and a visitor who uses the page as people do: by what is shown, and by keys."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
_SOON = 60_000  # milliseconds that anything on the page may take on a busy machine

expect.set_options(timeout=_SOON)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """Somebody with the page open."""

    page: Page
    outside: list[str] = field(default_factory=list)  # addresses elsewhere that the browser was told to ask
    faults: list[str] = field(default_factory=list)  # what the browser's console complained of
    dialogs: list[str] = field(default_factory=list)  # alerts that came up

    def open(self, url: str) -> None:
        """Opens the page and waits until it is ready."""
        self.page.goto(url)
        self.page.wait_for_selector("#log .welcome, #log .turn")

    def ask(self, question: str) -> Locator:
        """Puts a question by the keyboard; the last turn when it is done."""
        before = self.page.locator(".turn").count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        turn = self.page.locator(".turn").nth(before)
        turn.wait_for()
        self.page.wait_for_selector(f".turn:not(.asking) >> nth={before}")
        return turn

    def room(self, name: str) -> None:
        """Goes to one of the rooms of the page."""
        self.page.get_by_role("tab", name=name).click()

    def add(self, *files: Path) -> None:
        """Adds files to the documents, and waits until each has its outcome."""
        self.page.set_input_files("#files input[type=file]", list(files))
        self.page.wait_for_function(
            "count => document.querySelectorAll('#outcomes .good, #outcomes .bad').length === count"
            " && !document.querySelector('#outcomes progress')",
            arg=len(files),
        )

    def shown(self, selector: str) -> bool:
        """Whether an element lies wholly within the window."""
        script = """(each) => {
            const at = each.getBoundingClientRect();
            return at.height > 0 && at.top >= 0 && at.left >= 0 && at.bottom <= innerHeight && at.right <= innerWidth;
        }"""
        return bool(self.page.locator(selector).first.evaluate(script))


@contextmanager
def visiting(browser: Browser, **context: Any) -> Iterator[Visitor]:
    """Somebody with a profile of their own; whatever their browser asks elsewhere is refused and written down.

    Args:
        browser: to visit with.
        context: what Playwright's ``new_context`` takes: ``viewport``, ``color_scheme``.
    """
    given = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **context}
    opened: BrowserContext = browser.new_context(**given)
    opened.set_default_timeout(_SOON)
    visitor = Visitor(opened.new_page())

    def routed(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            visitor.outside.append(route.request.url)
            route.abort()

    def noted(dialog: Dialog) -> None:
        visitor.dialogs.append(dialog.message)
        dialog.dismiss()

    def heard(said: ConsoleMessage) -> None:
        # A page that is left or reloaded aborts its open streams, and Gradio's client says so: no fault.
        if said.type == "error" and "AbortError" not in said.text:
            visitor.faults.append(said.text)

    opened.route("**/*", routed)
    visitor.page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    visitor.page.on("console", heard)
    visitor.page.on("dialog", noted)
    try:
        yield visitor
    finally:
        opened.close()
