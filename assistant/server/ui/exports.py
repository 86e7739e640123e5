"""A conversation to take along: Markdown with footnotes, JSON records, a self-contained HTML page. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.rendering.html import Html, join_html, tag
from assistant.server.ui.conversations import Conversation
from assistant.server.ui.highlight import answer_words, with_bold

EXPORT_FORMATS = ("md", "json", "html")

_SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_{}[]<>#|~&"})
_STYLE = """body{font:1.06rem/1.6 Georgia,'Times New Roman',serif;max-width:42rem;margin:3rem auto;padding:0 1.2rem;
color:#1c1b19;background:#fdfcfa}h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.6rem}blockquote{margin:.2rem 0;
padding-left:1rem;border-left:3px solid #b9b3a7}.facts,footer{color:#5c584f;font-size:.9rem}sup a{text-decoration:none}
@media(prefers-color-scheme:dark){body{color:#e9e6df;background:#191816}.facts,footer{color:#aba597}a{color:#9dc1f0}}"""


def export_conversation(conversation: Conversation, form: str) -> str:
    """The conversation in one of the `FORMATS`."""
    writers = {"md": markdown, "json": records, "html": page}
    return writers[form](conversation)


def with_footnotes(record: Mapping[str, Any]) -> str:
    """An answer as plain text, its citations as footnotes under it."""
    notes = [f"[{each['number']}] “{each['quote']}” {_place(each)}" for each in record["citations"]]
    return "\n\n".join([_told(record), "\n".join(notes)]) if notes else _told(record)


def markdown(conversation: Conversation) -> str:
    """The conversation as Markdown; what documents and models wrote is plain text in it."""
    parts = [f"# {_plain(conversation.title)}"]
    for at, turn in enumerate(conversation.turns):
        parts.append(f"## {_plain(turn.question)}")
        if turn.record is None:
            parts.append(f"*{_plain(turn.error or 'Not answered.')}*")
            continue
        parts += [_statement(each, at) for each in turn.record["statements"]] or [_plain(_told(turn.record))]
        parts += [f"~~{_plain(each['text'])}~~ (removed: {_plain(each['why'])})" for each in _removed(turn.record)]
        parts += [
            f"[^{at + 1}-{each['number']}]: “{_plain(each['quote'])}” {_plain(_place(each))}"
            for each in turn.record["citations"]
        ]
    return "\n\n".join(parts) + "\n"


def records(conversation: Conversation) -> str:
    """The records of the answers: what ``assistant verify`` takes."""
    told = [dict(turn.record) for turn in conversation.turns if turn.record is not None and turn.state == "done"]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def page(conversation: Conversation) -> str:
    """The conversation as one HTML file that needs nothing else, quotes included."""
    head = join_html((tag("title", conversation.title), tag("style", Html(_STYLE))))
    meta = Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width">')
    turns = [part for at, turn in enumerate(conversation.turns) for part in _turn(turn.question, turn.record, at)]
    footer = tag("footer", "Each statement was checked against the quoted sentences when it was written.")
    body = tag("body", tag("h1", conversation.title), *turns, footer)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{meta}{head}</head>{body}</html>\n'


def _turn(question: str, record: Mapping[str, Any] | None, at: int) -> Iterator[Html]:
    yield tag("h2", question)
    if record is None:
        yield tag("p", "Not answered.")
        return
    if not record["statements"]:
        yield tag("p", _told(record))
    for each in record["statements"]:
        marks = [tag("sup", tag("a", f"[{n}]", href=f"#n{at}-{n}")) for n in each["citations"]]
        verdict = "" if each["verdict"] == "supported" else f" ({each['verdict']}: {each['why']})"
        yield tag("p", each["text"], *marks, verdict)
    for each in _removed(record):
        yield tag("p", tag("del", each["text"]), f" Removed: {each['why']}", class_="facts")
    for each in record["citations"]:
        place = tag("p", f"[{each['number']}] {_place(each)}", class_="facts")
        quote = tag("blockquote", *with_bold(each["quote"], [answer_words(each)]))
        yield tag("div", quote, place, id=f"n{at}-{each['number']}")


def _told(record: Mapping[str, Any]) -> str:
    if record.get("answer"):
        return str(record["answer"])
    return " ".join(f"{each['text']}{_marks(each)}" for each in record["statements"])  # a stopped answer


def _marks(statement: Mapping[str, Any]) -> str:
    return "".join(f" [{number}]" for number in statement["citations"])


def _statement(told: Mapping[str, Any], at: int) -> str:
    marks = "".join(f"[^{at + 1}-{number}]" for number in told["citations"])
    verdict = "" if told["verdict"] == "supported" else f" *({_plain(told['verdict'])}: {_plain(told['why'])})*"
    return f"{_plain(told['text'])}{marks}{verdict}"


def _removed(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(record.get("removed") or ())


def _place(citation: Mapping[str, Any]) -> str:
    page = f", page {citation['page']}" if citation.get("page") else ""
    return f"{citation['title']}{page}, sentence {citation['sentence'] + 1} ({citation['source']})"


def _plain(text: str) -> str:
    return " ".join(str(text).split()).translate(_SPECIAL)
