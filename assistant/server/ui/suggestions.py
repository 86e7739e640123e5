"""Questions that a document may answer, made from its own sentences by a few sure turns of phrase. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from assistant.segmentation.sentences import split_sentences
from assistant.types import Document

_READ = 30_000  # characters of each document
_SHORTEST, _LONGEST = 18, 110
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_ASKED = re.compile(r"^(?:Q[.:]\s*)?(?:Who|When|Where|How many|How much|Which|What)\b[^?]{8,90}\?$")
_COUNTED = re.compile(
    r"^(?:In (?P<place>[A-Z][\w' ]{3,40}), )?(?:A total of |About |Some |More than )?[\d.,]+ "
    r"(?P<what>(?:[a-z-]+ ){1,3})(?P<be>were|have been) "
    r"(?P<done>[a-z]+ed|held|found)(?P<rest>(?:(?! and )[^.;:,]){0,50})\.$"
)
_MADE = "founded|established|opened|launched|created|signed|published|adopted|built|born"
_DATED = re.compile(
    rf"^(?P<who>[A-Z](?:(?! (?:has|is|had|and|was|which) )[\w' -]){{3,50}}) was (?P<done>{_MADE})\b[^.;:,]{{0,40}}? "
    rf"(?:in|on) (?:\d{{1,2}} )?(?:{_MONTHS}|\d{{4}})"
)
_RAN = re.compile(r"^(?P<who>Operation [A-Z]\w+(?: [IVX]+)?) (?P<verb>took place|ran|ended|began)\b(?=.{0,60}\d{4})")
_LED = re.compile(
    r"\b(?P<what>[Ss]ecretary [Gg]eneral|[Pp]resident|[Dd]irector|[Cc]hair(?:man|woman)?) of "
    r"(?P<of>[A-Z]\w+)\b(?! [A-Z])"
)
_VERBS = {
    "made": "make",
    "found": "find",
    "held": "hold",
    "had": "have",
    "built": "build",
    "sold": "sell",
    "has": "have",
    **{f"{each}d": each for each in ("rescue", "handle", "seize", "free", "receive", "produce", "close", "examine")},
    **{f"{each}ed": each for each in ("arrest", "record", "count", "visit", "treat", "collect", "train", "plant")},
}
_DID = re.compile(
    r"^(?!(?:In|At|On|By|After|Before|Of|For|With) )(?P<who>[A-Z][\w']*(?: (?!and |was |has |had )[\w']+){0,5}) "
    rf"(?P<did>{'|'.join(_VERBS)}) [\d.,]+ (?P<what>(?:(?!million|billion|percent|per )[a-z-]+ ){{0,2}}[a-z-]+s)\b"
    r"(?P<rest>(?:(?! and )[^.;:,]){0,50})\.$"
)
_THIN = re.compile(r"\b(?:it|he|she|they|this|that|these|those|one|three|two)\b")  # leans on what stood before


def suggested_questions(documents: Sequence[Document]) -> list[str]:
    """Questions, each once, from the documents in turn; whether they are answered has to be tried."""
    rounds = zip_longest(*(_of(each) for each in documents))
    return list(dict.fromkeys(each for questions in rounds for each in questions if each))


def _of(document: Document) -> Iterator[str]:
    for sentence in split_sentences(replace(document, text=document.text[:_READ])):
        question = _question(" ".join(sentence.text.split()))
        if question and _SHORTEST <= len(question) <= _LONGEST:
            yield question


def _question(sentence: str) -> str:
    for make in (_asked, _counted, _did, _dated, _ran, _led):
        if question := make(sentence):
            return question
    return ""


def _asked(sentence: str) -> str:
    return re.sub(r"^Q[.:]\s*", "", sentence) if _ASKED.match(sentence) and not _THIN.search(sentence) else ""


def _counted(sentence: str) -> str:
    found = _COUNTED.match(sentence)
    if not found or not (found["place"] or found["rest"]):
        return ""
    place = f" in {found['place']}" if found["place"] else ""
    return f"How many {found['what']}{found['be']} {found['done']}{found['rest']}{place}?"


def _did(sentence: str) -> str:
    if not (found := _DID.match(sentence)):
        return ""
    return f"How many {found['what']} did {_within(found['who'])} {_VERBS[found['did']]}{found['rest']}?"


def _dated(sentence: str) -> str:
    found = _DATED.match(sentence)
    return f"When was {_within(found['who'])} {found['done']}?" if found else ""


def _ran(sentence: str) -> str:
    verbs = {"took place": "take place", "ran": "run", "ended": "end", "began": "begin"}
    found = _RAN.match(sentence)
    return f"When did {found['who']} {verbs[found['verb']]}?" if found else ""


def _led(sentence: str) -> str:
    found = _LED.search(sentence)
    return f"Who is the {found['what'].lower()} of {found['of']}?" if found else ""


def _within(subject: str) -> str:
    """A sentence's subject as it stands within a sentence."""
    first, space, rest = subject.partition(" ")
    common = first in ("The", "A", "An", "Police", "Officers", "Our", "This")
    return f"{first.lower() if common else first}{space}{rest}"
