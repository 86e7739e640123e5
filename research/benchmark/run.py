"""What indexing, asking and checking cost in time and memory: prints figures and ratios, and asserts nothing.

    python -m research.benchmark.run

Each part makes an index of its own in a temporary folder. Times are wall-clock seconds on this machine; the ratios
are taken in the same run and are more comparable between machines. Questions are asked of the bundled corpus;
indexing and memory are measured on the data set of --data, or else on the bundled corpus too.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from research.benchmark.costs import measure_asking, measure_check, measure_cold_start, measure_memory
from research.benchmark.indexing import measure_indexing
from research.benchmark.processes import BenchmarkError, describe_machine
from research.benchmark.workspace import Workspace, bundled_source, dataset_source
from research.command_line import print_now, program_parser

PARTS: dict[str, Callable[[Workspace], None]] = {
    "indexing": measure_indexing,
    "ask": measure_asking,
    "check": measure_check,
    "cold": measure_cold_start,
    "memory": measure_memory,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs all parts, or those of --only.

    Args:
        arguments: those of the command line, by default this process's own.

    Returns:
        The exit code: 0, or 1 when a part could not be measured.
    """
    options = _parse_options(arguments)
    print_now(describe_machine())
    exit_code = 0
    with TemporaryDirectory(prefix="assistant-benchmark-", ignore_cleanup_errors=True) as folder:
        work = _make_workspace(options, Path(folder))
        for name in options.only or PARTS:
            try:
                PARTS[name](work)
            except BenchmarkError as error:
                exit_code = 1
                print_now(f"{name}: not measured: {error}")
    return exit_code


def _parse_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = program_parser("research.benchmark.run", __doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="has corpus.jsonl and questions.jsonl")
    parser.add_argument("--only", action="append", choices=[*PARTS], help="may be given several times")
    parser.add_argument("--passages", type=int, default=100, metavar="N", help="for indexing, default 100")
    parser.add_argument("--chroma-model", type=Path, metavar="FOLDER", help="has Chroma's model.onnx")
    return parser.parse_args(arguments)


def _make_workspace(options: argparse.Namespace, folder: Path) -> Workspace:
    bundled = bundled_source()
    data = dataset_source(options.data, folder / "documents") if options.data else bundled
    return Workspace(folder, bundled, data, options.passages, options.chroma_model)


if __name__ == "__main__":
    raise SystemExit(main())
