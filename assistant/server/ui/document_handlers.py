"""Documents on the page: adding, removing, searching and reading them, and choosing those that may answer."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AccessError, AssistantError
from assistant.server.ui.document_list import render_filter_summary, render_upload_results
from assistant.server.ui.event_data import file_paths, text_field, user_name
from assistant.server.ui.handlers import EDITORS_ONLY, Handlers, Updates, report_errors
from assistant.server.ui.page_header import render_notice

if TYPE_CHECKING:
    from assistant.server.uploads import UploadResult


class DocumentHandlers(Handlers):
    """The handlers of everything that is done with documents."""

    @report_errors
    def index_sample(self, conversation_id: str, request: gr.Request) -> Updates:
        """Indexes the bundled documents."""
        return self._change_documents(conversation_id, request, self.page.controller.index_sample)

    def upload_files(self, files: Any, conversation_id: str, request: gr.Request) -> Iterator[Updates]:
        """Adds files that this user has uploaded, one after the other, and says what became of each."""
        widgets, inbox, user, paths = self.page.widgets, self.page.inbox, user_name(request), file_paths(files)
        if refusal := self._upload_refusal(len(paths), request):
            yield {widgets.notice: render_notice(refusal), widgets.files: None}
            return
        results: list[UploadResult] = []
        for path in paths:
            name = Path(path).name
            yield {widgets.upload_results: render_upload_results(results, len(paths), name), widgets.notice: ""}
            try:
                with inbox.take(user, path) as file:
                    results += self.page.uploads.add(user, [(name, file)], results)
            except AssistantError as error:
                yield {widgets.notice: render_notice(str(error))}
                break
        updates: Updates = {
            widgets.upload_results: render_upload_results(results, len(results)),
            widgets.files: None,
        }
        yield updates | self._index_updates(conversation_id, request)

    def fetch_address(self, address: str, conversation_id: str, request: gr.Request) -> Iterator[Updates]:
        """Adds the document at an address, and says what became of it."""
        widgets, address = self.page.widgets, address.strip()
        if not address or not self.page.may_edit(request):
            yield {widgets.notice: render_notice(EDITORS_ONLY) if address else ""}
            return
        yield {widgets.upload_results: render_upload_results([], 1, address), widgets.notice: ""}
        try:
            result = self.page.uploads.fetch(address)
        except AssistantError as error:
            yield {widgets.notice: render_notice(str(error)), widgets.upload_results: ""}
            return
        updates: Updates = {widgets.upload_results: render_upload_results([result], 1)}
        if result.status != "failed":
            updates |= self._index_updates(conversation_id, request) | {widgets.address: ""}
        yield updates

    @report_errors
    def remove_document(self, conversation_id: str, search: str, event: gr.EventData, request: gr.Request) -> Updates:
        """Removes a document from the index."""
        document_id = text_field(event, "id")
        updates = self._change_documents(conversation_id, request, lambda: self.page.uploads.remove(document_id))
        widgets = self.page.widgets
        return updates | self._list_updates(search, request) | {widgets.source: "", widgets.upload_results: ""}

    @report_errors
    def search_documents(self, search: str, request: gr.Request) -> Updates:
        """Lists the documents that match a search."""
        return self._list_updates(search, request)

    @report_errors
    def show_document(self, event: gr.EventData) -> Updates:
        """Opens a document of the list to be read."""
        return {self.page.widgets.source: self.page.controller.render_document(text_field(event, "id"))}

    @report_errors
    def show_filter(self, documents: Sequence[str], kinds: Sequence[str], since: str, until: str) -> Updates:
        """Says which documents alone may answer."""
        summary = render_filter_summary(len(documents or ()), kinds or (), since or "", until or "")
        return {self.page.widgets.filter_summary: summary}

    def _upload_refusal(self, file_count: int, request: gr.Request) -> str:
        """Why the files aren't taken; empty where they are."""
        max_files = self.page.settings.max_uploads
        if file_count > max_files:
            return f"{file_count} files at a time are too many; {max_files} are allowed. Add them in smaller parts."
        return "" if self.page.may_edit(request) else EDITORS_ONLY

    def _change_documents(self, conversation_id: str, request: gr.Request, change: Callable[[], object]) -> Updates:
        """Changes the index; where that fails the page says why, and shows what there is now.

        Raises:
            AccessError: the user may not change the documents.
        """
        if not self.page.may_edit(request):
            raise AccessError(EDITORS_ONLY)
        problem: Updates = {}
        try:
            change()
        except AssistantError as error:
            problem = {self.page.widgets.notice: render_notice(str(error))}
        return self._index_updates(conversation_id, request) | problem

    def _index_updates(self, conversation_id: str, request: gr.Request) -> Updates:
        """Everything on the page that a change of the index may change."""
        document_updates = self.page.document_updates(conversation_id, request)
        return document_updates | self.page.idle_conversation_updates(conversation_id, request)

    def _list_updates(self, search: str, request: gr.Request) -> Updates:
        may_edit = self.page.may_edit(request)
        return {self.page.widgets.document_list: self.page.controller.render_document_list(search, may_edit=may_edit)}
