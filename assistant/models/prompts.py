"""Loads the prompts: chats written as Markdown files in ``prompts/``, each checked before it is used.

A line ``=== system``, ``=== user`` or ``=== assistant`` begins a message. ``$name`` is a variable, as in
``string.Template``; it is an error if a prompt has other variables than its caller fills.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Literal, cast, get_args

from assistant.errors import PromptError
from assistant.paths import data_folder
from assistant.shortages import describe_shortage

Role = Literal["system", "user", "assistant"]

_CONTROL_TOKEN_START = re.compile(r"<(?=[|/!a-zA-Z])")
_ROLE_LINE = re.compile(r"^=== *(\w*) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a chat."""

    role: Role
    text: str


@dataclass(frozen=True)
class Prompt:
    """A chat with variables in it."""

    name: str
    messages: tuple[PromptMessage, ...]
    sha256: str  # of the file: says which wording a result was made with

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(name for message in self.messages for name in Template(message.text).get_identifiers())

    def fill(self, **values: str) -> tuple[PromptMessage, ...]:
        """The chat with its variables replaced; a ``$`` inside a value is never read as a variable.

        Raises:
            PromptError: a value is missing, or no variable has its name.
        """
        if self.variables != values.keys():
            raise PromptError(_mismatch(self.name, self.variables, frozenset(values)))
        return tuple(
            PromptMessage(message.role, Template(message.text).substitute(values)) for message in self.messages
        )


@cache
def load_prompt(name: str, *variables: str) -> Prompt:
    """The prompt ``prompts/NAME.md``, which has exactly these variables.

    Raises:
        PromptError: it is missing or malformed, or has other variables.
    """
    return read_prompt(data_folder("prompts") / f"{name}.md", *variables)


def prompt_hashes() -> dict[str, str]:
    """The SHA-256 of every prompt's file, by the prompt's name: says which wordings a run was made with."""
    files = sorted(path for path in data_folder("prompts").glob("*.md") if path.name != "README.md")
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read_prompt(path: Path, *variables: str) -> Prompt:
    """The prompt of a file; takes and raises what `load_prompt` does."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (
            f": {shortage}" if (shortage := describe_shortage(error)) else f" ({error}). Install the package again."
        )
        raise PromptError(f"The prompt {path} cannot be read{reason}") from None
    prompt = Prompt(path.stem, tuple(_messages(path, text)), hashlib.sha256(data).hexdigest())
    if not all(Template(message.text).is_valid() for message in prompt.messages):
        raise PromptError(f"{path}: a $ stands where no variable is meant. Write it as $$.")
    if prompt.variables != frozenset(variables):
        raise PromptError(_mismatch(path.name, prompt.variables, frozenset(variables)))
    return prompt


def _messages(path: Path, text: str) -> Iterator[PromptMessage]:
    preamble, *parts = _ROLE_LINE.split(text.replace("\r\n", "\n"))
    if preamble.strip() or not parts:
        raise PromptError(f"{path}: it must begin with a line '=== system', '=== user' or '=== assistant'.")
    for role, body in zip(parts[::2], parts[1::2], strict=True):
        if role not in get_args(Role) or not body.strip():
            raise PromptError(f"{path}: '=== {role}' is no role with a message. Roles are {', '.join(get_args(Role))}.")
        yield PromptMessage(cast("Role", role), body.strip())


def _mismatch(name: str, variables: frozenset[str], filled: frozenset[str]) -> str:
    missing = ", ".join(f"${variable}" for variable in sorted(filled - variables))
    unknown = ", ".join(f"${variable}" for variable in sorted(variables - filled))
    parts = [f"lacks {missing}" if missing else "", f"has {unknown}, which nothing fills" if unknown else ""]
    return f"The prompt {name} {' and '.join(filter(None, parts))}. Correct its file in prompts/."


def escape_for_prompt(text: str) -> str:
    """A text for a prompt, on one line, in which nothing is a citation marker, a heading or a model's control token."""
    line = " ".join(text.split())
    return _CONTROL_TOKEN_START.sub("‹", line).replace("[", "(").replace("]", ")").lstrip("# ")
