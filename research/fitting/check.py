"""Fits the span reader's thresholds in the grounding check: writes ``calibration/check.json``.

    python -m research.fitting.check DATA

DATA is a folder with ``quotesum/dev.jsonl`` and ``squad2``; `research.fitting.statement_pairs` says what is made of it.

First come the shares that the check by words alone calls supported, for each pair of its thresholds: so these were
chosen. The span reader reads what is partial by words. The log-odds from which it calls that supported are the lowest
at which it does so for at most one in twenty of the wrong pairs among it. Those below which it calls it unsupported are
the highest that at most one in a hundred lies below, of all true pairs against which there is no objection.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.grounding.check import CLAUSE_COVERAGE, PARTIAL_COVERAGE, SUPPORTED_COVERAGE, uncovered_clauses
from assistant.grounding.span_reader_scorer import SpanReaderScorer, make_span_reader_scorer
from assistant.grounding.support import Findings, examine
from assistant.models.calibration import CALIBRATION_FOLDER, CheckCalibration
from assistant.models.span_reader import SpanReader
from assistant.types import VerdictLabel
from research.fitting.calibration_files import write_calibration
from research.fitting.statement_pairs import FALSE_KINDS, TRUE_KINDS, StatementPair, make_pairs

_MAX_WRONGLY_RAISED = 0.05  # of the false pairs that are partial by words
_MAX_WRONGLY_LOWERED = 0.01  # of the true pairs without an objection
_STEP = 0.5  # of the thresholds, in log-odds
_DATA = "QuoteSum (development set) and SQuAD 2.0 (the articles that the span reader was not trained on)"
_TARGET = CALIBRATION_FOLDER / "check.json"


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair with its findings by words, and with the span reader's log-odds where these leave it open."""

    kind: str
    findings: Findings
    log_odds: float = math.nan  # of the statement
    lowest_log_odds: float = math.nan  # of the statement and of its clauses that the words don't cover

    @property
    def verdict_by_words(self) -> VerdictLabel:
        """The verdict without the span reader."""
        findings = self.findings
        if findings.objections or findings.coverage < PARTIAL_COVERAGE:
            return "unsupported"
        if findings.coverage >= SUPPORTED_COVERAGE and findings.weakest_clause >= CLAUSE_COVERAGE:
            return "supported"
        return "partial"

    def verdict_with(self, thresholds: CheckCalibration) -> VerdictLabel:
        """The verdict with the span reader, as `assistant.grounding.check.verdict_for` gives it for thresholds."""
        is_unsure = (
            thresholds.unsupported_log_odds <= self.log_odds and self.lowest_log_odds < thresholds.supported_log_odds
        )
        if self.verdict_by_words != "partial" or is_unsure:
            return self.verdict_by_words
        return "unsupported" if self.log_odds < thresholds.unsupported_log_odds else "supported"


def judge(pair: StatementPair, span_reader_scorer: SpanReaderScorer) -> JudgedPair:
    """Judges a pair, by words and by the span reader."""
    by_words = JudgedPair(pair.kind, examine(pair.text, pair.evidence))
    if by_words.verdict_by_words == "partial":
        uncovered = uncovered_clauses(pair.text, by_words.findings)
    elif pair.kind in TRUE_KINDS and not by_words.findings.objections:
        uncovered = ()  # read all the same: it shows how low the span reader goes on what is true
    else:
        return by_words
    log_odds = span_reader_scorer(pair.text, pair.evidence)
    lowest = min([log_odds, *(span_reader_scorer(clause, pair.evidence) for clause in uncovered)])
    return JudgedPair(pair.kind, by_words.findings, log_odds, lowest)


def fit(pairs: Sequence[JudgedPair]) -> CheckCalibration:
    """The span reader's thresholds: from which it raises a verdict, and below which it lowers one."""
    false_log_odds = [
        pair.lowest_log_odds for pair in pairs if pair.kind in FALSE_KINDS and pair.verdict_by_words == "partial"
    ]
    true_log_odds = [pair.log_odds for pair in pairs if pair.kind in TRUE_KINDS and not pair.findings.objections]
    steps = [number * _STEP for number in range(-20, 31)]
    supported = next(
        (step for step in steps if _share(odds >= step for odds in false_log_odds) <= _MAX_WRONGLY_RAISED), steps[-1]
    )
    unsupported = next(
        (step for step in reversed(steps) if _share(odds < step for odds in true_log_odds) <= _MAX_WRONGLY_LOWERED),
        steps[0],
    )
    return CheckCalibration(supported, unsupported)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command: prints the tables, writes the file."""
    parser = argparse.ArgumentParser(description="Measure the check's thresholds, and fit those of the span reader.")
    parser.add_argument("data", type=Path, help="folder with quotesum/dev.jsonl and squad2")
    parser.add_argument("--dry", action="store_true", help="print the figures and write nothing")
    options = parser.parse_args(arguments)
    span_reader_scorer = make_span_reader_scorer(SpanReader())
    assert span_reader_scorer
    pairs = [judge(pair, span_reader_scorer) for pair in make_pairs(options.data)]
    thresholds = fit(pairs)
    for line in (*_report_counts(pairs), *_report_words(pairs), *_report_reader(pairs, thresholds)):
        sys.stdout.write(f"{line}\n")
    if not options.dry:
        write(_TARGET, thresholds)
    return 0


def _report_counts(pairs: Sequence[JudgedPair]) -> Iterator[str]:
    for kind in (*TRUE_KINDS, *FALSE_KINDS):
        of_kind = [pair for pair in pairs if pair.kind == kind]
        objections = _share(bool(pair.findings.objections) for pair in of_kind)
        partial = sum(pair.verdict_by_words == "partial" for pair in of_kind)
        yield f"{kind}: {len(of_kind)} pairs, a fact speaks against {objections:.3f}, {partial} are partial by words"


def _report_words(pairs: Sequence[JudgedPair]) -> Iterator[str]:
    kinds = ("carried", "other", "joined")
    yield f"words, clause: {', '.join(kinds)} called supported"
    for words in (0.3, 0.4, 0.5, 0.6, 0.7):
        for clause in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6):
            shares = [
                _share(_passes(pair.findings, words, clause) for pair in pairs if pair.kind == kind) for kind in kinds
            ]
            yield f"{words:.1f}, {clause:.1f}: {', '.join(f'{share:.3f}' for share in shares)}"


def _passes(findings: Findings, words: float, clause: float) -> bool:
    return not findings.objections and findings.coverage >= words and findings.weakest_clause >= clause


def _report_reader(pairs: Sequence[JudgedPair], fitted: CheckCalibration) -> Iterator[str]:
    yield f"reader: {', '.join((*TRUE_KINDS, *FALSE_KINDS))} called supported / supported or partial"
    yield f"without: {_verdict_shares(pairs, CheckCalibration(math.inf, -math.inf))}"
    for step in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0):
        yield f"raised from {step:.1f}: {_verdict_shares(pairs, CheckCalibration(step, -math.inf))}"
    for step in (-6.0, -5.0, -4.0, -3.0, -2.0, -1.0):
        yield f"lowered below {step:.1f}: {_verdict_shares(pairs, CheckCalibration(math.inf, step))}"
    supported, unsupported = fitted.supported_log_odds, fitted.unsupported_log_odds
    yield f"fitted, raised from {supported:.1f}, lowered below {unsupported:.1f}: {_verdict_shares(pairs, fitted)}"


def _verdict_shares(pairs: Sequence[JudgedPair], thresholds: CheckCalibration) -> str:
    """Of each kind the share that is supported, and that is at least partial."""
    shares = []
    for kind in (*TRUE_KINDS, *FALSE_KINDS):
        verdicts = [pair.verdict_with(thresholds) for pair in pairs if pair.kind == kind]
        supported = _share(verdict == "supported" for verdict in verdicts)
        shares.append(f"{supported:.3f} / {_share(verdict != 'unsupported' for verdict in verdicts):.3f}")
    return ", ".join(shares)


def _share(outcomes: Iterable[bool]) -> float:
    """The share that is true; 0 of nothing."""
    listed = list(outcomes)
    return sum(listed) / len(listed) if listed else 0.0


def write(path: Path, thresholds: CheckCalibration) -> None:
    """Writes ``check.json`` of `assistant.models.calibration`."""
    write_calibration(
        path,
        "python -m research.fitting.check DATA",
        _DATA,
        {
            "supported_log_odds": round(thresholds.supported_log_odds, 1),
            "unsupported_log_odds": round(thresholds.unsupported_log_odds, 1),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
