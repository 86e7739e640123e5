"""What asking and indexing cost in time and memory, each measured in an index of its own."""

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from assistant.answering.answer_builder import make_citation
from assistant.answering.citation_repair import CitableSentence, repair_citations
from assistant.client import Assistant
from assistant.evaluation.metrics import times
from assistant.grounding.check import reader_scorer
from assistant.readers import survey
from research.benchmark.processes import output_of, peak_of, say, seconds_of

_RETRIEVED = 12  # sentences that a statement's citation may be moved to
_ROUNDS = 5  # cold starts of each kind, taken in turn

_INDEX = """
import sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    assistant.index([sys.argv[2]])
"""
_ASK = """
import json, pathlib, sys
from assistant import Assistant
with Assistant.open(home=sys.argv[1]) as assistant:
    for question in json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")):
        assistant.ask(question)
"""


@dataclass(frozen=True, slots=True)
class Material:
    """Documents, and questions about them."""

    documents: Path
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What the parts work on, and a folder that is theirs alone."""

    folder: Path
    bundled: Material
    data: Material
    passages: int  # how many of them the throughput is taken over
    chroma_model: Path | None


def cold(work: Work) -> None:
    """A question asked by a process of its own, against the mere import of the two vendors it needs."""
    home = work.folder / "cold"
    with Assistant.open(home=home, mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
    assistant_ask = [sys.executable, "-m", "assistant", "--home", str(home), "ask", "--mode", "quotes"]
    question = [*assistant_ask, work.bundled.questions[0]]
    imports = [sys.executable, "-c", "import chromadb, onnxruntime"]
    asked, imported = [], []
    for _ in range(_ROUNDS):
        imported.append(seconds_of(partial(output_of, imports)))
        asked.append(seconds_of(partial(output_of, question)))
    say(
        f"cold: a question takes {median(asked):.2f} s as a process, importing chromadb and onnxruntime "
        f"{median(imported):.2f} s: {median(asked) / median(imported):.2f} times (medians of {_ROUNDS})"
    )


def ask(work: Work) -> None:
    """Questions asked one after the other of an open index, the first left out."""
    with Assistant.open(home=work.folder / "ask", mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
        assistant.ask(work.bundled.questions[0])
        taken = [seconds_of(partial(assistant.ask, question)) for question in work.bundled.questions]
    say(f"ask, warm: {_shown(taken)} over {len(taken)} questions")


def check(work: Work) -> None:
    """What the check adds to a statement: judged by the sentence it names, or, with none named, by all retrieved."""
    seconds: dict[str, list[float]] = {"named": [], "unnamed": []}
    with Assistant.open(home=work.folder / "check", mode="quotes") as assistant:
        assistant.index([work.bundled.documents])
        reads = reader_scorer(assistant.parts.reader)
        for question in work.bundled.questions:
            hits = assistant.search(question, _RETRIEVED)
            places = [CitableSentence(make_citation(hit.sentence, hit.document), hit.document) for hit in hits]
            for place in places[:1]:
                said = f"The report says that {' '.join(place.citation.quote.split())}"  # so that it isn't verbatim
                for way, named in (("named", [place]), ("unnamed", [])):
                    seconds[way].append(seconds_of(partial(repair_citations, said, named, places, reads)))
    for way, taken in seconds.items():
        say(f"check, its sentence {way}: {_shown(taken)}, most {_ms(max(taken))} over {len(taken)} statements")


def memory(work: Work) -> None:
    """The peak memory of a process that indexes the documents, and of one that asks the questions."""
    home, questions = work.folder / "memory", work.folder / "questions.json"
    questions.write_text(json.dumps(work.data.questions[:50]), encoding="utf-8")
    count = len(survey([work.data.documents]).files)
    for words, script, argument in (
        (f"indexing {count} documents", _INDEX, work.data.documents),
        (f"asking {len(work.data.questions[:50])} questions of them", _ASK, questions),
    ):
        seconds, peak = peak_of([sys.executable, "-c", script, str(home), str(argument)])
        say(f"memory: {words}: peak {peak:.0f} MiB, {seconds:.1f} s")
    _add(work, home)


def _shown(taken: list[float]) -> str:
    figures = times(taken)
    return f"median {_ms(figures['seconds_median'])}, p95 {_ms(figures['seconds_p95'])}"


def _ms(seconds: float | None) -> str:
    return f"{1000 * (seconds or 0):.1f} ms"


def _add(work: Work, home: Path) -> None:
    """One document more in the index that ``memory`` made, and the first question after it."""
    new = work.folder / "new.md"
    new.write_text("# A new document\n\nThe lighthouse keeper counted 4,711 gulls on Tuesday.\n", encoding="utf-8")
    with Assistant.open(home=home) as assistant:
        assistant.ask(work.data.questions[0])
        added = seconds_of(lambda: assistant.index([new]))
        asked = seconds_of(lambda: assistant.ask("How many gulls did the lighthouse keeper count?"))
        again = seconds_of(lambda: assistant.ask(work.data.questions[0]))
    say(
        f"add: one document more takes {added:.2f} s, the first question after it {asked:.3f} s, the next {again:.3f} s"
    )
