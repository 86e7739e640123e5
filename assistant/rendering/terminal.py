"""Text for a terminal: made harmless, coloured where there are colours, bare in a pipe; and a progress bar.

Documents, titles, file names and questions are untrusted. Every text that becomes a line goes through `sanitize`, and
Rich gets finished ``Text`` objects, so neither a control sequence nor markup in a document can act on the terminal.
"""

import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.addresses import redact_logins
from assistant.types import Progress

_LINE_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # controls, bidi, surrogates
_MAX_PROGRESS_LINES = 20  # in a pipe


@dataclass(frozen=True, slots=True)
class StyledLine:
    """One line to show: harmless texts, each with a Rich style, after an indent of so many columns."""

    spans: tuple[tuple[str, str], ...]  # pairs of text and style
    indent: int = 0

    def __str__(self) -> str:
        return " " * self.indent + "".join(text for text, _ in self.spans)


class PlainFormatter(logging.Formatter):
    """Formats log lines without logins in addresses and, as they may quote a document or a file's name, harmless."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 — logging's own name
        """The message, on one line."""
        return sanitize(redact_logins(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802 — logging's own name
        """The traceback that comes after it."""
        return sanitize_lines(redact_logins(super().formatException(ei)))


def sanitize_lines(text: str) -> str:
    """The text with each of its lines made harmless."""
    return "\n".join(map(sanitize, text.split("\n")))


def sanitize(text: str) -> str:
    """The text on one line, its control, bidirectional and surrogate characters spelt out."""
    one_line = _LINE_BREAKS.sub(" ", text)
    return _HARMFUL.sub(lambda match: match.group().encode("unicode_escape").decode(), one_line)


def styled_line(*spans: str | tuple[str, str], indent: int = 0) -> StyledLine:
    """A line of texts, or pairs of text and Rich style, made harmless."""
    pairs = ((span, "") if isinstance(span, str) else span for span in spans)
    return StyledLine(tuple((sanitize(text), style) for text, style in pairs), indent)


def print_lines(lines: Iterable[StyledLine]) -> None:
    """Writes lines to stdout: wrapped and coloured on a terminal, one by one as they are in a pipe."""
    if not sys.stdout.isatty():
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        wrapped = Text.assemble(*line.spans).wrap(console, max(console.width - line.indent, 1))
        for part in wrapped or [Text()]:
            console.print(Text(" " * line.indent) + part, soft_wrap=True)


def print_note(text: str) -> None:
    """Writes one harmless line to stderr; where that is full or closed nothing is shown, and the work goes on."""
    with suppress(OSError):
        sys.stderr.write(f"{sanitize(text)}\n")


def display_path(source: str) -> str:
    """A path as seen from the working folder where that is shorter; an address as it is."""
    if not Path(source).is_absolute():
        return source
    try:
        return min(os.path.relpath(source), source, key=len)
    except (OSError, ValueError):  # there is no working folder any more, or it is on another drive
        return source


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Shows on stderr how far a long job is: a bar on a terminal, some twenty plain lines in a pipe."""
    if not sys.stderr.isatty():
        yield _print_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=sanitize(display_path(name)))


def _print_progress(done: int, total: int, name: str) -> None:
    """Writes a line at every twentieth part of the job; a small job gets one for each step."""
    parts, parts_before = (count * _MAX_PROGRESS_LINES // max(total, 1) for count in (done, done - 1))
    if parts > parts_before:
        print_note(f"{done}/{total} {display_path(name)}")
