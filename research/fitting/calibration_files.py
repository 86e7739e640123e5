"""Writes the JSON files that `assistant.models.calibration` loads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_calibration(path: Path, command: str, data: str, values: Mapping[str, Any]) -> None:
    """Writes one file.

    Args:
        path: of the file.
        command: that fitted the values, as it is called.
        data: what they were fitted on, in words.
        values: under the keys that the loader expects.
    """
    content = {"source": {"command": command, "data": data}, **values}
    path.write_text(f"{json.dumps(content, indent=2)}\n", encoding="utf-8")


def round_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights with the three decimal places that are kept."""
    return {feature: round(weight, 3) for feature, weight in weights.items()}
