"""What holds inside a group of Rich Text, and what a file defines at its beginning."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from assistant.readers.elements import Element, InlineStyle
from assistant.readers.rtf.flow import ParagraphFormat, RtfFlow, RtfStyle
from assistant.readers.rtf.fonts import DEFAULT_ENCODING, RtfFont
from assistant.structure import Role


@dataclass(slots=True)
class RtfField:
    """A field: an instruction such as HYPERLINK, and what it gives.

    Attributes:
        instruction: its pieces.
        kind: of a form's field: 0 text, 1 check box, 2 list; None for none.
        default: the number of what is chosen at first; 1 for a box that is ticked.
        result: the number of what is chosen now; None where that isn't said.
        choices: of a list.
    """

    instruction: list[str] = dataclass_field(default_factory=list)
    kind: int | None = None
    default: int = 0
    result: int | None = None
    choices: list[str] = dataclass_field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """The instruction in words."""
        return "".join(self.instruction).split()

    @property
    def name(self) -> str:
        """The first word of the instruction, as in "HYPERLINK"."""
        return next(iter(self.words), "").upper()

    @property
    def value(self) -> int:
        """The number that the field holds, or its default."""
        return self.default if self.result in {None, 25} else self.result or 0


@dataclass(slots=True)
class RtfState:
    """What holds inside a group; groups in it begin with the same.

    Attributes:
        destination: what characters are for: "text", "shape" (only boxes in it are read), "skipped", or what they
            name, such as "font" and "title".
        flow: the stream that characters of text go to.
        closing: what is put behind the group when it ends.
        destination_before: what characters were for before a text that comes in two forms.
        captured: characters that are no text but the name of a font, a number of a list and so on.
    """

    flow: RtfFlow
    destination: str = "text"
    font: int = 0
    unicode_bytes: int = 1  # that stand behind a character for programs that don't know Unicode
    position: InlineStyle = "plain"
    is_struck: bool = False
    is_deleted: bool = False
    is_hidden: bool = False
    language: int = 0
    style: int = 0
    outline: int | None = None
    list_level: int = 0
    is_in_table: bool = False
    is_hanging: bool = False
    nesting: int = 0
    in_nested_definition: bool = False
    is_in_object: bool = False
    field: RtfField | None = None
    link: str = ""
    role: Role = "body"
    closing: str = ""
    destination_before: str = "text"
    captured: list[str] = dataclass_field(default_factory=list)

    def reset_characters(self, font: int) -> None:
        """All that holds for characters is as at first."""
        self.font, self.position = font, "plain"
        self.is_struck = self.is_deleted = self.is_hidden = False

    def reset_paragraph(self) -> None:
        """All that holds for paragraphs is as at first."""
        self.style, self.outline, self.list_level = 0, None, 0
        self.is_in_table, self.nesting, self.is_hanging = False, 0, False

    def table_nesting(self) -> int:
        """In how many tables a paragraph stands."""
        return max(self.nesting, 1) if self.is_in_table else self.nesting if self.nesting > 1 else 0

    def paragraph(self, styles: dict[int, RtfStyle]) -> ParagraphFormat:
        """What holds for a paragraph that ends here."""
        style = styles.get(self.style, RtfStyle())
        return ParagraphFormat(style, self.outline, self.list_level, self.table_nesting(), self.is_hanging)


@dataclass(slots=True)
class RtfDefinitions:
    """What a file defines, and what is counted in it.

    Attributes:
        encoding: of its bytes, where their font has none.
        default_font: the number of the font that holds at first.
        fonts: by number.
        styles: of paragraphs, by number.
        info: its title and author, by name.
        dates: when it was made and saved, by name.
        number_formats: of the marks of notes, by label.
        note_counts: how many notes there were, by label.
        left_out: how many things of each kind are not in the text.
        languages: how many characters are in each, by Windows' number.
        headers: of its pages by their words, and their footers behind.
    """

    encoding: str = DEFAULT_ENCODING
    default_font: int = 0
    fonts: dict[int, RtfFont] = dataclass_field(default_factory=dict)
    styles: dict[int, RtfStyle] = dataclass_field(default_factory=dict)
    info: dict[str, str] = dataclass_field(default_factory=dict)
    dates: dict[str, dt.date] = dataclass_field(default_factory=dict)
    number_formats: dict[str, str] = dataclass_field(default_factory=dict)
    note_counts: Counter[str] = dataclass_field(default_factory=Counter)
    left_out: Counter[str] = dataclass_field(default_factory=Counter)
    languages: Counter[int] = dataclass_field(default_factory=Counter)
    headers: dict[str, Element] = dataclass_field(default_factory=dict)
    footers: dict[str, Element] = dataclass_field(default_factory=dict)
