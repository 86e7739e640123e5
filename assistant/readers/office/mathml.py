"""Formulas in MathML as text on one line: ``x = (−b ± √(b² − 4ac))/(2a)``."""

import re
from collections.abc import Callable
from typing import Any

from assistant.readers.raised import lowered_text, raise_mark

_MAX_DEPTH = 60  # of elements in each other; what lies deeper is written without its layout
_SIMPLE = re.compile(r"[^\W_]*[.,]?[^\W_]+|.?|\([^()]*\)|\[[^\[\]]*\]")  # what needs no brackets
_SPACED = frozenset("=≠≈≡<>≤≥≪≫±∓+−-×·÷*→⇒⇔∈∉⊂⊆∩∧∝\u2217\u222a\u2228\u223c")
_UNSEEN = frozenset("\u2061\u2062\u2063\u2064")  # signs for "function of", "times" and the like
_SKIPPED = frozenset(("annotation", "annotation-xml", "mphantom", "mprescripts", "none"))


def mathml_text(element: Any, depth: int = 0) -> str:
    """A formula, or a part of one, as text on one line.

    Args:
        element: of MathML, such as ``math``; its namespace doesn't matter.
        depth: how many elements of the formula it is in.
    """
    name = _name(element)
    if name in _SKIPPED or not name:
        return ""
    if name in {"mi", "mn", "mtext", "mo", "ms"}:
        return " ".join("".join(element.itertext()).split()).translate(dict.fromkeys(map(ord, _UNSEEN)))
    if depth > _MAX_DEPTH:
        return " ".join("".join(element.itertext()).split())
    parts = [mathml_text(part, depth + 1) for part in element if _name(part) and _name(part) not in _SKIPPED]
    write = _WRITERS.get(name)
    if write and len(parts) >= _MIN_PARTS.get(name, 0):
        return write(parts)
    if name == "mfenced":
        separator = (element.get("separators") or ",").strip()[:1]
        joint = f"{separator} " if separator else " "
        return f"{element.get('open', '(')}{joint.join(parts)}{element.get('close', ')')}"
    return _row(parts, [_name(part) for part in element if _name(part) and _name(part) not in _SKIPPED])


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _row(parts: list[str], names: list[str]) -> str:
    """Parts one after the other: spaces around a sign between two, and between words and numbers."""
    text = ""
    for part, name in zip(parts, names, strict=True):
        is_sign_between = name == "mo" and part in _SPACED and text and text.rstrip()[-1:] not in _SPACED | set("([{,")
        if is_sign_between:
            text = f"{text.rstrip()} {part} "
            continue
        is_word_beside = text[-1:].isalnum() and part[:1].isalnum() and (len(part) > 1 or text[-2:].isalpha())
        is_number_beside = text[-1:].isdigit() and part[:1].isdigit()
        text += f" {part}" if (is_word_beside and name != "mn") or is_number_beside else part
        text += " " if name == "mo" and part in {",", ";"} else ""
    return text.strip()


def _bracketed(text: str) -> str:
    """A part in brackets, unless it holds together without them."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _raised(text: str) -> str:
    """An exponent: in raised characters where Unicode has all of them, else behind a caret."""
    raised = raise_mark(text) if not text.isupper() else text
    is_raised = len(raised) == len(text) and all(before != after for before, after in zip(text, raised, strict=True))
    return raised if is_raised else f"^{_bracketed(text)}" if text else ""


def _lowered(text: str) -> str:
    if text.isascii() and text.isdigit():
        return lowered_text(text)
    return f"_{_bracketed(text)}" if text else ""


def _over_line(base: str, above: str) -> str:
    """A base with an accent or a limit above it."""
    accent = {"¯": "\u0305", "‾": "\u0305", "^": "\u0302", "\u02c6": "\u0302", "~": "\u0303", "→": "\u20d7"}.get(above)
    return f"{_bracketed(base)}{accent}" if accent else base + _raised(above)


def _stack(rows: list[str]) -> str:
    """Numbers one above the other, as they are added or divided by hand."""
    return "; ".join(filter(None, rows))


_WRITERS: dict[str, Callable[[list[str]], str]] = {
    "mfrac": lambda parts: f"{_bracketed(parts[0])}/{_bracketed(parts[1])}",
    "msup": lambda parts: _bracketed(parts[0]) + _raised(parts[1]),
    "msub": lambda parts: _bracketed(parts[0]) + _lowered(parts[1]),
    "msubsup": lambda parts: _bracketed(parts[0]) + _lowered(parts[1]) + _raised(parts[2]),
    "munder": lambda parts: f"{parts[0]}{_lowered(parts[1])} ",
    "mover": lambda parts: _over_line(parts[0], parts[1]),
    "munderover": lambda parts: f"{parts[0]}{_lowered(parts[1])}{_raised(parts[2])} ",
    "msqrt": lambda parts: f"√{_bracketed(''.join(parts))}",
    "mroot": lambda parts: f"{_raised(parts[1])}√{_bracketed(parts[0])}",
    "mtr": ", ".join,
    "mtable": "; ".join,
    "mstack": _stack,
    "mlongdiv": _stack,
    "msgroup": _stack,
}
_MIN_PARTS = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mroot": 2}
