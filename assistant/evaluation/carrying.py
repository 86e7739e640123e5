"""How the check's thresholds were chosen: summaries that people wrote, and the sources that they quote.

    python -m assistant.evaluation.carrying FILE

FILE is QuoteSum's ``dev.jsonl`` (Schuster et al. 2023): questions with several sources, and summaries that mark what
they took from each as ``[ 2 quoted words ]``. A sentence of a summary is carried by the sources that it marks. It is
not carried by another source of the same question, nor once a clause of another question's summary is joined to it.
The figures are shares that the check calls supported, for each pair of thresholds.
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.text.sentences import spans
from assistant.text.support import Evidence, Findings, examine

_SEED = 0
_SOURCES = range(1, 9)
_QUOTED = re.compile(r"\[\s*(\d)\s+(.*?)\s*\]")


class Pair(NamedTuple):
    """A statement, what it cites, and how the two belong together: ``carried``, ``other`` or ``joined``."""

    kind: str
    text: str
    evidence: tuple[Evidence, ...]


def pairs(rows: Sequence[dict[str, Any]], seed: int = _SEED) -> Iterator[Pair]:
    """The true pairs, and for each the false ones that can be made of it."""
    rng = random.Random(seed)  # noqa: S311 — a sample, no secret
    stated = [(row, text, marks) for row in rows for text, marks in _sentences(row["summary"])]
    for row, text, marks in stated:
        evidence = tuple(each for mark in marks for each in _source(row, mark))
        if not evidence:
            continue
        yield Pair("carried", text, evidence)
        others = [mark for mark in _SOURCES if mark not in marks and row.get(f"source{mark}")]
        if others:
            yield Pair("other", text, tuple(_source(row, rng.choice(others))))
        foreign, clause, _ = rng.choice(stated)
        if foreign["qid"] != row["qid"]:
            yield Pair("joined", f"{text.rstrip(' .')}, and {clause[:1].lower()}{clause[1:]}", evidence)


def _sentences(summary: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z\[])", summary):
        marks = tuple(dict.fromkeys(int(mark) for mark, _ in _QUOTED.findall(sentence)))
        text = _QUOTED.sub(r"\2", sentence)
        if marks and "[" not in text and "]" not in text:
            yield text, marks


def _source(row: dict[str, Any], mark: int) -> Iterator[Evidence]:
    text = row.get(f"source{mark}") or ""
    for start, end in spans(text):
        yield Evidence(text[start:end], row[f"title{mark}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and prints the table."""
    parser = argparse.ArgumentParser(description="Measure the check's thresholds on QuoteSum.")
    parser.add_argument("file", type=Path, help="QuoteSum's dev.jsonl")
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [(pair.kind, examine(pair.text, pair.evidence)) for pair in pairs(rows)]
    kinds = ("carried", "other", "joined")
    for kind in kinds:
        of_kind = [each for name, each in found if name == kind]
        against = sum(bool(each.against) for each in of_kind) / len(of_kind)
        sys.stdout.write(f"{kind}: {len(of_kind)} pairs, a fact speaks against {against:.3f}\n")
    sys.stdout.write("words, clause: carried, other, joined called supported\n")
    for words in (0.3, 0.4, 0.5, 0.6, 0.7):
        for clause in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6):
            shares = [_passed([each for name, each in found if name == kind], words, clause) for kind in kinds]
            sys.stdout.write(f"{words:.1f}, {clause:.1f}: {shares[0]:.3f}, {shares[1]:.3f}, {shares[2]:.3f}\n")
    return 0


def _passed(found: Sequence[Findings], words: float, clause: float) -> float:
    return sum(not f.against and f.coverage >= words and f.weakest >= clause for f in found) / len(found)


if __name__ == "__main__":
    sys.exit(main())
