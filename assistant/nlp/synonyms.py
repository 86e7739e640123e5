"""Words that say much the same in questions and in answers: a question's "succeed", a report's "replace".

A small table of everyday words in the families of meaning that questions are about. No maintained package brings a
thesaurus with its data; WordNet's own senses are far more, and mostly another sense than the one that is meant.
"""

from collections import defaultdict
from functools import cache

from assistant.nlp import lexicon
from assistant.nlp.tokens import stem


def synonym_stems(stemmed: str) -> frozenset[str]:
    """The stems of the words that say much the same as one stem, without itself; none for most words."""
    return _synonyms_by_stem().get(stemmed, frozenset())


@cache
def _synonyms_by_stem() -> dict[str, frozenset[str]]:
    table: defaultdict[str, set[str]] = defaultdict(set)
    for words in lexicon.rows("synonyms"):
        group = {stem(word) for word in words}
        for stemmed in group:
            table[stemmed] |= group - {stemmed}
    return {stemmed: frozenset(synonyms) for stemmed, synonyms in table.items()}
