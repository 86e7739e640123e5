"""Diagrams of Office files (SmartArt): the text of their nodes, nested as the nodes are."""

from collections.abc import Iterator
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.office.package import child, descendants, named, whole_number

_MAX_LEVEL = 8
_NODE_KINDS = ("node", "asst")


def diagram_items(data_model: Any) -> Iterator[tuple[int, str]]:
    """The level, from 0, and the text of each node of a diagram, each before those below it.

    Args:
        data_model: the root of a diagram's data part.
    """
    points = {point.get("modelId", ""): point for point in named(child(data_model, "ptLst"), "pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for connection in named(child(data_model, "cxnLst"), "cxn"):
        if connection.get("type", "parOf") == "parOf":
            place = whole_number(connection.get("srcOrd"))
            below.setdefault(connection.get("srcId", ""), []).append((place, connection.get("destId", "")))
    roots = [key for key, point in points.items() if point.get("type") == "doc"]
    # Nodes that no connection leads to come last, so that no text is lost; a node is shown once, whatever leads to it.
    waiting = [(key, 0) for key in reversed([*roots, *(key for key, point in points.items() if _is_node(point))])]
    shown: set[str] = set()
    while waiting:
        key, level = waiting.pop()
        if key in shown or key not in points:
            continue
        shown.add(key)
        if _is_node(points[key]) and (text := _node_text(points[key])):
            yield min(level, _MAX_LEVEL), text
        next_level = level + _is_node(points[key])
        waiting += [(other, next_level) for _, other in sorted(below.get(key, ()), reverse=True)]


def _is_node(point: Any) -> bool:
    return point.get("type", "node") in _NODE_KINDS


def _node_text(point: Any) -> str:
    paragraphs = descendants(child(point, "t"), "p")
    texts = ("".join(_run_text(run) for run in descendants(paragraph, "t", "br")) for paragraph in paragraphs)
    return collapse_whitespace(" ".join(texts))


def _run_text(run: Any) -> str:
    return run.text or " "
