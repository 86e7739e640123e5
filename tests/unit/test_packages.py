"""What a wheel holds."""

import tomllib
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[2]


@pytest.mark.skipif(not (_CHECKOUT / "pyproject.toml").exists(), reason="runs in a checkout alone")
def test_the_wheel_holds_every_package() -> None:
    """The build is told each package of the checkout: one that it isn't told of would be missing from a wheel."""
    project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {file.parent.relative_to(_CHECKOUT) for file in (_CHECKOUT / "assistant").rglob("__init__.py")}
    assert not {".".join(folder.parts) for folder in folders} - set(project["tool"]["setuptools"]["packages"])
