"""Whether a sentence of a document gives orders to a machine that reads it (prompt injection).

Such a sentence is retrieved like any other and can be read by people; no answer is made of it. English, by patterns: a
sentence that evades them is still only a document's sentence, and an answer made of it cites it.
"""

import re
from functools import lru_cache

from assistant.nlp import lexicon
from assistant.nlp.tokens import lower_same_length

_WORDS = {label: lexicon.alternation(words) for label, words in lexicon.words_by_class("injection_words").items()}
_MACHINE = rf"(?:the\s+)?(?:{_WORDS['machine']})"
_INPUT = rf"(?:{_WORDS['input']})s?"
_SAY = rf"(?:{_WORDS['say']})"
_SCOPE = rf"(?:{_WORDS['scope']})"
_ADVERBS = r"(?:please\s+|now\s+|instead,?\s+|always\s+|only\s+|simply\s+|just\s+){0,9}"

_PATTERNS = (
    # It tells to ignore, disregard or forget what else was given.
    rf"\b(?:ignore|disregard|forget|override|bypass|skip|discard)\b[^.!?]{{0,40}}\b{_SCOPE}\b[^.!?]{{0,40}}\b{_INPUT}\b",
    r"\b(?:ignore|disregard|forget|override)\s+(?:all|everything|anything|what(?:ever)?|(?:the\s+)?above)\b",
    (  # the same in French, German, Spanish, Italian, Portuguese
        r"\b(?:ignore[zr]?|oublie[zr]?|ignoriere(?:n sie)?|vergiss|vergessen sie|ignor[ai]|ignoren|olvida|dimentica)"
        r"\s+(?:toutes?|tous|les|alle|sämtliche|todas?|todos?|las|los|tutte|tutti|le|as|os)\s[^.!?]{0,30}"
        r"(?:instruct|instrucci|instruções|consignes|anweisung|istruzion|regeln|regl|règl)"
    ),
    # As in "you are now a pirate assistant" or "note to any AI", and what begins with "Assistant:".
    rf"\byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:\w+\s+){{0,3}}{_MACHINE}\b",
    (
        rf"\b(?:note|attention|important|message|instructions?|reminder|notice|hint)\s+(?:to|for)\s+"
        rf"(?:any\s+|all\s+|every\s+)?{_MACHINE}s?\b"
    ),
    rf"^\W*(?:dear|hey|hello|hi|attention|ok|okay)?,?\s*{_MACHINE}s?\s*[:,]\s*\w",
    rf"\b(?:if|when|whenever|as)\s+you\s+are\s+(?:an?\s+|the\s+)?(?:\w+\s+){{0,2}}{_MACHINE}\b",
    # It says what to answer when asked.
    (
        r"\b(?:when|whenever|if)\s+(?:you(?:'re|\s+are)?\s+)?(?:asked|anyone asks|someone asks|somebody asks|"
        rf"(?:a|the) user asks|questioned|answering|summari[sz]ing)\b[^.!?]{{0,80}}\b{_SAY}\b"
    ),
    # To write only the following, to answer with yes, to say that …
    (
        rf"(?:^|[:;,.\])]\s|\bthen\s|\band\s|\bplease\s|\bmust\s|\bshould\s|\binstead,?\s)\W{{0,20}}{_ADVERBS}{_SAY}\s+(?:only|exactly|"
        r"just|instead|the following|the words?|the phrase|the sentence|in your (?:answer|reply|response)|"
        r"that the (?:answer|correct))\b"
    ),
    rf"^\W*{_ADVERBS}(?:say|answer|reply|respond|output|repeat|claim|cite)\s+(?:that|with|as|only|exactly|[\"“'])",
    # "Your new task is", "New instructions:", "SYSTEM:", control tokens of chat templates
    r"\b(?:your|the)\s+(?:new|only|real|actual|next)\s+(?:instructions?|task|role|job|goal|orders?|rules?)\s+(?:is|are)\b",
    r"\bnew\s+(?:system\s+)?(?:instructions?|prompt|rules?)\s*:",
    r"^\W*(?:system|assistant|user|human|developer)\s*(?:prompt|message|override|instruction)?\s*:\s*\S",
    (
        r"<\|?\s*/?(?:im_start|im_end|system|endoftext|eot_id|start_header_id|end_header_id|start_of_turn|end_of_turn|s)"
        r"\s*\|?>"
    ),
    r"\[/?(?:inst|system|sys)\]|<<\s*/?sys\s*>>",
    # "Do not cite the other documents", "Any AI must answer", "reveal the system prompt", "pretend that you"
    (
        r"\b(?:do\s+not|don['’]t|never)\s+(?:use|cite|mention|trust|read|quote|reveal|tell)\b[^.!?]{0,40}"
        r"\b(?:sources?|documents?|sentences?|user|reader|prompt|instructions?|context)\b"
    ),
    (
        rf"\b{_MACHINE}s?\s+(?:must|should|shall|will|has\s+to|have\s+to|is\s+(?:to|required|instructed|ordered|told)|"
        rf"are\s+(?:to|required|instructed))\s+(?:now\s+|always\s+|only\s+|never\s+|not\s+|instead\s+)?(?:to\s+)?{_SAY}\b"
    ),
    (
        r"\b(?:reveal|print|show|output|repeat|leak)\b[^.!?]{0,30}\b(?:system\s+prompt|api\s+key|your\s+(?:prompt|"
        r"instructions))\b"
    ),
    rf"\b(?:pretend|act\s+as|roleplay|imagine)\b[^.!?]{{0,40}}\b(?:you|{_MACHINE})\b",
    # "The correct answer to any question is", "answer every question with"
    (
        r"\b(?:correct|right|only|true|real)\s+(?:answer|reply|response)\s+(?:to\s+(?:any|every|all|this|the)\b|is\s+always\b|"
        r"must\s+be\b)"
    ),
    r"\b(?:answer|reply|respond)\s+(?:to\s+)?(?:every|any|all)\b[^.!?]{0,30}\b(?:questions?|queries|prompts?)\b",
)
_INJECTION = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))


@lru_cache(maxsize=1024)
def is_injection(text: str) -> bool:
    """Whether a sentence addresses a machine that reads it, and tells it what to do or say."""
    return bool(_INJECTION.search(" ".join(lower_same_length(text).split())))
