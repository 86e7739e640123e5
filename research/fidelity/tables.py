"""The measurements as lines of Markdown: a table by kind, the exceptions, and what isn't read or compared."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from research.fidelity.comparison import MAX_INVENTED, MIN_KEPT, Share
from research.fidelity.measuring import Measured

_NO_WORDS = Share(0, 0, 0, 0)
_REASON_CHARS = 100


def summary_line(measured: Sequence[Measured]) -> str:
    """How many files are read faithfully, of those in which the extractor finds words."""
    counted = [file for file in measured if file.counts]
    faithful = sum(file.is_faithful for file in counted)
    share = f"{faithful / len(counted):.0%}" if counted else "none"
    return f"files with ≥ {MIN_KEPT:.0%} kept and ≤ {MAX_INVENTED:.1%} invented: {faithful} of {len(counted)} ({share})"


def kind_table(measured: Sequence[Measured]) -> list[str]:
    """A row for each kind of file."""
    lines = [
        "| kind | files | read | compared | faithful | words kept | invented | figures kept | invented | apart |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    lines += [
        _kind_row(kind, [file for file in measured if file.kind == kind])
        for kind in sorted({file.kind for file in measured})
    ]
    return [*lines, _kind_row("all", measured)]


def file_table(measured: Sequence[Measured]) -> list[str]:
    """A row for each file that was compared."""
    lines = [
        "| file | words | kept | invented | figures | kept | invented | characters kept |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for file in measured:
        if file.comparison:
            words, numbers = file.comparison.words, file.comparison.figures
            characters = f"{file.comparison.characters.kept:.2%}"
            cells = (words.theirs, *_percents(words), numbers.theirs, *_percents(numbers), characters)
            lines.append(f"| {file.name} | {' | '.join(map(str, cells))} |")
    return lines


def exception_lines(measured: Sequence[Measured]) -> list[str]:
    """The files that are not read faithfully, the worst first, each with words that are lost or invented."""
    exceptions = [file for file in measured if file.counts and not file.is_faithful]
    lines = []
    for file in sorted(exceptions, key=_badness, reverse=True):
        if file.comparison is None:
            lines.append(f"- {file.name}: not read, though {file.their_words} words are in it: {_short(file.reason)}")
            continue
        words, numbers = (" / ".join(_percents(share)) for share in (file.comparison.words, file.comparison.figures))
        characters = " / ".join(_percents(file.comparison.characters))
        lines.append(f"- {file.name}: words kept / invented {words}, figures {numbers}, characters {characters}")
        for name, sample in (("lost", file.comparison.lost), ("invented", file.comparison.invented)):
            if sample:
                lines.append(f"    - {name}: {', '.join(f'{word} ×{count}' for word, count in sample)}")
    return lines


def unread_lines(measured: Iterable[Measured]) -> list[str]:
    """The files that are not read or not compared, each with the reason."""
    lines = []
    for file in measured:
        if file.reason:
            lines.append(f"- {file.name}: not read: {_short(file.reason)}")
        elif file.unchecked:
            lines.append(f"- {file.name}: read, not compared: {_short(file.unchecked)}")
    return lines


def record(measured: Sequence[Measured]) -> dict[str, Any]:
    """All of it, for JSON."""
    return {"summary": summary_line(measured), "files": [asdict(file) for file in measured]}


def _kind_row(kind: str, files: Sequence[Measured]) -> str:
    compared = [file.comparison for file in files if file.comparison]
    words = sum((comparison.words for comparison in compared), _NO_WORDS)
    numbers = sum((comparison.figures for comparison in compared), _NO_WORDS)
    apart: Counter[str] = Counter()
    for comparison in compared:
        apart.update(comparison.apart)
    cells = (
        *(kind, len(files), sum(not file.reason for file in files), len(compared)),
        *(sum(file.is_faithful for file in files), *_percents(words), *_percents(numbers)),
        ", ".join(f"{reason} {count}" for reason, count in apart.most_common()),
    )
    return f"| {' | '.join(map(str, cells))} |"


def _percents(share: Share) -> tuple[str, str]:
    return f"{share.kept:.2%}", f"{share.invented:.2%}"


def _badness(file: Measured) -> float:
    if file.comparison is None:
        return 2.0
    shares = (file.comparison.words, file.comparison.figures)
    return max(1 - share.kept + share.invented for share in shares)


def _short(reason: str) -> str:
    return reason if len(reason) <= _REASON_CHARS else f"{reason[:_REASON_CHARS]}…"
