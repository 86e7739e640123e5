"""Quotes mode writes an answer: the selected sentences, word for word, each checked against its document."""

from collections.abc import Generator

from assistant.answering.answer_builder import AnswerBuilder
from assistant.answering.context import AnswerContext
from assistant.answering.results import Answered, Fallback, Refused
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.nlp.tokens import single_line
from assistant.observability.tracing import trace_span
from assistant.types import Statement

_NOTHING_EXACT = "What was found failed the check against its document."
_INSTEAD_OF_MODEL = "No statement that the model wrote passed the check; these are the documents' own sentences."


def write_quotes(
    context: AnswerContext, span_reader_scorer: SpanReaderScorer | None, instead_of: Fallback | None = None
) -> Generator[Statement, None, Answered | Refused]:
    """Yields each quoted sentence as a checked statement, and returns the answer, or the refusal with its reason.

    Args:
        context: the question, and what to quote.
        span_reader_scorer: as `AnswerBuilder` takes it.
        instead_of: what the language model left behind, where quotes answer in its place.
    """
    selection = context.selection
    builder = AnswerBuilder(span_reader_scorer)
    for candidate in selection.candidates:
        with trace_span("check"):
            statement = builder.add(single_line(candidate.sentence.text), [context.citable_sentence(candidate)])
        if statement:
            yield statement
    confidence = instead_of.confidence if instead_of else selection.confidence
    removed = (instead_of.removed if instead_of else ()) + builder.removed
    exchange = instead_of.exchange if instead_of else None
    if not builder.statements:
        return Refused("quotes", confidence, selection.reason or _NOTHING_EXACT, removed, exchange)
    return Answered(
        mode="quotes",
        confidence=confidence,
        statements=builder.statements,
        citations=builder.citations,
        removed=removed,
        reason=selection.reason or (_INSTEAD_OF_MODEL if instead_of else None),
        documents_differ=selection.documents_differ,
        exchange=exchange,
    )
