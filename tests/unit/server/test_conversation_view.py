"""The conversation as HTML: marks, verdicts, what is stale or was removed, and nothing that acts."""

import re
from dataclasses import replace

import pytest

from assistant.client import DocumentSummary
from assistant.server.ui import conversation_view as talking
from assistant.server.ui import document_list as listing
from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.uploads import UploadResult
from assistant.types import Answer, Citation, Statement

EVIL = "<script>alert(1)</script><img src=x onerror='alert(2)'> \" onmouseover=alert(3) ${alert(4)} {{x}}"
CITED = Citation(1, "d", EVIL, "/a.md", 2, 0, 0, 9, EVIL, "hash")


def answer(verdict: str = "supported", **given: object) -> Answer:
    statement = Statement(EVIL, verdict, f"Because {EVIL}", (CITED,))  # type: ignore[arg-type]  # the test's own word
    told = {"question": EVIL, "asked": EVIL, "text": EVIL, "refused": False, "reason": None, "score": 0.9,
            "mode": "llm", "model": EVIL, "statements": (statement,), "citations": (CITED,)}  # fmt: skip
    return Answer(**{**told, **given})  # type: ignore[arg-type]  # as above


def shown(turn: ConversationTurn, **standing: str) -> str:
    standings = [{int(number.removeprefix("n")): each for number, each in standing.items()}]
    return str(talking.log(Conversation("c" * 12, (turn,)), standings))


def test_nothing_acts() -> None:
    """Of hostile questions, answers, quotes, titles, errors, comments and names only text is left."""
    removed = (Statement(EVIL, "unsupported", EVIL),)
    done = replace(ConversationTurn(EVIL).with_answer(answer(removed=removed, reason=EVIL)), rating="up", comment=EVIL)
    summary = DocumentSummary(EVIL, EVIL, EVIL, EVIL, None, 1, (EVIL,))
    told = [
        shown(done, n1="changed"),
        shown(ConversationTurn(EVIL, state="failed", error=EVIL)),
        str(talking.welcome(3, [EVIL])),
        str(talking.shelf([Conversation(EVIL, (ConversationTurn(EVIL),))], "")),
        str(listing.documents([summary])),
        str(listing.outcomes([UploadResult(EVIL, "failed", EVIL)], 2, EVIL)),
        str(listing.limits(1, [EVIL], EVIL, EVIL)),
    ]
    for each in told:
        assert not re.search(r"<(script|img)", each)
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', each))


def test_a_mark_names_its_source() -> None:
    """A real button, labelled with number, title and page, described by its quote."""
    told = shown(ConversationTurn("What?").with_answer(answer()))
    mark = re.search(r"<button[^>]*data-do=\"cite\"[^>]*>\[1\]</button>", told)
    assert mark
    assert 'data-turn="0" data-number="1"' in mark[0]
    assert 'aria-label="Source 1: ' in mark[0]
    described = re.search(r'aria-describedby="([^"]+)"', mark[0])
    assert described
    assert f'role="tooltip" id="{described[1]}"' in told


@pytest.mark.parametrize(("verdict", "opened"), [("supported", False), ("partial", True), ("unsupported", True)])
def test_a_verdict_that_is_no_support_says_why_at_once(verdict: str, opened: bool) -> None:
    """The reason is behind the badge; where something is wrong it is open."""
    told = shown(ConversationTurn("What?").with_answer(answer(verdict)))
    assert f'class="statement {verdict}"' in told
    assert opened == bool(re.search(r'<details class="verdict" open=""', told))


@pytest.mark.parametrize(("standing", "words"), [("changed", "has changed since"), ("gone", "no longer indexed")])
def test_a_stale_citation_is_marked(standing: str, words: str) -> None:
    """A mark whose source changed or is gone says so, to the eye and to a screen reader."""
    told = shown(ConversationTurn("What?").with_answer(answer()), n1=standing)
    assert f'class="mark {standing}"' in told
    assert words in told


def test_the_states_of_a_turn() -> None:
    """Waiting, stopped and failed are told apart; only a failure offers the quotes."""
    assert "Reading the documents" in shown(ConversationTurn("What?"))
    assert "Stopped." in shown(ConversationTurn("What?", state="stopped"))
    failed = shown(ConversationTurn("What?", state="failed", error="It is down."))
    assert "It is down." in failed
    assert 'data-do="quotes"' in failed


def test_the_first_visit() -> None:
    """Who may add documents is offered the sample; who may not is told whom to ask."""
    assert 'data-do="sample"' in talking.welcome(0, [])
    assert "data-do" not in talking.welcome(0, [], may_edit=False)


def test_the_list_is_searched_by_every_word() -> None:
    """Title, kind, date and source are looked in; without a match it says so."""
    summaries = [
        DocumentSummary("1", "A harbour", "/x/a.md", "md", None, 2, ()),
        DocumentSummary("2", "A lease", "b.pdf", "pdf", None, 1, ()),
    ]
    assert "A harbour" in listing.documents(summaries, "HARB md")
    assert "A lease" not in listing.documents(summaries, "HARB md")
    assert "No document has these words." in listing.documents(summaries, "harbour pdf")
    assert "No documents yet." in listing.documents([])
    assert "Remove" not in listing.documents(summaries, may_edit=False)


def test_a_very_long_list_is_cut() -> None:
    """The browser gets two hundred rows; the search finds the others."""
    many = [DocumentSummary(str(n), f"Title {n}", "a", "md", None, 1, ()) for n in range(1_000)]
    told = listing.documents(many)
    assert 200 == told.count("<li>")
    assert "800 more" in told
    assert "Title 999" in listing.documents(many, "999")
