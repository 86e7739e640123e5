"""Files are read, split and embedded on a Ray cluster; the process that asks for it writes the results to the index.

A task gets a file's bytes, reads them as `assistant.readers.ReaderPool` does, in a process of its own with limits, and
embeds the sentences with the bundled model. The same package must be installed on every node. A node that dies costs
time: Ray gives its tasks to another one. No setting, no key, and no path but a file's own is sent there.
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

from assistant.addresses import redact_logins, without_login
from assistant.errors import ClusterError, ReadingError
from assistant.ingest.ray_task import make_task, package_identity
from assistant.models.e5 import E5Embedder
from assistant.models.embedders import Embedder
from assistant.models.onnx_runtime import available_cores
from assistant.readers import ReaderPool, ReadFile, Unpacked
from assistant.settings import Settings

_RETRIES = 3  # of a task whose node or process dies; a file that kills every process it is given to fails then
_MAX_TASKS = 64  # at a time: each holds a file here too, and this machine, which writes, could not keep up with more
_POLL_SECONDS = 1.0  # between two looks at whether anybody still waits, and whether a node is left
_NO_HEAD, _NO_NODE = "its head doesn't answer any more", "none of its nodes has a processor"
# After 60 seconds without the head Ray ends this process; nodes take time to start.
_MAX_OUTAGE_SECONDS = {_NO_HEAD: 30.0, _NO_NODE: 300.0}
_CONNECT_SECONDS = 5.0  # to reach the address; Ray itself would try for two minutes
_OBJECT_STORE_BYTES = 200_000_000  # of shared memory for the objects of a cluster that is started here
_QUIET_ENVIRONMENT = {  # nothing is reported to Ray's makers, printed, started unasked or uploaded
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_AUTO_CONNECT": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
# On every system a cluster that is started here listens on this machine alone.
_LOOPBACK_ENVIRONMENT = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
_SECRET_PREFIXES = ("ASSISTANT_", "OPENAI_")  # of variables that processes started here don't get
_MAX_ERROR_CHARS = 400


class RayCluster:
    """A connection to a Ray cluster, used like `assistant.readers.ReaderPool`, by any number of threads.

    A program that has called ``ray.init`` itself keeps its own connection, and that one is used.

    Attributes:
        count: how many files are there at a time: two for each processor that the cluster has now, at most 64.
    """

    def __init__(self, address: str, seconds: float, *, embeds: bool) -> None:
        """Connects.

        Args:
            address: what ``ray.init`` takes: ``auto``, ``host:port``, ``ray://host:port``, or ``local`` for a cluster
                that is started on this machine and ends with the connection.
            seconds: that reading a file may take.
            embeds: whether to embed there too, with the bundled model.

        Raises:
            ClusterError: Ray isn't installed, or the cluster can't be reached or is of another Ray or Python.
        """
        self._address, self._seconds, self._embeds = address, seconds, embeds
        self._shown = without_login(address)
        self._closed, self._idle, self._reading = False, threading.Condition(), 0
        self._unpacker = ReaderPool(1, seconds)
        self._ray = _import_ray(address)
        self._owns_connection, self._former_state = not self._ray.is_initialized(), _ProcessState()
        try:
            if self._owns_connection:
                self._connect()
            self._task = self._ray.remote(num_cpus=1, max_retries=_RETRIES, scheduling_strategy="SPREAD")(make_task())
            is_client = address.startswith("ray://")
            self._head = address if is_client else self._ray.get_runtime_context().gcs_address
            self.count = max(2, min(2 * int(self._processors()), _MAX_TASKS))
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, address: str, settings: Settings, embedder: Embedder) -> Self:
        """Connects. An embedder other than the bundled one is used here, and its key stays here.

        Raises:
            ClusterError: as the constructor.
        """
        return cls(address, settings.reading_seconds, embeds=isinstance(embedder, E5Embedder))

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """Reads a file, splits its text, and mostly embeds it; the parameters are those of `ReaderPool.read`.

        Raises:
            ReadingError: as `ReaderPool.read`; or the processes or nodes that read it died time after time.
            ClusterError: the cluster was lost, or a node has another version of this package.
        """
        with self._count_reading():
            limits = max_bytes, self._seconds
            reference = self._task.remote(package_identity(), name, source, data, limits, embeds=self._embeds)
            status, result = self._wait_for(reference)
        if status == "unread":
            raise ReadingError(result)
        if status == "foreign":
            node, problem = result
            raise ClusterError(
                f"On the node '{node}' of the Ray cluster at '{self._shown}' this package {problem}; here it is "
                f"{package_identity()}. Install the same there, and start the cluster again."
            )
        read_file: ReadFile = result
        if read_file.vectors is None:
            return read_file
        return replace(read_file, vectors=np.array(read_file.vectors))  # a copy, not a view of Ray's memory

    def unpack(self, data: bytes, name: str, *, max_bytes: int) -> Unpacked:
        """Unpacks the files in a file as `ReaderPool.unpack`: on this machine, from where they are sent to be read."""
        return self._unpacker.unpack(data, name, max_bytes=max_bytes)

    def close(self) -> None:
        """Leaves the cluster, which ends what it does for us; harmless when done twice."""
        with self._idle:
            self._closed, was_closed = True, self._closed
            self._idle.wait_for(lambda: not self._reading, 10 * _POLL_SECONDS)
        self._unpacker.close()
        if not was_closed:
            if self._owns_connection:
                with suppress(Exception):  # it may have died
                    self._ray.shutdown()
            self._former_state.restore()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self) -> None:
        if failure := _connection_failure(self._address):
            raise _unusable(self._address, f"nothing answers there ({failure})", self._ray.__version__)
        is_local = self._address == "local"
        own = (
            {"num_cpus": available_cores(), "object_store_memory": _OBJECT_STORE_BYTES, "include_dashboard": False}
            if is_local
            else {}
        )
        quiet = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.CRITICAL}
        try:
            with warnings.catch_warnings(), _without_secrets() if is_local else nullcontext():
                warnings.simplefilter("ignore")
                self._ray.init(self._address, **quiet, **own)
        except (Exception, SystemExit) as error:  # Ray raises all kinds of errors, and sends itself SIGTERM
            raise _unusable(self._address, str(error), self._ray.__version__) from error
        self._ray._private.worker._worker_logs_enabled = False  # noqa: SLF001 — else it prints of dead nodes on stdout

    @contextmanager
    def _count_reading(self) -> Iterator[None]:
        """Counts a file as being read, so that `close` can wait until none is."""
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

    def _wait_for(self, reference: Any) -> tuple[str, Any]:
        """What a task returns, once it does. Raises what `read` does."""
        errors = self._ray.exceptions
        deaths = (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError)
        last_alive = time.monotonic()
        while True:
            try:
                result: tuple[str, Any] = self._ray.get(reference, timeout=_POLL_SECONDS)
            except errors.GetTimeoutError:
                if self._closed:
                    raise ReadingError("its reading was stopped") from None
                outage = self._find_outage()
                if not outage:
                    last_alive = time.monotonic()
                elif time.monotonic() - last_alive > _MAX_OUTAGE_SECONDS[outage]:
                    raise self._lost(outage) from None
            except errors.RayTaskError as error:  # not the file's fault: that would have been returned
                raise self._lost(f"a task failed there: {_one_line(error.cause or error)}") from error
            except deaths as error:
                raise ReadingError(
                    f"its reading on the cluster ended {_RETRIES + 1} times without a result "
                    f"({type(error).__name__}). Index it without --ray, or give the nodes more memory"
                ) from error
            except (errors.RayError, ConnectionError) as error:
                raise self._lost(_one_line(error)) from error
            else:
                return result

    def _find_outage(self) -> str:
        """What keeps the cluster from working, in words; empty when it works."""
        if _connection_failure(self._head):
            return _NO_HEAD
        return "" if self._processors() else _NO_NODE

    def _processors(self) -> float:
        try:
            return float(self._ray.cluster_resources().get("CPU", 0))
        except Exception as error:
            raise self._lost(_one_line(error)) from error

    def _lost(self, reason: str) -> ClusterError:
        return ClusterError(
            f"The Ray cluster at '{self._shown}' can't go on: {reason.rstrip('.')}. What was indexed until then "
            "stays: put the cluster right, and run the command again."
        )


class _ProcessState:
    """What Ray changes in this process, as it was before: its log level and the handler of SIGTERM."""

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


def _import_ray(address: str) -> Any:
    """Imports Ray, after its environment variables are set: it reads them when it is imported."""
    for name, value in (_QUIET_ENVIRONMENT | (_LOOPBACK_ENVIRONMENT if address == "local" else {})).items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise ClusterError(
            "Indexing on a cluster needs Ray. Install it with: pip install 'assistant[ray]' (uv sync --extra ray)."
        ) from None
    return ray


def _connection_failure(address: str) -> str:
    """Why nothing answers at a host and port; empty where something does, or where the address is of another kind."""
    host_and_port = re.fullmatch(r"(?:ray://)?(.+):(\d+)", address)
    if host_and_port is None:
        return ""
    host, port = host_and_port[1].strip("[]"), int(host_and_port[2])
    try:
        socket.create_connection((host, port), _CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        return str(getattr(error, "strerror", None) or error)
    return ""


def _unusable(address: str, reason: str, release: str) -> ClusterError:
    if address == "local":
        advice = "Try again when this machine has less to do, or index without --ray"
    else:
        advice = (
            f"Start one with 'ray start', with Ray {release} and Python {platform.python_version()} as here, or give "
            "the address of one that runs (and RAY_AUTH_TOKEN, where it asks for one)"
        )
    shown = without_login(address)
    return ClusterError(f"The Ray cluster at '{shown}' can't be used: {_one_line(reason).rstrip('.')}. {advice}.")


def _one_line(error: object) -> str:
    """An error on one line of at most 400 characters, without terminal colours."""
    message = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else str(error)
    return " ".join(redact_logins(re.sub(r"\x1b\[[\d;]*m", "", message)).split())[:_MAX_ERROR_CHARS]


@contextmanager
def _without_secrets() -> Iterator[None]:
    """Takes secrets out of the environment while the processes of a cluster start, for they don't need them."""
    secrets = {name: value for name, value in os.environ.items() if name.startswith(_SECRET_PREFIXES)}
    for name in secrets:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(secrets)
