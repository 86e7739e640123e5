"""Splits a question that asks for several things into questions that each ask for one.

No sentence of a document need contain both halves of "How many were arrested in Mali, and how many in Chad?", so each
half is retrieved and judged by itself: question decomposition (Perez et al. 2020, arXiv:2002.09758), here by form
alone. Pure functions, English.
"""

import re
from collections.abc import Sequence

from assistant.nlp.figures import Name, find_names
from assistant.nlp.question_forms import classify_question, is_plural
from assistant.nlp.tokens import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, tokenize, word_set
from assistant.query.followups import is_followup, resolve_followup
from assistant.query.history import HistoryTurn
from assistant.query.question import compared_noun, is_comparison, parse_series_member

_MAX_PARTS = 4
_MAX_QUESTION_CHARS = 500  # a longer question is not split

_QUESTION_PHRASE = (
    r"(?:(?:in|at|on|by|to|from|for|of|with)\s+)?"
    r"(?:how\s+(?:many|much|long|old|often)|when|where|who|whom|what|which|why|how)\b"
)
_CLAUSE_BOUNDARY = re.compile(
    rf"\s*[,;]?\s+(?:and|but|or)\s+(?:also\s+)?(?={_QUESTION_PHRASE})|[;?]\s+(?=(?:and\s+)?{_QUESTION_PHRASE})",
    re.IGNORECASE,
)
_COMPARING_WORDS = r"than|versus|vs\.?|against|compared\s+(?:with|to)"
_COMPARING = re.compile(rf"\b(?:{_COMPARING_WORDS})\s", re.IGNORECASE)
_BETWEEN_COORDINATED = re.compile(
    rf"\s*(?:,|,?\s*(?:and|or|to|with|{_COMPARING_WORDS}))\s+"
    r"(?:also\s+)?(?:in\s+|that\s+of\s+)?(?:the\s+)?(?:operation\s+)?",
    re.IGNORECASE,
)
_BEFORE_COORDINATED = re.compile(r"\b(?:from|between|both)\s+(?:the\s+)?(?:operation\s+)?$", re.IGNORECASE)
_NUMBER_AFTER_NAME = re.compile(r"\s+\d{1,4}(?!\w|[.,]\d)")
_AFTER_COUNTED_NOUN = re.compile(r"\s+(?:than|in|to|between|of|for|from|did|does|compared|during)\b")
_RANK = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|latest"
_RANK_BEFORE_NAME = re.compile(rf"\b({_RANK})\s+(?:operation\s+)?$", re.IGNORECASE)
_OTHER_RANK = re.compile(rf"\bthe\s+({_RANK})(?:\s+one)?\s*$", re.IGNORECASE)
_VAGUE_WORDS = word_set("number numbers figure figures count counts total totals result results two many much each")

_Span = tuple[int, int]


def decompose(question: str) -> tuple[str, ...]:
    """Splits a question.

    Returns:
        One to four distinct questions, each standing alone; the question itself where it asks for one thing.
    """
    if len(question) > _MAX_QUESTION_CHARS:
        return (question,)
    parts = [part for clause in _split_clauses(question) for part in _split_things(clause)]
    return tuple(dict.fromkeys(parts))[:_MAX_PARTS] or (question,)


# By clauses: "When did it begin, and how many …"


def _split_clauses(text: str) -> list[str]:
    """The clauses that ask, each completed to a question; the whole text where a piece says nothing of its own."""
    pieces = [piece.strip(" ,;?.") for piece in _CLAUSE_BOUNDARY.split(text)]
    if is_comparison(pieces[0]) and len(pieces) > 1:
        pieces = [pieces[0], *filter(_has_content, pieces[1:])]  # "and what are the figures?" adds nothing
    elif len(pieces) < 2 or not (_asks(pieces[0]) and all(map(_has_content, pieces))):
        return [text]
    questions = [f"{pieces[0]}?"]
    for piece in pieces[1:]:
        questions.append(_complete_clause(piece, questions[-1]))
    return questions


def _has_content(piece: str) -> bool:
    return any(token.text not in STOP_WORDS | _VAGUE_WORDS for token in tokenize(piece))


def _asks(piece: str) -> bool:
    words = [token.text for token in tokenize(piece)]
    return any(word in QUESTION_WORDS for word in words) or not AUXILIARIES.isdisjoint(words[:1])


def _has_verb(piece: str) -> bool:
    words = [token.text for token in tokenize(piece)]
    return any(word in AUXILIARIES or word.endswith("ed") for word in words)


def _complete_clause(clause: str, previous: str) -> str:
    """A clause with what it leaves to the question before: "how many in Chad" of "How many … in Mali?"."""
    form, question = classify_question(clause), f"{clause[:1].upper()}{clause[1:]}?"
    if form.kind == "count" and (not form.focus or not _has_verb(clause)):
        return _repeat_question(clause, previous)
    return resolve_followup(question, (HistoryTurn(previous, ""),)) if is_followup(question) else question


def _repeat_question(clause: str, previous: str) -> str:
    """The question before, asked about what this clause names instead."""
    own_spans, previous_spans = _name_spans(clause), _name_spans(previous)
    if own_spans and previous_spans:
        (start, end), (previous_start, previous_end) = own_spans[-1], previous_spans[-1]
        has_more = clause[end:].strip()  # "in Y a year before": not in the year that was said of X
        return f"{previous[:previous_start]}{clause[start:end]}{'?' if has_more else previous[previous_end:]}"
    other_rank = _OTHER_RANK.search(clause)
    if other_rank and previous_spans:
        rank = _RANK_BEFORE_NAME.search(previous[: find_names(previous)[-1].start])
        if rank:
            return f"{previous[: rank.start(1)]}{other_rank[1]}{previous[rank.end(1) :]}"
    addition = re.sub(r"^how\s+many\s*", "", clause, flags=re.IGNORECASE)
    return f"{previous.rstrip('?')} {addition}?"


# By the things that are compared or enumerated


def _split_things(text: str) -> list[str]:
    """One question for each of several things that are compared, or that belong to one series."""
    coordinated, in_series, comparing = _coordinated_spans(text), _series_spans(text), is_comparison(text)
    spans = coordinated or in_series or (_compared_spans(text) if comparing else [])
    things = [text[start:end] for start, end in spans]
    counted = _countable_noun(compared_noun(text), things) if comparing else ""
    if counted and things:
        return [f"How many {counted} were there in {_with_article(thing)}?" for thing in things]
    if not coordinated:
        return [text]
    first_start, last_end = coordinated[0][0], coordinated[-1][1]
    are_compared = comparing and _COMPARING.search(text, first_start, last_end)
    if not (are_compared or len(in_series) > 1):
        return [text]
    lead = _BEFORE_COORDINATED.search(text[:first_start])
    is_range = lead is not None and lead[0].lower().startswith(("from", "between"))
    head = f"{text[: lead.start()]}in " if lead and is_range else text[:first_start]
    return [f"{head}{thing}{text[last_end:]}" for thing in things]


def _with_article(thing: str) -> str:
    return f"the {thing}" if re.match(_RANK, thing, re.IGNORECASE) else thing


def _countable_noun(noun: str, things: Sequence[str]) -> str:
    """What is counted, without the things that it is counted for; empty where it is nothing countable."""
    boundaries = (match.start() for match in _AFTER_COUNTED_NOUN.finditer(noun))
    end = next((start for start in boundaries if any(thing in noun[start:] for thing in things)), len(noun))
    head = _AFTER_COUNTED_NOUN.split(noun[:end], maxsplit=1)[0].split()
    return noun[:end] if head and is_plural(head[-1].lower()) else ""


def _coordinated_spans(text: str) -> list[_Span]:
    """The longest run of names with nothing but "and", "or", "to" and the like between them; none of fewer than two."""
    runs: list[list[_Span]] = []
    for span in _name_spans(text):
        if runs and _BETWEEN_COORDINATED.fullmatch(text, runs[-1][-1][1], span[0]):
            runs[-1].append(span)
        else:
            runs.append([span])
    longest = max(runs, key=len, default=[])
    return longest if len(longest) > 1 else []


def _compared_spans(text: str) -> list[_Span]:
    """The spans of just two names with a word of comparison somewhere between them: "did X find more than Y"."""
    spans = _name_spans(text)
    return spans if len(spans) == 2 and _COMPARING.search(text, spans[0][1], spans[1][0]) else []


def _series_spans(text: str) -> list[_Span]:
    """The spans of names that are numbered members of one series: "Liberterra II" and "Liberterra III"."""
    spans = _name_spans(text)
    members = [parse_series_member(" ".join(text[start:end].casefold().split())) for start, end in spans]
    series = [member[0].removeprefix("operation ") if member else None for member in members]
    return [span for span, name in zip(spans, series, strict=True) if name is not None and series.count(name) > 1]


def _name_spans(text: str) -> list[_Span]:
    """The spans of the names in a text, with a "first" before them and the number or year that follows."""
    return [_name_span(text, name) for name in find_names(text)]


def _name_span(text: str, name: Name) -> _Span:
    rank, number = _RANK_BEFORE_NAME.search(text[: name.start]), _NUMBER_AFTER_NAME.match(text, name.end)
    return rank.start() if rank else name.start, number.end() if number else name.end
