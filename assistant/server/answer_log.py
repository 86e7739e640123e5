"""Sees each answer that a server makes: counts it, and tells the log in figures what became of it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.observability.outcomes import AnswerOutcome, answer_attributes, answer_outcome
from assistant.query_engine import Explanation
from assistant.server.metrics import ServerMetrics
from assistant.types import Answer

See = Callable[[object], None]  # is shown each event of an answer that is being made

_log = logging.getLogger("assistant.server.answers")


@contextmanager
def seen(metrics: ServerMetrics, mode: str, stop: threading.Event) -> Iterator[See]:
    """Holds while an answer is made, and is shown its events.

    Args:
        metrics: count it.
        mode: that is asked for; an answer says itself how it was made.
        stop: is set where nobody waits for the answer any more.
    """
    found: list[Answer] = []

    def see(event: object) -> None:
        answer = event.answer if isinstance(event, Explanation) else event
        if isinstance(answer, Answer):
            found.append(answer)

    begun, failure = time.perf_counter(), None
    try:
        yield see
    except Exception as error:
        failure = None if stop.is_set() else error
        raise
    finally:
        answer = found[-1] if found else None
        ended: AnswerOutcome = answer_outcome(answer) if answer else "failed" if failure else "stopped"
        if failure:
            metrics.error(failure)
        metrics.answer(answer.mode if answer else mode, ended, answer)
        told: dict[str, str | float] = {"mode": mode, "outcome": ended, **(answer_attributes(answer) if answer else {})}
        seconds = answer.seconds if answer else {"total": time.perf_counter() - begun}
        told |= {f"{stage}_seconds": round(each, 4) for stage, each in seconds.items()}
        told |= {"error": type(failure).__name__} if failure else {}
        _log.info("answer", extra={"facts": told})
