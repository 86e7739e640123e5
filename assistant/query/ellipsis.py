"""Completes half a question: what it names replaces its counterpart in the question before.

"And in 2023?" after "How many arrests were made in 2022?" becomes "How many arrests were made in 2023?". Likewise with
another member of a series, another kind of the same noun, another name, another thing counted. Pure functions, English.
"""

import re

from assistant.nlp import lexicon
from assistant.nlp.figures import Name, find_names
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import tokenize
from assistant.query.coreference import RANK_BEFORE_NAME, RANKS, independent_names, is_event_name, stands_before
from assistant.query.question import parse_series_member

_ROMAN_NUMERALS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
_YEAR = r"(?:1[5-9]|20)\d\d"
_RANK_WORD = lexicon.alternation(RANKS)
_MEMBER_NUMBER = rf"(?:{_RANK_WORD}|\d+(?:st|nd|rd|th)|[ivx]{{1,5}}|\d{{1,4}})"
_MEMBER = re.compile(rf"(?:the\s+)?({_MEMBER_NUMBER})(?:\s+ones?)?", re.IGNORECASE)  # "the second one", "2023"
_OTHER_KIND = re.compile(r"(?:the\s+|an?\s+)?(\w[\w-]*(?:\s+\w[\w-]*)?)\s+ones?", re.IGNORECASE)  # "a blue one"
_PREPOSITION = re.compile(r"(?:(in|during|of|for|by|from|at|on|under|with)\s+)?(?:the\s+)?", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|are|is)\s+(\w+(?:ed|en|wn|ld|nt|ght|und))\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w+(?:ed|en|wn|ld|nt|ght|und)", re.IGNORECASE)
_NUMBER_AFTER_NAME = re.compile(r"\s+\d{1,4}(?!\w|[.,]\d)")


def complete_fragment(fragment: str, previous: str) -> str:
    """Asks the previous question about what a fragment names.

    Args:
        fragment: half a question, without its end mark: "in 2023", "the second one", "women".
        previous: the question before, which stands alone.

    Returns:
        The previous question with its counterpart replaced by the fragment; with the fragment at its end where it has
        no counterpart.
    """
    match = _PREPOSITION.match(fragment)
    core = fragment[match.end() :] if match else fragment
    preposition = (match[1] or "").lower() if match else ""
    appended = f"{previous.rstrip(' ?.!')} {fragment}"
    if member := _MEMBER.fullmatch(core):
        return _with_other_member(member[1], previous) or appended
    if kind := _OTHER_KIND.fullmatch(core):
        return _with_other_kind(kind[1], previous) or appended
    names = independent_names(fragment)
    if names:
        span = _counterpart_span(names[0], fragment, previous, preposition)
        return f"{previous[: span[0]]}{core}{previous[span[1] :]}" if span else appended
    return (
        _with_other_word(core, preposition, previous) or _with_other_phrase(fragment, preposition, previous) or appended
    )


def counted_noun(question: str) -> str:
    """What a question counts or lists, as written: "people" of "How many people …"; else empty."""
    form = classify_question(question)
    if form.kind not in ("count", "list") or not form.focus:
        return ""
    tokens = [token for token in tokenize(question) if token.text in form.focus]
    return question[tokens[0].start : tokens[-1].end] if tokens else ""


def _with_other_word(word: str, preposition: str, previous: str) -> str | None:
    """The previous question with another thing counted ("women") or another deed ("rescued"); None without either."""
    noun, passive = counted_noun(previous), _PASSIVE.search(previous)
    if noun and not preposition and word.lower().endswith(("s", "men", "people", "children")):
        return previous.replace(noun, word, 1)
    if passive and _PARTICIPLE.fullmatch(word):
        return f"{previous[: passive.start(1)]}{word}{previous[passive.end(1) :]}"
    return None


def _with_other_phrase(fragment: str, preposition: str, previous: str) -> str | None:
    """The previous question with its last phrase replaced, if it begins with the same preposition."""
    if not preposition:
        return None
    phrase = re.search(rf"\b{preposition}\s+\w+(?:\s+\w+)?\W*$", previous, re.IGNORECASE)
    return f"{previous[: phrase.start()]}{fragment}" if phrase else None


def _with_other_member(number: str, previous: str) -> str | None:
    """The previous question about another member of its series, or another year; None if it has neither."""
    if re.fullmatch(_YEAR, number):
        return _replace_last(rf"\b{_YEAR}\b", number, previous)
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", number) and (
        replaced := _replace_last(r"\b\d+(?:st|nd|rd|th)\b", number, previous)
    ):
        return replaced
    rank = RANKS.get(number.lower(), 0)
    previous_rank = re.search(rf"\b(?:{_RANK_WORD})\b(?=\s+[A-Z])", previous)
    if rank and previous_rank:
        return f"{previous[: previous_rank.start()]}{number.lower()}{previous[previous_rank.end() :]}"
    value = rank or (int(number) if number.isdigit() else 0)
    roman = _ROMAN_NUMERALS[value - 1] if 0 < value <= len(_ROMAN_NUMERALS) else number.upper()
    members = [name for name in find_names(previous) if parse_series_member(name.key)]
    if rank == 1 and members:
        return _with_first_member(members[-1], previous)
    return _replace_last(r"(?<=\w )(?:[IVX]{1,5}|[ivx]{2,5})\b", roman, previous) or _replace_last(
        r"(?<=[a-z] )\d{1,3}\b(?!\s+[a-z])", str(value or number), previous
    )


def _with_first_member(member: Name, previous: str) -> str:
    """The previous question about "the first" of a member's series: the first one mostly has no number."""
    series = member.text.rsplit(maxsplit=1)[0]
    article = re.search(r"(?:the\s+)?$", previous[: member.start])
    start = article.start() if article else member.start
    return f"{previous[:start]}the first {series}{previous[member.end :]}"


def _replace_last(pattern: str, new: str, text: str) -> str | None:
    """The text with the last match of a pattern replaced; None without a match."""
    matches = list(re.finditer(pattern, text))
    return f"{text[: matches[-1].start()]}{new}{text[matches[-1].end() :]}" if matches else None


def _with_other_kind(modifier: str, previous: str) -> str | None:
    """The previous question about another kind of its noun: "a Blue one" after "What is a Red Notice?"."""
    long_names = [name for name in find_names(previous) if " " in name.text]
    if long_names:
        name = long_names[-1]
        noun = name.text.rsplit(maxsplit=1)[1]
        return f"{_append_noun(previous[: name.start], modifier)} {noun}{previous[name.end :]}"
    focus = classify_question(previous).focus
    tokens = [token for token in tokenize(previous) if token.text in focus]
    if not tokens:
        return None
    return f"{_append_noun(previous[: tokens[0].start], modifier)} {previous[tokens[-1].start :]}"


def _append_noun(before: str, noun: str) -> str:
    """A noun behind a text, whose article at the end is made to fit: "a red" and "an amber"."""
    article = "an" if noun[0].lower() in "aeiou" else "a"
    return re.sub(r"\ban?\s+$", f"{article} ", before) + noun


def _counterpart_span(name: Name, fragment: str, previous: str, preposition: str) -> tuple[int, int] | None:
    """The span of the name in the previous question that a new name replaces: an event's replaces an event's."""
    is_event = is_event_name(name, fragment)
    counterparts = [old for old in independent_names(previous) if is_event_name(old, previous) == is_event]
    if preposition and not is_event:
        with_preposition = re.compile(rf"\b{preposition}\s+(?:the\s+)?$", re.IGNORECASE)
        counterparts = [old for old in counterparts if stands_before(with_preposition, old, previous)]
    if not counterparts and not preposition:
        counterparts = independent_names(previous)
    if not counterparts:
        return None
    old = counterparts[-1]
    rank = stands_before(RANK_BEFORE_NAME, old, previous)
    number = _NUMBER_AFTER_NAME.match(previous, old.end)
    return rank.start() if rank else old.start, number.end() if number else old.end
