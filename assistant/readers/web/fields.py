"""Form fields of web pages: their values, and the labels that name them."""

from collections.abc import Iterator
from typing import Any

from assistant.readers.extract import collapse_whitespace
from assistant.readers.web.survey import Survey
from assistant.readers.web.tree import tag_name, types_of

_BOX_TYPES = frozenset(("checkbox", "radio"))
_VALUE_TYPES = frozenset(
    ("text", "", "email", "number", "date", "tel", "url", "time", "month", "week", "datetime-local")
)
_CONTROL_TAGS = frozenset(("input", "select", "textarea", "output"))


def is_box(node: Any) -> bool:
    """Whether an element is a check box, or one of several buttons of which one is pressed."""
    types = types_of(node)
    if tag_name(node) == "input":  # one that is called a button only opens a menu
        return (node.get("type") or "").lower() in _BOX_TYPES and "button" not in types
    return bool(types & {"checkbox", "radio", "menuitemcheckbox", "switch"}) and "aria-checked" in node.attrib


def is_ticked(box: Any) -> bool:
    """Whether a box is ticked."""
    return "checked" in box.attrib or (box.get("aria-checked") or "").lower() == "true"


def is_value_field(node: Any) -> bool:
    """Whether an element is a field with a value that is written or chosen."""
    tag = tag_name(node)
    return tag in {"select", "textarea"} or (tag == "input" and (node.get("type") or "").lower() in _VALUE_TYPES)


def field_value(node: Any) -> str:
    """What is written or chosen in a field; "" where nothing is."""
    tag = tag_name(node)
    if tag == "input":
        return collapse_whitespace(node.get("value") or "")
    if tag == "textarea":
        return collapse_whitespace("".join(node.itertext()))
    chosen = [option for option in node.iter("{*}option") if "selected" in option.attrib]
    return ", ".join(collapse_whitespace("".join(option.itertext())) for option in chosen)


def field_label(node: Any, survey: Survey) -> str:
    """The name of a field: its label's words, or what its attributes call it."""
    label = survey.labels.get(node.get("id") or "")
    text = collapse_whitespace("".join(label.itertext())) if label is not None else ""
    return text or collapse_whitespace(node.get("aria-label") or node.get("title") or node.get("placeholder") or "")


def labelled_field(label: Any, survey: Survey) -> Any:
    """The field that a label names; None where there is none."""
    if label.get("for"):
        return survey.controls.get(label.get("for"))
    return next((node for node in label.iterdescendants("*") if tag_name(node) in _CONTROL_TAGS), None)


def label_text(label: Any, control: Any) -> str:
    """The words of a label without those of the field in it."""
    return collapse_whitespace("".join(_text_beside(label, control)))


def _text_beside(label: Any, control: Any) -> Iterator[str]:
    """The text in a label without that of the field in it."""
    inside = set(control.iter())
    for node in label.iter():
        if node not in inside and tag_name(node):
            yield node.text or ""
        if node is not label and (node is control or node not in inside):
            yield node.tail or ""
