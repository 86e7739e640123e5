"""The commands that question the index: ``ask``, ``search``, and ``verify`` for answers of earlier days."""

import sys
from collections.abc import Sequence

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import WITHOUT_MODEL, note_unused_key, open_for_asking
from assistant.errors import QuestionError


def ask(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    question: opt.Question,
    *,
    document: opt.OnlyDocuments = None,
    kind: opt.OnlyKinds = None,
    since: opt.Since = None,
    until: opt.Until = None,
    author: opt.OnlyAuthors = None,
    language: opt.OnlyLanguages = None,
    mode: opt.Mode = None,
    explain: opt.Explain = False,
    as_json: opt.Json = False,
) -> None:
    """Answer a question, citing the exact sentences."""
    question_text = _join_words(question)
    keywords = opt.search_keywords(
        documents=document, kinds=kind, since=since, until=until, authors=author, languages=language
    )
    settings = {"mode": mode} if mode else {}
    with open_for_asking(ctx.obj, **settings) as assistant:
        note_unused_key(**settings)
        if explain:
            explanation = assistant.explain(question_text, **keywords)
            record, lines = output.explanation_record(explanation), output.explanation_lines(explanation)
        else:
            answer = assistant.ask(question_text, **keywords)
            record, lines = answer.to_dict(), output.answer_lines(answer)
    output.print_result(record, lines, as_json=as_json)


def search(  # noqa: PLR0913 — Typer makes each parameter an option
    ctx: typer.Context,
    text: opt.SearchText,
    *,
    document: opt.OnlyDocuments = None,
    kind: opt.OnlyKinds = None,
    since: opt.Since = None,
    until: opt.Until = None,
    author: opt.OnlyAuthors = None,
    language: opt.OnlyLanguages = None,
    k: opt.HitCount = 10,
    as_json: opt.Json = False,
) -> None:
    """Show the ranked sentences alone."""
    search_text = _join_words(text)
    keywords = opt.search_keywords(
        documents=document, kinds=kind, since=since, until=until, authors=author, languages=language
    )
    with open_for_asking(ctx.obj, **WITHOUT_MODEL) as assistant:
        hits = assistant.search(search_text, k=k, **keywords)
    output.print_result([hit.to_dict() for hit in hits], output.hit_lines(hits), as_json=as_json)


def verify(ctx: typer.Context, file: opt.RecordFile, *, as_json: opt.Json = False) -> None:
    """Re-check saved answers against the documents of today.

    Says of each citation whether its document still says it: exact, moved, changed or gone; and judges the
    statements anew. Exits with 1 when something no longer holds.
    """
    from assistant.grounding.verification import load_records

    records = load_records(file)
    with open_for_asking(ctx.obj, **WITHOUT_MODEL) as assistant:
        verifications = [assistant.verify(record) for record in records]
    output.print_result(
        [verification.to_dict() for verification in verifications],
        output.verification_lines(verifications),
        as_json=as_json,
    )
    if not all(verification.holds for verification in verifications):
        raise typer.Exit(1)


def _join_words(words: Sequence[str]) -> str:
    """The arguments as one text, or stdin for a lone dash."""
    text = sys.stdin.read() if list(words) == ["-"] else " ".join(words)
    text = text.encode("utf-8", "replace").decode().strip()  # a stray byte in an argument is a surrogate
    if not text:
        raise QuestionError("The question is empty. Write it after the command, or - to read it from stdin.")
    return text
