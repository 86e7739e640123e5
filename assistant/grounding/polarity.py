"""Whether one text denies what another says, or says its opposite. English, by closed classes of words.

A negation is taken to govern the nearest content words behind it, up to the end of its clause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.nlp import lexicon
from assistant.nlp.tokens import STOP_WORDS, lower_same_length, stem, tokenize

_CUE = re.compile(rf"\b(?:{lexicon.phrase_alternation(lexicon.words_by_class('negations')['statement'])})\b|n['’]t\b")
# Where a word of negation denies nothing: bounds of figures, "not only", "no longer than".
_IDLE = re.compile(
    r"(?:no|not)\s+(?:more|less|fewer|later|earlier|longer|greater|higher|lower|older|younger)\s+than\b|"
    r"not\s+(?:only|just|merely|least|to\s+mention)\b|no\s+doubt\b|no\.\s?\d"
)
_NOT_ONLY = re.compile(r"\bnot\s+only\b")
_END = re.compile(r"[,;:.!?()|–—\n]|\bbut\b|\balthough\b|\bwhile\b|\bwhich\b")
_SCOPE = 4  # content words that a negation governs at most


def _table(pairs: Iterable[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        a, b = map(stem, pair)
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSED = _table(lexicon.rows("opposites"))


def denials(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every negation of a text as written, with the stems of the content words it governs, nearest first."""
    low = lower_same_length(text)
    idle = [match.span() for match in _IDLE.finditer(low)]
    for cue in _CUE.finditer(low):
        if any(start <= cue.start() < end for start, end in idle):
            continue
        ended = _END.search(low, cue.end())
        scope = low[cue.end() : ended.start() if ended else len(low)]
        governed = [stem(word.text) for word in tokenize(scope) if word.text not in STOP_WORDS]
        yield cue[0], tuple(governed[:_SCOPE])


def denied(statement: str, sentences: Sequence[str]) -> str | None:
    """What a statement denies and the sentences say, or they deny and it says, in words; None where neither does.

    Each negation of the one side is matched with one of the other that governs a word of the same.
    """
    known = _stems("\n".join(sentences))
    ours, free = list(denials(statement)), [each for text in sentences for each in denials(text)]
    if _is_not_only(statement, "\n".join(sentences)):
        return "one says “only” and the other “not only”"
    for cue, governed in ours:
        match = next((each for each in free if set(each[1]) & set(governed)), None)
        if match is not None:
            free.remove(match)
        elif not free or any(each in known for each in governed):
            return f"it denies (“{cue}”) what the cited sentence doesn't deny"
    said = _stems(statement) - {each for _, governed in ours for each in governed}
    open_said = [text for text in sentences if not any(True for _ in denials(text))]
    for cue, governed in free:
        if governed and governed[0] in said and not any(governed[0] in _stems(text) for text in open_said):
            return f"the cited sentence denies it (“{cue}”)"
    return None


def _is_not_only(a: str, b: str) -> bool:
    return any(
        _NOT_ONLY.search(lower_same_length(one))
        and not _NOT_ONLY.search(lower_same_length(other))
        and "only" in lower_same_length(other)
        for one, other in ((a, b), (b, a))
    )


def opposite(statement: str, evidence: str) -> tuple[str, str] | None:
    """A word of the statement and its opposite in the evidence, each missing in the other; None without one."""
    said, known = _stems(statement), _stems(evidence)
    for word in tokenize(statement):
        for other in _OPPOSED.get(stem(word.text), ()):
            if stem(word.text) not in known and other in known and other not in said:
                return word.text, next(each.text for each in tokenize(evidence) if stem(each.text) == other)
    return None


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.text) for word in tokenize(text))
