"""Follow-up questions: whether a question leans on what was said before, and how to make it stand alone.

"And how many of them were rescued?" after "How many people were arrested in Operation Liberterra II?" becomes
"How many of them were rescued in Operation Liberterra II?": what the last question was about is carried over. Pure
functions; a language model does this better, where there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.text.figures import dates, figures, names
from assistant.text.naming import stands
from assistant.text.words import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, words

_LONGEST = 400  # characters of a rewritten question
_LEAD = re.compile(
    r"^\W*(?:(?:and|but|or|so|then|also|ok(?:ay)?|thanks|thank you|what about|how about|what of|same for)\b[\s,]*)+",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|or)\s+)?(?:what about|how about|what of|same for)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|those|these|this|that(?=\s+(?:one|operation|year|number"
    r"|case|time|place|country|event)\b)|there|then|the (?:same|latter|former|first one|second one|others?))\b",
    re.IGNORECASE,
)
_THERE_IS = re.compile(r"\b(?:is|are|was|were|has|have|had)\s+there\b|\bthere\s+(?:is|are|was|were)\b", re.IGNORECASE)
_PERSON = re.compile(r"\b(he|him|his|she|her|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(it|its)\b", re.IGNORECASE)
_OWNING = {"his", "her", "hers", "its"}
_TAIL = re.compile(r"\b(?:in|during|of|by|under|for|at|from|within|across)\s+(?:the\s+)?$", re.IGNORECASE)
_FEW = 2  # content words with which a question without a verb is only half of one


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, and the answer that it got."""

    question: str
    answer: str


def leans(question: str) -> bool:
    """Whether a question can only be understood with what was said before it."""
    bare = _THERE_IS.sub(" ", question)
    if _LEAD.match(question) or _PRONOUN.search(bare):
        return True
    told = [word.text for word in words(question)]
    asks = any(word in QUESTION_WORDS or word in AUXILIARIES for word in told)
    content = [word for word in told if word not in STOP_WORDS]
    return bool(told) and (not asks or (len(told) <= _FEW + 1 and told[0] in QUESTION_WORDS)) and len(content) <= _FEW


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question with the subject of the last one carried over; as it is where it stands alone."""
    if not turns or not leans(question):
        return question
    last = turns[-1]
    if _ABOUT.match(question) or _is_fragment(question):
        return _fitted(last.question, _LEAD.sub("", question))
    text = _LEAD.sub("", question).strip() or question
    text = text[:1].upper() + text[1:]
    text, resolved = _resolved(text, last)
    subject = "" if resolved else _subject(last.question, text)
    return f"{text.rstrip(' ?.!')}{f' {subject}' if subject else ''}?"[:_LONGEST]


def is_faithful(rewritten: str, question: str, turns: Sequence[Turn]) -> bool:
    """Whether a rewritten question is one line that brings no name, figure or date that was not said before."""
    text = rewritten.strip()
    said = "\n".join((question, *(f"{turn.question}\n{turn.answer}" for turn in turns)))
    known = {*figures(said)}, {*dates(said)}
    return (
        0 < len(text) <= _LONGEST
        and "\n" not in text
        and all(figure in known[0] for figure in figures(text))
        and all(date in known[1] for date in dates(text))
        and all(stands(name, said) for name in names(text))
    )


def _is_fragment(question: str) -> bool:
    told = [word.text for word in words(_LEAD.sub("", question))]
    return bool(told) and not any(word in QUESTION_WORDS or word in AUXILIARIES for word in told)


def _fitted(last: str, fragment: str) -> str:
    """The last question about something else: a name in it gives way to one of its kind, or is joined by it."""
    bare = fragment.strip(" ?.!")
    begin = re.match(r"(?:(?:in|during|of|for|by|from|at)\s+)?(?:the\s+)?", bare, re.IGNORECASE)
    core = bare[begin.end() :] if begin else bare
    old = names(last)
    if old and names(bare) and not (begin and begin[0].strip().lower() not in ("", "the")):
        return f"{last[: old[-1].start]}{core}{last[old[-1].end :]}"[:_LONGEST]
    return f"{last.rstrip(' ?.!')} {bare}?"[:_LONGEST]


def _resolved(text: str, last: Turn) -> tuple[str, bool]:
    """The text with "he" or "it" replaced by the one thing that it can mean; whether anything was."""
    asked, told = [name.text for name in names(last.question)], [name.text for name in names(last.answer)]
    new = [name for name in told if name not in asked]
    for pattern, meant in ((_PERSON, new or told), (_THING, asked)):
        found = pattern.search(text)
        if found and len(set(meant)) == 1:
            ending = "'s" if found[0].lower() in _OWNING else ""
            return f"{text[: found.start()]}{meant[0]}{ending}{text[found.end() :]}", True
    return text, False


def _subject(last: str, text: str) -> str:
    """What the last question is about: its last name with its preposition, or else its content words."""
    known = [name for name in names(last) if not stands(name, text)]
    if known:
        tail = _TAIL.search(last[: known[-1].start])
        begin = tail.start() if tail else known[-1].start
        subject = last[begin : known[-1].end].strip()
        return subject if tail else f"in {subject}"
    if names(last):
        return ""
    said = {word.text for word in words(text)}
    told = [last[w.start : w.end] for w in words(last) if w.text not in STOP_WORDS and w.text not in said]
    return f"({' '.join(told)})" if told else ""
