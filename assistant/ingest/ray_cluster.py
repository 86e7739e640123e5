"""Files are read, split and embedded on a Ray cluster; who asks for it writes what comes back.

A task gets a file's bytes, reads them as `assistant.readers.ReaderPool` does, in a process of its own with limits, and
embeds their sentences with the bundled model. The same package must be installed on every node. A node that dies costs
time: Ray gives its tasks to another one. No setting, key or path but a file's own goes there.
"""

import logging
import os
import platform
import re
import signal
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np

from assistant.errors import ClusterError, ReadingError
from assistant.ingest.ray_task import identity, shipped
from assistant.models.embedders import Embedder
from assistant.models.minilm import MiniLMEmbedder
from assistant.models.onnx_runtime import available_cores
from assistant.readers import ReadFile
from assistant.settings import Settings

_RETRIES = 3  # of a task whose node or process dies; a file that kills every process it is given to fails then
_MOST_TASKS = 64  # at a time: each holds a file here too; this machine, which writes, could not keep up with more
_LOOK = 1.0  # seconds between looks at whether anybody still waits, and whether a node is left
_NO_HEAD, _NO_NODE = "its head doesn't answer any more", "none of its nodes has a processor"
_PATIENCE = {_NO_HEAD: 30.0, _NO_NODE: 300.0}  # seconds: after 60 Ray ends this process, and nodes take time to start
_KNOCK = 5.0  # seconds to reach the address; Ray itself would try for two minutes
_STORE = 200_000_000  # bytes of shared memory for the objects of a cluster that is started here
_QUIET = {  # nothing is reported to Ray's makers, printed, started unasked or uploaded
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # on every system: what is started here listens here alone
_SECRET = ("ASSISTANT_", "OPENAI_")  # variables that processes started here don't get


class RayCluster:
    """A connection to a Ray cluster, used as `assistant.readers.ReaderPool` are; any threads may use it.

    A program that has called ``ray.init`` itself keeps its own connection, and that one is used.

    Args:
        address: what ``ray.init`` takes: ``auto``, ``host:port``, ``ray://host:port``, or ``local`` for a cluster that
            is started on this machine and ends with the connection.
        seconds: that a file may take to be read.
        embeds: whether to embed there too, with the bundled model.

    Attributes:
        count: how many files are there at a time: two for each processor that the cluster has now, 64 at most.

    Raises:
        ClusterError: Ray isn't installed, or the cluster can't be reached or is of another Ray or Python.
    """

    def __init__(self, address: str, seconds: float, *, embeds: bool) -> None:
        self._address, self._seconds, self._embeds = address, seconds, embeds
        self._closed, self._idle, self._reading = False, threading.Condition(), 0
        self._ray = _ray(address)
        self._own, self._restored = not self._ray.is_initialized(), _Restored()
        try:
            if self._own:
                self._connect()
            self._task = self._ray.remote(num_cpus=1, max_retries=_RETRIES, scheduling_strategy="SPREAD")(shipped())
            is_client = address.startswith("ray://")
            self._head = address if is_client else self._ray.get_runtime_context().gcs_address
            self.count = max(2, min(2 * int(self._processors()), _MOST_TASKS))
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, address: str, settings: Settings, embedder: Embedder) -> Self:
        """Connects; another embedder than the bundled one, and its key, stay here. Raises what the class does."""
        return cls(address, settings.reading_seconds, embeds=isinstance(embedder, MiniLMEmbedder))

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file, splits its text, and mostly embeds it; parameters are those of `Workers.read`.

        Raises:
            ReadingError: as `Workers.read`; or the processes or nodes that read it died time after time.
            ClusterError: the cluster was lost, or a node has another version of this package.
        """
        with self._counted():
            limits = max_bytes, self._seconds
            promise = self._task.remote(identity(), name, source, data, limits, embeds=self._embeds)
            kind, told = self._got(promise)
        if kind == "unread":
            raise ReadingError(told)
        if kind == "foreign":
            raise ClusterError(
                f"On the node '{told[0]}' of the Ray cluster at '{self._address}' this package {told[1]}; here it is "
                f"{identity()}. Install the same there, and start the cluster again."
            )
        reading: ReadFile = told
        if reading.vectors is None:
            return reading
        return replace(reading, vectors=np.array(reading.vectors))  # a copy: what came is a view of Ray's memory

    def close(self) -> None:
        """Leaves the cluster, which ends what it does for us; harmless when done twice."""
        with self._idle:
            self._closed, was_closed = True, self._closed
            self._idle.wait_for(lambda: not self._reading, 10 * _LOOK)
        if not was_closed:
            if self._own:
                with suppress(Exception):  # it may have died
                    self._ray.shutdown()
            self._restored.restore()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> None:
        if refusal := _refusal(self._address):
            raise _unusable(self._address, f"nothing answers there ({refusal})", self._ray.__version__)
        starts = self._address == "local"
        own = (
            {"num_cpus": available_cores(), "object_store_memory": _STORE, "include_dashboard": False} if starts else {}
        )
        quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.CRITICAL}
        try:
            with warnings.catch_warnings(), _without_secrets() if starts else nullcontext():
                warnings.simplefilter("ignore")
                self._ray.init(self._address, **quiet, **own)
        except (Exception, SystemExit) as error:  # Ray raises of all kinds, and sends itself SIGTERM
            raise _unusable(self._address, str(error), self._ray.__version__) from error
        self._ray._private.worker._worker_logs_enabled = False  # noqa: SLF001 — on stdout it would tell of dead nodes

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._idle:
            if self._closed:
                raise ReadingError("its reading was stopped")
            self._reading += 1
        try:
            yield
        finally:
            with self._idle:
                self._reading -= 1
                self._idle.notify_all()

    def _got(self, promise: Any) -> tuple[str, Any]:
        """What a task gave back, once it has."""
        errors = self._ray.exceptions
        deaths = (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError)
        alive = time.monotonic()
        while True:
            try:
                got: tuple[str, Any] = self._ray.get(promise, timeout=_LOOK)
            except errors.GetTimeoutError:
                if self._closed:
                    raise ReadingError("its reading was stopped") from None
                missing = self._missing()
                alive = alive if missing else time.monotonic()
                if missing and time.monotonic() - alive > _PATIENCE[missing]:
                    raise self._lost(missing) from None
            except errors.RayTaskError as error:  # not of the file: that would have been told
                raise self._lost(f"a task failed there: {_line(error.cause or error)}") from error
            except deaths as error:
                raise ReadingError(
                    f"its reading on the cluster ended {_RETRIES + 1} times without a result "
                    f"({type(error).__name__}). Index it without --ray, or give the nodes more memory"
                ) from error
            except (errors.RayError, ConnectionError) as error:
                raise self._lost(_line(error)) from error
            else:
                return got

    def _missing(self) -> str:
        """What keeps the cluster from going on; nothing mostly."""
        if _refusal(self._head):
            return _NO_HEAD
        return "" if self._processors() else _NO_NODE

    def _processors(self) -> float:
        try:
            return float(self._ray.cluster_resources().get("CPU", 0))
        except Exception as error:
            raise self._lost(_line(error)) from error

    def _lost(self, reason: str) -> ClusterError:
        return ClusterError(
            f"The Ray cluster at '{self._address}' can't go on: {reason.rstrip('.')}. What was indexed until then "
            "stays: put the cluster right, and run the command again."
        )


class _Restored:
    """What Ray changes in this process, as it was before."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("ray")
        self._level = self._logger.level
        self._logger.setLevel(logging.CRITICAL + 1)
        self._handler = signal.getsignal(signal.SIGTERM)

    def restore(self) -> None:
        """Puts it back."""
        self._logger.setLevel(self._level)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._handler)


def _ray(address: str) -> Any:
    """Ray, kept quiet; what it reads of the environment it reads when it is imported."""
    for name, value in (_QUIET | (_LOOPBACK if address == "local" else {})).items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise ClusterError(
            "Indexing on a cluster needs Ray. Install it with: pip install 'assistant[ray]' (uv sync --extra ray)."
        ) from None
    return ray


def _refusal(address: str) -> str:
    """Why nothing answers at a host and port; nothing where something does, or where it is another kind of address."""
    found = re.fullmatch(r"(?:ray://)?(.+):(\d+)", address)
    if found is None:
        return ""
    try:
        socket.create_connection((found[1].strip("[]"), int(found[2])), _KNOCK).close()
    except (OSError, OverflowError) as error:
        return str(getattr(error, "strerror", None) or error)
    return ""


def _unusable(address: str, reason: str, release: str) -> ClusterError:
    if address == "local":
        todo = "Try again when this machine has less to do, or index without --ray"
    else:
        todo = (
            f"Start one with 'ray start', with Ray {release} and Python {platform.python_version()} as here, or give "
            "the address of one that runs (and RAY_AUTH_TOKEN, where it asks for one)"
        )
    return ClusterError(f"The Ray cluster at '{address}' can't be used: {_line(reason).rstrip('.')}. {todo}.")


def _line(error: object) -> str:
    """An error on one line, not endless."""
    told = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else str(error)
    return " ".join(re.sub(r"\x1b\[[\d;]*m", "", told).split())[:400]


@contextmanager
def _without_secrets() -> Iterator[None]:
    """Takes what is no affair of other processes out of the environment for the moment in which they start."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_SECRET)}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)
