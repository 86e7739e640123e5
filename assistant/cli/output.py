"""Lays answers, hits and documents out as lines, and shows them: coloured on a terminal, bare in a pipe.

Documents, titles, file names and questions are untrusted. Every text that becomes a line goes through
``plain``, and Rich gets finished ``Text`` objects, so neither a control sequence nor markup in a document
can act on the terminal.
"""

from __future__ import annotations  # --help needs none of the types below

import sys
from typing import TYPE_CHECKING

from assistant.rendering.terminal import StyledLine, display_path, sanitize, styled_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.cli.doctor import Finding
    from assistant.client import DocumentSummary
    from assistant.grounding.verification import Verification
    from assistant.ingest.transfer import ExportResult
    from assistant.query_engine import Explanation
    from assistant.types import Answer, Citation, Document, Hit, IndexReport

_VERDICTS = {"supported": "green", "partial": "yellow", "unsupported": "red"}  # from the best to the worst
_STANDINGS = {"exact": "green", "moved": "yellow", "changed": "red", "gone": "red"}
_STATES = {"ok": "green", "warn": "yellow", "fail": "red"}


def answer_lines(answer: Answer) -> list[StyledLine]:
    """The answer with its marks, and under it each cited sentence with title, place, verdict and source."""
    lines = (
        [styled_line(("Asked as: ", "dim"), answer.asked)] if answer.asked != " ".join(answer.question.split()) else []
    )
    lines.append(styled_line((answer.text, "bold")))
    if answer.reason and answer.reason not in answer.text:
        lines.append(styled_line(answer.reason))
    for citation in answer.citations:
        verdict = _verdict(answer, citation)
        lines += [
            styled_line(),
            styled_line(
                (f"[{citation.number}] ", "cyan"),
                f"{citation.title}, {_place(citation.page, citation.sentence)} · ",
                verdict,
            ),
            *_quoted(citation.quote, citation.source, _marked(citation)),
        ]
    return lines


def hit_lines(hits: Sequence[Hit], features: Sequence[Mapping[str, float]] = ()) -> list[StyledLine]:
    """The ranked sentences, best first, each with its score, title, place, source and, if given, evidence."""
    lines = []
    for rank, hit in enumerate(hits, 1):
        evidence = features[rank - 1] if features else {}
        place = _place(hit.sentence.page, hit.sentence.number)
        parts = ", ".join(f"{name} {value:.2f}" for name, value in evidence.items())
        lines += [
            styled_line((f"{rank}. ", "cyan"), f"{hit.document.title}, {place} · {hit.score:.3f}"),
            *_quoted(hit.sentence.text, hit.document.source),
            *([styled_line((parts, "dim"), indent=4)] if parts else []),
        ]
    return lines or [styled_line("Nothing found.")]


def hit_record(hit: Hit) -> dict[str, object]:
    """A hit as ``search --json`` prints it."""
    return hit.to_dict()


def explanation_lines(explained: Explanation) -> list[StyledLine]:
    """The answer, and under it what was retrieved, the exact prompt, and the times in seconds."""
    answer = explained.answer
    times = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in answer.seconds.items())
    prompt = explained.prompt.split("\n") if explained.prompt else ["none: quotes mode asks no language model"]
    removed = [styled_line(f"{each.text} · {each.why}", indent=4) for each in answer.removed]
    return [
        *answer_lines(answer),
        styled_line(),
        styled_line(("Retrieved", "bold")),
        *hit_lines(explained.hits, explained.features),
        styled_line(("Prompt", "bold")),
        *(styled_line(each, indent=4) for each in prompt),
        *([styled_line(("Removed by the check", "bold")), *removed] if removed else []),
        *(
            [styled_line(f"Marks that name no source, and were dropped: {explained.dropped}")]
            if explained.dropped
            else []
        ),
        styled_line(("Made by ", "bold"), f"{answer.model} in {answer.mode} mode · score {answer.score:.3f}"),
        styled_line(("Times ", "bold"), times),
    ]


def explanation_record(explained: Explanation) -> dict[str, object]:
    """The record of the answer, and beside it what ``explanation_lines`` shows."""
    found = zip(explained.hits, explained.features, strict=True)
    retrieved = [hit_record(hit) | {"features": dict(features)} for hit, features in found]
    return explained.answer.to_dict() | {
        "explained": {"retrieved": retrieved, "prompt": explained.prompt, "dropped_marks": explained.dropped}
    }


def verification_lines(found: Sequence[Verification]) -> list[StyledLine]:
    """Of each saved answer its question, what became of its citations, and of its statements."""
    lines = []
    for each in found:
        lines.append(styled_line((each.question, "bold")))
        for citation in each.citations:
            style = _STANDINGS[citation.standing]
            lines.append(
                styled_line((f"{citation.standing:8}", style), f"[{citation.number}] {citation.title}", indent=4)
            )
            if citation.standing != "exact":
                lines += _quoted(citation.quote, citation.source)
        for statement in each.statements:
            verdict = (f"{statement.verdict:12}", _VERDICTS[statement.verdict])
            why = "" if statement.verdict == "supported" else f" · {statement.why}"
            lines.append(styled_line(verdict, f"{statement.text}{why}", indent=4))
    held = sum(each.holds for each in found)
    return [*lines, styled_line(f"{held} of {len(found)} {'answer holds' if len(found) == 1 else 'answers hold'}")]


def document_lines(document: Document) -> list[StyledLine]:
    """What is known of a document, and its whole canonical text."""
    known = {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "kind": document.kind,
        "date": str(document.date or ""),
        "url": document.url or "",
        "notes": "; ".join(document.notes),
    }
    return [
        *(styled_line((f"{name}: ", "bold"), value) for name, value in known.items() if value),
        styled_line(),
        *(styled_line(each) for each in document.text.split("\n")),
    ]


def show_documents(summaries: Sequence[DocumentSummary]) -> None:
    """Writes what is indexed to stdout: a table on a terminal, tab-separated lines in a pipe.

    The columns are id, title, kind, date, sentences and source.
    """
    rows = [
        [sanitize(str(x)) for x in (s.id, s.title, s.kind, s.date or "", s.sentences, display_path(s.source))]
        for s in summaries
    ]
    if not sys.stdout.isatty():
        sys.stdout.writelines("\t".join(row) + "\n" for row in rows)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Id", "Title", "Kind", "Date", "Sentences", "Source"):
        table.add_column(name, justify="right" if name == "Sentences" else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def finding_lines(findings: Sequence[Finding]) -> list[StyledLine]:
    """What doctor found, a line each, and under what is wrong what to do about it."""
    width = max((len(each.name) for each in findings), default=0)
    lines = []
    for each in findings:
        lines.append(styled_line((f"{each.state:4}  ", _STATES[each.state]), f"{each.name:{width}}  {each.text}"))
        if each.advice:
            lines.append(styled_line(each.advice, indent=width + 8))
    return lines


def counts_line(report: IndexReport) -> StyledLine:
    """The last line of ``assistant index``."""
    names = ("added", "changed", "removed", "unchanged", "skipped", "failed")
    return styled_line(", ".join(f"{name} {len(getattr(report, name))}" for name in names))


def exported_line(written: ExportResult) -> StyledLine:
    """The last line of ``assistant export``."""
    counts = (_counted(written.documents, "document"), _counted(written.sentences, "sentence"))
    return styled_line(f"{', '.join(counts)}, {written.bytes / 1_000_000:,.1f} MB: {display_path(written.file)}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _place(page: int | None, sentence: int) -> str:
    return f"sentence {sentence + 1}" if page is None else f"page {page}, sentence {sentence + 1}"


def _verdict(answer: Answer, citation: Citation) -> tuple[str, str]:
    """The worst verdict of the statements that cite it, with its reason where it is not plain support."""
    citing = [each for each in answer.statements if citation in each.citations]
    if not citing:
        return ("not used", "dim")
    worst = max(citing, key=lambda each: list(_VERDICTS).index(each.verdict))
    why = "" if worst.verdict == "supported" else f" ({worst.why})"
    return (worst.verdict + why, _VERDICTS[worst.verdict])


def _marked(citation: Citation) -> tuple[int, int]:
    """The span of the answer's words in the quote; empty where they aren't known."""
    start, end = citation.answer_span or (citation.start, citation.start)
    return start - citation.start, end - citation.start


def _quoted(quote: str, source: str, marked: tuple[int, int] = (0, 0)) -> list[StyledLine]:
    start, end = marked
    words = styled_line(f"“{quote[:start]}", (quote[start:end], "bold"), f"{quote[end:]}”", indent=4)
    return [words, styled_line((display_path(source), "dim"), indent=4)]
