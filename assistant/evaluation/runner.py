"""Asks many questions of one index, in order, several at a time; what is done is kept whatever ends it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from assistant.client import Assistant
from assistant.errors import AssistantError, QuestionError
from assistant.evaluation.cases import Case
from assistant.evaluation.datasets import Dataset, DatasetDocument, DatasetQuestion, EvidenceSets
from assistant.evaluation.evidence_scorers import cited, found
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorers import Score, score
from assistant.evaluation.scorers import refuses as refusing
from assistant.rendering.terminal import progress_bar
from assistant.types import Answer, Hit

T = TypeVar("T")
Scope = Literal["all", "own"]
AskFunction = Callable[[T, int], ScoredAnswer]  # asks an item in a round of this number

UNASKED = "none"  # the mode of what stands in for an answer to a question that can't be asked
_HITS = 5
_INTERRUPTED = "it was interrupted."


@dataclass(frozen=True)
class Asked:
    """What came of the questions as far as it went, and why it ended early."""

    marked: tuple[ScoredAnswer, ...]
    unfinished: str = ""
    interrupted: bool = False


def ask_all(ask: AskFunction[T], items: Sequence[T], rounds: int = 1, workers: int = 1) -> Asked:
    """Asks each item in each round, ``workers`` at a time; the marks come in the items' order.

    An interrupt or an error of the model ends it: what is done by then is kept.
    """
    jobs = [(item, number) for number in range(1, rounds + 1) for item in items]
    done: list[ScoredAnswer] = []
    pool = ThreadPoolExecutor(workers)
    try:
        with progress_bar() as shown:
            for marked in pool.map(lambda job: ask(*job), jobs):
                done.append(marked)
                shown(len(done), len(jobs), "asking")
    except KeyboardInterrupt:
        return Asked(tuple(done), _left(_INTERRUPTED, done, jobs), interrupted=True)
    except AssistantError as error:
        return Asked(tuple(done), _left(f"{error}", done, jobs))
    finally:
        pool.shutdown(cancel_futures=True)  # waits for the answers under way: the index is closed next
    return Asked(tuple(done))


def _left(why: str, done: Sequence[object], jobs: Sequence[object]) -> str:
    return f"{len(done)} of {len(jobs)} questions were asked; {why}"


@dataclass(frozen=True)
class CaseAsker:
    """Asks cases of an index, by whatever answers."""

    assistant: Assistant
    answers: "Answers | None" = None  # the assistant itself, unless another tool over the same index

    def __call__(self, case: Case, number: int = 1) -> ScoredAnswer:
        """Asks one and marks its answer; a question that can't be asked counts as refused."""
        answer = answered(self.answers or self.assistant.ask, case.question, case.history)
        return mark(case, answer, self.assistant, number)


def mark(case: Case, answer: Answer, assistant: Assistant, number: int = 1) -> ScoredAnswer:
    """A case's answer with its marks, whoever gave it."""
    details = {
        "history": [dict(message) for message in case.history],
        "must_say": list(case.must_say),
        "must_not_say": list(case.must_not_say),
        "must_cite": [{"document": each.document, "quote": each.quote} for each in case.must_cite],
    }
    return ScoredAnswer(
        case.id,
        case.question,
        case.answerable,
        answer,
        score(case, answer, assistant.document),
        answer.seconds.get("total", 0.0),
        case.tags,
        number,
        {name: value for name, value in details.items() if value},
    )


class Answers(Protocol):
    """Whatever answers a question, as `assistant.Assistant.ask` does."""

    def __call__(
        self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        """The answer to a question."""
        ...


def answered(
    ask: Answers, question: str, history: Sequence[Mapping[str, str]] = (), documents: list[str] | None = None
) -> Answer:
    """The answer, or in place of an error of the question a refusal with its words."""
    try:
        return ask(question, history=history, documents=documents)
    except QuestionError as error:
        return Answer(
            question, question, str(error), refused=True, reason=str(error), score=0.0, mode=UNASKED, model=""
        )


@dataclass(frozen=True)
class SetAsker:
    """Asks a data set's questions of an index that holds its documents and nothing else.

    ``ids`` are the index's ids by the set's, ``documents`` the set's documents by the index's id.
    """

    assistant: Assistant
    ids: Mapping[str, str] = field(repr=False)
    documents: Mapping[str, DatasetDocument] = field(repr=False)
    answers: Answers | None = None  # as in ``CaseAsker``
    scopes: tuple[Scope, ...] = ("all", "own")  # what a question with a document of its own is asked of

    @classmethod
    def of(cls, assistant: Assistant, dataset: Dataset) -> "SetAsker":
        """Matches the index's documents with the set's by the names of their files."""
        documents = {each.id: dataset.files[Path(each.source).name] for each in assistant.documents()}
        return cls(assistant, {document.id: name for name, document in documents.items()}, documents)

    def __call__(self, question: DatasetQuestion, number: int = 1) -> ScoredAnswer:
        """Searches all documents, and asks all of them, the question's own one, or by default both.

        One that has a document of its own is judged to be refused or not by that alone, since another document may
        well answer what that one doesn't; the marks of that answer begin with ``own_``.
        """
        hits = self._hits(question.text)
        spans = [self._sentences(each.document.id, each.sentence.start, each.sentence.end) for each in hits]
        scores: dict[str, Score] = dict(found(question, spans))
        answers: list[Answer] = []
        for within in self._within(question):
            answer = answered(self.answers or self.assistant.ask, question.text, (), within)
            cites = [self._sentences(each.document_id, each.start, each.end) for each in answer.citations]
            prefix = "own_" if within else ""
            scores |= {f"{prefix}{name}": value for name, value in cited(question, answer, cites).items()}
            answers.append(answer)
        judged = self._by_set(answers[-1])
        case = Case(question.id, question.text, answerable=question.answerable)
        details = {
            "evidence_sets": [_listed(evidence) for evidence in question.evidence_sets],
            "found": [_listed(span) for span in spans],
            "cited": [_listed(span) for span in cites],
        }
        seconds = sum(each.seconds.get("total", 0.0) for each in answers) / len(answers)
        scores["refuses"] = refusing(case, judged)
        return ScoredAnswer(
            question.id, question.text, question.answerable, judged, scores, seconds, (), number, details
        )

    def _hits(self, text: str) -> list[Hit]:
        try:
            return self.assistant.search(text, k=_HITS)
        except QuestionError:
            return []

    def _by_set(self, answer: Answer) -> Answer:
        """The answer with the set's own ids, which, unlike the index's, no place on disk is a part of."""
        named = {
            each.number: replace(each, document_id=document.id, source=document.id)
            for each in answer.citations
            for document in [self.documents[each.document_id]]
        }
        statements = (
            replace(each, citations=tuple(named[citation.number] for citation in each.citations))
            for each in answer.statements
        )
        return replace(answer, statements=tuple(statements), citations=tuple(named.values()))

    def _within(self, question: DatasetQuestion) -> Iterator[list[str] | None]:
        """The documents to ask, None for all: the own one last."""
        own = question.source_doc
        if own is None or ("all" in self.scopes and (question.answerable or "own" not in self.scopes)):
            yield None
        if own is not None and "own" in self.scopes:
            yield [self.ids[own]]

    def _sentences(self, document_id: str, start: int, end: int) -> frozenset[EvidenceSets]:
        return self.documents[document_id].sentences_at(start, end)


def _listed(evidence: frozenset[EvidenceSets]) -> list[list[str | int]]:
    return [[document, number] for document, number in sorted(evidence)]
