"""Follow-up questions: whether a question depends on what was said before, and how to make it stand alone.

"And how many of them were rescued?" after "How many people were arrested in Operation Liberterra II?" becomes
"How many of them were rescued in Operation Liberterra II?". What the last question was about is carried over, and that
question counts as it was resolved itself, so that a subject lasts through a conversation. Pure functions; a language
model does this better, where there is one.
"""

import re
from collections.abc import Sequence

from assistant.nlp.figures import Name, find_dates, find_figures, find_names
from assistant.nlp.name_matching import name_occurs
from assistant.nlp.question_forms import classify_question
from assistant.nlp.tokens import AUXILIARIES, QUESTION_WORDS, STOP_WORDS, fold, stem, tokenize, word_set
from assistant.query.coreference import independent_names, is_event_name, may_be_person
from assistant.query.ellipsis import complete_fragment, counted_noun
from assistant.query.history import HistoryTurn
from assistant.query.pronouns import refers_back, replace_pronouns

_MAX_RESOLVED_CHARS = 400  # of a resolved question
_MAX_FRAGMENT_WORDS = 2  # content words with which a question without a verb is only half of one

_LINKING_WORDS = re.compile(
    r"^\W*(?:(?:and|but|or|so|then|also|ok(?:ay)?|thanks|thank you|what about|how about|what of|same for)\b[\s,]*)+",
    re.IGNORECASE,
)
_WHAT_ABOUT = re.compile(r"^\W*(?:(?:and|but|so|or)\s+)?(?:what about|how about|what of|same for)\b", re.IGNORECASE)
_IS_THAT_THE = re.compile(r"\b(?:is|was)\s+(?:this|that)\s+(?:the|an?)\b", re.IGNORECASE)
_PREPOSITION_BEFORE_NAME = re.compile(
    r"\b(?:in|during|of|by|under|for|at|from|within|across)\s+(?:the\s+)?(?:\w+(?:st|nd|rd|th)\s+)?$", re.IGNORECASE
)
_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|dear|thanks|thank you|good (?:morning|day|evening|afternoon))\b", re.IGNORECASE
)
_HOW_MANY_WITHOUT_NOUN = re.compile(
    r"^(how many)\s+(?=(?:was|were|are|is|have|had|has|did|do|does|took|take|came|went|got|\w+ed)\b)", re.IGNORECASE
)
# Stems of nouns for deeds: after "How many arrests …?", "How many were rescued?" doesn't ask about arrests.
_DEED_STEMS = word_set("arrest rescu raid search seizur death attack investig convict case detect injuri")
_QUESTION_PHRASE = re.compile(
    r"^(?:(?:in|at|on|by|to|from|for)\s+)?(?:how\s+(?:many|much|long|often|old)|\w+)\b", re.IGNORECASE
)


def is_followup(question: str) -> bool:
    """Whether a question can only be understood with what was said before it."""
    if _LINKING_WORDS.match(question) or refers_back(question):
        return True
    if _HOW_MANY_WITHOUT_NOUN.match(question) and not find_names(question):
        return True
    words = [token.text for token in tokenize(question)]
    asks = any(word in QUESTION_WORDS or word in AUXILIARIES for word in words)
    is_short = not asks or (len(words) <= _MAX_FRAGMENT_WORDS + 1 and words[0] in QUESTION_WORDS)
    return bool(words) and is_short and len(_content_words(question)) <= _MAX_FRAGMENT_WORDS


def resolve_followup(question: str, history: Sequence[HistoryTurn]) -> str:
    """The question with what it depends on carried over from the history; unchanged where it stands alone.

    Args:
        question: as it was asked.
        history: the turns before it, oldest first; each one's question is resolved against those before it.
    """
    resolved: list[HistoryTurn] = []
    for turn in history:
        resolved.append(HistoryTurn(_resolve(turn.question, resolved), turn.answer))
    return _resolve(question, resolved)


def resolve_in_text(question: str, sentences: Sequence[str]) -> str:
    """The question with what it depends on carried over from the sentences around it in the same text.

    One that names nothing itself takes over the only name in them, as in "I read of Kestrel. Who was arrested?".
    """
    sentences = [text for text in sentences if len(_content_words(text)) > 1 and not _GREETING.match(text)]
    with_names = [text for text in sentences if independent_names(text)]
    name_keys = {name.key for text in with_names for name in independent_names(text)}
    with_events = [text for text in with_names if any(is_event_name(name, text) for name in independent_names(text))]
    if sentences and is_followup(question):
        return _carry_over(question, [HistoryTurn((with_names or sentences)[-1], "")])
    if find_names(question) or not sentences:
        return question
    if len(name_keys) == 1 or len(with_events) == 1:
        return _append_subject(question, _missing_subject((with_events or with_names)[-1], question))
    if not with_names and len(_content_words(question)) <= _MAX_FRAGMENT_WORDS:
        return _append_subject(question, _missing_subject(sentences[-1], question))
    return question


def is_faithful_rewrite(rewritten: str, question: str, history: Sequence[HistoryTurn]) -> bool:
    """Whether a rewritten question is one line and adds no name, figure or date that was not said before."""
    text = rewritten.strip()
    said = "\n".join((question, *(f"{turn.question}\n{turn.answer}" for turn in history)))
    figures, dates = {*find_figures(said)}, {*find_dates(said)}
    return (
        0 < len(text) <= _MAX_RESOLVED_CHARS
        and "\n" not in text
        and all(figure in figures for figure in find_figures(text))
        and all(date in dates for date in find_dates(text))
        and all(name_occurs(name, said) for name in find_names(text))
    )


def _content_words(text: str) -> list[str]:
    return [token.text for token in tokenize(text) if token.text not in STOP_WORDS]


def _resolve(question: str, resolved: Sequence[HistoryTurn]) -> str:
    """The question made to stand alone; those of the turns before it stand alone already."""
    return _carry_over(question, resolved) if resolved and is_followup(question) else question


def _carry_over(question: str, resolved: Sequence[HistoryTurn]) -> str:
    """A follow-up with what it leaves out, taken from turns whose questions stand alone."""
    previous, core = resolved[-1].question, _LINKING_WORDS.sub("", question).strip() or question
    words = [token.text for token in tokenize(core)]
    if words and all(word in QUESTION_WORDS or word == "exactly" for word in words):  # "And why?"
        question_phrase = " ".join(core.rstrip(" ?.!").split()).capitalize()
        return _end_question(_QUESTION_PHRASE.sub(lambda _: question_phrase, previous, count=1))
    asks = any(word in QUESTION_WORDS or word in AUXILIARIES for word in words)
    if _WHAT_ABOUT.match(question) or not asks:
        return _end_question(complete_fragment(core.strip(" ?.!"), previous))
    text, names_subject = replace_pronouns(core[:1].upper() + core[1:], resolved)
    noun = counted_noun(previous)
    if noun and stem(fold(noun)) not in _DEED_STEMS:
        text = _HOW_MANY_WITHOUT_NOUN.sub(lambda match: f"{match[1]} {noun} ", text)
    return _append_subject(text, "" if names_subject else _missing_subject(previous, text))


def _append_subject(text: str, subject: str) -> str:
    return _end_question(f"{text.rstrip(' ?.!')} {subject}")


def _end_question(text: str) -> str:
    return f"{text.rstrip(' ?.!')}?"[:_MAX_RESOLVED_CHARS]


def _missing_subject(previous: str, text: str) -> str:
    """What the previous question is about and the text doesn't say: an event or a name, or else its content words."""
    own_names = independent_names(text)
    new_names = [name for name in independent_names(previous) if not name_occurs(name, text)]
    shared_words = {part for name in own_names for part in name.key.split() if len(part) > 3}
    if new_names and _IS_THAT_THE.search(text):
        own_names = []
    has_event = any(is_event_name(name, text) for name in own_names)
    if has_event or any(shared_words.intersection(name.key.split()) for name in new_names):
        return ""
    events = [name for name in new_names if is_event_name(name, previous)]
    if events or (new_names and not own_names):
        return _name_phrase((events or new_names)[-1], previous, is_event=bool(events))
    if own_names or independent_names(previous):
        return ""
    return _other_content_words(previous, text)


def _name_phrase(name: Name, question: str, *, is_event: bool) -> str:
    """A name of a question as a phrase that can be appended: with its preposition there, else "in" or in brackets."""
    preposition = _PREPOSITION_BEFORE_NAME.search(question[: name.start])
    phrase = question[preposition.start() if preposition else name.start : name.end].strip()
    if preposition:
        return phrase
    return f"({phrase})" if " " in name.text and not is_event and may_be_person(name, question) else f"in {phrase}"


def _other_content_words(previous: str, text: str) -> str:
    """The content words of the previous question that the text doesn't say, in brackets, without what it asked for."""
    asked_for = classify_question(previous).focus if classify_question(text).focus else ()
    said_stems = {stem(token.text) for token in tokenize(text)} | set(map(stem, asked_for))
    words = [
        previous[token.start : token.end]
        for token in tokenize(previous)
        if token.text not in STOP_WORDS and stem(token.text) not in said_stems
    ]
    return f"({' '.join(words)})" if words else ""
