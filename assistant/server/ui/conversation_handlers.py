"""Conversations on the page: opening, listing, deleting, exporting and rating them, and opening their sources."""

import json

import gradio as gr

from assistant.server.ui.conversations import new_conversation
from assistant.server.ui.event_data import number_field, optional_text_field, session_id, text_field, user_name
from assistant.server.ui.exports import EXPORT_FORMATS, export_conversation
from assistant.server.ui.handlers import Handlers, Updates, report_errors


class ConversationHandlers(Handlers):
    """The handlers of everything that is done with a conversation, except asking in it."""

    @report_errors
    def load_page(self, address_conversation_id: str, request: gr.Request) -> Updates:
        """A browser opens the page: shows the conversation that its address names, or a new one."""
        conversation = self.page.controller.load_conversation(user_name(request), address_conversation_id or "")
        conversation_updates = self.page.conversation_updates(conversation.id, request)
        return conversation_updates | self.page.document_updates(conversation.id, request)

    def leave_page(self, request: gr.Request) -> None:
        """A browser leaves the page: stops its answer."""
        if running := self.page.running.pop(session_id(request), None):
            running.stop.set()

    @report_errors
    def start_conversation(self, request: gr.Request) -> Updates:
        """Starts a new conversation."""
        updates = self.page.conversation_updates(new_conversation().id, request)
        return updates | {self.page.widgets.source: ""}

    @report_errors
    def open_conversation(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Opens an earlier conversation."""
        widgets = self.page.widgets
        conversation = self.page.controller.load_conversation(user_name(request), text_field(event, "id"))
        updates = self.page.conversation_updates(conversation.id, request)
        return updates | {widgets.tabs: gr.Tabs(selected="ask"), widgets.source: ""}

    @report_errors
    def delete_conversation(self, conversation_id: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Deletes a conversation; in place of the one that is open a new one starts."""
        deleted_id = text_field(event, "id")
        self.page.controller.delete_conversation(user_name(request), deleted_id)
        updates: Updates = {}
        if deleted_id == conversation_id:
            updates = self.page.conversation_updates(new_conversation().id, request)
        return updates | self._list_updates(conversation_id, request)

    @report_errors
    def list_conversations(self, conversation_id: str, request: gr.Request) -> Updates:
        """Lists the user's conversations."""
        return self._list_updates(conversation_id, request)

    @report_errors
    def export_conversation(self, conversation_id: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Sends a conversation to the browser as a file."""
        download, export_format = self.page.widgets.download, text_field(event, "form")
        if export_format not in EXPORT_FORMATS:
            return {download: ""}
        conversation = self.page.controller.load_conversation(user_name(request), conversation_id)
        name = f"conversation-{conversation_id[:8]}.{export_format}"
        return {download: json.dumps({"name": name, "text": export_conversation(conversation, export_format)})}

    @report_errors
    def rate_turn(self, conversation_id: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Saves a rating, or a comment to it."""
        controller = self.page.controller
        conversation = controller.rate_turn(
            user_name(request),
            conversation_id,
            number_field(event, "turn"),
            text_field(event, "rating"),
            optional_text_field(event, "comment"),
        )
        if self.page.is_answering(request):
            return {}
        return {self.page.widgets.conversation: controller.render_conversation(conversation)}

    @report_errors
    def show_citation(self, conversation_id: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Opens the source that a citation marker stands for."""
        conversation = self.page.controller.load_conversation(user_name(request), conversation_id)
        turn_index, number = number_field(event, "turn"), number_field(event, "number")
        return {self.page.widgets.source: self.page.controller.render_source(conversation, turn_index, number)}

    def _list_updates(self, conversation_id: str, request: gr.Request) -> Updates:
        conversation_list = self.page.controller.render_conversation_list(user_name(request), conversation_id)
        return {self.page.widgets.conversation_list: conversation_list}
