"""Indexing on a Ray cluster: a real one on this machine, whose nodes are killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import ClusterError
from assistant.ingest.ray_cluster import RayCluster
from assistant.ingest.ray_task import process_file
from assistant.models.e5 import E5Embedder
from assistant.readers import ReaderPool, ReadFile
from assistant.segmentation.chunks import ChunkInput
from tests.support import ray_cluster
from tests.support.fake_embedder import FakeEmbedder
from tests.support.files import sample_files, slow_pdf
from tests.support.indexes import check_index, index_contents, open_index

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray isn't installed: uv sync --extra ray")

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sample_files()
SOUND_FILES = 6 * (len(SAMPLES) + 1)
DRIVER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import assistant.ingest.indexer, assistant.ingest.sync
from assistant.ingest.ray_cluster import RayCluster
from assistant.models.e5 import E5Embedder
from tests.support.indexes import open_index
assistant.ingest.indexer._GROUP_SENTENCES = 40  # many small groups: progress is told as soon as something was written
with open_index(Path(sys.argv[3]), E5Embedder()) as index, RayCluster(sys.argv[2], 60, embeds=True) as cluster:
    given = {"max_bytes": 10**7, "readers": cluster, "progress": lambda *told: print(*told, flush=True)}
    report = assistant.ingest.sync.synchronise(index, [Path(sys.argv[4])], **given)
print(json.dumps(report.to_dict()))
"""
READER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import assistant.ingest.ray_cluster
from assistant.ingest.ray_cluster import RayCluster
from assistant.errors import AssistantError
def told(cluster, path):
    try:
        reading = cluster.read(path.read_bytes(), path.name, max_bytes=10**7)
    except AssistantError as error:
        return f"{type(error).__name__}: {error}"
    return f"{len(reading.sentences)} {None if reading.vectors is None else reading.vectors.shape}"
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[ray_cluster.LocalCluster]:
    """A cluster of one node, to which a test may add another one."""
    if find_spec("ray") is None or sys.platform != "linux":
        pytest.skip("Ray isn't installed (uv sync --extra ray), or its processes can't be found in /proc")
    with ray_cluster.run_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six files of each kind, six damaged ones, and six long ones, which take a moment to embed."""
    folder = tmp_path_factory.mktemp("docs")
    for number in range(6):
        for name, data in SAMPLES.items():
            (folder / f"{number}-{name}").write_bytes(data)
        (folder / f"{number}-damaged.pdf").write_bytes(SAMPLES["report.pdf"][: 200 + number])
        ships = (f"Report {number} counts {count} ships in the harbour of town {count % 7}." for count in range(200))
        (folder / f"{number}-long.md").write_text(" ".join(ships))
    return folder


@pytest.fixture(scope="module")
def alone(docs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report and the index of a run without Ray."""
    with open_index(tmp_path_factory.mktemp("alone"), E5Embedder()) as index:
        report = index.synchronise(docs, max_bytes=10**7).to_dict()
        return json.loads(json.dumps(report)), index_contents(index)


def started(cluster: ray_cluster.LocalCluster, script: str, *arguments: object) -> "subprocess.Popen[str]":
    """Starts a driver, a process of its own on the cluster's first node."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(ROOT), cluster.address, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **cluster.environment, "OPENAI_API_KEY": "sk-secret"},
    )


def finished(process: "subprocess.Popen[str]") -> list[str]:
    """The remaining lines that a driver prints; asserts that stderr is empty and the exit status 0."""
    out, err = process.communicate(timeout=120)
    assert ("", 0) == (err, process.returncode)
    return out.splitlines()


def until_done(process: "subprocess.Popen[str]", number: int) -> None:
    """Waits until a driver has written this many documents."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(f"{number} "):
            return
    _, err = process.communicate()
    raise AssertionError(err)


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.thorough
def test_a_node_that_dies_in_the_midst(
    cluster: ray_cluster.LocalCluster, docs: Path, alone: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    """All files are read although a node dies: report, index and vectors equal those of a run without Ray."""
    node, home = cluster.add(), tmp_path / "home"
    with started(cluster, DRIVER, home, docs) as driver:
        until_done(driver, 8)
        until(lambda: node.named("ray::task"))
        node.kill()
        lines = finished(driver)
    report, expected = alone
    assert report == json.loads(lines[-1])
    assert (SOUND_FILES, 6) == (len(report["added"]), len(report["failed"]))
    with open_index(home, E5Embedder()) as index:
        assert expected == index_contents(index)
        check_index(index)


@pytest.mark.thorough
def test_a_driver_that_is_killed(
    cluster: ray_cluster.LocalCluster, docs: Path, alone: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path
) -> None:
    """After a driver is killed the index is whole, the nodes stop reading, and the next run does the rest."""
    home = tmp_path / "home"
    with started(cluster, DRIVER, home, docs) as driver:
        until_done(driver, 20)
        driver.kill()
    until(lambda: not cluster.nodes[0].named("ray::task"))
    with open_index(home, E5Embedder()) as index:
        check_index(index)
        assert 0 < len(index.store.summaries()) < SOUND_FILES
    report = json.loads(finished(started(cluster, DRIVER, home, docs))[-1])
    assert report["unchanged"]
    assert SOUND_FILES == len(report["unchanged"]) + len(report["added"])
    with open_index(home, E5Embedder()) as index:
        assert alone[1] == index_contents(index)
        check_index(index)


@pytest.mark.thorough
def test_a_head_that_dies(tmp_path: Path) -> None:
    """When the head dies, the run ends with a message before Ray ends the process."""
    if find_spec("ray") is None or sys.platform != "linux":
        pytest.skip("Ray isn't installed (uv sync --extra ray), or its processes can't be found in /proc")
    (tmp_path / "slow.pdf").write_bytes(slow_pdf())
    script = f"""{READER}
assistant.ingest.ray_cluster._MAX_OUTAGE_SECONDS[assistant.ingest.ray_cluster._NO_HEAD] = 2
with RayCluster(sys.argv[2], 60, embeds=True) as cluster:
    print("connected", flush=True)
    print(told(cluster, Path(sys.argv[3])))
"""
    with ray_cluster.run_cluster() as cluster, started(cluster, script, tmp_path / "slow.pdf") as driver:
        assert driver.stdout is not None
        driver.stdout.readline()
        until(lambda: cluster.nodes[0].named("ray::task"))
        cluster.nodes[0].kill()
        out, _ = driver.communicate(timeout=60)
    expected = f"ClusterError: The Ray cluster at '{cluster.address}' can't go on: its head doesn't answer any more. "
    assert out.startswith(expected), out


@pytest.mark.thorough
def test_files_that_fail_there(cluster: ray_cluster.LocalCluster, tmp_path: Path) -> None:
    """A file that takes too long, or kills its processes, is one error; no secret reaches any process of the nodes."""
    (tmp_path / "slow.pdf").write_bytes(slow_pdf())
    (tmp_path / "a.txt").write_text("Cats sleep. Dogs bark.")
    script = f"""{READER}
def dies(*given, **more):
    os.kill(os.getpid(), signal.SIGKILL)
slow, light = map(Path, sys.argv[3:])
with RayCluster(sys.argv[2], 4, embeds=True) as cluster:
    print(told(cluster, slow))
    print(told(cluster, light))
    cluster._embeds = False
    print(told(cluster, light), flush=True)
    cluster._task = cluster._ray.remote(max_retries=1)(dies)
    print(told(cluster, light))
"""
    with started(cluster, script, tmp_path / "slow.pdf", tmp_path / "a.txt") as driver:
        assert driver.stdout is not None
        lines = [driver.stdout.readline().strip() for _ in range(3)]
        for pid in cluster.nodes[0].named(""):
            assert b"sk-secret" not in Path(f"/proc/{pid}/environ").read_bytes()
        (last,) = finished(driver)
    assert lines[0].startswith("ReadingError: takes longer to read than the 4 seconds that a file may.")
    assert ["2 (2, 384)", "2 None"] == lines[1:]
    assert last.startswith("ReadingError: its reading on the cluster ended 4 times without a result (WorkerCrashed")


@pytest.mark.thorough
def test_another_version_there(cluster: ray_cluster.LocalCluster, tmp_path: Path) -> None:
    """Another package version on a node ends the run with the node's name, both versions, and what to do."""
    (tmp_path / "a.txt").write_text("Cats sleep. Dogs bark.")
    script = f"""{READER}
assistant.ingest.ray_cluster.package_identity = lambda: "0.0.9"
with RayCluster(sys.argv[2], 60, embeds=True) as cluster:
    print(told(cluster, Path(sys.argv[3])))
"""
    (line,) = finished(started(cluster, script, tmp_path / "a.txt"))
    assert line.startswith(f"ClusterError: On the node '{socket.gethostname()}' of the Ray cluster at '127.0.0.1:")
    assert "here it is 0.0.9. Install the same there" in line


@pytest.mark.thorough
def test_the_command(cluster: ray_cluster.LocalCluster, tmp_path: Path) -> None:
    """`assistant index --ray` prints only the report, indexes nothing twice, and ends at once on Ctrl-C."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, data in SAMPLES.items():
        (folder / name).write_bytes(data)
    arguments = ["index", str(folder), "--home", str(tmp_path / "home"), "--json", "--ray", cluster.address]
    command, environment = [sys.executable, "-m", "assistant", *arguments], {**os.environ, **cluster.environment}
    for outcome in ("added", "unchanged"):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
        assert 0 == done.returncode, done.stderr
        assert len(SAMPLES) == len(json.loads(done.stdout)[outcome])
        assert not [line for line in done.stderr.splitlines() if not re.match(rf"\d+/{len(SAMPLES)} ", line)]
    for number in range(9):
        (folder / f"{number}.pdf").write_bytes(slow_pdf())
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        until(lambda: cluster.nodes[0].named("ray::task"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (130, "Interrupted.") == (process.returncode, err.splitlines()[-1])


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nonsense"])
def test_an_address_at_which_there_is_none(address: str) -> None:
    """A missing cluster is reported soon, with its address and what to do, and this process stays unchanged."""
    begun, handler = time.monotonic(), signal.getsignal(signal.SIGTERM)
    with pytest.raises(ClusterError, match=f"^The Ray cluster at '{address}' can't be used: .+ Start one with 'ray"):
        RayCluster(address, 60, embeds=True)
    assert time.monotonic() - begun < 20
    assert handler is signal.getsignal(signal.SIGTERM)


@needs_ray
@pytest.mark.thorough
def test_a_cluster_that_is_started_here(tmp_path: Path) -> None:
    """With `local`, a cluster is started for the run, and nothing of it is left afterwards."""
    (tmp_path / "a.pdf").write_bytes(sample_files()["report.pdf"])
    arguments = ["index", str(tmp_path / "a.pdf"), "--home", str(tmp_path / "home"), "--ray", "local"]
    for _ in range(2):  # Ray gives its own processes 15 seconds to start, which a busy machine may not
        with subprocess.Popen(
            [sys.executable, "-m", "assistant", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        ) as process:
            out, err = process.communicate(timeout=120)
        if "Try again when this machine has less to do" not in err:
            break
    assert ("added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n", 0) == (out, process.returncode), err
    assert [f"1/1 {tmp_path / 'a.pdf'}"] == err.splitlines()
    until(lambda: not ray_cluster.Node(process).named("ray"))


class Halves(ReaderPool):
    """Reads files as usual, and returns the vectors of every other file too."""

    def read(self, data: bytes, name: str, *, source: str | None = None, max_bytes: int) -> ReadFile:
        """As `ReaderPool.read`; the vectors are all ones, to be distinguishable from others."""
        reading = super().read(data, name, source=source, max_bytes=max_bytes)
        if int(name[0]) % 2:
            return reading
        vectors = np.ones((len(reading.sentences), FakeEmbedder.dimension), np.float32)
        return replace(reading, vectors=vectors / np.linalg.norm(vectors[0]))


def test_what_a_node_makes_of_a_file() -> None:
    """The sentences are those of `ReaderPool`, the vectors those of the bundled model; an unreadable file says why."""
    text = "Cats sleep. Dogs bark."
    kind, reading = process_file("a.txt", None, text.encode(), (1_000, 60.0), embeds=True)
    assert "read" == kind
    assert text == " ".join(sentence.text for sentence in reading.sentences)
    expected = E5Embedder().embed_chunks([ChunkInput("A. ", text, ((0, 11), (12, 22)))])
    np.testing.assert_allclose(expected, reading.vectors, atol=1e-5)
    assert process_file("a.txt", None, text.encode(), (1_000, 60.0), embeds=False)[1].vectors is None
    assert ("unread", "empty: the file has no content") == process_file("a.txt", None, b"", (1_000, 60.0), embeds=True)


def test_vectors_that_are_there_already(tmp_path: Path) -> None:
    """Vectors from a cluster stay with their sentences, among files whose vectors are made while they are written."""
    (tmp_path / "docs").mkdir()
    for number in range(5):
        (tmp_path / "docs" / f"{number}.txt").write_text(f"Document {number} says this. It says that too.")
    with open_index(tmp_path / "home") as index, Halves() as workers:
        index.synchronise(tmp_path / "docs", readers=workers)
        question = index.embedder.embed_question("any")
        for number, entry in enumerate(index.store.summaries()):
            fetched = index.store.fetch([f"{entry.version}:{position}" for position in range(2)], question)
            assert [f"Document {number} says this.", "It says that too."] == [
                neighbour.sentence.text for neighbour in fetched
            ]
            assert [number % 2 == 0] * 2 == [len(set(neighbour.vector.round(5))) == 1 for neighbour in fetched]


def test_ray_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Ray the error says how to install it."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match="uv sync --extra ray"):
        RayCluster("auto", 60, embeds=True)


@needs_ray
def test_a_node_without_this_package(tmp_path: Path) -> None:
    """The task runs without this package, and reports what is missing on which node."""
    script = """
import pickle, sys
sys.modules["assistant"] = None
print(pickle.load(open(sys.argv[1], "rb"))("any"))
"""
    packed = subprocess.run([sys.executable, "-c", PACK, str(ROOT)], capture_output=True, check=True, timeout=60).stdout
    assert b"assistant.types" not in packed
    (tmp_path / "task").write_bytes(packed)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "task")], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith(f"('foreign', ('{socket.gethostname()}', \"can't be imported (")


PACK = """
import sys
sys.path.insert(0, sys.argv[1])
from ray import cloudpickle
from assistant.ingest.ray_task import make_task
sys.stdout.buffer.write(cloudpickle.dumps(make_task()))
"""
