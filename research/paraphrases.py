"""Light paraphrases of sentences: other words that change nothing that is said."""

import re
from collections.abc import Callable, Mapping

from assistant.nlp.figures import find_names

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SYNONYMS = {"approximately": "about", "however, ": "", "began": "started", "because": "since", "many": "numerous",
             "a number of": "several", "in order to": "to", "also ": "", "purchased": "bought", "percent": "per cent",
             "According to": "As reported by", "a total of ": "", "A total of ": ""}  # fmt: skip


def _drop_thousands_separators(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


def _put_month_before_day(text: str) -> str:
    return re.sub(
        rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})\b( \d{{4}})?",
        lambda match: f"{match[2]} {match[1]}{',' + match[3] if match[3] else ''}",
        text,
    )


def _contract(text: str) -> str:
    return re.sub(r"\b(is|are|was|were|has|have|did|does|could) not\b", r"\1n't", text)


def _move_lead_to_end(text: str) -> str:
    """Turns "In May, it rained." into "It rained in May."."""
    sentence = re.fullmatch(r"((?:In|On|At|During|After|Since|By|From) [^,.;]{3,50}), ([^;]+)\.", text)
    if not sentence:
        return text
    lead, rest = sentence.groups()
    names = find_names(rest[:20])
    begins_with_name = bool(names) and names[0].start == 0
    main_clause = rest if begins_with_name else rest[0].upper() + rest[1:]
    return f"{main_clause} {lead[0].lower()}{lead[1:]}."


def _replace_synonyms(text: str) -> str:
    for old, new in _SYNONYMS.items():
        text = re.sub(rf"\b{re.escape(old)}", new, text)
    return text


def _drop_last_clause(text: str) -> str:
    sentence = re.fullmatch(r"(.{40,}?[a-z]{2}), ([^,]+)\.", text)
    if not sentence or re.search(r"\b(?:and|or)\b", sentence[2]):
        return text
    return f"{sentence[1]}."


PARAPHRASES: Mapping[str, Callable[[str], str]] = {
    "thousands": _drop_thousands_separators,
    "dates turned": _put_month_before_day,
    "contracted": _contract,
    "lead moved": _move_lead_to_end,
    "reworded": _replace_synonyms,
    "tail dropped": _drop_last_clause,
}
