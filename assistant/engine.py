"""Retrieve → write → check → Answer: the one pipeline behind every door."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.answering import quotes
from assistant.checking import check, plain
from assistant.embedding import Embedder
from assistant.errors import DocumentNotFoundError, QuestionError, StoreError
from assistant.lexical import Lexical
from assistant.retrieval import Ranked, retrieve
from assistant.rows import Scope
from assistant.store import Store
from assistant.text.questions import read_question
from assistant.types import Answer, Citation, Document, Hit, Statement

LONGEST_QUESTION = 4_000  # characters
REFUSAL = "The documents do not say."
_TRIES = 5  # to read an index that another thread writes; each write is one moment, so the second mostly does

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer with how it came about."""

    answer: Answer
    hits: tuple[Hit, ...]  # what was retrieved, best first
    features: tuple[dict[str, float], ...]  # the evidence of each hit
    prompt: str = ""  # what a language model was sent; empty in quotes mode

    @property
    def seconds(self) -> dict[str, float]:
        """How long each part took."""
        return self.answer.seconds


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts that answer together; they may be shared by threads."""

    store: Store
    lexical: Lexical
    embedder: Embedder

    def explain(self, text: str, scope: Scope | None = None) -> Explanation:
        """Answers a question, and keeps what was retrieved.

        Raises:
            QuestionError: the question is empty or too long.
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        return _undisturbed(lambda: self._explain(text, scope))

    def _explain(self, text: str, scope: Scope | None) -> Explanation:
        begun = time.perf_counter()
        question = read_question(asked(text))
        ranked, rarity = retrieve(question, self.store, self.lexical, self.embedder, scope)
        retrieved = time.perf_counter()
        choice = quotes.choose(question, ranked, rarity)
        documents = {each.document.id: self._document(each) for each in choice.chosen}
        written = _quoted(choice.chosen, documents)
        checked = [check(statement, documents) for statement in written]
        kept = tuple(statement for statement in checked if statement.verdict == "supported")
        done = time.perf_counter()
        reason = choice.reason or (None if kept else "What was found failed the check against its document.")
        answer = Answer(
            question=text,
            asked=question.text,
            text=_joined(kept) if kept else f"{REFUSAL} {reason}",
            refused=not kept,
            reason=reason,
            score=choice.belief,
            mode="quotes",
            model=self.embedder.name,
            statements=kept,
            removed=tuple(statement for statement in checked if statement.verdict != "supported"),
            citations=tuple(citation for statement in kept for citation in statement.citations),
            seconds={"retrieve": retrieved - begun, "answer": done - retrieved, "total": done - begun},
        )
        return Explanation(answer, self._hits(ranked[:10]), tuple(dict(each.features) for each in ranked[:10]))

    def stream(self, text: str, scope: Scope | None = None) -> Iterator[Statement | Answer]:
        """Yields each checked statement as it is ready, and the whole Answer last."""
        answer = self.explain(text, scope).answer
        yield from answer.statements
        yield answer

    def search(self, text: str, k: int, scope: Scope | None = None) -> list[Hit]:
        """The ``k`` sentences that speak most to a text, best first.

        Raises:
            QuestionError: the text is empty or too long.
            DocumentNotFoundError: the scope names a document that isn't indexed.
        """
        question = read_question(asked(text))

        def found() -> list[Hit]:
            ranked, _ = retrieve(question, self.store, self.lexical, self.embedder, scope)
            return list(self._hits(ranked[: max(0, k)]))

        return _undisturbed(found)

    def _hits(self, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        return tuple(Hit(each.sentence, self._document(each), each.score) for each in ranked)

    def _document(self, each: Ranked) -> Document:
        """The document of a sentence that was found; in it the sentence's span holds."""
        try:
            document = self.store.document(each.document.id)
        except DocumentNotFoundError:
            raise _Replaced from None
        if document.text[each.sentence.start : each.sentence.end] != each.sentence.text:
            raise _Replaced
        return document


class _Replaced(Exception):  # noqa: N818 — no error: a sign to look again
    """Another thread replaced or removed a document between finding a sentence of it and reading it."""


def _undisturbed(work: Callable[[], _T]) -> _T:
    """Does some work, again from its beginning when a writer came in between."""
    for _ in range(_TRIES):
        try:
            return work()
        except _Replaced:
            continue
    raise StoreError("The index changes faster than it can be read. Ask again when the indexing has ended.")


def asked(text: str) -> str:
    """The question as it is put to the documents: on one line.

    Raises:
        QuestionError: it is empty or too long.
    """
    question = plain(text)
    if not question:
        raise QuestionError("The question is empty. Ask something about the documents.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are allowed. Ask a shorter one."
        )
    return question


def _quoted(chosen: Sequence[Ranked], documents: dict[str, Document]) -> list[Statement]:
    statements = []
    for number, each in enumerate(chosen, 1):
        sentence, document = each.sentence, documents[each.document.id]
        citation = Citation(
            number=number,
            document_id=document.id,
            title=document.title,
            source=document.source,
            page=sentence.page,
            sentence=sentence.number,
            start=sentence.start,
            end=sentence.end,
            quote=sentence.text,
            document_sha256=document.sha256,
        )
        statements.append(Statement(plain(sentence.text), "unsupported", "Not checked yet.", (citation,)))
    return statements


def _joined(statements: Sequence[Statement]) -> str:
    return " ".join(
        f"{statement.text} {''.join(f'[{citation.number}]' for citation in statement.citations)}"
        for statement in statements
    )
