"""An answer as it comes together: its statements, those removed, and its citations under their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.citation_repair import CitableSentence
from assistant.answering.generative import Task
from assistant.grounding.check import ReaderScorer, check_statement
from assistant.models.llm import TokenUsage
from assistant.types import Citation, Document, Sentence, Statement


@dataclass(slots=True)
class Outcome:
    """What an answer is made of, as it comes together."""

    mode: str
    belief: float
    reads: ReaderScorer | None = None  # reads what the check by words leaves open
    statements: list[Statement] = field(default_factory=list)
    removed: list[Statement] = field(default_factory=list)
    citations: dict[tuple[str, int], Citation] = field(default_factory=dict)  # by document and sentence, in order
    usage: TokenUsage = field(default_factory=TokenUsage)
    reason: str | None = None
    differ: bool = False
    task: Task | None = None
    dropped: int = 0
    odds: float | None = None

    def numbered(self, places: Sequence[CitableSentence]) -> tuple[Citation, ...]:
        """The places' citations under the numbers of this answer, new ones behind those there are."""
        found = []
        for place in places:
            key = (place.citation.document_id, place.citation.sentence)
            if key not in self.citations:
                self.citations[key] = replace(place.citation, number=len(self.citations) + 1)
            found.append(self.citations[key])
        return tuple(found)

    def add(self, text: str, places: Sequence[CitableSentence]) -> Statement | None:
        """Checks a statement: keeps it, or puts it with the removed and returns None."""
        documents = {place.document.id: place.document for place in places}
        numbers = {(p.citation.document_id, p.citation.sentence) for p in places}.difference(self.citations)
        statement = check_statement(Statement(text, "unsupported", "", self.numbered(places)), documents, self.reads)
        if statement.verdict == "unsupported":
            for key in numbers:
                del self.citations[key]
            self.removed.append(replace(statement, citations=()))
            return None
        self.statements.append(statement)
        return statement


def make_citation(sentence: Sentence, document: Document, answer: tuple[int, int] | None = None) -> Citation:
    """The citation of a sentence of this document, without its number yet.

    Args:
        sentence: what is cited.
        document: of which it is.
        answer: the span of the answer's words in the document's text, where it is known.
    """
    return Citation(
        number=0,
        document_id=document.id,
        title=document.title,
        source=document.source,
        page=sentence.page,
        sentence=sentence.number,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        document_sha256=document.sha256,
        answer_span=answer,
    )


def join_statements(statements: Sequence[Statement], documents: Mapping[str, Document], *, differ: bool = False) -> str:
    """The statements with their marks; where documents differ each statement with its document's title and date."""
    marked = [
        f"{statement.text} {''.join(f'[{each.number}]' for each in statement.citations)}" for statement in statements
    ]
    if not differ:
        return " ".join(marked)
    told = [f"{_named(statement, documents)}: {text}" for statement, text in zip(statements, marked, strict=True)]
    return f"The documents differ. {' '.join(told)}"


def _named(statement: Statement, documents: Mapping[str, Document]) -> str:
    document = documents[statement.citations[0].document_id]
    day = document.date
    return f"“{document.title}” ({f'{day.day} {day:%B %Y}' if day else 'without a date'})"
