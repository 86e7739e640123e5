"""What every door to an index can do, wherever the index is open."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Unpack

from assistant.grounding.verification import Verification
from assistant.options import AskKeywords, SearchKeywords
from assistant.query_engine import Explanation
from assistant.types import Answer, Document, DocumentSummary, Hit


class QuestionAnswering(Protocol):
    """An index that can be asked: `assistant.Assistant` in this process, `assistant.remote.Remote` over HTTP.

    Both return the same answers, documents and verifications for the same index, and raise the same errors. Over HTTP
    an explanation has no figures of confidence, and the sentence of a hit no headings.
    """

    def ask(self, question: str, **options: Unpack[AskKeywords]) -> Answer:
        """As `assistant.Assistant.ask`."""

    def explain(self, question: str, **options: Unpack[AskKeywords]) -> Explanation:
        """As `assistant.Assistant.explain`."""

    def search(self, text: str, k: int = 10, **options: Unpack[SearchKeywords]) -> Sequence[Hit]:
        """As `assistant.Assistant.search`."""

    def verify(self, record: Mapping[str, Any] | Answer) -> Verification:
        """As `assistant.Assistant.verify`."""

    def documents(self) -> Sequence[DocumentSummary]:
        """As `assistant.Assistant.documents`."""

    def document(self, document_id: str) -> Document:
        """As `assistant.Assistant.document`."""
