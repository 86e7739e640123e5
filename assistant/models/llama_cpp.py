"""Runs llama.cpp in this process: a server on a loopback port of its own choosing, behind a random key.

One server for each model file, started once and stopped with the process. It speaks the OpenAI protocol, so that the
rest of the package knows no other.
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
from assistant.models.downloads import DEFAULT_MODEL, is_downloaded, known_model, model_path

CONTEXT = 4096  # tokens: a prompt has some 1,500
_MAGIC = b"GGUF"

_log = logging.getLogger(__name__)
_servers: dict[Path, "Served"] = {}
_starting = threading.Lock()


@dataclass(frozen=True)
class Served:
    """A model that is being served."""

    path: Path
    address: str  # of its API: http://127.0.0.1:PORT/v1
    key: str = field(repr=False)
    server: Any = field(repr=False)


def model_file(model: str, cache: Path) -> Path:
    """The file that ``local`` or ``local:PATH`` means.

    Raises:
        ModelError: there is none, or it is no GGUF file; says what to do.
    """
    given = model.partition(":")[2].strip()
    if not given:
        default = known_model(DEFAULT_MODEL)
        if not is_downloaded(default, cache):
            raise ModelError(
                f"The local model {default.name} is not here yet. Run: assistant pull "
                f"({default.size / 1e9:.1f} GB, {default.licence})."
            )
        return model_path(default, cache)
    path = Path(given).expanduser()
    try:
        with path.open("rb") as data:
            magic = data.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(f"The local model {path} cannot be read: {error.strerror}. Correct ASSISTANT_MODEL.") from None
    if magic != _MAGIC:
        raise ModelError(f"{path} is no GGUF file, which llama.cpp needs. Correct ASSISTANT_MODEL.")
    return path.resolve()


def serve(path: Path, threads: int = 0) -> Served:
    """The server of a model file, started if it isn't yet; that takes a second or two.

    Raises:
        ModelError: the runtime isn't installed, or the file can't be loaded.
    """
    with _starting:
        if path not in _servers:
            _servers[path] = _started(path, threads or os.cpu_count() or 1)
        return _servers[path]


def _started(path: Path, threads: int) -> Served:
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
    params.n_ctx = CONTEXT
    params.n_parallel = 1  # one slot keeps what all prompts begin with; requests queue
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.verbosity = 0
    params.ui = params.endpoint_slots = False
    params.sse_ping_interval = 1
    try:
        server = Server(params)
    except RuntimeError as error:
        raise ModelError(f"llama.cpp cannot load {path}: {error}. Pull or download the file again.") from None
    _log.debug("llama.cpp serves %s at %s", path.name, server.listening_address)
    return Served(path, f"{server.listening_address}/v1", key, server)


@atexit.register
def _stop() -> None:
    """Lets the servers go while the interpreter is whole; one that was never asked could hang."""
    import urllib.request

    while _servers:
        _, served = _servers.popitem()
        health = served.address.removesuffix("/v1") + "/health"
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(health, timeout=2).close()
        except OSError as error:
            _log.debug("llama.cpp did not answer at its end: %s", error)
