"""The one pipeline behind every door and for both modes: understand → retrieve → write and check → answer.

`QueryEngine._stages` reads as the list of these stages.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from assistant.answering.answer_builder import join_statements
from assistant.answering.citation_places import add_places
from assistant.answering.context import AnswerContext
from assistant.answering.extractive import write_quotes
from assistant.answering.generative import GenerativeWriter
from assistant.answering.results import Answered, Fallback, Refused
from assistant.answering.selection import combine_selections, select_quotes
from assistant.errors import DocumentNotFoundError, SettingsError, StoreError
from assistant.grounding.span_reader_scorer import make_span_reader_scorer
from assistant.guarantee.refusal import RefusalRule, default_refusal
from assistant.models.llm import LanguageModel, TokenUsage
from assistant.observability.outcomes import answer_attributes
from assistant.observability.tracing import set_span_attributes, trace_iterator, trace_span
from assistant.options import DocumentFilter, QueryOptions
from assistant.query.decomposition import decompose
from assistant.query.question import parse_question
from assistant.query.understanding import normalize_question, respell, understand
from assistant.retrieval.retriever import Candidate, Retriever, interleave
from assistant.types import Answer, Document, Hit, Statement
from assistant.versions import versions

REFUSAL = "The documents do not say."

_MAX_ATTEMPTS = 5  # to read an index that another thread writes; a write is one moment, so the second mostly succeeds
_MAX_HITS = 10  # that an explanation keeps
_MIN_CITABLE = 12  # best candidates whose documents are loaded, so that a language model's answer may cite them

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with how it came about."""

    answer: Answer
    hits: tuple[Hit, ...]  # what was retrieved, best first
    features: tuple[dict[str, float], ...]  # of each hit, by name
    prompt: str = ""  # what a language model was sent; empty in quotes mode
    dropped_markers: int = 0  # citation markers of the language model that name no source
    model_log_odds: float | None = None  # by the language model, that the sentences answer
    quotes_confidence: float = 0.0  # the chance of that by features and span reader alone

    @property
    def seconds(self) -> dict[str, float]:
        """How long each stage took."""
        return self.answer.seconds


@dataclass(frozen=True, slots=True)
class QueryEngine:
    """Answers questions over one open index; may be shared by threads."""

    retriever: Retriever
    model: LanguageModel | None = None  # writes the answers; without one they are quotes
    source_count: int = 3  # numbered sentences that the language model is given
    refusal: RefusalRule = field(default_factory=default_refusal)

    def explain(self, question: str, options: QueryOptions | None = None) -> Explanation:
        """Answers a question, and keeps what was retrieved.

        Raises:
            QuestionError: the question is empty or too long, or the history malformed.
            SettingsError: llm mode is asked for, and there is no language model.
            DocumentNotFoundError: the options name a document that isn't indexed.
            ModelError: the language model can't be reached, or failed.
        """
        return _result(self.run(question, options or QueryOptions()))

    def stream(self, question: str, options: QueryOptions | None = None) -> Iterator[Statement | Answer]:
        """Yields each checked statement as it is ready, and the whole Answer last; raises as `explain` does."""
        explanation = yield from self.run(question, options or QueryOptions())
        yield explanation.answer

    def search(self, text: str, k: int, document_filter: DocumentFilter | None = None) -> list[Hit]:
        """The ``k`` sentences that speak most to a text, best first.

        Raises:
            QuestionError: the text is empty or too long.
            DocumentNotFoundError: the filter names a document that isn't indexed.
        """
        self.retriever.catch_up()
        question = parse_question(respell(normalize_question(text), self.retriever.bm25))
        with trace_span("assistant.search"):
            return self._retrying(
                lambda: list(self._hits(self.retriever.retrieve(question, document_filter).candidates[: max(0, k)]))
            )

    def run(self, question: str, options: QueryOptions) -> Generator[Statement, None, Explanation]:
        """Yields each checked statement as it is ready, and returns the explained answer; raises as `explain` does."""
        model = self.model_for(options)
        return trace_iterator("assistant.ask", self._stages(question, options, model))

    def model_for(self, options: QueryOptions) -> LanguageModel | None:
        """The language model that answers a question of these options; None in quotes mode.

        Raises:
            SettingsError: llm mode is asked for, and there is no language model.
        """
        if options.mode == "llm" and self.model is None:
            raise SettingsError("No language model is set here. Set ASSISTANT_MODEL, or ask in quotes mode.")
        return self.model.for_question(options.stop) if self.model and options.mode != "quotes" else None

    def _stages(
        self, text: str, options: QueryOptions, model: LanguageModel | None
    ) -> Generator[Statement, None, Explanation]:
        started = time.perf_counter()
        self.retriever.catch_up()
        question = understand(text, options.history, self.retriever.bm25, model)
        with trace_span("retrieve"):
            context, hits = self._retrying(lambda: self._retrieve(question, options, model))
            set_span_attributes(
                {"assistant.sentences": len(context.candidates), "assistant.documents": len(context.documents)}
            )
        retrieved = time.perf_counter()
        written = add_places(self._write(context, options, model), self.retriever.store)
        result = yield from trace_iterator("answer", written)
        finished = time.perf_counter()
        seconds = {"retrieve": retrieved - started, "answer": finished - retrieved, "total": finished - started}
        answer = replace(
            self._answer(text, context, result, model),
            usage=(model.usage if model else TokenUsage()).to_dict(),
            seconds=seconds,
        )
        set_span_attributes({f"assistant.{name}": value for name, value in answer_attributes(answer).items()})
        return _explanation(answer, context, hits, result)

    def _retrieve(
        self, question: str, options: QueryOptions, model: LanguageModel | None
    ) -> tuple[AnswerContext, tuple[Hit, ...]]:
        """What is retrieved for each thing that the question asks for, put together; and the best of it as hits."""
        subquestions = [parse_question(subquestion) for subquestion in decompose(question)]
        retrievals = [self.retriever.retrieve(subquestion, options.document_filter) for subquestion in subquestions]
        selection = combine_selections(
            subquestions,
            [
                select_quotes(subquestion, retrieval.candidates, retrieval.idf, self.refusal.quotes_threshold)
                for subquestion, retrieval in zip(subquestions, retrievals, strict=True)
            ],
        )
        candidates = interleave([retrieval.candidates for retrieval in retrievals])
        citable = candidates[: max(_MIN_CITABLE, self._source_count(options) * 2)] if model else ()
        documents = {
            candidate.document.id: self._document(candidate) for candidate in (*selection.candidates, *citable)
        }
        context = AnswerContext(parse_question(question), candidates, selection, documents, len(subquestions))
        return context, self._hits(candidates[:_MAX_HITS])

    def _write(
        self, context: AnswerContext, options: QueryOptions, model: LanguageModel | None
    ) -> Generator[Statement, None, Answered | Refused]:
        """The language model writes, if there is one; where nothing of it passes the check, quotes answer."""
        scorer = make_span_reader_scorer(self.retriever.span_reader)
        if model is None:
            return (yield from write_quotes(context, scorer))
        writer = GenerativeWriter(model, scorer, self._source_count(options), self.refusal.llm_threshold)
        result = yield from writer.write(context)
        if isinstance(result, Fallback):
            return (yield from write_quotes(context, scorer, instead_of=result))
        return result

    def _source_count(self, options: QueryOptions) -> int:
        return options.sources or self.source_count

    def _answer(
        self, text: str, context: AnswerContext, result: Answered | Refused, model: LanguageModel | None
    ) -> Answer:
        """The answer, or the refusal, without what it cost."""
        statements, citations = (result.statements, result.citations) if isinstance(result, Answered) else ((), ())
        if isinstance(result, Answered):
            answer_text = join_statements(statements, context.documents, documents_differ=result.documents_differ)
        else:
            answer_text = f"{REFUSAL} {result.reason}"
        return Answer(
            question=text,
            asked=context.question.text,
            text=answer_text,
            refused=isinstance(result, Refused),
            reason=result.reason,
            score=result.confidence,
            mode=result.mode,
            model=model.name if model and result.mode == "llm" else self.retriever.embedder.name,
            statements=statements,
            removed=result.removed,
            citations=citations,
            prompt_sha256=result.exchange.prompt_sha256 if result.exchange else None,
            versions=versions(*self.retriever.model_names),
            guarantee=self.refusal.guarantees.get(result.mode),
        )

    def _hits(self, candidates: Sequence[Candidate]) -> tuple[Hit, ...]:
        return tuple(Hit(candidate.sentence, self._document(candidate), candidate.score) for candidate in candidates)

    def _document(self, candidate: Candidate) -> Document:
        """The document of a candidate, in which the sentence's span holds."""
        try:
            document = self.retriever.store.document(candidate.document.id)
        except DocumentNotFoundError:
            raise _IndexChanged from None
        sentence = candidate.sentence
        if document.text[sentence.start : sentence.end] != sentence.text:
            raise _IndexChanged
        return document

    def _retrying(self, read: Callable[[], _T]) -> _T:
        """Reads from the index, again from the beginning where a writer came in between."""
        for _ in range(_MAX_ATTEMPTS):
            try:
                return read()
            except _IndexChanged:
                self.retriever.catch_up()
        raise StoreError(
            "The index changes faster than it can be read. Ask again when the indexing has ended; if none is under way "
            "it is damaged: remake it with: assistant index --rebuild"
        )


class _IndexChanged(Exception):  # noqa: N818 — no error: a sign to read again
    """Another thread replaced or removed a document between its retrieval and its reading."""


def _explanation(
    answer: Answer, context: AnswerContext, hits: tuple[Hit, ...], result: Answered | Refused
) -> Explanation:
    exchange = result.exchange
    return Explanation(
        answer,
        hits,
        features=tuple(dict(candidate.features) for candidate in context.candidates[:_MAX_HITS]),
        prompt=exchange.prompt if exchange else "",
        dropped_markers=exchange.dropped_markers if exchange else 0,
        model_log_odds=exchange.log_odds if exchange else None,
        quotes_confidence=context.selection.confidence,
    )


def _result(run: Generator[object, None, _T]) -> _T:
    """What a generator returns, once it has been run to its end."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            result: _T = end.value
            return result
