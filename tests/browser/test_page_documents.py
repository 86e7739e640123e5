"""Documents on the page, in a real browser over the real server: uploads, the list, removal, and hostile ones."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from assistant.client import Assistant
from assistant.server.fetching import fetch_document
from tests.browser.driving import Visitor, visiting
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.web import Page, serve_pages

pytestmark = pytest.mark.browser

LEASE = "When does the lease of the house in Bergen end?"
HOSTILE = """<script>alert("script")</script> ${alert("template")} {{constructor.constructor("alert(1)")()}}

The vault of Zurich holds 731 bars <img src=x onerror=alert("image")> of gold ${alert("again")} in 2019.

[a link](javascript:alert("link")) <a href="javascript:alert(2)">here</a> <style>body { display: none }</style>

<div style="position: fixed; inset: 0; background: url(http://outside.example/x)">&lt;b&gt;over all&lt;/b&gt;</div>
"""


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    path = tmp_path / "lease.md"
    path.write_text("# A lease\n\nThe lease of the house in Bergen ends on 3 May 2031.\n", encoding="utf-8")
    return path


def remove(visitor: Visitor, title: str) -> None:
    row = visitor.page.locator("#documents li", has_text=title)
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Yes").click()
    expect(row).to_have_count(0)


def test_an_upload_answers_until_it_is_removed(visitor: Visitor, lease: Path) -> None:
    """The next question sees an upload at once, and its removal too; the old citation says so."""
    visitor.open_tab("Documents")
    visitor.add(lease)
    expect(visitor.page.locator("#outcomes")).to_contain_text("lease.md added")
    visitor.open_tab("Ask")
    expect(visitor.ask(LEASE).locator(".statement")).to_contain_text("3 May 2031")
    visitor.open_tab("Documents")
    remove(visitor, "A lease")
    visitor.open_tab("Ask")
    expect(visitor.page.locator(".turn .warning")).to_contain_text("The source of [1] is no longer indexed.")
    visitor.page.locator(".mark.gone").click()
    expect(visitor.page.locator(".pane blockquote")).to_contain_text("3 May 2031")
    visitor.page.get_by_role("button", name="Close the source").click()
    expect(visitor.ask(LEASE).locator(".refusal")).to_be_visible()


def test_each_file_has_its_outcome(visitor: Visitor, lease: Path, tmp_path: Path) -> None:
    """The page says of each file what became of it, and why one can't be read."""
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing more")
    visitor.open_tab("Documents")
    visitor.add(broken, lease)
    expect(visitor.page.locator("#outcomes .bad")).to_contain_text("broken.pdf could not be added: ")
    expect(visitor.page.locator("#outcomes .good")).to_have_text("lease.md added")
    remove(visitor, "A lease")


def test_every_kind_that_is_read_may_be_added(visitor: Visitor, tmp_path: Path) -> None:
    """The page takes a kind by whichever of its endings, in capitals too, and names one that it doesn't take."""
    roles, notes, model = tmp_path / "ROLES.TSV", tmp_path / "notes.markdown", tmp_path / "pond.blend"
    roles.write_text("Role\tName\nHarbour master of Varberg\tInge Lund\n", encoding="utf-8")
    notes.write_text("# Notes of the pond\n\nEels live in it.\n", encoding="utf-8")
    model.write_bytes(b"BLENDER")
    visitor.open_tab("Documents")
    visitor.add(roles, notes)
    expect(visitor.page.locator("#outcomes .good")).to_have_count(2)
    visitor.page.set_input_files("#files input[type=file]", [model])
    expect(visitor.page.get_by_text("pond.blend").first).to_be_visible()
    remove(visitor, "ROLES")
    remove(visitor, "Notes of the pond")


def test_the_list_is_searched_and_read(visitor: Visitor) -> None:
    """The search narrows the list, and a title opens the document."""
    visitor.open_tab("Documents")
    visitor.page.get_by_label("Search in the list").fill("kestrel")
    expect(visitor.page.locator("#documents li")).to_have_count(1)
    visitor.page.locator("#documents .title").click()
    expect(visitor.page.locator(".pane h2")).to_have_text("Operation Kestrel")
    expect(visitor.page.locator(".pane .paper")).to_contain_text("The operation was led from Lyon by Maria Lund.")


def test_a_removal_asks_for_confirmation(visitor: Visitor) -> None:
    """Remove asks back, with the focus on the answer; No leaves everything as it was."""
    visitor.open_tab("Documents")
    row = visitor.page.locator("#documents li", has_text="Operation Kestrel")
    row.get_by_role("button", name="Remove").click()
    expect(row.get_by_role("button", name="Yes")).to_be_focused()
    row.get_by_role("button", name="No").click()
    expect(row.get_by_role("button", name="Remove")).to_be_focused()


def test_a_hostile_document_is_inert(visitor: Visitor, tmp_path: Path) -> None:
    """Markup, templates and styles in a document, its name and a question are text wherever they are shown."""
    path = tmp_path / "<img src=x onerror=alert(3)>.txt"
    path.write_text(HOSTILE, encoding="utf-8")
    visitor.open_tab("Documents")
    visitor.add(path)
    visitor.page.locator("#documents li", has_text="img src").locator(".title").click()
    expect(visitor.page.locator(".pane .paper")).to_contain_text('${alert("template")}')
    expect(visitor.page.locator(".pane .paper")).to_contain_text("<style>body { display: none }</style>")
    visitor.page.get_by_role("button", name="Close the source").click()
    visitor.open_tab("Ask")
    turn = visitor.ask("How many bars of gold does the vault of Zurich hold? <img src=x onerror=alert(4)> ${alert(5)}")
    turn.locator(".mark").first.click()
    visitor.page.wait_for_selector(".pane mark")
    for place in ("#log", "#source", "#documents", "#outcomes"):
        assert 0 == visitor.page.locator(f"{place} :is(script, style, img, a[href^=javascript])").count(), place
    assert visitor.page.evaluate("getComputedStyle(document.body).display") != "none"
    visitor.reload()
    visitor.page.wait_for_selector(".turn.done")
    visitor.open_tab("Documents")
    remove(visitor, "img src")


def test_the_first_visit_offers_the_sample(browser: Browser, tmp_path: Path) -> None:
    """With nothing indexed one click brings the sample documents, and they answer."""
    with serve_assistant(tmp_path, page=True) as served, visiting(browser) as visitor:
        visitor.open(served.url)
        expect(visitor.page.get_by_role("button", name="Add documents")).to_be_visible()
        visitor.page.get_by_role("button", name="Use the sample documents").click()
        expect(visitor.page.locator(".welcome")).to_contain_text("13 documents are indexed.")
        turn = visitor.ask("How many people were arrested in Operation Liberterra II?")
        expect(turn.locator(".statement")).to_contain_text("2,517")
        assert [] == visitor.outside + visitor.faults


def test_a_reader_may_not_change_the_documents(browser: Browser, texts: Path, tmp_path: Path) -> None:
    """Who logs in as a reader is offered neither upload nor removal, and has conversations of their own."""
    with serve_assistant(tmp_path, texts, page=True) as served, visiting(browser) as visitor:
        served.access.users.add("ida", "reader", "a long password")
        served.access.users.add("eva", "editor", "another password")
        for name, password, may_edit in (("eva", "another password", True), ("ida", "a long password", False)):
            visitor.page.goto(served.url)
            visitor.page.get_by_label("Name").fill(name)
            visitor.page.get_by_label("Password").fill(password)
            visitor.page.keyboard.press("Enter")
            visitor.page.wait_for_selector(".welcome")
            visitor.open_tab("Documents")
            expect(visitor.page.locator("#documents li")).to_have_count(2)
            assert may_edit == (visitor.page.get_by_role("button", name="Remove").count() > 0)
            assert may_edit == visitor.page.locator("#files").is_visible()
            visitor.open_tab("Conversations")
            expect(visitor.page.locator("#shelf")).to_contain_text("kept here")
            visitor.open_tab("Ask")
            visitor.ask("How many arrests were made in Operation Kestrel?")
            visitor.page.get_by_role("button", name="Log out").click()
            visitor.page.wait_for_url("**/login*")


def test_files_are_dropped_onto_the_page(visitor: Visitor) -> None:
    """Two files dropped at once are taken like chosen ones, and each has its outcome."""
    visitor.open_tab("Documents")
    dropped = visitor.page.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["# A dropped note\\n\\nThe bell of Ghent weighs 6,050 kilograms."], "bell.md"));
            data.items.add(new File(["%PDF-1.7 nothing more"], "broken.pdf", { type: "application/pdf" }));
            return data;
        }"""
    )
    for event in ("dragenter", "dragover", "drop"):
        visitor.page.dispatch_event("#files button", event, {"dataTransfer": dropped})
    expect(visitor.page.locator("#outcomes .good")).to_have_text("bell.md added")
    expect(visitor.page.locator("#outcomes .bad")).to_contain_text("broken.pdf could not be added: ")
    remove(visitor, "A dropped note")


def test_an_address_is_fetched_where_that_is_allowed(
    browser: Browser, served: RunningAssistant, tmp_path: Path
) -> None:
    """The field is there only then; this machine isn't asked, and the sentence that says so stands on the page."""
    with serve_pages({"/": Page()}) as web, visiting(browser) as visitor:
        visitor.open(served.url)
        visitor.open_tab("Documents")
        expect(visitor.page.locator("#files")).to_be_visible()
        expect(visitor.page.get_by_label("Or an address to fetch")).to_have_count(0)
        with serve_assistant(tmp_path, page=True, fetch_addresses=True) as fetching:
            visitor.open(fetching.url)
            visitor.open_tab("Documents")
            visitor.page.get_by_label("Or an address to fetch").fill(web.url("/"))
            visitor.page.keyboard.press("Enter")
            problem = f"{web.url('/')} could not be added: '127.0.0.1' is no public machine"
            expect(visitor.page.locator("#outcomes .bad")).to_contain_text(problem)
            fetching.service.uploads.fetch = partial(  # type: ignore[method-assign]  # a policy that admits this machine
                fetching.service.uploads.fetch, get=partial(fetch_document, admits=lambda number: number == "127.0.0.1")
            )
            visitor.page.get_by_role("button", name="Fetch").click()
            expect(visitor.page.locator("#outcomes .good")).to_have_text(f"{web.url('/')} added")
            expect(visitor.page.get_by_label("Or an address to fetch")).to_have_value("")
            visitor.page.locator("#documents .title", has_text="The heron").click()
            link = visitor.page.get_by_role("link", name="Open the original")
            expect(link).to_have_attribute("href", web.url("/"))
            assert [] == visitor.outside + visitor.faults


def test_who_logs_in_lands_where_they_wanted(browser: Browser, texts: Path, tmp_path: Path) -> None:
    """The conversation that an address names is there after the login."""
    with serve_assistant(tmp_path, texts, page=True) as served, visiting(browser) as visitor:
        served.access.users.add("ida", "reader", "a long password")
        visitor.page.goto(served.url)
        log_in(visitor)
        visitor.page.wait_for_selector(".welcome")
        visitor.ask("How many arrests were made in Operation Kestrel?")
        address = visitor.page.url
        assert "?c=" in address
        visitor.page.get_by_role("button", name="Log out").click()
        visitor.page.wait_for_url("**/login*")
        visitor.page.goto(address)
        log_in(visitor)
        expect(visitor.page.locator(".turn.done .question")).to_have_text(
            "How many arrests were made in Operation Kestrel?"
        )
        assert address == visitor.page.url


def log_in(visitor: Visitor) -> None:
    visitor.page.get_by_label("Name").fill("ida")
    visitor.page.get_by_label("Password").fill("a long password")
    visitor.page.keyboard.press("Enter")


def test_an_index_that_another_process_holds(browser: Browser, texts: Path, tmp_path: Path) -> None:
    """Whoever comes second is told who has it and what to do, in one sentence; the page goes on."""
    command = [sys.executable, "-m", "assistant"]
    index = [*command, "index", str(texts), "--home", str(tmp_path)]
    with Assistant.open(tmp_path):
        refused = subprocess.run(
            [*command, "serve", "--port", "0", "--home", str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert (1, "") == (refused.returncode, refused.stdout)
    assert re.search(
        r"is open in process \d+ .* Wait for it to end or close it, or use another --home\.\n$", refused.stderr
    )
    with serve_assistant(tmp_path, texts, page=True) as served, visiting(browser) as visitor:
        visitor.open(served.url)
        indexing = subprocess.run(index, capture_output=True, text=True, check=False)
        assert (1, True) == (indexing.returncode, f"It answers at {served.url}." in indexing.stderr)
        assert 1 == len(indexing.stderr.splitlines())
        turn = visitor.ask("How many arrests were made in Operation Kestrel?")
        expect(turn.locator(".statement")).to_contain_text("2,517")
        assert [] == visitor.outside + visitor.faults
    assert 0 == subprocess.run(index, capture_output=True, check=False).returncode
