"""Loads the prompts: chats written as Markdown files in ``prompts/``, each checked before it is used.

A line ``=== system``, ``=== user`` or ``=== assistant`` begins a message. ``$name`` is a variable, as in
``string.Template``; a prompt that has another set of them than its caller gives is an error.
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

Role = Literal["system", "user", "assistant"]

_TAG_OPENING = re.compile(r"<(?=[|/!a-zA-Z])")
_HEAD = re.compile(r"^=== *(\w*) *$", re.MULTILINE)


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
    sha256: str  # of the file: what a result was made with

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(name for message in self.messages for name in Template(message.text).get_identifiers())

    def filled(self, **values: str) -> tuple[PromptMessage, ...]:
        """The chat with its variables replaced; what a value holds is never read as a variable.

        Raises:
            PromptError: a value is missing, or no variable has its name.
        """
        if self.variables != values.keys():
            raise PromptError(_mismatch(self.name, self.variables, frozenset(values)))
        return tuple(PromptMessage(each.role, Template(each.text).substitute(values)) for each in self.messages)


@cache
def load_prompt(name: str, *variables: str) -> Prompt:
    """The prompt ``prompts/NAME.md``, with just these variables.

    Raises:
        PromptError: it is missing or malformed, or its variables are others.
    """
    return read(data_folder("prompts") / f"{name}.md", *variables)


def prompt_hashes() -> dict[str, str]:
    """The SHA-256 of every prompt's file, by its name: what a run was made with."""
    files = sorted(path for path in data_folder("prompts").glob("*.md") if path.name != "README.md")
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read(path: Path, *variables: str) -> Prompt:
    """A prompt from a file; raises as ``load`` does."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"The prompt {path} cannot be read ({error}). Install the package again.") from None
    prompt = Prompt(path.stem, tuple(_messages(path, text)), hashlib.sha256(data).hexdigest())
    invalid = next((each.text for each in prompt.messages if not Template(each.text).is_valid()), None)
    if invalid is not None:
        raise PromptError(f"{path}: a $ stands where no variable is meant. Write it as $$.")
    if prompt.variables != frozenset(variables):
        raise PromptError(_mismatch(path.name, prompt.variables, frozenset(variables)))
    return prompt


def _messages(path: Path, text: str) -> Iterator[PromptMessage]:
    begin, *parts = _HEAD.split(text.replace("\r\n", "\n"))
    if begin.strip() or not parts:
        raise PromptError(f"{path}: it must begin with a line '=== system', '=== user' or '=== assistant'.")
    for role, body in zip(parts[::2], parts[1::2], strict=True):
        if role not in get_args(Role) or not body.strip():
            raise PromptError(f"{path}: '=== {role}' is no role with a message. Roles are {', '.join(get_args(Role))}.")
        yield PromptMessage(cast("Role", role), body.strip())


def _mismatch(name: str, has: frozenset[str], wanted: frozenset[str]) -> str:
    missing = ", ".join(f"${each}" for each in sorted(wanted - has))
    unknown = ", ".join(f"${each}" for each in sorted(has - wanted))
    parts = [f"lacks {missing}" if missing else "", f"has {unknown}, which nothing fills" if unknown else ""]
    return f"The prompt {name} {' and '.join(filter(None, parts))}. Correct its file in prompts/."


def escape_for_prompt(text: str) -> str:
    """A text for a prompt on one line, in which nothing is a mark, a heading or a model's control token."""
    line = " ".join(text.split())
    return _TAG_OPENING.sub("‹", line).replace("[", "(").replace("]", ")").lstrip("# ")
