"""What the tests of the server share."""

from pathlib import Path

import pytest

from tests.support.harbour import HARBOUR


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document."""
    documents = tmp_path_factory.mktemp("documents")
    (documents / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    return documents
