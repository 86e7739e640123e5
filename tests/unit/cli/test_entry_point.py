import gc
import runpy
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest


@pytest.fixture
def _thawed() -> Iterator[None]:
    """Has the collector look again at what a command froze before its process would have ended."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["nonsense"], 2)])
def test_the_module_is_the_command(
    arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m assistant`` takes its arguments from the process and leaves with the command's exit code."""
    monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
    with pytest.raises(SystemExit) as leaving:
        runpy.run_module("assistant", run_name="__main__")

    captured = capsys.readouterr()
    assert code == leaving.value.code
    assert (version("assistant") in captured.out) == (code == 0)
    assert ("nonsense" in captured.err) == (code == 2)


def test_importing_the_module_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Only a process that is started with it runs the command."""
    runpy.run_module("assistant.__main__", run_name="imported")
    assert ("", "") == capsys.readouterr()
