"""What the writers of answers work from."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.answering.answer_builder import make_citation
from assistant.answering.citation_repair import CitableSentence
from assistant.answering.injection_filter import is_injection
from assistant.answering.selection import Selection
from assistant.query.question import Question
from assistant.retrieval.retriever import Candidate
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """A question with what was retrieved for it."""

    question: Question
    candidates: tuple[Candidate, ...]  # best first
    selection: Selection  # what quotes mode would quote
    documents: Mapping[str, Document]  # by id, of the best candidates at least
    subquestions: int = 1  # how many things the question asks for

    @property
    def citable(self) -> tuple[Candidate, ...]:
        """The best candidates: those whose documents are at hand, without sentences that address a machine."""
        return tuple(
            candidate
            for candidate in self.candidates
            if candidate.document.id in self.documents and not is_injection(candidate.sentence.text)
        )

    def citable_sentence(self, candidate: Candidate) -> CitableSentence:
        """A candidate as it may be cited; its document must be at hand."""
        document = self.documents[candidate.document.id]
        return CitableSentence(make_citation(candidate.sentence, document, candidate.answer_span), document)
