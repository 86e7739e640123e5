"""Local models: fetched from a hub on loopback, or joined from installed packages, and used only when right."""

import errno
import hashlib
import re
import shutil
import sys
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assistant.errors import PullError
from assistant.models.downloads import DownloadableModel, download_model, find_model, is_downloaded, model_path
from tests.support.http_server import QuietHandler, serve_http

CONTENT = bytes(range(256)) * 4_000  # 1 MB
TINY = DownloadableModel("tiny", "somebody/tiny", "tiny.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), "MIT")
PARTS = replace(TINY, package_prefix="tiny-model-part", package_count=2)


@dataclass
class Hub:
    """A model hub that serves one file."""

    content: bytes = CONTENT
    break_off_at: int | None = None  # bytes after which a transfer breaks off
    max_transfers: int = 99  # later ones bring nothing
    address: str = ""
    requested_ranges: list[str | None] = field(default_factory=list)


def point_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does what HF_ENDPOINT does if it is set before the import; and lets no time pass between tries."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
    template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1_000)
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that huggingface_hub asks."""
    stub = Hub()

    class Handler(QuietHandler):
        def do_HEAD(self) -> None:  # noqa: N802 — the name that http.server calls
            self._begin_file(200, len(stub.content))

        def do_GET(self) -> None:  # noqa: N802 — the name that http.server calls
            requested = self.headers.get("Range")
            stub.requested_ranges.append(requested)
            match = re.match(r"bytes=(\d+)-", requested or "")
            first = int(match[1]) if match else 0
            rest = stub.content[first:]
            self._begin_file(206 if first else 200, len(rest), first)
            end = stub.break_off_at if len(stub.requested_ranges) <= stub.max_transfers else 0
            self.wfile.write(rest[:end])

        def _begin_file(self, status: int, length: int, first: int = 0) -> None:
            headers = {
                "X-Repo-Commit": "0" * 40,
                "ETag": f'"{hashlib.sha256(stub.content).hexdigest()}"',
                "Content-Length": str(length),
            }
            if first:
                headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{first + length}"
            self.begin(status, headers)

    with serve_http(Handler) as stub.address:
        point_to(stub.address, monkeypatch)
        yield stub


def leftovers(cache: Path) -> list[str]:
    """The names of the files beside the model's own."""
    return [path.name for path in cache.rglob("*") if path.is_file() and path != model_path(TINY, cache)]


def test_a_model_is_fetched(hub: Hub, tmp_path: Path) -> None:
    """The file lies in its place, whole, and nothing else; a second pull asks nobody."""
    stages: list[str] = []
    path = download_model(TINY, tmp_path, lambda *progress: stages.append(progress[2]))
    assert CONTENT == path.read_bytes()
    assert model_path(TINY, tmp_path) == path
    assert [] == leftovers(tmp_path)
    assert ["asking the model hub for tiny", "fetching tiny", "checking tiny"] == list(dict.fromkeys(stages))
    requests = len(hub.requested_ranges)
    assert path == download_model(TINY, tmp_path)
    assert requests == len(hub.requested_ranges)


def test_a_fetch_that_broke_off_goes_on(hub: Hub, tmp_path: Path) -> None:
    """What has arrived is kept and not fetched again; until it is whole there is no model to be used."""
    hub.break_off_at, hub.max_transfers = 10_000, 6
    with pytest.raises(PullError, match=r"tiny cannot be fetched from somebody/tiny: .*what has arrived is kept"):
        download_model(TINY, tmp_path)
    assert not is_downloaded(TINY, tmp_path)
    hub.break_off_at, hub.max_transfers = None, 99
    hub.requested_ranges.clear()
    assert CONTENT == download_model(TINY, tmp_path).read_bytes()
    assert ["bytes=60000-"] == hub.requested_ranges


def test_a_wrong_file_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    """A file of the right size with another hash is no model, and the next download starts from the beginning."""
    hub.content = CONTENT[:-1] + b"?"
    with pytest.raises(PullError, match=r"is not the right one: its SHA-256 is .*pull it again"):
        download_model(TINY, tmp_path)
    assert not is_downloaded(TINY, tmp_path)
    hub.content = CONTENT
    assert CONTENT == download_model(TINY, tmp_path).read_bytes()


def test_a_repository_that_is_not_there(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody at the address: the repository is named, and what to do offline."""
    point_to("http://127.0.0.1:1", monkeypatch)
    assert [] == hub.requested_ranges
    with pytest.raises(PullError, match=r"cannot be fetched from somebody/tiny.*'local-model'"):
        download_model(TINY, tmp_path)
    assert not is_downloaded(TINY, tmp_path)


def test_a_disk_without_room(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is reported before anything is fetched."""
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 — as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 5, 5))
    with pytest.raises(PullError, match=r"tiny has 0\.0 GB, but only 0\.0 GB are free.*ASSISTANT_CACHE"):
        download_model(TINY, tmp_path)
    assert [] == hub.requested_ranges


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A cache that is a file is named with the reason."""
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    with pytest.raises(PullError, match=r"tiny cannot be kept in .*cache"):
        download_model(TINY, tmp_path / "cache")


# Part packages


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages that hold the file in two parts."""
    site = tmp_path / "site"
    for number, data in ((1, CONTENT[:400_000]), (2, CONTENT[400_000:])):
        package, metadata = f"tiny_model_part{number}", site / f"tiny_model_part{number}-1.0.dist-info"
        (site / package).mkdir(parents=True)
        metadata.mkdir()
        (site / package / "__init__.py").write_text("raise RuntimeError('imported')", encoding="utf-8")
        (site / package / "part.bin").write_bytes(data)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tiny-model-part{number}\nVersion: 1.0\n")
        (metadata / "RECORD").write_text(f"{package}/__init__.py,,\n{package}/part.bin,,\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    return site


def test_parts_are_joined(parts: Path, hub: Hub, tmp_path: Path) -> None:
    """Installed parts are preferred to the network, joined in order and checked; they are never imported."""
    steps: list[tuple[int, int, str]] = []
    path = download_model(PARTS, tmp_path / "cache", lambda *progress: steps.append(progress))
    assert CONTENT == path.read_bytes()
    assert [] == hub.requested_ranges
    assert (len(CONTENT), len(CONTENT), "checking tiny") == steps[-1]
    assert [] == leftovers(tmp_path / "cache")
    assert [] == [name for name in sys.modules if name.startswith("tiny_model")]
    assert parts.is_dir()


def test_a_part_is_missing(parts: Path, hub: Hub, tmp_path: Path) -> None:
    """Not all of them are installed: the file is fetched instead."""
    shutil.rmtree(parts / "tiny_model_part2-1.0.dist-info")
    assert CONTENT == download_model(PARTS, tmp_path / "cache").read_bytes()
    assert hub.requested_ranges


def test_a_part_is_damaged(parts: Path, tmp_path: Path) -> None:
    """The joined file has another hash: it is thrown away."""
    (parts / "tiny_model_part2" / "part.bin").write_bytes(b"x")
    with pytest.raises(PullError, match="is not the right one"):
        download_model(PARTS, tmp_path / "cache")
    assert not is_downloaded(PARTS, tmp_path / "cache")
    assert [] == leftovers(tmp_path / "cache")


def test_the_disk_fills_up(parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up meanwhile is reported as full, and no half file is left."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert parts.is_dir()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PullError, match="the disk is full"):
        download_model(PARTS, tmp_path / "cache")
    assert [] == leftovers(tmp_path / "cache")


def test_an_unknown_model() -> None:
    """The error names those that can be downloaded."""
    with pytest.raises(PullError, match=r"No model 'nothing' is known\. There is: qwen2\.5-coder-1\.5b"):
        find_model("nothing")
