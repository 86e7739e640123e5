"""A document's sentences, with exact offsets.

``assistant.segmentation.blocks`` reads the layout; here the sentence ends inside a block are found in one linear
pass over the marks ``. ! ? …``: each is an end unless the word before it or after it says otherwise
(abbreviations, initials, numbers). evals/README.md has the libraries that this was measured against.
"""

import re
import unicodedata
from collections.abc import Iterator

from assistant.segmentation.blocks import Block, split_blocks
from assistant.types import Document, Sentence

SPLITTER_VERSION = "rules-2"  # recorded with the index: change it with every change of what is split where

_LONGEST = 1000  # characters: a longer "sentence" (a table in one line, base64) is cut at a space

_NEVER_LAST = {"e.g", "i.e", "cf", "viz", "vs", "v", "approx", "ca", "resp", "incl"}
_WORDS = {
    "title": """
        mr mrs ms messrs mme mlle dr prof rev hon fr msgr pres gov sen rep amb supt insp det gen adm
        col maj lt capt cmdr cpl sgt pvt brig st ste mt ft""",
    "before number": """
        no nos nr p pp vol vols fig figs art arts sec secs ch chap eq eqs tab para paras cl reg ext
        op ep c d b r jan feb mar apr jun jul aug sep sept oct nov dec""",
    "often last": "inc ltd corp co plc bros jr sr esq etc al seq dept univ assn ave blvd rd sq",
    "starter": """
        a an the this that these those it its he she his her they their them we our you your i my in
        on at as by for from to with of after before during since until while when where who what
        why how which if though although because but and or so yet nor not no nobody nothing none
        there here then thus hence however therefore moreover furthermore meanwhile also another
        other some many most several all both each every one two three once only even such despite
        according under over among between within without later today yesterday now first second
        finally additionally is are was were did does do has have had can could will would should
        may might must let instead still perhaps please""",
}
_TITLES, _BEFORE_NUMBER, _OFTEN_LAST, _STARTERS = (frozenset(words.split()) for words in _WORDS.values())

_CANDIDATE = re.compile(
    r"""
    (?<![.!?…])(?P<mark>[.!?…]++)
    (?P<close>["'”’»)\]}*_`]*+(?:(?<=\])\([^\s()]{1,500}\)[*_]*)?)  # with the address of a link
    (?P<note>(?:\s?\[(?:\^?\w{1,3}|[a-z ]{1,25}needed|[a-z]{1,12}\??)\])*+)  # [3], [^a], [citation needed]
    (?P<figure>(?::?\d{1,3}(?:[,:–-]\d{1,4}){0,5})?)  # a note that lost its brackets
    (?P<apart>(?:\s["”’»)](?=\s))?)  # a closing quote that was moved
    (?:(?P<gap>\s+)|(?=(?P<glued>[A-Z][a-z]{0,11})[\s'’]))
    | (?P<other>[。！？｡।॥؟\u06d4]++["”’»\uff09」』]*+)  # these need no space after them
    """,
    re.VERBOSE,
)
_NEXT = re.compile(r"""(?P<open>["'“‘«„(\[{*_`¿¡–—-]{0,5})\s?(?P<word>[^\W_]{0,40})(?P<sign>.?)""", re.DOTALL)
_OPENING = "\"'“‘«„([{*_`¿¡–—-"
_CLOSING = ".!?…,;:”’»)]}"
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.-?)+[^\W\d_]{1,3}")  # U.S, p.m, Ph.D, J.-P
_ROMAN = re.compile(r"[IVXLC]+")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,4})")  # of a list: "5. Right to request"
_WORD = re.compile(r"[^\W_]")
_TERM = re.compile(r"(\*\*|__)[^*_]{1,80}\1\W?")


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """Splits a document: ``document.text[s.start:s.end] == s.text`` for each sentence, in reading order.

    Headings are no sentences; they are the ``context`` of what stands below them. A table row is one
    sentence. Spans are stripped of white space and don't overlap; they leave out headings, marks of layout
    and blocks without any letter or digit. None is longer than 1,000 characters.

    Returns:
        The sentences, numbered from 0, all with passage 0: ``assistant.segmentation.chunks`` sets that.
    """
    text = document.text
    found: list[Sentence] = []
    for block in split_blocks(text, markdown=_is_markdown(document)):
        if block.kind == "heading":
            continue
        for start, end in _spans_of(text, block):
            found.append(
                Sentence(
                    document_id=document.id,
                    number=len(found),
                    start=start,
                    end=end,
                    text=text[start:end],
                    context=block.context,
                    kind=block.kind,
                    page=document.page_at(start),
                )
            )
    return tuple(found)


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of running text, without layout: their spans in order, stripped of white space."""
    start = 0
    for found in _CANDIDATE.finditer(text):
        if found["other"] or _ends_sentence(text, found, start):
            end = found.end("other") if found["other"] else found.end("apart")
            yield from _stripped(text, start, end)
            start = end
    yield from _stripped(text, start, len(text))


def _is_markdown(document: Document) -> bool:
    """Only .txt is plain; the text of a LlamaIndex document may be either, and shows it by its headings."""
    if document.kind == "text":
        return re.search(r"^#{1,6} \S", document.text, re.MULTILINE) is not None
    return document.kind != "txt"


def _spans_of(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """The sentences of a block.

    Pieces without a letter or digit go with the sentence before them, and a bold term that a paragraph begins
    with ("**Red Notice.** A request to …") with the one after it, which would not say what it is about.
    """
    inner = text[block.start : block.end]
    start, end, complete = 0, 0, False
    for piece_start, piece_end in [(0, len(inner))] if block.kind == "row" else sentence_spans(inner):
        words = _WORD.search(inner, piece_start, piece_end) is not None
        if words and complete:
            yield from _cut(text, block.start + start, block.start + end)
            start = piece_start
        end = piece_end
        complete = complete or (words and not _TERM.fullmatch(inner, start, end))
    if _WORD.search(inner, start, end):
        yield from _cut(text, block.start + start, block.start + end)


def _ends_sentence(text: str, found: re.Match[str], start: int) -> bool:
    """Whether a mark ends the sentence that began at ``start``."""
    raw = text[max(start, found.start() - 40) : found.start()].split()[-1:]
    token = raw[0] if raw and not text[found.start() - 1].isspace() else ""
    before = token.lstrip(_OPENING)
    if found["glued"]:
        return before[-2:].isalpha() and before[-2:].islower() and found["glued"].lower() in _STARTERS
    if found["figure"] and not ((before[-3:].isalpha() and len(before) > 2) or found["close"]):
        return False  # 3.5, p.12
    follows = _NEXT.match(text, found.end())
    opened, word, sign = follows.groups() if follows else ("", "", "")
    listed = "(" in opened and sign == ")"  # (a), (ii)
    if (not word and sign and sign in _CLOSING) or (word[:1].islower() and word.islower() and not listed):
        return False
    if found["mark"] != "." or not before or (found["close"].strip("*_`") and token == before):
        return True
    is_first = found.start() - start < 8 and text[start : found.start()].strip() == token
    return _ends_after(before, word, sign, is_first=is_first)


def _ends_after(before: str, word: str, sign: str, *, is_first: bool) -> bool:
    """Whether a full stop after the word ``before`` ends a sentence, when ``word`` comes next."""
    low, starts = before.lower(), word.lower() in _STARTERS and sign != "."
    if low in _NEVER_LAST or (is_first and _NUMBER.fullmatch(before)):
        return False
    if low in _BEFORE_NUMBER and (word[:1].isdigit() or (low != "no" and _ROMAN.fullmatch(word) is not None)):
        return False
    if low in _TITLES and before[0].isupper():
        return before.isupper() and starts
    if (len(before) == 1 and before.isupper()) or _DOTTED.fullmatch(before):
        return starts
    return low not in _OFTEN_LAST or before.isupper() or starts


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts a span that is too long: after a semicolon, else at a space, else between two characters."""
    while end - start > _LONGEST:
        low, high = start + _LONGEST // 2, start + _LONGEST
        at = text.rfind("; ", low, high) + 1 or next((i for i in range(high, low, -1) if text[i].isspace()), 0)
        if not at:
            at = high
            while at > low and (unicodedata.category(text[at])[0] in "MC" or text[at - 1] == "\u200d"):
                at -= 1
        yield from _stripped(text, start, at)
        start = at
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end].strip()
    if piece:
        start += text[start:end].index(piece)
        yield start, start + len(piece)
