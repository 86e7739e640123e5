"""Every question of a run as the report shows it: its answer, what was checked, each cited sentence, each score."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.evaluation.calibration import was_scored
from assistant.evaluation.metrics import DECIDING, ScoredAnswer
from assistant.evaluation.report.template import number
from assistant.rendering.html import Html, badge, count_noun, format_duration, html_table, join_html, tag
from assistant.rendering.terminal import display_path
from assistant.types import Citation, Statement

_KINDS = {"supported": "good", "partial": "weak", "unsupported": "bad"}
_LONGEST = 280  # characters of a question that stand in its line
_ASKED, _CAME = ("history",), ("found", "cited")  # details that are nothing expected
_TERMS = {"history": "before it", "must_cite": "must cite one of", "evidence_sets": "any one set of"}

Key = tuple[str, int]  # a question's id and its round


def anchors(marked: Sequence[ScoredAnswer]) -> dict[Key, str]:
    """The name under which each question can be linked to: its id in harmless letters, made unique."""
    names: dict[Key, str] = {}
    taken: set[str] = set()
    for place, each in enumerate(marked):
        again = f"-round-{each.round}" if each.round > 1 else ""
        name = f"case-{re.sub(r'[^A-Za-z0-9_.-]+', '-', each.id)[:60]}{again}"
        while name in taken:
            name += f"-{place}"
        taken.add(name)
        names[each.id, each.round] = name
    return names


def groups(marked: Sequence[ScoredAnswer], judged: Mapping[str, Mapping[str, bool]]) -> Html:
    """The questions, those that failed first, each folded."""
    names, tags = anchors(marked), tags_of(marked)
    parts = []
    for title, some in (
        ("failed", [each for each in marked if each.failed]),
        ("right", [each for each in marked if not each.failed]),
    ):
        if some:
            shown = (_case(each, names[each.id, each.round], tags, judged.get(each.id, {})) for each in some)
            parts.append(tag("section", tag("h3", f"{len(some):,} {title}"), *shown, class_="group"))
    return join_html(parts)


def tags_of(marked: Sequence[ScoredAnswer]) -> list[str]:
    """All tags, in order; the script knows them by their places."""
    return sorted({name for each in marked for name in each.tags})


def _case(each: ScoredAnswer, anchor: str, tags: Sequence[str], judged: Mapping[str, bool]) -> Html:
    kinds = ["failed" if each.failed else "right", "refused" if each.answer.refused else "answered"]
    places = " ".join(str(tags.index(name)) for name in each.tags)
    body = tag("div", *_body(each, judged))
    return tag("details", _summary(each), body, id=anchor, class_="case", data_kind=" ".join(kinds), data_tags=places)


def _summary(each: ScoredAnswer) -> Html:
    status = badge("failed", "bad") if each.failed else badge("right", "good")
    again = f", round {each.round}" if each.round > 1 else ""
    tags = " · ".join(each.tags)
    small = tag("small", f"{each.id}{again}{' · ' if tags else ''}{tags}")
    did = "refused" if each.answer.refused else "answered"
    could = "answerable" if each.answerable else "unanswerable"
    beside = f"{could}, {did} · {each.answer.score:.2f}" if was_scored(each) else f"{could}, not asked"
    question = _clipped(each.question.strip()) or "(an empty question)"
    return tag(
        "summary",
        tag("span", status),
        tag("span", question, small, class_="asked"),
        tag("span", beside, class_="beside"),
    )


def _body(each: ScoredAnswer, judged: Mapping[str, bool]) -> Iterator[Html]:
    answer = each.answer
    if len(each.question) > _LONGEST:
        yield tag("p", each.question)
    if answer.asked.split() != each.question.split():
        yield tag("p", tag("span", "Asked as: ", class_="soft"), answer.asked)
    yield from _listing("", each.details, _ASKED)
    yield tag("p", answer.text, class_="answer")
    if answer.reason and answer.reason not in answer.text:
        yield tag("p", answer.reason)
    yield from _statements("What the check said", answer.statements, told=len(answer.statements) > 1)
    yield from _statements("Removed by the check", answer.removed, told=True)
    if answer.citations:
        yield tag("h4", "Cited")
        terms = [str(term) for term in each.details.get("must_say", ())]
        yield from (_cited(citation, terms) for citation in answer.citations)
    yield from _listing("Expected", each.details, [name for name in each.details if name not in (*_ASKED, *_CAME)])
    yield from _listing("Sentences by the data set's numbers", each.details, _CAME)
    yield tag("h4", "Scores")
    yield _scores(each)
    yield _made(each, judged)


def _statements(title: str, statements: Sequence[Statement], *, told: bool) -> Iterator[Html]:
    """The verdicts, and where ``told`` the statements' own words."""
    if statements:
        yield tag("h4", title)
    for each in statements:
        marks = "".join(f"[{citation.number}]" for citation in each.citations)
        verdict = join_html([badge(each.verdict, _KINDS[each.verdict]), f"{marks} {each.why}".strip()], " ")
        yield tag("p", each.text, Html("<br>"), verdict) if told else tag("p", verdict)


def _cited(citation: Citation, terms: Sequence[str]) -> Html:
    page = "" if citation.page is None else f"page {citation.page}, "
    place = f" {page}sentence {citation.sentence + 1} · {display_path(citation.source)}"
    head = tag("p", f"[{citation.number}] ", tag("b", citation.title), tag("span", place, class_="soft"))
    quote = tag("blockquote", tag("mark", *_marked(citation.quote, terms)))
    return tag("div", head, quote, class_="cited")


def _marked(quote: str, terms: Sequence[str]) -> Iterator[str]:
    """The quote's text, with what the answer must say marked in it where it stands there to the letter."""
    wanted = sorted({" ".join(term.split()) for term in terms} - {""}, key=len, reverse=True)
    text = " ".join(quote.split())
    if not wanted:
        yield text
        return
    pattern = rf"(?<!\w)(?<!\d[.,])({'|'.join(map(re.escape, wanted))})(?!\w|[.,]\d)"  # no part of a longer figure
    for place, part in enumerate(re.split(pattern, text, flags=re.IGNORECASE)):
        yield tag("mark", part) if place % 2 else part


def _listing(title: str, details: Mapping[str, object], names: Sequence[str]) -> Iterator[Html]:
    """Some of what else is known of a question, under a title."""
    told = [(_TERMS.get(name, name.replace("_", " ")), _listed(details[name])) for name in names if details.get(name)]
    if told and title:
        yield tag("h4", title)
    if told:
        yield tag("dl", *(part for name, value in told for part in (tag("dt", name), tag("dd", value))))


def _listed(value: object) -> Html:
    """Terms, quotes with their documents, messages; anything else as JSON."""
    items = value if isinstance(value, list) else [value]
    return join_html([_item(each) for each in items], Html("<br>"))


def _item(value: object) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, Mapping) and value.keys() == {"document", "quote"}:
        return f"{value['document']}: “{value['quote']}”"
    if isinstance(value, Mapping) and value.keys() == {"role", "content"}:
        return f"{value['role']}: {value['content']}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _scores(each: ScoredAnswer) -> Html:
    rows = []
    for name, score in each.scores.items():
        shown = number(name, score.value)
        kind = "bad" if name in DECIDING and score.value < 1 else ""
        rows.append((name.replace("_", " "), badge(shown, kind) if kind else shown, tag("span", score.why)))
    return html_table(tag("span", f"Scores of {each.id}", class_="unseen"), ("score", "value", "why"), rows, "why")


def _made(each: ScoredAnswer, judged: Mapping[str, bool]) -> Html:
    answer = each.answer
    scored = f"score {answer.score:.3f}" if was_scored(each) else ""
    told = [f"{answer.mode} mode", answer.model, scored, format_duration(each.seconds)]
    if used := sum(answer.usage.values()):
        told.append(count_noun(used, "token"))
    told += [f"judged {'' if right else 'not '}{name}" for name, right in judged.items()]
    return tag("p", tag("small", " · ".join(part for part in told if part)))


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
