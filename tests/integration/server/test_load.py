"""Machines at the server: schemathesis over its own description, and the load run, small."""

import subprocess
import sys
from pathlib import Path

import pytest

from research.benchmark.load import LoadResult, main
from tests.support.assistant_server import serve_assistant

pytestmark = pytest.mark.slow

_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """No request that it makes up is a server's error, and every response is as the description says."""
    (tmp_path / "zoo.txt").write_text("The zoo opens at nine in the morning. Tickets cost ten euros.", encoding="utf-8")
    with serve_assistant(tmp_path / "home", tmp_path / "zoo.txt", requests_per_minute=0) as served:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{served.url}/openapi.json",
            "--seed",
            "1",
        ]
        options = ["--max-examples", "30", "--checks", _CHECKS, "--no-color"]
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path
        )
    assert 0 == done.returncode, done.stdout[-5_000:]
    assert "15/15" in done.stdout


def test_the_load_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A few askers for two seconds: no error, and a line for one alone and for all."""
    assert 0 == main(["--askers", "3", "--seconds", "2"])
    out = capsys.readouterr().out
    assert "1 asker alone: " in out
    assert "3 askers: " in out
    assert 2 == out.count("; 0 errors\n")


def test_the_line_of_a_load() -> None:
    """The percentiles are those of the times, and the first error is told."""
    load = LoadResult(2, 10, tuple(number / 1000 for number in range(1, 101)), ("HTTP 500",))
    expected = "2 askers: 100 answers in 10 s, 10.0 a second; p50 51 ms, p95 96 ms, p99 100 ms; 1 errors: HTTP 500"
    assert expected == load.summary()
    assert "p50 0 ms" in LoadResult(1, 1, (), ()).summary()
