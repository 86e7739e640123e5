"""Conversations: values, and their files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.server.ui.conversations import Conversation, ConversationStore, ConversationTurn, new_conversation
from assistant.types import Answer, Citation, Statement

CITATION = Citation(1, "d", "A title", "/a.md", 2, 0, 0, 9, "The text.", "hash")
STATEMENT = Statement("The text.", "supported", "Word for word.", (CITATION,))
ANSWER = Answer(
    question="What?", asked="What?", text="The text. [1]", refused=False, reason=None, score=0.9, mode="quotes",
    model="m", statements=(STATEMENT,), citations=(CITATION,),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path)


def answered_conversation(question: str = "What?") -> Conversation:
    conversation = new_conversation().with_question(question)
    return conversation.with_turn(conversation.turns[-1].with_answer(ANSWER))


def test_a_turn_grows_by_statements() -> None:
    """While it streams a turn has the statements so far, each citation once."""
    turn = ConversationTurn("What?").with_statement(STATEMENT).with_statement(replace(STATEMENT, text="More."))
    assert turn.record is not None
    assert ["The text.", "More."] == [statement["text"] for statement in turn.record["statements"]]
    assert [1] == [citation["number"] for citation in turn.record["citations"]]
    assert "The text. More." == turn.answer_text


def test_the_history_has_the_answered_turns() -> None:
    """A follow-up is read without the turns that failed."""
    conversation = answered_conversation().with_question("And?")
    with_failure = conversation.with_turn(replace(conversation.turns[-1], state="failed", error="No."))
    expected = [{"role": "user", "content": "What?"}, {"role": "assistant", "content": "The text. [1]"}]
    assert expected == with_failure.history


def test_a_saved_conversation_comes_back(store: ConversationStore) -> None:
    """It loads as it was, umlauts and lone surrogates included."""
    conversation = answered_conversation("Größe \ud800?")
    store.save("ida", conversation)
    assert conversation == store.load("ida", conversation.id)
    assert [conversation] == store.load_all("ida")


def test_users_are_apart(store: ConversationStore) -> None:
    """Nobody loads, lists or deletes another's, whatever the names are."""
    conversation = answered_conversation()
    store.save("ida", conversation)
    for other_user in ("", "Ida", "../ida", "everybody"):
        assert store.load(other_user, conversation.id) is None
        assert [] == store.load_all(other_user)
        store.delete(other_user, conversation.id)
    assert conversation == store.load("ida", conversation.id)


@pytest.mark.parametrize("name", ["", "../secret", "a/b/c/d/e/f/g", "..", "x" * 99, "nothere-nothere"])
def test_only_an_id_is_looked_for(store: ConversationStore, tmp_path: Path, name: str) -> None:
    """What is no id leads to no file."""
    (tmp_path / "secret.json").write_text('{"turns": []}', encoding="utf-8")
    assert store.load("", name) is None
    store.delete("", name)
    assert (tmp_path / "secret.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"turns": 1}', '{"turns": [1]}', '{"turns": [{"x": 1}]}',
     '{"turns": [{"question": "q", "record": {"statements": 1}}]}'],
)  # fmt: skip
def test_a_damaged_file_is_passed_over(store: ConversationStore, content: str) -> None:
    """It is as if the conversation weren't there, and the others are listed."""
    intact = answered_conversation()
    store.save("", intact)
    path = next(store.folder.rglob("*.json"))
    path.with_name("damaged-damaged.json").write_text(content, encoding="utf-8")
    assert store.load("", "damaged-damaged") is None
    assert [intact] == store.load_all("")


def test_an_answer_cut_off_is_stopped(store: ConversationStore) -> None:
    """A conversation whose server died in mid-answer says that the answer was stopped."""
    conversation = new_conversation().with_question("What?")
    store.save("", conversation)
    loaded = store.load("", conversation.id)
    assert loaded is not None
    assert "stopped" == loaded.turns[0].state


def test_a_file_is_whole_json(store: ConversationStore) -> None:
    """Nothing but the conversation's own file is left, readable as JSON."""
    store.save("", answered_conversation())
    (path,) = (path for path in store.folder.rglob("*") if path.is_file())
    assert "What?" == json.loads(path.read_text(encoding="utf-8"))["turns"][0]["question"]


def test_the_stored_keys_stay(store: ConversationStore) -> None:
    """Files of earlier versions open, so the keys of a turn never change."""
    store.save("", answered_conversation())
    (path,) = store.folder.rglob("*.json")
    (turn,) = json.loads(path.read_text(encoding="utf-8"))["turns"]
    assert ["question", "state", "record", "error", "rating", "comment", "at"] == list(turn)


def test_a_deleted_conversation_is_gone(store: ConversationStore) -> None:
    """Deleting it twice is no error."""
    conversation = answered_conversation()
    store.save("", conversation)
    store.delete("", conversation.id)
    store.delete("", conversation.id)
    assert store.load("", conversation.id) is None
