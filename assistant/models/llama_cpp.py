"""Runs llama.cpp in this process: a server on a free loopback port, behind a random key.

There is one server for each model file, started once and stopped with the process. It speaks the OpenAI protocol, so
that the rest of the package needs no other.
"""

import atexit
import logging
import os
import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.models.downloads import DEFAULT_MODEL, find_model, is_downloaded, model_path

CONTEXT_TOKENS = 4096  # a prompt has some 1,500
_GGUF_MAGIC = b"GGUF"

_log = logging.getLogger(__name__)
_servers: dict[Path, "LocalServer"] = {}
_servers_lock = threading.Lock()


@dataclass(frozen=True)
class LocalServer:
    """A running server of one model file."""

    path: Path  # of the model file
    address: str  # of its API: http://127.0.0.1:PORT/v1
    key: str = field(repr=False)
    server: Any = field(repr=False)


def local_model_path(model: str, cache: Path) -> Path:
    """The model file that a setting means.

    Args:
        model: ``local``, for the default model, or ``local:PATH``.
        cache: the folder that downloaded models are kept in.

    Raises:
        ModelError: there is no such file, or it is no GGUF file; says what to do.
    """
    named_path = model.partition(":")[2].strip()
    if not named_path:
        default = find_model(DEFAULT_MODEL)
        if not is_downloaded(default, cache):
            raise ModelError(
                f"The local model {default.name} is not here yet. Run: assistant pull "
                f"({default.size / 1e9:.1f} GB, {default.licence})."
            )
        return model_path(default, cache)
    path = Path(named_path).expanduser()
    try:
        with path.open("rb") as data:
            magic = data.read(len(_GGUF_MAGIC))
    except OSError as error:
        raise ModelError(f"The local model {path} cannot be read: {error.strerror}. Correct ASSISTANT_MODEL.") from None
    if magic != _GGUF_MAGIC:
        raise ModelError(f"{path} is no GGUF file, which llama.cpp needs. Correct ASSISTANT_MODEL.")
    return path.resolve()


def start_server(path: Path, threads: int = 0) -> LocalServer:
    """The server of a model file, started if it isn't running; that takes a second or two.

    Args:
        path: of the model file.
        threads: of the processor; 0 means one for each core.

    Raises:
        ModelError: the runtime isn't installed, or the file can't be loaded.
    """
    with _servers_lock:
        if path not in _servers:
            _servers[path] = _start(path, threads or os.cpu_count() or 1)
        return _servers[path]


def _start(path: Path, threads: int) -> LocalServer:
    try:
        from xllamacpp import CommonParams, Server  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        raise ModelError(
            "A local model needs llama.cpp. Install it with: pip install 'assistant[local]' (uv sync --extra local)."
        ) from None
    key = secrets.token_urlsafe(24)
    params = CommonParams()
    params.model.path = str(path)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1  # a single slot keeps the beginning that all prompts share; requests queue
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.verbosity = 0
    params.ui = params.endpoint_slots = False
    params.sse_ping_interval = 1
    try:
        server = Server(params)
    except RuntimeError as error:
        raise ModelError(f"llama.cpp cannot load {path}: {error}. Pull or download the file again.") from None
    _log.debug("llama.cpp serves %s at %s", path.name, server.listening_address)
    return LocalServer(path, f"{server.listening_address}/v1", key, server)


@atexit.register
def _stop_servers() -> None:
    """Releases the servers while the interpreter is still whole; each is asked once, as one never asked could hang."""
    import urllib.request

    while _servers:
        _, server = _servers.popitem()
        health_url = server.address.removesuffix("/v1") + "/health"
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(health_url, timeout=2).close()
        except OSError as error:
            _log.debug("llama.cpp did not answer at its end: %s", error)
