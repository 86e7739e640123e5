"""A user's earlier conversations as HTML. Pure; all text is escaped."""

from collections.abc import Sequence

from assistant.rendering.html import Html, tag
from assistant.server.ui.buttons import action_button, confirmed_button
from assistant.server.ui.conversations import Conversation


def render_conversation_list(conversations: Sequence[Conversation], current_id: str) -> Html:
    """The conversations, each with buttons that open and delete it.

    Args:
        conversations: in the order in which they are shown.
        current_id: the one that is open now.
    """
    if not conversations:
        return tag("p", "Conversations are kept here, and only here, when you have asked something.", class_="nothing")
    rows = (_render_row(conversation, conversation.id == current_id) for conversation in conversations)
    return tag("ul", *rows, class_="rows")


def _render_row(conversation: Conversation, is_current: bool) -> Html:
    count = len(conversation.turns)
    facts = f"{conversation.turns[0].at[:10]} · {count} question{'' if count == 1 else 's'}"
    title = action_button(conversation.title, "open", id=conversation.id, class_="title")
    details = tag("p", facts, *([" · open now"] if is_current else []), class_="facts")
    delete = confirmed_button("Delete", conversation.title, "Delete it?", "forget", conversation.id)
    return tag("li", tag("div", title, details), tag("div", delete))
