"""A real Chromium for the tests, and a visitor who uses the page as people do: by visible texts and by keys."""

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
_CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
_TIMEOUT = 60_000  # milliseconds that anything on the page may take on a busy machine

expect.set_options(timeout=_TIMEOUT)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """Somebody with the page open."""

    page: Page
    outside: list[str] = field(default_factory=list)  # addresses on other hosts that the page requested
    faults: list[str] = field(default_factory=list)  # errors in the browser's console
    dialogs: list[str] = field(default_factory=list)  # alerts that came up
    reloads: int = 0  # that may still break off a stream

    def open(self, url: str) -> None:
        """Opens the page and waits until it is ready."""
        self.page.goto(url)
        self.page.wait_for_selector("#log .welcome, #log .turn")

    def reload(self) -> None:
        """Reloads the page. A stream that this breaks off is no fault, though Gradio's client says so."""
        self.reloads += 1
        self.page.reload()

    def ask(self, question: str) -> Locator:
        """Asks a question by the keyboard.

        Returns:
            Its turn, once that is done.
        """
        index = self.page.locator(".turn").count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        turn = self.page.locator(".turn").nth(index)
        turn.wait_for()
        self.page.wait_for_selector(f".turn:not(.asking) >> nth={index}")
        return turn

    def open_tab(self, name: str) -> None:
        """Opens one of the page's tabs."""
        self.page.get_by_role("tab", name=name).click()

    def add(self, *files: Path) -> None:
        """Adds files to the documents, and waits until the page says what became of each."""
        self.page.set_input_files("#files input[type=file]", list(files))
        self.page.wait_for_function(
            "count => document.querySelectorAll('#outcomes .good, #outcomes .bad').length === count"
            " && !document.querySelector('#outcomes progress')",
            arg=len(files),
        )

    def is_in_view(self, selector: str) -> bool:
        """Whether an element lies wholly within the window."""
        script = """(element) => {
            const box = element.getBoundingClientRect();
            return box.height > 0 && box.top >= 0 && box.left >= 0
                && box.bottom <= innerHeight && box.right <= innerWidth;
        }"""
        return bool(self.page.locator(selector).first.evaluate(script))


@contextmanager
def visiting(browser: Browser, **context: Any) -> Iterator[Visitor]:
    """Somebody with a browser profile of their own; requests to other hosts are blocked and recorded.

    Args:
        browser: to visit with.
        context: what Playwright's ``new_context`` takes: ``viewport``, ``color_scheme``.
    """
    options = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **context}
    browser_context: BrowserContext = browser.new_context(**options)
    browser_context.set_default_timeout(_TIMEOUT)
    visitor = Visitor(browser_context.new_page())

    def route_request(route: Route) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            visitor.outside.append(route.request.url)
            route.abort()

    def dismiss_dialog(dialog: Dialog) -> None:
        visitor.dialogs.append(dialog.message)
        dialog.dismiss()

    def record_error(message: ConsoleMessage) -> None:
        # A page that is left or reloaded aborts its open streams, and Gradio's client says so: no fault.
        if message.type != "error" or "AbortError" in message.text:
            return
        if visitor.reloads and "Connection errored out" in message.text:
            visitor.reloads -= 1
            return
        visitor.faults.append(message.text)

    browser_context.route("**/*", route_request)
    visitor.page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    visitor.page.on("console", record_error)
    visitor.page.on("dialog", dismiss_dialog)
    try:
        yield visitor
    finally:
        browser_context.close()
