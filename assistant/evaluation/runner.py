"""Asks many questions of one index, several at a time, and scores the answers; an early end keeps what is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from assistant.client import Assistant
from assistant.errors import AssistantError, QuestionError
from assistant.evaluation.cases import Case
from assistant.evaluation.datasets import Dataset, DatasetDocument, DatasetQuestion, SentenceRef
from assistant.evaluation.evidence_scorers import citation_scores, retrieval_scores
from assistant.evaluation.metrics import ScoredAnswer
from assistant.evaluation.scorers import Score, refuses, score_answer
from assistant.rendering.terminal import progress_bar
from assistant.types import Answer, Hit

T = TypeVar("T")
AskScope = Literal["all", "own"]  # all documents, or the question's own document alone
AskFunction = Callable[[T, int], ScoredAnswer]  # asks an item in the round of this number, counted from 1

NOT_ASKED_MODE = "none"  # the mode of the refusal that stands for the answer to a question that can't be asked
_SEARCH_HITS = 5  # as many as the scorers look at
_INTERRUPTED = "it was interrupted."


@dataclass(frozen=True)
class RunResult:
    """The scored answers as far as the run got, and why it ended early, empty where it didn't."""

    results: tuple[ScoredAnswer, ...]
    unfinished: str = ""
    interrupted: bool = False


def ask_all(ask: AskFunction[T], items: Sequence[T], rounds: int = 1, workers: int = 1) -> RunResult:
    """Asks every item in every round.

    An interrupt or an error of the model ends it; the answers scored by then are kept.

    Args:
        ask: asks an item and scores the answer.
        items: cases or questions.
        rounds: how often all items are asked, one round after the other.
        workers: how many items are asked at a time.

    Returns:
        The scored answers in the items' order.
    """
    jobs = [(item, round_) for round_ in range(1, rounds + 1) for item in items]
    results: list[ScoredAnswer] = []
    pool = ThreadPoolExecutor(workers)
    try:
        with progress_bar() as show_progress:
            for result in pool.map(lambda job: ask(*job), jobs):
                results.append(result)
                show_progress(len(results), len(jobs), "asking")
    except KeyboardInterrupt:
        return RunResult(tuple(results), _unfinished(_INTERRUPTED, results, jobs), interrupted=True)
    except AssistantError as error:
        return RunResult(tuple(results), _unfinished(f"{error}", results, jobs))
    finally:
        pool.shutdown(cancel_futures=True)  # waits for the answers under way: the index is closed next
    return RunResult(tuple(results))


def _unfinished(reason: str, done: Sequence[object], jobs: Sequence[object]) -> str:
    return f"{len(done)} of {len(jobs)} questions were asked; {reason}"


class AnswerFunction(Protocol):
    """Whatever answers a question, as `assistant.Assistant.ask` does."""

    def __call__(
        self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        """The answer to a question."""
        ...


@dataclass(frozen=True)
class CaseAsker:
    """Asks cases, and scores the answers."""

    assistant: Assistant  # opens the index
    answer: AnswerFunction | None = None  # answers instead of the assistant, over the same index

    def __call__(self, case: Case, round_: int = 1) -> ScoredAnswer:
        """Asks a case and scores its answer; a question that can't be asked counts as refused."""
        answer = ask_or_refuse(self.answer or self.assistant.ask, case.question, case.history)
        return score_case(case, answer, self.assistant, round_)


def score_case(case: Case, answer: Answer, assistant: Assistant, round_: int = 1) -> ScoredAnswer:
    """The answer to a case with its scores, whoever gave it."""
    details = {
        "history": [dict(message) for message in case.history],
        "must_say": list(case.must_say),
        "must_not_say": list(case.must_not_say),
        "must_cite": [{"document": wanted.document, "quote": wanted.quote} for wanted in case.must_cite],
    }
    return ScoredAnswer(
        case.id,
        case.question,
        case.answerable,
        answer,
        score_answer(case, answer, assistant.document),
        answer.seconds.get("total", 0.0),
        case.tags,
        round_,
        {name: value for name, value in details.items() if value},
    )


def ask_or_refuse(
    ask: AnswerFunction, question: str, history: Sequence[Mapping[str, str]] = (), documents: list[str] | None = None
) -> Answer:
    """The answer; where the question itself is an error, a refusal with the error's words."""
    try:
        return ask(question, history=history, documents=documents)
    except QuestionError as error:
        return Answer(
            question, question, str(error), refused=True, reason=str(error), score=0.0, mode=NOT_ASKED_MODE, model=""
        )


@dataclass(frozen=True)
class DatasetAsker:
    """Asks a data set's questions of an index that holds exactly its documents, and scores the answers."""

    assistant: Assistant
    index_ids: Mapping[str, str] = field(repr=False)  # the document's id in the index by its id in the data set
    documents: Mapping[str, DatasetDocument] = field(repr=False)  # by the document's id in the index
    answer: AnswerFunction | None = None  # as in ``CaseAsker``
    scopes: tuple[AskScope, ...] = ("all", "own")  # what a question with a document of its own is asked of

    @classmethod
    def for_dataset(cls, assistant: Assistant, dataset: Dataset) -> "DatasetAsker":
        """Matches the index's documents with the data set's by the names of their files."""
        documents = {summary.id: dataset.files[Path(summary.source).name] for summary in assistant.documents()}
        return cls(assistant, {document.id: index_id for index_id, document in documents.items()}, documents)

    def __call__(self, question: DatasetQuestion, round_: int = 1) -> ScoredAnswer:
        """Searches all documents, and asks all of them, the question's own one, or by default both.

        Whether a question with a document of its own is rightly refused is judged by that document alone, since
        another may well answer what that one doesn't; the scores of that answer begin with ``own_``.
        """
        found = [
            self._sentences(hit.document.id, hit.sentence.start, hit.sentence.end)
            for hit in self._search(question.text)
        ]
        scores: dict[str, Score] = dict(retrieval_scores(question, found))
        answers: list[Answer] = []
        for documents in self._document_filters(question):
            answer = ask_or_refuse(self.answer or self.assistant.ask, question.text, (), documents)
            cited = [
                self._sentences(citation.document_id, citation.start, citation.end) for citation in answer.citations
            ]
            prefix = "own_" if documents else ""
            scores |= {f"{prefix}{name}": score for name, score in citation_scores(question, answer, cited).items()}
            answers.append(answer)
        last_answer = self._with_dataset_ids(answers[-1])
        case = Case(question.id, question.text, answerable=question.answerable)
        details = {
            "evidence_sets": [_as_lists(evidence) for evidence in question.evidence_sets],
            "found": [_as_lists(sentences) for sentences in found],
            "cited": [_as_lists(sentences) for sentences in cited],
        }
        seconds = sum(answer.seconds.get("total", 0.0) for answer in answers) / len(answers)
        scores["refuses"] = refuses(case, last_answer)
        return ScoredAnswer(
            question.id, question.text, question.answerable, last_answer, scores, seconds, (), round_, details
        )

    def _search(self, text: str) -> list[Hit]:
        try:
            return self.assistant.search(text, k=_SEARCH_HITS)
        except QuestionError:
            return []

    def _with_dataset_ids(self, answer: Answer) -> Answer:
        """The answer with the data set's document ids; the index's own depend on the place of the files on disk."""
        citations = {
            citation.number: replace(citation, document_id=document.id, source=document.id)
            for citation in answer.citations
            for document in [self.documents[citation.document_id]]
        }
        statements = (
            replace(statement, citations=tuple(citations[citation.number] for citation in statement.citations))
            for statement in answer.statements
        )
        return replace(answer, statements=tuple(statements), citations=tuple(citations.values()))

    def _document_filters(self, question: DatasetQuestion) -> Iterator[list[str] | None]:
        """The documents to ask, one list a time: None for all, and last the question's own one."""
        own = question.source_doc
        if own is None or ("all" in self.scopes and (question.answerable or "own" not in self.scopes)):
            yield None
        if own is not None and "own" in self.scopes:
            yield [self.index_ids[own]]

    def _sentences(self, document_id: str, start: int, end: int) -> frozenset[SentenceRef]:
        return self.documents[document_id].sentences_at(start, end)


def _as_lists(sentences: frozenset[SentenceRef]) -> list[list[str | int]]:
    return [[document, number] for document, number in sorted(sentences)]
