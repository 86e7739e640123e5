"""What can be evaluated, and how it is run: cases, a spreadsheet or a data set, each over a temporary index."""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from assistant.client import Assistant
from assistant.errors import CasesError
from assistant.evaluation import gate
from assistant.evaluation.cases import Case, load_cases
from assistant.evaluation.datasets import DatasetQuestion, load_dataset
from assistant.evaluation.feedback import load_feedback
from assistant.evaluation.llm_judge import JudgeResult, judge_answers
from assistant.evaluation.runner import AskFunction, CaseAsker, DatasetAsker, ask_all
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.spreadsheets import load_sheet, sheet_documents
from assistant.models.llm_endpoint import open_language_model
from assistant.models.prompts import prompt_hashes
from assistant.paths import data_folder
from assistant.rendering.terminal import progress_bar
from assistant.settings import load_settings
from assistant.versions import versions

T = TypeVar("T")

_SAMPLE_SEED = 0
_RECORDED_SETTINGS = (  # none of them is a secret
    "mode", "model", "sources", "embedding", "embedding_dimensions", "reader", "timeout"
)  # fmt: skip


@dataclass(frozen=True)
class EvalJob(Generic[T]):
    """Questions, how each is asked and scored, and the documents that they ask about."""

    title: str
    section: str  # of thresholds.toml and baseline.json
    items: Sequence[T]
    asker: Callable[[Assistant], AskFunction[T]]
    documents: Callable[[Path], Sequence[Path]]  # files and folders; may be written into the given folder
    cases: Sequence[Case] = ()  # whose quotes the documents must contain


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a job is run."""

    rounds: int = 1
    workers: int = 1
    with_judge: bool = False  # whether a language model judges the answers, too


def cases_job(paths: Sequence[Path] = (), only: str | None = None, maximum: int | None = None) -> EvalJob[Case]:
    """Cases over the bundled corpus.

    Args:
        paths: files and folders of cases; by default the bundled ones.
        only: the tag of the cases to ask; by default all are asked.
        maximum: the size of the sample to ask; by default all are asked.

    Raises:
        CasesError: malformed cases, or none with the tag.
    """
    evals = data_folder("evals")
    cases, size = _select_cases(load_cases(paths or [evals / "cases"]), only, maximum)
    mode = load_settings().answers_by
    documents = (data_folder("corpus"), evals / "injected")
    title = f"{size} cases over the bundled corpus, {mode} mode"
    return EvalJob(title, f"cases.{mode}", cases, CaseAsker, lambda _: documents, cases)


def sheet_job(sheet: Path, only: str | None = None, maximum: int | None = None) -> EvalJob[Case]:
    """The questions of a CSV or feedback file over the documents beside it; arguments and errors as ``cases_job``."""
    all_cases = load_feedback(sheet) if sheet.suffix.lower() == ".jsonl" else load_sheet(sheet)
    cases, size = _select_cases(all_cases, only, maximum)
    name = sheet.resolve().parent.name if sheet.stem == "questions" else sheet.stem
    title = f"{size} questions of {name}, {load_settings().answers_by} mode"
    return EvalJob(title, f"datasets.{name}", cases, CaseAsker, lambda _: sheet_documents(sheet), cases)


def dataset_job(folder: Path, maximum: int | None = None) -> EvalJob[DatasetQuestion]:
    """A data set's questions over its documents.

    Raises:
        CasesError: malformed data.
    """
    dataset = load_dataset(folder)
    questions, size = _sample(dataset.questions, maximum)

    def write_documents(work: Path) -> Sequence[Path]:
        dataset.write(work / "documents")
        return [work / "documents"]

    def asker(assistant: Assistant) -> DatasetAsker:
        return DatasetAsker.for_dataset(assistant, dataset)

    title = f"{size} questions over {len(dataset.documents)} documents of {dataset.name}"
    return EvalJob(title, f"datasets.{dataset.name}", questions, asker, write_documents)


def run_job(job: EvalJob[T], options: RunOptions = RunOptions()) -> Scorecard:
    """Indexes the documents, asks the questions, scores the answers, and applies the gate.

    Raises:
        CasesError: a document can't be read, or a threshold is malformed.
        SettingsError: a language model is to judge, and none is set.
    """
    evals = data_folder("evals")
    thresholds = gate.load_thresholds(evals / "thresholds.toml", job.section)
    baseline = gate.load_baseline(evals / gate.BASELINE_FILE, job.section)
    model = open_language_model(load_settings()) if options.with_judge else None
    with _temporary_folder() as work, _open_index(work / "index", job.documents(work)) as assistant:
        run = ask_all(job.asker(assistant), job.items, options.rounds, options.workers)
        stale = list(_stale_quotes(job.cases, assistant))
        judge = judge_answers(run.results, model) if model else JudgeResult()
        made_with = _made_with(assistant)
    card = Scorecard(
        job.title,
        job.section,
        run.results,
        made_with,
        unfinished=run.unfinished,
        interrupted=run.interrupted,
        judge=judge,
    )
    return replace(card, gate=gate.apply_gate(card.metrics, card.results, thresholds, baseline, stale))


def _stale_quotes(cases: Sequence[Case], assistant: Assistant) -> Iterator[str]:
    """The ``must_cite`` quotes that the documents don't contain, in words."""
    texts: dict[str, str] = {}  # by file name
    for summary in assistant.documents():
        name = PurePath(summary.source).name
        texts[name] = f"{texts.get(name, '')}\n{_single_spaced(assistant.document(summary.id).text)}"
    for case in cases:
        for wanted in case.must_cite:
            if wanted.document not in texts:
                yield f"case {case.id} cites {wanted.document}, which isn't among the documents"
            elif _single_spaced(wanted.quote) not in texts[wanted.document]:
                yield f"case {case.id}: {wanted.document} doesn't say “{wanted.quote}”"


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _made_with(assistant: Assistant) -> dict[str, Any]:
    """All that the answers depend on beside the questions."""
    retriever = assistant.engine().retriever
    settings = load_settings()
    is_llm = settings.answers_by == "llm"
    hashes = sorted(f"{PurePath(summary.source).name} {summary.sha256}" for summary in retriever.store.summaries())
    return {
        "mode": settings.answers_by,
        "model": settings.model if is_llm else retriever.embedder.name,
        "versions": versions(*retriever.model_names),
        "prompts": prompt_hashes() if is_llm else {},
        "settings": {name: getattr(settings, name) for name in _RECORDED_SETTINGS},
        "documents": {"count": len(hashes), "sha256": hashlib.sha256("\n".join(hashes).encode()).hexdigest()},
    }


def _select_cases(cases: Sequence[Case], only: str | None, maximum: int | None) -> tuple[list[Case], str]:
    """The cases with the tag ``only``, or a sample of them; and in words how many."""
    selected = [case for case in cases if only is None or only in case.tags]
    if not selected:
        tags = ", ".join(sorted({tag for case in cases for tag in case.tags}))
        raise CasesError(f"No case has the tag '{only}'. The tags are: {tags}.")
    return _sample(selected, maximum)


def _sample(items: Sequence[T], maximum: int | None) -> tuple[list[T], str]:
    """At most ``maximum`` of the items, in their order; and in words how many of how many."""
    if maximum is None or maximum >= len(items):
        return list(items), str(len(items))
    if maximum < 1:
        raise CasesError(f"--max {maximum}: there is nothing to ask. Give 1 or more.")
    rng = random.Random(_SAMPLE_SEED)  # noqa: S311 — a sample, no secret
    positions = sorted(rng.sample(range(len(items)), maximum))
    return [items[position] for position in positions], f"{maximum} of {len(items)} (a sample, seed {_SAMPLE_SEED})"


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="assistant-eval-", ignore_cleanup_errors=True) as work:
        yield Path(work)


@contextmanager
def _open_index(home: Path, documents: Sequence[Path]) -> Iterator[Assistant]:
    """A new index of the documents.

    Raises:
        CasesError: a document can't be read.
    """
    with Assistant.open(home=home, chroma_url=None) as assistant:
        with progress_bar() as show_progress:
            report = assistant.index(list(documents), progress=show_progress)
        for failure in report.failed:
            raise CasesError(f"{failure.source}: {failure.reason}. The evaluation needs every document.")
        yield assistant
