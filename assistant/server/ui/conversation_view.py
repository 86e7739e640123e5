"""A conversation as HTML: questions, checked statements, citation markers and verdicts. Pure; all text is escaped."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.rendering.html import Html, join_html, tag
from assistant.server.ui.buttons import action_button
from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.ui.exports import answer_with_footnotes
from assistant.server.ui.highlight import answer_words, with_bold_answer

CitationStandings = Mapping[int, str]  # of one turn's citations, by number: exact, moved, changed or gone

_STALE_STANDINGS = {"changed": "changed since", "gone": "no longer indexed"}
_VERDICT_BADGES = {"supported": "supported", "partial": "partly supported", "unsupported": "not supported"}


def render_conversation(conversation: Conversation, standings: Sequence[CitationStandings] = ()) -> Html:
    """The whole conversation.

    Args:
        conversation: may be empty.
        standings: for each turn what became of its citations since; where a turn has none, its citations are
            shown as they were made.
    """
    last_index = len(conversation.turns) - 1
    turns = [
        _render_turn(turn, index, standings[index] if index < len(standings) else {}, is_last=index == last_index)
        for index, turn in enumerate(conversation.turns)
    ]
    log = tag("div", *turns, role="log", aria_live="polite", aria_label="Conversation")
    return tag("div", _render_tools(), log, class_="log", data_conversation=conversation.id)


def render_welcome(document_count: int, suggestions: Sequence[str], *, may_edit: bool = True) -> Html:
    """What stands in place of an empty conversation: how to begin.

    Args:
        document_count: how many documents are indexed.
        suggestions: questions that the documents answer.
        may_edit: whether the user may add documents.
    """
    if document_count:
        indexed = "1 document is indexed." if document_count == 1 else f"{document_count:,} documents are indexed."
        lead = f"{indexed} Every sentence of an answer is checked, and opens at its place in its source."
        parts = [tag("p", lead)]
        if suggestions:
            items = (tag("li", action_button(question, "suggest", question=question)) for question in suggestions)
            parts += [tag("p", "You could ask", class_="kicker"), tag("ul", *items)]
    elif may_edit:
        lead = "Nothing is indexed yet. Add your own under Documents, or look around with a small sample first."
        sample = action_button("Use the sample documents", "sample", class_="primary")
        parts = [tag("p", lead), tag("p", sample, action_button("Add documents", "documents", class_="secondary"))]
    else:
        parts = [tag("p", "Nothing is indexed yet. An editor has to add documents first.")]
    return tag("section", tag("h2", "What would you like to know?"), *parts, class_="welcome", aria_label="Welcome")


def _render_tools() -> Html:
    formats = (("Markdown", "md"), ("Record (JSON)", "json"), ("Web page (HTML)", "html"))
    buttons = (action_button(label, "export", form=suffix, class_="quiet") for label, suffix in formats)
    menu = tag("details", tag("summary", "Save as"), tag("div", *buttons), class_="menu")
    return tag("div", menu, action_button("New", "begin", aria_label="New conversation"), class_="tools")


def _render_turn(turn: ConversationTurn, turn_index: int, standings: CitationStandings, *, is_last: bool) -> Html:
    parts = [
        tag("h2", turn.question, class_="question"),
        *_render_rewritten_question(turn),
        *_render_answer(turn, turn_index, standings),
        *_render_state(turn, turn_index, is_last=is_last),
    ]
    if turn.state != "asking":
        parts.append(_render_actions(turn, turn_index, is_last=is_last))
    return tag("article", *parts, class_=f"turn {turn.state}")


def _render_rewritten_question(turn: ConversationTurn) -> Iterator[Html]:
    """A follow-up as it was asked: rewritten to stand alone."""
    rewritten = " ".join(str((turn.record or {}).get("asked", "")).split())
    if rewritten and rewritten != " ".join(turn.question.split()):
        yield tag("p", tag("span", "Asked as"), " ", rewritten, class_="asked")


def _render_answer(turn: ConversationTurn, turn_index: int, standings: CitationStandings) -> Iterator[Html]:
    record = turn.record
    if record is None:
        return
    if record.get("refused"):
        kicker = tag("p", "No answer in the documents", class_="kicker")
        yield tag("div", kicker, tag("p", str(record["answer"])), class_="refusal")
    citations = {citation["number"]: citation for citation in record["citations"]}
    for statement_index, statement in enumerate(record["statements"]):
        yield _render_statement(statement, statement_index, turn_index, citations, standings)
    if record.get("reason") and not record.get("refused"):
        yield tag("p", str(record["reason"]), class_="note")
    yield from _render_stale_citations(standings)
    yield from _render_removed_statements(record.get("removed") or ())
    if turn.state == "done":
        yield _render_byline(record)


def _render_statement(
    statement: Mapping[str, Any],
    statement_index: int,
    turn_index: int,
    citations: Mapping[int, Mapping[str, Any]],
    standings: CitationStandings,
) -> Html:
    verdict = str(statement.get("verdict", ""))
    cited = [citations[number] for number in statement["citations"] if number in citations]
    markers = [
        _render_citation_marker(citation, statement_index, turn_index, standings.get(citation["number"], "exact"))
        for citation in cited
    ]
    text = with_bold_answer(statement["text"], [answer_words(citation) for citation in cited])
    badge = tag("summary", _VERDICT_BADGES.get(verdict, verdict))
    reason = tag("p", str(statement.get("why", "")))
    details = tag("details", badge, reason, class_="verdict", open=verdict != "supported")
    return tag("div", tag("p", *text, " ", *markers), details, class_=f"statement {verdict}")


def _render_citation_marker(citation: Mapping[str, Any], statement_index: int, turn_index: int, standing: str) -> Html:
    number, stale = citation["number"], _STALE_STANDINGS.get(standing, "")
    quote_id = f"quote-{turn_index}-{statement_index}-{number}"
    page = f", page {citation['page']}" if citation.get("page") else ""
    label = f"Source {number}: {citation['title']}{page}{f', {stale}' if stale else ''}"
    button = tag(
        "button", f"[{number}]", type="button", class_=f"mark {standing}", data_do="cite", data_turn=str(turn_index),
        data_number=str(number), aria_label=label, aria_describedby=quote_id,
    )  # fmt: skip
    source = tag("cite", f"{citation['title']}{page}")
    words = with_bold_answer(citation["quote"], [answer_words(citation)])
    quote = tag("span", "“", *words, "”", " ", source, class_="quote", role="tooltip", id=quote_id)
    return tag("span", button, quote, class_="cite")


def _render_stale_citations(standings: CitationStandings) -> Iterator[Html]:
    for number, standing in standings.items():
        if standing in _STALE_STANDINGS:
            change = "is no longer indexed" if standing == "gone" else "has changed since and no longer says this"
            yield tag("p", f"The source of [{number}] {change}.", class_="warning")


def _render_removed_statements(removed: Sequence[Mapping[str, Any]]) -> Iterator[Html]:
    if removed:
        count = "1 statement was" if len(removed) == 1 else f"{len(removed)} statements were"
        items = [
            tag("li", tag("del", statement["text"]), " ", tag("span", str(statement.get("why", ""))))
            for statement in removed
        ]
        summary = tag("summary", f"{count} removed by the check")
        yield tag("details", summary, tag("ul", *items), class_="removed", open=True)


def _render_byline(record: Mapping[str, Any]) -> Html:
    seconds = float((record.get("seconds") or {}).get("total", 0))
    time = f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"
    if record.get("refused"):
        return tag("p", f"Looked for in {time}", class_="byline")
    is_recognised = any(citation.get("ocr") for citation in record.get("citations", ()))
    quoted = "Word for word as recognised on a picture" if is_recognised else "Word for word from the documents"
    mode = quoted if record.get("mode") == "quotes" else f"Written by {record.get('model')}"
    confidence = f"{float(record.get('score', 0)):.0%} sure that this answers"
    return tag("p", f"{mode} · {confidence} · {time}", class_="byline")


def _render_state(turn: ConversationTurn, turn_index: int, *, is_last: bool) -> Iterator[Html]:
    if turn.state == "asking":
        activity = "Writing" if turn.record else "Reading the documents"
        yield tag("p", activity, class_="waiting", role="status")
    if turn.state == "stopped":
        yield tag("p", "Stopped. What stands here was checked; more might have come.", class_="note")
    if turn.state == "failed":
        parts = [tag("p", turn.error)]
        if is_last:
            offer = action_button("Answer with quotes instead", "quotes", turn=turn_index, class_="secondary")
            parts.append(tag("p", offer))
        yield tag("div", *parts, class_="failure", role="alert")


def _render_actions(turn: ConversationTurn, turn_index: int, *, is_last: bool) -> Html:
    buttons = []
    if turn.record is not None:
        buttons.append(action_button("Copy", "copy", text=json.dumps(answer_with_footnotes(turn.record))))
    if is_last:
        buttons.append(action_button("Ask again", "retry", turn=turn_index))
    if turn.state == "done":
        buttons += [
            _render_rating_button(turn, turn_index, "up", "Good answer"),
            _render_rating_button(turn, turn_index, "down", "Bad answer"),
        ]
    return join_html((tag("div", *buttons, class_="actions"), *_render_comment_form(turn, turn_index)))


def _render_rating_button(turn: ConversationTurn, turn_index: int, rating: str, label: str) -> Html:
    pressed = "true" if turn.rating == rating else "false"
    return action_button(label, "rate", turn=turn_index, rating=rating, class_="quiet thumb", aria_pressed=pressed)


def _render_comment_form(turn: ConversationTurn, turn_index: int) -> Iterator[Html]:
    if turn.rating:
        box = tag("input", type="text", value=turn.comment, maxlength="2000", autocomplete="off")
        prompt = "What was good?" if turn.rating == "up" else "What was wrong, or what should it say?"
        saved = tag("span", "Kept. Thank you.", class_="kept") if turn.comment else ""
        submit = tag("button", "Keep the comment", type="submit", class_="secondary")
        label = tag("label", tag("span", prompt), box)
        yield tag("form", label, submit, saved, class_="comment", data_turn=str(turn_index))
