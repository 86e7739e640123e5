"""Asks calibration questions whatever the confidence, so that any refusal threshold can be judged by them later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.client import Assistant
from assistant.evaluation.cases import Case
from assistant.evaluation.runner import CaseAsker, ask_all
from assistant.guarantee.calibrations import Calibration
from assistant.guarantee.refusal import RefusalRule
from assistant.guarantee.thresholds import Outcome
from assistant.options import QueryOptions
from assistant.query_engine import QueryEngine
from assistant.types import Answer

_ANSWER_ALL = RefusalRule(0.0, 0.0)


@dataclass(frozen=True)
class UnrefusingEngine:
    """Answers as the assistant does, whatever the confidence."""

    engine: QueryEngine

    @classmethod
    def of(cls, assistant: Assistant) -> "UnrefusingEngine":
        """The assistant's engine without its refusal threshold."""
        return cls(replace(assistant.engine(), refusal=_ANSWER_ALL))

    def __call__(
        self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        """The answer to a question; a refusal only where no sentence could be quoted."""
        options = QueryOptions(history=history, documents=documents)
        return self.engine.explain(question, options).answer


def calibrate(assistant: Assistant, cases: Sequence[Case], questions: str) -> Calibration:
    """Asks the cases of an index.

    An answer is wrong where the question can't be answered, or where the answer misses what its case says that it must
    say or cite.

    Args:
        assistant: opens the index.
        cases: to ask.
        questions: which these are, in words.

    Raises:
        ModelError: the language model can't be reached, or failed.
    """
    engine = UnrefusingEngine.of(assistant)
    run = ask_all(CaseAsker(assistant, engine), cases)
    outcomes = tuple(
        Outcome(
            result.answer.score,
            result.answerable and not result.answer.refused and not result.failed,
            result.answerable,
        )
        for result in run.results
    )
    mode, names = assistant.modes[0], engine.engine.retriever.model_names
    return Calibration(outcomes, questions, mode, (*names, *filter(None, [assistant.model])))
