"""The bundled models' files are checked before anything is made of them."""

import shutil
from pathlib import Path

import pytest

from assistant.errors import WeightsError
from assistant.models.onnx_runtime import BundledModel
from assistant.models.weight_files import WEIGHT_HASHES, WEIGHTS_FOLDER


@pytest.mark.parametrize(
    ("model", "name"),
    [(model, name) for model in WEIGHT_HASHES if model.endswith(".onnx") for name in (model, "tokenizer.json")],
)
def test_a_damaged_file_is_named(tmp_path: Path, model: str, name: str) -> None:
    """One changed byte in a model's own file, or in the tokenizer's, is noticed when the model is loaded."""
    folder = Path(shutil.copytree(WEIGHTS_FOLDER, tmp_path / "weights"))
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(WeightsError, match=rf"{name} is damaged: .* Install the package again\."):
        BundledModel(folder, model).model()
