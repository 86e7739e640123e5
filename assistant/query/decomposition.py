"""A question that asks for several things, taken apart into questions that each ask for one.

No sentence of a document need hold both halves of "How many were arrested in 2023, and how many in 2024?", so each
half is found and judged by itself: question decomposition (Perez et al. 2020, arXiv:2002.09758), here by form alone.
Pure functions, English.
"""

import re
from collections.abc import Sequence

from assistant.nlp.figures import Name, find_names
from assistant.nlp.question_forms import classify_question, is_plural
from assistant.nlp.tokens import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, tokenize, word_set
from assistant.query.followups import HistoryTurn, is_followup, resolve_followup
from assistant.query.question import compared_noun, is_comparison, parse_series_member

_MOST = 4  # parts of a question
_LONGEST = 500  # characters of a question that is looked at
_ASKING = (
    r"(?:(?:in|at|on|by|to|from|for|of|with)\s+)?"
    r"(?:how\s+(?:many|much|long|old|often)|when|where|who|whom|what|which|why|how)\b"
)
_CLAUSES = re.compile(
    rf"\s*[,;]?\s+(?:and|but|or)\s+(?:also\s+)?(?={_ASKING})|[;?]\s+(?=(?:and\s+)?{_ASKING})", re.IGNORECASE
)
_SETTING = r"than|versus|vs\.?|against|compared\s+(?:with|to)"  # words that set a thing beside another
_JOINED = re.compile(
    rf"\s*(?:,|,?\s*(?:and|or|to|with|{_SETTING}))\s+(?:also\s+)?(?:in\s+|that\s+of\s+)?(?:the\s+)?(?:operation\s+)?",
    re.IGNORECASE,
)
_SET_BESIDE = re.compile(rf"\b(?:{_SETTING})\s", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:from|between|both)\s+(?:the\s+)?(?:operation\s+)?$", re.IGNORECASE)
_NUMBER = re.compile(r"\s+\d{1,4}(?!\w|[.,]\d)")
_PLACED = re.compile(r"\s+(?:than|in|to|between|of|for|from|did|does|compared|during)\b")
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|latest"
_MEMBER = re.compile(rf"\b({_ORDINAL})\s+(?:operation\s+)?$", re.IGNORECASE)
_ANOTHER = re.compile(rf"\bthe\s+({_ORDINAL})(?:\s+one)?\s*$", re.IGNORECASE)
_IDLE = word_set("number numbers figure figures count counts total totals result results two many much each")

_Span = tuple[int, int]


def decompose(question: str) -> tuple[str, ...]:
    """The questions that a question consists of, each standing alone; itself where it asks for one thing."""
    if len(question) > _LONGEST:
        return (question,)
    found = [part for clause in _clauses(question) for part in _members(clause)]
    return tuple(dict.fromkeys(found))[:_MOST] or (question,)


def _clauses(text: str) -> list[str]:
    """The clauses that ask: "When did it begin, and how many …"; one that says nothing of its own stays where it is."""
    pieces = [piece.strip(" ,;?.") for piece in _CLAUSES.split(text)]
    if is_comparison(pieces[0]) and len(pieces) > 1:
        pieces = [pieces[0], *filter(_says_something, pieces[1:])]  # "and what are the figures?" is said already
    elif len(pieces) < 2 or not (_asks(pieces[0]) and all(map(_says_something, pieces))):
        return [text]
    whole = [f"{pieces[0]}?"]
    for piece in pieces[1:]:
        whole.append(_completed(piece, whole[-1]))
    return whole


def _says_something(piece: str) -> bool:
    return any(word.text not in STOP_WORDS | _IDLE for word in tokenize(piece))


def _asks(piece: str) -> bool:
    told = [word.text for word in tokenize(piece)]
    return any(word in QUESTION_WORDS for word in told) or not AUXILIARIES.isdisjoint(told[:1])


def _completed(piece: str, before: str) -> str:
    """A clause with what it leaves to the one before: "how many in 2024" of "How many arrests were made in 2023?"."""
    asks, text = classify_question(piece), f"{piece[:1].upper()}{piece[1:]}?"
    if asks.kind == "count" and (not asks.focus or not _has_verb(piece)):
        return _again(piece, before)
    return resolve_followup(text, (HistoryTurn(before, ""),)) if is_followup(text) else text


def _has_verb(piece: str) -> bool:
    told = [word.text for word in tokenize(piece)]
    return any(word in AUXILIARIES or word.endswith("ed") for word in told)


def _again(piece: str, before: str) -> str:
    """The question before, asked of what this piece names instead."""
    ours, theirs = _named(piece), _named(before)
    if ours and theirs:
        rest = "?" if piece[ours[-1][1] :].strip() else before[theirs[-1][1] :]  # "in Y a year before": not of X's year
        return f"{before[: theirs[-1][0]]}{piece[slice(*ours[-1])]}{rest}"
    another = _ANOTHER.search(piece)
    member = _MEMBER.search(before[: find_names(before)[-1].start]) if another and theirs else None
    if another and member:
        return f"{before[: member.start(1)]}{another[1]}{before[member.end(1) :]}"
    rest = re.sub(r"^how\s+many\s*", "", piece, flags=re.IGNORECASE)
    return f"{before.rstrip('?')} {rest}?"


def _members(text: str) -> list[str]:
    """One question for each of several things that are compared, or that belong to one series."""
    spans = _coordinated(text)
    comparing = is_comparison(text)
    several = spans or _serial(text) or (_beside(text) if comparing else [])
    counted = _bare(compared_noun(text), [text[slice(*span)] for span in several]) if comparing else ""
    if counted and several:
        return [f"How many {counted} were there in {_the(text[slice(*span)])}?" for span in several]
    beside = comparing and spans and _SET_BESIDE.search(text, spans[0][0], spans[-1][1])
    if not spans or not (beside or len(_serial(text)) > 1):
        return [text]
    begin, end = spans[0][0], spans[-1][1]
    lead = _BEFORE.search(text[:begin])
    head = f"{text[: lead.start()]}in " if lead and lead[0].lower().startswith(("from", "between")) else text[:begin]
    return [f"{head}{text[slice(*span)]}{text[end:]}" for span in spans]


def _the(thing: str) -> str:
    return f"the {thing}" if re.match(_ORDINAL, thing, re.IGNORECASE) else thing


def _bare(noun: str, things: Sequence[str]) -> str:
    """What is counted, without the things that it is counted for; empty where nothing countable is."""
    places = (match.start() for match in _PLACED.finditer(noun))
    end = next((at for at in places if any(thing in noun[at:] for thing in things)), len(noun))
    head = _PLACED.split(noun[:end], maxsplit=1)[0].split()
    return noun[:end] if head and is_plural(head[-1].lower()) else ""


def _named(text: str) -> list[_Span]:
    """The spans of the names in a text, with a "first" before them and the number or year that follows."""
    return [_span(text, name) for name in find_names(text)]


def _span(text: str, name: Name) -> _Span:
    before, after = _MEMBER.search(text[: name.start]), _NUMBER.match(text, name.end)
    return before.start() if before else name.start, after.end() if after else name.end


def _coordinated(text: str) -> list[_Span]:
    """The longest run of names with nothing but "and", "or", "to" and the like between them; none of fewer than two."""
    runs: list[list[_Span]] = []
    for span in _named(text):
        if runs and _JOINED.fullmatch(text, runs[-1][-1][1], span[0]):
            runs[-1].append(span)
        else:
            runs.append([span])
    longest = max(runs, key=len, default=[])
    return longest if len(longest) > 1 else []


def _beside(text: str) -> list[_Span]:
    """Two names of which one is set beside the other somewhere in the sentence: "did X find more than Y"."""
    found = _named(text)
    return found if len(found) == 2 and _SET_BESIDE.search(text, found[0][1], found[1][0]) else []


def _serial(text: str) -> list[_Span]:
    """The names that are numbered members of one series: "Liberterra II" and "Liberterra III"."""
    found = [(span, parse_series_member(" ".join(text[slice(*span)].casefold().split()))) for span in _named(text)]
    series = [member[0].removeprefix("operation ") for _, member in found if member]
    return [span for span, member in found if member and series.count(member[0].removeprefix("operation ")) > 1]
