"""Puts LlamaIndex's CitationQueryEngine beside this project: one store, embedder, model and set of questions, one run.

    ASSISTANT_MODEL=local python -m research.peers [DATA] [--max N] [--own] [--only TAG]

DATA is a folder as for ``assistant eval --dataset``; without it the bundled cases with the tag are asked. Of a data
set N answerable questions are asked of everything; with ``--own`` N answerable and N unanswerable ones, each of its
own document alone. The peer gets as many sentences from the same retrieval as this project's model does, and its
answer is read into the same record and marked by the same scorers. It refuses where it cites nothing, or says that
nothing is to be found; the verdicts on its statements are those of this project's check.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant import paths as resources
from assistant.answering.answer_builder import make_citation
from assistant.answering.citation_parser import CitationParser, DraftStatement
from assistant.client import Assistant
from assistant.evaluation.cases import load_cases
from assistant.evaluation.datasets import DatasetQuestion, load_dataset
from assistant.evaluation.metrics import Metrics, ScoredAnswer, compute_metrics
from assistant.evaluation.runner import AnswerFunction, AskFunction, CaseAsker, DatasetAsker
from assistant.grounding.check import check_statement
from assistant.models.llm import MAX_ANSWER_TOKENS, LanguageModel
from assistant.models.llm_endpoint import open_language_model
from assistant.options import QueryOptions
from assistant.query_engine import QueryEngine
from assistant.rendering.terminal import progress_bar
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Citation, Document, Hit, Statement

_SEED = 0
_NOTHING = re.compile(
    r"\b(?:do(?:es)?\s+not|doesn't|don't|no|none|not|cannot|can't)\b[^.]{0,60}"
    r"\b(?:provide|mention|contain|information|state|specif|answer|helpful|found|say|indicate|address)",
    re.IGNORECASE,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints a row for each tool."""
    parser = argparse.ArgumentParser(description="Measure CitationQueryEngine beside this project.")
    parser.add_argument("data", type=Path, nargs="?", help="folder with corpus.jsonl and questions.jsonl")
    parser.add_argument("--max", type=int, default=60, metavar="N", help="questions of each kind")
    parser.add_argument("--own", action="store_true", help="ask each question of its own document alone")
    parser.add_argument("--only", default="model", metavar="TAG", help="without DATA: the cases with this tag")
    parser.add_argument("--show", action="store_true", help="print every answer too")
    options = parser.parse_args(arguments)
    asked = _of_set(options.data, options.max, own=options.own) if options.data else _of_cases(options.only)
    for tool, marked in asked.items():
        sys.stdout.write(f"{tool}: {metrics_line(compute_metrics(marked))}\n")
        for each in marked if options.show else ():
            sys.stdout.write(f"  {'-' if each.failed else '+'} {each.question}\n    {each.answer.text}\n")
    return 0


def metrics_line(found: Metrics) -> str:
    """The figures of one tool in a line."""
    return ", ".join(f"{name} {value:.3f}" for name, value in found.items() if value is not None)


def _of_cases(tag: str) -> dict[str, list[ScoredAnswer]]:
    evals = resources.data_folder("evals")
    cases = [case for case in load_cases([evals / "cases"]) if tag in case.tags]
    with _indexed(resources.data_folder("corpus"), evals / "injected") as assistant:
        tools = _tools(assistant, load_settings())
        return _asked({name: CaseAsker(assistant, tool) for name, tool in tools.items()}, cases)


def _of_set(folder: Path, most: int, *, own: bool) -> dict[str, list[ScoredAnswer]]:
    data = load_dataset(folder)
    with tempfile.TemporaryDirectory() as work:
        data.write(Path(work, "documents"))
        with _indexed(Path(work, "documents")) as assistant:
            asker = replace(DatasetAsker.of(assistant, data), scopes=("own",) if own else ("all",))
            tools = _tools(assistant, load_settings())
            sample = list(_sample(data.questions, most, own=own))
            return _asked({name: replace(asker, answers=tool) for name, tool in tools.items()}, sample)


@contextmanager
def _indexed(*documents: Path) -> Iterator[Assistant]:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home, mode="quotes") as assistant:
        assistant.index(list(documents))
        yield assistant


def _sample(questions: Sequence[DatasetQuestion], most: int, *, own: bool) -> Iterator[DatasetQuestion]:
    rng = random.Random(_SEED)  # noqa: S311 — a sample, no secret
    for answerable in (True, False) if own else (True,):
        found = [each for each in questions if each.answerable is answerable]
        yield from rng.sample(found, min(most, len(found)))


def _asked(tools: Mapping[str, AskFunction[Any]], items: Sequence[Any]) -> dict[str, list[ScoredAnswer]]:
    """Asks each tool each of the items, in turn, so that all of them meet the same machine."""
    marked: dict[str, list[ScoredAnswer]] = {name: [] for name in tools}
    with progress_bar() as shown:
        for done, item in enumerate(items, 1):
            for name, ask in tools.items():
                marked[name].append(ask(item, 1))
            shown(done, len(items), "asking")
    return marked


def _tools(assistant: Assistant, settings: Settings) -> dict[str, AnswerFunction]:
    model = open_language_model(settings)
    return {
        f"this project, {model.name}": _ours(QueryEngine(assistant.engine().retriever, model, settings.sources)),
        "this project, quotes": assistant.ask,
        f"CitationQueryEngine, {model.name}": Peer(assistant, model, settings.sources),
    }


def _ours(engine: QueryEngine) -> AnswerFunction:
    def ask(
        question: str, /, *, history: Sequence[Mapping[str, str]] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        return engine.explain(question, QueryOptions(history=history, documents=documents or None)).answer

    return ask


@dataclass(frozen=True)
class Peer:
    """CitationQueryEngine over this project's retrieval; its answer as this project's record."""

    assistant: Assistant
    model: LanguageModel
    count: int  # sentences that it is given

    def __call__(
        self,
        question: str,
        /,
        *,
        history: Sequence[Mapping[str, str]] = (),  # noqa: ARG002 — it takes none
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Its answer to the question as it is."""
        begun = time.perf_counter()
        hits = self.assistant.search(question, self.count, documents=documents) if question.strip() else []
        told = self._told(question, hits) if hits else ""
        seconds = {"total": time.perf_counter() - begun}
        reader = CitationParser(len(hits))
        statements, citations = _statements([*reader.feed(told), *reader.finish()], hits)
        refused = not citations or bool(_NOTHING.search(told))
        return Answer(
            question, question, told, refused, "it cites nothing" if refused else None, 0.0, "llm", self.model.name,
            statements=() if refused else statements, citations=() if refused else citations, seconds=seconds,
        )  # fmt: skip

    def _told(self, question: str, hits: Sequence[Hit]) -> str:
        from llama_index.core.query_engine import CitationQueryEngine
        from llama_index.core.retrievers import BaseRetriever
        from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

        nodes = [NodeWithScore(node=TextNode(text=hit.sentence.text), score=hit.score) for hit in hits]

        class Found(BaseRetriever):
            """What was found, as the peer takes it."""

            def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
                return nodes if query_bundle.query_str else []

        bounded: Any = self.model.llm.model_copy(update={"max_tokens": MAX_ANSWER_TOKENS})
        return str(CitationQueryEngine(retriever=Found(), llm=bounded).query(question))


def _statements(
    drafts: Sequence[DraftStatement], hits: Sequence[Hit]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """The peer's sentences with the citations that its marks name, each with the verdict of this project's check."""
    documents: dict[str, Document] = {hit.document.id: hit.document for hit in hits}
    numbers = dict.fromkeys(number for draft in drafts for number in draft.numbers)
    cited = [(number, hits[number - 1]) for number in numbers]
    known = {
        number: replace(make_citation(hit.sentence, hit.document), number=place)
        for place, (number, hit) in enumerate(cited, 1)
    }
    statements = tuple(
        check_statement(
            Statement(draft.text, "unsupported", "", tuple(known[number] for number in draft.numbers)), documents
        )
        for draft in drafts
    )
    return statements, tuple(known.values())


if __name__ == "__main__":
    sys.exit(main())
