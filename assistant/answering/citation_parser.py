"""Numbers the sources for a prompt, and reads the marks, ``[3]`` or ``[2][5]``, back out of a model's stream.

A model writes marks in many ways: ``[2-4]``, ``[2, 4]``, ``【3】``, ``[^3]``, ``[3](#link)``, ``[Source 3]``. All are
read. A number that no source has is dropped and counted, never linked; a bracket that is no mark is left out of the
text where it holds nothing but digits.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assistant.models.prompts import escape_for_prompt
from assistant.nlp.tokens import fold
from assistant.segmentation.sentences import sentence_spans

_OPEN, _CLOSE = r"[\[［【〔⟦]", r"[\]］】〕⟧]"
_JOIN = r"\s*(?:[-–—−~,;、，/&]|to|and|\.\.)\s*"
_WORD = r"(?:sources?|sentences?|refs?|no|s)?[\s.:#^†]*"
_MARK = re.compile(
    rf"{_OPEN}+\s*{_WORD}(\d{{1,4}}(?:{_JOIN}{_WORD}\d{{1,4}})*)\s*(?:†[^\]】]{{0,40}})?{_CLOSE}+(?:\([^()\s]{{0,200}}\))?",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+)(?:\s*(?:[-–—−~]|\bto\b|\.\.)\s*(?:[^\d,;]*)(\d+))?", re.IGNORECASE)
_OPENING = re.compile(rf"{_OPEN}[^\]］】〕⟧\n]{{0,60}}$")  # may still become a mark
_LINKING = re.compile(rf"{_CLOSE}\([^()\s]{{0,200}}$")  # may still become a link
_LEAD = re.compile(r"^(?:[-*•–—>#]+\s+|\(?\d{1,2}[.)]\s+(?=\D)|(?:answer|a)\s*:\s*)+", re.IGNORECASE)
_LEFT = re.compile(rf"{_OPEN}\s*[\d\s,.^-]*\s*(?:{_CLOSE}|$)|\*\*|__|`")
_SPACED = re.compile(r"\s+([.,;:!?])")
_STOPS = (".", "!", "?", "…", '."', ".”", '!"', '?"')
_MOST = 30  # numbers that one mark may name: a range is no way to cite everything


@dataclass(frozen=True, slots=True)
class PromptSource:
    """A sentence to be numbered, with the title and date of its document."""

    text: str
    title: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A statement as a model wrote it, without its marks, and the numbers that these name, each once."""

    text: str
    numbers: tuple[int, ...]


def number_sources(sources: Sequence[PromptSource]) -> str:
    """The sources as lines ``[n] text`` under the titles of their documents, numbered from 1."""
    lines = []
    for (title, day), group in groupby(enumerate(sources, 1), key=lambda each: (each[1].title, each[1].date)):
        lines.append(f"# {escape_for_prompt(title)}{f' ({day.isoformat()})' if day else ''}")
        lines += [f"[{number}] {escape_for_prompt(source.text)}" for number, source in group]
    return "\n".join(lines)


@dataclass(slots=True)
class CitationParser:
    """Reads statements out of a stream, piece by piece; how the stream is cut makes no difference.

    A statement ends behind its marks, or at the end of a line. Feed it every piece, then ``finish`` it.
    """

    known: int  # sources there are: numbers from 1 to this
    dropped: int = 0  # numbers that no source has
    _rest: str = field(default="", repr=False)

    def feed(self, piece: str) -> list[DraftStatement]:
        """The statements that this piece completes."""
        self._rest += piece
        return self._read(final=False)

    def finish(self) -> list[DraftStatement]:
        """The statements that are left when the stream has ended."""
        return self._read(final=True)

    def _read(self, *, final: bool) -> list[DraftStatement]:
        drafts: list[DraftStatement] = []
        while (end := _end(self._rest, final=final)) is not None:
            segment, self._rest = self._rest[:end], self._rest[end:]
            drafts += self._drafts(segment)
            if not self._rest:
                break
        return drafts

    def _drafts(self, segment: str) -> Iterator[DraftStatement]:
        numbers = [number for mark in _MARK.finditer(segment) for number in _numbers(mark[1])]
        self.dropped += sum(not 0 < number <= self.known for number in numbers)
        good = tuple(dict.fromkeys(number for number in numbers if 0 < number <= self.known))
        text = _cleaned(_JOINED.sub(" ", segment))
        for start, end in sentence_spans(text):
            if any(c.isalnum() for c in text[start:end]):
                yield DraftStatement(text[start:end], good)


def is_phrase(text: str, phrase: str) -> bool:
    """Whether a text is a fixed phrase or begins with it, case and punctuation aside."""
    told, fixed = (re.sub(r"\W+", " ", fold(each)).strip() for each in (text, phrase))
    return told.startswith(fixed)


def _end(text: str, *, final: bool) -> int | None:
    """Where the first statement of a text ends, its marks included; None while that can't be told."""
    at = 0
    while found := _event(text, at):
        after = _behind(text, found.end())
        if after is None:
            return len(text) if final and text else None
        if not final and _unsettled(text, found.end()):
            return None
        if _parts(text, found, after):
            return after
        at = found.end()
    return len(text) if final and text else None


_JOINED = re.compile(rf"{_MARK.pattern}\s*(?:,\s*(?={_OPEN}))?", re.IGNORECASE)  # "[2], [5]"
_EVENT = re.compile(rf"(?:{_JOINED.pattern})+[.!?]*|[ \t]*\n\s*", re.IGNORECASE)
_MORE = re.compile(r"\s*,\s*$")  # another mark may follow


def _event(text: str, at: int) -> re.Match[str] | None:
    return _EVENT.search(text, at)


def _behind(text: str, at: int) -> int | None:
    """The place of the first character behind, white space left out; None where the text ends before it."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at if at < len(text) else None


def _unsettled(text: str, at: int) -> bool:
    """Whether what comes next in the stream may still change what stands at the text's end."""
    tail = text[at - 1 :]
    return bool(_OPENING.search(tail) or _LINKING.search(tail) or _MORE.match(text, at)) or len(text[at:].strip()) < 2


def _parts(text: str, event: re.Match[str], after: int) -> bool:
    """Whether a statement ends with this mark or line end."""
    before, following = text[: event.start()].rstrip(), text[after]
    if not before and "\n" in event[0]:
        return True
    if re.match(_OPEN, following):
        return False  # more marks
    if "\n" in event[0]:
        return True
    ended = before.endswith(_STOPS) or event[0].rstrip()[-1:] in ".!?"
    return ended or following.isupper() or following in "-*•#"


def _numbers(mark: str) -> Iterable[int]:
    found: list[int] = []
    for first, last in _PART.findall(mark):
        low, high = int(first), int(last or first)
        found += range(low, high + 1) if low <= high < low + _MOST else [low, high]
    return found


def _cleaned(text: str) -> str:
    line = " ".join(_LEFT.sub(" ", text).split())
    return _SPACED.sub(r"\1", _LEAD.sub("", line)).strip()
