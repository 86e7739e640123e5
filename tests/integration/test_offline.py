"""Indexing and asking with the network away: it works, and nothing even tries to reach it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

GUARD = '''"""Refuses every way out but loopback and local sockets, and writes down each attempt."""
import os, sys

def _guard(event, args, log=os.environ["NETWORK_LOG"], opened=os.open, write=os.write, close=os.close):
    if not event.startswith("socket."):
        return
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    else:
        return
    if host in (None, "", "127.0.0.1", "::1", "localhost"):
        return
    file = opened(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    write(file, f"{event} {host}\\n".encode())
    close(file)
    raise OSError(101, "Network is unreachable")

sys.addaudithook(_guard)
'''
TRY = "import socket, urllib.request\ntry: urllib.request.urlopen('http://{host}:9/')\nexcept OSError: pass"
KEY = {"OPENAI_API_KEY": "sk-there", "OPENAI_BASE_URL": "http://192.0.2.1:9/v1"}
QUESTION = "How many arrests were made?"
SENTENCE = "Police made 2,517 arrests in 116 countries."


def _without_interfaces() -> list[tuple[str, ...]]:
    """The command that takes every network interface away, where this user may use it."""
    command = (shutil.which("unshare") or "", "--net")
    if not command[0] or os.geteuid() != 0:
        return []
    usable = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return [command] if usable else []


class Island:
    """Runs Python in processes that have an empty home, no settings and a guarded network."""

    def __init__(self, root: Path, before: Sequence[str]) -> None:
        self.root, self.before = root, before
        self.user, self.home, self._log = root / "user", root / "home", root / "attempts"
        self.user.mkdir()
        (root / "guard").mkdir()
        (root / "guard" / "sitecustomize.py").write_text(GUARD)

    def python(self, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """What a process did."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
        environment = {
            **kept,
            "HOME": str(self.user),
            "ASSISTANT_HOME": str(self.home),
            "PYTHONPATH": str(self.root / "guard"),
            "NETWORK_LOG": str(self._log),
            **variables,
        }
        command = [*self.before, sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, env=environment, cwd=self.root, capture_output=True, text=True, check=False, timeout=120
        )

    def attempts(self) -> list[str]:
        """Every attempt to reach the network so far."""
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.mark.parametrize("before", [(), *_without_interfaces()], ids=lambda before: Path((*before, "guarded")[0]).name)
def test_index_and_ask_without_a_network(tmp_path: Path, before: tuple[str, ...]) -> None:
    """A folder is indexed and a question answered without one attempt to reach anything, key or no key."""
    island = Island(tmp_path, before)
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kestrel.md").write_text(f"# Operation Kestrel\n\n{SENTENCE} In Mali, 24 women were rescued.\n")
    (folder / "page.html").write_text("<html><body><p>The harbour handled 4,811 ships.</p></body></html>")

    indexed = island.python("-m", "assistant", "index", folder)
    assert (0, "added 2, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n") == (
        indexed.returncode,
        indexed.stdout,
    ), indexed.stderr
    for variables in ({}, KEY):
        done = island.python("-m", "assistant", "ask", QUESTION, "--json", **variables)
        assert 0 == done.returncode, done.stderr
        record = json.loads(done.stdout)
        assert f"{SENTENCE} [1]" == record["answer"]
        assert [SENTENCE] == [citation["quote"] for citation in record["citations"]]
        assert "Traceback" not in done.stderr
    assert [] == island.attempts()
    assert [] == list(island.user.rglob("*"))  # native code, which the guard cannot see, kept nothing either


@pytest.mark.parametrize("host", ["192.0.2.1", "telemetry.example", "[2001:db8::1]"])
def test_the_guard_sees_an_attempt(tmp_path: Path, host: str) -> None:
    """The guard of these tests refuses and writes down what goes out, by address or by name."""
    island = Island(tmp_path, ())
    done = island.python("-c", TRY.format(host=host))

    assert 0 == done.returncode, done.stderr
    assert 1 == len(island.attempts())
    assert island.attempts()[0].endswith(f" {host.strip('[]')}")


def test_the_guard_lets_loopback_through(tmp_path: Path) -> None:
    """What stays on this machine is no attempt."""
    island = Island(tmp_path, ())
    island.python("-c", TRY.format(host="127.0.0.1"))
    assert [] == island.attempts()
