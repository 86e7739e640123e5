"""The BM25 index: finds sentences by their words, and knows how often words occur and how they are written.

Sentences are indexed by the stems that `assistant.nlp.tokens` makes, so that a word is the same thing here and in the
features of a sentence.
"""

import json
import math
from collections.abc import Collection, Iterable

from assistant.index.bm25_cache import NUMBER_BITS, BM25Cache
from assistant.index.store import Store
from assistant.index.term_counts import ALL_SENTENCES
from assistant.nlp.letters import IndexedWord, letter_set
from assistant.nlp.tokens import content_stems, stem

_MAX_SEARCHED_ROWS = 50_000  # that one search may look at; beyond, the words that BM25 counts for least are left out
_SEARCH = """
    SELECT rowid, -rank FROM sentences
    WHERE sentences MATCH ? AND (? IS NULL OR rowid >> ? IN (SELECT value FROM json_each(?)))
    ORDER BY rank LIMIT ?
"""
# An edit brings at most one letter that the other word hasn't, and takes at most one. So of two edits, the letters that
# one word has and the other hasn't are two at most, either way: clearing the lowest bit twice leaves nothing.
_SIMILAR_WORDS = """
    SELECT word, named > 0 FROM (
        SELECT word, named, letters & ~:letters AS more, :letters & ~letters AS fewer FROM vocabulary
        WHERE length IN (SELECT value FROM json_each(:lengths)) AND word >= :first AND word < :after
    )
    WHERE (more & (more - 1)) & ((more & (more - 1)) - 1) = 0
    AND (fewer & (fewer - 1)) & ((fewer & (fewer - 1)) - 1) = 0
"""


class BM25Index:
    """The BM25 index of an opened store. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        """Opens the index's cache file, or makes it, and synchronises it with the store.

        Raises:
            StoreError: the file cannot be read or written.
        """
        self._cache = BM25Cache(store)

    def close(self) -> None:
        """Closes the file; harmless when done twice."""
        self._cache.close()

    def synchronise(self) -> int:
        """Brings the index in line with the store. Only documents that differ are touched.

        Returns:
            How many rows were added and deleted.
        """
        return self._cache.synchronise()

    def search(self, words: Iterable[str], k: int, versions: Collection[str] | None = None) -> list[tuple[str, float]]:
        """The sentences that contain the rarest of some words, ranked by BM25 (Robertson and Zaragoza 2009).

        Args:
            words: any text is safe; stop words are ignored.
            k: how many sentences at most.
            versions: of the documents in scope, as `Store.versions` returns them; None means all.

        Returns:
            Sentence keys with their scores (above 0, higher is better), best first.
        """
        stems = dict.fromkeys(content_stems(" ".join(words)))

        def query() -> list[tuple[str, float]]:
            match = " OR ".join(f'"{stemmed}"' for stemmed in self._rarest(stems))
            if not match:
                return []
            slots = None
            if versions is not None:
                slots = json.dumps([self._cache.slots[version] for version in versions if version in self._cache.slots])
            rows = self._cache.database.execute(_SEARCH, [match, slots, NUMBER_BITS, slots, k])
            return [(self._cache.sentence_key(row), score) for row, score in rows if self._cache.is_known(row)]

        return self._cache.run(query)

    def _rarest(self, stems: Iterable[str]) -> list[str]:
        """The rarest of some stems, at least one, whose sentences together are few enough to be searched."""
        counted = [(count, stemmed) for stemmed in stems if (count := sum(self._counts(stemmed)))]
        rarest, searched_rows = list[str](), 0
        for count, stemmed in sorted(counted):
            searched_rows += count
            if rarest and searched_rows > _MAX_SEARCHED_ROWS:
                break
            rarest.append(stemmed)
        return rarest

    def idf(self, stems: Iterable[str]) -> dict[str, float]:
        """How rare words are among the indexed sentences, not counting titles and headings.

        Args:
            stems: as `assistant.nlp.tokens.stem` makes them.

        Returns:
            The inverse document frequency of each stem, ln(1 + (N - n + ½) / (n + ½)), as a share of the highest
            possible: near 0 for a word of every sentence, 1 for one that occurs in none.
        """
        stems = list(stems)

        def query() -> dict[str, float]:
            total, _ = self._counts(ALL_SENTENCES)
            highest = _inverse_frequency(total, 0)
            return {stemmed: _inverse_frequency(total, self._counts(stemmed)[0]) / highest for stemmed in stems}

        return self._cache.run(query)

    def _counts(self, stemmed: str) -> tuple[int, int]:
        """The number of sentences that contain a stem, and of those with the stem in their title or headings."""
        query = "SELECT held, headed FROM stems WHERE stem = ?"
        counts: tuple[int, int] | None = self._cache.database.execute(query, [stemmed]).fetchone()
        return counts or (0, 0)

    def sentence_counts(self, words: Iterable[str]) -> dict[str, int]:
        """The number of sentences that contain a word in any form; words that occur nowhere are left out.

        A word that occurs only in titles and headings counts as that of one sentence.

        Args:
            words: folded words, as `assistant.nlp.tokens.tokenize` gives them.
        """
        stems = {word: stem(word) for word in words}

        def query() -> dict[str, int]:
            counts = {stemmed: self._counts(stemmed) for stemmed in set(stems.values())}
            in_sentences = {stemmed: text or min(1, headings) for stemmed, (text, headings) in counts.items()}
            return {word: in_sentences[stemmed] for word, stemmed in stems.items() if in_sentences[stemmed]}

        return self._cache.run(query)

    def similar_words(self, word: str, edits: int) -> list[IndexedWord]:
        """Words of the index that may be within some edits of a folded word; none that is within them is left out.

        Only words with the same first letter are considered.

        Args:
            word: a folded word.
            edits: 1 or 2.
        """
        parameters = {
            "lengths": json.dumps(list(range(len(word) - edits, len(word) + edits + 1))),
            "first": word[0],
            "after": chr(ord(word[0]) + 1),
            "letters": letter_set(word),
        }

        def query() -> list[IndexedWord]:
            rows = self._cache.database.execute(_SIMILAR_WORDS, parameters)
            return [IndexedWord(similar, bool(named)) for similar, named in rows]

        return self._cache.run(query)

    def capitalised_words(self, words: Iterable[str]) -> frozenset[str]:
        """Those of some folded words that mostly have a capital letter where only a name has one."""
        sql = "SELECT 1 FROM vocabulary WHERE length = ? AND word = ? AND 2 * named > times"
        words = set(words)

        def query() -> frozenset[str]:
            return frozenset(word for word in words if self._cache.database.execute(sql, [len(word), word]).fetchone())

        return self._cache.run(query)

    def contains_phrase(self, phrase: str) -> bool:
        """Whether the content words of a phrase stand side by side somewhere in the index, in any form."""
        stems = " ".join(content_stems(phrase))
        if not stems:
            return False
        sql = "SELECT 1 FROM sentences WHERE sentences MATCH ? LIMIT 1"
        return self._cache.run(lambda: self._cache.database.execute(sql, [f'"{stems}"']).fetchone() is not None)


def _inverse_frequency(total: int, containing: int) -> float:
    return math.log(1 + (total - containing + 0.5) / (containing + 0.5))
