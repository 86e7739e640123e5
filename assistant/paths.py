"""Finds the data folders: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

from assistant.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """The folder ``corpus``, ``prompts`` or ``evals``.

    Raises:
        ResourceError: it is in neither place; the installation is incomplete.
    """
    for place in (_PACKAGE / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise ResourceError(f"The folder '{name}' is missing from the installation. Install the package again.")
