"""What the paragraphs of a Word file before 2007 are by their styles: headings, items with their numbers, contents.

office-oxide reads the text, but guesses headings by their looks and calls every list numbered.
"""

import re
import struct
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.readers.old_office.doc_file import DocFile, Properties, open_doc
from assistant.readers.old_office.doc_lists import DocLists
from assistant.structure import Role

_TITLE, _SUBTITLE = 62, 74  # Word's numbers of styles
_HEADINGS, _INDEXES, _CONTENTS = range(1, 10), range(10, 19), range(19, 28)
_MAX_HEADING_LEVEL = 6
_BODY_LEVEL = 9  # the outline level of text that is no heading
_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class ParagraphFormat:
    """What a paragraph is.

    Attributes:
        heading_level: 0 for what is no heading.
        list_level: from 0.
        mark: its number as shown, "" for a bullet; None for what stands in no list.
        role: whose words it holds.
    """

    heading_level: int = 0
    list_level: int = 0
    mark: str | None = None
    role: Role = "body"


class ParagraphFormats:
    """The formats of paragraphs by their words, to be taken in reading order.

    Args:
        formats: the words and the format of each paragraph, in order.
        has_deleted: whether the file records words that were deleted.
        has_hidden: whether it holds words that are hidden.
        is_from_macintosh: whether its characters are those of a Macintosh, and not Windows' as they were decoded.
    """

    def __init__(
        self,
        formats: Iterator[tuple[str, ParagraphFormat]],
        *,
        has_deleted: bool = False,
        has_hidden: bool = False,
        is_from_macintosh: bool = False,
    ) -> None:
        self.has_deleted = has_deleted
        self.has_hidden = has_hidden
        self.is_from_macintosh = is_from_macintosh
        self._formats: dict[str, deque[ParagraphFormat]] = {}
        for text, form in formats:
            self._formats.setdefault(_key(text), deque()).append(form)

    @property
    def is_known(self) -> bool:
        """Whether the file tells any formats."""
        return bool(self._formats)

    def take(self, text: str) -> ParagraphFormat | None:
        """The format of the next paragraph with these words; None where there is none left."""
        waiting = self._formats.get(_key(text))
        return waiting.popleft() if waiting else None


def read_formats(data: bytes) -> ParagraphFormats:
    """The formats of a file's paragraphs; none where it is of Word before 97, or damaged."""
    file = open_doc(data)
    if file is None:
        return ParagraphFormats(iter(()))
    try:
        has_deleted, has_hidden = file.has_unseen()
        is_from_macintosh = file.is_from_macintosh
    except (struct.error, IndexError):
        has_deleted = has_hidden = is_from_macintosh = False
    return ParagraphFormats(
        _formats(file), has_deleted=has_deleted, has_hidden=has_hidden, is_from_macintosh=is_from_macintosh
    )


def _formats(file: DocFile) -> Iterator[tuple[str, ParagraphFormat]]:
    lists = DocLists(file.table, file.place("lists"), file.place("list overrides"))
    try:
        for text, properties in file.paragraphs():
            if not properties.is_in_table:
                yield text, _format(file.styles, lists, properties)
    except (struct.error, IndexError):
        return  # what was read until here still holds


def _format(styles: Mapping[int, Properties], lists: DocLists, own: Properties) -> ParagraphFormat:
    chain = [own, *_with_bases(styles, own.style)]
    kinds = [properties.kind for properties in chain]
    number = next((properties.list for properties in chain if properties.list is not None), 0)
    level = next((properties.list_level for properties in chain if properties.list_level is not None), 0)
    outline = next((one.outline_level for one in chain if one.outline_level is not None), _BODY_LEVEL)
    mark = lists.count(number, level) if number else None
    if any(kind in _CONTENTS for kind in kinds):
        return ParagraphFormat(role="contents")
    if any(kind in _INDEXES for kind in kinds):
        return ParagraphFormat(role="index")
    if kinds[1:2] == [_TITLE]:
        return ParagraphFormat(heading_level=1, role="title")
    heading = next((kind for kind in kinds if kind in _HEADINGS), 0) or (outline + 1 if outline < _BODY_LEVEL else 0)
    return ParagraphFormat(min(heading, _MAX_HEADING_LEVEL), level, mark)


def _with_bases(styles: Mapping[int, Properties], number: int) -> Iterator[Properties]:
    for _ in range(11):  # a damaged file may name a style as its own base
        if number not in styles:
            return
        yield styles[number]
        number = styles[number].style


def _key(text: str) -> str:
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text))
