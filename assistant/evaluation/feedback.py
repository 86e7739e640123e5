"""Cases out of what readers of the page thought: an answer that somebody found good is what later ones must cite.

``assistant serve`` keeps ``feedback.jsonl`` in the index's folder: an entry a line, of which the last of an id holds.
Answers that were found bad are left out: that they were wrong doesn't say what is right.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import CasesError
from assistant.evaluation.cases import Case, MustCite

_TAG = "feedback"


def load_feedback(path: Path) -> tuple[Case, ...]:
    """Reads the cases that a feedback file makes: of each good answer its question, and the quotes that it cited.

    Raises:
        CasesError: it can't be read, a line is no entry, or nothing in it was found good; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CasesError(f"{path}: {error}. Give the feedback.jsonl that 'assistant serve' keeps.") from None
    last: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            last[str(entry["id"])] = entry
        except (ValueError, LookupError, TypeError):
            raise CasesError(f"{path}, line {number}: no entry of feedback. Take the line out.") from None
    cases = tuple(_case(entry, path) for entry in last.values() if entry.get("rating") == "up")
    if not cases:
        raise CasesError(f"{path}: no answer in it was found good, and only those make cases.")
    return cases


def _case(entry: Mapping[str, Any], path: Path) -> Case:
    try:
        answerable = bool(entry["answerable"])
        cited = tuple(MustCite(str(each["document"]), str(each["quote"])) for each in entry["cited"])
        history = tuple({"role": each["role"], "content": each["content"]} for each in entry["history"])
        return Case(
            id=str(entry["id"]),
            question=str(entry["question"]),
            answerable=answerable,
            must_cite=cited if answerable else (),
            tags=(_TAG,),
            history=history,
        )
    except (LookupError, TypeError):
        raise CasesError(f"{path}, entry {entry.get('id')}: a field is missing. Take its lines out.") from None
