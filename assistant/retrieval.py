"""A question → ranked sentences. Dense and lexical search propose; the evidence of each sentence decides.

Of similarity, BM25, their rank fusion, their weighted sum and the fitted sum of `assistant.text.evidence` the
last ranks best on every set; evals/README.md has the table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from assistant.embedding import Embedder
from assistant.lexical import Lexical
from assistant.rows import Found, Scope, StoredDocument
from assistant.store import Store
from assistant.text.evidence import Candidate, features
from assistant.text.fitted import RANKING
from assistant.text.questions import Question
from assistant.types import Passage, Sentence

NEAREST = 30  # candidates by vector; evals/README.md has the curve
LEXICAL = 15  # candidates by BM25


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence that was found, with all that the answer's choice needs to know of it."""

    sentence: Sentence
    document: StoredDocument
    before: str  # what stands before it in its passage
    surroundings: str  # title, headings and the rest of its passage
    features: Mapping[str, float]
    score: float  # the weighted sum of its features; about 0 to 1

    @property
    def heading(self) -> str:
        """The document's title and the headings above the sentence."""
        return f"{self.document.title}\n{self.sentence.context}"


def retrieve(
    question: Question, store: Store, lexical: Lexical, embedder: Embedder, scope: Scope | None = None
) -> tuple[tuple[Ranked, ...], Mapping[str, float]]:
    """Finds and ranks the sentences that may answer a question.

    Returns:
        The candidates, best first, and the rarity of the question's terms in the index
        (`assistant.text.evidence.features` says what that is).
    """
    vector = embedder.embed_question(question.text)
    found = {each.key: each for each in store.nearest(vector, NEAREST, scope)}
    more = [key for key, _ in lexical.search(question.words, LEXICAL, store.versions(scope)) if key not in found]
    found |= {each.key: each for each in store.fetch(more, vector)}
    rarity = lexical.rarity(question.terms)
    return rank(question, list(found.values()), store, rarity), rarity


def rank(question: Question, found: Sequence[Found], store: Store, rarity: Mapping[str, float]) -> tuple[Ranked, ...]:
    """Ranks sentences by their evidence, best first; the same question and sentences give the same order."""
    passages = store.passages(each.sentence for each in found)
    ranked = []
    for each in found:
        sentence = each.sentence
        document = store.summary(sentence.document_id)
        passage = passages.get((sentence.document_id, sentence.passage))
        if document is None or passage is None:
            continue  # removed by another thread since it was found
        before, after = _around(sentence, passage)
        surroundings = f"{document.title}\n{sentence.context}\n{before}\n{after}"
        evidence = features(question, Candidate(sentence.text, surroundings, each.similarity), rarity)
        ranked.append(Ranked(sentence, document, before, surroundings, evidence, score(evidence)))
    return tuple(sorted(ranked, key=lambda r: (-r.score, r.document.source, r.sentence.number)))


def in_turn(found: Sequence[Sequence[Ranked]]) -> tuple[Ranked, ...]:
    """What was found for several questions as one list: the best of each, then the second best, each sentence once."""
    once: dict[tuple[str, int], Ranked] = {}
    for each in filter(None, chain.from_iterable(zip_longest(*found))):
        once.setdefault((each.document.id, each.sentence.number), each)
    return tuple(once.values())


def score(evidence: Mapping[str, float]) -> float:
    """The fitted sum of a sentence's evidence, as a share of the best there could be."""
    return sum(weight * evidence[name] for name, weight in RANKING.items()) / _BEST


_BEST = sum(weight for weight in RANKING.values() if weight > 0)


def _around(sentence: Sentence, passage: Passage) -> tuple[str, str]:
    at = sentence.start - passage.start
    return passage.text[:at], passage.text[at + len(sentence.text) :]
