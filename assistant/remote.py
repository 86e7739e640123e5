"""`Remote`: an index that `assistant serve` has open, asked over its HTTP API; it stands in for an `Assistant`."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Unpack
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from assistant.errors import AssistantError, class_named
from assistant.grounding.verification import CitationStatus, StatementStatus, Verification
from assistant.index.lock import server_address
from assistant.options import AskKeywords, Mode, SearchKeywords
from assistant.query_engine import Explanation
from assistant.server.auth.access import local_token
from assistant.settings import load_settings
from assistant.structure import Box, blocks_of_records
from assistant.types import Answer, Citation, Document, DocumentSummary, Hit, Sentence, Statement

_TIMEOUT = 600  # seconds: a language model may write for minutes
_DIRECT = build_opener(ProxyHandler({}))  # no proxy stands between two processes of one machine


def connect(settings: Mapping[str, Any]) -> "Remote | None":
    """Connects to the server that has the index open.

    Args:
        settings: as `assistant.settings.load_settings` takes them.

    Returns:
        The served index; None where nothing serves it, or where the note of its address is stale.
    """
    loaded = load_settings(**settings)
    address = server_address(loaded.home)
    if address is None:
        return None
    remote = Remote(address, local_token(loaded), loaded.mode)
    try:
        remote.documents()
    except (OSError, ValueError, AssistantError):
        return None
    return remote


class Remote:
    """A served index. Raises what an `Assistant` raises, in the server's words.

    Args:
        address: of the server, as in ``http://127.0.0.1:7860``.
        token: what lets this process in.
        mode: of questions that don't ask for one; None for the server's own.
    """

    def __init__(self, address: str, token: str, mode: Mode | None = None) -> None:
        self._address, self._token, self._mode = address, token, mode

    def ask(self, question: str, **options: Unpack[AskKeywords]) -> Answer:
        """As `assistant.Assistant.ask`."""
        return _answer(self._post("ask", {"question": question, "mode": self._mode, **options}))

    def explain(self, question: str, **options: Unpack[AskKeywords]) -> Explanation:
        """As `assistant.Assistant.explain`; the figures of confidence stay with the server."""
        record = self._post("ask", {"question": question, "mode": self._mode, **options, "explain": True})
        explained = record["explained"]
        return Explanation(
            _answer(record),
            tuple(self._hits(explained["retrieved"])),
            features=tuple(hit["features"] for hit in explained["retrieved"]),
            prompt=explained["prompt"],
            dropped_markers=explained["dropped_marks"],
        )

    def search(self, text: str, k: int = 10, **options: Unpack[SearchKeywords]) -> list[Hit]:
        """As `assistant.Assistant.search`."""
        return self._hits(self._post("search", {"text": text, "k": k, **options}))

    def verify(self, record: Mapping[str, Any] | Answer) -> Verification:
        """As `assistant.Assistant.verify`."""
        verified = self._post("verify", record.to_dict() if isinstance(record, Answer) else record)
        return Verification(
            verified["question"],
            tuple(CitationStatus(**citation) for citation in verified["citations"]),
            tuple(StatementStatus(**statement) for statement in verified["statements"]),
        )

    def documents(self) -> list[DocumentSummary]:
        """As `assistant.Assistant.documents`."""
        return [
            DocumentSummary(**summary | {"date": _date(summary["date"]), "notes": tuple(summary["notes"])})
            for summary in self._get("documents")
        ]

    def document(self, document_id: str) -> Document:
        """As `assistant.Assistant.document`, without the document's geometry."""
        fields = self._get(f"documents/{document_id}")
        del fields["sha256"]  # the document computes its own
        converted = {
            "date": _date(fields["date"]),
            "pages": tuple(fields["pages"]),
            "notes": tuple(fields["notes"]),
            "blocks": blocks_of_records(fields["blocks"]),
        }
        return Document(**fields | converted)

    def _hits(self, records: list[dict[str, Any]]) -> list[Hit]:
        documents = {record["document_id"]: self.document(record["document_id"]) for record in records}
        return [Hit(_sentence(record), documents[record["document_id"]], record["score"]) for record in records]

    def _get(self, path: str) -> Any:
        return self._request(path, None)

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._request(path, json.dumps(body, default=str).encode())

    def _request(self, path: str, body: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = Request(f"{self._address}/api/v1/{path}", body, headers)  # noqa: S310 — the note of our own server
        try:
            with _DIRECT.open(request, timeout=_TIMEOUT) as response:
                return json.load(response)
        except HTTPError as error:
            raise _assistant_error(error) from None


def _assistant_error(response: HTTPError) -> AssistantError:
    """The error that the server reports, as the class that an `Assistant` would raise."""
    try:
        error = json.load(response)["error"]
        return class_named(error["type"])(error["message"])
    except (ValueError, KeyError, TypeError):
        return AssistantError(f"The server that has the index open failed (HTTP {response.code}). Look at its log.")


def _answer(record: Mapping[str, Any]) -> Answer:
    """The inverse of `Answer.to_dict`."""
    citations = {citation["number"]: _citation(citation) for citation in record["citations"]}

    def statements(name: str) -> tuple[Statement, ...]:
        return tuple(
            Statement(
                statement["text"],
                statement["verdict"],
                statement["why"],
                tuple(citations[number] for number in statement["citations"]),
            )
            for statement in record[name]
        )

    same = ("question", "asked", "refused", "reason", "score", "mode", "model", "usage", "seconds", "prompt_sha256",
            "versions", "guarantee")  # fmt: skip
    return Answer(
        **{name: record[name] for name in same},
        text=record["answer"],
        statements=statements("statements"),
        removed=statements("removed"),
        citations=tuple(citations.values()),
    )


def _citation(record: Mapping[str, Any]) -> Citation:
    span = record["answer_span"]
    boxes = tuple(Box(**box) for box in record["boxes"])
    return Citation(**{**record, "answer_span": tuple(span) if span else None, "boxes": boxes})


def _sentence(hit: Mapping[str, Any]) -> Sentence:
    return Sentence(hit["document_id"], hit["sentence"], hit["start"], hit["end"], text=hit["quote"], page=hit["page"])


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
