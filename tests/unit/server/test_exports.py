"""Exports: footnotes, records and a page, all of harmless text."""

import json
from dataclasses import replace

from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.ui.exports import EXPORT_FORMATS, export_conversation, with_footnotes
from assistant.server.ui.feedback import entry
from assistant.types import Answer, Citation, Statement

EVIL = "<script>alert(1)</script> [x](javascript:alert(2)) `code` *bold*"
CITED = Citation(1, "d", "A title", "/texts/a.md", 2, 3, 0, 9, EVIL, "hash")
GOOD = Statement("It is so.", "supported", "Carried.", (CITED,))
WEAK = Statement("It is nearly so.", "partial", "Another clause isn't carried.", (CITED,))
BAD = Statement("It is 4.", "unsupported", "4 is not in the cited sentence.")
ANSWER = Answer(
    question="Is it?", asked="Is it?", text="It is so. [1] It is nearly so. [1]", refused=False, reason=None, score=0.9,
    mode="llm", model="m", statements=(GOOD, WEAK), removed=(BAD,), citations=(CITED,),
)  # fmt: skip
DONE = ConversationTurn("Is it?").with_answer(ANSWER)
TALK = Conversation("c" * 12, (DONE, ConversationTurn(EVIL, state="failed", error="The model is down.")))


def test_an_answer_has_its_footnotes() -> None:
    """The copied text ends with each quote, its title, page, place and source."""
    told = with_footnotes(DONE.record or {})
    assert f"It is nearly so. [1]\n\n[1] “{EVIL}” A title, page 2, sentence 4 (/texts/a.md)" in told


def test_markdown_is_plain() -> None:
    """Footnotes by turn, verdicts that aren't plain support, what was removed, and no markup of the document's."""
    told = export_conversation(TALK, "md")
    assert "It is so.[^1-1]\n" in told
    assert "*(partial: Another clause isn't carried.)*" in told
    assert "~~It is 4.~~" in told
    assert "[^1-1]: “\\<script\\>" in told
    assert "\\[x\\](javascript" in told
    assert "[x](" not in told
    assert "*The model is down.*" in told


def test_json_is_the_records() -> None:
    """Only whole answers, each as its record."""
    assert [json.loads(json.dumps(ANSWER.to_dict()))] == json.loads(export_conversation(TALK, "json"))


def test_the_page_needs_nothing_else() -> None:
    """One HTML file with quotes and verdicts, which asks nobody and runs nothing."""
    told = export_conversation(TALK, "html")
    assert told.startswith("<!DOCTYPE html>")
    assert "<blockquote>&lt;script&gt;" in told
    assert "<del>It is 4.</del>" in told
    for forbidden in ("<script", "src=", "@import", "url(", 'href="http'):
        assert forbidden not in told


def test_a_stopped_answer_is_exported_as_far_as_it_came() -> None:
    """Without the whole answer the statements stand for it."""
    turn = replace(ConversationTurn("Is it?").with_statement(GOOD), state="stopped")
    told = {each: export_conversation(Conversation("c" * 12, (turn,)), each) for each in EXPORT_FORMATS}
    assert "It is so.[^1-1]" in told["md"]
    assert [] == json.loads(told["json"])
    assert "It is so." in told["html"]
    assert "It is so. [1]" in with_footnotes(turn.record or {})


def test_feedback_has_what_a_case_needs() -> None:
    """Question, history, whether there was an answer, and what it cited by the file's name and quote."""
    rated = TALK.with_turn(replace(DONE, rating="down", comment="Which year?"), 0)
    told = entry(rated, 0)
    assert ("Is it?", "down", "Which year?", True, []) == tuple(
        told[name] for name in ("question", "rating", "comment", "answerable", "history")
    )
    assert [{"document": "a.md", "quote": EVIL}] == told["cited"]
    assert 2 == len(entry(rated, 1)["history"])
