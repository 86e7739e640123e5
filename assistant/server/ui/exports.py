"""A conversation as a file to take along: Markdown with footnotes, JSON records, or one HTML page. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.rendering.html import Html, join_html, tag
from assistant.server.ui.conversations import Conversation
from assistant.server.ui.highlight import answer_words, with_bold_answer

EXPORT_FORMATS = ("md", "json", "html")

_MARKDOWN_ESCAPES = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]<>#|~&"})
_STYLE = """body{font:1.06rem/1.6 Georgia,'Times New Roman',serif;max-width:42rem;margin:3rem auto;padding:0 1.2rem;
color:#1c1b19;background:#fdfcfa}h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.6rem}blockquote{margin:.2rem 0;
padding-left:1rem;border-left:3px solid #b9b3a7}.facts,footer{color:#5c584f;font-size:.9rem}sup a{text-decoration:none}
@media(prefers-color-scheme:dark){body{color:#e9e6df;background:#191816}.facts,footer{color:#aba597}a{color:#9dc1f0}}"""


def export_conversation(conversation: Conversation, export_format: str) -> str:
    """The conversation in one of the `EXPORT_FORMATS`.

    Raises:
        KeyError: there is no such format.
    """
    writers = {"md": render_markdown, "json": render_records, "html": render_html_page}
    return writers[export_format](conversation)


def answer_with_footnotes(record: Mapping[str, Any]) -> str:
    """An answer as plain text, with its citations as footnotes below."""
    footnotes = [
        f"[{citation['number']}] “{citation['quote']}” {_source_line(citation)}" for citation in record["citations"]
    ]
    return "\n\n".join([_answer_text(record), "\n".join(footnotes)]) if footnotes else _answer_text(record)


def render_markdown(conversation: Conversation) -> str:
    """The conversation as Markdown; what documents and models wrote is plain text in it."""
    parts = [f"# {_escape_markdown(conversation.title)}"]
    for turn_number, turn in enumerate(conversation.turns, 1):
        parts.append(f"## {_escape_markdown(turn.question)}")
        if turn.record is None:
            parts.append(f"*{_escape_markdown(turn.error or 'Not answered.')}*")
        else:
            parts += _answer_in_markdown(turn.record, turn_number)
    return "\n\n".join(parts) + "\n"


def _answer_in_markdown(record: Mapping[str, Any], turn_number: int) -> Iterator[str]:
    for statement in record["statements"]:
        yield _statement_in_markdown(statement, turn_number)
    if not record["statements"]:
        yield _escape_markdown(_answer_text(record))
    for statement in _removed_statements(record):
        yield f"~~{_escape_markdown(statement['text'])}~~ (removed: {_escape_markdown(statement['why'])})"
    for citation in record["citations"]:
        footnote = f"“{_escape_markdown(citation['quote'])}” {_escape_markdown(_source_line(citation))}"
        yield f"[^{turn_number}-{citation['number']}]: {footnote}"


def _statement_in_markdown(statement: Mapping[str, Any], turn_number: int) -> str:
    markers = "".join(f"[^{turn_number}-{number}]" for number in statement["citations"])
    verdict = ""
    if statement["verdict"] != "supported":
        verdict = f" *({_escape_markdown(statement['verdict'])}: {_escape_markdown(statement['why'])})*"
    return f"{_escape_markdown(statement['text'])}{markers}{verdict}"


def render_records(conversation: Conversation) -> str:
    """The records of the whole answers as JSON, which ``assistant verify`` reads."""
    records = [dict(turn.record) for turn in conversation.turns if turn.record is not None and turn.state == "done"]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def render_html_page(conversation: Conversation) -> str:
    """The conversation as one HTML file that loads nothing else; the quotes are in it."""
    head = join_html((tag("title", conversation.title), tag("style", Html(_STYLE))))
    meta = Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width">')
    turns = [
        element
        for turn_index, turn in enumerate(conversation.turns)
        for element in _turn_in_html(turn.question, turn.record, turn_index)
    ]
    footer = tag("footer", "Each statement was checked against the quoted sentences when it was written.")
    body = tag("body", tag("h1", conversation.title), *turns, footer)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{meta}{head}</head>{body}</html>\n'


def _turn_in_html(question: str, record: Mapping[str, Any] | None, turn_index: int) -> Iterator[Html]:
    yield tag("h2", question)
    if record is None:
        yield tag("p", "Not answered.")
        return
    if not record["statements"]:
        yield tag("p", _answer_text(record))
    for statement in record["statements"]:
        yield _statement_in_html(statement, turn_index)
    for statement in _removed_statements(record):
        yield tag("p", tag("del", statement["text"]), f" Removed: {statement['why']}", class_="facts")
    for citation in record["citations"]:
        source = tag("p", f"[{citation['number']}] {_source_line(citation)}", class_="facts")
        quote = tag("blockquote", *with_bold_answer(citation["quote"], [answer_words(citation)]))
        yield tag("div", quote, source, id=f"n{turn_index}-{citation['number']}")


def _statement_in_html(statement: Mapping[str, Any], turn_index: int) -> Html:
    markers = [
        tag("sup", tag("a", f"[{number}]", href=f"#n{turn_index}-{number}")) for number in statement["citations"]
    ]
    verdict = "" if statement["verdict"] == "supported" else f" ({statement['verdict']}: {statement['why']})"
    return tag("p", statement["text"], *markers, verdict)


def _answer_text(record: Mapping[str, Any]) -> str:
    if record.get("answer"):
        return str(record["answer"])
    # A stopped answer has statements alone.
    return " ".join(f"{statement['text']}{_citation_markers(statement)}" for statement in record["statements"])


def _citation_markers(statement: Mapping[str, Any]) -> str:
    return "".join(f" [{number}]" for number in statement["citations"])


def _removed_statements(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(record.get("removed") or ())


def _source_line(citation: Mapping[str, Any]) -> str:
    page = f", page {citation['page']}" if citation.get("page") else ""
    return f"{citation['title']}{page}, sentence {citation['sentence'] + 1} ({citation['source']})"


def _escape_markdown(text: str) -> str:
    return " ".join(str(text).split()).translate(_MARKDOWN_ESCAPES)
