"""Runs cases and data sets, each over an index of its own that is gone afterwards: never the user's."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from rich.console import Console

from assistant import resources
from assistant.assistant import Assistant
from assistant.errors import CasesError
from assistant.evaluation.cases import Case, load_cases
from assistant.evaluation.datasets import Dataset, Evidence, Question, SetDocument, load_dataset
from assistant.evaluation.measures import Asked, CaseResult, QuestionResult
from assistant.evaluation.scorecard import Scorecard, cases_card, dataset_card, load_thresholds, show
from assistant.evaluation.scorers import score
from assistant.settings import load
from assistant.showing import progress
from assistant.types import Answer

T = TypeVar("T")

_SEED = 0
_HITS = 5


def evaluate(  # noqa: PLR0913 — one argument for each option of the command
    cases: Sequence[Path] = (),
    *,
    dataset: Path | None = None,
    json_file: Path | None = None,
    only: str | None = None,
    maximum: int | None = None,
    console: Console | None = None,
) -> int:
    """What ``assistant eval`` does: runs, shows the scorecard, and says whether every threshold is met.

    Args:
        cases: YAML files and folders of cases for the bundled corpus; by default the bundled ones.
        dataset: a folder with ``corpus.jsonl`` and ``questions.jsonl``, to run that instead.
        json_file: where everything is written, as JSON.
        only: the tag of the cases to run.
        maximum: at most so many cases or questions, a sample drawn with a fixed seed.
        console: where the scorecard is shown; by default standard output.

    Returns:
        The exit code: 0, or 1 when a threshold is missed.

    Raises:
        CasesError: malformed cases or data, or options that don't go together.
    """
    if dataset and (cases or only):
        raise CasesError("A data set has no cases and no tags: leave out CASES and --only, or --dataset.")
    if json_file and not json_file.resolve().parent.is_dir():
        raise CasesError(f"{json_file}: its folder doesn't exist. Make it, or name another file.")
    card = run_dataset(dataset, maximum) if dataset else run_cases(cases, only, maximum)
    show(card, console or Console())
    if json_file:
        json_file.write_text(json.dumps(card.to_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if card.missed else 0


def run_cases(paths: Sequence[Path] = (), only: str | None = None, maximum: int | None = None) -> Scorecard:
    """Asks the cases of the bundled corpus; arguments and errors are those of ``evaluate``."""
    evals = resources.folder("evals")
    cases = load_cases(paths or [evals / "cases"])
    chosen = [case for case in cases if only is None or only in case.tags]
    if not chosen:
        tags = ", ".join(sorted({tag for case in cases for tag in case.tags}))
        raise CasesError(f"No case has the tag '{only}'. The tags are: {tags}.")
    sample, size = _sample(chosen, maximum)
    mode = load().answers_by
    thresholds = load_thresholds(evals / "thresholds.toml", mode=mode)
    documents = (resources.folder("corpus"), evals / "injected")
    with _workplace() as work, _index(work, *documents) as assistant:
        results = [ask_case(assistant, case) for case in _each(sample)]
    return cases_card(f"{size} cases over the bundled corpus, {mode} mode", results, thresholds)


def ask_case(assistant: Assistant, case: Case) -> CaseResult:
    """Asks one case and scores its answer."""
    answer, seconds = _timed(lambda: assistant.ask(case.question))
    return CaseResult(case, answer, seconds, score(case, answer, assistant.document))


def run_dataset(folder: Path, maximum: int | None = None) -> Scorecard:
    """Asks a data set's questions of its documents; arguments and errors are those of ``evaluate``."""
    dataset = load_dataset(folder)
    sample, size = _sample(dataset.questions, maximum)
    thresholds = load_thresholds(resources.folder("evals") / "thresholds.toml", dataset.name)
    with _workplace() as work:
        dataset.write(work / "documents")
        with _index(work, work / "documents") as assistant:
            asker = Asker(assistant, dataset)
            results = [asker.ask(question) for question in _each(sample)]
    title = f"{size} questions over {len(dataset.documents)} documents of {dataset.name}"
    return dataset_card(title, results, thresholds)


class Asker:
    """Asks a data set's questions of an index that holds its documents and nothing else."""

    def __init__(self, assistant: Assistant, dataset: Dataset) -> None:
        self._assistant = assistant
        self._ids: dict[str, str] = {}  # the data set's id of a document → the index's
        self._documents: dict[str, SetDocument] = {}  # the index's id → the document
        for summary in assistant.documents():
            document = dataset.files[Path(summary.source).name]
            self._ids[document.id] = summary.id
            self._documents[summary.id] = document

    def ask(self, question: Question) -> QuestionResult:
        """Searches all documents, and asks all of them, the question's own one, or both."""
        hits = self._assistant.search(question.text, k=_HITS)
        own = self._ids[question.source_doc] if question.source_doc else None
        return QuestionResult(
            question=question,
            found=tuple(self._sentences(h.document.id, h.sentence.start, h.sentence.end) for h in hits),
            everywhere=self._asked(question, None) if question.answerable or not own else None,
            own=self._asked(question, [own]) if own else None,
        )

    def _asked(self, question: Question, documents: list[str] | None) -> Asked:
        answer, seconds = _timed(lambda: self._assistant.ask(question.text, documents=documents))
        cited = tuple(self._sentences(c.document_id, c.start, c.end) for c in answer.citations)
        return Asked(answer, cited, seconds)

    def _sentences(self, document_id: str, start: int, end: int) -> frozenset[Evidence]:
        return self._documents[document_id].sentences_at(start, end)


def _timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
    started = time.perf_counter()
    return ask(), time.perf_counter() - started


def _sample(items: Sequence[T], maximum: int | None) -> tuple[list[T], str]:
    """At most so many of the items, in their order, and in words how many of how many."""
    if maximum is None or maximum >= len(items):
        return list(items), str(len(items))
    if maximum < 1:
        raise CasesError(f"--max {maximum}: there is nothing to ask. Give 1 or more.")
    places = sorted(random.Random(_SEED).sample(range(len(items)), maximum))  # noqa: S311 — a sample, no secret
    return [items[place] for place in places], f"{maximum} of {len(items)} (a sample, seed {_SEED})"


@contextmanager
def _workplace() -> Iterator[Path]:
    with TemporaryDirectory(prefix="assistant-eval-", ignore_cleanup_errors=True) as work:
        yield Path(work)


@contextmanager
def _index(work: Path, *documents: Path) -> Iterator[Assistant]:
    with Assistant.open(home=work / "index") as assistant:
        with progress() as shown:
            report = assistant.index(documents, progress=shown)
        for failed in report.failed:
            raise CasesError(f"{failed.source}: {failed.reason}. The evaluation needs every document.")
        yield assistant


def _each(items: Sequence[T]) -> Iterator[T]:
    """The items one by one, with their progress shown."""
    with progress() as shown:
        for done, item in enumerate(items, 1):
            yield item
            shown(done, len(items), "asking")
