import gc
import runpy
import signal
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from assistant.cli import main as cli
from assistant.errors import StoreError


@pytest.fixture
def _thawed() -> Iterator[None]:
    """Takes back what a command does before its process ends: freezes the collector, leaves Ctrl-C to the system."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    gc.unfreeze()
    signal.signal(signal.SIGINT, handler)


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


@pytest.mark.usefixtures("_thawed")
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Error calling __set_name__"), StoreError("x")])
def test_ctrl_c_while_the_program_loads_is_one_word(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a library has made of it."""
    if not isinstance(error, KeyboardInterrupt):
        error.__cause__ = KeyboardInterrupt()

    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "main", fail)
    assert 130 == runpy.run_module("assistant.__main__", run_name="imported")["main"]()
    assert ("", "Interrupted.\n") == capsys.readouterr()


@pytest.mark.usefixtures("_thawed")
def test_another_error_of_loading_is_not_taken_for_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is no interruption."""

    def fail() -> None:
        raise ImportError("broken")

    monkeypatch.setattr(cli, "main", fail)
    with pytest.raises(ImportError, match="broken"):
        runpy.run_module("assistant.__main__", run_name="imported")["main"]()
