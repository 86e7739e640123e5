"""The words of a block become paragraphs: where a page breaks lines, and where a note's mark ends."""

from collections.abc import Iterator

from assistant.readers.elements import Inline
from assistant.readers.web.notes import clean_mark, is_mark

LINE_END = Inline("\n", "plain", "line end")  # where the page breaks a line; told by its identity
_SENTENCE_ENDS = (".", "!", "?", ":", "…", "”", "»", '"')
_MAX_MARK_CHARS = 12


def split_paragraphs(inlines: list[Inline], *, is_one: bool) -> Iterator[list[Inline]]:
    """The paragraphs of a block's words.

    One line end inside a sentence is only a line's end; after a full stop it is a paragraph's, and so are two.

    Args:
        inlines: the words.
        is_one: whether they are one paragraph however many lines they have.
    """
    paragraph: list[Inline] = []
    last, line_ends = "", 0
    for inline in inlines:
        if inline is LINE_END:
            line_ends += 1
        elif not inline.text.strip():
            paragraph.append(Inline(" "))
        else:
            is_end = line_ends > 1 or (line_ends == 1 and last.endswith(_SENTENCE_ENDS))
            if last and is_end and not is_one:
                yield paragraph
                paragraph = []
            elif line_ends:
                paragraph.append(Inline(" "))
            paragraph.append(inline)
            last, line_ends = inline.text.rstrip(), 0
    if last:
        yield paragraph


def strip_mark(inlines: list[Inline], mark: str) -> tuple[str, list[Inline]]:
    """The mark of a note, and its words without it.

    Args:
        inlines: the note as it stands.
        mark: as its reference or its list has it; "" where neither does.

    >>> strip_mark([Inline("[3]", "link"), Inline(" By the driver's count.")], "")
    ('3', [Inline(text=" By the driver's count.", style='plain', target='')])
    """
    place = next((number for number, inline in enumerate(inlines) if inline.text.strip()), len(inlines))
    if place == len(inlines):
        return mark, inlines
    first, rest = inlines[place], inlines[place + 1 :]
    if first.style in {"raised", "link", "note_mark"} and is_mark(first.text):
        return mark or clean_mark(first.text), rest
    head, _, tail = first.text.strip().partition(" ")
    if len(head) <= _MAX_MARK_CHARS and is_mark(head) and (clean_mark(head) == mark or (not mark and _is_sign(head))):
        return clean_mark(head), [Inline(tail, first.style, first.target), *rest]
    return mark, inlines


def _is_sign(word: str) -> bool:
    """Whether a word can be nothing but a mark: signs, or a number in brackets or before a stop."""
    inner = clean_mark(word)
    return bool(inner) and (not any(map(str.isalnum, inner)) or (inner.isdigit() and inner != word))
