"""Cases from the feedback of the page's users: what an answer cited that somebody rated good, later answers must cite.

``assistant serve`` keeps ``feedback.jsonl`` in the index's folder: one entry a line; the last entry of an id counts.
Answers that were rated bad make no cases: that an answer was wrong doesn't say what the right one is.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import CasesError
from assistant.evaluation.cases import Case, MustCite

_TAG = "feedback"


def load_feedback(path: Path) -> tuple[Case, ...]:
    """Reads the cases of a feedback file: the question of each good answer, with the quotes that the answer cited.

    Raises:
        CasesError: it can't be read, a line is no entry, or no answer was rated good; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CasesError(f"{path}: {error}. Give the feedback.jsonl that 'assistant serve' keeps.") from None
    last_entries: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            last_entries[str(entry["id"])] = entry
        except (ValueError, LookupError, TypeError):
            raise CasesError(f"{path}, line {number}: no entry of feedback. Take the line out.") from None
    cases = tuple(_parse_case(entry, path) for entry in last_entries.values() if entry.get("rating") == "up")
    if not cases:
        raise CasesError(f"{path}: no answer in it was found good, and only those make cases.")
    return cases


def _parse_case(entry: Mapping[str, Any], path: Path) -> Case:
    try:
        answerable = bool(entry["answerable"])
        citations = tuple(MustCite(str(cited["document"]), str(cited["quote"])) for cited in entry["cited"])
        history = tuple({"role": turn["role"], "content": turn["content"]} for turn in entry["history"])
        return Case(
            id=str(entry["id"]),
            question=str(entry["question"]),
            answerable=answerable,
            must_cite=citations if answerable else (),
            tags=(_TAG,),
            history=history,
        )
    except (LookupError, TypeError):
        raise CasesError(f"{path}, entry {entry.get('id')}: a field is missing. Take its lines out.") from None
