"""Gradio's own routes and events, as a stranger tries them: only the page's routes, only files of one's own."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import gradio
import httpx
import pytest
from gradio.utils import get_upload_folder
from starlette.routing import BaseRoute, Mount

from assistant.readers import KIND_BY_SUFFIX
from assistant.server.ui.gradio_door import PAGE_ROUTES
from assistant.server.ui.upload_inbox import UploadInbox
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.http_server import QuietHandler, serve_http
from tests.support.page_events import PageSession, file_data

PASSWORD = "correct horse battery"  # noqa: S105 — an invented one
ROCKET = "The launch code of the zebra rocket is 4,711.\n"
NAMELESS = b"--b\r\nContent-Disposition: form-data; name=files\r\n\r\nx\r\n--b--\r\n"
ZOO = b"The zoo opens at nine in the morning. Tickets cost ten euros."

# All other routes of Gradio 6.31. A new Gradio that has others fails the test below: read what they do, and put each
# here, or in PAGE_ROUTES where the page needs it.
OTHER_ROUTES = {
    (method, path)
    for method, paths in {
        "GET": """
            /config /config/ /logout /monitoring /monitoring/summary /monitoring/{key} /openapi.json /pwa_icon
            /pwa_icon/{size} /robots.txt /svelte/{path:path} /gradio_api/app_id/
            /gradio_api/call/{api_name}/{event_id} /gradio_api/call/v2/{api_name}/{event_id}
            /gradio_api/custom_component/{id}/{environment}/{type}/{file_name} /gradio_api/deep_link
            /gradio_api/dev/reload /gradio_api/file={path_or_url:path} /gradio_api/file/{path:path} /gradio_api/info
            /gradio_api/info/ /gradio_api/login_check /gradio_api/login_check/ /gradio_api/openapi.json
            /gradio_api/proxy={url_path:path} /gradio_api/queue/status /gradio_api/runs /gradio_api/runs/
            /gradio_api/startup-events /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
            /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
            /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8 /gradio_api/theme.css
            /gradio_api/token /gradio_api/token/ /gradio_api/user /gradio_api/user/ /gradio_api/vibe-code
            /gradio_api/vibe-code/
        """,
        "HEAD": "/openapi.json /gradio_api/file={path_or_url:path} /gradio_api/proxy={url_path:path}",
        "POST": """
            /login /login/ /gradio_api/api/{api_name} /gradio_api/api/{api_name}/ /gradio_api/call/{api_name}
            /gradio_api/call/{api_name}/ /gradio_api/call/v2/{api_name} /gradio_api/call/v2/{api_name}/
            /gradio_api/cancel /gradio_api/component_server /gradio_api/component_server/
            /gradio_api/process_recording /gradio_api/reset /gradio_api/reset/ /gradio_api/run/{api_name}
            /gradio_api/run/{api_name}/ /gradio_api/stream/{event_id} /gradio_api/stream/{event_id}/close
            /gradio_api/undo-vibe-edit /gradio_api/undo-vibe-edit/ /gradio_api/upload /gradio_api/vibe-code
            /gradio_api/vibe-code/ /gradio_api/vibe-edit /gradio_api/vibe-edit/ /gradio_api/vibe-starter-queries
            /gradio_api/vibe-starter-queries/
        """,
    }.items()
    for path in paths.split()
}
OUR_ROUTES = ("/login", "/openapi.json", "/gradio_api/upload")  # which stand before Gradio's of the same path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A page without users: everybody on this machine is an editor."""
    with serve_assistant(tmp_path_factory.mktemp("home"), page=True, requests_per_minute=0) as served:
        yield served


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """A page with two editors and a reader."""
    with serve_assistant(tmp_path_factory.mktemp("home"), page=True, requests_per_minute=0) as served:
        served.access.users.add("eddy", "editor", PASSWORD)
        served.access.users.add("edna", "editor", PASSWORD)
        served.access.users.add("rita", "reader", PASSWORD)
        yield served


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the server's that no browser has sent."""
    path = tmp_path / "secret.txt"
    path.write_text(ROCKET, encoding="utf-8")
    return path


@pytest.fixture
def page_of(guarded: RunningAssistant) -> Iterator[Callable[[str], PageSession]]:
    """Opens a page as a user."""
    with ExitStack() as browsers:

        def open_page(name: str) -> PageSession:
            client = browsers.enter_context(httpx.Client(base_url=guarded.url, timeout=60))
            client.post("/login", data={"name": name, "password": PASSWORD})
            return PageSession(client)

        yield open_page


def gradio_routes(served: RunningAssistant) -> set[tuple[str, str]]:
    """Method and path of each route that Gradio has."""
    (mount,) = [route for route in served.server.config.app.routes if isinstance(route, Mount)]  # type: ignore[union-attr]
    gradio_app: Any = mount._base_app
    return set(_walk(gradio_app.routes))


def _walk(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if router := getattr(route, "original_router", None):
            yield from _walk(router.routes)
        elif methods := getattr(route, "methods", None):
            yield from ((method, route.path) for method in methods)  # type: ignore[attr-defined]
        else:
            yield "ANY", str(getattr(route, "path", route))


# Routes


def test_each_route_of_gradio_is_known(served: RunningAssistant) -> None:
    """A new Gradio with other routes fails here, before one of them is open to anybody."""
    routes = gradio_routes(served)
    assert set() == PAGE_ROUTES - routes, "The page uses routes that this Gradio hasn't."
    assert routes == PAGE_ROUTES | OTHER_ROUTES, f"Gradio {gradio.__version__} has other routes"


def test_no_other_route_answers(served: RunningAssistant) -> None:
    """Each is 404 in the server's own form, whatever stands for its parameters."""
    tried = 0
    for method, path in gradio_routes(served) - PAGE_ROUTES:
        for value in ("x", "1", "../x", "%2e%2e%2fx", "/etc/passwd", "http://192.0.2.1/"):
            address = path
            while "{" in address:
                address = address.partition("{")[0] + value + address.partition("}")[2]
            response = served.client.request(method, address)
            tried += 1
            if address not in OUR_ROUTES:
                assert (404, "not_found") == (response.status_code, _error_type(response)), (method, address)
    assert tried > 100


def _error_type(response: httpx.Response) -> str:
    return "not_found" if response.request.method == "HEAD" else str(response.json()["error"]["type"])


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://192.0.2.1/x.html",
        "/gradio_api/file=https://example.org/x.html",
        "/gradio_api/file/http://192.0.2.1/x.html",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=assistant/settings.py",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api//file=/etc/passwd",
        "//gradio_api/file=/etc/passwd",
        "/gradio_api/queue/../file=/etc/passwd",
        "/gradio_api/queue/%2e%2e/file=/etc/passwd",
        "/assets/../../../../../../../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/..%5c..%5cx",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/heartbeat/x/../../file=x",
        "/svelte/svelte.js",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_file_and_no_address_is_served(served: RunningAssistant, method: str, path: str) -> None:
    """However the path is written, neither a file of the server's nor an address of the web comes back."""
    url = httpx.URL(served.url).copy_with(raw_path=path.encode())
    response = served.client.request(method, url)
    assert response.status_code in (404, 405), response.text[:200]


def test_nothing_is_fetched_for_a_stranger(served: RunningAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where Gradio would hold the address to be public: nobody is asked for it."""
    asked = threading.Event()

    class Metadata(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 — the name that http.server looks for
            asked.set()
            self.send_body(b"<script>alert(1)</script>", headers={"Content-Type": "text/html"})

    import safehttpx  # type: ignore[import-untyped]

    monkeypatch.setattr(safehttpx, "is_public_ip", lambda _: True)
    with serve_http(Metadata) as url:
        response = served.client.get(f"/gradio_api/file={url}/x.html")
    assert 404 == response.status_code
    assert not asked.is_set()


def test_only_the_page_itself_may_run_scripts(served: RunningAssistant) -> None:
    """Every response but the page's own has the policy that allows nothing."""
    page = served.client.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    script = page.text.partition('src="./assets/')[2].partition('"')[0]
    for path in (f"/assets/{script}", "/theme.css", "/favicon.ico", "/gradio_api/app_id", "/x", "/gradio_api/file=x"):
        assert served.client.get(path).headers["content-security-policy"].startswith("default-src 'none'"), path


def test_the_page_s_address_says_nothing_to_gradio(served: RunningAssistant) -> None:
    """A link with one of Gradio's own parameters, as of a stored state, opens the page as any other."""
    state = Path(get_upload_folder()) / "deep_links" / "stranger" / "state.json"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text('[{"id": 1, "props": {"value": "evil"}}]', encoding="utf-8")
    try:
        page = served.client.get("/", params={"deep_link": "stranger", "page": "", "c": "1"})
    finally:
        state.unlink()
    assert 200 == page.status_code
    assert "evil" not in page.text
    assert '"deep_link_state":"none"' in page.text.replace(" ", "")


# Files in events


def test_an_upload_of_one_s_own_is_taken(served: RunningAssistant) -> None:
    """What the browser has sent is indexed, and the copy is gone."""
    page = PageSession(served.client)
    (path,) = page.upload(zoo__txt=ZOO)
    assert ZOO == Path(path).read_bytes()
    assert "zoo.txt" in page.add_files(file_data(path))
    assert ["zoo.txt"] == [Path(document.source).name for document in served.assistant.documents()]
    assert not Path(path).exists()
    assert "not uploaded" in page.add_files(file_data(path)), "a second time it is nobody's"


def test_the_page_takes_the_kinds_that_are_read(served: RunningAssistant) -> None:
    """Its file picker takes every suffix that a reader has and no other, and the page says which these are."""
    page = PageSession(served.client)
    (picker,) = [part for part in page.config["components"] if part["props"].get("elem_id") == "files"]
    assert list(KIND_BY_SUFFIX) == picker["props"]["file_types"]
    (said,) = [part for part in page.config["components"] if part["props"].get("elem_id") == "takes"]
    assert f"Takes {' '.join(KIND_BY_SUFFIX)}," in said["props"]["value"]
    paths = page.upload(ROLES__TSV=b"Role\tName\nHarbour master\tInge\n", pond__blend=b"BLENDER")
    told = page.add_files(*map(file_data, paths))
    assert "no supported kind" in told
    assert "ROLES.TSV" in {Path(document.source).name for document in served.assistant.documents()}


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_file_of_the_server_s_is_neither_read_nor_deleted(
    served: RunningAssistant, secret: Path, *, is_stream: bool
) -> None:
    """A forged event that names it is refused; the file stays, and nothing of it is in the index or elsewhere."""
    page = PageSession(served.client)
    before = set(Path(get_upload_folder()).rglob("*"))
    told = page.add_files(file_data(str(secret), is_stream=is_stream))
    assert "not uploaded" in told
    assert ROCKET == secret.read_text(encoding="utf-8")
    assert [] == [document for document in served.assistant.documents() if "secret" in document.source]
    assert before == set(Path(get_upload_folder()).rglob("*"))


def forgeries(secret: Path, upload: Path) -> Iterator[dict[str, Any]]:
    """Ways to name a file of the server's in an event."""
    link = upload.parent / "link.txt"
    relative = Path(*[".."] * 12, *secret.parts[1:])
    for path, is_stream in product(
        (secret, relative, upload.parent / relative, upload.parent / ".." / upload.parent.name / upload.name, link),
        (False, True),
    ):
        yield file_data(str(path), is_stream=is_stream)
    yield file_data(f"file://{secret}")
    yield file_data(str(secret), url=f"/gradio_api/file={secret}")
    yield file_data("http://192.0.2.1/x.txt")
    yield file_data(" HTTPS://192.0.2.1/x.txt")
    yield file_data("x.svg", url="http://192.0.2.1/x.svg")
    yield file_data(f"{upload}\0.txt")
    yield {"path": str(secret)}
    yield {"video": file_data(str(secret)), "subtitles": None}


@pytest.mark.hostile
def test_no_event_reaches_a_file(served: RunningAssistant, secret: Path) -> None:
    """Each event of the page, each of its inputs, each way to name a file: refused, and nothing has changed."""
    page = PageSession(served.client)
    (upload,) = map(Path, page.upload(notes__txt=ZOO))
    (upload.parent / "link.txt").symlink_to(secret)
    cache, documents = set(Path(get_upload_folder()).rglob("*")), served.assistant.documents()
    tried = 0
    for event, forgery in product(page.events, forgeries(secret, upload)):
        for place in range(len(event.inputs) + 1):
            data: list[Any] = [None] * len(event.inputs)
            if place < len(data):
                data[place] = [{"deep": [forgery]}] if tried % 2 else forgery
            response = page.join(event, data, forgery if place == len(data) else None)
            assert 403 == response.status_code, (event, forgery, response.text)
            tried += 1
    assert tried > 500
    print(f"{tried} forged events")  # noqa: T201 — for who runs the attacks
    assert ROCKET == secret.read_text(encoding="utf-8")
    assert ZOO == upload.read_bytes()
    assert cache == set(Path(get_upload_folder()).rglob("*"))
    assert documents == served.assistant.documents()


def test_another_user_s_upload_is_nobody_else_s(
    guarded: RunningAssistant, page_of: Callable[[str], PageSession]
) -> None:
    """Whoever learns the path of a waiting upload can't take it; its owner can."""
    eddy, edna = page_of("eddy"), page_of("edna")
    (path,) = eddy.upload(notes__txt=ZOO)
    assert "not uploaded" in edna.add_files(file_data(path))
    assert Path(path).exists()
    assert "notes.txt" in eddy.add_files(file_data(path))
    assert (guarded.service.settings.home / "uploads" / "eddy" / "notes.txt").exists()


def test_two_uploads_of_one_content_do_not_meet(page_of: Callable[[str], PageSession]) -> None:
    """Two users send the same file at a time: each event takes its own copy."""
    pages = [page_of("eddy"), page_of("edna")]
    paths = [page.upload(same__txt=ZOO)[0] for page in pages]
    assert paths[0] != paths[1]
    with ThreadPoolExecutor(2) as browsers:
        told = list(browsers.map(lambda page, path: page.add_files(file_data(path)), pages, paths))
    for text in told:
        assert "same.txt" in text
        assert "good" in text


def test_a_reader_uploads_nothing(page_of: Callable[[str], PageSession]) -> None:
    """Neither bytes nor the event."""
    rita = page_of("rita")
    response = rita.client.post("/gradio_api/upload", files=[("files", ("a.txt", ZOO))])
    assert 403 == response.status_code
    assert "not uploaded" in rita.add_files(file_data("/etc/hostname"))


def test_waiting_uploads_do_not_pile_up(served: RunningAssistant) -> None:
    """What no event took within a day is deleted by the next upload. Nobody else may look into them."""
    inbox = served.service.settings.home / "uploads" / ".incoming"
    page = PageSession(served.client)
    (old,) = page.upload(old__txt=ZOO)
    os.utime(Path(old).parent.parent, (1e9, 1e9))
    (new,) = page.upload(new__txt=ZOO)
    assert [False, True] == [Path(path).exists() for path in (old, new)]
    assert Path(new).is_relative_to(inbox)
    assert 0o700 == inbox.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"x", "text/plain", 400),
        (b"--b\r\n\r\nx", "multipart/form-data; boundary=b", 400),
        (NAMELESS, "multipart/form-data; boundary=b", 400),
        (b"", "multipart/form-data", 400),
    ],
)  # fmt: skip
def test_a_malformed_upload_leaves_nothing(
    served: RunningAssistant, content: bytes, content_type: str, status: int
) -> None:
    """It is the sender's error, and no file stays behind."""
    inbox = served.service.settings.home / "uploads" / ".incoming"
    before = set(inbox.rglob("*"))
    response = served.client.post("/gradio_api/upload", content=content, headers={"content-type": content_type})
    assert status == response.status_code, response.text
    assert before == set(inbox.rglob("*"))


def test_an_upload_that_can_t_be_kept_says_why(served: RunningAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is no error within, and leaves nothing."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(UploadInbox, "new_folder", refuse)
    response = served.client.post("/gradio_api/upload", files=[("files", ("a.txt", ZOO))])
    assert (503, "store") == (response.status_code, response.json()["error"]["type"])
    assert "No space left on device" in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{", b"\xff", b"1", b"[]", b'{"data": 1}', b""])
def test_an_event_that_is_no_json(served: RunningAssistant, body: bytes) -> None:
    """It is the sender's error."""
    headers = {"content-type": "application/json"}
    response = served.client.post("/gradio_api/queue/join", content=body, headers=headers)
    assert 422 == response.status_code, response.text
