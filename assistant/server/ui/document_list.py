"""The documents, what became of uploads, and the chosen document filter as HTML. Pure; all text is escaped."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.rendering.html import Html, count_noun, tag
from assistant.server.ui.buttons import confirmed_button
from assistant.server.uploads import UploadResult

if TYPE_CHECKING:
    from assistant.types import DocumentSummary

_MAX_ROWS = 200  # documents shown at a time; the search finds the others

_STATUS_WORDS = {
    "added": "added",
    "changed": "took the place of an earlier version",
    "unchanged": "was there already",
    "failed": "could not be added",
}


def render_document_list(summaries: Sequence["DocumentSummary"], search: str = "", *, may_edit: bool = True) -> Html:
    """The documents whose title, source, kind or date contains each word of the search.

    Args:
        summaries: all that is indexed.
        search: words in any case; without one all documents match.
        may_edit: whether the user may remove documents.
    """
    words = search.casefold().split()
    matches = [summary for summary in summaries if all(word in _searchable_text(summary) for word in words)]
    if not matches:
        return tag("p", "No document has these words." if summaries else "No documents yet.", class_="nothing")
    more = f"{len(matches) - _MAX_ROWS:,} more: search to narrow the list." if len(matches) > _MAX_ROWS else ""
    total = count_noun(len(summaries), "document")
    count = f"{len(matches):,} of {len(summaries):,} documents" if words else total
    rows = tag("ul", *(_render_row(summary, may_edit) for summary in matches[:_MAX_ROWS]), class_="rows")
    return tag("div", tag("p", count, class_="count", role="status"), rows, tag("p", more, class_="nothing"))


def _searchable_text(summary: "DocumentSummary") -> str:
    return f"{summary.title} {summary.source} {summary.kind} {summary.date or ''}".casefold()


def _render_row(summary: "DocumentSummary", may_edit: bool) -> Html:
    facts = [summary.kind, str(summary.date or ""), count_noun(summary.sentences, "sentence"), *summary.notes]
    title = tag("button", summary.title, type="button", class_="title", data_do="read", data_id=summary.id)
    details = tag("p", " · ".join(fact for fact in facts if fact), class_="facts")
    if not may_edit:
        return tag("li", tag("div", title, details))
    remove = confirmed_button("Remove", summary.title, "Remove it from the index?", "remove", summary.id)
    return tag("li", tag("div", title, details), tag("div", remove))


def render_upload_results(results: Sequence[UploadResult], total: int, current_name: str = "") -> Html:
    """What became of each file so far, and which one is being read.

    Args:
        results: of the files that are done.
        total: how many files there are in all.
        current_name: the file that is being read; empty when all are done.
    """
    rows = [_render_upload_result(result) for result in results]
    if current_name:
        progress = tag("progress", max=str(total), value=str(len(results)), aria_label="Files read")
        position = f" Reading {len(results) + 1} of {total}: "
        rows.append(tag("li", progress, position, tag("span", current_name, class_="file")))
    return tag("ul", *rows, class_="outcomes", role="status", aria_live="polite")


def _render_upload_result(result: UploadResult) -> Html:
    status = _STATUS_WORDS.get(result.status, result.status)
    words = f"{status}: {result.reason}" if result.reason else status
    class_ = "bad" if result.status == "failed" else "good"
    return tag("li", tag("span", result.name, class_="file"), " ", words, class_=class_)


def render_filter_summary(document_count: int, kinds: Sequence[str], since: str, until: str) -> Html:
    """Which documents alone may answer, in words; empty where all may.

    Args:
        document_count: how many documents are chosen; 0 means all.
        kinds: the chosen file kinds; empty means all.
        since: the first day, as it was typed; empty means any.
        until: the last day, as it was typed; empty means any.
    """
    conditions = [
        ("one document" if document_count == 1 else f"{document_count} documents") if document_count else "",
        ", ".join(kinds),
        f"from {since}" if since.strip() else "",
        f"until {until}" if until.strip() else "",
    ]
    chosen = [condition for condition in conditions if condition]
    return tag("p", f"Only {' · '.join(chosen)}", class_="facts") if chosen else Html("")
