"""Whatever is added, changed and removed, and wherever a process is killed: the next opening finds it all, whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.support.indexes import check_index, open_index
from tests.support.lives import Change, Life, live

pytestmark = pytest.mark.folder

ADD = Change({"alpha": (30, 0), "beta": (3, 0)})
LARGE = Change({"large": (120, 0)})
REMOVE_ALL = Change({}, None)
OPEN = Life(())


@pytest.mark.parametrize(
    "lives",
    [
        pytest.param([Life([ADD]), Life([REMOVE_ALL]), OPEN], id="every document removed"),
        pytest.param([Life([ADD, REMOVE_ALL]), OPEN, Life([ADD])], id="removed at once, and added again"),
        pytest.param([Life([LARGE]), OPEN], id="one document"),
        pytest.param([Life([LARGE, REMOVE_ALL]), OPEN], id="one document, removed"),
        pytest.param([Life([Change({"one": (1, 0)}), REMOVE_ALL]), OPEN], id="one sentence, removed"),
        pytest.param(
            [Life([LARGE], killed_at=12), Life([REMOVE_ALL]), OPEN, Life([ADD])], id="killed in the first change"
        ),
        pytest.param([Life([ADD, REMOVE_ALL]), Life((), killed_at=4), OPEN], id="killed while it is opened"),
    ],
)
def test_an_index_that_was_emptied_opens(tmp_path: Path, lives: list[Life]) -> None:
    """An emptied index is no damaged one, whatever emptied it, and takes documents again."""
    live(tmp_path / "home", lives)


def test_an_index_of_an_emptied_folder_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is indexed, emptied, indexed again, filled and indexed: each opening finds what is in it."""
    monkeypatch.setattr("assistant.index.store._SETTLE_AT_REST_ROWS", 1)
    docs = tmp_path / "docs"
    docs.mkdir()
    for text in ("Cats sleep all day. They hunt at night.", None, "Dogs bark."):
        if text:
            (docs / "a.txt").write_text(text)
        else:
            (docs / "a.txt").unlink()
        for _ in range(3):
            with open_index(tmp_path / "home") as index:
                index.synchronise(docs)
                check_index(index)
                assert bool(text) == bool(index.store.summaries())


_names = st.sampled_from(["alpha", "beta", "gamma"])
_added = st.dictionaries(_names, st.tuples(st.sampled_from([1, 2, 12, 120]), st.integers(0, 2)), max_size=3)
_changes = st.builds(Change, _added, st.frozensets(_names) | st.none())
_lives = st.builds(
    Life,
    st.lists(_changes, max_size=4),
    st.tuples(st.sampled_from([1, 40, 400]), st.sampled_from([1, 60, 20_000])),
    st.none() | st.integers(1, 90),
    st.none() | st.floats(0.01, 0.5),
)


@pytest.mark.parametrize("number", [3, pytest.param(60, marks=pytest.mark.hostile)])
def test_lives_in_any_order(
    number: int, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sequences of changes, openings and kills leave an index that opens, and holds and finds what it should."""
    processes = killed = 0

    @settings(max_examples=number, derandomize=True, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(lives=st.lists(_lives, min_size=1, max_size=6))
    def check(lives: list[Life]) -> None:
        nonlocal processes, killed
        note(repr(lives))
        killed += live(tmp_path_factory.mktemp("lives") / "home", lives)
        processes += len(lives)

    check()
    with capsys.disabled():
        print(f"\n{number} indexes, {processes} processes, {killed} of them killed")  # noqa: T201 — the count of an attack
