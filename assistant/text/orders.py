"""Whether a sentence of a document gives orders to whoever reads it by machine, instead of telling something.

Such a sentence is found like any other and can be read; it is no source of an answer. English, by patterns: what
evades them is still only a document's sentence, and an answer from it cites it.
"""

import re

from assistant.text.words import lowered

_READER = r"(?:the\s+)?(?:ai|a\.i\.|assistant|chat ?bot|bot|model|llm|language model|system|gpt|chatgpt|claude|copilot)"
_GIVEN = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|context|sentences?|sources?|documents?|text|messages?|questions?|commands?)"
_SAYING = r"(?:say|answer|reply|respond|output|print|write|repeat|state|tell|claim|report|return|cite|begin|start|end|append|add|include)"
_PATTERNS = (
    rf"\b(?:ignore|disregard|forget|override|bypass|skip|discard)\b[^.!?]{{0,40}}\b(?:previous|prior|above|earlier|preceding|all|any|other|your|these|those|every)\b[^.!?]{{0,40}}\b{_GIVEN}\b",
    rf"\b(?:ignore|disregard|forget|override)\s+(?:all|everything|anything|what(?:ever)?)\b",
    r"\b(?:ignore|disregard|forget)\s+(?:the\s+)?(?:above|previous|preceding|foregoing)\b",
    rf"\byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:\w+\s+){{0,3}}{_READER}\b",
    rf"\b(?:note|attention|important|message|instructions?|reminder|notice|hint)\s+(?:to|for)\s+(?:any\s+|all\s+|every\s+)?{_READER}s?\b",
    rf"^\W*(?:dear|hey|hello|hi|attention|ok|okay)?,?\s*{_READER}s?\s*[:,]\s*\w",
    rf"\b(?:if|when|whenever|as)\s+you\s+are\s+(?:an?\s+|the\s+)?(?:\w+\s+){{0,2}}{_READER}\b",
    rf"\b(?:when|whenever|if)\s+(?:you(?:'re|\s+are)?\s+)?(?:asked|anyone asks|someone asks|somebody asks|a user asks|the user asks|questioned|answering|summari[sz]ing)\b[^.!?]{{0,80}}\b{_SAYING}\b",
    rf"(?:^|[:;,.]\s|\bthen\s|\band\s|\bplease\s|\bmust\s|\bshould\s|\binstead,?\s)\W*(?:only\s+|always\s+|just\s+|simply\s+)?{_SAYING}\s+(?:only|exactly|just|instead|the following|the words?|the phrase|the sentence|in your (?:answer|reply|response)|that the (?:answer|correct))\b",
    rf"^\W*(?:please\s+|now\s+|instead,?\s+|always\s+|simply\s+|just\s+)*(?:say|answer|reply|respond|output|repeat|claim|cite)\s+(?:that|with|as|only|exactly|[\"“'])",
    rf"\b(?:your|the)\s+(?:new\s+|only\s+|real\s+|actual\s+|next\s+)(?:instructions?|task|role|job|goal|orders?|rules?)\s+(?:is|are)\b",
    r"\bnew\s+(?:system\s+)?(?:instructions?|prompt|rules?)\s*:",
    r"^\W*(?:system|assistant|user|human|developer)\s*(?:prompt|message|override|instruction)?\s*:\s*\S",
    r"<\|?\s*/?(?:im_start|im_end|system|endoftext|eot_id|start_header_id|end_header_id|start_of_turn|end_of_turn|s)\s*\|?>",
    r"\[/?(?:inst|system|sys)\]|<<\s*/?sys\s*>>",
    r"\b(?:do\s+not|don['’]t|never)\s+(?:use|cite|mention|trust|read|quote|reveal|tell)\b[^.!?]{0,40}\b(?:sources?|documents?|sentences?|user|reader|prompt|instructions?|context)\b",
    rf"\b{_READER}s?\s+(?:must|should|shall|will|has\s+to|have\s+to|is\s+(?:to|required|instructed|ordered|told)|are\s+(?:to|required|instructed))\s+(?:now\s+|always\s+|only\s+|never\s+|not\s+|instead\s+)?(?:to\s+)?{_SAYING}\b",
    r"\b(?:reveal|print|show|output|repeat|leak)\b[^.!?]{0,30}\b(?:system\s+prompt|api\s+key|your\s+(?:prompt|instructions))\b",
    rf"\b(?:pretend|act\s+as|roleplay|imagine)\b[^.!?]{{0,40}}\b(?:you|{_READER})\b",
    rf"\b(?:the\s+)?(?:correct|right|only|true|real)\s+(?:answer|reply|response)\s+(?:to\s+(?:any|every|all|this|the)\b|is\s+always\b|must\s+be\b)",
    r"\b(?:answer|reply|respond)\s+(?:to\s+)?(?:every|any|all)\b[^.!?]{0,30}\b(?:questions?|queries|prompts?)\b",
)  # fmt: skip
_ORDER = re.compile("|".join(f"(?:{each})" for each in _PATTERNS))


def is_order(text: str) -> bool:
    """Whether a sentence addresses a machine that reads it, and tells it what to do or say."""
    return bool(_ORDER.search(" ".join(lowered(text).split())))
