"""The fitted numbers: loaded from JSON to the last digit, and refused in words where a file is damaged."""

import json
from pathlib import Path

import pytest

from assistant.errors import WeightsError
from assistant.models import calibration
from assistant.models.calibration import (
    CALIBRATION_FOLDER,
    check_calibration,
    feature_calibration,
    llm_calibration,
    refusal_threshold,
    span_reader_calibration,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the calibration files, which the loader reads instead of those of the package."""
    for path in CALIBRATION_FOLDER.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(calibration, "CALIBRATION_FOLDER", tmp_path)
    return tmp_path


def test_the_refusal_thresholds_are_those_that_were_chosen() -> None:
    """Each mode refuses below its own threshold."""
    assert (0.5, 0.4) == (refusal_threshold("quotes"), refusal_threshold("llm"))


def test_the_numbers_are_those_that_were_fitted() -> None:
    """Every scalar, and how many weights there are in each set."""
    evidence, reader, check, llm = (
        feature_calibration(),
        span_reader_calibration(),
        check_calibration(),
        llm_calibration(),
    )

    assert (10, 7, -4.241) == (
        len(evidence.ranking_weights),
        len(evidence.confidence_weights),
        evidence.confidence_bias,
    )
    assert (0.2, 6.0, -2.148) == (reader.reader_share, reader.log_odds_scale, reader.confidence_bias)
    assert {*evidence.confidence_weights, "reading"} == reader.confidence_weights.keys()
    assert (5.5, -2.0) == (check.supported_log_odds, check.unsupported_log_odds)
    assert ({"odds": 1.267, "support": 0.093}, 0.076) == (dict(llm.confidence_weights), llm.confidence_bias)


def test_every_file_says_where_its_numbers_come_from() -> None:
    """The source names the command and the data."""
    paths = sorted(CALIBRATION_FOLDER.glob("*.json"))
    assert 5 == len(paths)
    for path in paths:
        source = json.loads(path.read_text(encoding="utf-8"))["source"]
        assert source["command"], path.name
        assert source["data"], path.name


def test_a_missing_file_is_named(folder: Path) -> None:
    """The message says which file is missing and what to do."""
    (folder / "features.json").unlink()
    with pytest.raises(WeightsError, match=r"^The calibration file features\.json is missing\. Install the package ag"):
        feature_calibration.__wrapped__()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_file_that_is_no_json_object_is_damaged(folder: Path, content: bytes) -> None:
    """Half a file, another encoding and another kind of JSON value are told in the same words."""
    (folder / "llm.json").write_bytes(content)
    with pytest.raises(WeightsError, match=r"llm\.json is damaged\. Install the package again\."):
        llm_calibration.__wrapped__()


@pytest.mark.parametrize("value", ["null", "true", '"0.2"', "NaN", "Infinity", "[0.2]"])
def test_a_value_that_is_no_finite_number_is_named(folder: Path, value: str) -> None:
    """A number that isn't one is told with its key."""
    path = folder / "span_reader.json"
    path.write_text(path.read_text(encoding="utf-8").replace(": 0.2,", f": {value},"), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"span_reader\.json has no valid 'reader_share'"):
        span_reader_calibration.__wrapped__()


def test_a_mode_without_a_threshold_is_named(folder: Path) -> None:
    """A missing section is told with its key, a missing number within it too."""
    (folder / "refusal_thresholds.json").write_text('{"quotes": 0.48, "llm": {}}', encoding="utf-8")
    with pytest.raises(WeightsError, match="has no valid 'quotes'"):
        refusal_threshold.__wrapped__("quotes")
    with pytest.raises(WeightsError, match="has no valid 'refusal_threshold'"):
        refusal_threshold.__wrapped__("llm")
