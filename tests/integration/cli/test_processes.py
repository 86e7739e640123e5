import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main as cli
from assistant.client import Assistant

HARBOUR = """The harbour of Norrvik

The harbour of Norrvik was opened in 1912. In 2023 it handled 4,811 ships. Its master is Ingrid Solheim.
The ice closes it for three weeks in an ordinary winter.
"""
HOSTILE = "[red]x[\\red]\x1b[2J.txt"
ESCAPES = ("\x1b[2J", "\x9b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two documents, one with a name that means harm."""
    documents = tmp_path_factory.mktemp("documents")
    (documents / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (documents / HOSTILE).write_text(
        "The lighthouse keeper counted \x1b[2J 77 seals on the skerry.\n", encoding="utf-8"
    )
    return documents


@pytest.fixture(scope="module")
def home(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of that folder, made by a process of its own."""
    home_folder = tmp_path_factory.mktemp("home")
    done = assistant("index", folder, "--home", home_folder)
    assert (0, "added 2, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n") == (
        done.returncode,
        done.stdout,
    )
    return home_folder


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_"))]:
        monkeypatch.delenv(name)


def command(*arguments: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "assistant", *map(str, arguments)]


def assistant(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What a process of its own did."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False, timeout=120)


def test_ask_in_a_pipe_is_plain_text_with_the_whole_quote(home: Path) -> None:
    """The answer cites the sentence that holds the figure, on a line of its own, without colours."""
    done = assistant("ask", "How many ships did the harbour handle?", "--home", home)
    assert 0 == done.returncode, done.stderr
    assert "    “In 2023 it handled 4,811 ships.”\n" in done.stdout
    assert "[1] " in done.stdout
    assert "\x1b" not in done.stdout
    assert "" == done.stderr


def test_the_offsets_of_the_record_address_the_file(
    home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The record of --json carries spans that hold in the file as it lies on the disk."""
    assert 0 == cli.main(["ask", "Who is the master of the harbour?", "--json", "--home", str(home)])
    (citation, *_) = json.loads(capsys.readouterr().out)["citations"]
    assert "Its master is Ingrid Solheim." == citation["quote"]
    assert citation["quote"] == HARBOUR[citation["start"] : citation["end"]]
    assert str(folder / "harbour.txt") == citation["source"]


def test_a_refusal_is_exit_0(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the documents don't hold is said on stdout, without citations."""
    assert 0 == cli.main(["ask", "Who won the football cup in 1974?", "--json", "--home", str(home)])
    record = json.loads(capsys.readouterr().out)
    assert (True, []) == (record["refused"], record["citations"])


def test_explain_shows_the_ranked_sentences_and_the_times(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that --explain promises comes from the real pipeline."""
    assert 0 == cli.main(["ask", "When was the harbour opened?", "--explain", "--home", str(home)])
    out = capsys.readouterr().out
    for part in ("Retrieved", "1. ", "The harbour of Norrvik was opened in 1912.", "quotes mode", "Times "):
        assert part in out


def test_search_ranks_and_narrows(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The best sentence comes first; -k, --document, --kind and --since leave out what they should."""
    base = ["search", "seals on the skerry", "--json", "--home", str(home)]

    def search(*options: str) -> Any:
        assert 0 == cli.main([*base, *options])
        return json.loads(capsys.readouterr().out)

    (best, *_) = search()
    assert "77 seals" in best["quote"]
    assert 1 == len(search("-k", "1"))
    assert {best["document_id"]} == {hit["document_id"] for hit in search("--document", best["document_id"])}
    assert [] == search("--kind", "pdf")
    assert [] == search("--until", "1990-01-01")


def test_documents_are_listed_shown_and_removed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One document is shown whole and then removed; the other stays, and so does the file."""
    home = ["--home", str(tmp_path)]
    assert 0 == cli.main(["index", str(folder), *home])
    capsys.readouterr()
    cli.main(["documents", "--json", *home])
    listed = {Path(summary["source"]).name: summary for summary in json.loads(capsys.readouterr().out)}
    assert {"harbour.txt", HOSTILE} == set(listed)
    cli.main(["documents", "show", listed["harbour.txt"]["id"], "--json", *home])
    assert HARBOUR == json.loads(capsys.readouterr().out)["text"]
    assert 0 == cli.main(["documents", "remove", listed["harbour.txt"]["id"], *home])
    capsys.readouterr()
    cli.main(["documents", *home])
    (line,) = capsys.readouterr().out.splitlines()
    assert listed[HOSTILE]["id"] == line.split("\t")[0]
    assert (folder / "harbour.txt").exists()
    assert 1 == cli.main(["documents", "remove", "nothing", *home])
    assert "nothing" in capsys.readouterr().err


def test_names_and_texts_that_mean_harm_are_harmless(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name and a sentence with escape sequences are spelt out wherever they are shown."""
    for arguments in (["documents"], ["search", "seals"], ["ask", "How many seals were counted?"]):
        assert 0 == cli.main([*arguments, "--home", str(home)])
        out, err = capsys.readouterr()
        assert "\\x1b[2J" in out
        assert [] == [escape for escape in ESCAPES if escape in out + err]


def test_what_fails_is_named_and_the_rest_goes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken file is one line on stderr and exit 1; a path that isn't there changes nothing."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/good.txt").write_text("Eels live in the pond.", encoding="utf-8")
    (tmp_path / "in/broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    home = ["--home", str(tmp_path / "home")]
    assert 1 == cli.main(["index", str(tmp_path / "in"), *home])
    out, err = capsys.readouterr()
    assert out.endswith("added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 1\n")
    assert 1 == sum("broken.pdf: " in line for line in err.splitlines())
    assert 1 == cli.main(["index", str(tmp_path / "elsewhere"), *home])
    assert "elsewhere" in capsys.readouterr().err
    cli.main(["documents", *home])
    assert 1 == len(capsys.readouterr().out.splitlines())


def test_what_is_skipped_is_named_with_its_reason(tmp_path: Path) -> None:
    """A file of no kind that is read is a line on stderr, and no error; --json names it too, and the counts stay."""
    (tmp_path / "eels.txt").write_text("Eels live in the pond.", encoding="utf-8")
    (tmp_path / "pond.blend").write_bytes(b"BLENDER")
    done = assistant("index", tmp_path / "pond.blend", tmp_path / "eels.txt", "--home", tmp_path / "home")
    assert 0 == done.returncode
    assert "added 1, changed 0, removed 0, unchanged 0, skipped 1, failed 0\n" == done.stdout
    (line,) = [line for line in done.stderr.splitlines() if "pond.blend" in line]
    assert line.endswith("pond.blend: no supported kind: '.blend'")
    done = assistant("index", tmp_path / "pond.blend", "--json", "--home", tmp_path / "home")
    (skipped,) = json.loads(done.stdout)["skipped"]
    assert "no supported kind: '.blend'" == skipped["reason"]
    assert f"{skipped['source']}: {skipped['reason']}" in done.stderr


def test_many_skipped_files_are_few_lines(tmp_path: Path) -> None:
    """Of each reason ten files are named, and the others are counted."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(25):
        (folder / f"{number:02}.blend").write_bytes(b"BLENDER")
    (folder / ".hidden.txt").write_text("Nobody reads this.", encoding="utf-8")
    done = assistant("index", folder, "--home", tmp_path / "home")
    assert done.stdout.endswith("skipped 26, failed 0\n")
    lines = [line for line in done.stderr.splitlines() if ".blend" in line]
    assert 11 == len(lines)
    assert lines[0].endswith("00.blend: no supported kind: '.blend'")
    assert "and 15 more: no supported kind: '.blend'" == lines[-1]
    assert 1 == sum(line.endswith(".hidden.txt: hidden") for line in done.stderr.splitlines())


def test_indexing_again_changes_nothing_and_rebuild_starts_anew(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The counts tell what was done; --rebuild forgets everything else, and nothing if a path is wrong."""
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("Eels live in the pond.", encoding="utf-8")
    home = ["--json", "--home", str(tmp_path / "home")]

    def counts(*arguments: object) -> tuple[int, int]:
        assert 0 == cli.main(["index", *map(str, arguments), *home])
        report = json.loads(capsys.readouterr().out)
        return len(report["added"]), len(report["unchanged"])

    assert (1, 0) == counts(elsewhere)
    assert (2, 0) == counts(folder)
    assert (0, 2) == counts(folder)
    assert 1 == cli.main(["index", "--rebuild", str(folder), str(tmp_path / "wrong"), *home])
    assert "wrong" in capsys.readouterr().err
    assert (0, 2) == counts(folder)
    assert (3, 0) == counts("--rebuild", folder)
    cli.main(["documents", *home])
    assert 3 == len(json.loads(capsys.readouterr().out))


def test_a_second_process_is_told_who_holds_the_index(folder: Path, tmp_path: Path) -> None:
    """While one process holds the index another gets one sentence at once, and exit 1."""
    with Assistant.open(tmp_path) as holder:
        holder.index([folder])
        done = assistant("documents", "--home", tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert str(os.getpid()) in done.stderr
    assert 1 == len(done.stderr.splitlines())


@pytest.mark.parametrize(("options", "mode"), [(["--mode", "llm"], "quotes"), ([], "llm")])
def test_the_llm_mode_without_a_model(
    options: list[str],
    mode: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By option or environment, the mode that lacks its model is a clear error."""
    monkeypatch.setenv("ASSISTANT_MODE", mode)
    assert 1 == cli.main(["ask", "x", "--home", str(home), *options])
    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith("Error: llm mode needs a model")


@pytest.mark.slow
def test_the_sample_answers_until_there_are_documents(folder: Path, tmp_path: Path) -> None:
    """With nothing indexed the bundled corpus answers, kept apart, and stderr says so; afterwards never."""
    home = tmp_path / "home"
    question = ["ask", "How many people were arrested in Operation Liberterra II?", "--json", "--home", home]
    first = assistant(*question)
    assert 0 == first.returncode, first.stderr
    assert "2,517" in json.loads(first.stdout)["answer"]
    assert 1 == len([line for line in first.stderr.splitlines() if "sample" in line])
    assert "" == assistant("documents", "--home", home).stdout
    assert 0 == assistant("index", folder, "--home", home).returncode
    after = assistant(*question)
    assert (0, "") == (after.returncode, after.stderr)
    assert {str(folder)} >= {str(Path(citation["source"]).parent) for citation in json.loads(after.stdout)["citations"]}


def test_on_a_terminal_the_answer_is_coloured_and_still_harmless(home: Path) -> None:
    """Through a pseudo-terminal: Rich's colours, and no escape sequence of a document."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    arguments = command("ask", "How many seals were counted?", "--home", home)
    with subprocess.Popen(arguments, stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        os.close(theirs)
        output = b""
        while chunk := _read(ours):
            output += chunk
    os.close(ours)
    assert 0 == process.returncode
    assert b"\x1b[36m[1]" in output
    assert b"\\x1b[2J" in output
    assert b"\x1b[2J" not in output


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end of a pseudo-terminal was closed
        return b""


def test_a_reader_that_goes_away_gets_no_complaint(home: Path) -> None:
    """A closed pipe ends the program quietly."""
    with subprocess.Popen(
        command("documents", "--home", home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "" == process.stderr.read()


def test_a_full_disk_is_an_error_in_words() -> None:
    """Output that cannot be written is exit 1 and one sentence."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("--version"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert 1 == done.returncode
    assert 1 == len(done.stderr.splitlines())
    assert "No space left" in done.stderr


def test_ctrl_c_exits_with_130_and_one_line(tmp_path: Path) -> None:
    """Interrupted while it reads its question, the program leaves without a traceback."""
    with subprocess.Popen(
        command("ask", "-", "--home", tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"x" * 300_000)  # more than a pipe holds: when this returns, it is reading
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()  # wakes a read that had begun between two looks at the signal
        process.wait(60)
        assert (130, b"Interrupted.\n") == (process.returncode, process.stderr.read())
