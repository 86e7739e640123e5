"""Follow-up questions: whether a question leans on what was said before, and how to make it stand alone.

"And how many of them were rescued?" after "How many people were arrested in Operation Liberterra II?" becomes
"How many of them were rescued in Operation Liberterra II?": what the last question was about is carried over, the last
question as it was understood, so that a subject lasts through a conversation. Pure functions; a language model does
this better, where there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.nlp.figures import find_dates, find_figures, find_names
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, fold, stem, tokenize, word_set
from assistant.query.coreference import (
    independent_names,
    is_event_name,
    may_be_person,
    resolve_person,
    resolve_place,
    resolve_thing,
)
from assistant.query.ellipsis import complete_fragment, counted_noun

_LONGEST = 400  # characters of a rewritten question
_LEAD = re.compile(
    r"^\W*(?:(?:and|but|or|so|then|also|ok(?:ay)?|thanks|thank you|what about|how about|what of|same for)\b[\s,]*)+",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|or)\s+)?(?:what about|how about|what of|same for)\b", re.IGNORECASE)
_BEFORE_THAT = (
    r"in|of|at|on|for|from|to|by|with|about|during|after|before|under|than|and|is|are|was|were|did|does|do|has|have"
)
_POINTING = re.compile(  # not the "that" of "the network that police broke up"
    rf"(?:\b(?:this|these|those)|(?:^\W*|\b(?:{_BEFORE_THAT})\s+)\bthat)\b", re.IGNORECASE
)
_BARE_THAT = re.compile(r"\b(?:is|was)\s+(?:this|that)\s+(?:the|an?)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|there|then"
    r"|the (?:same|latter|former|first one|second one|others?))\b",
    re.IGNORECASE,
)
_THERE_IS = re.compile(r"\b(?:is|are|was|were|has|have|had)\s+there\b|\bthere\s+(?:is|are|was|were)\b", re.IGNORECASE)
_IT_IS = re.compile(  # "it" stands for what follows
    r"\b(?:does|did|do|is|was|will|would|can|could)\s+it\s+(?:\w+\s+)?(?:matter|mean|take|possible|necessary|legal|illegal"
    r"|true|important|likely|known|clear|allowed|enough|safe|common)\b(?=.*\b(?:to|that|whether|if|how|for)\b)",
    re.IGNORECASE,
)
_OWN = re.compile(  # these go back to a name before them in the same sentence
    r"\b(?:its|their|his|her)\s+\w|\b(?:that|whether|if|when|because|after|before|while|and|but)\s+(?:it|they|he|she)\b",
    re.IGNORECASE,
)
_EVENTS = "operation|event|raid|action|campaign|mission|case|investigation"
_PLACES = "place|country|city|town|region|state|village|location"
_PERSON = re.compile(
    r"\b(?:he|him|his|she|hers|her|(?:this|that)\s+(?:man|woman|person|leader|director|president))\b", re.IGNORECASE
)
_THING = re.compile(rf"\b(?:it|its|(?:this|that)\s+(?:one|{_EVENTS}))\b", re.IGNORECASE)
_PLACE = re.compile(
    rf"\b(?:(in|from|to|at|near)\s+)?(?:(?:this|that)\s+(?:{_PLACES})|there)\b",
    re.IGNORECASE,
)
_YEAR_THEN = re.compile(r"\b(?:this|that)\s+year\b", re.IGNORECASE)
_THEM = re.compile(r"(?<!many of )\b(?:them|those(?=\W*$|\s+who\b))(?!\w)", re.IGNORECASE)
_TAIL = re.compile(
    r"\b(?:in|during|of|by|under|for|at|from|within|across)\s+(?:the\s+)?(?:\w+(?:st|nd|rd|th)\s+)?$", re.IGNORECASE
)
_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|dear|thanks|thank you|good (?:morning|day|evening|afternoon))\b", re.IGNORECASE
)
_FEW = 2  # content words with which a question without a verb is only half of one
_YEAR = r"(?:1[5-9]|20)\d\d"
_UNSAID = re.compile(
    r"^(how many)\s+(?=(?:was|were|are|is|have|had|has|did|do|does|took|take|came|went|got|\w+ed)\b)", re.IGNORECASE
)
_DEEDS = word_set("arrest rescu raid search seizur death attack investig convict case detect injuri")  # stems
_ASKS = re.compile(r"^(?:(?:in|at|on|by|to|from|for)\s+)?(?:how\s+(?:many|much|long|often|old)|\w+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HistoryTurn:
    """A question that was asked, and the answer that it got."""

    question: str
    answer: str


def is_followup(question: str) -> bool:
    """Whether a question can only be understood with what was said before it."""
    bare = _without_own(question)
    if _LEAD.match(question) or _PRONOUN.search(bare) or _POINTING.search(bare):
        return True
    if _UNSAID.match(question) and not find_names(question):
        return True
    told = [word.text for word in tokenize(question)]
    asks = any(word in QUESTION_WORDS or word in AUXILIARIES for word in told)
    short = not asks or (len(told) <= _FEW + 1 and told[0] in QUESTION_WORDS)
    return bool(told) and short and len(_content(question)) <= _FEW


def _without_own(question: str) -> str:
    """The question of the same length without the pronouns that mean nothing outside of it."""
    for pattern in (_THERE_IS, _IT_IS):
        question = pattern.sub(lambda idle: " " * len(idle[0]), question)
    own = list(_OWN.finditer(question))
    first = min((name.end for name in find_names(question)), default=len(question)) if own else 0
    for match in own:
        if match.start() >= first:
            question = f"{question[: match.start()]}{' ' * len(match[0])}{question[match.end() :]}"
    return question


def resolve_followup(question: str, turns: Sequence[HistoryTurn]) -> str:
    """The question with what it leans on carried over from the turns before it; as it is where it stands alone."""
    before: list[HistoryTurn] = []
    for turn in turns:
        before.append(HistoryTurn(_standing(turn.question, before), turn.answer))
    return _standing(question, before)


def resolve_in_text(question: str, said: Sequence[str]) -> str:
    """A question with what it leans on carried over from the sentences before it.

    One without a name of its own leans on the only name in them too, as in "I read of Kestrel. Who was arrested?".
    """
    said = [sentence for sentence in said if len(_content(sentence)) > 1 and not _GREETING.match(sentence)]
    naming = [sentence for sentence in said if independent_names(sentence)]
    keys = {name.key for sentence in naming for name in independent_names(sentence)}
    events = [
        sentence for sentence in naming if any(is_event_name(name, sentence) for name in independent_names(sentence))
    ]
    if said and is_followup(question):
        return _carried(question, [HistoryTurn((naming or said)[-1], "")])
    if find_names(question) or not said:
        return question
    if len(keys) == 1 or len(events) == 1:
        return _closed(f"{question.rstrip(' ?.!')} {_subject((events or naming)[-1], question)}")
    if not naming and len(_content(question)) <= _FEW:
        return _closed(f"{question.rstrip(' ?.!')} {_subject(said[-1], question)}")
    return question


def _content(text: str) -> list[str]:
    return [word.text for word in tokenize(text) if word.text not in STOP_WORDS]


def is_faithful_rewrite(rewritten: str, question: str, turns: Sequence[HistoryTurn]) -> bool:
    """Whether a rewritten question is one line that brings no name, figure or date that was not said before."""
    text = rewritten.strip()
    said = "\n".join((question, *(f"{turn.question}\n{turn.answer}" for turn in turns)))
    known = {*find_figures(said)}, {*find_dates(said)}
    return (
        0 < len(text) <= _LONGEST
        and "\n" not in text
        and all(figure in known[0] for figure in find_figures(text))
        and all(date in known[1] for date in find_dates(text))
        and all(name_occurs(name, said) for name in find_names(text))
    )


def _standing(question: str, before: Sequence[HistoryTurn]) -> str:
    """The question with what it leans on of those before it, which stand alone already."""
    return _carried(question, before) if before and is_followup(question) else question


def _carried(question: str, before: Sequence[HistoryTurn]) -> str:
    last, bare = before[-1].question, _LEAD.sub("", question).strip() or question
    told = [word.text for word in tokenize(bare)]
    if told and all(word in QUESTION_WORDS or word == "exactly" for word in told):
        return _closed(_ASKS.sub(" ".join(bare.rstrip(" ?.!").split()).capitalize(), last, count=1))
    if _ABOUT.match(question) or not any(word in QUESTION_WORDS or word in AUXILIARIES for word in told):
        return _closed(complete_fragment(bare.strip(" ?.!"), last))
    text, resolved = _resolved(bare[:1].upper() + bare[1:], before)
    noun = counted_noun(last)
    if noun and stem(fold(noun)) not in _DEEDS:
        text = _UNSAID.sub(rf"\1 {noun} ", text)
    subject = "" if resolved else _subject(last, text)
    return _closed(f"{text.rstrip(' ?.!')}{f' {subject}' if subject else ''}")


def _closed(text: str) -> str:
    return f"{text.rstrip(' ?.!')}?"[:_LONGEST]


# A whole question: what its pronouns mean


def _resolved(text: str, before: Sequence[HistoryTurn]) -> tuple[str, bool]:
    """The text with the first of its pronouns of each kind replaced by what it means; whether one means a name."""
    resolved = False
    last = before[-1]
    someone = next(filter(None, (resolve_person(turn.question, turn.answer) for turn in reversed(before))), None)
    something, somewhere = resolve_thing(last.question, last.answer), resolve_place(last.question, last.answer)
    for pattern, meant in ((_PERSON, someone), (_THING, something)):
        found = pattern.search(_without_own(text))
        if found and meant:
            ending = "'s" if _owns(found[0].lower(), text[found.end() :]) else ""
            text, resolved = f"{text[: found.start()]}{meant}{ending}{text[found.end() :]}", True
    found = _PLACE.search(_without_own(text))
    if found and somewhere:
        text, resolved = f"{text[: found.start()]}{found[1] or 'in'} {somewhere}{text[found.end() :]}", True
    years = re.findall(rf"\b{_YEAR}\b", f"{last.question} {last.answer}")
    if years and _YEAR_THEN.search(text):
        text = _YEAR_THEN.sub(years[-1], text, count=1)
    noun = counted_noun(last.question)
    return (_THEM.sub(f"the {noun}", text, count=1) if noun and not resolved else text), resolved


def _owns(pronoun: str, after: str) -> bool:
    following = re.match(r"\s+([a-z]+)", after)
    return pronoun in ("his", "hers", "its") or (
        pronoun == "her" and following is not None and following[1] not in STOP_WORDS
    )


# What the last question was about


def _subject(last: str, text: str) -> str:
    """What the last question is about and the text doesn't say: an event or a name, or else its content words."""
    own, known = independent_names(text), [name for name in independent_names(last) if not name_occurs(name, text)]
    shared = {part for name in own for part in name.key.split() if len(part) > 3}
    if known and _BARE_THAT.search(text):
        own = []
    if any(is_event_name(name, text) for name in own) or any(shared.intersection(name.key.split()) for name in known):
        return ""
    events = [name for name in known if is_event_name(name, last)]
    if events or (known and not own):
        name = (events or known)[-1]
        tail = _TAIL.search(last[: name.start])
        subject = last[tail.start() if tail else name.start : name.end].strip()
        if tail:
            return subject
        return f"({subject})" if " " in name.text and not events and may_be_person(name, last) else f"in {subject}"
    if own or independent_names(last):
        return ""
    asked = classify_question(last).focus if classify_question(text).focus else ()
    said = {stem(word.text) for word in tokenize(text)} | set(map(stem, asked))
    told = [last[w.start : w.end] for w in tokenize(last) if w.text not in STOP_WORDS and stem(w.text) not in said]
    return f"({' '.join(told)})" if told else ""
