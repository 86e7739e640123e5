"""How fast PDFs are read, and in how much memory: beside pypdf's plain text, and beside an earlier commit's reader."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

_ROOT = Path(__file__).parents[2]
_SECONDS = 3600
# Each runs in a process of its own, so that its peak is its own. CPU time: other work doesn't count.
_READ = """
import gc, json, resource, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
gc.set_threshold(100_000, 20, 100)  # as the worker processes that read files have it
{prepare}
pages = failed = 0
start = time.process_time()
for name in sys.argv[1:]:
    data = Path(name).read_bytes()
    try:
        pages += read(data)
    except Exception:
        failed += 1
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([pages, failed, time.process_time() - start, peak]))
"""
_OURS = """
from assistant.readers.pdf.reader import read_pdf
def read(data):
    return len(read_pdf(data, 500_000_000).pages)
"""
_PYPDF = """
import io
from pypdf import PdfReader
def read(data):
    reader = PdfReader(io.BytesIO(data))
    for page in reader.pages:
        page.extract_text()
    return len(reader.pages)
"""


class Timing(NamedTuple):
    """What reading some files took: pages read, files that failed, seconds of CPU time, megabytes at the peak."""

    pages: int
    failed: int
    seconds: float
    peak_mb: float

    @property
    def pages_a_second(self) -> float:
        """Of CPU time."""
        return self.pages / self.seconds if self.seconds else 0.0


def time_ours(files: Sequence[Path], root: Path = _ROOT) -> Timing:
    """Reads files by the reader of this tree, or of another one."""
    return _time(_READ.format(root=str(root), prepare=_OURS), files)


def time_pypdf(files: Sequence[Path]) -> Timing | None:
    """Reads the plain text of files by pypdf; None where it isn't installed."""
    try:
        return _time(_READ.format(root=str(_ROOT), prepare=_PYPDF), files)
    except subprocess.CalledProcessError:
        return None


def time_commit(files: Sequence[Path], commit: str) -> Timing:
    """Reads files by the reader of an earlier commit, checked out in a folder of its own for the time of it.

    Raises:
        subprocess.CalledProcessError: there is no such commit, or its reader doesn't run.
    """
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(tree), commit)
        try:
            return time_ours(files, tree)
        finally:
            _git("worktree", "remove", "--force", str(tree))


def join_files(files: Sequence[Path], pages: int, out: Path) -> bool:
    """Makes one PDF of so many pages of some files, beginning again where they are fewer; False without qpdf."""
    if not shutil.which("qpdf"):
        return False
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.pdf"
        command = ["qpdf", "--warning-exit-0", "--empty", "--pages", *map(str, files), "--", str(whole)]
        subprocess.run(command, capture_output=True, check=True)  # noqa: S603 — a fixed command
        count = int(subprocess.run(["qpdf", "--show-npages", str(whole)], capture_output=True, check=True).stdout)  # noqa: S603, S607 — likewise
        parts = [part for _ in range(pages // count) for part in (str(whole), "1-z")]
        rest = pages % count
        parts += [str(whole), f"1-{rest}"] if rest else []
        command = ["qpdf", "--warning-exit-0", "--empty", "--pages", *parts, "--", str(out)]
        subprocess.run(command, capture_output=True, check=True)  # noqa: S603 — likewise
    return True


def _time(code: str, files: Sequence[Path]) -> Timing:
    command = [sys.executable, "-c", code, *map(str, files)]
    process = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 — our own code
    return Timing(*json.loads(process.stdout.splitlines()[-1]))


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(_ROOT), *arguments], capture_output=True, check=True)  # noqa: S603, S607 — a fixed command
