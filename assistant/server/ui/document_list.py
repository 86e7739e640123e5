"""The documents and the outcome of an upload as HTML. Pure; all text is escaped."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.rendering.html import Html, tag
from assistant.server.ui.conversation_view import confirmed
from assistant.server.uploads import UploadResult

if TYPE_CHECKING:
    from assistant.client import DocumentSummary

_MOST = 200  # rows at a time; the search finds the others


_WORDS = {"added": "added", "changed": "took the place of an earlier version", "unchanged": "was there already",
          "failed": "could not be added"}  # fmt: skip


def outcomes(done: Sequence[UploadResult], total: int, now: str = "") -> Html:
    """What became of each file so far, and which is being read."""
    rows = [tag("li", tag("span", each.name, class_="file"), " ", _words(each), class_=_class(each)) for each in done]
    if now:
        progress = tag("progress", max=str(total), value=str(len(done)), aria_label="Files read")
        rows.append(tag("li", progress, f" Reading {len(done) + 1} of {total}: ", tag("span", now, class_="file")))
    return tag("ul", *rows, class_="outcomes", role="status", aria_live="polite")


def _words(outcome: UploadResult) -> str:
    told = _WORDS.get(outcome.status, outcome.status)
    return f"{told}: {outcome.reason}" if outcome.reason else told


def _class(outcome: UploadResult) -> str:
    return "bad" if outcome.status == "failed" else "good"


def documents(summaries: Sequence["DocumentSummary"], search: str = "", *, may_edit: bool = True) -> Html:
    """The documents whose title, source, kind or date holds each word of the search."""
    wanted = search.casefold().split()
    found = [each for each in summaries if all(word in _searched(each) for word in wanted)]
    if not found:
        return tag("p", "No document has these words." if summaries else "No documents yet.", class_="nothing")
    more = f"{len(found) - _MOST:,} more: search to narrow the list." if len(found) > _MOST else ""
    count = f"{len(found):,} of {len(summaries):,} documents" if wanted else _count(len(summaries))
    rows = tag("ul", *(_row(each, may_edit) for each in found[:_MOST]), class_="rows")
    return tag("div", tag("p", count, class_="count", role="status"), rows, tag("p", more, class_="nothing"))


def limits(documents: int, kinds: Sequence[str], since: str, until: str) -> Html:
    """Which documents alone may answer, in words; nothing where all may."""
    told = [
        ("one document" if documents == 1 else f"{documents} documents") if documents else "",
        ", ".join(kinds),
        f"from {since}" if since.strip() else "",
        f"until {until}" if until.strip() else "",
    ]
    chosen = [each for each in told if each]
    return tag("p", f"Only {' · '.join(chosen)}", class_="facts") if chosen else Html("")


def _count(number: int) -> str:
    return "1 document" if number == 1 else f"{number:,} documents"


def _searched(summary: "DocumentSummary") -> str:
    return f"{summary.title} {summary.source} {summary.kind} {summary.date or ''}".casefold()


def _row(summary: "DocumentSummary", may_edit: bool) -> Html:
    sentences = "1 sentence" if summary.sentences == 1 else f"{summary.sentences:,} sentences"
    facts = [summary.kind, str(summary.date or ""), sentences, *summary.notes]
    title = tag("button", summary.title, type="button", class_="title", data_do="read", data_id=summary.id)
    told = tag("div", title, tag("p", " · ".join(each for each in facts if each), class_="facts"))
    if not may_edit:
        return tag("li", told)
    removing = confirmed("Remove", summary.title, "Remove it from the index?", "remove", summary.id)
    return tag("li", told, tag("div", removing))
