"""Counts of the words and stems of sentences, on which the BM25 index rests. Pure: no database is used here."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from assistant.nlp.letters import is_spellable, letter_set
from assistant.nlp.tokens import STOP_WORDS, Token, stem, tokenize

ALL_SENTENCES = ""  # the stem under which all sentences are counted


class TermCounter:
    """Counts the words of sentences by document, and the stems of all documents together.

    The words of a heading count once, where it begins.
    """

    def __init__(self) -> None:
        self._times: defaultdict[int, Counter[str]] = defaultdict(Counter)  # word counts by document
        self._times_as_name: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._stems = StemCounter()
        self._last_heading, self._last_heading_stems = (-1, ""), ""

    def add(self, document: int, text: str, heading: str) -> tuple[str, str]:
        """Counts a sentence.

        Args:
            document: a number for its document.
            text: the sentence.
            heading: the title and headings above it.

        Returns:
            The stems of both, without stop words, separated by spaces.
        """
        tokens = tokenize(text)
        self._count(document, text, tokens)
        if (document, heading) != self._last_heading:
            heading_tokens = tokenize(heading)
            self._count(document, heading, heading_tokens)
            self._last_heading, self._last_heading_stems = (document, heading), _stems(heading_tokens)
        stems = _stems(tokens)
        self._stems.add(stems, self._last_heading_stems)
        return stems, self._last_heading_stems

    def _count(self, document: int, text: str, tokens: tuple[Token, ...]) -> None:
        self._times[document].update(word for word, _, _ in tokens if is_spellable(word))
        # Every sentence begins with a capital letter: only behind its first word one means a name.
        self._times_as_name[document].update(
            word for word, start, _ in tokens[1:] if text[start].isupper() and is_spellable(word)
        )

    def words_by_document(self) -> Iterator[tuple[int, str]]:
        """Documents with their words as JSON, ``[[word, times, times as a name], …]``."""
        for document, times in self._times.items():
            as_name = self._times_as_name[document]
            yield document, json.dumps([(word, count, as_name[word]) for word, count in times.items()])

    def vocabulary(self) -> Iterator[tuple[int, str, int, int, int]]:
        """The words of all documents: length, word, letters, times, and times as a name."""
        times, as_name = Counter[str](), Counter[str]()
        for total, by_document in ((times, self._times), (as_name, self._times_as_name)):
            for counts in by_document.values():
                total.update(counts)
        return ((len(word), word, letter_set(word), count, as_name[word]) for word, count in times.items())

    def stem_counts(self) -> Iterator[tuple[str, int, int]]:
        """`StemCounter.counts` of all sentences."""
        return self._stems.counts()


class StemCounter:
    """Counts the sentences that contain a stem, and those that have it in their title or headings."""

    def __init__(self) -> None:
        self._in_text, self._in_heading = Counter[str](), Counter[str]()

    def add(self, stems: str, heading_stems: str) -> None:
        """Counts a sentence, given as `TermCounter.add` returns it."""
        self._in_text.update({ALL_SENTENCES, *stems.split()})
        self._in_heading.update(set(heading_stems.split()))

    def counts(self, sign: int = 1) -> Iterator[tuple[str, int, int]]:
        """Each stem with the two counts, multiplied by ``sign``: -1 to subtract them from others."""
        for counted_stem in self._in_text.keys() | self._in_heading.keys():
            yield counted_stem, sign * self._in_text[counted_stem], sign * self._in_heading[counted_stem]


def _stems(tokens: Iterable[Token]) -> str:
    return " ".join(stem(token.text) for token in tokens if token.text not in STOP_WORDS)
