"""Subtitles and transcripts, SubRip and WebVTT: what is said, with its time and its speaker."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.errors import ReadingError
from assistant.readers.composition import compose
from assistant.readers.elements import Element
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.metadata import clean_title
from assistant.readers.plain.text import decode_text

_TIMES = re.compile(
    r"\s*(?P<start>(?:\d{1,4}:)?\d{1,2}:\d{2})[.,]\d{1,3}\s*-->\s*(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
)
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z-]{2,20})\s*\Z")
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,50})?\s+([^>]{1,100})>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,50}\}")
_NAMED = re.compile(r"(?:>>\s*|[-–—]\s*)?(?P<name>[A-ZÀ-ÞА-Я][\w.'’ -]{0,40}):\s+(?=\S)")
_COMMENT = re.compile(r"\n\nNOTE(?:[ \t].*)?\n(?!.*-->)")  # with a time it is a cue
_TURN = re.compile(r"(?:>>+|[-–—])\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？♪][\"'”’»)\]]*\Z")
_MAX_CUE_CHARS = 500  # of joined cues


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that one speaker says, from a time on."""

    start: str
    speaker: str
    words: str

    def text(self) -> str:
        return f"[{self.start}] {f'{self.speaker}: ' if self.speaker else ''}{self.words}"


def read_subtitles(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.srt`` or ``.vtt`` file. Cues are joined up to the end of a sentence.

    Raises:
        ReadingError: not text, or no subtitles.
    """
    text, notes = decode_text(data)
    header = text[: text.find("\n\n")] if text.startswith("WEBVTT") else ""
    title, *settings = header.split("\n")
    cues = list(_joined(_cues(text)))
    if not cues:
        raise ReadingError("no subtitles: there is no line with times, such as 00:00:01,000 --> 00:00:04,000")
    if header and _COMMENT.search(f"{text}\n"):
        notes = (*notes, "comments in it are left out")
    composition = compose(Element("message", cue.text(), label=cue.speaker) for cue in cues)
    return ExtractedDocument(
        composition.text,
        clean_title(title.removeprefix("WEBVTT").strip(" \t-")),
        blocks=composition.blocks,
        notes=notes + composition.notes,
        language=next((tag[1] for line in settings if (tag := _LANGUAGE.match(line))), ""),
    )


def _cues(text: str) -> Iterator[_Cue]:
    """What is said, a cue for each turn; a line that only repeats the last one of the cue before is left out."""
    lines: list[str] = []
    start = before = ""
    for line in [*text.split("\n"), ""]:
        if times := _TIMES.match(line):
            start, lines = _padded(times["start"]), []
        elif start and line.strip():
            lines.append(line)
        elif start and (lines or not line):  # captions that roll may begin with a line of spaces
            shown = [shown_line for shown_line in lines if _plain(shown_line) != before]
            before = _plain(lines[-1]) if lines else before
            yield from _turns(start, shown)
            start = ""


def _turns(start: str, lines: list[str]) -> Iterator[_Cue]:
    """The turns of the speakers in a cue; a dash or a name begins one."""
    turn: _Cue | None = None
    for line in lines:
        voice = _VOICE.search(line)
        words = _plain(line)
        named = _NAMED.match(words)
        speaker = _plain(voice[1]) if voice else named["name"] if named else ""
        begins = voice or named or _TURN.match(words)
        if named and not voice:
            words = words[named.end() :]
        elif mark := _TURN.match(words):
            words = words[mark.end() :]
        if not words:
            continue
        if turn and not begins:
            turn = replace(turn, words=f"{turn.words} {words}")
            continue
        if turn:
            yield turn
        turn = _Cue(start, speaker, words)
    if turn:
        yield turn


def _joined(cues: Iterator[_Cue]) -> Iterator[_Cue]:
    """Cues of one speaker joined while a sentence goes on."""
    last: _Cue | None = None
    for cue in cues:
        goes_on = last is not None and not _SENTENCE_END.search(last.words[-5:]) and len(last.words) < _MAX_CUE_CHARS
        if last and goes_on and cue.speaker in {"", last.speaker}:
            last = replace(last, words=f"{last.words} {cue.words}")
            continue
        if last:
            yield last
        last = cue
    if last:
        yield last


def _padded(time: str) -> str:
    """A time with its hours: "01:02" becomes "00:01:02"."""
    return ":".join(part.zfill(2) for part in ["0"] * (2 - time.count(":")) + time.split(":"))


def _plain(line: str) -> str:
    return collapse_whitespace(html.unescape(_TAG.sub("", line)))
