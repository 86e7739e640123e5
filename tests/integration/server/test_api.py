"""The API of `assistant serve` over real HTTP: each route, the record, server-sent events, and every error's form."""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.types import Answer
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.harbour import HARBOUR, SHIPS
from tests.support.stub_model import serve_model_stub

ZOO = "The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
UNKNOWN = "What is the capital of Mongolia?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents."""
    documents = tmp_path_factory.mktemp("documents")
    (documents / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (documents / "zoo.md").write_text(ZOO, encoding="utf-8")
    return documents


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server for the tests that only read."""
    with serve_assistant(tmp_path_factory.mktemp("home"), folder) as served:
        yield served


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A server for the tests that upload and remove; each leaves it empty."""
    with serve_assistant(tmp_path_factory.mktemp("home"), max_file_mb=0.2, max_uploads=3) as served:
        yield served


def events(text: str) -> list[tuple[str, Any]]:
    """The names and data of server-sent events."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


# Asking


def test_an_answer_over_http_is_the_library_s_record(served: RunningAssistant, folder: Path) -> None:
    """The citation's span holds in the document's text as it comes over HTTP, and the source is the file."""
    record = served.ask(SHIPS)
    (citation,) = record["citations"]
    assert "In 2023 it handled 4,811 ships." == citation["quote"]
    assert str(folder / "harbour.txt") == citation["source"]
    document = served.client.get(f"/api/v1/documents/{citation['document_id']}").json()
    assert citation["quote"] == document["text"][citation["start"] : citation["end"]]
    assert citation["document_sha256"] == document["sha256"]
    expected = served.assistant.ask(SHIPS).to_dict()
    assert expected | {"seconds": None} == record | {"seconds": None}


def test_a_refusal_is_an_answer(served: RunningAssistant) -> None:
    """A question that the documents don't answer gets status 200."""
    record = served.ask(UNKNOWN)
    assert (True, [], []) == (record["refused"], record["statements"], record["citations"])


def test_an_answer_can_be_explained(served: RunningAssistant) -> None:
    """With `explain` the record also says what was retrieved; without it there is no such field."""
    explained = served.ask(SHIPS, explain=True)["explained"]
    assert "In 2023 it handled 4,811 ships." == explained["retrieved"][0]["quote"]
    assert explained["retrieved"][0]["features"]
    assert ("", 0) == (explained["prompt"], explained["dropped_marks"])
    assert "explained" not in served.ask(SHIPS)


def test_the_history_and_the_filters_count(served: RunningAssistant) -> None:
    """A follow-up is rewritten from its history; a filter leaves out what it should."""
    history = [{"role": "user", "content": SHIPS}, {"role": "assistant", "content": "4,811."}]
    record = served.ask("And when was it opened?", history=history)
    assert "norrvik" in record["asked"].lower()
    assert "opened in 1912" in record["answer"]
    assert served.ask(SHIPS, kinds=["md"])["refused"]
    assert served.ask(SHIPS, until="1990-01-01")["refused"]


def test_a_stream_sends_each_statement_and_the_answer_last(served: RunningAssistant) -> None:
    """The events are statements with their citations in full, then the same record as without streaming."""
    with served.client.stream("POST", "/api/v1/ask/stream", json={"question": SHIPS}) as response:
        assert "text/event-stream; charset=utf-8" == response.headers["content-type"]
        *statements, (last_name, record) = events(response.read().decode())
    assert [("statement", "answer")] == [(name, last_name) for name, _ in statements]
    event = statements[0][1]
    assert (record["statements"][0], record["citations"]) == (event["statement"], event["citations"])
    assert served.ask(SHIPS)["answer"] == record["answer"]


def test_an_error_in_a_stream_is_an_event(served: RunningAssistant) -> None:
    """Once the response has begun, an event reports the error in its one form."""
    response = served.client.post("/api/v1/ask/stream", json={"question": SHIPS, "documents": ["nothing"]})
    ((name, body),) = events(response.text)
    assert ("error", "document_not_found") == (name, body["error"]["type"])


def test_search_ranks_and_narrows(served: RunningAssistant) -> None:
    """The hits are those of the library, best first, as many as were requested."""
    hits = served.client.post("/api/v1/search", json={"text": "ships in the harbour", "k": 2}).json()
    assert [hit.to_dict() for hit in served.assistant.search("ships in the harbour", 2)] == hits
    assert {"md"} == {
        served.assistant.document(hit["document_id"]).kind
        for hit in served.client.post("/api/v1/search", json={"text": "ships", "kinds": ["md"]}).json()
    }


def test_a_saved_answer_is_verified(served: RunningAssistant) -> None:
    """A record that came over HTTP can be sent back to be held against the documents."""
    record = served.ask(SHIPS)
    verification = served.client.post("/api/v1/verify", json=record).json()
    assert (True, ["exact"]) == (
        verification["holds"],
        [citation["standing"] for citation in verification["citations"]],
    )
    record["citations"][0]["quote"] = "In 2023 it handled 4,881 ships."
    verification = served.client.post("/api/v1/verify", json=record).json()
    assert (False, ["changed"]) == (
        verification["holds"],
        [citation["standing"] for citation in verification["citations"]],
    )


@pytest.mark.hostile
def test_long_statements_hold_nobody_up(served: RunningAssistant) -> None:
    """Eight records at once, each of many statements that are long and hard to check: others are answered."""
    record = served.ask(SHIPS)
    hard = "Ingrid Solheim saw 4,811 ships of the 4,812 in 2023, 4,813 of them on 5 May. "
    for count in (1_000, 100, 15):
        record["statements"] += [{"text": hard * count, "citations": [1], "verdict": "supported"}] * 20
    with ThreadPoolExecutor(8) as pool:
        verifications = [pool.submit(served.client.post, "/api/v1/verify", json=record, timeout=60) for _ in range(8)]
        seconds = []
        while not all(verification.done() for verification in verifications):
            begun = time.monotonic()
            assert 200 == served.client.get("/api/v1/documents").status_code
            seconds.append(time.monotonic() - begun)
    assert {200} == {verification.result().status_code for verification in verifications}
    assert max(seconds) < 3


@pytest.mark.parametrize(
    ("path", "body", "status", "kind"),
    [
        ("ask", {"question": " "}, 422, "question"),
        ("ask", {"question": "x" * 4_001}, 422, "question"),
        ("ask", {"question": "x", "documents": ["nothing"]}, 404, "document_not_found"),
        ("ask", {"question": "x", "mode": "llm"}, 422, "settings"),
        ("ask", {"question": "x", "mode": "poetry"}, 422, "invalid"),
        ("ask", {"question": "x", "since": "soon"}, 422, "invalid"),
        ("ask", {"question": "x", "sources": 0}, 422, "invalid"),
        ("ask", {"question": "x", "kind": "pdf"}, 422, "invalid"),
        ("ask", {}, 422, "invalid"),
        ("ask", [], 422, "invalid"),
        ("search", {"text": " ", "k": 3}, 422, "question"),
        ("search", {"text": ""}, 422, "invalid"),
        ("ask", {"question": "x", "until": 0}, 422, "invalid"),
        ("search", {"text": "x", "k": 0}, 422, "invalid"),
        ("verify", {"citations": 1}, 422, "record"),
        ("nonsense", {}, 404, "not_found"),
        ("documents/nothing", None, 404, "document_not_found"),
        ("ask", None, 405, "method_not_allowed"),
    ],
)
def test_every_error_has_one_form(served: RunningAssistant, path: str, body: Any, status: int, kind: str) -> None:
    """A kind for programs and a sentence for people, with the status that fits, and no question in either."""
    call = served.client.get if body is None else served.client.post
    response = call(f"/api/v1/{path}", **({} if body is None else {"json": body}))
    assert (status, kind) == (response.status_code, response.json()["error"]["type"])
    assert response.json()["error"]["message"]
    assert "x" * 50 not in response.text


def test_malformed_json_is_an_error_in_the_same_form(served: RunningAssistant) -> None:
    """Neither broken JSON nor broken UTF-8 is more than a client's fault."""
    for content in (b"{", b"\xff\xfe", b'{"question": "\xff"}', b"[" * 100_000):
        headers = {"content-type": "application/json"}
        response = served.client.post("/api/v1/ask", content=content, headers=headers)
        assert response.status_code in (400, 422)
        assert {"type", "message", "request"} == set(response.json()["error"])


def test_a_surrogate_in_a_question_is_no_server_error(served: RunningAssistant) -> None:
    """JSON can spell half a character; it finds nothing, and comes back as JSON."""
    response = served.client.post("/api/v1/ask", content=b'{"question": "ships \\ud800?"}')
    assert response.status_code in {200, 422}
    assert response.json()


def test_a_file_name_that_is_no_text_is_spelt_out(tmp_path: Path) -> None:
    """A file's name may be any bytes; every route still answers with JSON."""
    path = os.fsencode(tmp_path) + b"/zo\xff.txt"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 — a path of bytes
        file.write(ZOO)
    with serve_assistant(tmp_path / "home", Path(os.fsdecode(path))) as served:
        (listed,) = served.client.get("/api/v1/documents").json()
        assert listed["source"].endswith("zo\\udcff.txt")
        assert 200 == served.client.get(f"/api/v1/documents/{listed['id']}").status_code
        record = served.ask("What do tickets cost?")
        assert record["citations"][0]["source"] == listed["source"]
        assert 200 == served.client.post("/api/v1/search", json={"text": "tickets"}).status_code
        assert 200 == served.client.post("/api/v1/verify", json=record).status_code
        spoilt = json.dumps(record).replace("Tickets cost ten", "Tickets \\ud800 ten")
        assert 422 == served.client.post("/api/v1/verify", content=spoilt).status_code
        chat = {"messages": [{"role": "user", "content": "What do tickets cost?"}]}
        assert 200 == served.client.post("/v1/chat/completions", json=chat).status_code


def test_a_model_that_fails_is_502(folder: Path, tmp_path: Path) -> None:
    """The endpoint's error is reported in one sentence, without the key; quotes mode goes on working."""
    key = "sk-secret-key"
    with (
        serve_model_stub() as stub,
        serve_assistant(tmp_path, folder, model="stub", openai_base_url=stub.url, openai_api_key=key) as served,
    ):
        stub.statuses = [401]
        response = served.client.post("/api/v1/ask", json={"question": SHIPS})
        assert (502, "model") == (response.status_code, response.json()["error"]["type"])
        assert "OPENAI_API_KEY" in response.json()["error"]["message"]
        assert key not in response.text
        assert "4,811" in served.ask(SHIPS, mode="quotes")["answer"]
        stub.pieces = ["In 2023 the harbour of Norrvik handled 4,811 ships. [1]"]
        assert "llm" == served.ask(SHIPS, mode="llm")["mode"]
        assert {"documents": 2, "modes": ["llm", "quotes"], "status": "ready"} == served.client.get(
            "/api/v1/ready"
        ).json()


# Documents


def test_documents_are_listed_and_read(served: RunningAssistant) -> None:
    """The list has everything but the texts."""
    listed = served.client.get("/api/v1/documents").json()
    assert [("harbour.txt", "txt", 4), ("zoo.md", "md", 3)] == [
        (Path(document["source"]).name, document["kind"], document["sentences"]) for document in listed
    ]
    document = served.client.get(f"/api/v1/documents/{listed[1]['id']}").json()
    assert (ZOO, listed[1]["title"]) == (document["text"], document["title"])


def test_an_upload_is_seen_by_the_next_question_and_its_removal_too(edited: RunningAssistant) -> None:
    """Two files in one upload, one of which can't be read: each has its outcome, and the good one answers."""
    files = [("files", ("harbour.txt", HARBOUR.encode())), ("files", ("broken.pdf", b"%PDF-1.7 and no more"))]
    good, bad = edited.client.post("/api/v1/documents", files=files).json()
    assert ("harbour.txt", "added", None) == (good["name"], good["status"], good["reason"])
    assert ("broken.pdf", "failed", None) == (bad["name"], bad["status"], bad["document_id"])
    assert "damaged" in bad["reason"]
    assert ["harbour.txt"] == kept_files(edited)
    assert "4,811" in edited.ask(SHIPS)["answer"]

    changed = HARBOUR.replace("4,811", "5,022")
    (again,) = edited.client.post("/api/v1/documents", files=[("files", ("harbour.txt", changed))]).json()
    assert ("changed", good["document_id"]) == (again["status"], again["document_id"])
    assert "5,022" in edited.ask(SHIPS)["answer"]
    (same,) = edited.client.post("/api/v1/documents", files=[("files", ("harbour.txt", changed))]).json()
    assert "unchanged" == same["status"]

    assert 204 == edited.client.delete(f"/api/v1/documents/{good['document_id']}").status_code
    assert edited.ask(SHIPS)["refused"]
    assert [] == kept_files(edited)
    assert 404 == edited.client.delete(f"/api/v1/documents/{good['document_id']}").status_code


def test_an_upload_of_no_kind_that_is_read_is_named_with_the_reason(edited: RunningAssistant) -> None:
    """It fails, and what came with it goes in; the reason names the kinds that are read."""
    table = b"Role\tName\nHarbour master\tInge\n"
    files = [("files", ("pond.blend", b"BLENDER")), ("files", ("pond.png", b"PNG")), ("files", ("ROLES.TSV", table))]
    refused, picture, taken = edited.client.post("/api/v1/documents", files=files).json()
    assert ("pond.blend", "failed", None) == (refused["name"], refused["status"], refused["document_id"])
    assert refused["reason"].startswith("no supported kind: '.blend'. Supported: .txt ")
    assert "OCR" in picture["reason"]
    assert ("ROLES.TSV", "added") == (taken["name"], taken["status"])
    assert 204 == edited.client.delete(f"/api/v1/documents/{taken['document_id']}").status_code


def test_a_broken_file_of_the_same_name_leaves_the_good_one(edited: RunningAssistant) -> None:
    """What was uploaded before stays, in the folder and in the index, when its replacement can't be read."""
    (good,) = edited.client.post("/api/v1/documents", files=[("files", ("zoo.md", ZOO))]).json()
    (bad,) = edited.client.post("/api/v1/documents", files=[("files", ("zoo.md", b"\x00\x01\x02" * 99))]).json()
    assert "failed" == bad["status"]
    assert ZOO == (edited.service.uploads.folder / "local" / "zoo.md").read_text()
    assert ZOO == edited.client.get(f"/api/v1/documents/{good['document_id']}").json()["text"]
    edited.client.delete(f"/api/v1/documents/{good['document_id']}")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.txt", "cron.txt"),
        ("..\\..\\windows\\cron.txt", "cron.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\x.txt", "x.txt"),
        ("....txt", None),
        ("..", None),
        ("", None),
        (".txt", None),
        (".hidden.txt", "hidden.txt"),
        ("CON.txt", "_CON.txt"),
        ("a\nb\x1b[2J.txt", "a_b_[2J.txt"),
        ("a\u202etxt.exe", None),
        ("\u202efdp.txt", "_fdp.txt"),
        ('<img src=x onerror="x">.txt', "_img src=x onerror=_x__.txt"),
        ("x" * 300 + ".txt", "x" * 146 + ".txt"),
        ("ü" * 300 + ".txt", "ü" * 73 + ".txt"),
        ("users.json", "users.json"),
        ("a.exe", None),
        ("~$a.txt", "a.txt"),
        ("a.txt ", "a.txt"),
    ],
)
def test_an_upload_cannot_leave_its_folder(edited: RunningAssistant, name: str, kept: str | None) -> None:
    """Whatever the name, there is one file in the folder for uploads, or none and a reason."""
    (outcome,) = edited.service.uploads.add("local", [(name, _file(edited, ZOO))])
    there = kept_files(edited)
    assert ([] if kept is None else [kept]) == there
    if kept is None:
        assert ("failed", None) == (outcome.status, outcome.document_id)
    else:
        assert outcome.document_id is not None
        edited.service.uploads.remove(outcome.document_id)


def kept_files(edited: RunningAssistant) -> list[str]:
    """What lies in the folder for uploads, by its path in the user's own folder; nothing lies beside these."""
    folder = edited.service.uploads.folder
    return [str(path.relative_to(folder / "local")) for path in folder.rglob("*") if path != folder / "local"]


def _file(edited: RunningAssistant, text: str) -> Path:
    path = edited.service.settings.home / "given"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_hostile_name_in_the_request_itself(edited: RunningAssistant) -> None:
    """The name in the multipart head is as harmless as any other."""
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="../../../up.txt"\r\n\r\n'
    content = head + ZOO.encode() + b"\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    (outcome,) = edited.client.post("/api/v1/documents", content=content, headers=headers).json()
    assert "added" == outcome["status"]
    assert ["up.txt"] == kept_files(edited)
    edited.client.delete(f"/api/v1/documents/{outcome['document_id']}")


def test_a_link_in_the_folder_is_replaced_not_followed(edited: RunningAssistant, tmp_path: Path) -> None:
    """Somebody who can write to the folder can't have an upload written elsewhere."""
    target = tmp_path / "target.txt"
    target.write_text("untouched")
    own = edited.service.uploads.folder / "local"
    own.mkdir(parents=True, exist_ok=True)
    (own / "link.txt").symlink_to(target)
    (outcome,) = edited.client.post("/api/v1/documents", files=[("files", ("link.txt", ZOO))]).json()
    assert "added" == outcome["status"]
    assert "untouched" == target.read_text()
    edited.client.delete(f"/api/v1/documents/{outcome['document_id']}")


def test_an_upload_that_is_too_large_or_too_many(edited: RunningAssistant) -> None:
    """One file over its size is its own failure; too many files, or a request over them all, are refused whole."""
    (outcome,) = edited.client.post("/api/v1/documents", files=[("files", ("big.txt", "x " * 150_000))]).json()
    assert "failed" == outcome["status"]
    assert "too large: the limit is 0.2 MB" in outcome["reason"]
    many = [("files", (f"{number}.txt", ZOO)) for number in range(4)]
    response = edited.client.post("/api/v1/documents", files=many)
    assert (413, "size") == (response.status_code, response.json()["error"]["type"])
    huge = [("files", (f"{number}.txt", "x " * 300_000)) for number in range(2)]
    assert 413 == edited.client.post("/api/v1/documents", files=huge).status_code
    assert 422 == edited.client.post("/api/v1/documents").status_code
    assert [] == kept_files(edited)


def test_a_body_without_a_length_is_bounded_too(served: RunningAssistant) -> None:
    """A client that doesn't say how much it sends is stopped when it is too much."""

    def endless() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * 100_000

    response = served.client.post("/api/v1/ask", content=endless())
    assert (413, "size") == (response.status_code, response.json()["error"]["type"])


# The rest


def test_the_openapi_description_is_exact(served: RunningAssistant) -> None:
    """The OpenAPI description names the record's fields as the library makes them, and a type for every error."""
    description = served.client.get("/openapi.json").json()
    schemas = description["components"]["schemas"]
    answer = Answer("q", "q", "a", refused=True, reason=None, score=0, mode="quotes", model="m")
    assert list(answer.to_dict()) == list(schemas["Record"]["properties"])
    assert {"#/components/schemas/ErrorRecord"} == {
        content["schema"]["$ref"]
        for path in description["paths"].values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if status.startswith(("4", "5"))
        for content in response["content"].values()
    }


def test_the_documentation_page_loads_nothing_from_outside(served: RunningAssistant) -> None:
    """/docs is one page without scripts that names every route, under a policy that allows no script."""
    page = served.client.get("/docs")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for forbidden in ("<script", "src=", "<link", "@import", "url("):
        assert forbidden not in page.text
    for path in served.client.get("/openapi.json").json()["paths"]:
        assert path in page.text


def test_health_and_readiness(served: RunningAssistant) -> None:
    """Both say so with status 200."""
    assert {"status": "ok"} == served.client.get("/api/v1/health").json()
    ready = served.client.get("/api/v1/ready").json()
    assert {"status": "ready", "documents": 2, "modes": ["quotes"]} == ready


def test_a_closed_index_is_503(tmp_path: Path) -> None:
    """A server whose index was closed is there, but not ready."""
    with serve_assistant(tmp_path) as served:
        served.assistant.close()
        response = served.client.get("/api/v1/ready")
        assert (503, "store") == (response.status_code, response.json()["error"]["type"])
        assert 200 == served.client.get("/api/v1/health").status_code
