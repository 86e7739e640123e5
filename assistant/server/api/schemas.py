"""What goes in and out over HTTP, as pydantic models: the record of an answer, and all around it.

They are the OpenAPI description; what they hold is made by the library.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Mode = Literal["quotes", "llm"]
Ruling = Literal["supported", "partial", "unsupported"]
Text = Annotated[str, Field(max_length=100_000)]
_Words = Annotated[str, Field(min_length=1, max_length=100_000)]
_Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1_000)]


def _text_alone(value: object) -> object:
    """A day is written out: pydantic alone would take a number for the seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("write a day as 2024-11-06")  # noqa: TRY004 — pydantic turns a ValueError into its own
    return value


_Day = Annotated[date, BeforeValidator(_text_alone)]


class _Given(BaseModel):
    """What a client sends; a field that nobody knows is an error, so that no misspelt filter widens an answer."""

    model_config = ConfigDict(extra="forbid")


class Filters(_Given):
    """Which documents may answer."""

    documents: _Names | None = Field(None, description="Ids of the only documents that may answer.")
    kinds: _Names | None = Field(None, description='The only kinds that may answer, such as "pdf".')
    since: _Day | None = Field(None, description="Only documents of this day or later.")
    until: _Day | None = Field(None, description="Only documents of this day or earlier.")

    def filters(self) -> dict[str, Any]:
        """The filters as `Assistant.ask` and `Assistant.search` take them."""
        return {"documents": self.documents, "kinds": self.kinds, "since": self.since, "until": self.until}


class Message(_Given):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Text


class Question(Filters):
    """A question to the documents."""

    question: _Words = Field(description="In plain words, at most 4,000 characters.", examples=["Who leads Interpol?"])
    history: list[Message] = Field(default_factory=list, max_length=1_000)
    mode: Mode | None = Field(None, description="How the answer is made; without it as the server is set.")
    sources: int | None = Field(None, ge=1, le=40, description="Numbered sentences that a language model reads.")

    def options(self) -> dict[str, Any]:
        """Everything but the question, as `Assistant.ask` takes it."""
        history = [each.model_dump() for each in self.history]
        return self.filters() | {"history": history, "mode": self.mode, "sources": self.sources}


class Asked(Question):
    """A question, and whether to tell how the answer came about."""

    explain: bool = Field(default=False, description="Adds what was retrieved and the exact prompt.")


class Wanted(Filters):
    """A text to look for."""

    text: _Words = Field(description="What to look for.", examples=["arrests"])
    k: int = Field(10, ge=1, le=100, description="Sentences at most.")


class Address(_Given):
    """Where a document is on the web."""

    address: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(
        description="Of a public machine, http or https.", examples=["https://example.org/report.pdf"]
    )


class Login(_Given):
    """Who wants a token."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1_000)]


class ResponseModel(BaseModel):
    """What goes out. A file's name may hold bytes that are no character: JSON has none for them, so they are spelt."""

    @model_validator(mode="before")
    @classmethod
    def _spelt(cls, given: Any) -> Any:
        return {name: escape_surrogates(value) for name, value in given.items()} if isinstance(given, dict) else given


def escape_surrogates(value: Any) -> Any:
    """A text with half characters spelt out as a backslash and their number; anything else as it is."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode()


class CitationRecord(ResponseModel):
    """A number shown as [1], and the exact sentence that it stands for."""

    number: int
    document_id: str
    title: str
    source: str = Field(description="A path or an address.")
    page: int | None = Field(description="Counted from 1; null where the format has no pages.")
    sentence: int
    start: int = Field(description="In Unicode code points of the document's canonical text.")
    end: int
    quote: str
    document_sha256: str
    answer_span: tuple[int, int] | None = Field(
        None, description="The answer's words in the document's canonical text, where the reader is sure of them."
    )


class StatementRecord(ResponseModel):
    """One sentence of an answer, with the numbers of its citations and what the check said."""

    text: str
    verdict: Ruling
    why: str
    citations: list[int]


class HitRecord(ResponseModel):
    """A sentence that was found, with the names that a citation has."""

    score: float
    document_id: str
    title: str
    source: str
    page: int | None
    sentence: int
    start: int
    end: int
    quote: str
    document_sha256: str


class RankedRecord(HitRecord):
    """A sentence that was found, with its evidence."""

    features: dict[str, float]


class ExplanationRecord(ResponseModel):
    """How an answer came about."""

    retrieved: list[RankedRecord]
    prompt: str = Field(description="What a language model was sent; empty in quotes mode.")
    dropped_marks: int


class AnswerRecord(ResponseModel):
    """An answer: the same record as of the command line, the exports and the page."""

    question: str
    asked: str = Field(description="The question as rewritten from the history.")
    answer: str
    refused: bool
    reason: str | None
    score: float = Field(description="The calibrated chance that the documents answer the question.")
    mode: Mode
    model: str
    statements: list[StatementRecord]
    removed: list[StatementRecord] = Field(description="Statements that failed the check.")
    citations: list[CitationRecord]
    usage: dict[str, int]
    seconds: dict[str, float]
    prompt_sha256: str | None
    versions: dict[str, str]


class ExplainedRecord(AnswerRecord):
    """An answer, and where it was asked for how it came about."""

    explained: ExplanationRecord | None = None


class StatementEvent(ResponseModel):
    """A checked statement of an answer that is still being written, with its citations in full."""

    statement: StatementRecord
    citations: list[CitationRecord]


class DocumentRecord(ResponseModel):
    """A document as it is listed."""

    id: str
    title: str
    source: str
    kind: str
    date: date | None
    sentences: int
    notes: list[str]


class DocumentText(ResponseModel):
    """A document with its canonical text, which offsets address."""

    id: str
    title: str
    source: str
    text: str
    kind: str
    date: date | None
    url: str | None
    pages: list[int] = Field(description="Where each page starts in the text; empty for formats without pages.")
    notes: list[str]
    sha256: str


class UploadRecord(ResponseModel):
    """What became of an uploaded file, or of an address."""

    name: str = Field(description="The file's, as it was sent; or the address.")
    status: Literal["added", "changed", "unchanged", "failed"]
    reason: str | None
    document_id: str | None


class CitationStanding(ResponseModel):
    """What became of a citation of a saved answer."""

    number: int
    title: str
    source: str
    quote: str
    standing: Literal["exact", "moved", "changed", "gone"]
    start: int | None
    end: int | None


class StatementStanding(ResponseModel):
    """A statement of a saved answer, the verdict that it had, and the one that it gets today."""

    text: str
    was: str
    verdict: Ruling
    why: str


class VerificationRecord(ResponseModel):
    """What became of a saved answer."""

    question: str
    citations: list[CitationStanding]
    statements: list[StatementStanding]
    holds: bool


class TokenRecord(ResponseModel):
    """A token for the header ``Authorization: Bearer``."""

    token: str
    name: str
    role: Literal["reader", "editor"]
    seconds: int = Field(description="How long it holds.")


class Health(ResponseModel):
    """The server is there."""

    status: Literal["ok"] = "ok"


class Ready(ResponseModel):
    """The server can answer."""

    status: Literal["ready"] = "ready"
    documents: int
    modes: list[Mode]


class ErrorText(ResponseModel):
    """What went wrong: a kind for programs, a sentence for people."""

    type: str
    message: str
    request: str = Field(description="The id of the request, as the header X-Request-ID and the server's log have it.")


class ErrorRecord(ResponseModel):
    """The one form of every error."""

    error: ErrorText
