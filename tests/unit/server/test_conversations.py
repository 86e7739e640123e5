"""Conversations: values, and their files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.server.ui.conversations import Conversation, ConversationStore, ConversationTurn, new_conversation
from assistant.types import Answer, Citation, Statement

CITED = Citation(1, "d", "A title", "/a.md", 2, 0, 0, 9, "The text.", "hash")
STATEMENT = Statement("The text.", "supported", "Word for word.", (CITED,))
ANSWER = Answer(
    question="What?", asked="What?", text="The text. [1]", refused=False, reason=None, score=0.9, mode="quotes",
    model="m", statements=(STATEMENT,), citations=(CITED,),
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path)


def answered(question: str = "What?") -> Conversation:
    asked = new_conversation().asking(question)
    return asked.with_turn(asked.turns[-1].with_answer(ANSWER))


def test_a_turn_grows_by_statements() -> None:
    """While it streams a turn has the statements so far, each citation once."""
    turn = ConversationTurn("What?").with_statement(STATEMENT).with_statement(replace(STATEMENT, text="More."))
    assert turn.record is not None
    assert ["The text.", "More."] == [each["text"] for each in turn.record["statements"]]
    assert [1] == [each["number"] for each in turn.record["citations"]]
    assert "The text. More." == turn.answer


def test_the_history_has_what_was_answered() -> None:
    """Failed turns are no part of what a follow-up is read with."""
    conversation = answered().asking("And?")
    failed = conversation.with_turn(replace(conversation.turns[-1], state="failed", error="No."))
    expected = [{"role": "user", "content": "What?"}, {"role": "assistant", "content": "The text. [1]"}]
    assert expected == failed.history


def test_what_is_kept_comes_back(shelf: ConversationStore) -> None:
    """A saved conversation loads as it was, umlauts and lone surrogates included."""
    conversation = answered("Größe \ud800?")
    shelf.save("ida", conversation)
    assert conversation == shelf.load("ida", conversation.id)
    assert [conversation] == shelf.all("ida")


def test_users_are_apart(shelf: ConversationStore) -> None:
    """Nobody loads, lists or deletes another's, whatever the names are."""
    conversation = answered()
    shelf.save("ida", conversation)
    for other in ("", "Ida", "../ida", "everybody"):
        assert shelf.load(other, conversation.id) is None
        assert [] == shelf.all(other)
        shelf.forget(other, conversation.id)
    assert conversation == shelf.load("ida", conversation.id)


@pytest.mark.parametrize("name", ["", "../secret", "a/b/c/d/e/f/g", "..", "x" * 99, "nothere-nothere"])
def test_only_an_id_is_looked_for(shelf: ConversationStore, tmp_path: Path, name: str) -> None:
    """What is no id leads to no file."""
    (tmp_path / "secret.json").write_text('{"turns": []}', encoding="utf-8")
    assert shelf.load("", name) is None
    shelf.forget("", name)
    assert (tmp_path / "secret.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"turns": 1}', '{"turns": [1]}', '{"turns": [{"x": 1}]}',
     '{"turns": [{"question": "q", "record": {"statements": 1}}]}'],
)  # fmt: skip
def test_a_damaged_file_is_passed_over(shelf: ConversationStore, content: str) -> None:
    """It is as if the conversation weren't there, and the others are listed."""
    good = answered()
    shelf.save("", good)
    path = next(shelf.folder.rglob("*.json"))
    path.with_name("damaged-damaged.json").write_text(content, encoding="utf-8")
    assert shelf.load("", "damaged-damaged") is None
    assert [good] == shelf.all("")


def test_an_answer_cut_off_is_stopped(shelf: ConversationStore) -> None:
    """A conversation whose server died in mid-answer says that the answer was stopped."""
    shelf.save("", asked := new_conversation().asking("What?"))
    loaded = shelf.load("", asked.id)
    assert loaded is not None
    assert "stopped" == loaded.turns[0].state


def test_a_file_is_whole_json(shelf: ConversationStore) -> None:
    """Nothing but the conversation's own file is left, readable as JSON."""
    shelf.save("", answered())
    (path,) = (each for each in shelf.folder.rglob("*") if each.is_file())
    assert "What?" == json.loads(path.read_text(encoding="utf-8"))["turns"][0]["question"]


def test_a_deleted_one_is_gone(shelf: ConversationStore) -> None:
    """Deleting twice is no matter."""
    shelf.save("", conversation := answered())
    shelf.forget("", conversation.id)
    shelf.forget("", conversation.id)
    assert shelf.load("", conversation.id) is None
