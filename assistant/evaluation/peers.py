"""Puts LlamaIndex's CitationQueryEngine beside this project: same store, retrieval, model and questions, one run.

    ASSISTANT_MODEL=local python -m assistant.evaluation.peers DATA [--max N] [--own]

DATA is a folder as for ``assistant eval --dataset``. Without ``--own`` N answerable questions are asked of everything;
with it N answerable and N unanswerable ones, each of its own document alone. The peer gets as many sentences as this
project's model does. It refuses where it cites nothing, or says that nothing is to be found.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from assistant.assistant import Assistant
from assistant.engine import Engine
from assistant.evaluation.datasets import Dataset, Evidence, Question, load_dataset
from assistant.evaluation.measures import mean, refusals
from assistant.models import Model, open_model
from assistant.rows import Scope
from assistant.settings import load
from assistant.showing import progress

_SEED = 0
_MARK = re.compile(r"\[(\d+)\]")
_NOTHING = re.compile(
    r"\b(?:do(?:es)?\s+not|doesn't|don't|no|none|not|cannot|can't)\b[^.]{0,60}"
    r"\b(?:provide|mention|contain|information|state|specif|answer|helpful|found|say|indicate|address)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a tool made of a question: the sentences that each of its citations is, and how long it took."""

    question: Question
    refused: bool
    cited: tuple[frozenset[Evidence], ...]
    text: str
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints a row for each tool."""
    parser = argparse.ArgumentParser(description="Measure CitationQueryEngine beside this project.")
    parser.add_argument("data", type=Path, help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--max", type=int, default=60, metavar="N", help="questions of each kind")
    parser.add_argument("--own", action="store_true", help="ask each question of its own document alone")
    parser.add_argument("--show", action="store_true", help="print every answer too")
    options = parser.parse_args(arguments)
    outcomes = run(load_dataset(options.data), options.max, own=options.own)
    for tool, found in outcomes.items():
        sys.stdout.write(f"{tool}: {row(found)}\n")
        for each in found if options.show else ():
            right = not frozenset().union(*each.cited).isdisjoint(each.question.evidence)
            sys.stdout.write(f"  {'+' if right else '-'} {each.question.text}\n    {' '.join(each.text.split())}\n")
    return 0


def run(data: Dataset, most: int, *, own: bool) -> dict[str, list[Outcome]]:
    """Asks each tool each of the questions, one after the other."""
    settings = load()
    outcomes: dict[str, list[Outcome]] = {}
    with tempfile.TemporaryDirectory() as work, progress() as shown:
        data.write(Path(work, "documents"))
        with Assistant.open(Path(work, "home"), mode="quotes") as assistant:
            assistant.index([Path(work, "documents")])
            known = {each.id: data.files[Path(each.source).name] for each in assistant.documents()}
            ids = {document.id: identity for identity, document in known.items()}
            model = open_model(settings)
            engine = Engine(*assistant.parts, model, settings.sources)
            tools: dict[str, Callable[[str, list[str] | None], _Told]] = {
                f"this project, {model.name}": lambda text, within: _by_us(engine, text, within),
                "this project, quotes": lambda text, within: _by_us(Engine(*assistant.parts), text, within),
                f"CitationQueryEngine, {model.name}": lambda text, within: _by_peer(
                    assistant, model, settings.sources, text, within
                ),
            }
            questions = list(_sample(data, most, own=own))
            for done, question in enumerate(questions, 1):
                within = [ids[question.source_doc or ""]] if own else None
                for name, tool in tools.items():
                    begun = time.perf_counter()
                    refused, spans, text = tool(question.text, within)
                    cited = tuple(known[identity].sentences_at(start, end) for identity, start, end in spans)
                    seconds = time.perf_counter() - begun
                    outcomes.setdefault(name, []).append(Outcome(question, refused, cited, text, seconds))
                shown(done, len(questions), "asking")
    return outcomes


_Span = tuple[str, int, int]
_Told = tuple[bool, list[_Span], str]


def _sample(data: Dataset, most: int, *, own: bool) -> Iterator[Question]:
    rng = random.Random(_SEED)  # noqa: S311 — a sample, no secret
    for answerable in (True, False) if own else (True,):
        found = [each for each in data.questions if each.answerable is answerable]
        yield from rng.sample(found, min(most, len(found)))


def _by_us(engine: Engine, text: str, within: list[str] | None) -> _Told:
    answer = engine.explain(text, Scope(frozenset(within)) if within else None).answer
    return answer.refused, [(each.document_id, each.start, each.end) for each in answer.citations], answer.text


def _by_peer(assistant: Assistant, model: Model, count: int, text: str, within: list[str] | None) -> _Told:
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

    class Sentences(BaseRetriever):
        """This project's retrieval, as the peer takes it."""

        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            hits = assistant.search(query_bundle.query_str, count, documents=within)
            return [
                NodeWithScore(
                    node=TextNode(
                        text=hit.sentence.text,
                        metadata={"span": [hit.document.id, hit.sentence.start, hit.sentence.end]},
                        excluded_llm_metadata_keys=["span"],
                    ),
                    score=hit.score,
                )
                for hit in hits
            ]

    engine = CitationQueryEngine(retriever=Sentences(), llm=model.llm)
    response: Any = engine.query(text)
    told = str(response)
    numbers = dict.fromkeys(int(number) for number in _MARK.findall(told))
    nodes = response.source_nodes
    spans = [tuple(nodes[number - 1].node.metadata["span"]) for number in numbers if 0 < number <= len(nodes)]
    refused = not spans or bool(_NOTHING.search(told))
    return refused, [] if refused else spans, told


def row(outcomes: Sequence[Outcome]) -> str:
    """The figures of one tool in a line."""
    answerable = [each for each in outcomes if each.question.answerable]
    answered = [each for each in answerable if not each.refused]
    hits = {id(each): [not span.isdisjoint(each.question.evidence) for span in each.cited] for each in answerable}
    figures = {
        "answered": mean(not each.refused for each in answerable),
        "precision": mean(hit for each in answered for hit in hits[id(each)]),
        "evidence": mean(any(hits[id(each)]) for each in answered),
        "balanced": refusals((each.question.answerable, each.refused) for each in outcomes)["refusal_balanced"],
        "seconds": median(each.seconds for each in outcomes),
    }
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items() if value is not None)


if __name__ == "__main__":
    sys.exit(main())
