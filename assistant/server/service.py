"""What all doors of the server share, and the threads that work for them.

Answers have threads of their own, as many as may be made at a time, so that none waits for another's model; uploads,
addresses to fetch and what only reads have others, so that none of them waits for an answer.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

from assistant.client import Assistant
from assistant.errors import QuestionError, StoreError
from assistant.query_engine import Explanation
from assistant.server.answer_log import See, seen
from assistant.server.auth.access import AccessControl
from assistant.server.auth.limits import AnswerSlots, RateLimit
from assistant.server.metrics import ServerMetrics
from assistant.server.uploads import UploadFolder
from assistant.settings import Settings
from assistant.types import Answer, Statement

_READERS = 8  # threads for what only reads
_FETCHERS = 4  # threads for addresses of the web, which may be slow
_WRITERS = 2  # threads for uploads and removals, which take turns anyway
_DOORKEEPERS = 2  # threads for passwords, which take a quarter of a second each

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class AskRequest:
    """A question with all that may be asked with it, as `Assistant.ask` takes it."""

    question: str
    options: dict[str, Any] = field(default_factory=dict)


class Service:
    """The parts of a running server."""

    def __init__(self, assistant: Assistant, settings: Settings, access: AccessControl) -> None:
        self.assistant, self.settings, self.access = assistant, settings, access
        self.gate = AnswerSlots(settings.concurrent_answers)
        self.rate = RateLimit(settings.requests_per_minute)
        self.metrics = ServerMetrics(self._sizes)
        self.uploads = UploadFolder(assistant, settings, self.metrics.change)
        self.requests = 0  # under way, of the API; the loop's thread alone counts them
        self._answers = ThreadPoolExecutor(settings.concurrent_answers, "answer")
        self._readers = ThreadPoolExecutor(_READERS, "reader")
        self._fetchers = ThreadPoolExecutor(_FETCHERS, "fetcher")
        self._writers = ThreadPoolExecutor(_WRITERS, "writer")
        self._doorkeepers = ThreadPoolExecutor(_DOORKEEPERS, "doorkeeper")
        self._running: set[threading.Event] = set()

    @property
    def is_busy(self) -> bool:
        """Whether a request or an answer is under way that a graceful stop waits for."""
        return bool(self.requests or self.gate.under_way)

    def check_question(self, text: str) -> None:
        """Raises QuestionError where a question is longer than the settings allow."""
        if len(text) > self.settings.longest_question:
            raise QuestionError(
                f"The question has {len(text):,} characters; {self.settings.longest_question:,} are allowed. "
                "Ask a shorter one."
            )

    async def reading(self, work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """Does what only reads in a thread for that."""
        return await _in(self._readers, partial(work, *given, **named))

    async def writing(self, work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """Does what changes the index in a thread for that."""
        return await _in(self._writers, partial(work, *given, **named))

    async def fetching(self, work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """Does what waits for an address of the web in a thread for that."""
        return await _in(self._fetchers, partial(work, *given, **named))

    async def at_the_door(self, work: Callable[_P, _T], *given: _P.args, **named: _P.kwargs) -> _T:
        """Does what has to do with passwords in a thread for that."""
        return await _in(self._doorkeepers, partial(work, *given, **named))

    def answering(self, wish: AskRequest) -> AsyncGenerator[Statement | Answer, None]:
        """The statements as they are ready, the Answer last. Left early, it stops the model.

        Raises:
            QuestionError: the question is longer than the settings allow.
            BusyError: as many answers as may be are being made.
            AssistantError: as `Assistant.stream`.
        """
        return self._made(wish, self.assistant.stream)

    def explaining(self, wish: AskRequest) -> AsyncGenerator[Explanation, None]:
        """The answer with what was retrieved, alone; left early, and raises, as `answering`."""

        def explained(question: str, **options: Any) -> Iterator[Explanation]:
            yield self.assistant.explain(question, **options)

        return self._made(wish, explained)

    async def _made(self, wish: AskRequest, make: Callable[..., Iterator[_T]]) -> AsyncGenerator[_T, None]:
        self.check_question(wish.question)
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Any]()

        def tell(event: object) -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody listens any more
                loop.call_soon_threadsafe(queue.put_nowait, event)

        with self._stoppable() as stop:
            self.gate.enter()
            self._answers.submit(copy_context().run, self._produce, make, wish, stop, tell)
            while (event := await queue.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event

    def _produce(
        self, make: Callable[..., Any], wish: AskRequest, stop: threading.Event, tell: Callable[[object], None]
    ) -> None:
        """Makes an answer in a thread of its own, and gives its place back when it ends."""
        try:
            with seen(self.metrics, self._mode(wish.options.get("mode")), stop) as see:
                stream = make(wish.question, **wish.options, stop=stop)
                for event in stream:
                    see(event)
                    tell(event)
                    if stop.is_set():
                        stream.close()  # ends the model's stream too
                        break
        except BaseException as error:  # noqa: BLE001 — whoever listens raises it
            tell(error)
        finally:
            self.gate.leave()
            tell(None)

    @contextmanager
    def seeing(self, mode: str | None, stop: threading.Event) -> Iterator[See]:
        """Holds a place while an answer is made elsewhere, which shows its events; raises BusyError without one."""
        with self.gate.answering(), seen(self.metrics, self._mode(mode), stop) as see:
            yield see

    def _mode(self, asked: str | None) -> str:
        modes = self.assistant.modes
        return asked if asked in modes else modes[0]

    def _sizes(self) -> dict[str, tuple[str, float]]:
        """What the metrics read at each scrape; of an index that can't be read the rest is still worth knowing."""
        told: dict[str, tuple[str, float]] = {
            "answers_in_progress": ("Answers that are being made.", self.gate.under_way)
        }
        with suppress(StoreError):
            summaries = self.assistant.documents()
            told["documents"] = ("Documents that are indexed.", len(summaries))
            told["sentences"] = ("Sentences that are indexed.", sum(each.sentences for each in summaries))
        return told

    @contextmanager
    def _stoppable(self) -> Any:
        stop = threading.Event()
        self._running.add(stop)
        try:
            yield stop
        finally:
            stop.set()
            self._running.discard(stop)

    def close(self) -> None:
        """Stops what is still being answered, and lets the threads go."""
        for stop in list(self._running):
            stop.set()
        for pool in (self._answers, self._readers, self._fetchers, self._writers, self._doorkeepers):
            pool.shutdown(wait=True, cancel_futures=True)


async def _in(pool: Executor, work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(pool, copy_context().run, work)
