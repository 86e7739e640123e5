"""Watches each answer that a server makes: counts it, and logs in figures what became of it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.observability.outcomes import AnswerOutcome, answer_attributes, answer_outcome
from assistant.query_engine import Explanation
from assistant.server.metrics import ServerMetrics
from assistant.types import Answer

EventObserver = Callable[[object], None]  # is shown each event of an answer that is being made

_log = logging.getLogger("assistant.server.answers")


@contextmanager
def record_answer(metrics: ServerMetrics, mode: str, stop: threading.Event) -> Iterator[EventObserver]:
    """Encloses the making of one answer, and yields a function to show its events to; counts and logs it at the end.

    Args:
        metrics: where it is counted.
        mode: the mode that was asked for; a finished answer itself says how it was made.
        stop: is set where nobody waits for the answer any more; an error is then no failure.
    """
    answer: Answer | None = None

    def observe(event: object) -> None:
        nonlocal answer
        value = event.answer if isinstance(event, Explanation) else event
        if isinstance(value, Answer):
            answer = value

    begun, failure = time.perf_counter(), None
    try:
        yield observe
    except Exception as error:
        failure = None if stop.is_set() else error
        raise
    finally:
        outcome: AnswerOutcome = answer_outcome(answer) if answer else "failed" if failure else "stopped"
        if failure:
            metrics.count_error(failure)
        metrics.count_answer(answer.mode if answer else mode, outcome, answer)
        facts: dict[str, str | float] = {"mode": mode, "outcome": outcome}
        facts |= answer_attributes(answer) if answer else {}
        stages = answer.seconds if answer else {"total": time.perf_counter() - begun}
        facts |= {f"{stage}_seconds": round(seconds, 4) for stage, seconds in stages.items()}
        facts |= {"error": type(failure).__name__} if failure else {}
        _log.info("answer", extra={"facts": facts})
