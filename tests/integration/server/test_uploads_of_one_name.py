"""Several files of one name in one request: the first is kept, and each other is refused by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.page_events import PageSession, file_data

FIRST, SECOND = b"The first report counts 12 owls.", b"The second report counts 30 bears."
REFUSED = "another file of this name came with it and is kept: rename this one, and send it again"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[RunningAssistant]:
    """A server with an empty index."""
    with serve_assistant(tmp_path / "home", page=True, reader="off") as served:
        yield served


def texts(served: RunningAssistant) -> list[str]:
    """The texts of all documents."""
    return [served.assistant.document(summary.id).text for summary in served.assistant.documents()]


@pytest.mark.parametrize(
    "names",
    [
        ("report.txt", "report.txt"),
        ("a/report.txt", "b/report.txt"),
        ("a:b.txt", "a?b.txt"),  # kept as a_b.txt
        ("Bu\u0308cher.txt", "Bücher.txt"),
    ],
)
def test_the_second_file_of_a_name_is_refused(served: RunningAssistant, names: tuple[str, str]) -> None:
    """The first one's text stays; sent by itself the second replaces it, as ever."""
    files = [("files", (names[0], FIRST)), ("files", (names[1], SECOND))]
    first, second = served.client.post("/api/v1/documents", files=files).json()
    assert ("added", None) == (first["status"], first["reason"])
    assert ("failed", REFUSED, None) == (second["status"], second["reason"], second["document_id"])
    assert [FIRST.decode()] == texts(served)
    (again,) = served.client.post("/api/v1/documents", files=files[1:]).json()
    assert ("changed", [SECOND.decode()]) == (again["status"], texts(served))


def test_a_file_that_failed_is_in_nobody_s_way(served: RunningAssistant) -> None:
    """The first can't be read and isn't kept, so the second of its name is."""
    files = [("files", ("report.txt", b"\x00\x01" * 99)), ("files", ("report.txt", SECOND))]
    first, second = served.client.post("/api/v1/documents", files=files).json()
    assert ("failed", "added") == (first["status"], second["status"])
    assert [SECOND.decode()] == texts(served)


def test_two_files_of_a_name_in_one_event_of_the_page(served: RunningAssistant) -> None:
    """As where a folder is dropped on the page: the list of results says which was refused."""
    page = PageSession(served.client)
    paths = [page.upload(report__txt=content)[0] for content in (FIRST, SECOND)]
    assert REFUSED in page.add_files(*map(file_data, paths))
    assert [FIRST.decode()] == texts(served)
