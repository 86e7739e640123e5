"""Builds an answer statement by statement: checks each, keeps or removes it, and numbers its citations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.citation_repair import CitableSentence
from assistant.grounding.check import check_statement
from assistant.grounding.span_reader_scorer import SpanReaderScorer
from assistant.types import Citation, Document, Sentence, Statement

SentenceKey = tuple[str, int]  # a document's id and the sentence's number in it


class AnswerBuilder:
    """The statements of one answer so far, those that were removed, and the citations under their numbers.

    Args:
        span_reader_scorer: decides what the rules of the check leave open; None without a span reader.
    """

    def __init__(self, span_reader_scorer: SpanReaderScorer | None) -> None:
        self._reader_scorer = span_reader_scorer
        self._statements: list[Statement] = []
        self._removed: list[Statement] = []
        self._citations: dict[SentenceKey, Citation] = {}  # in the order of their numbers

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that passed the check."""
        return tuple(self._statements)

    @property
    def removed(self) -> tuple[Statement, ...]:
        """The statements that failed it, without citations."""
        return tuple(self._removed)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations, by their numbers."""
        return tuple(self._citations.values())

    def cites(self, key: SentenceKey) -> bool:
        """Whether a statement cites this sentence."""
        return key in self._citations

    def add(self, text: str, sentences: Sequence[CitableSentence]) -> Statement | None:
        """Checks a statement against the sentences that it cites; None where it fails and is removed."""
        documents = {sentence.document.id: sentence.document for sentence in sentences}
        new_keys = {_key(sentence) for sentence in sentences}.difference(self._citations)
        draft = Statement(text, "unsupported", "", self._assign_numbers(sentences))
        statement = check_statement(draft, documents, self._reader_scorer)
        if statement.verdict == "unsupported":
            for key in new_keys:
                del self._citations[key]
            self._removed.append(replace(statement, citations=()))
            return None
        self._statements.append(statement)
        return statement

    def remove(self, text: str, why: str) -> None:
        """Puts a statement with the removed ones unchecked."""
        self._removed.append(Statement(text, "unsupported", why))

    def _assign_numbers(self, sentences: Sequence[CitableSentence]) -> tuple[Citation, ...]:
        """The sentences' citations: one that the answer has already keeps its number, the others get the next ones."""
        for sentence in sentences:
            number = len(self._citations) + 1
            self._citations.setdefault(_key(sentence), replace(sentence.citation, number=number))
        return tuple(self._citations[_key(sentence)] for sentence in sentences)


def _key(sentence: CitableSentence) -> SentenceKey:
    return sentence.citation.document_id, sentence.citation.sentence


def make_citation(sentence: Sentence, document: Document, answer_span: tuple[int, int] | None = None) -> Citation:
    """The citation of a sentence, without its number yet.

    Args:
        sentence: what is cited.
        document: the document that holds it.
        answer_span: where the answer's words stand in the document's text, if that is known.
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
        answer_span=answer_span,
        ocr=document.is_recognised(sentence.start, sentence.end),
    )


def join_statements(
    statements: Sequence[Statement], documents: Mapping[str, Document], *, documents_differ: bool = False
) -> str:
    """The answer's text: the statements with their citation markers.

    Where the documents differ, each statement is introduced by its document's title and date.
    """
    texts = [
        f"{statement.text} {''.join(f'[{citation.number}]' for citation in statement.citations)}"
        for statement in statements
    ]
    if not documents_differ:
        return " ".join(texts)
    introduced = [
        f"{_introduction(statement, documents)}: {text}" for statement, text in zip(statements, texts, strict=True)
    ]
    return f"The documents differ. {' '.join(introduced)}"


def _introduction(statement: Statement, documents: Mapping[str, Document]) -> str:
    document = documents[statement.citations[0].document_id]
    day = document.date
    return f"“{document.title}” ({f'{day.day} {day:%B %Y}' if day else 'without a date'})"
