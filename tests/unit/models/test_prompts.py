"""Prompts are files: loaded, checked both ways, filled, and identified by their hash."""

import hashlib
from pathlib import Path

import pytest

from assistant.errors import PromptError
from assistant.models.prompts import PromptMessage, load_prompt, read_prompt
from assistant.paths import data_folder

TEXT = "=== system\nBe brief, for $$5.\n=== user\n$sources\n\nQuestion: ${question}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "answer.md"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_prompt_is_filled(path: Path) -> None:
    """Variables are replaced once: a ``$`` inside a value is never read as a variable."""
    prompt = read_prompt(path, "sources", "question")
    assert ("answer", hashlib.sha256(TEXT.encode()).hexdigest()) == (prompt.name, prompt.sha256)
    assert (
        PromptMessage("system", "Be brief, for $5."),
        PromptMessage("user", "[1] $question costs $5\n\nQuestion: What?"),
    ) == prompt.fill(sources="[1] $question costs $5", question="What?")


def test_line_ends_do_not_matter(path: Path) -> None:
    """A prompt written on Windows has the same messages."""
    expected = read_prompt(path, "sources", "question").messages
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert expected == read_prompt(path, "sources", "question").messages


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (("sources",), r"has \$question, which nothing fills"),
        (("sources", "question", "date"), r"lacks \$date"),
        (("sources", "date"), r"lacks \$date and has \$question"),
    ],
)
def test_other_variables_than_are_filled(variables: tuple[str, ...], message: str, path: Path) -> None:
    """A variable too many and one too few are errors, when the prompt is loaded and when it is filled."""
    with pytest.raises(PromptError, match=message):
        read_prompt(path, *variables)
    with pytest.raises(PromptError, match=message):
        read_prompt(path, "sources", "question").fill(**dict.fromkeys(variables, "x"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must begin with a line"),
        ("Hello.\n=== user\nHi.", "must begin with a line"),
        ("=== robot\nHi.", "'=== robot' is no role"),
        ("=== user\n\n=== system\nHi.", "'=== user' is no role with a message"),
        ("=== user\nIt costs $ 5.", r"Write it as \$\$"),
    ],
)
def test_a_malformed_prompt(text: str, message: str, tmp_path: Path) -> None:
    """The error names the file and what is wrong with it."""
    (tmp_path / "p.md").write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=message) as caught:
        read_prompt(tmp_path / "p.md")
    assert "p.md" in str(caught.value)


def test_a_prompt_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and one that is no text are errors in words."""
    with pytest.raises(PromptError, match="cannot be read"):
        read_prompt(tmp_path / "none.md")
    (tmp_path / "bytes.md").write_bytes(b"=== user\n\xff")
    with pytest.raises(PromptError, match="cannot be read"):
        read_prompt(tmp_path / "bytes.md")


def test_the_bundled_prompts() -> None:
    """Each loads with its variables, and prompts/README.md names them all."""
    readme = (data_folder("prompts") / "README.md").read_text(encoding="utf-8")
    variables = {
        "answer": ("sources", "question"),
        "rewrite": ("conversation", "question"),
        "answer-sure": ("question", "sources"),
        "judge-correct": ("question", "reference", "answer"),
        "judge-faithful": ("answer", "quotes"),
    }
    assert variables.keys() | {"README"} == {path.stem for path in data_folder("prompts").glob("*.md")}
    for name, wanted in variables.items():
        assert "system" == load_prompt(name, *wanted).messages[0].role
        assert f"`{name}.md`" in readme
