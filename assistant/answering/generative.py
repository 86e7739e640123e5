"""llm mode writes an answer: a language model writes short statements from numbered sentences, and each is checked.

Where the span reader is sure that the sentences state the answer, the model is asked for the statements alone; where it
is sure that they don't, the model isn't asked at all. In doubt, and without a span reader, it is asked twice in one
chat: first whether they state the answer, which with a weak model decides better than its own refusals do, then for
the statements. What the model has read for the first question it need not read again for the second.
"""

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.answering.answer_builder import AnswerBuilder
from assistant.answering.citation_parser import CitationParser, DraftStatement, PromptSource, is_phrase, number_sources
from assistant.answering.citation_repair import repair_citations
from assistant.answering.context import AnswerContext
from assistant.answering.disagreement import find_disagreement
from assistant.answering.results import Answered, Fallback, ModelExchange, Refused
from assistant.answering.selection import Selection, is_quotable
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.models.calibration import llm_calibration
from assistant.models.llm import LanguageModel
from assistant.models.prompts import PromptMessage, escape_for_prompt, load_prompt
from assistant.nlp.tokens import single_line
from assistant.observability.tracing import trace_span
from assistant.query.question import Question
from assistant.retrieval.answer_types import (
    DATE_TYPES,
    NUMBER_TYPES,
    answer_type_fit,
    can_answer,
    counts_something_else,
)
from assistant.retrieval.retriever import Candidate
from assistant.segmentation.table_rows import statement_of
from assistant.types import Statement

UNDECIDED = (0.2, 0.75)  # of the span reader's confidence: between them the model is asked whether the answer is stated

_MIN_READER_LOG_ODDS = -3.0  # a sentence that the span reader puts below isn't worth its tokens
_MIN_CHANCE = 1e-3  # keeps log-odds finite
_REFUSAL = "The documents do not say"  # a model may answer with this phrase instead of statements
_SECOND_TURN = 2  # messages that the second turn adds: the "yes" to the first, and the request
_MAX_STATEMENTS = 8  # of an answer; more is a model that has lost itself
_MAX_STATEMENT_CHARS = 1_200

_NOT_STATED = "The nearest sentences speak of the subject, but none seems to answer."
_NOTHING_PASSED = "No statement that the model wrote passed the check."
_WRONG_KIND = "It doesn't give what is asked for."


@dataclass(frozen=True, slots=True)
class AnswerPrompt:
    """What a language model is given: the chat, and the candidates that it numbers from 1."""

    sources: tuple[Candidate, ...]
    chat: tuple[PromptMessage, ...]
    prompt_sha256: str
    asks_whether_stated: bool  # whether the chat's first question is if the sentences state the answer

    @property
    def text(self) -> str:
        """The exact chat, as a person reads it."""
        return "\n\n".join(f"=== {message.role}\n{message.text}" for message in self.chat)

    @property
    def first_turn(self) -> tuple[PromptMessage, ...]:
        """The chat as far as the question whether the sentences state the answer."""
        return self.chat[:-_SECOND_TURN]


@dataclass(frozen=True, slots=True)
class GenerativeWriter:
    """Has a language model write answers.

    Args:
        model: the language model.
        span_reader_scorer: decides what the rules of the check leave open; None without a span reader.
        source_count: how many numbered sentences the model is given for each thing that the question asks for.
        refusal_threshold: the confidence, 0 to 1, below which the question is refused.
    """

    model: LanguageModel
    span_reader_scorer: SpanReaderScorer | None
    source_count: int
    refusal_threshold: float

    def write(self, context: AnswerContext) -> Generator[Statement, None, Answered | Refused | Fallback]:
        """Yields each statement as soon as it is complete and checked, and returns what came of it all.

        Raises:
            ModelError: the language model can't be reached, or failed.
        """
        selection = context.selection
        is_clear = self.span_reader_scorer is not None and is_decided(selection.confidence)
        if is_clear and selection.confidence < self.refusal_threshold:
            return Refused("llm", selection.confidence, selection.reason or _NOT_STATED)
        count = self.source_count * context.subquestions
        prompt = build_prompt(context.question.text, context.citable, count, ask_whether_stated=not is_clear)
        exchange = ModelExchange(prompt.text, prompt.prompt_sha256)
        if not prompt.sources:
            return _without_sources(selection, exchange)
        log_odds = self.model.yes_log_odds(prompt.first_turn) if prompt.asks_whether_stated else None
        exchange = replace(exchange, log_odds=log_odds)
        confidence = llm_confidence(log_odds, selection.confidence)
        if confidence < self.refusal_threshold:
            return Refused("llm", confidence, selection.reason or _NOT_STATED, exchange=exchange)

        builder, parser = AnswerBuilder(self.span_reader_scorer), CitationParser(len(prompt.sources))
        yield from self._write_statements(context, prompt, builder, parser)
        exchange = replace(exchange, dropped_markers=parser.dropped)
        if builder.statements:
            documents_differ = yield from _quote_disagreement(context, builder)
            return Answered(
                mode="llm",
                confidence=confidence,
                statements=builder.statements,
                citations=builder.citations,
                removed=builder.removed,
                documents_differ=documents_differ,
                exchange=exchange,
            )
        confidence = llm_confidence(log_odds, selection.confidence, support=0.0)
        if confidence < self.refusal_threshold:
            return Refused("llm", confidence, selection.reason or _NOTHING_PASSED, builder.removed, exchange)
        return Fallback(confidence, builder.removed, exchange)

    def _write_statements(
        self, context: AnswerContext, prompt: AnswerPrompt, builder: AnswerBuilder, parser: CitationParser
    ) -> Generator[Statement, None, None]:
        """Has the model write, and builds the answer of what it writes; yields each statement that stands."""
        sources = [context.citable_sentence(candidate) for candidate in prompt.sources]
        retrieved = [context.citable_sentence(candidate) for candidate in context.citable]
        with closing(self.model.stream(prompt.chat)) as pieces:  # closing it stops the model
            for draft in limit_drafts(parser.parse(pieces)):
                if not builder.statements and not states_requested_kind(context.question, draft.text):
                    builder.remove(draft.text, _WRONG_KIND)
                    continue
                with trace_span("check"):
                    named = [sources[number - 1] for number in draft.numbers]
                    repaired = repair_citations(draft.text, named, retrieved, self.span_reader_scorer)
                    statement = builder.add(draft.text, repaired.sentences)
                if statement:
                    yield statement


def _without_sources(selection: Selection, exchange: ModelExchange) -> Refused | Fallback:
    """What comes of a question for which no sentence can be numbered."""
    if selection.reason is None:
        return Fallback(selection.confidence, exchange=exchange)
    return Refused("llm", selection.confidence, selection.reason, exchange=exchange)


def _quote_disagreement(context: AnswerContext, builder: AnswerBuilder) -> Generator[Statement, None, bool]:
    """Adds another document's sentence that gives another figure than the answer, word for word, if there is one.

    Returns:
        Whether the documents differ.
    """
    cited = [candidate for candidate in context.candidates if builder.cites(candidate.key)]
    if not cited:
        return False
    quotable = [candidate for candidate in context.citable if is_quotable(context.question, candidate)]
    rival = find_disagreement(context.question, cited[0], quotable)
    if rival is not None and rival not in cited:
        statement = builder.add(single_line(rival.sentence.text), [context.citable_sentence(rival)])
        if statement:
            yield statement
    return rival is not None


def build_prompt(
    question: str, candidates: Sequence[Candidate], count: int, *, ask_whether_stated: bool = True
) -> AnswerPrompt:
    """The chat for a question: the best ``count`` sentences that tell something, in reading order by document.

    Args:
        question: in one line.
        candidates: what may be cited, best first, without sentences that address a machine.
        count: how many sentences are numbered at most.
        ask_whether_stated: whether the model is asked first if the sentences state the answer.
    """
    best = [candidate for candidate in candidates if can_answer(candidate.sentence.text)][:count]
    worthwhile = [candidate for candidate in best if _is_worth_its_tokens(candidate)] or best[:1]
    order = {document: n for n, document in enumerate(dict.fromkeys(one.document.id for one in worthwhile))}
    sources = tuple(sorted(worthwhile, key=lambda one: (order[one.document.id], one.sentence.number)))
    numbered = number_sources(
        [PromptSource(statement_of(source.sentence), source.document.title, source.document.date) for source in sources]
    )
    template = load_prompt("answer" if ask_whether_stated else "answer-sure", "sources", "question")
    chat = template.fill(sources=numbered, question=escape_for_prompt(question))
    return AnswerPrompt(sources, chat, template.sha256, ask_whether_stated)


def _is_worth_its_tokens(candidate: Candidate) -> bool:
    return candidate.span_reader_log_odds is None or candidate.span_reader_log_odds >= _MIN_READER_LOG_ODDS


def is_decided(confidence: float) -> bool:
    """Whether the span reader is sure enough, either way, that the model's own opinion isn't needed."""
    return not UNDECIDED[0] <= confidence < UNDECIDED[1]


def llm_confidence(model_log_odds: float | None, quotes_confidence: float, support: float = 1.0) -> float:
    """The calibrated chance, 0 to 1, that the sentences answer: logistic regression (`assistant.models.calibration`).

    Args:
        model_log_odds: by the language model, that they do; None where it wasn't asked or said neither.
        quotes_confidence: the chance by features and span reader alone, as in quotes mode; it holds where the model
            said neither.
        support: what the check is taken to say of the model's statements: 1 that one passed whole (also before any is
            written), 0.5 that one passed in part, 0 that none did.
    """
    if model_log_odds is None:
        return quotes_confidence
    features = {"odds": model_log_odds, "evidence": to_log_odds(quotes_confidence), "support": support}
    calibration = llm_calibration()
    total = sum(weight * features[name] for name, weight in calibration.confidence_weights.items())
    return 1 / (1 + math.exp(-calibration.confidence_bias - total))


def to_log_odds(chance: float) -> float:
    """The log-odds of a chance, kept finite."""
    return math.log(max(chance, _MIN_CHANCE) / max(1 - chance, _MIN_CHANCE))


def states_requested_kind(question: Question, text: str) -> bool:
    """Whether a statement gives a number, a date or a sum of what is asked for, where the question asks for one."""
    if question.answer_type not in (NUMBER_TYPES | DATE_TYPES):
        return True
    return answer_type_fit(question, text) > 0 and not counts_something_else(question, text)


def limit_drafts(drafts: Iterable[DraftStatement]) -> Iterator[DraftStatement]:
    """The statements up to where the model refuses, repeats itself or doesn't end; none is longer than allowed."""
    written: set[str] = set()
    for draft in drafts:
        if is_phrase(draft.text, _REFUSAL) or draft.text in written or len(written) >= _MAX_STATEMENTS:
            return
        written.add(draft.text)
        yield DraftStatement(draft.text[:_MAX_STATEMENT_CHARS], draft.numbers)
