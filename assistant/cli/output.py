"""Lays answers, hits and documents out as lines, and prints them, or JSON instead.

Documents, titles, file names and questions are untrusted. Every text that becomes a line goes through
`assistant.rendering.terminal.sanitize`, and Rich gets finished ``Text`` objects, so neither a control sequence nor
markup in a document can act on the terminal.
"""

from __future__ import annotations  # --help needs none of the types below

import json
import sys
from typing import TYPE_CHECKING

from assistant.rendering.html import count_noun
from assistant.rendering.terminal import StyledLine, display_path, print_lines, sanitize, styled_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.cli.doctor import Finding
    from assistant.grounding.verification import Verification
    from assistant.ingest.transfer import ExportResult
    from assistant.query_engine import Explanation
    from assistant.types import Answer, Citation, Document, DocumentSummary, Hit, IndexReport

_VERDICT_STYLES = {"supported": "green", "partial": "yellow", "unsupported": "red"}  # from the best to the worst
_STANDING_STYLES = {"exact": "green", "moved": "yellow", "changed": "red", "gone": "red"}
_STATE_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def print_result(record: object, lines: Iterable[StyledLine], *, as_json: bool, indent: int | None = 2) -> None:
    """Writes the record as JSON, or else the lines, to stdout."""
    if as_json:
        print_json(record, indent=indent)
    else:
        print_lines(lines)


def print_json(record: object, *, indent: int | None = 2) -> None:
    """Writes a record to stdout as JSON; dates become text."""
    import typer

    typer.echo(json.dumps(record, indent=indent, default=str))


def answer_lines(answer: Answer) -> list[StyledLine]:
    """The answer with its citation markers, and under it each cited sentence with title, place, verdict and source."""
    lines = []
    if answer.asked != " ".join(answer.question.split()):
        lines.append(styled_line(("Asked as: ", "dim"), answer.asked))
    lines.append(styled_line((answer.text, "bold")))
    if answer.reason and answer.reason not in answer.text:
        lines.append(styled_line(answer.reason))
    for citation in answer.citations:
        lines += [
            styled_line(),
            styled_line(
                (f"[{citation.number}] ", "cyan"),
                f"{citation.title}, {_format_place(citation.page, citation.sentence)} · ",
                "recognised on a picture · " if citation.ocr else "",
                _verdict_span(answer, citation),
            ),
            *_quote_lines(citation.quote, citation.source, _bold_span(citation)),
        ]
    return lines


def hit_lines(hits: Sequence[Hit], features: Sequence[Mapping[str, float]] = ()) -> list[StyledLine]:
    """The ranked sentences, best first, each with its score, title, place and source.

    Args:
        hits: the sentences.
        features: of each hit, to be shown too; or none at all.
    """
    lines = []
    for rank, hit in enumerate(hits, 1):
        place = _format_place(hit.sentence.page, hit.sentence.number)
        hit_features = features[rank - 1] if features else {}
        feature_text = ", ".join(f"{name} {value:.2f}" for name, value in hit_features.items())
        lines += [
            styled_line((f"{rank}. ", "cyan"), f"{hit.document.title}, {place} · {hit.score:.3f}"),
            *_quote_lines(hit.sentence.text, hit.document.source),
        ]
        if feature_text:
            lines.append(styled_line((feature_text, "dim"), indent=4))
    return lines or [styled_line("Nothing found.")]


def explanation_lines(explanation: Explanation) -> list[StyledLine]:
    """The answer, and under it what was retrieved, the exact prompt, and the times in seconds."""
    answer = explanation.answer
    times = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in answer.seconds.items())
    prompt = explanation.prompt.split("\n") if explanation.prompt else ["none: quotes mode asks no language model"]
    lines = [
        *answer_lines(answer),
        styled_line(),
        styled_line(("Retrieved", "bold")),
        *hit_lines(explanation.hits, explanation.features),
        styled_line(("Prompt", "bold")),
        *(styled_line(line, indent=4) for line in prompt),
    ]
    if answer.removed:
        lines.append(styled_line(("Removed by the check", "bold")))
        lines += [styled_line(f"{statement.text} · {statement.why}", indent=4) for statement in answer.removed]
    if explanation.dropped_markers:
        lines.append(styled_line(f"Marks that name no source, and were dropped: {explanation.dropped_markers}"))
    return [
        *lines,
        styled_line(("Made by ", "bold"), f"{answer.model} in {answer.mode} mode · score {answer.score:.3f}"),
        styled_line(("Times ", "bold"), times),
    ]


def explanation_record(explanation: Explanation) -> dict[str, object]:
    """The record of the answer, and beside it what `explanation_lines` shows."""
    hits = zip(explanation.hits, explanation.features, strict=True)
    explained = {
        "retrieved": [hit.to_dict() | {"features": dict(features)} for hit, features in hits],
        "prompt": explanation.prompt,
        "dropped_marks": explanation.dropped_markers,
    }
    return explanation.answer.to_dict() | {"explained": explained}


def verification_lines(verifications: Sequence[Verification]) -> list[StyledLine]:
    """Of each saved answer its question, what became of its citations, and of its statements."""
    lines = []
    for verification in verifications:
        lines.append(styled_line((verification.question, "bold")))
        for citation in verification.citations:
            is_recognised = citation.standing == "exact" and citation.why
            standing = (
                "as recognised " if is_recognised else f"{citation.standing:8}",
                _STANDING_STYLES[citation.standing],
            )
            lines.append(styled_line(standing, f"[{citation.number}] {citation.title}", indent=4))
            if citation.why:
                lines += _quote_lines(citation.quote, citation.source)
                lines.append(styled_line((citation.why, "dim"), indent=8))
        for statement in verification.statements:
            verdict = (f"{statement.verdict:12}", _VERDICT_STYLES[statement.verdict])
            why = "" if statement.verdict == "supported" else f" · {statement.why}"
            lines.append(styled_line(verdict, f"{statement.text}{why}", indent=4))
    holding, total = sum(verification.holds for verification in verifications), len(verifications)
    return [*lines, styled_line(f"{holding} of {total} {'answer holds' if total == 1 else 'answers hold'}")]


def document_lines(document: Document) -> list[StyledLine]:
    """What is known of a document, and its whole canonical text."""
    facts = {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "kind": document.kind,
        "date": str(document.date or ""),
        "author": document.author,
        "language": document.language,
        "pages": str(len(document.pages) or ""),
        "url": document.url or "",
        "notes": "; ".join(document.notes),
    }
    return [
        *(styled_line((f"{name}: ", "bold"), value) for name, value in facts.items() if value),
        styled_line(),
        *(styled_line(line) for line in document.text.split("\n")),
    ]


def print_documents(summaries: Sequence[DocumentSummary]) -> None:
    """Writes what is indexed to stdout: a table on a terminal, tab-separated lines in a pipe.

    The columns are id, title, kind, date, sentences and source, and the notes of a document that has some.
    """
    rows = [_document_cells(summary) for summary in summaries]
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in rows)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Id", "Title", "Kind", "Date", "Sentences", "Source", "Notes")[: max(map(len, rows), default=6)]:
        table.add_column(name, justify="right" if name == "Sentences" else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def _document_cells(summary: DocumentSummary) -> list[str]:
    cells = (
        summary.id,
        summary.title,
        summary.kind,
        summary.date or "",
        summary.sentences,
        display_path(summary.source),
        *(["; ".join(summary.notes)] if summary.notes else []),
    )
    return [sanitize(str(cell)) for cell in cells]


def finding_lines(findings: Sequence[Finding]) -> list[StyledLine]:
    """The findings of doctor, a line each, and under what is wrong what to do about it."""
    width = max((len(finding.name) for finding in findings), default=0)
    lines = []
    for finding in findings:
        state = (f"{finding.state:4}  ", _STATE_STYLES[finding.state])
        lines.append(styled_line(state, f"{finding.name:{width}}  {finding.text}"))
        if finding.advice:
            lines.append(styled_line(finding.advice, indent=width + 8))
    return lines


def counts_line(report: IndexReport) -> StyledLine:
    """The last line of ``assistant index``: how many documents had each outcome."""
    outcomes = ("added", "changed", "removed", "unchanged", "skipped", "failed")
    return styled_line(", ".join(f"{outcome} {len(getattr(report, outcome))}" for outcome in outcomes))


def export_line(exported: ExportResult) -> StyledLine:
    """The last line of ``assistant export``."""
    counts = f"{count_noun(exported.documents, 'document')}, {count_noun(exported.sentences, 'sentence')}"
    return styled_line(f"{counts}, {exported.bytes / 1_000_000:,.1f} MB: {display_path(exported.file)}")


def _format_place(page: int | None, sentence: int) -> str:
    """The place of a sentence, counted from 1, in its document."""
    return f"sentence {sentence + 1}" if page is None else f"page {page}, sentence {sentence + 1}"


def _verdict_span(answer: Answer, citation: Citation) -> tuple[str, str]:
    """The worst verdict of the statements that cite it, with the reason if not plain support, and its Rich style."""
    statements = [statement for statement in answer.statements if citation in statement.citations]
    if not statements:
        return ("not used", "dim")
    worst = max(statements, key=lambda statement: list(_VERDICT_STYLES).index(statement.verdict))
    why = "" if worst.verdict == "supported" else f" ({worst.why})"
    return (worst.verdict + why, _VERDICT_STYLES[worst.verdict])


def _bold_span(citation: Citation) -> tuple[int, int]:
    """The span of the answer's words in the quote; empty where they aren't known."""
    start, end = citation.answer_span or (citation.start, citation.start)
    return start - citation.start, end - citation.start


def _quote_lines(quote: str, source: str, bold_span: tuple[int, int] = (0, 0)) -> list[StyledLine]:
    start, end = bold_span
    quoted = styled_line(f"“{quote[:start]}", (quote[start:end], "bold"), f"{quote[end:]}”", indent=4)
    return [quoted, styled_line((display_path(source), "dim"), indent=4)]
