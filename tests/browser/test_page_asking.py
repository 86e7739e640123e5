"""Asking on the page, in a real browser over the real server: answers, citation markers and the source beside them."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Visitor, visiting
from tests.support.assistant_server import RunningAssistant

pytestmark = pytest.mark.browser

HARBOUR = "How many containers did the harbour of Ostrava handle?"
QUOTE = "The harbour of Ostrava handled 48,310 containers in 2023."
ARRESTS = "How many arrests were made in Operation Kestrel?"


def test_a_click_on_a_citation_marker_opens_the_sentence(visitor: Visitor) -> None:
    """The cited sentence is highlighted, nothing else is, and it is in view, deep in a long document."""
    turn = visitor.ask(HARBOUR)
    turn.locator(".mark").click()
    visitor.page.wait_for_selector(".pane mark")
    expect(visitor.page.locator(".pane mark")).to_have_text([QUOTE])
    expect(visitor.page.locator(".pane mark b")).to_have_text(["48,310"])
    assert visitor.is_in_view(".pane mark")
    assert "The harbour" == visitor.page.locator(".pane h2").inner_text()


def test_hovering_shows_the_quote(visitor: Visitor) -> None:
    """The quote is hidden until the pointer or the focus is on its citation marker."""
    turn = visitor.ask(HARBOUR)
    expect(turn.locator(".quote")).to_be_hidden()
    turn.locator(".mark").hover()
    expect(turn.locator(".quote")).to_be_visible()
    assert QUOTE in turn.locator(".quote").inner_text()


def test_the_verdict_has_its_reason(visitor: Visitor) -> None:
    """The badge opens and says why."""
    turn = visitor.ask(HARBOUR)
    turn.locator(".verdict summary").click()
    expect(turn.locator(".verdict p")).to_have_text("Word for word in the cited sentence.")


def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    """From the question to the source and back without a mouse; the focus is never lost."""
    page = visitor.page
    expect(page.get_by_label("Your question")).to_be_focused()
    visitor.ask(HARBOUR)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.dataset.do") == "cite":
            break
    expect(page.locator(".quote")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector(".pane mark")
    expect(page.locator(".pane h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".pane")).to_have_count(0)
    expect(page.locator(".mark")).to_be_focused()


def test_a_refusal_says_so(visitor: Visitor) -> None:
    """What the documents don't say gets a refusal with its reason, and no citation marker."""
    turn = visitor.ask("Who composed the opera Rigoletto?")
    expect(turn.locator(".refusal")).to_contain_text("The documents do not say.")
    expect(turn.locator(".mark")).to_have_count(0)


def test_a_follow_up_shows_how_it_was_read(visitor: Visitor) -> None:
    """A question that depends on the one before is shown rewritten to stand alone."""
    visitor.ask(ARRESTS)
    turn = visitor.ask("And how many potential victims were rescued?")
    expect(turn.locator(".asked")).to_contain_text("Kestrel")


def test_a_reload_keeps_the_conversation(visitor: Visitor) -> None:
    """After a reload the answer is there, its citation markers work, and the next question follows on."""
    visitor.ask(HARBOUR)
    visitor.reload()
    visitor.page.wait_for_selector(".turn.done")
    expect(visitor.page.locator(".question")).to_have_text([HARBOUR])
    visitor.page.locator(".mark").click()
    expect(visitor.page.locator(".pane mark")).to_have_text([QUOTE])
    visitor.ask(ARRESTS)
    assert 2 == visitor.page.locator(".turn").count()


def test_conversations_are_listed_opened_and_deleted(visitor: Visitor) -> None:
    """An earlier conversation comes back from the list, and is gone once deleted."""
    visitor.ask(HARBOUR)
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    visitor.open_tab("Conversations")
    visitor.page.locator("#shelf .title", has_text=HARBOUR).first.click()
    visitor.page.wait_for_selector(".turn.done")
    visitor.open_tab("Conversations")
    before = visitor.page.locator("#shelf li").count()
    current = visitor.page.locator("#shelf li", has_text="open now")
    current.get_by_role("button", name="Delete").click()
    current.get_by_role("button", name="Yes").click()
    expect(visitor.page.locator("#shelf li")).to_have_count(before - 1)


def test_a_conversation_is_exported(visitor: Visitor, tmp_path: Path) -> None:
    """The three forms arrive as files: footnotes, the record, and a page that holds the quote."""
    visitor.ask(HARBOUR)
    exports = {}
    for name, label in (("md", "Markdown"), ("json", "Record (JSON)"), ("html", "Web page (HTML)")):
        if not visitor.page.get_by_role("button", name=label).is_visible():
            visitor.page.get_by_text("Save as").click()
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("button", name=label).click()
        download.value.save_as(tmp_path / name)
        exports[name] = (tmp_path / name).read_text(encoding="utf-8")
    assert "[^1-1]: “The harbour of Ostrava" in exports["md"]
    assert [QUOTE] == [citation["quote"] for citation in json.loads(exports["json"])[0]["citations"]]
    assert f"<blockquote>{QUOTE}</blockquote>" in re.sub("</?b>", "", exports["html"])


def test_copying_takes_the_footnotes_along(browser: Browser, served: RunningAssistant) -> None:
    """The clipboard holds the answer and under it the quote."""
    with visiting(browser, permissions=["clipboard-read", "clipboard-write"]) as visitor:
        visitor.open(served.url)
        visitor.ask(HARBOUR).get_by_role("button", name="Copy").click()
        visitor.page.wait_for_selector("text=Copied")
        copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert f"{QUOTE} [1]\n\n[1] “{QUOTE}” The harbour, sentence" in copied


def test_a_thumb_and_a_comment_are_kept(visitor: Visitor, served: RunningAssistant) -> None:
    """They are in the feedback file with question and record, and still there after a reload."""
    turn = visitor.ask(HARBOUR)
    turn.get_by_role("button", name="Bad answer").click()
    visitor.page.get_by_label("What was wrong").fill("It should say which year.")
    visitor.page.get_by_role("button", name="Keep the comment").click()
    visitor.page.wait_for_selector("text=Kept.")
    lines = (served.service.settings.home / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    assert ("down", "It should say which year.", HARBOUR) == (last["rating"], last["comment"], last["question"])
    visitor.reload()
    expect(visitor.page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")


def test_a_document_filter_holds(visitor: Visitor) -> None:
    """A day that no document has leaves nothing to answer from; the page says what limits it."""
    visitor.page.get_by_text("How to answer").click()
    visitor.page.get_by_label("From this day").fill("2030-01-01")
    expect(visitor.page.locator("#limits")).to_contain_text("Only from 2030-01-01")
    expect(visitor.ask(HARBOUR).locator(".refusal")).to_be_visible()
    visitor.page.get_by_label("From this day").fill("yesterday")
    expect(visitor.ask(HARBOUR).locator(".failure")).to_contain_text("'yesterday' is no day. Write it as 2024-11-06.")


def test_suggestions_are_answered(visitor: Visitor) -> None:
    """A suggested question is one click away from its answer."""
    suggestion = visitor.page.locator(".welcome [data-do=suggest]").first
    question = suggestion.inner_text()
    suggestion.click()
    visitor.page.wait_for_selector(".turn.done .mark")
    expect(visitor.page.locator(".question")).to_have_text([question])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_source_over_the_chat(browser: Browser, served: RunningAssistant, scheme: str) -> None:
    """At 390 px nothing is wider than the window, and the source covers it with the sentence in view."""
    with visiting(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme) as visitor:
        visitor.open(served.url)
        turn = visitor.ask(HARBOUR)
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        turn.locator(".mark").click()
        visitor.page.wait_for_selector(".pane mark")
        assert visitor.is_in_view(".pane mark")
        assert 390 == visitor.page.locator("#side").evaluate("element => element.getBoundingClientRect().width")
        visitor.page.get_by_role("button", name="Close the source").click()
        expect(visitor.page.locator(".pane")).to_have_count(0)
        assert [] == visitor.outside + visitor.faults
