"""What an extractor that is independent of the readers finds in a file."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.errors import AssistantError

# Why words are counted apart. Those of the first group a reader leaves out; those of the second it may keep or not.
HIDDEN = "hidden"
STRUCK = "struck or deleted"
LEFT_OUT = (HIDDEN, STRUCK)

ADDRESSES = "addresses of links"
ALTERNATIVES = "texts in place of pictures"
COMPUTED = "numbers and dates that the format computes"
FIELDS = "names and values of form fields"
FORMULAS = "formulas"
FURNITURE = "running heads, running feet and page numbers"
KEYS = "names of keys and elements"
MARKUP = "markup that the extractor leaves in"
METADATA = "metadata"
PLACEHOLDERS = "placeholders"
REPEATED = "repeated labels"
TINY = "type too small to be read"
UNDRAWN = "words that nothing is seen of in a picture with faults"
VERSIONS = "another version of the same words"
EITHER_WAY = (
    *(ADDRESSES, ALTERNATIVES, COMPUTED, FIELDS, FORMULAS, FURNITURE, KEYS, MARKUP, METADATA, PLACEHOLDERS, REPEATED),
    *(TINY, UNDRAWN, VERSIONS),
)

# Why words of a page may be parted otherwise than its extractor parts them.
HYPHENS = "words that the end of a line parts"
ADDRESS_LINES = "addresses that the end of a line parts"
LETTERS_APART = "words whose letters are set apart"
OFF_THE_LINE = "raised or lowered characters that the extractor sets on the line"
SIGNS = "words with signs that the extractor gives as other characters"
PARTED_BADLY = "words that the extractor glues or tears"


class ExtractorError(AssistantError):
    """A file cannot be compared; the message says why."""


@dataclass(slots=True)
class Pieces:
    """The words of a file as an extractor meets them, and those that are counted apart, by the reason.

    Attributes:
        shown: its text, in pieces.
        apart: texts that are counted apart, by the reason.
        is_printed: whether places on a page tell what a word is, so that extractors may part words otherwise.
        hyphenated: the words that the end of a line parts at a hyphen, as pairs.
        known: words that the extractor finds in the file when it reads it in any of its ways.
        off_the_line: words of ours that are raised or lowered, which tells where they end.
    """

    shown: list[str] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)
    is_printed: bool = False
    hyphenated: set[tuple[str, str]] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    off_the_line: set[str] = field(default_factory=set)
    _last_reason: str = ""

    def add(self, text: str, reason: str = "") -> None:
        """Adds characters: to what is shown, or apart for a reason. They join those before them of the same sort."""
        if not reason:
            self.shown.append(text)
        else:
            self.apart.setdefault(reason, []).append(text if reason == self._last_reason else f" {text}")
        self._last_reason = reason if text else self._last_reason

    def add_apart(self, reason: str, texts: Iterable[str], times: int = 1) -> None:
        """Adds whole texts apart, each several times."""
        self.apart.setdefault(reason, []).extend(f" {text} " for text in texts for _ in range(times))

    def add_all(self, other: "Pieces") -> None:
        """Adds what was found in a part of the file."""
        self.shown += ["\n", *other.shown, "\n"]
        for reason, texts in other.apart.items():
            self.apart.setdefault(reason, []).extend(("\n", *texts))

    @property
    def text(self) -> str:
        """What is shown."""
        return "".join(self.shown)
