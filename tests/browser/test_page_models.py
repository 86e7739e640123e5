"""Answers by a language model on the page: streaming, what the check removed, stopping, and a model that fails."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Visitor, visiting
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.openai_stub import Piece  # noqa: TC001 — of a variable in a test
from tests.support.stub_model import ModelStub, serve_model_stub

pytestmark = pytest.mark.browser

ARRESTS = "How many arrests were made in Operation Kestrel?"


@pytest.fixture(scope="module")
def stub() -> Iterator[ModelStub]:
    with serve_model_stub() as stub:
        yield stub


@pytest.fixture(scope="module")
def llm_server(stub: ModelStub, texts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    settings = {"model": "stub", "openai_base_url": stub.url, "openai_api_key": "sk-test", "timeout": 5}
    with serve_assistant(tmp_path_factory.mktemp("llm"), texts, page=True, **settings) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, llm_server: RunningAssistant) -> Iterator[Visitor]:
    with visiting(browser) as visitor:
        visitor.open(llm_server.url)
        yield visitor
        assert [] == visitor.outside + visitor.faults + visitor.dialogs


def test_statements_come_one_by_one_and_stop(visitor: Visitor, stub: ModelStub) -> None:
    """A checked statement is shown while the model writes on; Stop keeps it, and the model is left."""
    resume = threading.Event()
    stub.client_left.clear()
    slow_pieces: list[Piece] = ["and so on ", lambda: time.sleep(0.01)]
    first_pieces: list[Piece] = [
        "Police made 2,517 arrests in Operation Kestrel. [1] ",
        "Officers ",
        lambda: resume.wait(20),
    ]
    stub.pieces = first_pieces + slow_pieces * 2000
    visitor.page.get_by_label("Your question").fill(ARRESTS)
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator(".turn.asking .statement")).to_contain_text("2,517")
    visitor.page.get_by_role("button", name="Stop").click()
    expect(visitor.page.locator(".turn.stopped")).to_contain_text("Stopped.")
    expect(visitor.page.locator(".turn .statement .mark")).to_have_text(["[1]"])
    expect(visitor.page.get_by_role("button", name="Stop")).to_be_hidden()
    resume.set()
    assert stub.client_left.wait(20)
    visitor.reload()
    expect(visitor.page.locator(".turn.stopped .statement .mark")).to_have_text(["[1]"])


def test_what_the_check_removed_is_shown(visitor: Visitor, stub: ModelStub) -> None:
    """A statement that its sentence doesn't support is struck out, with the reason."""
    stub.pieces = ["Police made 2,517 arrests in Operation Kestrel. [1] ", "They were made in 161 countries. [1]\n"]
    turn = visitor.ask(ARRESTS)
    expect(turn.locator(".removed del")).to_have_text("They were made in 161 countries.")
    expect(turn.locator(".removed")).to_contain_text("161 is not in the cited sentence, which says 2,517.")


def test_a_failing_model_leaves_the_quotes(visitor: Visitor, stub: ModelStub) -> None:
    """A refused key is one sentence that says what to do, and the documents' own words are one click away."""
    stub.statuses = [401] * 20
    turn = visitor.ask(ARRESTS)
    expect(turn.get_by_role("alert")).to_contain_text("Check OPENAI_API_KEY.")
    stub.statuses = []
    turn.get_by_role("button", name="Answer with quotes instead").click()
    expect(visitor.page.locator(".turn.done .byline")).to_contain_text("Word for word from the documents")
    assert 1 == visitor.page.locator(".turn").count()


def test_asking_again_twice_gives_one_answer(visitor: Visitor, stub: ModelStub) -> None:
    """A second press in the same moment begins nothing; the conversation is one and whole, after a reload too."""
    go = threading.Event()
    stub.pieces = ["Police made 2,517 arrests in Operation Kestrel. [1]"]
    visitor.ask("How many potential victims did officers rescue?")
    visitor.ask(ARRESTS)
    stub.forget()
    stub.pieces = [lambda: go.wait(20), "Police made 2,517 arrests in Operation Kestrel. [1]"]
    again = visitor.page.get_by_role("button", name="Ask again")
    again.evaluate("button => { button.click(); button.click(); }")
    visitor.page.wait_for_selector(".turn.asking")
    expect(visitor.page.locator(".turn")).to_have_count(2)
    go.set()
    visitor.page.wait_for_selector(".turn.done >> nth=1")
    assert 1 == len(stub.streams)
    questions = ["How many potential victims did officers rescue?", ARRESTS]
    expect(visitor.page.locator(".turn.done .question")).to_have_text(questions)
    visitor.reload()
    expect(visitor.page.locator(".turn.done .question")).to_have_text(questions)


def test_the_mode_can_be_chosen(visitor: Visitor, stub: ModelStub) -> None:
    """In quotes mode the model isn't asked."""
    stub.forget()
    visitor.page.get_by_text("How to answer").click()
    visitor.page.get_by_label("The documents' own sentences").check()
    expect(visitor.ask(ARRESTS).locator(".byline")).to_contain_text("Word for word from the documents")
    assert [] == stub.requests
