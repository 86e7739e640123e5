"""The pronouns of a question that refer to what was said before it, and their replacement by what they refer to."""

import re
from collections.abc import Sequence

from assistant.nlp.figures import find_names
from assistant.nlp.tokens import STOP_WORDS
from assistant.query.coreference import resolve_person, resolve_place, resolve_thing
from assistant.query.ellipsis import counted_noun
from assistant.query.history import HistoryTurn

_BEFORE_THAT = (
    r"in|of|at|on|for|from|to|by|with|about|during|after|before|under|than|and|is|are|was|were|did|does|do|has|have"
)
_DEMONSTRATIVE = re.compile(  # not the "that" of "the network that police broke up"
    rf"(?:\b(?:this|these|those)|(?:^\W*|\b(?:{_BEFORE_THAT})\s+)\bthat)\b", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|there|then"
    r"|the (?:same|latter|former|first one|second one|others?))\b",
    re.IGNORECASE,
)
_THERE_IS = re.compile(r"\b(?:is|are|was|were|has|have|had)\s+there\b|\bthere\s+(?:is|are|was|were)\b", re.IGNORECASE)
_IT_IS = re.compile(  # "it" stands for what follows
    r"\b(?:does|did|do|is|was|will|would|can|could)\s+it\s+(?:\w+\s+)?(?:matter|mean|take|possible|necessary|legal|illegal"
    r"|true|important|likely|known|clear|allowed|enough|safe|common)\b",
    re.IGNORECASE,
)
_FOR_WHICH_IT_STANDS = re.compile(r"\b(?:to|that|whether|if|how|for)\b", re.IGNORECASE)
_INNER_PRONOUN = re.compile(  # these refer to a name before them in the same sentence
    r"\b(?:its|their|his|her)\s+\w|\b(?:that|whether|if|when|because|after|before|while|and|but)\s+(?:it|they|he|she)\b",
    re.IGNORECASE,
)
_PERSON_NOUNS = "man|woman|person|leader|director|president"
_EVENT_NOUNS = "operation|event|raid|action|campaign|mission|case|investigation"
_PLACE_NOUNS = "place|country|city|town|region|state|village|location"
_PERSON = re.compile(rf"\b(?:he|him|his|she|hers|her|(?:this|that)\s+(?:{_PERSON_NOUNS}))\b", re.IGNORECASE)
_THING = re.compile(rf"\b(?:it|its|(?:this|that)\s+(?:one|{_EVENT_NOUNS}))\b", re.IGNORECASE)
_PLACE = re.compile(rf"\b(?:(in|from|to|at|near)\s+)?(?:(?:this|that)\s+(?:{_PLACE_NOUNS})|there)\b", re.IGNORECASE)
_THAT_YEAR = re.compile(r"\b(?:this|that)\s+year\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_THEM = re.compile(r"(?<!many of )\b(?:them|those(?=\W*$|\s+who\b))(?!\w)", re.IGNORECASE)


def refers_back(question: str) -> bool:
    """Whether a pronoun or a "this" in a question refers to something outside it."""
    masked = _mask_inner_pronouns(question)
    return bool(_PRONOUN.search(masked) or _DEMONSTRATIVE.search(masked))


def replace_pronouns(question: str, history: Sequence[HistoryTurn]) -> tuple[str, bool]:
    """Replaces the first pronoun of each kind by what it refers to.

    Args:
        question: a whole question.
        history: at least one turn before it, oldest first, whose questions stand alone already.

    Returns:
        The question, and whether a person, thing or place was replaced, so that it names what it is about.
    """
    last = history[-1]
    person = next(filter(None, (resolve_person(turn.question, turn.answer) for turn in reversed(history))), None)
    thing, place = resolve_thing(last.question, last.answer), resolve_place(last.question, last.answer)
    text, is_resolved = question, False
    for pattern, name in ((_PERSON, person), (_THING, thing)):
        pronoun = pattern.search(_mask_inner_pronouns(text))
        if pronoun and name:
            ending = "'s" if _is_possessive(pronoun[0].lower(), text[pronoun.end() :]) else ""
            text, is_resolved = f"{text[: pronoun.start()]}{name}{ending}{text[pronoun.end() :]}", True
    there = _PLACE.search(_mask_inner_pronouns(text))
    if there and place:
        text, is_resolved = f"{text[: there.start()]}{there[1] or 'in'} {place}{text[there.end() :]}", True
    years = _YEAR.findall(f"{last.question} {last.answer}")
    if years and _THAT_YEAR.search(text):
        text = _THAT_YEAR.sub(years[-1], text, count=1)
    noun = counted_noun(last.question)
    if noun and not is_resolved:
        text = _THEM.sub(lambda _: f"the {noun}", text, count=1)
    return text, is_resolved


def _mask_inner_pronouns(question: str) -> str:
    """The question, equally long, with blanks for the pronouns that refer to nothing outside it."""
    question = _blank(_THERE_IS, question, 0, len(question))
    last_word = max((match.start() for match in _FOR_WHICH_IT_STANDS.finditer(question)), default=0)
    question = _blank(_IT_IS, question, 0, last_word)
    if not _INNER_PRONOUN.search(question):
        return question
    first_name_end = min((name.end for name in find_names(question)), default=len(question))
    return _blank(_INNER_PRONOUN, question, first_name_end, len(question))


def _blank(pattern: re.Pattern[str], text: str, start: int, end: int) -> str:
    """The text with blanks for the matches of a pattern that begin and end in a part of it."""
    return pattern.sub(
        lambda match: " " * len(match[0]) if start <= match.start() and match.end() <= end else match[0], text
    )


def _is_possessive(pronoun: str, after: str) -> bool:
    """Whether a pronoun is possessive in front of a text: "her" is one before a noun only."""
    next_word = re.match(r"\s+([a-z]+)", after)
    return pronoun in ("his", "hers", "its") or (
        pronoun == "her" and next_word is not None and next_word[1] not in STOP_WORDS
    )
