"""Formulas of web pages (MathML) as text on one line: ``x = (−b ± √(b² − 4ac))/(2a)``."""

import re
from collections.abc import Callable
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.raised import lowered_text, raise_mark
from assistant.readers.web.tree import tag_name

_TOKENS = frozenset(("mi", "mn", "mtext", "ms", "mo", "ci", "cn"))
_UNREAD = frozenset(("annotation", "annotation-xml", "mphantom", "maction", "none", "mprescripts"))
_SPACED = re.compile(r"[=<>≤≥≠≈≡±∓×·÷\u222a∩⊂⊆∈∉→⇒⇔↔∧\u2228\u2223≪≫∝\u223c≅+−-]")
_SIMPLE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|.?")  # what needs no brackets: a number, a word or one sign
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\|[^|]*\|")
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b")  # the signs between that no one sees


def math_text(formula: Any) -> str:
    """A formula as text on one line; its alternative text where it has nothing else.

    Args:
        formula: an element of MathML. A tree as deep as the parser allows is fine.
    """
    text = collapse_whitespace(_text(formula).translate(_INVISIBLE))
    return text or collapse_whitespace(formula.get("alttext") or "")


def _text(node: Any) -> str:
    tag = tag_name(node)
    if tag in _UNREAD or not tag:
        return ""
    if tag == "mo":
        sign = collapse_whitespace("".join(node.itertext()))
        is_binary = _SPACED.fullmatch(sign) and node.getprevious() is not None
        return f" {sign} " if is_binary else f"{sign} " if sign in {",", ";"} else sign
    if tag in _TOKENS:
        text = collapse_whitespace("".join(node.itertext()))
        return f" {text} " if tag == "mtext" and text else text
    parts = [child for child in node if tag_name(child)]
    write = _WRITERS.get(tag)
    if write is None or len(parts) < _PARTS.get(tag, 0):
        return "".join(map(_text, parts)) if parts else (node.text or "")
    return write(parts)


def _part(node: Any) -> str:
    return collapse_whitespace(_text(node))


def _bracketed(text: str) -> str:
    """A part in brackets, unless it holds together without them."""
    return text if _SIMPLE.fullmatch(text) or _IN_BRACKETS.fullmatch(text) else f"({text})"


def _base(node: Any) -> str:
    text = _part(node)
    return _bracketed(text) if re.search(r"[\s/]", text) else text


def _raised(text: str) -> str:
    """An exponent: in raised characters where Unicode has all of them, else behind a caret."""
    raised = raise_mark(text) if text.islower() or not text.isalpha() else text
    is_raised = len(raised) == len(text) and all(before != after for before, after in zip(text, raised, strict=True))
    if not text or text in {"\u2032", "″", "\u2217", "†"}:
        return text
    return raised if is_raised else f"^{_bracketed(text)}"


def _lowered(text: str) -> str:
    return lowered_text(text) if text.isdigit() else f"_{_bracketed(text)}" if text else ""


def _stack(rows: list[Any]) -> str:
    """Numbers one above the other, as they are added or divided by hand."""
    return "; ".join(filter(None, map(_part, rows)))


def _table(rows: list[Any]) -> str:
    return "; ".join(", ".join(map(_part, row)) for row in rows)


_PARTS = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mroot": 2, "munder": 2, "mover": 2, "munderover": 3}
_WRITERS: dict[str, Callable[[list[Any]], str]] = {
    "mfrac": lambda parts: f"{_bracketed(_part(parts[0]))}/{_bracketed(_part(parts[1]))}",
    "msup": lambda parts: _base(parts[0]) + _raised(_part(parts[1])),
    "msub": lambda parts: _base(parts[0]) + _lowered(_part(parts[1])),
    "msubsup": lambda parts: _base(parts[0]) + _lowered(_part(parts[1])) + _raised(_part(parts[2])),
    "msqrt": lambda parts: "√" + _bracketed("".join(map(_text, parts)).strip()),
    "mroot": lambda parts: f"{_raised(_part(parts[1]))}√{_bracketed(_part(parts[0]))}",
    "munder": lambda parts: _base(parts[0]) + _lowered(_part(parts[1])),
    "mover": lambda parts: _base(parts[0]) + ("" if len(_part(parts[1])) == 1 else _raised(_part(parts[1]))),
    "munderover": lambda parts: f"{_part(parts[0])}{_lowered(_part(parts[1]))}{_raised(_part(parts[2]))} ",
    "mtable": _table,
    "mstack": _stack,
    "mlongdiv": _stack,
    "msgroup": _stack,
    "mfenced": lambda parts: f"({', '.join(map(_part, parts))})",
}
