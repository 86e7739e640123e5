"""Which files under some paths are documents."""

import os
from pathlib import Path

import pytest

from assistant.errors import PathNotFoundError
from assistant.readers import Survey, file_source, survey


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = (tmp_path / "docs").resolve()
    for name in ("b.txt", "A.MD", "sub/c.html", "sub/deep/d.pdf", "sub2/e.csv"):
        create_file(root / name)
    return root


def create_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("text")
    return path


def names(result: Survey, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in result.files]


def reasons(result: Survey) -> dict[str, str]:
    return {Path(skipped.source).name: skipped.reason for skipped in result.skipped}


def test_a_folder_is_walked_in_sorted_order(folder: Path) -> None:
    """Files come in the order of their names, a folder's own before those of its subfolders."""
    result = survey([folder])
    assert names(result, folder) == ["A.MD", "b.txt", "sub/c.html", "sub/deep/d.pdf", "sub2/e.csv"]
    assert result.skipped == result.failed == ()


OCR = "no supported kind: '.png' is an image; its text would need OCR, which this program doesn't do yet"


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("SCAN.TIFF", "OCR"),
        ("plan.pages", "export it as Word or PDF"),
        ("talk.mp4", "give its subtitles"),
        ("old.wpd", "save it as .docx or .pdf"),
        ("all.7z", "unpack it"),
    ],
)
def test_a_well_known_kind_is_named_with_what_to_do(folder: Path, name: str, advice: str) -> None:
    """What can't be read has a reason of its own, by its ending in any case."""
    assert advice in reasons(survey([create_file(folder / name)]))[name]


def test_files_that_are_no_documents_are_skipped_with_reasons(folder: Path) -> None:
    """Hidden, temporary and unsupported files are counted, each with why."""
    for name in (
        ".hidden.txt",
        ".git/x.txt",
        "~$b.docx",
        "b.txt~",
        "x.pdf.part",
        "Thumbs.db",
        "p.png",
        "notes",
    ):
        create_file(folder / name)
    result = survey([folder])
    assert len(result.files) == 5
    assert reasons(result) == {
        ".git": "hidden",
        ".hidden.txt": "hidden",
        "~$b.docx": "temporary",
        "b.txt~": "temporary",
        "x.pdf.part": "temporary",
        "Thumbs.db": "temporary",
        "p.png": OCR,
        "notes": "no supported kind: 'notes'",
    }


def test_an_ignore_file_leaves_files_out_there_and_below(folder: Path) -> None:
    """Names and patterns count in their folder and below it, with "/" for folders only, not beside it."""
    (folder / "sub" / ".assistantignore").write_text("# comment\n\n*.html\ndeep/\nb.txt/\n")
    create_file(folder / "sub" / "b.txt")
    create_file(folder / "sub" / "low" / "f.html")
    create_file(folder / "g.html")
    result = survey([folder])
    assert names(result, folder) == ["A.MD", "b.txt", "g.html", "sub/b.txt", "sub2/e.csv"]
    assert reasons(result)["deep"] == reasons(result)["f.html"] == "left out by .assistantignore"


def test_a_path_named_outright_is_taken(folder: Path) -> None:
    """A hidden or ignored file that the user names is wanted; one of no supported kind is told why not."""
    (folder / ".assistantignore").write_text("b.txt\n")
    hidden = create_file(folder / ".notes.md")
    result = survey([hidden, folder / "b.txt", create_file(folder / "p.png")])
    assert result.files == (hidden, folder / "b.txt")
    assert reasons(result) == {"p.png": OCR}


def test_a_missing_path_is_an_error(folder: Path) -> None:
    """A path that does not exist stops the survey and is named."""
    with pytest.raises(PathNotFoundError, match=r"nowhere\.txt"):
        survey([folder, folder / "nowhere.txt"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * 300, "' cannot be looked at: File name too long"),
        ("/".join(["a" * 200] * 25), "' cannot be looked at: File name too long"),
        ("b.txt/c.txt", "There is no file or folder '"),
        ("a\0b.txt", "There is no file or folder '"),
        ("circle", "' cannot be looked at: Too many levels of symbolic links"),
    ],
)
def test_a_path_that_can_be_none_is_an_error(folder: Path, name: str, message: str) -> None:
    """A path that the system doesn't take is named, with the system's reason."""
    (folder / "circle").symlink_to("circle")
    with pytest.raises(PathNotFoundError) as error:
        survey([folder, folder / name])
    assert message in str(error.value)
    assert "nothing was changed" in str(error.value)


def test_links_make_no_circles_and_no_doubles(folder: Path, tmp_path: Path) -> None:
    """Links to folders are not followed, links to files in the folder are; a file reached twice is taken once."""
    outside = create_file(tmp_path / "outside" / "o.txt")
    inside = create_file(folder / "sub" / ".hidden" / "i.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "away").symlink_to(outside.parent)
    (folder / "linked.txt").symlink_to(inside)
    (folder / "same.txt").symlink_to(folder / "b.txt")
    (folder / "broken.txt").symlink_to(tmp_path / "nowhere")
    result = survey([folder, folder / "b.txt"])
    assert names(result, folder)[:3] == ["A.MD", "b.txt", "linked.txt"]
    assert len(result.files) == 6
    assert reasons(result) == {
        "loop": "a link to a folder: give that folder's own path",
        "away": "a link to a folder: give that folder's own path",
        "same.txt": f"the same file as {folder / 'b.txt'}",
        "broken.txt": "a link that leads nowhere",
        ".hidden": "hidden",
    }


@pytest.mark.parametrize("target", ["../outside/o.txt", "/proc/self/environ", "hop.txt", "sub/../../outside/o.txt"])
def test_a_link_to_a_file_outside_is_skipped_with_why(folder: Path, tmp_path: Path, target: str) -> None:
    """What lies outside is not what the user named: whoever may write there could have any file indexed."""
    create_file(tmp_path / "outside" / "o.txt")
    (folder / "hop.txt").symlink_to("../outside/o.txt")
    link = folder / "link.txt"
    link.symlink_to(target)
    result = survey([folder])
    assert "link.txt" not in names(result, folder)
    assert "a link out of the folder: give that file's own path" == reasons(result)["link.txt"]


def test_a_link_to_a_file_outside_is_taken_when_it_is_named(folder: Path, tmp_path: Path) -> None:
    """Who names a link means what it leads to; so it is if the file's own folder is named too."""
    outside = create_file(tmp_path / "outside" / "o.txt")
    (folder / "link.txt").symlink_to(outside)
    assert survey([folder / "link.txt"]).files == (folder / "link.txt",)
    assert outside in survey([folder, outside.parent]).files


def test_a_folder_given_by_a_link_has_the_sources_of_the_real_one(folder: Path, tmp_path: Path) -> None:
    """However a folder is reached, its files have one source, so that they are not indexed twice."""
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert survey([link]).files == survey([folder]).files
    assert file_source(link / "b.txt") == str(folder / "b.txt")


def test_relative_paths_are_made_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source does not depend on where the command was run."""
    monkeypatch.chdir(folder)
    assert survey([Path("b.txt"), Path("sub/../sub2")]).files == (folder / "b.txt", folder / "sub2/e.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_no_document(folder: Path) -> None:
    """What is no regular file is skipped, whatever its ending."""
    os.mkfifo(folder / "pipe.txt")
    assert reasons(survey([folder])) == {"pipe.txt": "no regular file"}


def test_a_folder_that_cannot_be_listed_is_failed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without permission is named, so that its files are not taken for gone."""
    scan = os.scandir  # replaced, since nothing is forbidden to a test that root runs

    def scandir(path: Path) -> object:
        if path.name == "sub":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = survey([folder])
    assert names(result, folder) == ["A.MD", "b.txt", "sub2/e.csv"]
    assert result.failed[0].source == str(folder / "sub")
    assert "Permission denied" in result.failed[0].reason
