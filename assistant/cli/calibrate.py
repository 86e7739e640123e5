"""The command ``calibrate``: which share of wrong answers can be promised, by the user's own cases."""

from pathlib import Path

import typer

from assistant.cli import options as opt
from assistant.cli import output
from assistant.cli.opening import open_index
from assistant.rendering.terminal import styled_line

_DEFAULT_RISK = 0.1


def calibrate(ctx: typer.Context, cases: opt.CalibrationCases, *, as_json: opt.Json = False) -> None:
    """Fit the refusal threshold for a stated risk on your own cases.

    Asks the cases of your documents, keeps what came of them beside the index, and says what ASSISTANT_RISK (0.1 where
    it isn't set) then guarantees, or why nothing can be guaranteed.
    """
    from assistant.evaluation.cases import load_cases
    from assistant.evaluation.guarantee import calibrate as ask_cases
    from assistant.evaluation.spreadsheets import load_sheet
    from assistant.guarantee.calibrations import FILE_NAME, save_calibration
    from assistant.guarantee.statement import state
    from assistant.settings import load_settings

    sheets = [path for path in cases if path.suffix.lower() == ".csv"]
    others = [path for path in cases if path not in sheets]
    loaded = [case for sheet in sheets for case in load_sheet(sheet)] + list(load_cases(others) if others else ())
    names = ", ".join(dict.fromkeys(Path(path).name for path in cases))
    with open_index(ctx.obj) as assistant:
        calibration = ask_cases(assistant, loaded, f"those of {names}")
        home = assistant.home
    save_calibration(home / FILE_NAME, calibration)
    risk = load_settings().risk or _DEFAULT_RISK
    guarantee = state(risk, calibration.mode, calibration.model_names, calibration)
    threshold = guarantee.threshold
    record = {
        "risk": risk,
        "guarantee": guarantee.text,
        "threshold": threshold.confidence if threshold else None,
        "questions": len(calibration.outcomes),
        "answered": threshold.answered if threshold else 0,
        "wrong": threshold.wrong if threshold else 0,
    }
    output.print_result(record, [styled_line(guarantee.text)], as_json=as_json)
