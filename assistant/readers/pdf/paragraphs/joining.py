"""How the words at the border of two lines join: with a space, without one, or without the hyphen that splits them.

Words that occur whole elsewhere in the document decide: where it has "COVID-19" or "long-term" inside a line, a hyphen
at the end of a line is kept; where it has "understanding", it goes.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.nlp import lexicon
from assistant.readers.pdf.page import Phrase

HYPHENS = ("\u00ad", "-", "\u2010", "\u2011")
_HALVES = lexicon.words_by_class("word_halves")  # where a document is too short to decide
_COMPOUND = re.compile(r"[^\W_]+(?:[-\u2010\u2011][^\W_]+)*")
_LAST_WORD = re.compile(r"[^\W_](?:[\w\-\u2010\u2011]*[^\W_])?$")
_SHORT_PREFIX = 2  # letters, as in "re" and "un", which mostly go without a hyphen
_LONG_PART, _OFTEN = 4, 3  # letters of a half that is a word by itself, and how often it occurs
_LONG_SECOND = 5  # letters of a second half that is no ending: "second-ary", "high-er"
_BEGINNING = re.compile(r"[^\W_]+")
_GLUED_END = re.compile(r"[^\s][/\u2013\u2014]$|(?:://|www\.).*[/?=&_%#~]$")
# The beginning or the middle of an address that goes on in the next line, and what it goes on with.
_ADDRESS = re.compile(r"(?:.*(?:://|www\.)|(?=.{20}).*/).*[^\s),;>\]]$")
_OF_ADDRESS = re.compile(r"\S*(?:[/=_]|\w\.\w|-\w+-)")
# Scripts whose words no space separates: Chinese and Japanese with their punctuation, Thai, Lao, Khmer, Burmese.
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u303f\u3040-\u9fff\uf900-\ufaff\uff00-\uffef]"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a document, in lower case.

    Attributes:
        counts: how often each occurs, words with hyphens as a whole.
        first_parts: what stands before a hyphen in any of them.
        last_parts: what stands behind one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    first_parts: frozenset[str] = frozenset()
    last_parts: frozenset[str] = frozenset()


def vocabulary_of(lines: Iterable[Phrase]) -> Vocabulary:
    """The words inside some lines; the halves of a word that a hyphen splits at the end of a line are none."""
    tokens: Counter[str] = Counter()
    is_split = False
    for line in lines:
        tokens.update([word.text for word in line.words])
        if is_split:
            tokens[line.words[0].text] -= 1
        is_split = line.words[-1].text.endswith(HYPHENS)
        if is_split:
            tokens[line.words[-1].text] -= 1
    counts: Counter[str] = Counter()
    for token, count in (+tokens).items():
        for word in _COMPOUND.findall(token.casefold()):
            counts[word] += count
    compounds = [re.split("[-\u2010\u2011]", word) for word in counts if not word.isalnum()]
    return Vocabulary(
        counts,
        frozenset(parts[0] for parts in compounds),
        frozenset(parts[-1] for parts in compounds),
    )


def join_words_at_end(last: str, first: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """What becomes of the last word of a line, and what separates it from the first word of the next.

    >>> words = Vocabulary(Counter(["understanding", "long-term"]))
    >>> join_words_at_end("under\u00ad", "standing", words), join_words_at_end("long\u00ad", "term", words)
    (('under', ''), ('long-', ''))
    """
    if last.endswith(HYPHENS) and len(last) > 1:
        return _join_at_hyphen(last, first, vocabulary)
    is_address = _ADDRESS.match(last) and _OF_ADDRESS.match(first) and (last[-1] != "." or first[0].islower())
    is_glued = (
        is_address or _GLUED_END.search(last) or (_WITHOUT_SPACES.match(last[-1:]) and _WITHOUT_SPACES.match(first[:1]))
    )
    return shown(last), "" if is_glued else " "


def shown(word: str) -> str:
    """A word at the end of a paragraph: a hyphen stays."""
    return f"{word[:-1]}-" if word[-1:] == "\u00ad" and len(word) > 1 else word


def _join_at_hyphen(last: str, first: str, vocabulary: Vocabulary) -> tuple[str, str]:
    kept = shown(last)
    if _ADDRESS.match(kept) and first[:1].isalnum():
        return kept, ""
    end, beginning = _LAST_WORD.search(last[:-1]), _BEGINNING.match(first)
    if not end or not beginning:
        return kept, "" if first[:1].isalnum() or not kept[0].isalnum() else " "
    left, right = end[0], beginning[0]
    if (
        right.casefold() in _HALVES["conjunction"]
        and first == right
        and f"{left}{right}".casefold() not in vocabulary.counts
    ):
        return kept, " "
    return (kept if _keeps_hyphen(left, right, vocabulary) else last[:-1]), ""


def _keeps_hyphen(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether the hyphen between two halves is the word's own."""
    counts, small_left, small_right = vocabulary.counts, left.casefold(), right.casefold()
    compounds, wholes = counts[f"{small_left}-{small_right}"], counts[small_left + small_right]
    if compounds or wholes:
        return compounds > wholes
    if not left.isalpha() or not right[0].isalpha() or _is_other_case(left, right):
        return True
    return _is_compound(small_left, small_right, vocabulary)


def _is_other_case(left: str, right: str) -> bool:
    """Whether one half is a name or an abbreviation: "Smith-Jones", "IT-based"."""
    return (right[0].isupper() and not left.isupper()) or (left[-1].isupper() and not right.isupper())


def _is_compound(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether two halves, in lower case, are words by themselves, as far as the other words tell."""
    counts = vocabulary.counts
    if right in vocabulary.last_parts or (right in _HALVES["last"] and (len(left) >= _LONG_PART or counts[left] > 0)):
        return True
    is_second_half = len(right) >= _LONG_SECOND or right in _HALVES["first"] or counts[right] > 0
    if left in _HALVES["first"] and is_second_half:
        return True
    if left in vocabulary.first_parts and len(left) > _SHORT_PREFIX and counts[right] > 0:
        return True
    # A common word whose halves are words, such as "understanding", would occur whole.
    return min(len(left), len(right)) >= _LONG_PART and min(counts[left], counts[right]) >= _OFTEN
