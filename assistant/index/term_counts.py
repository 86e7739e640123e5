"""The words and stems of sentences, counted: what the lexical index stands on. Pure, knows no database."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from assistant.nlp.letters import is_spellable, letter_set
from assistant.nlp.tokens import STOP_WORDS, Token, stem, tokenize

ALL = ""  # the stem under which all sentences are counted


class TermCounter:
    """Counts the words of sentences by document, those of a heading once where it begins; and their stems in all."""

    def __init__(self) -> None:
        self._times: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._named: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._stems = StemFrequencies()
        self._above, self._above_stems = (-1, ""), ""

    def add(self, document: int, text: str, above: str) -> tuple[str, str]:
        """Counts a sentence.

        Args:
            document: a number for its document.
            text: the sentence.
            above: the title and headings over it.

        Returns:
            The stems of both, parted by spaces, without stop words.
        """
        told = tokenize(text)
        self._count(document, text, told)
        if (document, above) != self._above:
            headed = tokenize(above)
            self._count(document, above, headed)
            self._above, self._above_stems = (document, above), _stems(headed)
        stems = _stems(told)
        self._stems.add(stems, self._above_stems)
        return stems, self._above_stems

    def _count(self, document: int, text: str, told: tuple[Token, ...]) -> None:
        self._times[document].update(word for word, _, _ in told if is_spellable(word))
        # Every sentence begins with a capital: only behind its first word one means a name.
        self._named[document].update(word for word, at, _ in told[1:] if text[at].isupper() and is_spellable(word))

    def by_document(self) -> Iterator[tuple[int, str]]:
        """Documents with their words as JSON, ``[[word, times, times with a name's capital], …]``."""
        for document, times in self._times.items():
            named = self._named[document]
            yield document, json.dumps([(word, count, named[word]) for word, count in times.items()])

    def in_all(self) -> Iterator[tuple[int, str, int, int, int]]:
        """Words with their length, letters, times, and times with a name's capital."""
        times, named = Counter[str](), Counter[str]()
        for whole, parts in ((times, self._times), (named, self._named)):
            for each in parts.values():
                whole.update(each)
        return ((len(word), word, letter_set(word), count, named[word]) for word, count in times.items())

    def stems(self) -> Iterator[tuple[str, int, int]]:
        """What `Stems.counts` gives of all sentences."""
        return self._stems.counts()


class StemFrequencies:
    """Counts in how many sentences stems stand, and over how many in titles and headings."""

    def __init__(self) -> None:
        self._held, self._headed = Counter[str](), Counter[str]()

    def add(self, stems: str, above: str) -> None:
        """Counts a sentence, given as `Tally.add` gives it."""
        self._held.update({ALL, *stems.split()})
        self._headed.update(set(above.split()))

    def counts(self, sign: int = 1) -> Iterator[tuple[str, int, int]]:
        """Each stem with the number of sentences that hold it, and of those under it; times ``sign``."""
        for each in self._held.keys() | self._headed.keys():
            yield each, sign * self._held[each], sign * self._headed[each]


def _stems(told: Iterable[Token]) -> str:
    return " ".join(stem(word.text) for word in told if word.text not in STOP_WORDS)
