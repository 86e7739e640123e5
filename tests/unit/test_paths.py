"""Finding the data folders in a checkout and in a wheel."""

from pathlib import Path

import pytest

from assistant import paths
from assistant.errors import ResourceError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder that holds nothing yet."""
    folder = tmp_path / "site" / "assistant"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE_FOLDER", folder)
    return folder


@pytest.mark.parametrize("name", ["corpus", "prompts", "evals"])
def test_the_data_travels_with_the_package(name: str) -> None:
    """Wherever these tests run, each data folder is there."""
    assert paths.data_folder(name).is_dir()


def test_a_checkout_has_them_beside_the_package(package: Path) -> None:
    """In a checkout the folder stands beside the package."""
    (package.parent / "corpus").mkdir()
    assert package.parent / "corpus" == paths.data_folder("corpus")


def test_a_wheel_has_them_inside_the_package(package: Path) -> None:
    """In a wheel it is inside; a stranger's folder of the same name beside it is not taken."""
    (package.parent / "corpus").mkdir()
    (package / "corpus").mkdir()
    assert package / "corpus" == paths.data_folder("corpus")


def test_a_folder_that_is_missing(package: Path) -> None:
    """A missing folder is named; a file of that name is no folder."""
    (package / "corpus").write_text("")
    with pytest.raises(ResourceError, match="'corpus' is missing from the installation"):
        paths.data_folder("corpus")
