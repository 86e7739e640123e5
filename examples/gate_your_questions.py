"""Ask your own questions, score the answers, and fail when they are worse than you allow.

`assistant eval --dataset FOLDER` does the same with intervals, comparisons and reports.
"""

import csv
import sys
import tempfile
from pathlib import Path

from assistant.evaluation.jobs import run_job, sheet_job

REPORT = "# Report\n\nA total of 2,517 arrests were made. They were announced in Glasgow on 6 November 2024.\n"
ROWS = (
    ("question", "answer", "document", "quote"),
    ("How many arrests were made?", "2,517", "report.md", "A total of 2,517 arrests were made."),
    ("Where were the arrests announced?", "Glasgow", "report.md", "announced in Glasgow on 6 November"),
    ("Who won the World Cup final in 1998?", "", "", ""),  # the documents don't say: it must be refused
)
THRESHOLDS = {"facts": 1.0, "quotes_exact": 1.0, "refusal_balanced": 1.0}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.md").write_text(REPORT, encoding="utf-8")
        sheet = Path(folder) / "questions.csv"
        with sheet.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(ROWS)
        metrics = run_job(sheet_job(sheet)).metrics
    missed = [name for name, threshold in THRESHOLDS.items() if (metrics[name] or 0.0) < threshold]
    print({name: metrics[name] for name in THRESHOLDS})
    print(f"missed: {', '.join(missed)}" if missed else "the gate is open")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
