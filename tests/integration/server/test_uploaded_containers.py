"""Archives and mails that are uploaded: each gives several documents, and is kept as long as one of them is."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.files import zip_file
from tests.support.page_events import PageSession, file_data

PUMPS, VALVES = "The pumps cost 18 euros.", "The valves are blue."


@pytest.fixture
def served(tmp_path: Path) -> Iterator[RunningAssistant]:
    """A server with an empty index."""
    with serve_assistant(tmp_path / "home", page=True, reader="off") as served:
        yield served


def send(served: RunningAssistant, name: str, content: bytes) -> dict[str, object]:
    (result,) = served.client.post("/api/v1/documents", files=[("files", (name, content))]).json()
    return dict(result)


def names(served: RunningAssistant) -> set[str]:
    """The paths of all documents in the folder of uploads."""
    folder = served.service.uploads.folder
    return {
        Path(document["source"]).relative_to(folder / "local").as_posix()
        for document in served.client.get("/api/v1/documents").json()
    }


def ids(served: RunningAssistant) -> dict[str, str]:
    return {Path(document["source"]).name: document["id"] for document in served.client.get("/api/v1/documents").json()}


def kept(served: RunningAssistant) -> list[str]:
    return sorted(path.name for path in (served.service.uploads.folder / "local").iterdir())


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Dana Holt <dana@example.org>", "Pumps"
    message.set_content(PUMPS)
    message.add_attachment(VALVES.encode(), maintype="text", subtype="plain", filename="valves.txt")
    return message.as_bytes()


def test_an_archive_gives_several_documents(served: RunningAssistant) -> None:
    """The result has the ids of all, and names what was left out; sent anew, it takes the former one's place."""
    data = zip_file({"pumps.txt": PUMPS, "sub/valves.txt": VALVES, "broken.pdf": "%PDF-1.7 and no more"})
    result = send(served, "plans.zip", data)
    assert (result["status"], result["document_id"]) == ("added", None)
    assert "broken.pdf" in str(result["reason"])
    assert names(served) == {"plans.zip/pumps.txt", "plans.zip/sub/valves.txt"}
    assert result["member_ids"] == [ids(served)["pumps.txt"], ids(served)["valves.txt"]]
    assert served.ask("What do the pumps cost?")["citations"][0]["document_id"] == ids(served)["pumps.txt"]

    again = send(served, "plans.zip", zip_file({"pumps.txt": PUMPS.replace("18", "20")}))
    assert again["status"] == "changed"
    assert names(served) == {"plans.zip/pumps.txt"}
    assert "20 euros" in served.ask("What do the pumps cost?")["answer"]


def test_a_mail_gives_itself_and_what_is_attached(served: RunningAssistant) -> None:
    """Its own id, and those of the others."""
    result = send(served, "a.eml", mail())
    assert names(served) == {"a.eml", "a.eml/valves.txt"}
    assert (result["document_id"], result["member_ids"]) == (ids(served)["a.eml"], [ids(served)["valves.txt"]])


def test_an_archive_in_which_nothing_can_be_read_is_not_kept(served: RunningAssistant) -> None:
    """The former one of its name stays."""
    send(served, "plans.zip", zip_file({"pumps.txt": PUMPS}))
    for data in (b"PK\x03\x04 and no more", zip_file({"a.blend": "x"}), zip_file({})):
        result = send(served, "plans.zip", data)
        assert result["status"] == "failed"
        assert result["reason"]
        assert names(served) == {"plans.zip/pumps.txt"}
    assert "18 euros" in served.ask("What do the pumps cost?")["answer"]


@pytest.mark.parametrize(
    ("name", "data"), [("a.eml", mail()), ("plans.zip", zip_file({"a.txt": PUMPS, "b.txt": VALVES}))]
)
def test_a_file_goes_with_the_last_of_its_documents(served: RunningAssistant, name: str, data: bytes) -> None:
    """Until then the others need it, as where the index is made anew."""
    send(served, name, data)
    first, last = ids(served).values()
    served.client.delete(f"/api/v1/documents/{first}").raise_for_status()
    assert kept(served) == [name]
    served.client.delete(f"/api/v1/documents/{last}").raise_for_status()
    assert kept(served) == []


def test_the_page_takes_an_archive(served: RunningAssistant) -> None:
    """The list of results names it, and the documents are there."""
    page = PageSession(served.client)
    (path,) = page.upload(plans__zip=zip_file({"pumps.txt": PUMPS, "valves.txt": VALVES}))
    assert "plans.zip" in page.add_files(file_data(path))
    assert names(served) == {"plans.zip/pumps.txt", "plans.zip/valves.txt"}
