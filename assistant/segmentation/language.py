"""Notes a text that is mostly in letters of another script than the three that the bundled embedder knows."""

import re
import unicodedata

UNKNOWN_SCRIPT_NOTE = (
    "mostly in letters that the bundled embedder doesn't know (it knows Latin, Greek and Cyrillic ones): it is found "
    "by its words alone; set ASSISTANT_EMBEDDING to a model that knows them"
)
_SAMPLE_CHARS = 5_000  # of the text, examined
_MIN_LETTERS = 40  # fewer are no evidence
_KNOWN_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_LETTER = re.compile(r"[^\W\d_]")


def language_note(text: str) -> str | None:
    """A note for a document that is mostly in another script than Latin, Greek or Cyrillic; None for any other.

    Args:
        text: a canonical text; its first 5,000 characters are examined.
    """
    letters = _LETTER.findall(text[:_SAMPLE_CHARS])
    known = sum(unicodedata.name(letter, "").startswith(_KNOWN_SCRIPTS) for letter in letters)
    return UNKNOWN_SCRIPT_NOTE if len(letters) >= _MIN_LETTERS and 2 * known < len(letters) else None
