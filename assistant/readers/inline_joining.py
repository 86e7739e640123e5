"""Inlines become text with offsets: note marks are set off, struck out text is left out, white space is one space."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from assistant.readers.elements import Content, Inline, inlines_of
from assistant.readers.extract import remove_invisible
from assistant.readers.raised import lowered_text, raised_text
from assistant.structure import Box, PlacedWord, Run

_MAX_TARGET_CHARS = 500  # of a link
_TAIL_CHARS = 60  # of the text before a raised mark, by which it is judged


class InlineText(NamedTuple):
    """The text of an element's content, with offsets in it."""

    text: str = ""
    runs: tuple[Run, ...] = ()
    anchors: tuple[tuple[str, int], ...] = ()  # the key of each note that is referred to, and where
    has_struck: bool = False
    words: tuple[PlacedWord, ...] = ()  # those whose places on a page are known


_NOTHING = InlineText()


def join_lines(content: Content) -> InlineText:
    """The text of code or the like, in its lines: only invisible characters and white space at their ends go."""
    inlines = inlines_of(content)
    text = "".join(inline.text for inline in inlines if inline.style != "struck")
    has_struck = any(inline.style == "struck" and inline.text.strip() for inline in inlines)
    lines = [remove_invisible(line).rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    words = _words_in_lines([inline for inline in inlines if inline.style != "struck"])
    return InlineText("\n".join(lines).strip("\n"), has_struck=has_struck, words=words)


def _words_in_lines(inlines: Sequence[Inline]) -> tuple[PlacedWord, ...]:
    """The places of the inlines that have any, in the text that `join_lines` makes of them all."""
    if not any(inline.box for inline in inlines):
        return ()
    pieces = [remove_invisible(inline.text.replace("\r\n", "\n")) for inline in inlines]
    lines = "".join(pieces).split("\n")
    kept_lengths = [len(line.rstrip()) for line in lines]
    old_starts, new_starts = (
        list(accumulate((length + 1 for length in lengths), initial=0)) for lengths in (map(len, lines), kept_lengths)
    )
    first = next((number for number, length in enumerate(kept_lengths) if length), 0)  # blank lines before it go

    def new_offset(old: int) -> int:
        line = bisect_right(old_starts, old, hi=len(lines)) - 1
        kept = min(old - old_starts[line], kept_lengths[line])
        return max(new_starts[line] + kept - new_starts[first], 0)

    words, end = [], 0
    for inline, piece in zip(inlines, pieces, strict=True):
        start, end = end, end + len(piece)
        if inline.box and piece.strip():
            word_start = start + len(piece) - len(piece.lstrip())
            word_end = start + len(piece.rstrip())
            words.append(PlacedWord(new_offset(word_start), new_offset(word_end), inline.box))
    return tuple(words)


def join_inlines(content: Content) -> InlineText:
    """The text of some content, with its runs and the notes that it refers to."""
    if isinstance(content, str):  # as nearly every cell of a large table is
        return InlineText(" ".join(remove_invisible(content).split())) if content else _NOTHING
    joiner = _InlineJoiner()
    for inline in content:
        joiner.add(inline)
    return joiner.finish()


class _InlineJoiner:
    """Joins inlines to text in which any run of white space is one space."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._ends_in_mark = False  # whether the last thing was the mark of a note
        self._runs: list[Run] = []
        self._anchors: list[tuple[str, int]] = []
        self._has_struck = False
        self._words: list[PlacedWord] = []

    def add(self, inline: Inline) -> None:
        """Adds the characters of an inline, unless they are struck out."""
        if inline.box is None:
            self._add(inline)
            return
        if inline.style == "plain" and self._add_plain(inline.text, inline.box):
            return
        start, first_piece = self._length, len(self._pieces)
        self._add(inline)
        added = "".join(self._pieces[first_piece:])
        if words := added.strip():
            start += len(added) - len(added.lstrip())
            self._words.append(PlacedWord(start, start + len(words), inline.box))

    def _add_plain(self, text: str, box: Box) -> bool:
        """Adds a word, with the space before it, if it is one and nothing else; returns whether it was."""
        word = text[1:] if text[:1] == " " else text
        if not word or " " in word or self._ends_in_mark or not word.isprintable():
            return False
        pieces = self._pieces
        if word is not text and pieces and pieces[-1][-1] != " ":
            pieces.append(" ")
            self._length += 1
        start = self._length
        pieces.append(word)
        self._length = end = start + len(word)
        self._words.append(tuple.__new__(PlacedWord, (start, end, box)))
        return True

    def _add(self, inline: Inline) -> None:
        characters = remove_invisible(inline.text)
        if inline.style == "struck":
            self._has_struck |= bool(characters.strip())
            if characters[-1:].isspace():
                self._add_words(" ")  # which parts the words around it
        elif inline.style in {"raised", "note_mark"} and characters.strip():
            self._add_raised(characters, inline)
        elif inline.style == "note_mark":  # of a comment: nothing marks the place
            self._anchors.append((inline.target, self._length))
        else:
            is_lowered = inline.style == "lowered"
            start = self._add_words(lowered_text(characters) if is_lowered else characters)
            if is_lowered or inline.style == "link":
                self._add_run(Run(start, self._length, "lowered" if is_lowered else "link", inline.target))

    def finish(self) -> InlineText:
        """The text, without white space at its end."""
        text = "".join(self._pieces).rstrip()
        runs = (run._replace(end=min(run.end, len(text))) for run in self._runs)
        return InlineText(
            text, tuple(run for run in runs if run.start < run.end), tuple(self._anchors), self._has_struck,
            tuple(self._words),
        )  # fmt: skip

    def _add_raised(self, characters: str, inline: Inline) -> None:
        if characters[0].isspace():
            self._add_words(" ")
        added, is_note = raised_text(self._tail(), " ".join(characters.split()), is_note=inline.style == "note_mark")
        start = self._length + len(added) - len(added.lstrip())
        self._append(added)
        self._add_run(Run(start, self._length, "raised"))
        self._ends_in_mark = is_note
        if is_note and inline.target:
            self._anchors.append((inline.target, start))
        if characters[-1].isspace():
            self._add_words(" ")

    def _add_words(self, characters: str) -> int:
        """Adds words; returns where the first of them starts."""
        if not characters:
            return self._length
        words = " ".join(characters.split())
        is_apart = characters[0].isspace() or (self._ends_in_mark and characters[0].isalnum())
        if is_apart and not self._is_parted():
            self._append(" ")
        start = self._length
        if words:
            self._append(words)
            self._ends_in_mark = False
            if characters[-1].isspace():
                self._append(" ")
        return start

    def _add_run(self, run: Run) -> None:
        if run.start < run.end:
            self._runs.append(run._replace(target=remove_invisible(run.target[:_MAX_TARGET_CHARS])))

    def _append(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._length += len(text)

    def _is_parted(self) -> bool:
        """Whether nothing needs to part what is added now from what stands before it."""
        return not self._pieces or self._pieces[-1][-1] == " "

    def _tail(self) -> str:
        """The last characters."""
        tail = ""
        for piece in reversed(self._pieces):
            tail = piece + tail
            if len(tail) >= _TAIL_CHARS:
                break
        return tail[-_TAIL_CHARS:]
