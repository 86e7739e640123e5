"""Quotes mode writes an answer: the selected sentences, word for word, each checked against its document."""

from collections.abc import Generator

from assistant.answering.answer_builder import AnswerBuilder
from assistant.answering.context import AnswerContext
from assistant.answering.results import Answered, Fallback, Refused
from assistant.grounding.reader_scorer import ReaderScorer
from assistant.nlp.tokens import single_line
from assistant.observability.tracing import trace_span
from assistant.types import Statement

_NOTHING_EXACT = "What was found failed the check against its document."
_INSTEAD_OF_MODEL = "No statement that the model wrote passed the check; these are the documents' own sentences."


def write_quotes(
    context: AnswerContext, reader_scorer: ReaderScorer | None, instead_of: Fallback | None = None
) -> Generator[Statement, None, Answered | Refused]:
    """Yields each quoted sentence as a checked statement, and returns the answer, or the refusal with its reason.

    Args:
        context: the question, and what to quote.
        reader_scorer: as `AnswerBuilder` takes it.
        instead_of: what the language model left behind, where quotes answer in its place.
    """
    selection = context.selection
    builder = AnswerBuilder(reader_scorer)
    for candidate in selection.candidates:
        with trace_span("check"):
            statement = builder.add(single_line(candidate.sentence.text), [context.citable_sentence(candidate)])
        if statement:
            yield statement
    before = instead_of or Fallback(selection.confidence)
    removed = before.removed + builder.removed
    if not builder.statements:
        return Refused("quotes", before.confidence, selection.reason or _NOTHING_EXACT, removed, before.exchange)
    return Answered(
        mode="quotes",
        confidence=before.confidence,
        statements=builder.statements,
        citations=builder.citations,
        removed=removed,
        reason=selection.reason or (_INSTEAD_OF_MODEL if instead_of else None),
        documents_differ=selection.documents_differ,
        exchange=before.exchange,
    )
