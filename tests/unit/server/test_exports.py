"""Exports: footnotes, records and a page, all of harmless text."""

import json
from dataclasses import replace

from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.ui.exports import EXPORT_FORMATS, answer_with_footnotes, export_conversation
from assistant.server.ui.feedback import feedback_entry
from assistant.types import Answer, Citation, Statement

EVIL = "<script>alert(1)</script> [x](javascript:alert(2)) `code` *bold*"
CITATION = Citation(1, "d", "A title", "/texts/a.md", 2, 3, 0, 9, EVIL, "hash")
SUPPORTED_STATEMENT = Statement("It is so.", "supported", "Carried.", (CITATION,))
PARTIAL_STATEMENT = Statement("It is nearly so.", "partial", "Another clause isn't carried.", (CITATION,))
UNSUPPORTED_STATEMENT = Statement("It is 4.", "unsupported", "4 is not in the cited sentence.")
ANSWER = Answer(
    question="Is it?", asked="Is it?", text="It is so. [1] It is nearly so. [1]", refused=False, reason=None, score=0.9,
    mode="llm", model="m", statements=(SUPPORTED_STATEMENT, PARTIAL_STATEMENT), removed=(UNSUPPORTED_STATEMENT,),
    citations=(CITATION,),
)  # fmt: skip
ANSWERED_TURN = ConversationTurn("Is it?").with_answer(ANSWER)
CONVERSATION = Conversation(
    "c" * 12, (ANSWERED_TURN, ConversationTurn(EVIL, state="failed", error="The model is down."))
)


def test_an_answer_has_its_footnotes() -> None:
    """The copied text ends with each quote, its title, page, place and source."""
    text = answer_with_footnotes(ANSWERED_TURN.record or {})
    assert f"It is nearly so. [1]\n\n[1] “{EVIL}” A title, page 2, sentence 4 (/texts/a.md)" in text


def test_markdown_is_plain() -> None:
    """Footnotes by turn, verdicts that aren't plain support, what was removed, and no markup of the document's."""
    markdown = export_conversation(CONVERSATION, "md")
    assert "It is so.[^1-1]\n" in markdown
    assert "*(partial: Another clause isn't carried.)*" in markdown
    assert "~~It is 4.~~" in markdown
    assert "[^1-1]: “\\<script\\>" in markdown
    assert "\\[x\\](javascript" in markdown
    assert "[x](" not in markdown
    assert "*The model is down.*" in markdown


def test_json_is_the_records() -> None:
    """Only whole answers, each as its record."""
    assert [json.loads(json.dumps(ANSWER.to_dict()))] == json.loads(export_conversation(CONVERSATION, "json"))


def test_the_page_needs_nothing_else() -> None:
    """One HTML file with quotes and verdicts, which asks nobody and runs nothing."""
    page = export_conversation(CONVERSATION, "html")
    assert page.startswith("<!DOCTYPE html>")
    assert "<blockquote>&lt;script&gt;" in page
    assert "<del>It is 4.</del>" in page
    for forbidden in ("<script", "src=", "@import", "url(", 'href="http'):
        assert forbidden not in page


def test_a_stopped_answer_is_exported_as_far_as_it_came() -> None:
    """Without the whole answer the statements stand for it."""
    turn = replace(ConversationTurn("Is it?").with_statement(SUPPORTED_STATEMENT), state="stopped")
    conversation = Conversation("c" * 12, (turn,))
    exports = {name: export_conversation(conversation, name) for name in EXPORT_FORMATS}
    assert "It is so.[^1-1]" in exports["md"]
    assert [] == json.loads(exports["json"])
    assert "It is so." in exports["html"]
    assert "It is so. [1]" in answer_with_footnotes(turn.record or {})


def test_feedback_has_what_a_case_needs() -> None:
    """Question, history, whether there was an answer, and what it cited by the file's name and quote."""
    rated = CONVERSATION.with_turn(replace(ANSWERED_TURN, rating="down", comment="Which year?"), 0)
    entry = feedback_entry(rated, 0)
    assert ("Is it?", "down", "Which year?", True, []) == tuple(
        entry[name] for name in ("question", "rating", "comment", "answerable", "history")
    )
    assert [{"document": "a.md", "quote": EVIL}] == entry["cited"]
    assert 2 == len(feedback_entry(rated, 1)["history"])
