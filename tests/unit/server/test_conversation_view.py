"""Conversations and documents as HTML: citation markers, verdicts, what is stale or removed, and nothing that acts."""

import re
from dataclasses import replace

import pytest

from assistant.server.ui.conversation_list import render_conversation_list
from assistant.server.ui.conversation_view import render_conversation, render_welcome
from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.ui.document_list import render_document_list, render_filter_summary, render_upload_results
from assistant.server.uploads import UploadResult
from assistant.types import Answer, Citation, DocumentSummary, Statement

EVIL = "<script>alert(1)</script><img src=x onerror='alert(2)'> \" onmouseover=alert(3) ${alert(4)} {{x}}"
CITATION = Citation(1, "d", EVIL, "/a.md", 2, 0, 0, 9, EVIL, "hash")


def evil_answer(verdict: str = "supported", **fields: object) -> Answer:
    """An answer whose every text is hostile."""
    statement = Statement(EVIL, verdict, f"Because {EVIL}", (CITATION,))  # type: ignore[arg-type]  # the test's own word
    defaults = {"question": EVIL, "asked": EVIL, "text": EVIL, "refused": False, "reason": None, "score": 0.9,
                "mode": "llm", "model": EVIL, "statements": (statement,), "citations": (CITATION,)}  # fmt: skip
    return Answer(**{**defaults, **fields})  # type: ignore[arg-type]  # as above


def answered_turn(verdict: str = "supported") -> ConversationTurn:
    return ConversationTurn("What?").with_answer(evil_answer(verdict))


def rendered(turn: ConversationTurn, standing: str | None = None) -> str:
    """A conversation of one turn as HTML; the standing is that of its citation 1."""
    standings = [{1: standing}] if standing else [{}]
    return str(render_conversation(Conversation("c" * 12, (turn,)), standings))


def test_nothing_acts() -> None:
    """Of hostile questions, answers, quotes, titles, errors, comments and names only text is left."""
    removed = (Statement(EVIL, "unsupported", EVIL),)
    done = ConversationTurn(EVIL).with_answer(evil_answer(removed=removed, reason=EVIL))
    summary = DocumentSummary(EVIL, EVIL, EVIL, EVIL, None, 1, (EVIL,))
    pages = [
        rendered(replace(done, rating="up", comment=EVIL), "changed"),
        rendered(ConversationTurn(EVIL, state="failed", error=EVIL)),
        str(render_welcome(3, [EVIL])),
        str(render_conversation_list([Conversation(EVIL, (ConversationTurn(EVIL),))], "")),
        str(render_document_list([summary])),
        str(render_upload_results([UploadResult(EVIL, "failed", EVIL)], 2, EVIL)),
        str(render_filter_summary(1, [EVIL], EVIL, EVIL)),
    ]
    for page in pages:
        assert not re.search(r"<(script|img)", page)
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', page))


def test_a_citation_marker_names_its_source() -> None:
    """A real button, labelled with number, title and page, described by its quote."""
    page = rendered(answered_turn())
    marker = re.search(r"<button[^>]*data-do=\"cite\"[^>]*>\[1\]</button>", page)
    assert marker
    assert 'data-turn="0" data-number="1"' in marker[0]
    assert 'aria-label="Source 1: ' in marker[0]
    description = re.search(r'aria-describedby="([^"]+)"', marker[0])
    assert description
    assert f'role="tooltip" id="{description[1]}"' in page


@pytest.mark.parametrize(("verdict", "is_open"), [("supported", False), ("partial", True), ("unsupported", True)])
def test_a_verdict_that_is_no_support_says_why_at_once(verdict: str, is_open: bool) -> None:
    """The reason is behind the badge; where something is wrong it is open."""
    page = rendered(answered_turn(verdict))
    assert f'class="statement {verdict}"' in page
    assert is_open == bool(re.search(r'<details class="verdict" open=""', page))


@pytest.mark.parametrize(("standing", "words"), [("changed", "has changed since"), ("gone", "no longer indexed")])
def test_a_stale_citation_is_marked(standing: str, words: str) -> None:
    """A citation marker whose source changed or is gone says so, to the eye and to a screen reader."""
    page = rendered(answered_turn(), standing)
    assert f'class="mark {standing}"' in page
    assert words in page


def test_the_states_of_a_turn() -> None:
    """Asking, stopped and failed turns look different; only a failed one offers the quotes."""
    assert "Reading the documents" in rendered(ConversationTurn("What?"))
    assert "Stopped." in rendered(ConversationTurn("What?", state="stopped"))
    failed = rendered(ConversationTurn("What?", state="failed", error="It is down."))
    assert "It is down." in failed
    assert 'data-do="quotes"' in failed


def test_the_first_visit() -> None:
    """A user who may add documents is offered the sample; one who may not has no button."""
    assert 'data-do="sample"' in render_welcome(0, [])
    assert "data-do" not in render_welcome(0, [], may_edit=False)


def test_the_list_is_searched_by_every_word() -> None:
    """Title, kind, date and source are searched; without a match the list says so."""
    summaries = [
        DocumentSummary("1", "A harbour", "/x/a.md", "md", None, 2, ()),
        DocumentSummary("2", "A lease", "b.pdf", "pdf", None, 1, ()),
    ]
    assert "A harbour" in render_document_list(summaries, "HARB md")
    assert "A lease" not in render_document_list(summaries, "HARB md")
    assert "No document has these words." in render_document_list(summaries, "harbour pdf")
    assert "No documents yet." in render_document_list([])
    assert "Remove" not in render_document_list(summaries, may_edit=False)


def test_a_very_long_list_is_cut() -> None:
    """The browser gets two hundred rows; the search finds the others."""
    summaries = [DocumentSummary(str(number), f"Title {number}", "a", "md", None, 1, ()) for number in range(1_000)]
    page = render_document_list(summaries)
    assert 200 == page.count("<li>")
    assert "800 more" in page
    assert "Title 999" in render_document_list(summaries, "999")
