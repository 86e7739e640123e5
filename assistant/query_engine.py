"""Retrieve → write → check → Answer: the one pipeline behind every door, for both modes."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.answering import extractive as quotes
from assistant.answering import generative as llm
from assistant.answering.answer_builder import Outcome, join_statements, make_citation
from assistant.answering.citation_parser import CitationParser, DraftStatement
from assistant.answering.citation_repair import CitableSentence, repair_citations
from assistant.answering.injection_filter import is_injection
from assistant.errors import DocumentNotFoundError, SettingsError, StoreError
from assistant.grounding.check import reader_scorer
from assistant.models.llm import LanguageModel
from assistant.nlp.tokens import single_line
from assistant.observability.outcomes import answer_attributes
from assistant.observability.tracing import set_span_attributes, trace_iterator, trace_span
from assistant.options import DocumentFilter
from assistant.query.decomposition import decompose
from assistant.query.question import Question, parse_question
from assistant.query.understanding import normalize_question, respell, understand
from assistant.retrieval.retriever import Candidate, Parts, interleave, retrieve
from assistant.types import Answer, Document, Hit, Statement
from assistant.versions import versions

REFUSAL = "The documents do not say."
_TRIES = 5  # to read an index that another thread writes; each write is one moment, so the second mostly does
_SHOWN = 10  # hits that an explanation keeps
_MOST_SOURCES = 40  # that a model may be given
_CITABLE = 12  # of what was found, so many at least may be cited by a model's answer

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with how it came about."""

    answer: Answer
    hits: tuple[Hit, ...]  # what was retrieved, best first
    features: tuple[dict[str, float], ...]  # the evidence of each hit
    prompt: str = ""  # what a language model was sent; empty in quotes mode
    dropped: int = 0  # marks of the model that no source has
    odds: float | None = None  # log odds by which the model says that the sentences answer
    evidence: float = 0.0  # the chance of that by the sentences alone

    @property
    def seconds(self) -> dict[str, float]:
        """How long each part took."""
        return self.answer.seconds


@dataclass(frozen=True, slots=True)
class _Found:
    """What retrieval brought, and the documents of the best of it."""

    question: Question
    ranked: tuple[Candidate, ...]
    choice: quotes.Choice
    documents: Mapping[str, Document]
    asks: int = 1  # things that the question asks for

    @property
    def citable(self) -> tuple[Candidate, ...]:
        """The best of what was found, as far as its documents are at hand."""
        return tuple(
            each for each in self.ranked if each.document.id in self.documents and not is_injection(each.sentence.text)
        )

    def place(self, each: Candidate) -> CitableSentence:
        document = self.documents[each.document.id]
        return CitableSentence(make_citation(each.sentence, document, each.answer), document)


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts that answer together; they may be shared by threads."""

    parts: Parts
    model: LanguageModel | None = None  # writes the answers; without one they are quotes
    sources: int = 3  # numbered sentences that the model reads
    threshold: float = llm.THRESHOLD  # of the chance that these answer, below which nothing is written

    def tuned(self, mode: str | None, sources: int | None, stop: threading.Event | None = None) -> "Engine":
        """The same parts, for one question that is to be answered in its own way.

        Args:
            mode: "quotes" or "llm"; None as the engine was made.
            sources: numbered sentences that a model reads, 1 to 40; None likewise.
            stop: ends the answer of a model once it is set, with a ModelError.

        Raises:
            SettingsError: there is no such mode, no model for it, or the sources are too few or too many.
        """
        if mode not in (None, "quotes", "llm"):
            raise SettingsError(f"There is no mode '{mode}'. Choose quotes or llm.")
        if mode == "llm" and self.model is None:
            raise SettingsError("No language model is set here. Set ASSISTANT_MODEL, or ask in quotes mode.")
        if sources is not None and not 1 <= sources <= _MOST_SOURCES:
            raise SettingsError(f"{sources} sources can't be read. Give 1 to {_MOST_SOURCES}.")
        model = replace(self.model, stop=stop) if self.model and mode != "quotes" else None
        return replace(self, model=model, sources=sources or self.sources)

    def explain(
        self, text: str, scope: DocumentFilter | None = None, history: Sequence[Mapping[str, str]] = ()
    ) -> Explanation:
        """Answers a question, and keeps what was retrieved.

        Raises:
            QuestionError: the question is empty or too long, or the history malformed.
            DocumentNotFoundError: the scope names a document that isn't indexed.
            ModelError: the language model can't be reached, or failed.
        """
        *_, last = self._events(text, scope, history)
        assert isinstance(last, Explanation)
        return last

    def stream(
        self, text: str, scope: DocumentFilter | None = None, history: Sequence[Mapping[str, str]] = ()
    ) -> Iterator[Statement | Answer]:
        """Yields each checked statement as it is ready, and the whole Answer last; raises as ``explain`` does."""
        for event in self._events(text, scope, history):
            yield event.answer if isinstance(event, Explanation) else event

    def search(self, text: str, k: int, scope: DocumentFilter | None = None) -> list[Hit]:
        """The ``k`` sentences that speak most to a text, best first.

        Raises:
            QuestionError: the text is empty or too long.
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        self.parts.catch_up()
        question = parse_question(respell(normalize_question(text), self.parts.lexical))

        def found() -> list[Hit]:
            ranked, _ = retrieve(question, self.parts, scope)
            return list(self._hits(ranked[: max(0, k)]))

        with trace_span("assistant.search"):
            return self._undisturbed(found)

    def _events(
        self, text: str, scope: DocumentFilter | None, history: Sequence[Mapping[str, str]]
    ) -> Iterator[Statement | Explanation]:
        return trace_iterator("assistant.ask", self._told(text, scope, history))

    def _told(
        self, text: str, scope: DocumentFilter | None, history: Sequence[Mapping[str, str]]
    ) -> Generator[Statement | Explanation, None, None]:
        begun = time.perf_counter()
        outcome = Outcome("llm" if self.model else "quotes", 0.0, reader_scorer(self.parts.reader))
        self.parts.catch_up()
        standing = understand(text, history, self.parts.lexical, self.model, outcome.usage)
        with trace_span("retrieve"):
            found, hits = self._undisturbed(lambda: self._retrieved(standing, scope))
            set_span_attributes({"assistant.sentences": len(found.ranked), "assistant.documents": len(found.documents)})
        retrieved = time.perf_counter()
        outcome.belief = found.choice.belief
        yield from trace_iterator("answer", self._written(found, outcome))
        done = time.perf_counter()
        seconds = {"retrieve": retrieved - begun, "answer": done - retrieved, "total": done - begun}
        answer = self._answer(text, found, outcome, seconds)
        set_span_attributes({f"assistant.{name}": value for name, value in answer_attributes(answer).items()})
        yield Explanation(
            answer,
            hits,
            tuple(dict(each.features) for each in found.ranked[:_SHOWN]),
            outcome.task.text if outcome.task else "",
            outcome.dropped,
            outcome.odds,
            found.choice.belief,
        )

    def _retrieved(self, standing: str, scope: DocumentFilter | None) -> tuple[_Found, tuple[Hit, ...]]:
        """What is found for a question: for each thing that it asks for, and put together."""
        asked_for = [parse_question(part) for part in decompose(standing)]
        found = [self._ranked(question, scope) for question in asked_for]
        ranked = interleave([each for each, _ in found])
        choice = quotes.together(asked_for, [each for _, each in found])
        hits = self._hits(ranked[:_SHOWN])
        wanted = (*choice.chosen, *(ranked[: max(_CITABLE, self.sources * 2)] if self.model else ()))
        documents = {each.document.id: self._document(each) for each in wanted}
        return _Found(parse_question(standing), ranked, choice, documents, len(found)), hits

    def _ranked(self, question: Question, scope: DocumentFilter | None) -> tuple[tuple[Candidate, ...], quotes.Choice]:
        ranked, rarity = retrieve(question, self.parts, scope)
        return ranked, quotes.choose(question, ranked, rarity)

    def _written(self, found: _Found, outcome: Outcome) -> Generator[Statement, None, None]:
        """The statements, checked, as they are ready."""
        if self.model:
            yield from self._by_model(found, self.model, outcome)
            if outcome.statements or outcome.reason:
                return
            outcome.mode, outcome.reason = "quotes", _FALLBACK if found.choice.chosen else None
        outcome.differ = found.choice.differ
        for each in found.choice.chosen:
            with trace_span("check"):
                statement = outcome.add(single_line(each.sentence.text), [found.place(each)])
            if statement:
                yield statement
        if not outcome.statements:
            outcome.reason = found.choice.reason or "What was found failed the check against its document."
        elif found.choice.reason:
            outcome.reason = found.choice.reason

    def _by_model(self, found: _Found, model: LanguageModel, outcome: Outcome) -> Iterator[Statement]:
        sure = self.parts.reader is not None and llm.is_sure(found.choice.belief)
        if sure and found.choice.belief < self.threshold:
            outcome.reason = found.choice.reason or _NOT_STATED
            return
        task = outcome.task = llm.task(found.question.text, found.citable, self.sources * found.asks, sure=sure)
        if not task.sources:
            outcome.reason = found.choice.reason
            return
        outcome.odds = model.odds(task.first, outcome.usage) if task.first else None
        outcome.belief = llm.believed(outcome.odds, found.choice.belief)
        if outcome.belief < self.threshold:
            outcome.reason = found.choice.reason or _NOT_STATED
            return
        reader = CitationParser(len(task.sources))
        citable = [found.place(each) for each in found.citable]
        for draft in llm.drafts(task, model, outcome.usage, reader):
            with trace_span("check"):
                statement = self._checked(draft, task, found, citable, outcome)
            if statement:
                yield statement
        outcome.dropped = reader.dropped
        if outcome.statements:
            yield from self._rival(found, outcome)
            return
        outcome.belief = llm.believed(outcome.odds, found.choice.belief, support=0.0)
        if outcome.belief < self.threshold:
            outcome.reason = found.choice.reason or _NOTHING_LEFT

    def _checked(
        self, draft: DraftStatement, task: llm.Task, found: _Found, citable: Sequence[CitableSentence], outcome: Outcome
    ) -> Statement | None:
        named = [found.place(task.sources[number - 1]) for number in draft.numbers]
        if not llm.answers(found.question, draft.text) and not outcome.statements:
            outcome.removed.append(Statement(draft.text, "unsupported", "It doesn't give what is asked for."))
            return None
        return outcome.add(draft.text, repair_citations(draft.text, named, citable, outcome.reads).places)

    def _rival(self, found: _Found, outcome: Outcome) -> Iterator[Statement]:
        """Another document's sentence that gives another figure than the answer, word for word."""
        cited = [each for each in found.ranked if (each.document.id, each.sentence.number) in outcome.citations]
        usable = [each for each in found.citable if quotes.may_answer(found.question, each)]
        for best in cited[:1]:
            rival = quotes.disagreeing(found.question, best, usable)
            outcome.differ = rival is not None
            if rival is not None and rival not in cited:
                statement = outcome.add(single_line(rival.sentence.text), [found.place(rival)])
                if statement:
                    yield statement

    def _answer(self, text: str, found: _Found, outcome: Outcome, seconds: dict[str, float]) -> Answer:
        kept = tuple(outcome.statements)
        citations = tuple(outcome.citations.values())
        by_model = self.model is not None and outcome.mode == "llm"
        return Answer(
            question=text,
            asked=found.question.text,
            text=join_statements(kept, found.documents, differ=outcome.differ)
            if kept
            else f"{REFUSAL} {outcome.reason}",
            refused=not kept,
            reason=outcome.reason,
            score=outcome.belief,
            mode=outcome.mode,
            model=self.model.name if by_model and self.model else self.parts.embedder.name,
            statements=kept,
            removed=tuple(outcome.removed),
            citations=citations,
            usage=outcome.usage.to_dict(),
            seconds=seconds,
            prompt_sha256=outcome.task.prompt_sha256 if outcome.task else None,
            versions=versions(*self.parts.names),
        )

    def _hits(self, ranked: Sequence[Candidate]) -> tuple[Hit, ...]:
        return tuple(Hit(each.sentence, self._document(each), each.score) for each in ranked)

    def _document(self, each: Candidate) -> Document:
        """The document of a sentence that was found; in it the sentence's span holds."""
        try:
            document = self.parts.store.document(each.document.id)
        except DocumentNotFoundError:
            raise _Replaced from None
        if document.text[each.sentence.start : each.sentence.end] != each.sentence.text:
            raise _Replaced
        return document

    def _undisturbed(self, work: Callable[[], _T]) -> _T:
        """Does some work, again from its beginning when a writer came in between."""
        for _ in range(_TRIES):
            try:
                return work()
            except _Replaced:
                self.parts.catch_up()
        raise StoreError(
            "The index changes faster than it can be read. Ask again when the indexing has ended; if none is under way "
            "it is damaged: remake it with: assistant index --rebuild"
        )


_NOT_STATED = "The nearest sentences speak of the subject, but none seems to answer."
_NOTHING_LEFT = "No statement that the model wrote passed the check."
_FALLBACK = "No statement that the model wrote passed the check; these are the documents' own sentences."


class _Replaced(Exception):  # noqa: N818 — no error: a sign to look again
    """Another thread replaced or removed a document between finding a sentence of it and reading it."""
