"""The local model itself: pulled from its installed parts, run by llama.cpp in this process."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.models.downloads import download_model, find_model, is_downloaded, model_path
from assistant.models.llama_cpp import local_model_path, start_server


def is_installed() -> bool:
    """Whether the runtime and the model's parts are here: .ci/run installs both."""
    try:
        distribution(f"{find_model().package_prefix}1")
    except PackageNotFoundError:
        return False
    return find_spec("xllamacpp") is not None


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache into which the model was pulled from its parts."""
    folder = tmp_path_factory.mktemp("cache")
    stages: list[str] = []
    download_model(find_model(), folder, lambda *progress: stages.append(progress[2]))
    assert any(stage.startswith("joining") for stage in stages)
    return folder


QUESTIONS = """
import sys
from assistant import Assistant
from assistant.types import Statement
with Assistant.open(sys.argv[1], model="local", cache=sys.argv[2], threads=1) as a:
    a.index([sys.argv[3]])
    events = list(a.stream("How many arrests were made in Operation Kestrel?"))
    assert isinstance(events[0], Statement), events
    answer = events[-1]
    assert "2,517" in answer.text and answer.mode == "llm", answer
    assert answer.usage["completion_tokens"] > 0, answer
    for c in answer.citations:
        assert a.document(c.document_id).text[c.start:c.end] == c.quote
    assert a.ask("What was the budget of Operation Kestrel?").refused
    print(answer.model)
"""


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="needs the extra 'local' and the group 'local-model'")
def test_the_local_model_answers(cache: Path, tmp_path: Path) -> None:
    """The model is pulled, started and asked, cites exactly, refuses, and ends with the process, in silence."""
    (tmp_path / "kestrel.md").write_text(
        "# Operation Kestrel\n\nPolice made 2,517 arrests in 116 countries. It was led from Lyon.\n", encoding="utf-8"
    )
    arguments = [str(tmp_path / "home"), str(cache), str(tmp_path / "kestrel.md")]
    ran = subprocess.run(
        [sys.executable, "-c", QUESTIONS, *arguments], capture_output=True, text=True, check=False, timeout=240
    )
    assert (0, "qwen2.5-coder-1.5b-instruct-q4_k_m\n", "") == (ran.returncode, ran.stdout, ran.stderr)
    assert is_downloaded(find_model(), cache)
    assert not list(model_path(find_model(), cache).parent.glob("*.partial"))


def test_a_model_that_is_not_pulled(tmp_path: Path) -> None:
    """The error says how to get it."""
    with pytest.raises(ModelError, match="assistant pull"):
        local_model_path("local", tmp_path)


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    """A missing file and one of another kind are named."""
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        local_model_path(f"local:{tmp_path / 'none.gguf'}", tmp_path)
    (tmp_path / "text.gguf").write_text("no model", encoding="utf-8")
    with pytest.raises(ModelError, match="is no GGUF file"):
        local_model_path(f"local:{tmp_path / 'text.gguf'}", tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("xllamacpp") is None, reason="needs the extra 'local'")
def test_a_damaged_model(tmp_path: Path) -> None:
    """A file that begins like a model and is none is a clear error, not a crash."""
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(ModelError, match="cannot load"):
        start_server(path)
