"""What reading the text of an OpenDocument file needs to know, and what it counts on the way."""

from collections import Counter
from typing import Any

from assistant.readers.elements import Inline
from assistant.readers.opendocument.numbering import Numbering
from assistant.readers.opendocument.package import OdfFile, attribute, child, children, descendants, node_name
from assistant.readers.opendocument.styles import Styles

_MAX_OBJECTS = 1_000  # that are embedded in a file


class OdfContext:
    """The file, its styles and its counts.

    Attributes:
        file: whose text is read.
        styles: that hold in the part that is read.
        numbering: of lists and headings.
        left_out: how many things of each kind are not in the text.
        repeatable: how many more characters cells that the file only counts may add.
    """

    def __init__(self, file: OdfFile, *, of_pages: bool = False) -> None:
        """Begins to read the text, or the headers and footers of its pages."""
        self.file = file
        self.styles = Styles(file, of_pages=of_pages)
        self.numbering = Numbering(self.styles.outline)
        self.left_out: Counter[str] = Counter()
        self.repeatable = 5_000_000
        self._controls = _controls(file.body)
        self._deletions = _deletions(file.body)
        self._objects: set[str] = set()
        self._note_count = 0

    def note_key(self) -> str:
        """A key for the next note."""
        self._note_count += 1
        return f"{self._note_count}"

    def control(self, control_id: str) -> Any | None:
        """A form's control."""
        return self._controls.get(control_id)

    def deletion(self, change_id: str) -> Inline:
        """The text that a tracked change deletes."""
        return Inline(self._deletions.get(change_id, ""), "struck")

    def embedded(self, frame_object: Any) -> Any | None:
        """The root of an embedded document the first time that it is asked for; None where it can't be read."""
        href = attribute(frame_object, "xlink:href")
        if href in self._objects or len(self._objects) >= _MAX_OBJECTS:
            return None
        self._objects |= {href} if href else set()
        return self.file.embedded(frame_object)


def _controls(body: Any) -> dict[str, Any]:
    controls: dict[str, Any] = {}
    for forms in descendants(body, "office:forms"):
        for control in forms.iter():
            control_id = attribute(control, "xml:id") or attribute(control, "form:id") if node_name(control) else ""
            if control_id:
                controls[control_id] = control
    return controls


def _deletions(body: Any) -> dict[str, str]:
    deletions: dict[str, str] = {}
    changes = child(body, "text:tracked-changes")
    for region in children(changes) if changes is not None else ():
        deletion = child(region, "text:deletion")
        if deletion is None:
            continue
        pieces = [
            "".join(paragraph.itertext())
            for paragraph in children(deletion)
            if node_name(paragraph) != "office:change-info"
        ]
        for name in ("xml:id", "text:id"):
            deletions[attribute(region, name)] = " ".join(pieces)
    return deletions
