"""The inbox of the page's uploads: who may take what, and that nothing else is ever deleted."""

import os
import time
from pathlib import Path

import pytest

from assistant.errors import AccessError
from assistant.server.ui.upload_inbox import UploadInbox


def waiting_file(inbox: UploadInbox, user: str = "eddy", name: str = "a.txt") -> Path:
    """A file that a user has sent."""
    path = inbox.new_folder() / "digest" / name
    path.parent.mkdir()
    path.write_text("a", encoding="utf-8")
    inbox.put(user, [str(path)])
    return path


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    """By who has sent it; then it is gone, with its folder."""
    inbox = UploadInbox(tmp_path / "inbox")
    path = waiting_file(inbox)
    with inbox.take("eddy", str(path)) as file:
        assert "a" == file.read_text(encoding="utf-8")
    assert [] == list((tmp_path / "inbox").iterdir())
    with pytest.raises(AccessError, match="not uploaded"), inbox.take("eddy", str(path)):
        raise AssertionError("taken twice")


def test_an_error_in_the_middle_deletes_the_copy_too(tmp_path: Path) -> None:
    """A file that can't be added waits for nobody."""
    inbox = UploadInbox(tmp_path / "inbox")
    path = waiting_file(inbox)
    with pytest.raises(ZeroDivisionError), inbox.take("eddy", str(path)):
        raise ZeroDivisionError
    assert not path.exists()


@pytest.mark.parametrize("user", ["edna", "", "EDDY"])
def test_nobody_else_takes_it(tmp_path: Path, user: str) -> None:
    """Another user gets nothing, and it waits on."""
    inbox = UploadInbox(tmp_path / "inbox")
    path = waiting_file(inbox)
    with pytest.raises(AccessError), inbox.take(user, str(path)):
        raise AssertionError("taken by another user")
    assert path.exists()


def test_only_the_very_path_counts(tmp_path: Path) -> None:
    """Neither another spelling of it, nor its folder, nor a file beside it, nor a link out of the inbox."""
    inbox = UploadInbox(tmp_path / "inbox")
    path = waiting_file(inbox)
    (path.parent / "beside.txt").write_text("b", encoding="utf-8")
    others = (
        f"{path} ",
        f"{path}/",
        f"{path.parent}/./a.txt",
        str(path.parent),
        str(path.parent / "beside.txt"),
        7,
        None,
    )
    assert [] == [other for other in others if inbox.holds("eddy", other)]
    secret = tmp_path / "secret.txt"
    secret.write_text("s", encoding="utf-8")
    path.unlink()
    path.symlink_to(secret)
    assert not inbox.holds("eddy", str(path))


def test_what_has_waited_for_a_day_is_deleted(tmp_path: Path) -> None:
    """By the next upload, also what an earlier process left; what waits in another process's turn stays."""
    inbox = UploadInbox(tmp_path / "inbox")
    old, new = waiting_file(inbox), waiting_file(inbox)
    yesterday = time.time() - 25 * 3600
    os.utime(old.parent.parent, (yesterday, yesterday))
    (tmp_path / "other.txt").write_text("o", encoding="utf-8")
    waiting_file(UploadInbox(tmp_path / "inbox"))
    assert [False, True, True] == [path.exists() for path in (old, new, tmp_path / "other.txt")]
    inbox.new_folder()
    assert not inbox.holds("eddy", str(old))
    assert inbox.holds("eddy", str(new))


def test_two_events_do_not_share_a_file(tmp_path: Path) -> None:
    """While one adds it, another is refused."""
    inbox = UploadInbox(tmp_path / "inbox")
    path = waiting_file(inbox)
    with inbox.take("eddy", str(path)), pytest.raises(AccessError), inbox.take("eddy", str(path)):
        raise AssertionError("taken twice")
