"""What speaks for and against a statement by its evidence: facts, polarity, and how much of its wording is there.

Pure functions. `assistant.grounding.check` makes a verdict of these findings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.coverage import Clause, measure_coverage, telling_clauses, total_coverage
from assistant.grounding.evidence import Evidence
from assistant.grounding.fact_support import fact_objections
from assistant.grounding.facts import TextFacts, extract_facts
from assistant.grounding.polarity import find_denial_mismatch, find_opposites
from assistant.nlp.figures import Name
from assistant.nlp.spans import overlap_test
from assistant.nlp.tokens import fold, stem
from assistant.nlp.units import CURRENCIES, UNITS

_UNIT_STEMS = {stem(fold(word)) for spelling in (*UNITS, *CURRENCIES) for word in spelling.split() if len(word) > 2}
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Findings:
    """What speaks against a statement, and how much of its wording its evidence has."""

    objections: tuple[str, ...]  # in words, the gravest first
    coverage: float  # the share of its words, 0 to 1
    clauses: tuple[Clause, ...]  # those that say something of their own
    missing_words: tuple[str, ...]  # that stand nowhere in the evidence

    @property
    def weakest_clause(self) -> float:
        """The coverage of the clause that has the least; 1 without clauses."""
        return min((clause.coverage for clause in self.clauses), default=1.0)


def examine(statement: str, evidence: Sequence[Evidence]) -> Findings:
    """Compares a statement with the sentences that it cites, all of them in one line each."""
    statement_facts = extract_facts(statement)
    sentence_facts = [extract_facts(sentence.text) for sentence in evidence]
    context = "\n".join(dict.fromkeys(sentence.context for sentence in evidence))
    evidence_text = "\n".join(sentence.text for sentence in evidence)
    words = measure_coverage(statement_facts, evidence_text, context)
    missing = tuple(word.word.text for word in words if not word.coverage and word.weight == 1.0)
    objections = (
        *fact_objections(statement_facts, sentence_facts, evidence, context),
        *_polarity_objections(statement, [sentence.text for sentence in evidence]),
        *_unit_objections(statement_facts, missing),
        *_capital_objections(statement_facts, missing),
        *_digit_objections(statement_facts, evidence_text),
    )
    return Findings(objections, total_coverage(words), tuple(telling_clauses(statement, words)), missing)


def _polarity_objections(statement: str, sentences: Sequence[str]) -> Iterator[str]:
    if mismatch := find_denial_mismatch(statement, sentences):
        yield mismatch
    if pair := find_opposites(statement, "\n".join(sentences)):
        yield f"the cited sentence says “{pair[1]}” where this says “{pair[0]}”"


def _unit_objections(statement: TextFacts, missing: Sequence[str]) -> Iterator[str]:
    for word in missing:
        if stem(word) in _UNIT_STEMS and statement.facts:
            yield f"“{word}” is not in the cited sentence"


def _capital_objections(statement: TextFacts, missing: Sequence[str]) -> Iterator[str]:
    """Missing words with a capital in mid-sentence: names that weren't recognised as names."""
    missing_words = frozenset(missing)
    for word in statement.words:
        if word.text not in missing_words:
            continue
        written = statement.text[word.start : word.end]
        is_mid_sentence = statement.text[max(0, word.start - 2) : word.start].rstrip()[-1:].isalnum()
        if written[0].isupper() and is_mid_sentence:
            yield f"“{written}” is not in the cited sentence"


def _digit_objections(statement: TextFacts, evidence_text: str) -> Iterator[str]:
    """Digits that belong to no figure or date and that the evidence doesn't have: "COVID-20", "A4"."""
    is_fact = overlap_test(
        (fact.value.start, fact.value.end) for fact in statement.facts if not isinstance(fact.value, Name)
    )
    evidence_digits = set(_DIGITS.findall(evidence_text))
    for digits in _DIGITS.finditer(statement.text):
        if digits[0] not in evidence_digits and not is_fact(digits.start(), digits.start() + 1):
            yield f"“{digits[0]}” is not in the cited sentence"
