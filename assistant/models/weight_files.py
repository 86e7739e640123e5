"""The files of the bundled models, which are checked by their hashes before they are used."""

import hashlib
from pathlib import Path

from assistant.errors import WeightsError
from assistant.shortages import describe_shortage

WEIGHTS_FOLDER = Path(__file__).resolve().parent / "weights"
WEIGHT_HASHES = {
    "embedder.onnx": "6cdb293c32fc3c6f8407555950c36d713cb3e6b338be2e7aa697467f66125f4e",
    "centring.npy": "0604b2013b125f5d894be98a12418045773d3123e6025d0523cc642c9ef6737d",
    "reader.onnx": "448ee28d3b7ed8e36e9cbc332d585d5eeb3a389d90fae7781cb9370463825fab",
    "tokenizer.json": "8327ea85b38a20f2ac5513316360e82f55815b3f00782b8ce8e69011a856c0c4",
    "words.npy": "6ac85cb8138567eda5851e0858c7ee3b61851f48cd882591a81701bd41fce70d",
}
_ADVICE = "Install the package again."


def verify(path: Path) -> None:
    """Checks one of the files.

    Raises:
        WeightsError: it is missing, can't be read, or isn't what was bundled.
    """
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = f": {shortage}" if (shortage := describe_shortage(error)) else f" ({error.strerror}). {_ADVICE}"
        raise WeightsError(f"The model file {path} can't be read{reason}") from None
    if sha256 != WEIGHT_HASHES[path.name]:
        raise WeightsError(f"The model file {path} is damaged: its SHA-256 is {sha256}. {_ADVICE}")
