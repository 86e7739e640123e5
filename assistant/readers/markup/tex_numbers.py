r"""Numbers with their units, as siunitx prints them, and formulas of one figure or index: ``\SI{5.3}{\kilo\metre}``."""

import re
from collections.abc import Callable

from assistant.readers.elements import Inline
from assistant.readers.raised import lowered_text, raise_mark

QUANTITIES = {"num": 1, "ang": 1, "SI": 2, "qty": 2, "si": 1, "unit": 1, "numrange": 2, "SIrange": 3, "qtyrange": 3}
_PREFIXES = {"kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "hecto": "h", "deca": "da", "deci": "d",
             "centi": "c", "milli": "m", "micro": "µ", "nano": "n", "pico": "p", "femto": "f"}  # fmt: skip
_UNITS = {"metre": "m", "meter": "m", "gram": "g", "kilogram": "kg", "tonne": "t", "second": "s", "minute": "min",
          "hour": "h", "day": "d", "litre": "L", "liter": "L", "hectare": "ha", "ampere": "A", "volt": "V",
          "watt": "W", "ohm": "Ω", "farad": "F", "henry": "H", "tesla": "T", "weber": "Wb", "siemens": "S",
          "coulomb": "C", "joule": "J", "newton": "N", "pascal": "Pa", "bar": "bar", "hertz": "Hz", "kelvin": "K",
          "celsius": "°C", "degreeCelsius": "°C", "degree": "°", "arcminute": "\u2032", "arcsecond": "\u2033",
          "percent": "%",
          "mole": "mol", "candela": "cd", "lumen": "lm", "lux": "lx", "becquerel": "Bq", "gray": "Gy", "sievert": "Sv",
          "radian": "rad", "steradian": "sr", "electronvolt": "eV", "decibel": "dB", "dalton": "Da", "bit": "bit",
          "byte": "B", "angstrom": "Å", "km": "km", "cm": "cm", "mm": "mm", "um": "µm", "nm": "nm", "kg": "kg",
          "mg": "mg", "ug": "µg", "ms": "ms", "ns": "ns", "kHz": "kHz", "MHz": "MHz", "GHz": "GHz", "kW": "kW",
          "MW": "MW", "GW": "GW", "kWh": "kWh", "kV": "kV", "mV": "mV", "mA": "mA", "kPa": "kPa", "MPa": "MPa",
          "kJ": "kJ", "m": "m", "g": "g", "s": "s", "L": "L", "W": "W", "V": "V", "K": "K", "N": "N",
          "J": "J", "Hz": "Hz", "Pa": "Pa"}  # fmt: skip
_POWERS = {"squared": "²", "cubed": "³"}
_POWERS_BEFORE = {"square": "²", "cubic": "³"}
_UNIT_PART = re.compile(r"\\(?P<command>[A-Za-z]+)|\^\{?(?P<power>[-+]?\d{1,3})\}?|(?P<text>[^\\^{}])")
_TO_THE = re.compile(r"\\(?:tothe|raiseto)\s*\{(-?\d{1,3})\}")
_EXPONENT = re.compile(r"(?<=\d)[eEdD]([-+]?\d{1,4})\Z")
_CONNECTED = ("°", "\u2032", "\u2033")  # units that stand right behind their figure
_FIGURE = r"[-+]?\d[\d.,]{0,20}"
_NUMBER = re.compile(rf"(?P<figure>{_FIGURE})(?:\s*\\(?P<sign>times|cdot)\s*(?P<base>10))?(?P<rest>.*)", re.DOTALL)
_NAME = re.compile(r"(?P<name>(?:[A-Za-z]{0,3}|\\(?:mathrm|text|rm)\{[A-Za-z]{1,12}\}))(?P<rest>[_^].*)", re.DOTALL)
_SCRIPT = re.compile(r"\s*(?P<kind>[_^])\s*(?:\{(?P<group>[^{}$\\]{1,12})\}|(?P<sign>[0-9A-Za-z*+-]))")
_COMPOUND = re.compile(r"(?:[A-Z][a-z]?(?:_(?:\d|\{\d{1,2}\}))?){2,8}")
_DEGREES = re.compile(rf"({_FIGURE})\s*\^\s*(?:\\circ|\{{\s*\\circ\s*\}})\s*(?:(?:\\mathrm|\\text)?\{{?([CF])\}}?)?\Z")


def quantity(name: str, arguments: list[str]) -> str:
    r"""What a command of siunitx prints.

    >>> quantity("SI", ["5.3", r"\kilo\metre\per\hour"]), quantity("num", ["1.5e6"]), quantity("ang", ["12;"])
    ('5.3 km/h', '1.5 × 10⁶', '12°')
    """
    arguments = [*arguments, *[""] * (QUANTITIES[name] - len(arguments))]
    if name == "ang":
        return "".join(
            f"{part.strip()}{sign}"
            for part, sign in zip(arguments[0].split(";"), _CONNECTED, strict=False)
            if part.strip()
        )
    if name in {"si", "unit"}:
        return _unit(arguments[0])
    is_range = name.endswith("range")
    numbers = " to ".join(map(_number, arguments[: 2 if is_range else 1]))
    unit = _unit(arguments[-1]) if not name.startswith("num") else ""
    return numbers + ("" if unit.startswith(_CONNECTED) and unit != "°C" else " ") * bool(unit) + unit


def simple_formula(source: str) -> list[Inline] | None:
    r"""The characters of a formula that is a figure, or a name with an index or a power; None for any other.

    >>> [inline.text for inline in simple_formula(r"4\times10^{6}") or ()]
    ['4 × 10', '⁶']
    >>> simple_formula("a = b + 5")
    """
    formula = source.strip().replace("{,}", ",").replace("\\,", "").replace("\\%", "%")
    if degrees := _DEGREES.fullmatch(formula):
        return [Inline(f"{degrees[1]}{' ' if degrees[2] else ''}°{degrees[2] or ''}")]
    if re.fullmatch(rf"{_FIGURE}%?", formula):
        return [Inline(formula)]
    if _COMPOUND.fullmatch(formula):
        return [Inline(re.sub(r"_\{?(\d+)\}?", lambda index: lowered_text(index[1]), formula))]
    if number := _NUMBER.fullmatch(formula):
        sign = {"times": " × ", "cdot": " · "}.get(number["sign"] or "", "")
        return _scripted(f"{number['figure'].replace('-', '−')}{sign}{number['base'] or ''}", number["rest"])
    named = _NAME.fullmatch(formula)
    return _scripted(re.sub(r"\\[a-z]+\{|\}", "", named["name"]), named["rest"]) if named else None


def _scripted(base: str, source: str) -> list[Inline] | None:
    """A base with its indices and powers; None where characters for them are missing."""
    inlines = [Inline(base)] if base else []
    position = 0
    while position < len(source):
        script = _SCRIPT.match(source, position)
        if not script or len(inlines) > 2:
            return None
        text = (script["group"] or script["sign"]).strip()
        is_raised = script["kind"] == "^"
        if not base:  # what is raised or lowered stands before the formula
            inlines.append(Inline(text, "raised" if is_raised else "lowered"))
        elif (shown := _shown(text, raise_mark if is_raised else lowered_text)) is not None:
            inlines.append(Inline(shown))
        else:
            return None
        position = script.end()
    return inlines


def _shown(text: str, raise_or_lower: Callable[[str], str]) -> str | None:
    """Characters raised or lowered; None where Unicode hasn't all of them."""
    shown = raise_or_lower(text)
    is_whole = text == text.lower() and len(shown) == len(text)
    return shown if is_whole and all(a != b for a, b in zip(text, shown, strict=True)) else None


def _number(source: str) -> str:
    number = source.strip().replace("+-", " ± ").replace("\\pm", " ± ").replace("\\times", "e")
    number = _EXPONENT.sub(lambda power: f" × 10{raise_mark(power[1].lstrip('+'))}", number)
    return " ".join(number.split())


def _unit(source: str) -> str:
    """A unit by its names, or as it is written."""
    parts: list[str] = []
    prefix, power_before = "", ""
    is_below = False
    for part in _UNIT_PART.finditer(_TO_THE.sub(r"^{\1}", source.strip())):
        name = part["command"]
        if name is None:
            text = part["text"]
            parts.append(raise_mark(part["power"]) if text is None else {".": " ", "~": " "}.get(text, text))
        elif name == "per":
            is_below = True
        elif name in _PREFIXES:
            prefix = _PREFIXES[name]
        elif name in _POWERS_BEFORE:
            power_before = _POWERS_BEFORE[name]
        elif name in _POWERS:
            parts.append(_POWERS[name])
        else:
            gap = "/" if is_below else " " if parts and parts[-1] != "/" else ""
            parts += [gap, prefix, _UNITS.get(name, name), power_before]
            prefix, power_before, is_below = "", "", False
    return "".join(parts).strip()
