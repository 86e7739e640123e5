"""The text of a mail as elements: paragraphs that were wrapped are joined again, and quoted mails are told apart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.readers.composition import inline_text
from assistant.readers.elements import Element
from assistant.readers.extract import collapse_whitespace

_QUOTE_MARKS = re.compile(r"(?:>[ \t]?)+")
_BULLET = re.compile(r"[-*•·–][ \t]+(?=\S)")
_NUMBER = re.compile(r"(\(?(?:\d{1,3}|[a-z])[.)])[ \t]+(?=\S)")
_RULE = re.compile(r"[-_=*~#+.\s]{2,}")
_MIN_WIDTH, _MAX_WIDTH = 50, 100  # at which mail programs break lines; longer lines aren't broken
_FULL_LINE = 60  # characters of a line that ends, mostly, because it was broken
_MAX_ATTRIBUTION_LINES = 4
_MAX_ATTRIBUTION_CHARS = 400

_ATTRIBUTION = re.compile(
    r"(?:.{0,300}\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev"
    r"|napisał\(?a?\)?|napsal\(?a?\)?|пишет|написал|כתב)\b.{0,150}|\d{4}[/-]\d{1,2}[/-]\d{1,2}\b.{0,200}<[^<>]{3,100}>)\s?:",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"(?:[-_*>\s]*(?:original (?:message|appointment)|forwarded message|ursprüngliche nachricht"
    r"|weitergeleitete nachricht"
    r"|message (?:d'origine|transféré|original)|mensaje (?:original|reenviado)|messaggio (?:originale|inoltrato)"
    r"|oorspronkelijk bericht|doorgestuurd bericht|mensagem original)[-_*\s:]*"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:)",
    re.IGNORECASE,
)
_SENDER_LABELS = "from|von|de|da|van|från|fra|od|от|מאת"
_DATE_LABELS = "sent|date|gesendet|datum|envoyé|enviado|fecha|data|inviato|verzonden|skickat|sendt"
_OTHER_LABELS = (
    "to|an|à|para|a|aan|till|til|cc|kopie|copie|bcc|subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne"
    "|reply-to|antwort an|importance|wichtigkeit|priority|attachments|anlagen"
)
_SENDER_LINE = re.compile(rf"\*?(?:{_SENDER_LABELS})\s?:\*?[ \t]", re.IGNORECASE)
_DATE_LINE = re.compile(rf"\*?(?:{_DATE_LABELS})\s?:\*?[ \t]", re.IGNORECASE)
_HEAD_LINE = re.compile(rf"\*?(?:{_SENDER_LABELS}|{_DATE_LABELS}|{_OTHER_LABELS})\s?:\*?(?:[ \t]|$)", re.IGNORECASE)
_SUBJECT_LINE = re.compile(
    r"\*?(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne)\s?:\*?[ \t]+(.+)", re.IGNORECASE
)
_HEAD_IN_A_LINE = re.compile(
    rf"\*?(?:{_SENDER_LABELS})\s?:.{{1,300}}?\s\*?(?:{_DATE_LABELS})\s?:\*?\s.{{1,3000}}", re.IGNORECASE
)
_LABEL_GAP = re.compile(rf"\s+(?=\*?(?:{_SENDER_LABELS}|{_DATE_LABELS}|{_OTHER_LABELS})\s?:)", re.IGNORECASE)
_MAX_HEAD_LINES = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a mail."""

    text: str  # without the marks of quoting
    depth: int = 0  # how many of these marks it has
    goes_on: bool = False  # whether it says itself that the next line belongs to it


def plain_text_elements(text: str, *, is_flowed: bool = False, deletes_spaces: bool = False) -> tuple[Element, ...]:
    """The elements of a mail's plain text.

    Args:
        text: with line feeds as line ends.
        is_flowed: whether a space at a line's end says that the paragraph goes on (RFC 3676).
        deletes_spaces: whether that space is no part of the text.
    """
    lines = [_parse_line(line, is_flowed=is_flowed, deletes_spaces=deletes_spaces) for line in text.split("\n")]
    width = max((len(line.text) for line in lines if len(line.text) <= _MAX_WIDTH), default=0)
    return tuple(_Paragraphs(lines, width).elements())


def mark_heads(elements: Iterable[Element]) -> Iterator[Element]:
    """Elements of a mail in which the paragraphs that are the heads of quoted mails are marked as such."""
    for element in elements:
        text = inline_text(element.content) if element.kind == "paragraph" else ""
        is_attribution = len(text) <= _MAX_ATTRIBUTION_CHARS and _ATTRIBUTION.fullmatch(text)
        if _HEAD_IN_A_LINE.fullmatch(text):
            yield from _head_elements(_LABEL_GAP.split(text))
        else:
            yield replace(element, kind="message") if is_attribution or _MARKER.fullmatch(text) else element


def _parse_line(line: str, *, is_flowed: bool, deletes_spaces: bool) -> _Line:
    marks = _QUOTE_MARKS.match(line)
    depth = marks[0].count(">") if marks else 0
    words = line[marks.end() :] if marks else line
    if not is_flowed:
        return _Line(words.rstrip().expandtabs(), depth)
    words = words.removeprefix(" ")  # of which each line that starts with a space, ">" or "From" has one more
    goes_on = words.endswith(" ") and words != "-- "
    return _Line(words[:-1] if goes_on and deletes_spaces else words if goes_on else words.rstrip(), depth, goes_on)


class _Paragraphs:
    """Goes through the lines of a mail."""

    def __init__(self, lines: Sequence[_Line], width: int) -> None:
        """Remembers the lines.

        Args:
            lines: of the whole text.
            width: of the longest line that was broken by a program.
        """
        self._lines = lines
        self._width = max(width, _MIN_WIDTH)

    def elements(self) -> Iterator[Element]:
        """The elements, in order."""
        number = 0
        while number < len(self._lines):
            if not _has_words(self._lines[number]):
                number += 1
            elif end := self._head_end(number):
                yield from _head_elements([line.text.strip() for line in self._lines[number:end]])
                number = end
            elif end := self._attribution_end(number):
                yield Element("message", collapse_whitespace(" ".join(line.text for line in self._lines[number:end])))
                number = end
            else:
                end = self._paragraph_end(number)
                yield _text_element(self._lines[number:end])
                number = end

    def _head_end(self, start: int) -> int:
        """Behind the last line of the head of a quoted mail that starts at a line; 0 where none does."""
        first = start
        if _MARKER.fullmatch(self._lines[start].text.strip()):
            first = next((number for number in range(start + 1, len(self._lines))[:3] if self._text(number)), start)
        if not _SENDER_LINE.match(self._text(first)):
            return start + 1 if first != start or _MARKER.fullmatch(self._text(start)) else 0
        end = first
        while end < len(self._lines) and end - first < _MAX_HEAD_LINES and self._is_in_head(end):
            end += 1
        has_date = any(_DATE_LINE.match(self._text(number)) for number in range(first, end))
        if has_date:
            return end
        return start + 1 if first != start else 0

    def _is_in_head(self, number: int) -> bool:
        """Whether a head goes on at a line: by its label, as more recipients, or as a gap before the next label."""
        text = self._text(number)
        if not text:
            return bool(_HEAD_LINE.match(self._text(number + 1)))
        return bool(_HEAD_LINE.match(text)) or self._text(number - 1).endswith((";", ","))

    def _attribution_end(self, start: int) -> int:
        """Behind the last line of one like "On 5 March, Dana wrote:" at a line; 0 where there is none."""
        pieces: list[str] = []
        depth = self._lines[start].depth
        for number in range(start, min(start + _MAX_ATTRIBUTION_LINES, len(self._lines))):
            line = self._lines[number]
            if not line.text.strip() or line.depth != depth:
                return 0
            pieces.append(line.text.strip())
            if line.text.rstrip().endswith(":"):
                words = " ".join(pieces)
                is_short = len(words) <= _MAX_ATTRIBUTION_CHARS
                return number + 1 if is_short and _ATTRIBUTION.fullmatch(words) and self._quotes(number + 1) else 0
        return 0

    def _quotes(self, start: int) -> bool:
        """Whether what follows may be a quoted mail: the next line with words has marks, or follows a blank line."""
        depth = self._lines[start - 1].depth
        following = next((line for line in self._lines[start : start + 4] if line.text.strip()), None)
        return following is not None and (following.depth > depth or not self._text(start))

    def _paragraph_end(self, start: int) -> int:
        end = start + 1
        while end < len(self._lines) and self._goes_on(self._lines[end - 1], self._lines[end]):
            end += 1
        return end

    def _goes_on(self, line: _Line, following: _Line) -> bool:
        """Whether a line's paragraph goes on in the next one: where that was broken to fit a width."""
        if line.depth != following.depth or not _has_words(following):
            return False
        if line.goes_on:
            return True
        words = following.text.strip()
        if _BULLET.match(words) or _NUMBER.match(words) or _SENDER_LINE.match(words):
            return False
        if len(line.text) >= _FULL_LINE:
            return len(line.text) <= _MAX_WIDTH
        return len(line.text) + 1 + len(words.split(maxsplit=1)[0]) > self._width

    def _text(self, number: int) -> str:
        return self._lines[number].text.strip() if 0 <= number < len(self._lines) else ""


def _has_words(line: _Line) -> bool:
    """Whether a line is neither blank nor a rule of dashes or the like."""
    return bool(line.text.strip()) and not _RULE.fullmatch(line.text)


def _head_elements(lines: Sequence[str]) -> Iterator[Element]:
    subject = next((match[1] for line in lines if (match := _SUBJECT_LINE.match(line))), "")
    if subject:
        yield Element("heading", subject.strip("* "), level=2)
    yield Element("message", "\n".join(line.strip("-_* \t") for line in lines if line))


def _text_element(lines: Sequence[_Line]) -> Element:
    text = "".join(line.text if line.goes_on else f"{line.text}\n" for line in lines).strip()
    if bullet := _BULLET.match(text):
        return Element("item", text[bullet.end() :])
    if number := _NUMBER.match(text):
        return Element("item", text[number.end() :], mark=number[1])
    return Element("paragraph", text)
