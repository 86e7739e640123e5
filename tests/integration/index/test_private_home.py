"""What stands in a home is its owner's alone, and what killed processes left there is cleared at the next opening."""

import io
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.client import Assistant
from assistant.home import prepare_home
from assistant.server.auth.access import AccessControl
from assistant.server.ui.conversations import ConversationStore, new_conversation
from assistant.server.uploads import UploadFolder
from assistant.settings import load_settings

ROOT = str(Path(__file__).parents[3])
ZOO = b"The zoo opens at nine in the morning. Tickets cost ten euros. Lions eat at noon."
PASSWORD = "correct horse battery"  # noqa: S105 — an invented one

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such permissions")


@pytest.fixture(autouse=True)
def _generous_umask() -> Iterator[None]:
    """What most systems have: new files may be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def too_open(folder: Path) -> dict[str, str]:
    """The files and folders that others may read, write or enter, with their permissions."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
    return {str(path.relative_to(folder)): oct(mode) for path, mode in modes.items() if mode & 0o077}


def use_everything(home: Path, assistant: Assistant) -> None:
    """Makes a home hold all that it can hold: an index, its caches, uploads, users, sessions and conversations."""
    settings = load_settings(home=home)
    uploads = UploadFolder(assistant, settings)
    uploads.add("eddy", [("zoo.txt", io.BytesIO(ZOO)), ("long.txt", io.BytesIO(b"One more cat sleeps. " * 300))])
    access = AccessControl(settings)
    access.users.add("eddy", "editor", PASSWORD)
    access.logout({"cookie": f"assistant_session={access.login('eddy', PASSWORD, '127.0.0.1')[1]}"})
    ConversationStore(home / "conversations").save("eddy", new_conversation().with_question("What do tickets cost?"))


@pytest.mark.folder
def test_a_home_is_its_owner_s_alone(tmp_path: Path) -> None:
    """Index, Chroma's files, caches, locks, uploads, sessions, users and conversations, while open and after."""
    home = tmp_path / "home"
    with Assistant.open(home) as assistant:
        use_everything(home, assistant)
        assert any((home / "chroma").glob("*/data_level0.bin"))
        assert {} == too_open(home)
    with Assistant.open(home) as assistant:
        assert assistant.search("tickets")
        assert {} == too_open(home)
    assert {} == too_open(home)


@pytest.mark.folder
def test_a_home_of_before_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    """With all that is in it; but of a folder with other things too only what is the assistant's."""
    home = tmp_path / "home"
    with Assistant.open(home) as assistant:
        use_everything(home, assistant)
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (home / "link.txt").symlink_to(tmp_path / "precious.txt")
    (home / "mine.txt").write_text("A file of the user's own.")
    (tmp_path / "precious.txt").write_text("Another.")
    with Assistant.open(home):
        assert {".": "0o755", "link.txt": "0o777", "mine.txt": "0o644"} == too_open(home)
    for name in ("mine.txt", "link.txt"):
        (home / name).unlink()
    with Assistant.open(home):
        assert {} == too_open(home)
    assert 0o644 == stat.S_IMODE((tmp_path / "precious.txt").stat().st_mode)


def test_an_export_keeps_the_user_s_umask(tmp_path: Path) -> None:
    """What is meant to be given away is not closed."""
    with Assistant.open(tmp_path / "home") as assistant:
        (tmp_path / "zoo.txt").write_bytes(ZOO)
        assistant.index(tmp_path / "zoo.txt")
        assistant.export(tmp_path / "index.zip")
    assert 0o644 == stat.S_IMODE((tmp_path / "index.zip").stat().st_mode)


@pytest.mark.folder
def test_leftovers_are_cleared_at_the_next_opening(tmp_path: Path) -> None:
    """Drafts and files set aside, of this version and of earlier ones; nothing else."""
    home = tmp_path / "home"
    draft, former = f".{'0a' * 8}.part", f".{'0a' * 8}.former"
    kept = ["uploads/eddy/zoo.txt", "conversations/abc/x.json", ".mine.part", "mine.former", "uploads/eddy/.zoo.part"]
    leftovers = [draft, "session.0a0a0a0a", f"uploads/{draft}", f"uploads/{former}", f"conversations/abc/{draft}"]
    for name in (*kept, *leftovers):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(ZOO)
    prepare_home(home, is_shared=True)
    assert all((home / name).exists() for name in leftovers), "another process may be writing them"
    with Assistant.open(home):
        assert [] == [name for name in leftovers if (home / name).exists()]
        assert [] == [name for name in kept if not (home / name).exists()]


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from assistant.client import Assistant
from assistant.server.uploads import UploadFolder
from assistant.settings import load_settings
home = Path(sys.argv[2])
with Assistant.open(home) as assistant:
    uploads = UploadFolder(assistant, load_settings(home=home))
    uploads.add("eddy", [("zoo.txt", Path(sys.argv[3]))])
    if sys.argv[4] == "indexing":
        assistant.index = lambda *_, **__: os._exit(9)
    else:
        moves, replace = [], Path.replace
        def counted(self, target):
            moves.append(target)
            return os._exit(9) if len(moves) == int(sys.argv[4]) else replace(self, target)
        Path.replace = counted
    uploads.add("eddy", [("zoo.txt", Path(sys.argv[1], "README.md"))])
"""


@pytest.mark.folder
@pytest.mark.parametrize("moment", ["1", "2", "indexing"])
def test_an_upload_that_is_killed_leaves_the_file_of_before(tmp_path: Path, moment: str) -> None:
    """Killed before, between or after the moves: the file is the one that is indexed, and nothing else is left."""
    (tmp_path / "zoo.txt").write_bytes(ZOO)
    command = [sys.executable, "-c", KILLED, ROOT, str(tmp_path / "home"), str(tmp_path / "zoo.txt"), moment]
    assert 9 == subprocess.run(command, check=False, capture_output=True).returncode
    with Assistant.open(tmp_path / "home") as assistant:
        files = [path for path in (tmp_path / "home" / "uploads").rglob("*") if path.is_file()]
        assert ["zoo.txt"] == [path.name for path in files]
        assert ZOO == files[0].read_bytes()
        assert (str(files[0]),) == assistant.index(files[0]).unchanged


def test_closing_a_large_home_is_quick(tmp_path: Path) -> None:
    """Each opening looks at every file: at 5,000 conversations that is no matter."""
    folder = tmp_path / "home" / "conversations" / "everybody"
    folder.mkdir(parents=True)
    for number in range(5_000):
        (folder / f"{number}.json").touch()
    prepare_home(tmp_path / "home")
    begun = time.perf_counter()
    prepare_home(tmp_path / "home")
    assert time.perf_counter() - begun < 1
