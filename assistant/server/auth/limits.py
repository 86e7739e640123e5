"""How much at a time: requests a minute, failures to log in, answers being made."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import BusyError, LimitError

_MINUTE = 60.0  # seconds
_KNOWN = 10_000  # keys that are remembered; the oldest are forgotten first


class RateLimit:
    """How often each key may come in a minute; a burst of that many is fine, more come in at an even pace."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # by key: what was left, and when

    def count(self, key: str) -> None:
        """Counts one more.

        Raises:
            LimitError: it is one too many; says when to come again.
        """
        if not self._most:
            return
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(key, (float(self._most), now))
            left = min(self._most, left + (now - at) * self._most / _MINUTE)
            self._left[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
            if len(self._left) > _KNOWN:
                del self._left[next(iter(self._left))]
        if left < 1:
            wait = int((1 - left) * _MINUTE / self._most) + 1
            raise LimitError(f"More than {self._most} requests a minute are not taken. Wait {wait} s.", wait)


class FailureLimit:
    """How often each key may fail in five minutes."""

    def __init__(self, most: int, within: float = 5 * _MINUTE) -> None:
        self._most, self._within = most, within
        self._lock = threading.Lock()
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def check(self, key: str) -> None:
        """Raises LimitError where a key has failed too often; says when to come again."""
        now = time.monotonic()
        with self._lock:
            times = self._times[key] if key in self._times else deque[float]()
            while times and times[0] <= now - self._within:
                times.popleft()
            if len(times) >= self._most:
                wait = int(times[0] + self._within - now) + 1
                raise LimitError(f"Too many failed attempts to log in. Wait {wait} s.", wait)

    def add(self, key: str) -> None:
        """Counts a failure."""
        with self._lock:
            self._times[key].append(time.monotonic())
            if len(self._times) > _KNOWN:
                del self._times[next(iter(self._times))]

    def forget(self, key: str) -> None:
        """Starts a key anew, after it succeeded."""
        with self._lock:
            self._times.pop(key, None)


class AnswerSlots:
    """Counts the answers that are being made, of the API and of the page alike."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """How many answers are being made."""
        return self._under_way

    def enter(self) -> None:
        """Takes a place, to be given back with `leave`.

        Raises:
            BusyError: there is none left.
        """
        with self._lock:
            if self._under_way >= self._most:
                raise BusyError(f"{self._most} answers are being made, and more are not taken. Ask again soon.")
            self._under_way += 1

    def leave(self) -> None:
        """Gives a place back."""
        with self._lock:
            self._under_way -= 1

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Holds a place while an answer is made; raises as `enter`."""
        self.enter()
        try:
            yield
        finally:
            self.leave()
