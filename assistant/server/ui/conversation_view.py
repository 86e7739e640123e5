"""A conversation as HTML: questions, checked statements with their marks and verdicts. Pure; all text is escaped."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.rendering.html import Html, join_html, tag
from assistant.server.ui.conversations import Conversation, ConversationTurn
from assistant.server.ui.exports import with_footnotes
from assistant.server.ui.highlight import answer_words, with_bold

Standings = Mapping[int, str]  # of a turn's citations, by number: exact, moved, changed or gone

_STALE = {"changed": "changed since", "gone": "no longer indexed"}
_BADGES = {"supported": "supported", "partial": "partly supported", "unsupported": "not supported"}


def log(conversation: Conversation, standings: Sequence[Standings] = ()) -> Html:
    """The whole conversation.

    Args:
        conversation: may be empty.
        standings: for each turn what became of its citations since; a turn without is taken as it was told.
    """
    last = len(conversation.turns) - 1
    turns = [
        _turn(each, at, standings[at] if at < len(standings) else {}, last=at == last)
        for at, each in enumerate(conversation.turns)
    ]
    told = tag("div", *turns, role="log", aria_live="polite", aria_label="Conversation")
    return tag("div", _tools(), told, class_="log", data_conversation=conversation.id)


def _tools() -> Html:
    forms = (("Markdown", "md"), ("Record (JSON)", "json"), ("Web page (HTML)", "html"))
    choice = tag("div", *(_button(label, "export", form=form, class_="quiet") for label, form in forms))
    saving = tag("details", tag("summary", "Save as"), choice, class_="menu")
    return tag("div", saving, _button("New", "begin", aria_label="New conversation"), class_="tools")


def welcome(documents: int, suggestions: Sequence[str], *, may_edit: bool = True) -> Html:
    """What an empty conversation shows: where to begin."""
    if documents:
        told = "1 document is indexed." if documents == 1 else f"{documents:,} documents are indexed."
        lead = tag("p", f"{told} Every sentence of an answer is checked, and opens at its place in its source.")
        asked = tag("ul", *(tag("li", _button(each, "suggest", question=each)) for each in suggestions))
        parts = [lead, *([tag("p", "You could ask", class_="kicker"), asked] if suggestions else [])]
    elif may_edit:
        told = "Nothing is indexed yet. Add your own under Documents, or look around with a small sample first."
        sample = _button("Use the sample documents", "sample", class_="primary")
        parts = [tag("p", told), tag("p", sample, _button("Add documents", "documents", class_="secondary"))]
    else:
        parts = [tag("p", "Nothing is indexed yet. An editor has to add documents first.")]
    return tag("section", tag("h2", "What would you like to know?"), *parts, class_="welcome", aria_label="Welcome")


def shelf(conversations: Sequence[Conversation], current: str) -> Html:
    """The user's earlier conversations."""
    if not conversations:
        return tag("p", "Conversations are kept here, and only here, when you have asked something.", class_="nothing")
    return tag("ul", *(_kept(each, each.id == current) for each in conversations), class_="rows")


def _kept(conversation: Conversation, current: bool) -> Html:
    count = len(conversation.turns)
    told = f"{conversation.turns[0].at[:10]} · {count} question{'' if count == 1 else 's'}"
    opening = _button(conversation.title, "open", id=conversation.id, class_="title")
    facts = tag("p", told, *([" · open now"] if current else []), class_="facts")
    forgetting = confirmed("Delete", conversation.title, "Delete it?", "forget", conversation.id)
    return tag("li", tag("div", opening, facts), tag("div", forgetting))


def confirmed(label: str, name: str, question: str, action: str, target: str) -> Html:
    """A button that asks back before it does something to what has this name."""
    sure = _button(f"Yes, {label.lower()}", action, id=target, class_="danger")
    doubt = tag("span", question, " ", sure, _button("No", "keep"), class_="doubt", hidden=True)
    return join_html((_button(label, "doubt", aria_label=f"{label} {name}"), doubt))


def _turn(turn: ConversationTurn, at: int, standings: Standings, *, last: bool) -> Html:
    record = turn.record or {}
    heading = tag("h2", turn.question, class_="question")
    rewritten = " ".join(str(record.get("asked", "")).split())
    asked = tag("p", tag("span", "Asked as"), " ", rewritten, class_="asked")
    parts = [
        *([asked] if rewritten and rewritten != " ".join(turn.question.split()) else []),
        *_answer(turn, at, standings),
        *_state(turn, at, last=last),
        *([] if turn.state == "asking" else [_actions(turn, at, last=last)]),
    ]
    return tag("article", heading, *parts, class_=f"turn {turn.state}")


def _answer(turn: ConversationTurn, at: int, standings: Standings) -> Iterator[Html]:
    record = turn.record
    if record is None:
        return
    if record.get("refused"):
        kicker = tag("p", "No answer in the documents", class_="kicker")
        yield tag("div", kicker, tag("p", str(record["answer"])), class_="refusal")
    cited = {each["number"]: each for each in record["citations"]}
    for place, each in enumerate(record["statements"]):
        yield _statement(each, f"{at}-{place}", at, cited, standings)
    if record.get("reason") and not record.get("refused"):
        yield tag("p", str(record["reason"]), class_="note")
    yield from _stale(standings)
    yield from _removed(record.get("removed") or ())
    if turn.state == "done":
        yield _byline(record)


def _statement(told: Mapping[str, Any], name: str, at: int, cited: Mapping[int, Any], standings: Standings) -> Html:
    verdict = str(told.get("verdict", ""))
    marks = [_mark(cited[n], f"{name}-{n}", at, standings.get(n, "exact")) for n in told["citations"] if n in cited]
    badge = tag("summary", _BADGES.get(verdict, verdict))
    why = tag("details", badge, tag("p", str(told.get("why", ""))), class_="verdict", open=verdict != "supported")
    words = [answer_words(cited[n]) for n in told["citations"] if n in cited]
    return tag("div", tag("p", *with_bold(told["text"], words), " ", *marks), why, class_=f"statement {verdict}")


def _mark(citation: Mapping[str, Any], name: str, at: int, standing: str) -> Html:
    number, stale = citation["number"], _STALE.get(standing, "")
    page = f", page {citation['page']}" if citation.get("page") else ""
    label = f"Source {number}: {citation['title']}{page}{f', {stale}' if stale else ''}"
    button = tag(
        "button", f"[{number}]", type="button", class_=f"mark {standing}", data_do="cite", data_turn=str(at),
        data_number=str(number), aria_label=label, aria_describedby=f"quote-{name}",
    )  # fmt: skip
    place = tag("cite", f"{citation['title']}{page}")
    told = with_bold(citation["quote"], [answer_words(citation)])
    quote = tag("span", "“", *told, "”", " ", place, class_="quote", role="tooltip", id=f"quote-{name}")
    return tag("span", button, quote, class_="cite")


def _stale(standings: Standings) -> Iterator[Html]:
    for number, standing in standings.items():
        if standing in _STALE:
            became = "is no longer indexed" if standing == "gone" else "has changed since and no longer says this"
            told = f"The source of [{number}] {became}."
            yield tag("p", told, class_="warning")


def _removed(removed: Sequence[Mapping[str, Any]]) -> Iterator[Html]:
    if removed:
        count = "1 statement was" if len(removed) == 1 else f"{len(removed)} statements were"
        told = [tag("li", tag("del", each["text"]), " ", tag("span", str(each.get("why", "")))) for each in removed]
        summary = tag("summary", f"{count} removed by the check")
        yield tag("details", summary, tag("ul", *told), class_="removed", open=True)


def _byline(record: Mapping[str, Any]) -> Html:
    seconds = float((record.get("seconds") or {}).get("total", 0))
    time = f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"
    if record.get("refused"):
        return tag("p", f"Looked for in {time}", class_="byline")
    mode = "Word for word from the documents" if record.get("mode") == "quotes" else f"Written by {record.get('model')}"
    sure = f"{float(record.get('score', 0)):.0%} sure that this answers"
    return tag("p", f"{mode} · {sure} · {time}", class_="byline")


def _state(turn: ConversationTurn, at: int, *, last: bool) -> Iterator[Html]:
    if turn.state == "asking":
        told = "Writing" if turn.record else "Reading the documents"
        yield tag("p", told, class_="waiting", role="status")
    if turn.state == "stopped":
        yield tag("p", "Stopped. What stands here was checked; more might have come.", class_="note")
    if turn.state == "failed":
        offer = [tag("p", _button("Answer with quotes instead", "quotes", turn=at, class_="secondary"))] if last else []
        yield tag("div", tag("p", turn.error), *offer, class_="failure", role="alert")


def _actions(turn: ConversationTurn, at: int, *, last: bool) -> Html:
    parts = []
    if turn.record is not None:
        parts.append(_button("Copy", "copy", text=json.dumps(with_footnotes(turn.record))))
    if last:
        parts.append(_button("Ask again", "retry", turn=at))
    if turn.state == "done":
        for rating, label in (("up", "Good answer"), ("down", "Bad answer")):
            pressed = "true" if turn.rating == rating else "false"
            parts.append(_button(label, "rate", turn=at, rating=rating, class_="quiet thumb", aria_pressed=pressed))
    return join_html((tag("div", *parts, class_="actions"), *_comment(turn, at)))


def _comment(turn: ConversationTurn, at: int) -> Iterator[Html]:
    if turn.rating:
        box = tag("input", type="text", value=turn.comment, maxlength="2000", autocomplete="off")
        what = "What was good?" if turn.rating == "up" else "What was wrong, or what should it say?"
        told = tag("span", "Kept. Thank you.", class_="kept") if turn.comment else ""
        sending = tag("button", "Keep the comment", type="submit", class_="secondary")
        yield tag("form", tag("label", tag("span", what), box), sending, told, class_="comment", data_turn=str(at))


def _button(label: str, action: str, *, class_: str = "quiet", **given: object) -> Html:
    named = {name if name.startswith("aria_") else f"data_{name}": str(value) for name, value in given.items()}
    return tag("button", label, type="button", class_=class_, data_do=action, **named)
