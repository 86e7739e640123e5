"""Where the data folders are: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

from assistant.errors import ResourceError

_PACKAGE_FOLDER = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """The folder ``corpus``, ``prompts`` or ``evals``.

    Raises:
        ResourceError: the folder is in neither place; the installation is incomplete.
    """
    for folder in (_PACKAGE_FOLDER / name, _PACKAGE_FOLDER.parent / name):
        if folder.is_dir():
            return folder
    raise ResourceError(f"The folder '{name}' is missing from the installation. Install the package again.")
