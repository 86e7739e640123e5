"""What asking, checking and indexing cost in time and memory; each part works on an index of its own."""

import json
import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path
from statistics import median

from assistant.answering.answer_builder import make_citation
from assistant.answering.citation_repair import CitableSentence, repair_citations
from assistant.client import Assistant
from assistant.evaluation.metrics import time_metrics
from assistant.grounding.span_reader_scorer import make_span_reader_scorer
from assistant.readers import survey
from research.benchmark.processes import measure_peak, measure_seconds, run_and_read
from research.benchmark.workspace import Workspace
from research.command_line import print_now

_RETRIEVED_SENTENCES = 12  # that a statement's citation may be moved to
_ROUNDS = 5  # cold starts of each kind, taken in turn
_MEMORY_QUESTIONS = 50  # asked by the process whose memory is measured

_INDEX_SCRIPT = """
import sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    assistant.index([sys.argv[2]])
"""
_ASK_SCRIPT = """
import json, pathlib, sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    for question in json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")):
        assistant.ask(question)
"""


def measure_cold_start(work: Workspace) -> None:
    """A question asked by a process of its own, against the mere import of the two vendors that it needs."""
    home = work.folder / "cold"
    with Assistant.open(home=home, mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
    ask = [sys.executable, "-m", "assistant", "--home", str(home), "ask", "--mode", "quotes"]
    ask_command = [*ask, work.bundled.questions[0]]
    import_command = [sys.executable, "-c", "import chromadb, onnxruntime"]
    ask_seconds, import_seconds = [], []
    for _ in range(_ROUNDS):
        import_seconds.append(measure_seconds(partial(run_and_read, import_command)))
        ask_seconds.append(measure_seconds(partial(run_and_read, ask_command)))
    ask_median, import_median = median(ask_seconds), median(import_seconds)
    print_now(
        f"cold: a question takes {ask_median:.2f} s as a process, importing chromadb and onnxruntime "
        f"{import_median:.2f} s: {ask_median / import_median:.2f} times (medians of {_ROUNDS})"
    )


def measure_asking(work: Workspace) -> None:
    """Questions asked one after the other of an open index, a first one left out."""
    with Assistant.open(home=work.folder / "ask", mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
        assistant.ask(work.bundled.questions[0])
        seconds = [measure_seconds(partial(assistant.ask, question)) for question in work.bundled.questions]
    print_now(f"ask, warm: {_percentiles_text(seconds)} over {len(seconds)} questions")


def measure_check(work: Workspace) -> None:
    """What the grounding check adds to a statement that names its sentence, and to one that names none."""
    seconds: dict[str, list[float]] = {"named": [], "unnamed": []}
    with Assistant.open(home=work.folder / "check", mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
        scorer = make_span_reader_scorer(assistant.engine().retriever.span_reader)
        for question in work.bundled.questions:
            hits = assistant.search(question, _RETRIEVED_SENTENCES)
            sentences = [CitableSentence(make_citation(hit.sentence, hit.document), hit.document) for hit in hits]
            for best in sentences[:1]:
                # The words in front keep it from being a verbatim quote.
                statement = f"The report says that {' '.join(best.citation.quote.split())}"
                for way, named in (("named", [best]), ("unnamed", [])):
                    check = partial(repair_citations, statement, named, sentences, scorer)
                    seconds[way].append(measure_seconds(check))
    for way, times in seconds.items():
        longest = _milliseconds(max(times))
        print_now(f"check, its sentence {way}: {_percentiles_text(times)}, most {longest} over {len(times)} statements")


def measure_memory(work: Workspace) -> None:
    """The peak memory of a process that indexes the documents, and of one that asks the questions."""
    home, questions_file = work.folder / "memory", work.folder / "questions.json"
    questions = work.data.questions[:_MEMORY_QUESTIONS]
    questions_file.write_text(json.dumps(questions), encoding="utf-8")
    document_count = len(survey([work.data.documents]).files)
    for words, script, argument in (
        (f"indexing {document_count} documents", _INDEX_SCRIPT, work.data.documents),
        (f"asking {len(questions)} questions of them", _ASK_SCRIPT, questions_file),
    ):
        seconds, peak = measure_peak([sys.executable, "-c", script, str(home), str(argument)])
        print_now(f"memory: {words}: peak {peak:.0f} MiB, {seconds:.1f} s")
    _measure_addition(work, home)


def _measure_addition(work: Workspace, home: Path) -> None:
    """One more document in the index that `measure_memory` made, and the first question after it."""
    new_file = work.folder / "new.md"
    text = "# A new document\n\nThe lighthouse keeper counted 4,711 gulls on Tuesday.\n"
    new_file.write_text(text, encoding="utf-8")
    with Assistant.open(home=home) as assistant:
        assistant.ask(work.data.questions[0])
        adding = measure_seconds(lambda: assistant.index([new_file]))
        first = measure_seconds(lambda: assistant.ask("How many gulls did the lighthouse keeper count?"))
        second = measure_seconds(lambda: assistant.ask(work.data.questions[0]))
    print_now(
        f"add: one document more takes {adding:.2f} s, the first question after it {first:.3f} s, the next "
        f"{second:.3f} s"
    )


def _percentiles_text(seconds: Collection[float]) -> str:
    metrics = time_metrics(seconds)
    return f"median {_milliseconds(metrics['seconds_median'])}, p95 {_milliseconds(metrics['seconds_p95'])}"


def _milliseconds(seconds: float | None) -> str:
    return f"{1000 * (seconds or 0):.1f} ms"
