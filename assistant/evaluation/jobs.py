"""What can be run: the cases, a spreadsheet, a data set; each over an index of its own that is gone afterwards."""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from assistant import paths as resources
from assistant.client import Assistant
from assistant.errors import CasesError
from assistant.evaluation import gate
from assistant.evaluation import llm_judge as judging
from assistant.evaluation.cases import Case, load_cases
from assistant.evaluation.datasets import DatasetQuestion, load_dataset
from assistant.evaluation.feedback import load_feedback
from assistant.evaluation.runner import AskFunction, CaseAsker, SetAsker, ask_all
from assistant.evaluation.scorecard import Scorecard
from assistant.evaluation.spreadsheets import documents_of, load_sheet
from assistant.models.llm import open_language_model
from assistant.models.prompts import prompt_hashes
from assistant.rendering.terminal import progress_bar
from assistant.settings import load_settings
from assistant.versions import versions

T = TypeVar("T")

_SEED = 0
_SETTINGS = (
    "mode",
    "model",
    "sources",
    "embedding",
    "embedding_dimensions",
    "reader",
    "timeout",
)  # none of them a secret


@dataclass(frozen=True)
class Job(Generic[T]):
    """Questions, how each is asked and marked, and the documents that they are about."""

    title: str
    section: str  # of thresholds.toml
    items: Sequence[T]
    asker: Callable[[Assistant], AskFunction[T]]
    documents: Callable[[Path], Sequence[Path]]  # may be written into the folder that is given
    cases: Sequence[Case] = ()  # whose quotes the documents must hold


def bundled(paths: Sequence[Path] = (), only: str | None = None, maximum: int | None = None) -> Job[Case]:
    """The cases of these files, or the bundled ones, over the bundled corpus.

    Raises:
        CasesError: malformed cases, or none with the tag.
    """
    evals = resources.data_folder("evals")
    cases, size = _chosen(load_cases(paths or [evals / "cases"]), only, maximum)
    mode = load_settings().answers_by
    documents = (resources.data_folder("corpus"), evals / "injected")
    title = f"{size} cases over the bundled corpus, {mode} mode"
    return Job(title, f"cases.{mode}", cases, CaseAsker, lambda _: documents, cases)


def spreadsheet(sheet: Path, only: str | None = None, maximum: int | None = None) -> Job[Case]:
    """The questions of a CSV or feedback file over the documents beside it; raises as ``bundled`` does."""
    given = load_feedback(sheet) if sheet.suffix.lower() == ".jsonl" else load_sheet(sheet)
    cases, size = _chosen(given, only, maximum)
    name = sheet.resolve().parent.name if sheet.stem == "questions" else sheet.stem
    title = f"{size} questions of {name}, {load_settings().answers_by} mode"
    return Job(title, f"datasets.{name}", cases, CaseAsker, lambda _: documents_of(sheet), cases)


def dataset(folder: Path, maximum: int | None = None) -> Job[DatasetQuestion]:
    """A data set's questions over its documents.

    Raises:
        CasesError: malformed data.
    """
    data = load_dataset(folder)
    sample, size = _sample(data.questions, maximum)

    def written(work: Path) -> Sequence[Path]:
        data.write(work / "documents")
        return [work / "documents"]

    title = f"{size} questions over {len(data.documents)} documents of {data.name}"
    return Job(title, f"datasets.{data.name}", sample, lambda assistant: SetAsker.of(assistant, data), written)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a job is carried out."""

    rounds: int = 1
    workers: int = 1
    judged: bool = False  # by the model, too


def carry_out(job: Job[T], manner: Manner = Manner()) -> Scorecard:
    """Indexes, asks, marks, and holds the run against its gate.

    Raises:
        CasesError: a document can't be read, or a threshold is malformed.
        SettingsError: the model is to judge, and none is set.
    """
    evals = resources.data_folder("evals")
    thresholds = gate.load_thresholds(evals / "thresholds.toml", job.section)
    accepted = gate.load_accepted(evals / gate.BASELINE, job.section)
    model = open_language_model(load_settings()) if manner.judged else None
    with _workplace() as work, _index(work / "index", job.documents(work)) as assistant:
        asked = ask_all(job.asker(assistant), job.items, manner.rounds, manner.workers)
        stale = list(_stale(job.cases, assistant))
        judged = judging.judge(asked.marked, model) if model else judging.Judged()
        made_with = _made_with(assistant)
    card = Scorecard(job.title, job.section, asked.marked, made_with, unfinished=asked.unfinished,
                     interrupted=asked.interrupted, judged=judged)  # fmt: skip
    return replace(card, gate=gate.judge(card.figures, card.marked, thresholds, accepted, stale))


def _stale(cases: Sequence[Case], assistant: Assistant) -> Iterator[str]:
    """The quotes that a case's documents no longer hold: what it expects isn't said any more."""
    texts: dict[str, str] = {}
    for each in assistant.documents():
        name = PurePath(each.source).name
        texts[name] = f"{texts.get(name, '')}\n{_spaced(assistant.document(each.id).text)}"
    for case in cases:
        for wanted in case.must_cite:
            if wanted.document not in texts:
                yield f"case {case.id} cites {wanted.document}, which isn't among the documents"
            elif _spaced(wanted.quote) not in texts[wanted.document]:
                yield f"case {case.id}: {wanted.document} doesn't say “{wanted.quote}”"


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _made_with(assistant: Assistant) -> dict[str, Any]:
    parts = assistant.parts
    settings = load_settings()
    said = sorted(f"{PurePath(each.source).name} {each.sha256}" for each in parts.store.summaries())
    return {
        "mode": settings.answers_by,
        "model": settings.model if settings.answers_by == "llm" else parts.embedder.name,
        "versions": versions(*parts.names),
        "prompts": prompt_hashes() if settings.answers_by == "llm" else {},
        "settings": {name: getattr(settings, name) for name in _SETTINGS},
        "documents": {"count": len(said), "sha256": hashlib.sha256("\n".join(said).encode()).hexdigest()},
    }


def _chosen(cases: Sequence[Case], only: str | None, maximum: int | None) -> tuple[list[Case], str]:
    chosen = [case for case in cases if only is None or only in case.tags]
    if not chosen:
        tags = ", ".join(sorted({tag for case in cases for tag in case.tags}))
        raise CasesError(f"No case has the tag '{only}'. The tags are: {tags}.")
    return _sample(chosen, maximum)


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
def _index(home: Path, documents: Sequence[Path]) -> Iterator[Assistant]:
    with Assistant.open(home=home, chroma_url=None) as assistant:
        with progress_bar() as shown:
            report = assistant.index(list(documents), progress=shown)
        for failed in report.failed:
            raise CasesError(f"{failed.source}: {failed.reason}. The evaluation needs every document.")
        yield assistant
