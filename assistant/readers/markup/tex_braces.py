"""Braces and brackets of LaTeX."""

import re


def closing_braces(text: str) -> dict[int, int]:
    """Where the brace that opens at a place is closed."""
    closing: dict[int, int] = {}
    pending: list[int] = []
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match[0] == "{":
            pending.append(match.start())
        elif match[0] == "}" and pending:
            closing[pending.pop()] = match.start()
    return closing


def without_options(code: str) -> str:
    """Code without the options that may stand right behind the begin of its environment."""
    return re.sub(r"\A(?:\[[^\]\n]{0,300}\]|\{[^}\n]{0,50}\})+", "", code)
