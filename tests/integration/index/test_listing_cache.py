"""The cached entries of a Chroma server: used at an opening, brought up to date, and dropped where they don't fit."""

import json
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.index.chroma.collections import Collections
from assistant.index.chroma.listing_cache import load_entries, save_entries
from tests.support.chroma import ChromaProcess, run_chroma
from tests.support.indexes import document

DOCUMENTS = [document(f"d{n}", f"Lighthouse {n} stands on rock {n}.") for n in range(4)]


@pytest.fixture
def url(chroma_server: ChromaProcess, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that no other test uses; a cache of two or more changed documents is written."""
    monkeypatch.setattr("assistant.index.store_reader._STALE_CACHE_DOCUMENTS", 1)
    return f"{chroma_server.url}/{abs(hash(request.node.nodeid)):x}"


@pytest.fixture
def home(url: str, tmp_path: Path) -> Path:
    """A home whose cache file lists these four documents."""
    with Assistant.open(tmp_path / "home", chroma_url=url) as assistant:
        assistant.index(DOCUMENTS)
    with Assistant.open(tmp_path / "home", chroma_url=url):
        pass
    return tmp_path / "home"


@pytest.fixture
def requested_filters(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The filters with which document entries were requested; None means all."""
    seen: list[object] = []
    read = Collections._read_where

    def noted(self: Collections, name: str, where: object) -> object:
        if name == "documents":
            seen.append(where)
        return read(self, name, where)  # type: ignore[arg-type]

    monkeypatch.setattr(Collections, "_read_where", noted)
    return seen


def kept(home: Path) -> Path:
    (path,) = home.glob("listed-*.json")
    return path


def test_an_opening_asks_for_what_is_new_alone(
    home: Path, url: str, tmp_path: Path, requested_filters: list[object]
) -> None:
    """Documents changed, removed and added since are seen, and nothing else is requested."""
    with Assistant.open(tmp_path / "other", chroma_url=url) as other:
        other.index([document("d0", "Lighthouse 0 was moved."), document("new", "A new one burns oil.")])
        other.remove("d3")
    requested_filters.clear()
    with Assistant.open(home, chroma_url=url) as assistant:
        assert ["d0", "d1", "d2", "new"] == sorted(summary.id for summary in assistant.documents())
        assert "Lighthouse 0 was moved." == assistant.document("d0").text
        assert "new" == assistant.search("oil", 1)[0].document.id
    assert [{"stamp": {"$gt": 1}}] == requested_filters


def test_nothing_new_is_not_asked_for(home: Path, url: str, requested_filters: list[object]) -> None:
    """When the state row says that nothing has changed, no entry is requested."""
    with Assistant.open(home, chroma_url=url) as assistant:
        assert 4 == len(assistant.documents())
    assert [] == requested_filters


@pytest.mark.parametrize("damage", ["", "{", "[]", '[["x", 1], [["d0", "[]"]]]', "null"])
def test_a_damaged_list_is_fetched_anew(home: Path, url: str, damage: str, requested_filters: list[object]) -> None:
    """A damaged cache is fetched again completely, and written again."""
    kept(home).write_text(damage)
    with Assistant.open(home, chroma_url=url) as assistant:
        assert 4 == len(assistant.documents())
    assert [None] == requested_filters
    assert 4 == len(load_entries(kept(home))[1])


def test_a_list_of_another_index_is_not_believed(home: Path, url: str, requested_filters: list[object]) -> None:
    """For an index that was rebuilt, or restored to an earlier state, all entries are requested."""
    (name, count), rows = json.loads(kept(home).read_text())
    for mark in ([name, count + 5], ["other", count]):
        kept(home).write_text(json.dumps([mark, rows[:1]]))
        with Assistant.open(home, chroma_url=url) as assistant:
            assert 4 == len(assistant.documents())
    assert [None, None] == requested_filters


def test_a_server_that_lost_its_index_shows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries cached for an address are never taken for what is there now."""
    monkeypatch.setattr("assistant.index.store_reader._STALE_CACHE_DOCUMENTS", 1)
    with (
        run_chroma(tmp_path / "first") as server,
        Assistant.open(tmp_path / "home", chroma_url=server.url) as assistant,
    ):
        assistant.index(DOCUMENTS)
        port = server.port
    server = ChromaProcess(tmp_path / "second", port)
    server.start()
    try:
        with Assistant.open(tmp_path / "home", chroma_url=server.url) as assistant:
            assert [] == assistant.documents()
    finally:
        server.stop()


def test_no_room_for_the_list_is_no_error(home: Path) -> None:
    """Without room for the cache nothing fails, and no draft file is left."""
    mark, documents = load_entries(kept(home))
    assert mark is not None
    save_entries(home / "nowhere" / "listed.json", mark, documents.values())
    assert ["listed"] == [path.name.partition("-")[0] for path in home.iterdir() if path.name.startswith("listed")]
