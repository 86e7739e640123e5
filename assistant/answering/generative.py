"""llm mode: a language model writes short statements from numbered sentences, and marks what each comes from.

Where the span reader is sure that the sentences state the answer, the model is asked for the statements
alone; where it is sure that they don't, not at all. In doubt, and without the reader, it is asked in one chat, twice:
first whether they state the answer, which with a weak model decides better than its own refusals do, then for the
statements. What it has read for the first it need not read again for the second.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from assistant.answering.citation_parser import CitationParser, DraftStatement, PromptSource, is_phrase, number_sources
from assistant.models.calibration.llm_confidence import MODEL, MODEL_BIAS
from assistant.models.llm import LanguageModel, TokenUsage
from assistant.models.prompts import PromptMessage, escape_for_prompt, load_prompt
from assistant.query.question import Question
from assistant.retrieval.answer_types import DATES, NUMBERS, can_answer, fits, numbers_another
from assistant.retrieval.retriever import Candidate
from assistant.segmentation.table_rows import row_with_headers

# Of the fitted chance: on the plateau of balanced accuracy, where most is answered (evals/README.md).
THRESHOLD = 0.4
DOUBT = (0.2, 0.75)  # of the reader's chance: between them the model is asked whether the answer is stated
_WORTH = -3.0  # log-odds by the reader, below which a sentence isn't worth its tokens
_TINY = 1e-3
REFUSAL = "The documents do not say"  # a model may also answer with this phrase instead of statements
_SECOND = 2  # messages that the second turn adds: the "yes" to the first, and the request
_MOST = 8  # statements of an answer; more is a model that has lost itself
_LONGEST = 1_200  # characters of a statement


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is given: the sentences by their numbers, from 1, and the chat."""

    sources: tuple[Candidate, ...]
    chat: tuple[PromptMessage, ...]
    prompt_sha256: str
    sure: bool = False  # whether the statements are all that is asked for

    @property
    def text(self) -> str:
        """The exact chat, as a person reads it."""
        return "\n\n".join(f"=== {message.role}\n{message.text}" for message in self.chat)

    @property
    def first(self) -> tuple[PromptMessage, ...]:
        """The chat as far as the first question to the model: whether the answer is stated; empty where none is put."""
        return () if self.sure else self.chat[:-_SECOND]


def task(question: str, ranked: Sequence[Candidate], count: int, *, sure: bool = False) -> Task:
    """The chat for a question: the best ``count`` sentences that tell something, in reading order by document.

    Args:
        question: in one line.
        ranked: what may be cited, best first; none that gives orders.
        count: of sentences.
        sure: whether to ask for the statements alone.
    """
    best = [each for each in ranked if can_answer(each.sentence.text)][:count]
    worth = [each for each in best if each.reading is None or each.reading >= _WORTH] or best[:1]
    order = {document: n for n, document in enumerate(dict.fromkeys(each.document.id for each in worth))}
    sources = tuple(sorted(worth, key=lambda each: (order[each.document.id], each.sentence.number)))
    told = [PromptSource(_told(each), each.document.title, each.document.date) for each in sources]
    used = load_prompt("answer-sure" if sure else "answer", "sources", "question")
    return Task(
        sources, used.filled(sources=number_sources(told), question=escape_for_prompt(question)), used.sha256, sure
    )


def is_sure(chance: float) -> bool:
    """Whether the reader's chance that the sentences answer settles it, without the model's own opinion."""
    return not DOUBT[0] <= chance < DOUBT[1]


def _told(each: Candidate) -> str:
    """A sentence as the model reads it: a table's row with its header."""
    header = each.sentence.context.rpartition(" > ")[2]
    return row_with_headers(each.sentence.text, header) if each.sentence.kind == "row" else each.sentence.text


def believed(odds: float | None, belief: float, support: float = 1.0) -> float:
    """The chance, 0 to 1, that the sentences answer: logistic regression (`assistant.models.calibration`).

    Args:
        odds: log odds that the model says so; None where it said neither.
        belief: the chance by the evidence of the sentences and the reader alone, as in quotes mode: it holds where the
            model said neither.
        support: whether the check let a statement of it pass: 1, 0.5 if only in part, 0 if none.
    """
    if odds is None:
        return belief
    values = {"odds": odds, "evidence": log_odds(belief), "support": support}
    return 1 / (1 + math.exp(-MODEL_BIAS - sum(weight * values[name] for name, weight in MODEL.items())))


def log_odds(chance: float) -> float:
    """The log odds of a chance, kept finite."""
    return math.log(max(chance, _TINY) / max(1 - chance, _TINY))


def answers(question: Question, text: str) -> bool:
    """Whether a statement can be the answer: it gives a number, a date or a sum where one is asked for, of that."""
    if question.kind not in (NUMBERS | DATES):
        return True
    return fits(question, text) > 0 and not numbers_another(question, text)


def drafts(given: Task, model: LanguageModel, usage: TokenUsage, reader: CitationParser) -> Iterator[DraftStatement]:
    """The statements as the model writes them, each as soon as it is complete; none where it refuses.

    A model that repeats itself, or doesn't end, is stopped. Raises as `assistant.models.llm.LanguageModel.stream` does.
    """
    seen: set[str] = set()
    with closing(model.stream(given.chat, usage)) as stream:
        for draft in _read(stream, reader):
            if is_phrase(draft.text, REFUSAL) or draft.text in seen or len(seen) >= _MOST:
                return
            seen.add(draft.text)
            yield DraftStatement(draft.text[:_LONGEST], draft.numbers)


def _read(stream: Iterator[str], reader: CitationParser) -> Iterator[DraftStatement]:
    for piece in stream:
        yield from reader.feed(piece)
    yield from reader.finish()
