"""A document's sentences, with exact offsets.

``assistant.segmentation.segments`` parts the blocks; here the sentence ends inside one are found in one linear pass
over the end marks ``. ! ? …``: each one ends a sentence unless the word before it or after it says otherwise
(abbreviations, initials, numbers). The libraries that this was measured against are in
docs/evaluation/ranking-and-refusing.md.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from assistant.nlp import lexicon
from assistant.segmentation.layout import parse_layout
from assistant.segmentation.markdown_runs import mark_runs
from assistant.segmentation.segments import Segment, split_segments
from assistant.structure import Block
from assistant.types import Document, Sentence

SPLITTER_VERSION = "rules-3"  # recorded with the index: change it with every change of what is split where

_MAX_SPACED_LETTERS = 3  # of each part of an abbreviation with spaces in it
_MAX_SENTENCE_CHARS = 1000  # a longer "sentence" (a table in one line, base64) is cut at a space

_ABBREVIATIONS = lexicon.words_by_class("abbreviations")
_STARTERS = lexicon.entries("sentence_starters")
_ORDINALS = lexicon.words_by_class("ordinal_days")

_END_MARK = re.compile(
    r"""
    (?<![.!?…])(?P<mark>[.!?…]++)
    (?P<close>["'”’»)\]}*_`~]*+(?:(?<=\])\([^\s()]{1,500}\)[*_]*)?)  # with the address of a link
    (?P<note>(?:\s?\[(?:\^?\w{1,3}|[a-z ]{1,25}needed|[a-z]{1,12}\??)\])*+)  # [3], [^a], [citation needed]
    (?P<raised>(?:\s?[⁰¹²³⁴-⁹ᴬ-ᶿⱽ]{1,3}(?:[,–-][⁰¹²³⁴-⁹]{1,3})*(?!\w))*+)  # ³, as the mark of a note
    (?P<figure>(?::?\d{1,3}(?:[,:–-]\d{1,4}){0,5})?)  # a note that lost its brackets
    (?P<apart>(?:\s["”’»)](?=\s))?)  # a closing quote that was moved
    (?:(?P<gap>\s+)|(?=(?P<glued>[A-Z][a-z]{0,11})[\s'’]))
    | (?P<unspaced>[。！？｡।॥؟\u06d4]++["”’»\uff09」』]*+)  # these marks need no space after them
    """,
    re.VERBOSE,
)
_NEXT_WORD = re.compile(r"""(?P<open>["'“‘«„(\[{*_`~¿¡–—-]{0,5})\s?(?P<word>[^\W_]{0,40})(?P<sign>.?)""", re.DOTALL)
_OPENING_SIGNS = "\"'“‘«„([{*_`¿¡–—-"
_CLOSING_SIGNS = ".!?…,;:”’»)]}&"
_DOTTED_ABBREVIATION = re.compile(r"(?:[^\W\d_]{1,3}\.-?)+[^\W\d_]{1,3}")  # U.S, p.m, Ph.D, J.-P
_ROMAN_NUMERAL = re.compile(r"[IVXLC]+")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,4})")  # "5. Right to request"
_OPENS_BRACKET = re.compile(r"[(\[][^()\[\]]*")
_ORDINAL = re.compile(r"(?:(?P<before>[^\W\d_]{1,12})\s)?(?<![\d.,])\d{1,2}\Z")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_BOLD_TERM = re.compile(r"(\*\*|__)[^*_]{1,80}\1\W?")


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """Splits a document: ``document.text[s.start:s.end] == s.text`` for each sentence, in reading order.

    Headings are no sentences; they are the ``context`` of what stands below them. A table row is one sentence. Spans
    are stripped of white space and don't overlap; they leave out headings, marks of layout, what is struck out as a
    whole, and blocks without any letter or digit. None is longer than 1,000 characters.

    Returns:
        The sentences, numbered from 0, all with ``chunk`` 0: ``assistant.segmentation.chunks`` sets that.
    """
    text = document.text
    sentences: list[Sentence] = []
    for segment in split_segments(text, document.blocks or lay_blocks(document)):
        for start, end in _segment_spans(text, segment):
            if segment.struck and not _LETTER_OR_DIGIT.search(_without_struck(text, start, end, segment)):
                continue
            sentences.append(
                Sentence(
                    document_id=document.id,
                    number=len(sentences),
                    start=start,
                    end=end,
                    text=text[start:end],
                    context=segment.context,
                    kind=segment.kind,
                    page=document.page_of(start, end),
                    role=segment.role,
                )
            )
    return tuple(sentences)


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences in running text without layout, in order, stripped of white space."""
    start = 0
    for end_mark in _END_MARK.finditer(text):
        if end_mark["unspaced"] or _ends_sentence(text, end_mark, start):
            end = end_mark.end("unspaced") if end_mark["unspaced"] else end_mark.end("apart")
            yield from _strip_span(text, start, end)
            start = end
    yield from _strip_span(text, start, len(text))


def lay_blocks(document: Document) -> tuple[Block, ...]:
    """The blocks of a document that comes without any, by the layout of its text."""
    is_markdown = _is_markdown(document)
    blocks = parse_layout(document.text, markdown=is_markdown)
    return mark_runs(document.text, blocks) if is_markdown else tuple(blocks)


def _is_markdown(document: Document) -> bool:
    """Only .txt is plain; the text of a LlamaIndex document may be either, and shows it by its headings."""
    if document.kind == "text":
        return re.search(r"^#{1,6} \S", document.text, re.MULTILINE) is not None
    return document.kind != "txt"


def _segment_spans(text: str, segment: Segment) -> Iterator[tuple[int, int]]:
    """The spans of a segment's sentences.

    Pieces without a letter or digit join the sentence before them. A bold term at the beginning of a paragraph
    ("**Red Notice.** A request to …") joins the sentence after it, which would not say what it is about.
    """
    segment_text = text[segment.start : segment.end]
    start, end, is_complete = 0, 0, False
    for piece_start, piece_end in [(0, len(segment_text))] if segment.is_whole else sentence_spans(segment_text):
        has_words = _LETTER_OR_DIGIT.search(segment_text, piece_start, piece_end) is not None
        if has_words and is_complete:
            yield from _split_overlong(text, segment.start + start, segment.start + end)
            start = piece_start
        end = piece_end
        is_complete = is_complete or (has_words and not _BOLD_TERM.fullmatch(segment_text, start, end))
    if _LETTER_OR_DIGIT.search(segment_text, start, end):
        yield from _split_overlong(text, segment.start + start, segment.start + end)


def _without_struck(text: str, start: int, end: int, segment: Segment) -> str:
    """What is left of a sentence without its struck out spans."""
    pieces = []
    first = bisect_right(segment.struck, start, key=lambda span: span[1])
    last = bisect_left(segment.struck, end, key=lambda span: span[0])
    for struck_start, struck_end in segment.struck[first:last]:
        pieces.append(text[start : max(start, struck_start)])
        start = struck_end
    return "".join([*pieces, text[start:end]])


def _ends_sentence(text: str, end_mark: re.Match[str], start: int) -> bool:
    """Whether an end mark ends the sentence that began at ``start``."""
    last_words = text[max(start, end_mark.start() - 40) : end_mark.start()].split()[-1:]
    token = last_words[0] if last_words and not text[end_mark.start() - 1].isspace() else ""
    before = token.lstrip(_OPENING_SIGNS)
    if end_mark["glued"]:
        return before[-2:].isalpha() and before[-2:].islower() and end_mark["glued"].lower() in _STARTERS
    if end_mark["figure"] and not ((before[-3:].isalpha() and len(before) > 2) or end_mark["close"]):
        return False  # 3.5, p.12
    next_match = _NEXT_WORD.match(text, end_mark.end())
    opening, word, sign = next_match.groups() if next_match else ("", "", "")
    is_list_mark = "(" in opening and sign == ")"  # (a), (ii)
    if (not word and sign and sign in _CLOSING_SIGNS) or (word[:1].islower() and word.islower() and not is_list_mark):
        return False
    if end_mark["mark"] != "." or not before or (end_mark["close"].strip("*_`~") and token == before):
        return True
    if (_OPENS_BRACKET.fullmatch(token) and word[:1].isdigit()) or _is_ordinal(text, end_mark.start(), word):
        return False  # (est. 1990), am 3. März
    is_first = end_mark.start() - start < 8 and text[start : end_mark.start()].strip() == token
    return _full_stop_ends_sentence(before, word, sign, is_first=is_first)


def _is_ordinal(text: str, stop: int, word: str) -> bool:
    """Whether a full stop makes an ordinal of the figure before it, as in "am 3. März" and "im 19. Jahrhundert"."""
    ordinal = _ORDINAL.search(text, max(0, stop - 30), stop)
    if not ordinal:
        return False
    if word.lower() in _ORDINALS["month"]:
        return True
    is_noun = word[:1].isupper() and word.lower() not in _ORDINALS["starter"]
    return is_noun and (ordinal["before"] or "").lower() in _ORDINALS["article"]


def _full_stop_ends_sentence(before: str, word: str, sign: str, *, is_first: bool) -> bool:
    """Whether a full stop ends a sentence.

    Args:
        before: the word before it.
        word: the word after it.
        sign: the character behind that word.
        is_first: whether ``before`` is the first word of the sentence.
    """
    abbreviation, starts = before.lower(), word.lower() in _STARTERS and sign != "."
    if abbreviation in _ABBREVIATIONS["never_last"] or (is_first and _LIST_NUMBER.fullmatch(before)):
        return False
    if len(before) == 1 and before.islower() and sign == "." and len(word) <= _MAX_SPACED_LETTERS:
        return False  # z. B., n. Chr.
    if abbreviation in _ABBREVIATIONS["before_number"] and (
        word[:1].isdigit() or (abbreviation != "no" and _ROMAN_NUMERAL.fullmatch(word) is not None)
    ):
        return False
    if abbreviation in _ABBREVIATIONS["title"] and before[0].isupper():
        return before.isupper() and starts
    if (len(before) == 1 and before.isupper()) or _DOTTED_ABBREVIATION.fullmatch(before):
        return starts
    return abbreviation not in _ABBREVIATIONS["often_last"] or before.isupper() or starts


def _split_overlong(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Splits a span that is too long: after a semicolon, else at a space, else between two characters."""
    while end - start > _MAX_SENTENCE_CHARS:
        low, high = start + _MAX_SENTENCE_CHARS // 2, start + _MAX_SENTENCE_CHARS
        cut = text.rfind("; ", low, high) + 1 or next((i for i in range(high, low, -1) if text[i].isspace()), 0)
        if not cut:
            cut = high
            while cut > low and (unicodedata.category(text[cut])[0] in "MC" or text[cut - 1] == "\u200d"):
                cut -= 1
        yield from _strip_span(text, start, cut)
        start = cut
    yield from _strip_span(text, start, end)


def _strip_span(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without white space at its ends; nothing where nothing else is in it."""
    stripped = text[start:end].strip()
    if stripped:
        start += text[start:end].index(stripped)
        yield start, start + len(stripped)
