"""The other interfaces of `assistant serve`: OpenAI's form with OpenAI's client, MCP with the SDK's own."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.harbour import HARBOUR, SHIPS
from tests.support.stub_model import serve_model_stub

UNKNOWN = "What is the capital of Mongolia?"
TOKEN = "a-very-secret-token"  # noqa: S105 — an invented one


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server that wants a token, as an editor's client sees it."""
    with serve_assistant(tmp_path_factory.mktemp("home"), folder, api_token=TOKEN) as served:
        served.client.headers["authorization"] = f"Bearer {TOKEN}"
        yield served


@pytest.fixture
def client(served: RunningAssistant) -> Iterator[openai.OpenAI]:
    """OpenAI's own client."""
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as client:
        yield client


# OpenAI's form


def test_the_openai_client_asks(client: openai.OpenAI, served: RunningAssistant) -> None:
    """The text ends with footnotes, and the extra fields hold citations and record."""
    answer = client.chat.completions.create(model="assistant", messages=[{"role": "user", "content": SHIPS}])
    text = answer.choices[0].message.content or ""
    record = served.ask(SHIPS)
    assert text.startswith(f"{record['answer']}\n\n[1] ")
    assert text.endswith(": “In 2023 it handled 4,811 ships.”")
    extra = answer.model_extra or {}
    assert record["citations"] == extra["citations"]
    assert record | {"seconds": None} == extra["record"] | {"seconds": None}
    assert "stop" == answer.choices[0].finish_reason
    assert answer.usage is not None
    assert 0 == answer.usage.total_tokens


def test_the_openai_client_streams(client: openai.OpenAI) -> None:
    """The pieces make the same text; the last with text carries the extra fields; usage comes where it is asked for."""
    whole = client.chat.completions.create(model="assistant", messages=[{"role": "user", "content": SHIPS}])
    chunks = list(
        client.chat.completions.create(
            model="assistant",
            messages=[{"role": "user", "content": SHIPS}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    pieces = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
    assert whole.choices[0].message.content == "".join(pieces)
    assert len([piece for piece in pieces if piece]) > 1
    extras = [chunk.model_extra for chunk in chunks if chunk.model_extra]
    assert [(whole.model_extra or {})["citations"]] == [extra["citations"] for extra in extras]
    assert ["stop"] == [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]
    assert chunks[-1].usage is not None
    assert 1 == len({chunk.id for chunk in chunks})


def test_a_refusal_is_streamed_too(client: openai.OpenAI) -> None:
    """Without a statement the text is the refusal."""
    chunks = client.chat.completions.create(
        model="assistant", messages=[{"role": "user", "content": UNKNOWN}], stream=True
    )
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text.startswith("The documents do not say.")


def test_documents_that_differ_are_named_streamed_or_not(tmp_path: Path) -> None:
    """Both figures come, and then which is of which document, in the same words; the record has the answer's own."""
    (tmp_path / "report.md").write_text(
        "---\ndate: 2024-11-06\n---\n# The report\n\nIn Operation Kestrel police made 2,517 arrests.\n"
    )
    (tmp_path / "leaflet.md").write_text("# The leaflet\n\nIn Operation Kestrel police made 2,571 arrests.\n")
    request: Any = {
        "model": "assistant",
        "messages": [{"role": "user", "content": "How many arrests were made in Operation Kestrel?"}],
    }
    with (
        serve_assistant(tmp_path / "home", tmp_path / "report.md", tmp_path / "leaflet.md") as served,
        openai.OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0) as client,
    ):
        whole = client.chat.completions.create(**request)
        chunks = list(client.chat.completions.create(**request, stream=True))
    text = whole.choices[0].message.content or ""
    assert text == "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    said, differ, *footnotes = text.split("\n\n")
    assert {"2,517", "2,571"} == set(re.findall(r"2,5\d\d", said))
    assert differ.startswith("The documents differ. ")
    assert re.search(r"“The report” \(6 November 2024\): \[[12]\]", differ)
    assert re.search(r"“The leaflet” \(without a date\): \[[12]\]", differ)
    assert 2 == len(footnotes)
    assert (whole.model_extra or {})["record"]["answer"].startswith("The documents differ. “The ")


def test_the_earlier_messages_are_the_history(client: openai.OpenAI) -> None:
    """A follow-up is read with what was said before; the system's message is no part of it, parts are text."""
    answer = client.chat.completions.create(
        model="assistant-quotes",
        temperature=0.2,
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": SHIPS},
            {"role": "assistant", "content": "4,811. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "And when was it opened?"}]},
        ],
    )
    assert "opened in 1912" in (answer.choices[0].message.content or "")
    assert "Norrvik" in (answer.model_extra or {})["record"]["asked"]


def test_the_models(client: openai.OpenAI) -> None:
    """Without a language model there are two names for the same."""
    assert ["assistant", "assistant-quotes"] == [model.id for model in client.models.list()]


def test_errors_reach_the_openai_client_as_its_own(client: openai.OpenAI, served: RunningAssistant) -> None:
    """An unknown model, an empty question, a wrong last message and a wrong key are its own kinds of error."""
    ask: Any = client.chat.completions.create
    with pytest.raises(openai.NotFoundError, match=r"no model 'gpt'.*assistant-quotes"):
        ask(model="gpt", messages=[{"role": "user", "content": SHIPS}])
    for messages in ([], [{"role": "user", "content": ""}], [{"role": "assistant", "content": "x"}], [{"role": "x"}]):
        with pytest.raises(openai.UnprocessableEntityError):
            ask(model="assistant", messages=messages)
    with (
        openai.OpenAI(base_url=f"{served.url}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()
    served.access._failures.forget("127.0.0.1")
    with pytest.raises(openai.APIError, match="empty"):
        list(ask(model="assistant", messages=[{"role": "user", "content": " "}], stream=True))


def test_a_language_model_streams_through(folder: Path, tmp_path: Path) -> None:
    """In llm mode each checked statement is a piece; the usage is the model's own; an error in it is one here."""
    with (
        serve_model_stub() as stub,
        serve_assistant(tmp_path, folder, model="stub", openai_base_url=stub.url) as served,
        openai.OpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0) as client,
    ):
        stub.pieces = [
            "The harbour opened in 1912. [1] ",
            "It handled 9,999 ships. [1] ",
            "Its master is Ingrid Solheim. [1]",
        ]
        request: Any = {
            "model": "assistant-llm",
            "messages": [{"role": "user", "content": "When did the harbour open?"}],
        }
        chunks = list(client.chat.completions.create(**request, stream=True, stream_options={"include_usage": True}))
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        assert "The harbour opened in 1912. [1]" in text
        assert "9,999" not in text
        assert chunks[-1].usage.total_tokens > 0
        stub.ends = False
        with pytest.raises(openai.APIError, match="broke off"):
            list(client.chat.completions.create(**request, stream=True))


# MCP


@asynccontextmanager
async def mcp_client(served: RunningAssistant) -> AsyncIterator[Client]:
    """The SDK's own client, over streamable HTTP."""
    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {TOKEN}"}, timeout=60) as http,
        Client(streamable_http_client(f"{served.url}/mcp", http_client=http)) as client,
    ):
        yield client


def call_tool(served: RunningAssistant, name: str, **arguments: Any) -> Any:
    """What a tool returns: its result where it succeeds, otherwise the text of its error."""

    async def call() -> Any:
        async with mcp_client(served) as client:
            result = await client.call_tool(name, arguments)
        texts = [json.loads(block.text) if not result.is_error else block.text for block in result.content]  # type: ignore[union-attr]  # text alone
        return texts[0] if result.is_error else result.structured_content

    return asyncio.run(call())


def test_the_tools_are_four_that_only_read(served: RunningAssistant) -> None:
    """Each has a description and says of itself that it only reads."""

    async def listed() -> Any:
        async with mcp_client(served) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {"ask", "search", "list_documents", "read_document"} == {tool.name for tool in tools}
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools)


def test_an_mcp_client_asks(served: RunningAssistant) -> None:
    """The result is the record, also of a refusal; filters count."""
    record = call_tool(served, "ask", question=SHIPS)
    assert served.ask(SHIPS) | {"seconds": None} == record | {"seconds": None}
    assert call_tool(served, "ask", question=UNKNOWN)["refused"]
    assert call_tool(served, "ask", question=SHIPS, kinds=["pdf"])["refused"]


def test_an_mcp_client_searches_lists_and_reads(served: RunningAssistant) -> None:
    """A citation's span can be read by itself, and a document in pieces."""
    (hit,) = call_tool(served, "search", text="ships", k=1)["result"]
    assert "In 2023 it handled 4,811 ships." == hit["quote"]
    (listed,) = call_tool(served, "list_documents")["result"]
    assert hit["document_id"] == listed["id"]
    part = call_tool(served, "read_document", document_id=listed["id"], start=hit["start"], end=hit["end"])
    assert (hit["quote"], hit["end"]) == (part["text"], part["end"])
    whole = call_tool(served, "read_document", document_id=listed["id"])
    assert (HARBOUR, len(HARBOUR), 0) == (whole["text"], whole["length"], whole["start"])
    assert "" == call_tool(served, "read_document", document_id=listed["id"], start=10**6)["text"]


@pytest.mark.parametrize("name", ["ask", "search", "list_documents", "read_document"])
def test_an_mcp_client_is_told_of_arguments_that_a_tool_has_not(served: RunningAssistant, name: str) -> None:
    """A filter that is misspelt doesn't silently widen the answer: it is named, and so is what there is."""
    required = {"ask": {"question": SHIPS}, "search": {"text": SHIPS}, "read_document": {"document_id": "x"}}
    error = call_tool(served, name, **required.get(name, {}), kind=["pdf"], model="x")
    assert isinstance(error, str)
    assert f"The tool {name} has no argument 'kind', 'model'. It takes: " in error
    assert all(argument in error for argument in required.get(name, {"none": ""}))

    async def listed() -> Any:
        async with mcp_client(served) as client:
            return (await client.list_tools()).tools

    assert all(tool.input_schema["additionalProperties"] is False for tool in asyncio.run(listed()))


def test_an_mcp_client_gets_the_error_s_text(served: RunningAssistant) -> None:
    """An error is text for the model to read, without a trace of the inside."""
    assert "No document has the id 'nothing'" in call_tool(served, "read_document", document_id="nothing")
    assert "The question is empty" in call_tool(served, "ask", question=" ")
    assert "4,000 are allowed" in call_tool(served, "ask", question="x" * 4_001)
    assert "nonsense" in call_tool(served, "nonsense")
