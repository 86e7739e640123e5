"""How much at a time: requests a minute, failed logins, answers being made."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import BusyError, LimitError

_MINUTE = 60.0  # seconds
_MAX_KEYS = 10_000  # that are remembered; the oldest are forgotten first


class RateLimit:
    """How many requests a minute each key may send: a token bucket that holds as many as one minute allows."""

    def __init__(self, per_minute: int) -> None:
        """Starts with full buckets; 0 a minute means no limit."""
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # by key: requests left, and when that was

    def count(self, key: str) -> None:
        """Counts one more request.

        Raises:
            LimitError: it is one too many; says when to come again.
        """
        if not self._per_minute:
            return
        now = time.monotonic()
        with self._lock:
            remaining, updated = self._buckets.pop(key, (float(self._per_minute), now))
            remaining = min(self._per_minute, remaining + (now - updated) * self._per_minute / _MINUTE)
            self._buckets[key] = (max(remaining - 1, 0.0) if remaining >= 1 else remaining, now)
            if len(self._buckets) > _MAX_KEYS:
                del self._buckets[next(iter(self._buckets))]
        if remaining < 1:
            wait = int((1 - remaining) * _MINUTE / self._per_minute) + 1
            raise LimitError(f"More than {self._per_minute} requests a minute are not taken. Wait {wait} s.", wait)


class FailureLimit:
    """How often each key may fail within a time."""

    def __init__(self, max_failures: int, within: float = 5 * _MINUTE) -> None:
        """Starts without failures.

        Args:
            max_failures: that a key may have within the time.
            within: seconds after which a failure counts no more.
        """
        self._max_failures, self._within = max_failures, within
        self._lock = threading.Lock()
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)  # by key: when they were

    def check(self, key: str) -> None:
        """Refuses a key that has failed too often.

        Raises:
            LimitError: says when to come again.
        """
        if wait := self.seconds_to_wait(key):
            raise LimitError(f"Too many failed attempts to log in. Wait {wait} s.", wait)

    def seconds_to_wait(self, key: str) -> int:
        """How long a key has to wait before its next try; 0 where it needn't."""
        now = time.monotonic()
        with self._lock:
            times = self._failures[key] if key in self._failures else deque[float]()
            while times and times[0] <= now - self._within:
                times.popleft()
            return int(times[0] + self._within - now) + 1 if len(times) >= self._max_failures else 0

    def add(self, key: str) -> None:
        """Counts a failure."""
        with self._lock:
            self._failures[key].append(time.monotonic())
            if len(self._failures) > _MAX_KEYS:
                del self._failures[next(iter(self._failures))]

    def forget(self, key: str) -> None:
        """Forgets the failures of a key, after it succeeded."""
        with self._lock:
            self._failures.pop(key, None)


class AnswerSlots:
    """How many answers may be made at a time, for the API and the page together."""

    def __init__(self, max_answers: int) -> None:
        self._max_answers = max_answers
        self._lock = threading.Lock()
        self._in_use = 0

    @property
    def in_use(self) -> int:
        """How many answers are being made."""
        return self._in_use

    def acquire(self) -> None:
        """Takes a slot, to be given back with `release`.

        Raises:
            BusyError: none is free.
        """
        with self._lock:
            if self._in_use >= self._max_answers:
                raise BusyError(f"{self._max_answers} answers are being made, and more are not taken. Ask again soon.")
            self._in_use += 1

    def release(self) -> None:
        """Gives a slot back."""
        with self._lock:
            self._in_use -= 1

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Holds a slot while the block runs; raises as `acquire`."""
        self.acquire()
        try:
            yield
        finally:
            self.release()
