"""Compares this project with LlamaIndex's CitationQueryEngine: one store, embedder, model and question set, one run.

    ASSISTANT_MODEL=local python -m research.peers [DATA] [--max N] [--own] [--only TAG]

DATA is a folder as for ``assistant eval --dataset``; without it the bundled cases with the tag are asked. Of a data
set N answerable questions are asked of everything; with ``--own`` N answerable and N unanswerable ones, each of its
own document alone. The peer gets as many sentences from the same retrieval as this project's model does, and its
answer is parsed into the same record and scored by the same scorers. It refuses where it cites nothing, or says that
nothing is to be found; the verdicts on its statements are those of this project's grounding check.
"""

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
from assistant.paths import data_folder
from assistant.query_engine import QueryEngine
from assistant.rendering.terminal import progress_bar
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Citation, Document, Hit, Statement
from research.command_line import add_dataset_argument, print_now, program_parser

_SEED = 0
_SAYS_NOTHING_FOUND = re.compile(
    r"\b(?:do(?:es)?\s+not|doesn't|don't|no|none|not|cannot|can't)\b[^.]{0,60}"
    r"\b(?:provide|mention|contain|information|state|specif|answer|helpful|found|say|indicate|address)",
    re.IGNORECASE,
)

_ResultsByTool = dict[str, list[ScoredAnswer]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints a line for each tool."""
    parser = program_parser("research.peers", __doc__)
    add_dataset_argument(parser, optional=True)
    parser.add_argument("--max", type=int, default=60, metavar="N", help="questions of each kind")
    parser.add_argument("--own", action="store_true", help="ask each question of its own document alone")
    parser.add_argument("--only", default="model", metavar="TAG", help="without DATA: the cases with this tag")
    parser.add_argument("--show", action="store_true", help="print every answer too")
    options = parser.parse_args(arguments)
    if options.data:
        results_by_tool = _ask_dataset(options.data, options.max, own=options.own)
    else:
        results_by_tool = _ask_cases(options.only)
    for tool, results in results_by_tool.items():
        print_now(f"{tool}: {metrics_line(compute_metrics(results))}")
        for result in results if options.show else ():
            print_now(f"  {'-' if result.failed else '+'} {result.question}\n    {result.answer.text}")
    return 0


def metrics_line(metrics: Metrics) -> str:
    """The metrics of one tool in a line."""
    return ", ".join(f"{name} {value:.3f}" for name, value in metrics.items() if value is not None)


def _ask_cases(tag: str) -> _ResultsByTool:
    """Asks all tools the bundled cases with a tag."""
    evals = data_folder("evals")
    cases = [case for case in load_cases([evals / "cases"]) if tag in case.tags]
    with _open_index(data_folder("corpus"), evals / "injected") as assistant:
        tools = _make_tools(assistant, load_settings())
        return _ask_in_turn({name: CaseAsker(assistant, tool) for name, tool in tools.items()}, cases)


def _ask_dataset(folder: Path, maximum: int, *, own: bool) -> _ResultsByTool:
    """Asks all tools a sample of a data set's questions, of everything or each of its own document."""
    dataset = load_dataset(folder)
    with tempfile.TemporaryDirectory() as work:
        documents = Path(work, "documents")
        dataset.write(documents)
        with _open_index(documents) as assistant:
            asker = replace(DatasetAsker.for_dataset(assistant, dataset), scopes=("own",) if own else ("all",))
            tools = _make_tools(assistant, load_settings())
            sample = list(_sample(dataset.questions, maximum, with_unanswerable=own))
            return _ask_in_turn({name: replace(asker, answer=tool) for name, tool in tools.items()}, sample)


@contextmanager
def _open_index(*documents: Path) -> Iterator[Assistant]:
    with tempfile.TemporaryDirectory() as home, Assistant.open(home, mode="quotes") as assistant:
        assistant.index(list(documents))
        yield assistant


def _sample(
    questions: Sequence[DatasetQuestion], maximum: int, *, with_unanswerable: bool
) -> Iterator[DatasetQuestion]:
    """At most ``maximum`` answerable questions, and as many unanswerable ones where these are wanted."""
    rng = random.Random(_SEED)  # noqa: S311 — a sample, no secret
    for answerable in (True, False) if with_unanswerable else (True,):
        candidates = [question for question in questions if question.answerable is answerable]
        yield from rng.sample(candidates, min(maximum, len(candidates)))


def _ask_in_turn(tools: Mapping[str, AskFunction[Any]], items: Sequence[Any]) -> _ResultsByTool:
    """Asks all tools the first item, then the second, and so on, so that other load hits all of them alike."""
    results: _ResultsByTool = {name: [] for name in tools}
    with progress_bar() as show_progress:
        for count, item in enumerate(items, 1):
            for name, ask in tools.items():
                results[name].append(ask(item, 1))
            show_progress(count, len(items), "asking")
    return results


def _make_tools(assistant: Assistant, settings: Settings) -> dict[str, AnswerFunction]:
    """What is compared, by the name that is printed."""
    model = open_language_model(settings)
    engine = QueryEngine(assistant.engine().retriever, model, settings.sources)

    def ask_engine(
        question: str, /, *, history: Sequence[Mapping[str, str]] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        return engine.explain(question, QueryOptions(history=history, documents=documents or None)).answer

    return {
        f"this project, {model.name}": ask_engine,
        "this project, quotes": assistant.ask,
        f"CitationQueryEngine, {model.name}": CitationQueryEnginePeer(assistant, model, settings.sources),
    }


@dataclass(frozen=True)
class CitationQueryEnginePeer:
    """CitationQueryEngine over this project's retrieval; its answer as this project's record."""

    assistant: Assistant
    model: LanguageModel
    sentence_count: int  # that it is given

    def __call__(
        self,
        question: str,
        /,
        *,
        history: Sequence[Mapping[str, str]] = (),  # noqa: ARG002 — it takes none
        documents: Sequence[str] | None = None,
    ) -> Answer:
        """Its answer to the question as it is."""
        started = time.perf_counter()
        hits = self.assistant.search(question, self.sentence_count, documents=documents) if question.strip() else []
        text = self._query(question, hits) if hits else ""
        seconds = {"total": time.perf_counter() - started}
        parser = CitationParser(len(hits))
        statements, citations = _cited_statements([*parser.feed(text), *parser.finish()], hits)
        refused = not citations or bool(_SAYS_NOTHING_FOUND.search(text))
        return Answer(
            question=question,
            asked=question,
            text=text,
            refused=refused,
            reason="it cites nothing" if refused else None,
            score=0.0,
            mode="llm",
            model=self.model.name,
            statements=() if refused else statements,
            citations=() if refused else citations,
            seconds=seconds,
        )

    def _query(self, question: str, hits: Sequence[Hit]) -> str:
        """What it writes, given the hits."""
        from llama_index.core.query_engine import CitationQueryEngine
        from llama_index.core.retrievers import BaseRetriever
        from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

        nodes = [NodeWithScore(node=TextNode(text=hit.sentence.text), score=hit.score) for hit in hits]

        class FixedRetriever(BaseRetriever):
            """Returns the hits for every query."""

            def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
                return nodes if query_bundle.query_str else []

        bounded: Any = self.model.llm.model_copy(update={"max_tokens": MAX_ANSWER_TOKENS})
        return str(CitationQueryEngine(retriever=FixedRetriever(), llm=bounded).query(question))


def _cited_statements(
    drafts: Sequence[DraftStatement], hits: Sequence[Hit]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """The peer's sentences with their citations, renumbered from 1, and the verdicts of this project's check."""
    documents: dict[str, Document] = {hit.document.id: hit.document for hit in hits}
    cited_numbers = dict.fromkeys(number for draft in drafts for number in draft.numbers)
    citations: dict[int, Citation] = {}  # by the number that the peer gave
    for new_number, number in enumerate(cited_numbers, 1):
        hit = hits[number - 1]
        citations[number] = replace(make_citation(hit.sentence, hit.document), number=new_number)
    unchecked = (
        Statement(draft.text, "unsupported", "", tuple(citations[number] for number in draft.numbers))
        for draft in drafts
    )
    return tuple(check_statement(statement, documents) for statement in unchecked), tuple(citations.values())


if __name__ == "__main__":
    sys.exit(main())
