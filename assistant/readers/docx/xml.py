"""Names and values in the XML of Word files."""

from functools import lru_cache
from typing import Any

from assistant.readers.office.package import attribute, child, local_name

_PREFIXES = {"wordprocessingml": "w", "math": "m", "markup-compatibility": "mc"}  # by a word of the namespace
_OFF = frozenset(("0", "false", "off", "none"))


def qualified_name(element: Any) -> str:
    """An element's name with the prefix that Word itself writes, "w:p"; those of drawings have none."""
    tag = element.tag
    return _qualified(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1_000)
def _qualified(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    words = namespace.split("/")
    prefix = next((_PREFIXES[word] for word in words if word in _PREFIXES), "")
    return f"{prefix}:{name}" if prefix else name


def value(element: Any, *path: str) -> str:
    """The ``w:val`` of the element that a path of names leads to; "" where there is none."""
    return attribute(child(element, *path), "val") or ""


def is_on(element: Any) -> bool:
    """Whether a switch such as ``<w:strike/>`` is on; one without a value is."""
    return (attribute(element, "val") or "1").lower() not in _OFF


def is_set(element: Any, name: str) -> bool:
    """Whether an attribute is there, and on."""
    return (attribute(element, name) or "0").lower() not in _OFF


def has_switch(element: Any, *path: str) -> bool:
    """Whether there is a switch at a path of names, and it is on."""
    switch = child(element, *path)
    return switch is not None and is_on(switch)


def alternative(element: Any) -> Any:
    """The one of several forms of the same content that a new Word shows; None where there is none."""
    choice = next((form for form in element if local_name(form) == "Choice"), None)
    return choice if choice is not None else child(element, "Fallback")


def children(element: Any) -> Any:
    """The children of an element that may be missing."""
    return () if element is None else element
