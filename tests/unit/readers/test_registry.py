"""The table of file kinds."""

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.readers import FILE_KINDS, KIND_BY_SUFFIX
from assistant.readers.registry import _load, file_kind


def test_each_suffix_stands_for_one_kind() -> None:
    """No two kinds share a suffix, and every suffix is in lower case with its dot."""
    suffixes = [suffix for kind in FILE_KINDS.values() for suffix in kind.suffixes]
    assert len(suffixes) == len(set(suffixes)) == len(KIND_BY_SUFFIX)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_each_kind_has_its_reader() -> None:
    """The functions that the table names are there."""
    references = [kind.reader for kind in FILE_KINDS.values()]
    references += [kind.inner_reader for kind in FILE_KINDS.values() if kind.holds_files]
    assert all(callable(_load(reference)) for reference in references)


def test_a_reader_is_imported_when_it_is_needed() -> None:
    """Whoever asks loads no reader: together they take a third of a second."""
    code = "import sys, assistant.client; print([m for m in sys.modules if m.startswith('assistant.readers.docx')])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_the_usual_suffix_is_the_name_of_the_kind() -> None:
    """Messages name a kind by its usual suffix; source code has none."""
    names = [name for name in FILE_KINDS if name != "code"]
    assert [FILE_KINDS[name].suffixes[0] for name in names] == [f".{name}" for name in names]


def test_the_guide_lists_what_is_read() -> None:
    """The table in the guide has each kind with its label and all its suffixes."""
    guide = (Path(__file__).resolve().parents[3] / "docs" / "guide" / "documents.md").read_text("utf-8")
    rows = [f"| `{kind.name}` {kind.label} | {' '.join(kind.suffixes)} |" for kind in FILE_KINDS.values()]
    assert [] == [row for row in rows if row not in guide]


@pytest.mark.parametrize(
    ("file_name", "kind_name"),
    [("a.pdf", "pdf"), ("A.PDF", "pdf"), ("a.b.markdown", "md"), ("a.tsv", "csv"), ("a.exe", None), ("pdf", None)],
)
def test_the_kind_of_a_file_is_told_by_its_suffix(file_name: str, kind_name: str | None) -> None:
    """The last suffix counts, in any case; a file without a supported one has no kind."""
    kind = file_kind(file_name)
    assert (kind.name if kind else None) == kind_name
