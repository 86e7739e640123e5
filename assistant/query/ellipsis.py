"""Half a question: what it says takes the place of its like in the question before.

"And in 2023?" after "How many arrests were made in 2022?" is "How many arrests were made in 2023?"; so are another
member of a series, another kind of the same noun, another name, another thing counted. Pure functions, English.
"""

import re

from assistant.nlp.figures import Name, find_names
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import tokenize
from assistant.query.coreference import independent_names, is_event_name
from assistant.query.question import parse_series_member

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
_YEAR = r"(?:1[5-9]|20)\d\d"
_NUMBERED = rf"(?:{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th)|[ivx]{{1,5}}|\d{{1,4}})"
_MEMBER = re.compile(rf"(?:the\s+)?({_NUMBERED})(?:\s+ones?)?", re.IGNORECASE)
_ONE = re.compile(r"(?:the\s+|an?\s+)?(\w[\w-]*(?:\s+\w[\w-]*)?)\s+ones?", re.IGNORECASE)
_BEGIN = re.compile(r"(?:(in|during|of|for|by|from|at|on|under|with)\s+)?(?:the\s+)?", re.IGNORECASE)
_RANK = re.compile(rf"\b(?:the\s+)?(?:{'|'.join(_ORDINALS)})\s+(?:operation\s+)?$", re.IGNORECASE)
_DONE = re.compile(r"\b(?:was|were|been|being|are|is)\s+(\w+(?:ed|en|wn|ld|nt|ght|und))\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w+(?:ed|en|wn|ld|nt|ght|und)", re.IGNORECASE)


def complete_fragment(fragment: str, last: str) -> str:
    """The last question about what a fragment names: in the place of its like there, or behind it all."""
    begin = _BEGIN.match(fragment)
    core = fragment[begin.end() :] if begin else fragment
    preposition = (begin[1] or "").lower() if begin else ""
    joined = f"{last.rstrip(' ?.!')} {fragment}"
    if member := _MEMBER.fullmatch(core):
        return _another(member[1], last) or joined
    if one := _ONE.fullmatch(core):
        return _modified(one[1], last) or joined
    new = independent_names(fragment)
    if new:
        old = _alike(new[0], fragment, last, preposition)
        return f"{last[: old[0]]}{core}{last[old[1] :]}" if old else joined
    done, noun = _DONE.search(last), counted_noun(last)
    if noun and not preposition and core.lower().endswith(("s", "men", "people", "children")):
        return last.replace(noun, core, 1)
    if done and _PARTICIPLE.fullmatch(core):
        return f"{last[: done.start(1)]}{core}{last[done.end(1) :]}"
    alike = re.search(rf"\b{preposition}\s+\w+(?:\s+\w+)?\W*$", last, re.IGNORECASE) if preposition else None
    return f"{last[: alike.start()]}{fragment}" if alike else joined


def _another(number: str, last: str) -> str | None:
    """The last question about another member of its series, or another year."""
    if re.fullmatch(_YEAR, number):
        return _replaced_last(rf"\b{_YEAR}\b", number, last)
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", number) and (
        text := _replaced_last(r"\b\d+(?:st|nd|rd|th)\b", number, last)
    ):
        return text
    rank = _ORDINALS.index(number.lower()) + 1 if number.lower() in _ORDINALS else 0
    ranked = re.search(rf"\b(?:{'|'.join(_ORDINALS)})\b(?=\s+[A-Z])", last)
    if rank and ranked:
        return f"{last[: ranked.start()]}{number.lower()}{last[ranked.end() :]}"
    value = rank or (int(number) if number.isdigit() else 0)
    roman = _ROMAN[value - 1] if 0 < value <= len(_ROMAN) else number.upper()
    series = [name for name in find_names(last) if parse_series_member(name.key)]
    if rank == 1 and series:
        bare = series[-1].text.rsplit(maxsplit=1)[0]
        begin = re.search(r"(?:the\s+)?$", last[: series[-1].start])
        at = begin.start() if begin else series[-1].start
        return f"{last[:at]}the first {bare}{last[series[-1].end :]}"
    return _replaced_last(r"(?<=\w )(?:[IVX]{1,5}|[ivx]{2,5})\b", roman, last) or _replaced_last(
        r"(?<=[a-z] )\d{1,3}\b(?!\s+[a-z])", str(value or number), last
    )


def _replaced_last(pattern: str, new: str, text: str) -> str | None:
    found = list(re.finditer(pattern, text))
    return f"{text[: found[-1].start()]}{new}{text[found[-1].end() :]}" if found else None


def _modified(modifier: str, last: str) -> str | None:
    """The last question about another kind of its noun: "a Blue one" after "What is a Red Notice?"."""
    several = [name for name in find_names(last) if " " in name.text]
    if several:
        name = several[-1]
        return f"{_articled(last[: name.start], modifier)} {name.text.rsplit(maxsplit=1)[1]}{last[name.end :]}"
    group = [word for word in tokenize(last) if word.text in classify_question(last).focus]
    if not group:
        return None
    return f"{_articled(last[: group[0].start], modifier)} {last[group[-1].start :]}"


def _articled(before: str, noun: str) -> str:
    """A noun behind a text, whose article at the end is made to fit: "a red" and "an amber"."""
    article = "an" if noun[0].lower() in "aeiou" else "a"
    return re.sub(r"\ban?\s+$", f"{article} ", before) + noun


def _alike(new: Name, fragment: str, last: str, preposition: str) -> tuple[int, int] | None:
    """The span of the name in the last question that a new one takes the place of: an event's for an event's."""
    event = is_event_name(new, fragment)
    old = [name for name in independent_names(last) if is_event_name(name, last) == event]
    if preposition and not event:
        old = [name for name in old if re.search(rf"\b{preposition}\s+(?:the\s+)?$", last[: name.start], re.IGNORECASE)]
    if not old and not preposition:
        old = independent_names(last)
    if not old:
        return None
    rank = _RANK.search(last[: old[-1].start])
    year = re.compile(r"\s+\d{1,4}(?!\w|[.,]\d)").match(last, old[-1].end)
    return rank.start() if rank else old[-1].start, year.end() if year else old[-1].end


def counted_noun(last: str) -> str:
    """What the last question counts or lists, as written: "people" of "How many people …"; else empty."""
    asked = classify_question(last)
    if asked.kind not in ("count", "list") or not asked.focus:
        return ""
    group = [word for word in tokenize(last) if word.text in asked.focus]
    return last[group[0].start : group[-1].end] if group else ""
