"""Shows how the check's thresholds were chosen, and fits those of the reader: writes `calibration.reader_check`.

    python -m research.fitting.reader_check DATA

DATA is a folder with ``quotesum/dev.jsonl`` (Schuster et al. 2023) and ``squad2``. QuoteSum has questions with several
sources, and summaries that mark what they took from each as ``[ 2 quoted words ]``. A sentence of a summary is carried
by the sources that it marks. It is not carried by another source of the same question, nor once a clause of another
question's summary is joined to it, nor with a figure, name, date, unit or negation changed. Of SQuAD 2.0 the documents
that the reader was not trained on are taken: a question with its answer, made a statement, is carried by the sentence
that has the answer, and not by another one of its paragraph. Of both sets statements get one word exchanged for another
of the same ending, which their evidence doesn't have: most say something else then.

First come the shares that the check by words alone calls supported, for each pair of its thresholds. The reader reads
what is partial by words. MEANT, from which it calls that supported, is the lowest at which of the wrong pairs among it
at most one in twenty is; STRANGE, below which it calls it unsupported, the highest under which at most one in a hundred
of all carried pairs lies that nothing speaks against.
"""

import argparse
import json
import math
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from assistant.grounding.check import (
    CLAUSE_COVERAGE,
    PARTIAL_COVERAGE,
    SUPPORTED_COVERAGE,
    uncovered_clauses,
)
from assistant.grounding.evidence import Evidence
from assistant.grounding.reader_scorer import ReaderScorer, make_reader_scorer
from assistant.grounding.support import Findings, examine
from assistant.models.calibration import CALIBRATION_FOLDER
from assistant.models.span_reader import SpanReader
from assistant.segmentation.sentences import sentence_spans
from assistant.types import VerdictLabel
from research.corruption import corruptions
from research.fitting.calibration_files import write_calibration
from research.fitting.reader_weight import HELD
from research.training.question_forms import answer_as_statement

_SEED = 0
_SOURCES = range(1, 9)
_JOINED = 3  # foreign clauses for each statement: few such pairs are left open by words
_QUOTED = re.compile(r"\[\s*(\d)\s+(.*?)\s*\]")
_RAISED, _LOWERED = 0.05, 0.01  # of wrong pairs at most, of carried ones
_EXCHANGED = 2  # words of each statement, one at a time
_WORD = re.compile(r"(?<= )[a-z]{5,}\b")
_ENDING, _STEM = 2, 5  # letters: what ends alike is likely the same part of speech, what begins alike the same word
_STEP = 0.5  # of the reader's thresholds
_TARGET = CALIBRATION_FOLDER / "reader_check.json"
_DATA = "QuoteSum (development set) and SQuAD 2.0 (the articles that the span reader was not trained on)"
CARRIED = ("carried", "stated")
WRONG = ("other", "joined", "corrupted", "elsewhere", "exchanged")


class Pair(NamedTuple):
    """A statement, what it cites, and how the two belong together."""

    kind: str  # one of CARRIED or WRONG
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A pair with what was found: by words, and by the reader where they leave it open."""

    kind: str
    findings: Findings
    whole: float = math.nan  # log-odds of the statement
    least: float = math.nan  # the lowest of the statement and of its clauses that words don't cover

    @property
    def by_words(self) -> VerdictLabel:
        """The verdict without the reader."""
        found = self.findings
        if found.objections or found.coverage < PARTIAL_COVERAGE:
            return "unsupported"
        return (
            "supported"
            if found.coverage >= SUPPORTED_COVERAGE and found.weakest_clause >= CLAUSE_COVERAGE
            else "partial"
        )

    def by_both(self, meant: float, strange: float) -> VerdictLabel:
        """The verdict with the reader, for two thresholds, as `assistant.grounding.check.verdict_for` gives it."""
        if self.by_words != "partial" or (strange <= self.whole and self.least < meant):
            return self.by_words
        return "unsupported" if self.whole < strange else "supported"


def pairs(folder: Path, seed: int = _SEED) -> Iterator[Pair]:
    """The true pairs of both sets, and the false ones that can be made of them."""
    rng = random.Random(seed)  # noqa: S311 — a sample, no secret
    made = [
        *_summarised(_lines(folder / "quotesum" / "dev.jsonl"), rng, seed),
        *_asked(_lines(folder / "squad2" / "corpus.jsonl"), _lines(folder / "squad2" / "questions.jsonl")),
    ]
    yield from made
    yield from _exchanged([each for each in made if each.kind in CARRIED], rng)


def _summarised(rows: Sequence[dict[str, Any]], rng: random.Random, seed: int) -> Iterator[Pair]:
    told = [(row, text, marks) for row in rows for text, marks in _sentences(row["summary"])]
    changed = defaultdict(list)
    for each in corruptions([text for _, text, _ in told], seed):
        changed[each.sentence].append(each.text)
    for row, text, marks in told:
        evidence = tuple(each for mark in marks for each in _source(row, mark))
        if not evidence:
            continue
        yield Pair("carried", text, evidence)
        for mark in _SOURCES:
            if mark not in marks and row.get(f"source{mark}"):
                yield Pair("other", text, tuple(_source(row, mark)))
        for foreign, clause, _ in rng.sample(told, _JOINED):
            if foreign["qid"] != row["qid"]:
                yield Pair("joined", f"{text.rstrip(' .')}, and {clause[:1].lower()}{clause[1:]}", evidence)
        yield from (Pair("corrupted", other, evidence) for other in changed[text])


def _asked(documents: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]]) -> Iterator[Pair]:
    known = {each["doc_id"]: each for each in documents if each["title"].replace("_", " ") in HELD}
    for each in questions:
        document = known.get(each["source_doc"])
        text = answer_as_statement(each["question"], each["answers"][0]) if document and each["answers"] else ""
        if document is None or not text:
            continue
        title = document["title"].replace("_", " ")
        right = {number for found in each["evidence_sets"] for _, number in found}
        for number, sentence in enumerate(document["sentences"]):
            yield Pair("stated" if number in right else "elsewhere", text, (Evidence(sentence, title),))


def _exchanged(carried: Sequence[Pair], rng: random.Random) -> Iterator[Pair]:
    known = sorted({word for each in carried for word in _WORD.findall(each.text)})
    for _, text, evidence in carried:
        here = "\n".join((text, *(f"{each.text}\n{each.context}" for each in evidence))).casefold()
        found = _WORD.findall(text)
        for old in rng.sample(found, min(_EXCHANGED, len(found))):
            fit = [word for word in known if word[-_ENDING:] == old[-_ENDING:] and word[:_STEM] not in here]
            if fit:
                yield Pair("exchanged", re.sub(rf"\b{old}\b", rng.choice(fit), text, count=1), evidence)


def _sentences(summary: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z\[])", summary):
        marks = tuple(dict.fromkeys(int(mark) for mark, _ in _QUOTED.findall(sentence)))
        text = _QUOTED.sub(r"\2", sentence)
        if marks and "[" not in text and "]" not in text:
            yield text, marks


def _source(row: dict[str, Any], mark: int) -> Iterator[Evidence]:
    text = row.get(f"source{mark}") or ""
    for start, end in sentence_spans(text):
        yield Evidence(text[start:end], row[f"title{mark}"])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def held(pair: Pair, reads: ReaderScorer) -> Held:
    """Holds a pair together, by words and by the reader."""
    found = Held(pair.kind, examine(pair.text, pair.evidence))
    if found.by_words == "partial":
        weak = uncovered_clauses(pair.text, found.findings)
    elif pair.kind in CARRIED and not found.findings.objections:
        weak = ()  # says how low the reader goes on what is carried
    else:
        return found
    whole = reads(pair.text, pair.evidence)
    return Held(pair.kind, found.findings, whole, min([whole, *(reads(each, pair.evidence) for each in weak)]))


def fitted(found: Sequence[Held]) -> tuple[float, float]:
    """The reader's thresholds: from which it raises a verdict, and below which it lowers one."""
    wrong = [each.least for each in found if each.kind in WRONG and each.by_words == "partial"]
    right = [each.whole for each in found if each.kind in CARRIED and not each.findings.against]
    steps = [number * _STEP for number in range(-20, 31)]
    meant = next((step for step in steps if _share(each >= step for each in wrong) <= _RAISED), steps[-1])
    strange = next((step for step in reversed(steps) if _share(each < step for each in right) <= _LOWERED), steps[0])
    return meant, strange


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints the tables, writes the module."""
    parser = argparse.ArgumentParser(description="Measure the check's thresholds, and fit those of its reader.")
    parser.add_argument("data", type=Path, help="folder with quotesum/dev.jsonl and squad2")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    reads = make_reader_scorer(SpanReader())
    assert reads
    found = [held(pair, reads) for pair in pairs(options.data)]
    meant, strange = fitted(found)
    for line in (*_counted(found), *_worded(found), *_read(found, meant, strange)):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        write(_TARGET, meant, strange)
    return 0


def _counted(found: Sequence[Held]) -> Iterator[str]:
    for kind in (*CARRIED, *WRONG):
        of_kind = [each for each in found if each.kind == kind]
        against = _share(bool(each.findings.against) for each in of_kind)
        left = sum(each.by_words == "partial" for each in of_kind)
        yield f"{kind}: {len(of_kind)} pairs, a fact speaks against {against:.3f}, {left} are partial by words"


def _worded(found: Sequence[Held]) -> Iterator[str]:
    kinds = ("carried", "other", "joined")
    yield f"words, clause: {', '.join(kinds)} called supported"
    for words in (0.3, 0.4, 0.5, 0.6, 0.7):
        for clause in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6):
            shares = [_share(_passes(each.findings, words, clause) for each in found if each.kind == kind)
                      for kind in kinds]  # fmt: skip
            yield f"{words:.1f}, {clause:.1f}: {', '.join(f'{each:.3f}' for each in shares)}"


def _passes(found: Findings, words: float, clause: float) -> bool:
    return not found.against and found.coverage >= words and found.weakest >= clause


def _read(found: Sequence[Held], meant: float, strange: float) -> Iterator[str]:
    yield f"reader: {', '.join((*CARRIED, *WRONG))} called supported / supported or partial"
    yield f"without: {_row(found, math.inf, -math.inf)}"
    for step in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0):
        yield f"raised from {step:.1f}: {_row(found, step, -math.inf)}"
    for step in (-6.0, -5.0, -4.0, -3.0, -2.0, -1.0):
        yield f"lowered below {step:.1f}: {_row(found, math.inf, step)}"
    yield f"fitted, raised from {meant:.1f}, lowered below {strange:.1f}: {_row(found, meant, strange)}"


def _row(found: Sequence[Held], meant: float, strange: float) -> str:
    told = [[each.by_both(meant, strange) for each in found if each.kind == kind] for kind in (*CARRIED, *WRONG)]
    return ", ".join(f"{_share(v == 'supported' for v in some):.3f} / {_share(v != 'unsupported' for v in some):.3f}"
                     for some in told)  # fmt: skip


def _share(told: Iterable[bool]) -> float:
    given = list(told)
    return sum(given) / len(given) if given else 0.0


def write(path: Path, supported: float, unsupported: float) -> None:
    """Writes ``reader_check.json`` of `assistant.models.calibration`."""
    write_calibration(
        path,
        "python -m research.fitting.reader_check DATA",
        _DATA,
        {"supported_log_odds": round(supported, 1), "unsupported_log_odds": round(unsupported, 1)},
    )


if __name__ == "__main__":
    sys.exit(main())
