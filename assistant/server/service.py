"""What all doors of the server share, and the threads that work for them.

Answers have threads of their own, as many as may be made at a time, so that none waits for another's model. Uploads,
web addresses to fetch, and work that only reads have other threads, so that none of it waits for an answer.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar, Unpack

from assistant.client import Assistant
from assistant.errors import QuestionError, StoreError
from assistant.options import AskKeywords, StreamKeywords
from assistant.query_engine import Explanation
from assistant.server.answer_log import EventObserver, record_answer
from assistant.server.auth.access import AccessControl
from assistant.server.auth.limits import AnswerSlots, RateLimit
from assistant.server.metrics import ServerMetrics
from assistant.server.uploads import UploadFolder
from assistant.settings import Settings
from assistant.types import Answer, Statement

_READ_THREADS = 8  # for work that only reads
_CHECK_THREADS = 2  # for saved answers that are checked again, which keeps the interpreter busy
_FETCH_THREADS = 4  # for addresses of the web, which may be slow
_WRITE_THREADS = 2  # for uploads and removals, which take turns anyway
_LOGIN_THREADS = 2  # for passwords, which take a quarter of a second each

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class AskRequest:
    """A question with the options that come with it, as `Assistant.ask` takes them."""

    question: str
    options: AskKeywords = field(default_factory=AskKeywords)


class Service:
    """The parts of a running server."""

    def __init__(self, assistant: Assistant, settings: Settings, access: AccessControl) -> None:
        self.assistant, self.settings, self.access = assistant, settings, access
        self.answer_slots = AnswerSlots(settings.concurrent_answers)
        self.rate_limit = RateLimit(settings.requests_per_minute)
        self.metrics = ServerMetrics(self._gauges)
        self.uploads = UploadFolder(assistant, settings, self.metrics.count_changes)
        self.requests = 0  # API requests under way; only the event loop's thread counts them
        self._answer_threads = ThreadPoolExecutor(settings.concurrent_answers, "answer")
        self._read_threads = ThreadPoolExecutor(_READ_THREADS, "read")
        self._check_threads = ThreadPoolExecutor(_CHECK_THREADS, "check")
        self._fetch_threads = ThreadPoolExecutor(_FETCH_THREADS, "fetch")
        self._write_threads = ThreadPoolExecutor(_WRITE_THREADS, "write")
        self._login_threads = ThreadPoolExecutor(_LOGIN_THREADS, "login")
        self._stop_events: set[threading.Event] = set()  # of the answers under way

    @property
    def is_busy(self) -> bool:
        """Whether a request or an answer is under way that a graceful stop waits for."""
        return bool(self.requests or self.answer_slots.in_use)

    def check_question(self, text: str) -> None:
        """Refuses a question that is too long.

        Raises:
            QuestionError: it is longer than the settings allow.
        """
        if len(text) > self.settings.longest_question:
            raise QuestionError(
                f"The question has {len(text):,} characters; {self.settings.longest_question:,} are allowed. "
                "Ask a shorter one."
            )

    async def run_read(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs work that only reads in a thread for such work; returns and raises what the work does."""
        return await _run_in(self._read_threads, partial(work, *args, **kwargs))

    async def run_check(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs work that checks statements in a thread for such work; returns and raises what the work does."""
        return await _run_in(self._check_threads, partial(work, *args, **kwargs))

    async def run_write(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs work that changes the index in a thread for such work."""
        return await _run_in(self._write_threads, partial(work, *args, **kwargs))

    async def run_fetch(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs work that waits for a web address in a thread for such work."""
        return await _run_in(self._fetch_threads, partial(work, *args, **kwargs))

    async def run_login(self, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs work that checks a password in a thread for such work."""
        return await _run_in(self._login_threads, partial(work, *args, **kwargs))

    def stream_answer(self, request: AskRequest) -> AsyncGenerator[Statement | Answer, None]:
        """Yields each checked statement as it is ready, and the Answer last. Closing it early stops the model.

        Raises:
            QuestionError: the question is longer than the settings allow.
            BusyError: as many answers as allowed are being made already.
            AssistantError: as `Assistant.stream`.
        """
        return self._stream_events(request, self.assistant.stream)

    def stream_explanation(self, request: AskRequest) -> AsyncGenerator[Explanation, None]:
        """Yields one event: the answer with what was retrieved. Closing and errors are those of `stream_answer`."""

        def explain_once(question: str, **options: Unpack[StreamKeywords]) -> Iterator[Explanation]:
            yield self.assistant.explain(question, **options)

        return self._stream_events(request, explain_once)

    @contextmanager
    def observe_answer(self, mode: str | None, stop: threading.Event) -> Iterator[EventObserver]:
        """Holds a slot while an answer is made elsewhere, and yields a function to show its events to.

        Raises:
            BusyError: no slot is free.
        """
        self._stop_events.add(stop)
        try:
            with self.answer_slots.hold(), record_answer(self.metrics, self._effective_mode(mode), stop) as observe:
                yield observe
        finally:
            self._stop_events.discard(stop)

    def close(self) -> None:
        """Stops the answers that are still being made, and ends the threads."""
        for stop in list(self._stop_events):
            stop.set()
        for pool in (
            self._answer_threads,
            self._read_threads,
            self._check_threads,
            self._fetch_threads,
            self._write_threads,
            self._login_threads,
        ):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _stream_events(self, request: AskRequest, start: Callable[..., Iterator[_T]]) -> AsyncGenerator[_T, None]:
        """Yields what `start` yields in a thread of the answers, and raises what it raises."""
        self.check_question(request.question)
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Any]()

        def send(event: object) -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody listens any more
                loop.call_soon_threadsafe(queue.put_nowait, event)

        with self._stop_event() as stop:
            self.answer_slots.acquire()
            self._answer_threads.submit(copy_context().run, self._produce_events, start, request, stop, send)
            while (event := await queue.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event

    def _produce_events(
        self,
        start: Callable[..., Any],
        request: AskRequest,
        stop: threading.Event,
        send: Callable[[object], None],
    ) -> None:
        """Runs a generator of events in a thread of the answers: sends each, then None, and releases the slot."""
        try:
            with record_answer(self.metrics, self._effective_mode(request.options.get("mode")), stop) as observe:
                events = start(request.question, **request.options, stop=stop)
                for event in events:
                    observe(event)
                    send(event)
                    if stop.is_set():
                        events.close()  # ends the model's stream too
                        break
        except BaseException as error:  # noqa: BLE001 — whoever listens raises it
            send(error)
        finally:
            self.answer_slots.release()
            send(None)

    def _effective_mode(self, requested: str | None) -> str:
        """The mode that counts in logs and metrics: the requested one where there is such a mode."""
        modes = self.assistant.modes
        return requested if requested in modes else modes[0]

    def _gauges(self) -> dict[str, tuple[str, float]]:
        """The gauges of a scrape; where the index can't be read, those that need no index."""
        gauges: dict[str, tuple[str, float]] = {
            "answers_in_progress": ("Answers that are being made.", self.answer_slots.in_use)
        }
        with suppress(StoreError):
            summaries = self.assistant.documents()
            gauges["documents"] = ("Documents that are indexed.", len(summaries))
            gauges["sentences"] = ("Sentences that are indexed.", sum(document.sentences for document in summaries))
        return gauges

    @contextmanager
    def _stop_event(self) -> Iterator[threading.Event]:
        """Yields the event that stops one answer; it is set in the end, or when the service closes."""
        stop = threading.Event()
        self._stop_events.add(stop)
        try:
            yield stop
        finally:
            stop.set()
            self._stop_events.discard(stop)


async def _run_in(pool: Executor, work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(pool, copy_context().run, work)
