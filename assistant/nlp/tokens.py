"""The words of an English text, folded and stemmed, and what a question asks for."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import filterfalse
from typing import Literal, NamedTuple

from assistant.nlp.irregular_forms import PLAIN

QuestionKind = Literal[
    "count", "amount", "percent", "date", "year", "person", "organisation", "place",
    "definition", "reason", "yesno", "choice", "list", "other",
]  # fmt: skip


class Token(NamedTuple):
    """One word of a text: ``text`` is folded, the span is that of the word as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for.

    ``asked`` holds the folded content words of the thing asked for: ``("irregular", "migrants")`` for "How
    many irregular migrants were …", ``("country",)`` for "Which country …"; empty where the question names
    none ("When …", "Who …").
    """

    kind: QuestionKind
    asked: tuple[str, ...] = ()


def word_set(text: str) -> frozenset[str]:
    """The set of the words in a text that are parted by spaces."""
    return frozenset(text.split())


# Auxiliaries open a yes-or-no question and end a noun group.
AUXILIARIES = word_set(
    "is are was were am be been being do does did have has had having can could will would shall "
    "should may might must isn't aren't wasn't weren't doesn't don't didn't hasn't haven't hadn't "
    "can't cannot couldn't won't wouldn't shouldn't"
)
QUESTION_WORDS = word_set("who whom whose what which when where why how")
PREPOSITIONS = word_set(
    "about above across after against along amid among amongst around as at before behind below "
    "beneath beside besides between beyond by despite down during except for from in inside into "
    "like near of off on onto out outside over past per since through throughout to toward towards "
    "under until up upon via with within without"
)
# The closed classes, without negations and numbers: those change what a sentence says.
STOP_WORDS = (
    AUXILIARIES - frozenset(word for word in AUXILIARIES if word.endswith("n't") or word == "cannot")
    | QUESTION_WORDS
    | PREPOSITIONS
    | word_set(
        "a an the this that these those some any each every both either all most many much more "
        "several such few other others another own same certain various i me my mine myself you your "
        "yours yourself we us our ours ourselves he him his himself she her hers herself it its "
        "itself they them their theirs themselves and or but nor if then else than so because "
        "although though while whereas whether unless once however therefore thus hence moreover "
        "furthermore meanwhile nevertheless nonetheless also too very just only even still yet "
        "already again ever here there now there's it's that's he's she's they're we're you're i'm "
        "i've we've they've let lets please tell give"
    )
)

_WORD = re.compile(r"\d+(?:[.,]\d+)*|(?:(?!\d)[\w\u0300-\u036f])[\w\u0300-\u036f]*(?:['’](?!\d)[\w]+)*")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "’": "'"}
)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")


def fold(text: str) -> str:
    """The text in lower case (``str.casefold``), without diacritics, with ' for ’; its length may change."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filterfalse(unicodedata.combining, parts)).translate(_LETTERS)


def lower_same_length(text: str) -> str:
    """The text in lower case and of the same length, so that spans found in it hold for the text."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def tokenize(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text, folded: possessives lose their 's, ``2,517`` reads ``2517``.

    A hyphen parts words; an apostrophe inside a word doesn't (``don't``).
    """
    told = ((_folded(match[0]), match.span()) for match in _WORD.finditer(text))
    return tuple(Token(word, *span) for word, span in told if word)


@lru_cache(maxsize=32768)
def _folded(written: str) -> str:
    """One word or number as `words` gives it; empty where nothing of it is left."""
    word = fold(written)
    if not word.isalnum():
        if word.endswith("'s") and word not in STOP_WORDS:
            return word[:-2]
        if "," in word:
            return _THOUSANDS.sub("", word)
    return word


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """The stem of one folded word, by Snowball's English stemmer (Porter 2): ``migrants`` → ``migrant``.

    An irregular form has the stem of its plain form: ``broken`` → ``break``.
    """
    from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no types

    # A stemmer holds state while it works, so that threads must not share one; making one takes some 2 µs.
    stemmed: str = Stemmer("english").stemWord(PLAIN.get(word, word))
    return stemmed


@lru_cache(maxsize=2048)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the content words in order, repeats kept; no stop words, but negations and numbers."""
    return tuple(filter(None, map(_content_stem, _WORD.findall(text))))


@lru_cache(maxsize=32768)
def _content_stem(written: str) -> str:
    """The stem of one word as written; empty for a stop word."""
    word = _folded(written)
    return "" if word in STOP_WORDS else stem(word)


_NOUNS: dict[QuestionKind, str] = {
    "count": "number total tally population enrollment enrolment attendance turnout",
    "percent": "percentage percent proportion share fraction",
    "amount": "amount cost price budget revenue income salary wage size length height width depth weight "
    "mass distance speed temperature age duration value capacity volume quantity fee sum "
    "money profit gdp density altitude elevation rate score range tuition reward lifespan "
    "wavelength",
    "year": "year",
    "date": "date day month century decade time period era season weekday",
    "person": "person man woman boy girl president king queen emperor empress pope author writer artist "
    "actor actress singer scientist inventor founder leader ruler commander governor mayor "
    "minister chancellor secretary head chairman philosopher poet composer player quarterback "
    "coach athlete explorer architect engineer mathematician physicist chemist biologist prince "
    "princess duke bishop saint professor economist historian politician senator judge wife "
    "husband brother sister father mother son daughter successor predecessor researcher "
    "director theologian missionary khan priest reformer driver teacher doctor nurse lawyer suspect victim pilot "
    "captain officer soldier farmer worker student witness owner manager editor reporter journalist spokesman "
    "spokeswoman spokesperson victor winner candidate",
    "organisation": "organisation organization company agency institution university college school team "
    "club party group band government body corporation firm bank newspaper network channel station "
    "union committee council court league church ministry department manufacturer airline brand "
    "publisher tribe",
    "place": "country city place state region continent river town village location province county "
    "district island sea ocean mountain capital nation street building museum territory hotel "
    "venue airport land lake desert valley",
    "definition": "definition meaning",
    "reason": "reason cause purpose motive explanation",
}
_KINDS: dict[str, QuestionKind] = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}
_DIMENSIONS = word_set(
    "long old far tall high big large deep fast heavy wide often hot cold expensive close strong "
    "small quickly thick frequently broad"
)
_LEAD = re.compile(
    r"^\W*(?:(?:please|hey|so|and|but|then|ok|(?:can|could|would|will) you(?: please)?"
    r"|i(?:'d| would)? (?:want|like) to know|do you know|tell (?:me|us)|let me know|(?:give|show) (?:me|us)"
    r"|find out|say|state|find|give|show)\b[\s,:]*)+"
)
_PLURALS = word_set("people men women children feet teeth mice geese")
_ARTICLES = word_set("the a an this that these those his her its their any some")
_NAMING = word_set("name names title type kind sort term word")


def question_kind(question: str) -> Asked:
    """What a question asks for, by its form; a fragment will do, without question mark or capitals.

    "What year" asks for a year, "when" for a date, "how long" and "how much" for an amount, "who" for a
    person.
    """
    asked = [word.text for word in tokenize(_LEAD.sub("", fold(question)))]
    if not asked:
        return Asked("other")
    if asked[0] in AUXILIARIES:
        return Asked("choice" if "or" in asked else "yesno")
    at = next((i for i, word in enumerate(asked) if word in QUESTION_WORDS), None)
    if at is None:
        return _told(asked)
    if asked[at] in ("when", "where") and asked[at + 1 : at + 2] and asked[at + 1] not in AUXILIARIES:
        # "When forces meet, what happens" asks in its second half.
        at = next((i for i in range(at + 1, len(asked)) if asked[i] in QUESTION_WORDS), at)
    word, rest = asked[at], asked[at + 1 :]
    if word == "how":
        return _how(rest)
    if word in ("what", "which"):
        return _what(word, rest)
    kinds: dict[str, QuestionKind] = {"when": "date", "where": "place", "why": "reason"}
    return Asked(kinds.get(word, "person"))


def _how(rest: list[str]) -> Asked:
    first = rest[0] if rest else ""
    if first == "many":
        return Asked("count", _up_to_last_plural(_group(rest[1:])))
    if first == "much":
        return Asked("amount", _group(rest[1:]))
    if first in _DIMENSIONS:
        return Asked("amount", (first,))
    return Asked("reason" if first == "come" else "other")


def _what(word: str, rest: list[str]) -> Asked:
    group = _group(rest)
    if rest[:1] == ["of"]:
        return Asked("choice", _group(rest[1:]))
    if group:
        if word == "which" and "or" in rest:
            return Asked("choice", group)
        return _classed(_first_plural(group), rest)
    if "mean" in rest[1:] or rest[-2:] == ["stand", "for"]:
        return Asked("definition", _group([word for word in rest[1:] if word not in ("mean", "stand")]))
    if rest[:1] and rest[0] in ("is", "are", "was", "were"):
        return _told(rest[1:], plural=rest[0] in ("are", "were"), defining=True)
    return Asked("other")


def _told(rest: list[str], *, plural: bool = False, defining: bool = False) -> Asked:
    """A question without a question word ("number of arrests"), or what follows "what is"."""
    verb = rest[0] if rest else ""
    if verb in ("define", "describe"):
        return Asked("definition", _group(rest[1:]))
    if verb in ("list", "enumerate", "name"):
        asked = _classed(_group(rest[1:]), rest[1:])
        many = verb != "name" or (asked.asked and asked.asked[-1].endswith("s"))
        return Asked("list", asked.asked) if many else asked
    group = _group(rest)
    asked = (
        _classed(group, rest)
        if group and (group[-1] in _NAMING or _kind(group[-1]) != "other")
        else Asked("other", group)
    )
    if asked.kind == "other" and defining:
        bare = len(rest) <= len(group) + 1 and verb != "the"
        return Asked("definition" if bare else "list" if plural else "other", group)
    return asked


def _classed(group: tuple[str, ...], rest: list[str]) -> Asked:
    """The kind that a group's nouns name; "the number of arrests", "the name of the man" look behind "of"."""
    after = rest[rest.index("of") + 1 :] if "of" in rest else []
    inner = _group(after)
    if group and group[-1] in _NAMING and inner:
        kind = _classed(inner, after).kind if group[-1] in ("name", "names") else "other"
        return Asked(kind, inner)
    for noun in reversed(group):
        kind = _kind(noun)
        if kind != "other":
            return Asked(
                kind,
                inner if kind in ("count", "percent", "definition") and inner and noun != "population" else group,
            )
    return Asked("other", group)


def _kind(noun: str) -> QuestionKind:
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
    kind = _KINDS.get(noun) or _KINDS.get(singular, "other")
    return "other" if kind == "amount" and noun not in _KINDS else kind  # "what areas" asks for no amount


def _first_plural(group: tuple[str, ...]) -> tuple[str, ...]:
    """The group up to its first plural, behind which a verb may stand: "what components raise …"."""
    return group[: next((i for i, noun in enumerate(group, 1) if is_plural(noun)), len(group))]


def _up_to_last_plural(group: tuple[str, ...]) -> tuple[str, ...]:
    """What "how many" counts, without the verb behind it: "miners" of "miners work", "arms dealers"."""
    return group[: next((i for i in range(len(group), 0, -1) if is_plural(group[i - 1])), len(group))]


def is_plural(noun: str) -> bool:
    """Whether a folded noun looks like a plural."""
    return noun in _PLURALS or (noun.endswith("s") and not noun.endswith("ss"))


def _group(rest: list[str]) -> tuple[str, ...]:
    """The content words of the noun group that a list of words begins with: up to four."""
    group: list[str] = []
    for word in rest:
        if word in AUXILIARIES or word in PREPOSITIONS or word in QUESTION_WORDS:
            break
        if group and (word in STOP_WORDS or word.endswith("ed")):
            break
        if word not in _ARTICLES and word not in STOP_WORDS:
            group.append(word)
        elif word not in _ARTICLES and not group and word not in ("other", "more", "many", "most", "all", "different"):
            break
    return tuple(group[:4])


def single_line(text: str) -> str:
    """The text on one line: a sentence may run over line ends in its document, but is shown without them."""
    return " ".join(text.split())
