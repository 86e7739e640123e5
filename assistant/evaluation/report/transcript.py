"""Every question of a run as the report shows it: its answer, the verdicts, the cited sentences and the scores."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.evaluation.calibration import has_confidence
from assistant.evaluation.metrics import DECIDING_SCORES, ScoredAnswer
from assistant.evaluation.report.wording import format_value, spaced_name
from assistant.rendering.html import Html, badge, count_noun, format_duration, html_table, join_html, tag
from assistant.rendering.terminal import display_path
from assistant.types import Citation, Statement

_VERDICT_COLOURS = {"supported": "good", "partial": "weak", "unsupported": "bad"}
_MAX_QUESTION_CHARS = 280  # in the line that is always visible
_ASKED_DETAILS, _RETURNED_DETAILS = ("history",), ("found", "cited")  # the details that are no expectation
_DETAIL_NAMES = {"history": "before it", "must_cite": "must cite one of", "evidence_sets": "any one set of"}

ResultKey = tuple[str, int]  # a question's id and its round


def question_anchors(results: Sequence[ScoredAnswer]) -> dict[ResultKey, str]:
    """The anchor that each question can be linked to by: its id in harmless letters, made unique."""
    anchors: dict[ResultKey, str] = {}
    taken: set[str] = set()
    for number, result in enumerate(results):
        round_ = f"-round-{result.round}" if result.round > 1 else ""
        anchor = f"case-{re.sub(r'[^A-Za-z0-9_.-]+', '-', result.id)[:60]}{round_}"
        while anchor in taken:
            anchor += f"-{number}"
        taken.add(anchor)
        anchors[result.id, result.round] = anchor
    return anchors


def question_groups(results: Sequence[ScoredAnswer], judgements: Mapping[str, Mapping[str, bool]]) -> Html:
    """The questions, each folded, those that failed first.

    Args:
        results: of the run.
        judgements: of the judging model, by the question's id.
    """
    anchors, tags = question_anchors(results), all_tags(results)
    parts = []
    for title, group in (
        ("failed", [result for result in results if result.failed]),
        ("right", [result for result in results if not result.failed]),
    ):
        if group:
            questions = (
                _question(result, anchors[result.id, result.round], tags, judgements.get(result.id, {}))
                for result in group
            )
            parts.append(tag("section", tag("h3", f"{len(group):,} {title}"), *questions, class_="group"))
    return join_html(parts)


def all_tags(results: Sequence[ScoredAnswer]) -> list[str]:
    """All tags, in order; the script knows a tag by its position."""
    return sorted({name for result in results for name in result.tags})


def _question(result: ScoredAnswer, anchor: str, tags: Sequence[str], judgements: Mapping[str, bool]) -> Html:
    kinds = ["failed" if result.failed else "right", "refused" if result.answer.refused else "answered"]
    tag_numbers = " ".join(str(tags.index(name)) for name in result.tags)
    body = tag("div", *_body(result, judgements))
    return tag(
        "details",
        _summary(result),
        body,
        id=anchor,
        class_="case",
        data_kind=" ".join(kinds),
        data_tags=tag_numbers,
    )


def _summary(result: ScoredAnswer) -> Html:
    """The line that is always visible."""
    status = badge("failed", "bad") if result.failed else badge("right", "good")
    round_ = f", round {result.round}" if result.round > 1 else ""
    tags = " · ".join(result.tags)
    small = tag("small", f"{result.id}{round_}{' · ' if tags else ''}{tags}")
    was = "refused" if result.answer.refused else "answered"
    could = "answerable" if result.answerable else "unanswerable"
    outcome = f"{could}, {was} · {result.answer.score:.2f}" if has_confidence(result) else f"{could}, not asked"
    question = _clipped(result.question.strip()) or "(an empty question)"
    return tag(
        "summary",
        tag("span", status),
        tag("span", question, small, class_="asked"),
        tag("span", outcome, class_="beside"),
    )


def _body(result: ScoredAnswer, judgements: Mapping[str, bool]) -> Iterator[Html]:
    answer = result.answer
    if len(result.question) > _MAX_QUESTION_CHARS:
        yield tag("p", result.question)
    if answer.asked.split() != result.question.split():
        yield tag("p", tag("span", "Asked as: ", class_="soft"), answer.asked)
    yield from _detail_list("", result.details, _ASKED_DETAILS)
    yield tag("p", answer.text, class_="answer")
    if answer.reason and answer.reason not in answer.text:
        yield tag("p", answer.reason)
    yield from _verdicts("What the check said", answer.statements, with_texts=len(answer.statements) > 1)
    yield from _verdicts("Removed by the check", answer.removed, with_texts=True)
    if answer.citations:
        yield tag("h4", "Cited")
        terms = [str(term) for term in result.details.get("must_say", ())]
        yield from (_citation(citation, terms) for citation in answer.citations)
    expected = [name for name in result.details if name not in (*_ASKED_DETAILS, *_RETURNED_DETAILS)]
    yield from _detail_list("Expected", result.details, expected)
    yield from _detail_list("Sentences by the data set's numbers", result.details, _RETURNED_DETAILS)
    yield tag("h4", "Scores")
    yield _score_table(result)
    yield _made_with(result, judgements)


def _verdicts(title: str, statements: Sequence[Statement], *, with_texts: bool) -> Iterator[Html]:
    """The verdicts of the grounding check on statements, with or without the statements' texts."""
    if statements:
        yield tag("h4", title)
    for statement in statements:
        markers = "".join(f"[{citation.number}]" for citation in statement.citations)
        colour = _VERDICT_COLOURS[statement.verdict]
        verdict = join_html([badge(statement.verdict, colour), f"{markers} {statement.why}".strip()], " ")
        yield tag("p", statement.text, Html("<br>"), verdict) if with_texts else tag("p", verdict)


def _citation(citation: Citation, terms: Sequence[str]) -> Html:
    page = "" if citation.page is None else f"page {citation.page}, "
    place = f" {page}sentence {citation.sentence + 1} · {display_path(citation.source)}"
    head = tag("p", f"[{citation.number}] ", tag("b", citation.title), tag("span", place, class_="soft"))
    quote = tag("blockquote", tag("mark", *_with_terms_marked(citation.quote, terms)))
    return tag("div", head, quote, class_="cited")


def _with_terms_marked(quote: str, terms: Sequence[str]) -> Iterator[str]:
    """The quote's text; the terms that the answer must say are marked where it has them to the letter."""
    longest_first = sorted({" ".join(term.split()) for term in terms} - {""}, key=len, reverse=True)
    text = " ".join(quote.split())
    if not longest_first:
        yield text
        return
    alternatives = "|".join(map(re.escape, longest_first))
    pattern = rf"(?<!\w)(?<!\d[.,])({alternatives})(?!\w|[.,]\d)"  # no part of a longer figure
    for number, part in enumerate(re.split(pattern, text, flags=re.IGNORECASE)):
        is_term = number % 2 == 1
        yield tag("mark", part) if is_term else part


def _detail_list(title: str, details: Mapping[str, object], names: Sequence[str]) -> Iterator[Html]:
    """The named details that the question has, under a title; nothing where it has none."""
    items = [
        (_DETAIL_NAMES.get(name, spaced_name(name)), _detail_value(details[name]))
        for name in names
        if details.get(name)
    ]
    if items and title:
        yield tag("h4", title)
    if items:
        yield tag("dl", *(part for name, value in items for part in (tag("dt", name), tag("dd", value))))


def _detail_value(value: object) -> Html:
    items = value if isinstance(value, list) else [value]
    return join_html([_detail_item(item) for item in items], Html("<br>"))


def _detail_item(value: object) -> str:
    """A term, a quote with its document, or a message; anything else as JSON."""
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, Mapping) and value.keys() == {"document", "quote"}:
        return f"{value['document']}: “{value['quote']}”"
    if isinstance(value, Mapping) and value.keys() == {"role", "content"}:
        return f"{value['role']}: {value['content']}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _score_table(result: ScoredAnswer) -> Html:
    rows = []
    for name, score in result.scores.items():
        value = format_value(name, score.value)
        is_failure = name in DECIDING_SCORES and score.value < 1
        rows.append((spaced_name(name), badge(value, "bad") if is_failure else value, tag("span", score.why)))
    return html_table(tag("span", f"Scores of {result.id}", class_="unseen"), ("score", "value", "why"), rows, "why")


def _made_with(result: ScoredAnswer, judgements: Mapping[str, bool]) -> Html:
    """Mode, model, confidence, time, tokens and judgements in one small line."""
    answer = result.answer
    confidence = f"score {answer.score:.3f}" if has_confidence(result) else ""
    parts = [f"{answer.mode} mode", answer.model, confidence, format_duration(result.seconds)]
    if token_count := sum(answer.usage.values()):
        parts.append(count_noun(token_count, "token"))
    parts += [f"judged {'' if is_right else 'not '}{name}" for name, is_right in judgements.items()]
    return tag("p", tag("small", " · ".join(part for part in parts if part)))


def _clipped(text: str) -> str:
    return text if len(text) <= _MAX_QUESTION_CHARS else f"{text[: _MAX_QUESTION_CHARS - 1]}…"
