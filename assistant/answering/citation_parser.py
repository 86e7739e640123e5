"""Numbers the sources for a prompt, and reads citation markers, ``[3]`` or ``[2][5]``, back out of a model's stream.

A model writes markers in many ways: ``[2-4]``, ``[2, 4]``, ``【3】``, ``[^3]``, ``[3](#link)``, ``[Source 3]``. All are
read. A number that no source has is dropped and counted, never linked; brackets that are no marker are left out of the
text where they hold nothing but digits.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assistant.models.prompts import escape_for_prompt
from assistant.nlp.tokens import fold
from assistant.segmentation.sentences import sentence_spans

_OPENING_BRACKETS = "[［【〔⟦"
_OPENING_BRACKET, _CLOSING_BRACKET = r"[\[［【〔⟦]", r"[\]］】〕⟧]"
# Runs of spaces and brackets are taken whole or not at all: a model that has lost itself can write long ones.
_NUMBER_SEPARATOR = r"\s*+(?:[-–—−~,;、，/&]|to|and|\.\.)\s*+"
_NUMBER_LABEL = r"(?:sources?|sentences?|refs?|no|s)?[\s.:#^†]*+"
_MARKER = re.compile(
    rf"(?<!{_OPENING_BRACKET}){_OPENING_BRACKET}++\s*+{_NUMBER_LABEL}(\d{{1,4}}(?:{_NUMBER_SEPARATOR}{_NUMBER_LABEL}\d{{1,4}})*)"
    rf"\s*(?:†[^\]】]{{0,40}})?{_CLOSING_BRACKET}+(?:\([^()\s]{{0,200}}\))?",
    re.IGNORECASE,
)
_JOINED_MARKER = re.compile(rf"{_MARKER.pattern}\s*(?:,\s*(?={_OPENING_BRACKET}))?", re.IGNORECASE)  # "[2], [5]"
_MARKERS_OR_LINE_END = re.compile(rf"(?:{_JOINED_MARKER.pattern})+[.!?]*|(?<![ \t])[ \t]*+\n\s*", re.IGNORECASE)
_NUMBER_OR_RANGE = re.compile(r"(\d+)(?:\s*(?:[-–—−~]|\bto\b|\.\.)\s*(?:[^\d,;]*)(\d+))?", re.IGNORECASE)
_MAX_STATEMENT_CHARS = 10_000  # that are waited for; then what has come is a statement
_MAX_RANGE = 30  # numbers that a range may name: it is no way to cite everything

# At the end of what has come of a stream:
_FIRST_BRACKET = re.compile(_OPENING_BRACKET)
_UNCLOSED_MARKER = re.compile(rf"{_OPENING_BRACKET}[^\]］】〕⟧\n]{{0,60}}$")  # may still become a marker
_UNCLOSED_LINK = re.compile(rf"{_CLOSING_BRACKET}\([^()\s]{{0,200}}$")  # may still become a link
_MAX_DAGGER_CHARS = 50  # from † to the end of a marker, with some to spare
_MAX_UNCLOSED_CHARS = 300  # of either, with what follows at the end of the text
_TRAILING_COMMA = re.compile(r"\s*+,\s*+\Z")  # another marker may follow
_LAST_CHARACTER = re.compile(r"\s*+\S?+\s*+\Z")  # one is too few to tell how the text goes on

_LIST_MARKUP = re.compile(r"^(?:[-*•–—>#]+\s+|\(?\d{1,2}[.)]\s+(?=\D)|(?:answer|a)\s*:\s*)+", re.IGNORECASE)
_LEFTOVER_MARKUP = re.compile(rf"{_OPENING_BRACKET}[\d\s,.^-]*+(?:{_CLOSING_BRACKET}|$)|\*\*|__|`")
_SPACE_BEFORE_STOP = re.compile(r"\s+([.,;:!?])")
_SENTENCE_ENDS = (".", "!", "?", "…", '."', ".”", '!"', '?"')


@dataclass(frozen=True, slots=True)
class PromptSource:
    """A sentence to be numbered, with the title and date of its document."""

    text: str
    title: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A statement as a model wrote it, without its citation markers, and the numbers that these name, each once."""

    text: str
    numbers: tuple[int, ...]


def number_sources(sources: Sequence[PromptSource]) -> str:
    """The sources as lines ``[n] text`` under the titles of their documents, numbered from 1."""
    lines: list[str] = []
    numbered = groupby(enumerate(sources, 1), key=lambda pair: (pair[1].title, pair[1].date))
    for (title, date), group in numbered:
        lines.append(f"# {escape_for_prompt(title)}{f' ({date.isoformat()})' if date else ''}")
        lines += [f"[{number}] {escape_for_prompt(source.text)}" for number, source in group]
    return "\n".join(lines)


@dataclass(slots=True)
class CitationParser:
    """Reads statements out of a stream, piece by piece; how the stream is cut makes no difference.

    A statement ends behind its citation markers, or at the end of a line, or after 10,000 characters. Feed it every
    piece, then ``finish`` it.
    """

    source_count: int  # valid numbers are 1 to this
    dropped: int = 0  # numbers that no source has
    _rest: str = field(default="", repr=False)
    _searched: int = field(default=0, repr=False)  # up to here no statement ends in the rest

    def parse(self, pieces: Iterable[str]) -> Iterator[DraftStatement]:
        """The statements of a whole stream, each as soon as it is complete."""
        for piece in pieces:
            yield from self.feed(piece)
        yield from self.finish()

    def feed(self, piece: str) -> list[DraftStatement]:
        """The statements that this piece completes."""
        self._rest += piece
        return self._take_statements(final=False)

    def finish(self) -> list[DraftStatement]:
        """The statements that are left when the stream has ended."""
        return self._take_statements(final=True)

    def _take_statements(self, *, final: bool) -> list[DraftStatement]:
        drafts: list[DraftStatement] = []
        start, text = 0, self._rest
        while start < len(text):
            window = text[start : start + _MAX_STATEMENT_CHARS]
            is_last = final or start + len(window) < len(text)  # nothing that comes later can change it
            end, self._searched = _statement_end(window, self._searched, final=is_last)
            if end is None:
                break
            drafts += self._parse_segment(window[:end])
            start += end
        self._rest = text[start:]
        return drafts

    def _parse_segment(self, segment: str) -> Iterator[DraftStatement]:
        """The sentences of a segment, each with all valid numbers of its citation markers."""
        numbers = [number for marker in _MARKER.finditer(segment) for number in _marker_numbers(marker[1])]
        self.dropped += sum(not 0 < number <= self.source_count for number in numbers)
        valid = tuple(dict.fromkeys(number for number in numbers if 0 < number <= self.source_count))
        text = _without_markup(_JOINED_MARKER.sub(" ", segment))
        for start, end in sentence_spans(text):
            if any(character.isalnum() for character in text[start:end]):
                yield DraftStatement(text[start:end], valid)


def is_phrase(text: str, phrase: str) -> bool:
    """Whether a text is a fixed phrase or begins with it, case and punctuation aside."""
    words, phrase_words = (re.sub(r"\W+", " ", fold(string)).strip() for string in (text, phrase))
    return words.startswith(phrase_words)


def _statement_end(text: str, start: int, *, final: bool) -> tuple[int | None, int]:
    """Where the first statement of a text ends, its citation markers included; None while that can't be told.

    Args:
        text: what has come of a stream and isn't read yet.
        start: up to where it was searched before.
        final: whether the stream has ended.

    Returns:
        The end, and up to where the text behind it, or the whole text without an end, need not be searched again.
    """
    open_from = len(text) if final else _last_beginning(text, start)
    position = searched = start
    while event := _MARKERS_OR_LINE_END.search(text, position):
        following = _skip_space(text, event.end())
        if following is None or (not final and _may_change(text, event.end())):
            break
        if _ends_statement(text, event, following):
            return following, 0
        position = event.end()
        searched = position if position < open_from else searched  # a bracket right behind may join it
    if final:
        return len(text), 0
    return None, open_from if event is None and position < open_from else searched


def _last_beginning(text: str, start: int) -> int:
    """Where in a text, from ``start`` on, markers or a line end may have begun that its end leaves open."""
    space = max(start, len(text.rstrip()))
    dagger = text.find("†", max(start, len(text) - _MAX_DAGGER_CHARS))  # behind it a marker may have other brackets
    bracket = max(text.rfind(opening, start, dagger if dagger >= 0 else len(text)) for opening in _OPENING_BRACKETS)
    if bracket < 0:
        behind = _FIRST_BRACKET.search(text, max(start, dagger))
        return min(behind.start(), space) if behind and dagger >= 0 else space
    run_start = start + len(text[start : bracket + 1].rstrip(_OPENING_BRACKETS))
    return min(run_start, space)


def _skip_space(text: str, start: int) -> int | None:
    """The place of the first character from here on that is no white space; None where there is none."""
    while start < len(text) and text[start].isspace():
        start += 1
    return start if start < len(text) else None


def _may_change(text: str, end: int) -> bool:
    """Whether what comes next in the stream may still change what stands at the text's end.

    Args:
        text: what has come.
        end: of the markers or line end in question.
    """
    tail = text[max(end - 1, len(text) - _MAX_UNCLOSED_CHARS) :]
    return bool(
        _UNCLOSED_MARKER.search(tail)
        or _UNCLOSED_LINK.search(tail)
        or _TRAILING_COMMA.match(text, end)
        or _LAST_CHARACTER.match(text, end)
    )


def _ends_statement(text: str, event: re.Match[str], following: int) -> bool:
    """Whether a statement ends with these markers or this line end; ``following`` is where the text goes on."""
    next_character, end = text[following], event.start()
    while end and text[end - 1].isspace():
        end -= 1
    if not end and "\n" in event[0]:
        return True
    if re.match(_OPENING_BRACKET, next_character):
        return False  # more markers
    if "\n" in event[0]:
        return True
    has_stop = text[max(0, end - 2) : end].endswith(_SENTENCE_ENDS) or event[0].rstrip()[-1:] in ".!?"
    return has_stop or next_character.isupper() or next_character in "-*•#"


def _marker_numbers(inside: str) -> Iterable[int]:
    """The numbers that a citation marker names; of a range that is too long or turned round its ends alone."""
    numbers: list[int] = []
    for first, last in _NUMBER_OR_RANGE.findall(inside):
        low, high = int(first), int(last or first)
        numbers += range(low, high + 1) if low <= high < low + _MAX_RANGE else [low, high]
    return numbers


def _without_markup(text: str) -> str:
    line = " ".join(_LEFTOVER_MARKUP.sub(" ", text).split())
    return _SPACE_BEFORE_STOP.sub(r"\1", _LIST_MARKUP.sub("", line)).strip()
