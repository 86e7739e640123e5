"""Equations of Office files (OMML) as text on one line: ``x = (−b ± √(b² − 4ac))/(2a)``."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from assistant.readers.office.package import attribute, child, local_name, named
from assistant.readers.raised import lowered_text, raise_mark

_SIMPLE = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|.?")  # what needs no brackets: a number, a word or one sign
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}


def math_text(equation: Any) -> str:
    """An equation, or a part of one, as text on one line.

    Args:
        equation: an element of OMML, such as ``m:oMath``. A tree as deep as the parser allows is fine.
    """
    return "".join(map(_element_text, equation))


def _element_text(element: Any) -> str:
    name = local_name(element)
    if name == "t":
        return element.text or ""
    write = _WRITERS.get(name)
    return write(element) if write else math_text(element)


def _part(element: Any, name: str) -> str:
    """The text of a part of a construct; empty where it has none."""
    part = child(element, name)
    return "" if part is None else math_text(part).strip()


def _property(element: Any, name: str, default: str) -> str:
    """A property of a construct, as in ``<m:dPr><m:begChr m:val="["/></m:dPr>``."""
    property_element = child(element, f"{local_name(element)}Pr", name)
    return default if property_element is None else attribute(property_element, "val") or ""


def _bracketed(text: str) -> str:
    """A part in brackets, unless it holds together without them."""
    return text if _SIMPLE.fullmatch(text) or _IN_BRACKETS.fullmatch(text) else f"({text})"


def _raised(text: str) -> str:
    """An exponent: in raised characters where Unicode has all of them, else behind a caret."""
    raised = raise_mark(text) if text.islower() or not text.isalpha() else text
    is_raised = all(before != after for before, after in zip(text, raised, strict=False)) and len(raised) == len(text)
    return raised if is_raised else f"^{_bracketed(text)}" if text else ""


def _lowered(text: str) -> str:
    if text.isdigit():
        return lowered_text(text)
    return f"_{_bracketed(text)}" if text else ""


def _fraction(element: Any) -> str:
    numerator, denominator = _part(element, "num"), _part(element, "den")
    if _property(element, "type", "bar") == "noBar":  # as a binomial coefficient has it
        return f"{numerator} over {denominator}"
    return f"{_bracketed(numerator)}/{_bracketed(denominator)}"


def _scripts(element: Any) -> str:
    base = _part(element, "e")
    base = base if len(base) < 2 or not re.search(r"[\s+−/-]", base) else _bracketed(base)
    return base + _lowered(_part(element, "sub")) + _raised(_part(element, "sup"))


def _scripts_before(element: Any) -> str:
    return _lowered(_part(element, "sub")) + _raised(_part(element, "sup")) + _part(element, "e")


def _root(element: Any) -> str:
    degree, radicand = _part(element, "deg"), _bracketed(_part(element, "e"))
    return f"{_ROOTS[degree]}{radicand}" if degree in _ROOTS else f"{_raised(degree)}√{radicand}"


def _large_operator(element: Any) -> str:
    sign = _property(element, "chr", "∫")
    return f"{sign}{_lowered(_part(element, 'sub'))}{_raised(_part(element, 'sup'))} {_part(element, 'e')}"


def _delimited(element: Any) -> str:
    parts = [math_text(part).strip() for part in named(element, "e")]
    separator = _property(element, "sepChr", "|")
    return _property(element, "begChr", "(") + separator.join(parts) + _property(element, "endChr", ")")


def _function(element: Any) -> str:
    name, argument = _part(element, "fName"), _part(element, "e")
    return f"{name}{argument}" if argument.startswith(("(", "[")) else f"{name} {argument}"


def _below(element: Any) -> str:
    return _part(element, "e") + _lowered(_part(element, "lim"))


def _above(element: Any) -> str:
    return _part(element, "e") + _raised(_part(element, "lim"))


def _accented(element: Any) -> str:
    base, accent = _part(element, "e"), _property(element, "chr", "\u0302")
    return base + accent if len(base) == 1 else f"{_bracketed(base)}{accent}"


def _barred(element: Any) -> str:
    base = _part(element, "e")
    return f"{base}\u0305" if len(base) == 1 else f"{_bracketed(base)}\u0305"


def _matrix(element: Any) -> str:
    rows = (_join(", ", named(row, "e")) for row in named(element, "mr"))
    return f"[{'; '.join(rows)}]"


def _lines(element: Any) -> str:
    return _join("; ", named(element, "e"))


def _join(joint: str, parts: Iterable[Any]) -> str:
    return joint.join(math_text(part).strip() for part in parts)


def _nothing(_: Any) -> str:
    return ""


_WRITERS: dict[str, Callable[[Any], str]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts_before,
    "rad": _root,
    "nary": _large_operator,
    "d": _delimited,
    "func": _function,
    "limLow": _below,
    "limUpp": _above,
    "acc": _accented,
    "bar": _barred,
    "m": _matrix,
    "eqArr": _lines,
    "oMathParaPr": _nothing,
    "rPr": _nothing,
    "del": _nothing,
    "moveFrom": _nothing,
    "": _nothing,
}
