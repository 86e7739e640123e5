"""What goes in and out over HTTP: the pydantic models of the requests, and of the records that come back.

They make the OpenAPI description. Their fields are those of the library's own values and options; only what has no
counterpart there is declared here. `schema_name` keeps the names under which clients know the models.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, Field

from assistant.grounding.verification import CitationStatus, StatementStatus, Verification
from assistant.options import MAX_SOURCES, AskKeywords, Day, Mode, SearchKeywords
from assistant.server.api.derived_models import RequestModel, ResponseModel
from assistant.server.auth.users import Role
from assistant.server.uploads import UploadResult
from assistant.types import Answer, Citation, Document, DocumentSummary, Statement

Text = Annotated[str, Field(max_length=100_000)]
_FilledText = Annotated[str, Field(min_length=1, max_length=100_000)]
_Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=1_000)]


def _reject_numbers(value: object) -> object:
    """Lets only text through as a day: pydantic alone would take a number for the seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("write a day as 2024-11-06")  # noqa: TRY004 — pydantic turns a ValueError into its own
    return value


# Requests


class HistoryMessage(RequestModel, schema_name="Message"):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: Text


_WIRE_TYPES = {  # what a client sends for an option, by the type that Python takes for it
    Sequence[str] | None: Annotated[_Names | None, Field(default=None)],
    Day | None: Annotated[Annotated[date, BeforeValidator(_reject_numbers)] | None, Field(default=None)],
    Sequence[Mapping[str, str]]: Annotated[list[HistoryMessage], Field(default_factory=list, max_length=1_000)],
    Mode | None: Annotated[Mode | None, Field(default=None)],
    int | None: Annotated[Annotated[int, Field(ge=1, le=MAX_SOURCES)] | None, Field(default=None)],
}
_OPTION_DESCRIPTIONS = {
    "documents": "Ids of the only documents that may answer.",
    "kinds": 'The only kinds that may answer, such as "pdf".',
    "since": "Only documents of this day or later.",
    "until": "Only documents of this day or earlier.",
    "authors": "Only documents with one of these in their author's name.",
    "languages": 'Only documents that declare one of these languages, such as "de".',
    "mode": "How the answer is made; without it as the server is set.",
    "sources": "Numbered sentences that a language model reads.",
}


class FilterBody(RequestModel, keywords=SearchKeywords, wire_types=_WIRE_TYPES, descriptions=_OPTION_DESCRIPTIONS):
    """Which documents may answer."""

    def filters(self) -> SearchKeywords:
        """The filters as `Assistant.ask` and `Assistant.search` take them."""
        return cast("SearchKeywords", {name: getattr(self, name) for name in SearchKeywords.__annotations__})


class QuestionBody(
    FilterBody,
    schema_name="Question",
    keywords=AskKeywords,
    wire_types=_WIRE_TYPES,
    descriptions=_OPTION_DESCRIPTIONS,
):
    """A question to the documents."""

    question: _FilledText = Field(
        description="In plain words, at most 4,000 characters.", examples=["Who leads Interpol?"]
    )

    def options(self) -> AskKeywords:
        """All options of the question, as `Assistant.ask` takes them."""
        return cast("AskKeywords", self.model_dump(include=set(AskKeywords.__annotations__)))


class AskBody(QuestionBody, schema_name="Asked"):
    """A question, and whether to tell how the answer came about."""

    explain: bool = Field(default=False, description="Adds what was retrieved and the exact prompt.")


class SearchBody(FilterBody, schema_name="Wanted"):
    """A text to look for."""

    text: _FilledText = Field(description="What to look for.", examples=["arrests"])
    k: int = Field(10, ge=1, le=100, description="Sentences at most.")


class FetchBody(RequestModel, schema_name="Address"):
    """Where a document is on the web."""

    address: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(
        description="Of a public machine, http or https.", examples=["https://example.org/report.pdf"]
    )


class LoginBody(RequestModel, schema_name="Login"):
    """Who wants a token."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1_000)]


# Answers and hits


class BoxRecord(ResponseModel, schema_name="Box"):
    """A rectangle on a page, in points from the top left of the page as it is shown."""

    page: int = Field(description="Counted from 1.")
    x0: float
    y0: float
    x1: float
    y1: float


class CitationRecord(
    ResponseModel,
    fields_of=Citation,
    descriptions={
        "source": "A path or an address.",
        "page": "Counted from 1; null where the format has no pages.",
        "start": "In Unicode code points of the document's canonical text.",
        "answer_span": "The answer's words in the document's canonical text, where the reader is sure of them.",
        "boxes": "Where it stands on the pages, a rectangle for each line; empty where that is not known.",
        "ocr": "Whether its words were recognised on a picture: the quote is exact to what was recognised.",
    },
):
    """A number shown as [1], and the exact sentence that it stands for."""

    answer_span: tuple[int, int] | None = None  # the one field that a client need not find
    boxes: list[BoxRecord]


class StatementRecord(ResponseModel, fields_of=Statement):
    """One sentence of an answer, with the numbers of its citations and what the check said."""

    citations: list[int]


class _Scored(ResponseModel):
    score: float


class HitRecord(_Scored, fields_of=Citation, omitted=("number", "answer_span", "boxes", "ocr")):
    """A sentence that was found, with the names that a citation has."""


class RankedRecord(HitRecord):
    """A sentence that was found, with its evidence."""

    features: dict[str, float]


class ExplanationRecord(ResponseModel):
    """How an answer came about."""

    retrieved: list[RankedRecord]
    prompt: str = Field(description="What a language model was sent; empty in quotes mode.")
    dropped_marks: int


class AnswerRecord(
    ResponseModel,
    schema_name="Record",
    fields_of=Answer,
    renamed={"text": "answer"},
    descriptions={
        "asked": "The question as rewritten from the history.",
        "score": "The calibrated chance that the documents answer the question.",
        "removed": "Statements that failed the check.",
    },
):
    """An answer: the same record as of the command line, the exports and the page."""

    mode: Mode
    statements: list[StatementRecord]
    removed: list[StatementRecord]
    citations: list[CitationRecord]


class ExplainedRecord(AnswerRecord):
    """An answer, and where it was asked for how it came about."""

    explained: ExplanationRecord | None = None


class StatementEvent(ResponseModel):
    """A checked statement of an answer that is still being written, with its citations in full."""

    statement: StatementRecord
    citations: list[CitationRecord]


# Documents


class DocumentRecord(ResponseModel, fields_of=DocumentSummary):
    """A document as it is listed."""


class DocumentText(
    ResponseModel,
    fields_of=Document,
    omitted=("geometry",),
    descriptions={"pages": "Where each page starts in the text; empty for formats without pages."},
):
    """A document with its canonical text, which offsets address."""

    sha256: str


class UploadRecord(
    ResponseModel, fields_of=UploadResult, descriptions={"name": "The file's, as it was sent; or the address."}
):
    """What became of an uploaded file, or of an address."""


# Saved answers


class CitationStatusRecord(ResponseModel, schema_name="CitationStanding", fields_of=CitationStatus):
    """What became of a citation of a saved answer."""


class StatementStatusRecord(ResponseModel, schema_name="StatementStanding", fields_of=StatementStatus):
    """A statement of a saved answer, the verdict that it had, and the one that it gets today."""


class VerificationRecord(ResponseModel, fields_of=Verification):
    """What became of a saved answer."""

    citations: list[CitationStatusRecord]
    statements: list[StatementStatusRecord]
    holds: bool


# The server


class TokenRecord(ResponseModel):
    """A token for the header ``Authorization: Bearer``."""

    token: str
    name: str
    role: Role
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
