"""The table of file kinds."""

import pytest

from assistant.readers import FILE_KINDS, KIND_BY_SUFFIX
from assistant.readers.registry import file_kind


def test_each_suffix_stands_for_one_kind() -> None:
    """No two kinds share a suffix, and every suffix is in lower case with its dot."""
    suffixes = [suffix for kind in FILE_KINDS.values() for suffix in kind.suffixes]
    assert len(suffixes) == len(set(suffixes)) == len(KIND_BY_SUFFIX)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_the_usual_suffix_is_the_name_of_the_kind() -> None:
    """Messages name a kind by its usual suffix."""
    assert [kind.suffixes[0] for kind in FILE_KINDS.values()] == [f".{name}" for name in FILE_KINDS]


@pytest.mark.parametrize(
    ("file_name", "kind_name"),
    [("a.pdf", "pdf"), ("A.PDF", "pdf"), ("a.b.markdown", "md"), ("a.tsv", "csv"), ("a.exe", None), ("pdf", None)],
)
def test_the_kind_of_a_file_is_told_by_its_suffix(file_name: str, kind_name: str | None) -> None:
    """The last suffix counts, in any case; a file without a supported one has no kind."""
    kind = file_kind(file_name)
    assert (kind.name if kind else None) == kind_name
