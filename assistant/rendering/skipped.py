"""Why files were skipped, in lines that stay few however many files there are."""

from collections.abc import Iterable

from assistant.types import Skipped

_MAX_NAMED = 10  # files with one reason
_MAX_REASONS = 30


def skipped_lines(skipped: Iterable[Skipped]) -> list[str]:
    """Names the files with each reason: the first ten of them, and how many more there are.

    Args:
        skipped: files, in the order in which they are named.
    """
    sources_by_reason: dict[str, list[str]] = {}
    for file in skipped:
        sources_by_reason.setdefault(file.reason, []).append(file.source)
    lines = []
    for reason, sources in [*sources_by_reason.items()][:_MAX_REASONS]:
        lines += [f"{source}: {reason}" for source in sources[:_MAX_NAMED]]
        if len(sources) > _MAX_NAMED:
            lines.append(f"and {len(sources) - _MAX_NAMED:,} more: {reason}")
    unnamed = sum(map(len, [*sources_by_reason.values()][_MAX_REASONS:]))
    return [*lines, f"and {unnamed:,} more, for other reasons"] if unnamed else lines
