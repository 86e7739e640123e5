"""An index that `assistant serve` has open, asked over its API: what the command line needs of an `Assistant`."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from assistant.errors import AssistantError, DocumentNotFoundError, QuestionError, RecordError
from assistant.grounding.verification import CitationStatus, StatementStatus, Verification
from assistant.index.lock import server_address
from assistant.query_engine import Explanation
from assistant.server.auth.access import local_token
from assistant.settings import load_settings
from assistant.types import Answer, Citation, Document, Hit, Sentence, Statement

_PATIENCE = 600  # seconds: a model may write for minutes
_ERRORS = {"question": QuestionError, "document_not_found": DocumentNotFoundError, "record": RecordError}
_DIRECT = build_opener(ProxyHandler({}))  # no proxy stands between two processes of one machine


def reached(settings: Mapping[str, Any]) -> "Remote | None":
    """The server that has the index open; None where none does, or a note that one left behind leads elsewhere.

    Args:
        settings: as `assistant.settings.load_settings` takes them.
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
    """A served index. Raises what an `Assistant` raises, in the server's words."""

    def __init__(self, address: str, token: str, mode: str | None) -> None:
        self._address, self._token, self._mode = address, token, mode

    def ask(self, question: str, **filters: Any) -> Answer:
        """As `Assistant.ask`."""
        return _answer(self._post("ask", question=question, mode=self._mode, **filters))

    def explain(self, question: str, **filters: Any) -> Explanation:
        """As `Assistant.explain`."""
        record = self._post("ask", question=question, mode=self._mode, explain=True, **filters)
        told = record["explained"]
        features = tuple(each["features"] for each in told["retrieved"])
        return Explanation(
            _answer(record), self._hits(told["retrieved"]), features, told["prompt"], told["dropped_marks"]
        )

    def search(self, text: str, k: int = 10, **filters: Any) -> list[Hit]:
        """As `Assistant.search`."""
        return list(self._hits(self._post("search", text=text, k=k, **filters)))

    def verify(self, record: Mapping[str, Any]) -> Verification:
        """As `Assistant.verify`."""
        found = self._post("verify", **record)
        citations = tuple(CitationStatus(**each) for each in found["citations"])
        return Verification(
            found["question"], citations, tuple(StatementStatus(**each) for each in found["statements"])
        )

    def documents(self) -> list[dict[str, Any]]:
        """What is indexed, as the API lists it."""
        listed: list[dict[str, Any]] = self._called("documents")
        return listed

    def _hits(self, found: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
        documents = {each["document_id"]: self._document(each["document_id"]) for each in found}
        return tuple(Hit(_sentence(each), documents[each["document_id"]], each["score"]) for each in found)

    def _document(self, document_id: str) -> Document:
        told = self._called(f"documents/{document_id}")
        del told["sha256"]
        day = date.fromisoformat(told["date"]) if told["date"] else None
        return Document(**told | {"date": day, "pages": tuple(told["pages"]), "notes": tuple(told["notes"])})

    def _post(self, place: str, **body: Any) -> Any:
        return self._called(place, json.dumps(body, default=str).encode())

    def _called(self, place: str, body: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = Request(f"{self._address}/api/v1/{place}", body, headers)  # noqa: S310 — the note of our own server
        try:
            with _DIRECT.open(request, timeout=_PATIENCE) as response:
                return json.load(response)
        except HTTPError as error:
            raise _error(error) from None


def _error(error: HTTPError) -> AssistantError:
    try:
        told = json.load(error)["error"]
        return _ERRORS.get(told["type"], AssistantError)(told["message"])
    except (ValueError, KeyError, TypeError):
        return AssistantError(f"The server that has the index open failed (HTTP {error.code}). Look at its log.")


def _citation(told: Mapping[str, Any]) -> Citation:
    span = told["answer_span"]
    return Citation(**{**told, "answer_span": tuple(span) if span else None})


def _answer(record: Mapping[str, Any]) -> Answer:
    citations = {each["number"]: _citation(each) for each in record["citations"]}

    def statements(name: str) -> tuple[Statement, ...]:
        return tuple(
            Statement(
                each["text"], each["verdict"], each["why"], tuple(citations[number] for number in each["citations"])
            )
            for each in record[name]
        )

    same = ("question", "asked", "refused", "reason", "score", "mode", "model", "usage", "seconds", "prompt_sha256",
            "versions")  # fmt: skip
    return Answer(
        **{name: record[name] for name in same},
        text=record["answer"],
        statements=statements("statements"),
        removed=statements("removed"),
        citations=tuple(citations.values()),
    )


def _sentence(found: Mapping[str, Any]) -> Sentence:
    place = (found["sentence"], found["start"], found["end"])
    return Sentence(found["document_id"], *place, text=found["quote"], page=found["page"])
