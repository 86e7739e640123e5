"""The proper names in a text: runs of capitalised words, by simple rules. English.

A sentence's first word has a capital anyway: alone it is taken for a name only if it is in no closed class,
isn't a common opener (a list of some three hundred) and hasn't the ending of a common word. Titles and roles before a
name are left out, and separate what stands around them: "Interpol Secretary General Jürgen Stock" gives
"Interpol" and "Jürgen Stock". In a text all in capitals, capitals say nothing and no name is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.nlp.lexicon import alternation
from assistant.nlp.number_words import NUMBER_WORDS
from assistant.nlp.spans import Span, overlap_test
from assistant.nlp.tokens import STOP_WORDS, fold, lower_same_length
from assistant.nlp.units import CAPITAL_LABELS, LABELS


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name. Two names are equal when their keys are: folded, without points, hyphens made spaces."""

    key: str
    start: int = field(compare=False)
    end: int = field(compare=False)
    text: str = field(compare=False)


class _Word(NamedTuple):
    """A word of a text: with its hyphens, and its points where it is an abbreviation of several letters."""

    text: str
    low: str
    start: int
    end: int
    capital: bool  # at its head, or anywhere in a word like d’Ivoire, al-Qaeda or iPhone


_PARTS = lexicon.words_by_class("name_parts")
_JOINERS = _PARTS["joiner"]  # small words inside a name
_FIRST_JOINERS = _PARTS["first joiner"]  # those that may begin a chain of them
_BODIES = _PARTS["body"]  # "ministry": an organisation, whose name goes on behind "of", "for" and "and"
_OF_HEADS = _BODIES | _PARTS["before of"]  # "Republic of Korea", but "Jürgen Stock" of "Germany"
_BODY_JOINERS = frozenset({"for", "on", "against"})
_TITLES = _PARTS["title"]
_ROLE_PARTS = _PARTS["role part"]  # "general" of "Secretary General"
_NOT_NAMES = _PARTS["no name"]
_SURE_NAMES = _PARTS["surely a name"]  # "sicily", which ends like an adverb
_ABBREVIATIONS = _PARTS["abbreviation"]  # whose point ends no sentence
_OPENERS = lexicon.words_by_class("sentence_openers")["alone"]
_OPENING_ADVERBS = lexicon.words_by_class("sentence_openers")["always"]

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_](?:[\w\u0300-\u036f])*(?:['’&][^\W\d_][\w\u0300-\u036f]*|[-\u2011][^\W_][\w\u0300-\u036f]*)*"
)
_POSSESSIVE = re.compile(r"['’][sS]$")
_COMPOUND_ENDING = re.compile(rf"[-\u2011](?:{alternation(_PARTS['compound ending'])})$")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:][\"”’')\]]*\s|[\n|•\"“‘])[\s\"“‘'(\[*#>•|–—-]*$")
_NUMBER = re.compile(r"\d+(?:/\d+)*(?:[.]\d+)?$")
_COMMON_ENDING = re.compile(
    r"(?:[a-z]{3}(?:ing|ed|ly|tions?|sions?|ments?|ness|ity|ities|ally|ously|wards?|ful|less|ology|isms?|ists?))$"
)
_MAX_WORDS = 14  # of a name
_MAX_JOINERS = 2  # small words in a row inside a name, behind the first one
_MAX_CAPITALS_SHARE = 0.6  # of the longer words; above it a text is all in capitals

_Overlaps = Callable[[int, int], bool]


def parse_names(text: str, excluded: Iterable[Span] = ()) -> tuple[Name, ...]:
    """The names of a text in reading order, none that overlaps an ``excluded`` span (a date)."""
    if text == text.lower():
        return ()
    words = list(_split_words(text, lower_same_length(text)))
    if _is_all_capitals(words):
        return ()
    overlaps = overlap_test(excluded)
    lower_words = {word.text for word in words if not word.capital}
    names: list[Name] = []
    i = 0
    while i < len(words):
        word = words[i]
        may_begin = word.capital and (word.low not in _NOT_NAMES or word.low in _TITLES)
        if not may_begin or overlaps(word.start, word.end):
            i += 1
            continue
        run_end = _run_end(text, words, i, overlaps)
        opens_sentence = _opens_sentence(text, words, i)
        for part in _without_titles(words[i:run_end]):
            stripped = _strip_common_words(part, lower_words, opens_sentence=opens_sentence and part[0] is word)
            if stripped:
                names.append(_make_name(text, stripped))
        i = run_end
    return tuple(names)


def _split_words(text: str, low: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        start, end = match.span()
        written, lowered = match[0], low[start:end]
        yield _Word(written, lowered, start, end, written != lowered and written[0].isalpha())


def _is_all_capitals(words: list[_Word]) -> bool:
    longer = [word.text for word in words if len(word.text) > 2 and word.text[0].isalpha()]
    return len(longer) > 3 and sum(map(str.isupper, longer)) > _MAX_CAPITALS_SHARE * len(longer)


def _opens_sentence(text: str, words: list[_Word], i: int) -> bool:
    """Whether word ``i`` stands at the head of a sentence, where a capital says nothing."""
    start = words[i].start
    is_start = bool(_SENTENCE_START.search(text, max(0, start - 8), start))
    return is_start and not (i and words[i - 1].low in _ABBREVIATIONS)


def _run_end(text: str, words: list[_Word], i: int, overlaps: _Overlaps) -> int:
    """The index behind the run of words that begins at word ``i`` and may be one name."""
    has_body, end = False, i + 1
    while end < min(len(words), i + _MAX_WORDS):
        last, following = words[end - 1], words[end]
        has_body = has_body or last.low in _BODIES
        if last.text[0].isdigit() or _POSSESSIVE.search(last.text) or not _are_adjacent(text, last, following):
            break
        if _belongs_to_name(last, following, overlaps):
            end += 1
            continue
        behind = _skip_joiners(words, end, has_body=has_body)
        continues = (
            end < behind < len(words)
            and words[behind].capital
            and not overlaps(words[behind].start, words[behind].end)
            and all(_are_adjacent(text, words[k], words[k + 1]) for k in range(end, behind))
        )
        if not continues:
            break
        end = behind + 1
    return end


def _belongs_to_name(last: _Word, following: _Word, overlaps: _Overlaps) -> bool:
    """Whether a name that ends with one word goes on with the next: a capital, or the number of a label."""
    is_label = last.low in LABELS or last.text in CAPITAL_LABELS
    if is_label and _NUMBER.match(following.text):
        return True
    return following.capital and following.low != "i" and not overlaps(following.start, following.end)


def _skip_joiners(words: list[_Word], end: int, *, has_body: bool) -> int:
    """The index behind the small words at ``end`` that may join the parts of one name; ``end`` if there are none."""
    last, following = words[end - 1], words[end]
    joins = following.low in _FIRST_JOINERS and (
        following.low != "of" or last.low in _OF_HEADS or _has_common_ending(last.low)
    )
    if joins or (has_body and following.low in _BODY_JOINERS):
        behind = end + 1
        limit = min(len(words), end + _MAX_JOINERS + 1)
        while behind < limit and words[behind].low in _JOINERS and not words[behind].capital:
            behind += 1
        return behind
    if has_body and following.low == "and" and words[end - 2].low in _BODY_JOINERS | {"of"}:
        return end + 1  # "Office on Drugs and Crime", but not "Agency of the United Kingdom and Interpol"
    return end


def _are_adjacent(text: str, left: _Word, right: _Word) -> bool:
    """Whether only a space stands between two words, or the point of an abbreviation."""
    gap = text[left.end : right.start]
    if gap in (" ", "\u00a0", " & "):
        return True
    return gap in (". ", ".") and (len(left.text) == 1 or left.low in _ABBREVIATIONS)


def _without_titles(run: list[_Word]) -> Iterator[list[_Word]]:
    """What is left of a run when the titles and roles are cut out; "Ministry of Justice" stays whole."""
    part: list[_Word] = []
    for k, word in enumerate(run):
        is_title = word.low in _TITLES and (k == 0 or run[k - 1].capital)
        is_beside_title = (k > 0 and run[k - 1].low in _TITLES) or (k + 1 < len(run) and run[k + 1].low in _TITLES)
        if not is_title and not (is_beside_title and word.low in _ROLE_PARTS):
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _strip_common_words(part: list[_Word], lower_words: set[str], *, opens_sentence: bool) -> list[_Word]:
    """The part without the common words at its head and its tail; empty where nothing is left of it.

    Args:
        part: the words of a run, without titles.
        lower_words: the words that the text writes without a capital.
        opens_sentence: whether the part begins a sentence.
    """
    while part and _is_common_head(part, lower_words, opens_sentence=opens_sentence):
        part, opens_sentence = part[1:], False
    if len(part) == 1 and (part[0].low in _NOT_NAMES or (len(part[0].text) == 1 and part[0].text.isalpha())):
        return []
    while part and not part[-1].capital and not part[-1].text[0].isdigit():
        part = part[:-1]
    return part


def _is_common_head(part: list[_Word], lower_words: set[str], *, opens_sentence: bool) -> bool:
    """Whether the first word of a part belongs to no name."""
    first = part[0]
    is_acronym = len(first.text) > 1 and first.text.isupper()
    if not first.capital or (first.low in STOP_WORDS and not is_acronym):
        return True
    if not opens_sentence:
        return False
    if first.low in NUMBER_WORDS or first.low in _OPENING_ADVERBS:
        return True
    before_joiner = len(part) > 1 and part[1].text[0].isalpha() and not part[1].capital
    return not is_acronym and (len(part) == 1 or before_joiner) and _is_common_word(first, lower_words)


def _is_common_word(word: _Word, lower_words: set[str]) -> bool:
    low = word.low
    if low in _SURE_NAMES or any(c.isupper() for c in word.text[1:]):
        return False
    return low in _OPENERS or low + "s" in _OPENERS or low in lower_words or _has_common_ending(low)


def _has_common_ending(low: str) -> bool:
    return bool(_COMMON_ENDING.search(low)) and low not in _SURE_NAMES


def _make_name(text: str, part: list[_Word]) -> Name:
    start, end = part[0].start, part[-1].end
    written = text[start:end]
    for ending in (_POSSESSIVE, _COMPOUND_ENDING):
        written = ending.sub("", written)
    key = " ".join(fold(written).replace(".", "").replace("-", " ").replace("\u2011", " ").split())
    return Name(key, start, start + len(written), written)
