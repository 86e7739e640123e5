"""The command in a hostile environment, as a process: one true sentence, and the index is as it was."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from tests.support.socks_proxy import serve_socks_proxy
from tests.support.stub_model import serve_model_stub

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams and limits are those of POSIX")

COMMAND = [sys.executable, "-m", "assistant"]
QUESTION = "When does the office open?"
ANSWER = "The office opens at nine."
UNUSABLE_PROXY = "nonsense://user:secret@127.0.0.1:9"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents and an index of them."""
    root = tmp_path_factory.mktemp("sound")
    (root / "docs").mkdir()
    (root / "docs" / "office.txt").write_text(ANSWER)
    for number in range(12):
        text = " ".join(f"Ship {number} of port {port} carried {number + port} tonnes." for port in range(40))
        (root / "docs" / f"{number}.txt").write_text(text)
    assert 0 == run("index", root / "docs", "--home", root / "home").returncode
    return root


@pytest.fixture
def home(sound: Path, tmp_path: Path) -> Path:
    """A copy of the index."""
    return Path(shutil.copytree(sound / "home", tmp_path / "home"))


def run(
    *arguments: object,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], object] | None = None,
    redirections: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, perhaps with streams redirected by a shell."""
    line = [*COMMAND, *map(str, arguments)]
    if redirections:
        line = ["sh", "-c", f'exec "$@" {redirections}', "sh", *line]
    return subprocess.run(
        line,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **(environment or {})},
        preexec_fn=before,
    )


def only_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr, beside those that say how far a job is."""
    (line,) = [line for line in done.stderr.splitlines() if not line[0].isdigit()]
    return line


def check_nothing_lost(home: Path) -> None:
    """Asserts that the index opens and answers, with all documents."""
    assert ANSWER in run("ask", QUESTION, "--home", home).stdout
    assert 13 == len(run("documents", "--home", home).stdout.splitlines())


# Proxies


@pytest.fixture(params=["socks5://127.0.0.1:9", UNUSABLE_PROXY])
def proxy(request: pytest.FixtureRequest) -> dict[str, str]:
    """Proxies where nobody listens: one of a kind that can be used, and one that is none."""
    return dict.fromkeys(("ALL_PROXY", "all_proxy"), request.param) | dict.fromkeys(("NO_PROXY", "no_proxy"), "")


def test_serve_starts_with_any_proxy(home: Path, proxy: dict[str, str]) -> None:
    """The page needs no network, and neither do answers in quotes mode."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | proxy,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Open http://127.0.0.1:"), server.communicate()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
            assert 200 == client.get("/").status_code
    finally:
        server.terminate()
        server.communicate(timeout=60)


def test_doctor_and_quotes_need_no_proxy(home: Path, proxy: dict[str, str]) -> None:
    """Whatever the proxy is, nothing is wrong."""
    assert 0 == run("doctor", "--home", home, environment=proxy).returncode
    assert ANSWER in run("ask", QUESTION, "--home", home, environment=proxy).stdout


def test_a_model_behind_a_proxy_that_can_t_be_used(home: Path) -> None:
    """The sentence names the variable and no password; doctor makes its other checks too."""
    environment = {"ALL_PROXY": UNUSABLE_PROXY, "ASSISTANT_MODEL": "m", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    asked = run("ask", QUESTION, "--home", home, environment=environment)
    assert (1, "") == (asked.returncode, asked.stdout)
    assert only_sentence(asked).startswith("Error: ALL_PROXY in the environment names no proxy that can be used.")
    findings = json.loads(run("doctor", "--json", "--home", home, environment=environment).stdout)
    failed = {finding["name"]: finding["text"] for finding in findings if finding["state"] == "fail"}
    assert ["model"] == list(failed)
    assert "secret" not in asked.stderr + failed["model"]


def test_a_model_behind_a_socks_proxy(home: Path) -> None:
    """The proxy is asked for the endpoint, and what it passes on is the answer."""
    with serve_model_stub() as stub, serve_socks_proxy() as (address, destinations):
        stub.pieces = [f"{ANSWER} [1]"]
        done = run(
            "ask",
            QUESTION,
            "--home",
            home,
            environment={"ALL_PROXY": address, "ASSISTANT_MODEL": "m", "OPENAI_BASE_URL": stub.url},
        )
        assert ANSWER in done.stdout, done.stderr
        assert {"127.0.0.1"} == {host for host, _ in destinations}


# Streams


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        *(
            pytest.param(arguments, marks=pytest.mark.hostile)
            for arguments in (["ask", QUESTION], ["documents"], ["documents", "--json"])
        ),
    ],
)
@pytest.mark.parametrize(
    ("redirection", "reason"), [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")]
)
def test_an_output_that_can_t_be_written(
    sound: Path, arguments: list[str], redirection: str, reason: str, unbuffered: str
) -> None:
    """Closed or full, the sentence and the exit code say so, whether Python buffers or not."""
    if "--version" not in arguments:
        arguments = [*arguments, "--home", str(sound / "home")]
    done = run(*arguments, redirections=redirection, environment={"PYTHONUNBUFFERED": unbuffered})
    assert 1 == done.returncode
    assert f"Error: the output cannot be written: {reason}. Send it elsewhere." == only_sentence(done)


@pytest.mark.parametrize("redirections", ["2>/dev/full", pytest.param("<&- 2>&-", marks=pytest.mark.hostile)])
def test_notes_that_can_t_be_written_stop_no_work(sound: Path, tmp_path: Path, redirections: str) -> None:
    """Indexing says on stderr how far it is; where nobody takes that, it goes on, and the result is printed."""
    done = run("index", sound / "docs", "--home", tmp_path / "new", redirections=redirections)
    assert (0, "added 13, changed 0, removed 0, unchanged 0, skipped 0, failed 0\n") == (done.returncode, done.stdout)
    check_nothing_lost(tmp_path / "new")


def test_with_all_streams_closed_nothing_is_written_into_the_index(home: Path, sound: Path) -> None:
    """No database gets the number of a closed stream, into which a library might print."""
    (sound / "docs" / "office.txt").touch()
    run("index", sound / "docs", "--home", home, redirections="<&- >&- 2>&-")
    check_nothing_lost(home)


def test_a_closed_stdin_is_an_empty_question(home: Path) -> None:
    """It is wrong usage, and says how to do it."""
    done = run("ask", "-", "--home", home, redirections="<&-")
    assert 2 == done.returncode
    assert only_sentence(done).startswith("Error: The question is empty.")


def test_a_server_runs_on_when_nobody_takes_its_output(home: Path) -> None:
    """The address is told on stderr instead, and pages are served."""
    server = subprocess.Popen(
        ["sh", "-c", 'exec "$@" >/dev/full', "sh", *COMMAND, "serve", "--port", "0", "--home", str(home)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert server.stderr is not None
        address = server.stderr.readline().split()[1]
        assert 200 == httpx.get(f"{address}/api/v1/health", trust_env=False, timeout=60).status_code
    finally:
        server.terminate()
        server.communicate(timeout=60)


# Folders


@pytest.fixture
def gone(tmp_path: Path) -> Callable[[], None]:
    """Makes a working folder for a process that deletes it before it starts."""
    folder = tmp_path / "gone"

    def enter() -> None:
        folder.mkdir()
        os.chdir(folder)
        folder.rmdir()

    return enter


def test_without_a_working_folder_the_sentence_says_so(gone: Callable[[], None]) -> None:
    """It is neither the home nor the index that is wrong."""
    done = run("index", before=gone)
    assert 1 == done.returncode
    assert "the folder that this was started in is gone. Change to one that is there" in only_sentence(done)


def test_without_a_working_folder_what_needs_none_works(sound: Path, tmp_path: Path, gone: Callable[[], None]) -> None:
    """With absolute paths everything can be done."""
    done = run("index", sound / "docs", "--home", tmp_path / "new", before=gone)
    assert "added 13" in done.stdout, done.stderr
    assert ANSWER in run("ask", QUESTION, "--home", tmp_path / "new", before=gone).stdout


def test_doctor_without_a_working_folder(gone: Callable[[], None]) -> None:
    """That is one finding among the others."""
    findings = json.loads(run("doctor", "--json", before=gone).stdout)
    (home,) = [finding for finding in findings if finding["name"] == "home"]
    assert "fail" == home["state"]
    assert "is gone. Change to one that is there" in home["text"]
    assert len(findings) > 10


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a" * 300, "File name too long"),
        ("/".join(["a" * 100] * 6), "its path has"),
        ("/".join(["a" * 200] * 25), "File name too long"),
        (os.fsdecode(b"h\xff\xfe"), "its name isn't UTF-8"),
        ("dangling", "it is a link that leads nowhere"),
        ("file", "a file, or a link that leads nowhere, is in its place"),
    ],
)
@pytest.mark.parametrize("command", [["index"], ["index", "--rebuild"], ["documents"]])
@pytest.mark.hostile
def test_a_home_that_can_t_be(sound: Path, tmp_path: Path, command: list[str], name: str, reason: str) -> None:
    """The sentence says why, advises another folder and no rebuilding; nothing is made there."""
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").write_text("mine")
    before = sorted(tmp_path.iterdir())
    paths = [sound / "docs"] if command == ["index"] else []
    done = run(*command, *paths, "--home", tmp_path / name)
    assert (1, "") == (done.returncode, done.stdout)
    sentence = only_sentence(done)
    assert reason in sentence
    assert sentence.endswith("Choose another with --home or ASSISTANT_HOME.")
    assert before == sorted(tmp_path.iterdir())
    assert "mine" == (tmp_path / "file").read_text()


# Limits


@pytest.mark.parametrize("files", [8, 12, 16, 20, 24, 28])
@pytest.mark.parametrize("command", [["ask", QUESTION], ["index"], ["index", "--rebuild"]])
@pytest.mark.hostile
def test_too_few_files_may_be_open(home: Path, sound: Path, command: list[str], files: int) -> None:
    """That is no damage: no rebuilding is advised, and once more files may be open everything is there."""
    limit = (files, files)
    paths = [sound / "docs"] if command == ["index"] else []
    done = run(*command, *paths, "--home", home, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
    if done.returncode:
        last = done.stderr.splitlines()[-1]
        assert last.startswith("Error: "), done.stderr
        assert "too many files are open" in last.lower() or "is not known to be damaged" in last
        assert "remake" not in last
    check_nothing_lost(home)


def test_few_files_may_be_open(home: Path) -> None:
    """The fast one of the tests above."""
    done = run("ask", QUESTION, "--home", home, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)))
    assert "too many files are open (this process may have 16)" in only_sentence(done)
    assert "remake" not in done.stderr
    check_nothing_lost(home)


@pytest.mark.parametrize("megabytes", [200, 400])
@pytest.mark.hostile
def test_too_little_memory(home: Path, megabytes: int) -> None:
    """That is no damage either."""
    limit = (megabytes << 20, megabytes << 20)
    done = run("ask", QUESTION, "--home", home, before=lambda: resource.setrlimit(resource.RLIMIT_AS, limit))
    assert any(words in only_sentence(done) for words in ("not enough memory", "no more threads can be started"))
    assert "remake" not in done.stderr
    check_nothing_lost(home)


# Ctrl-C


@pytest.mark.parametrize("seconds", [0.3, 0.6, 1.0, 1.5, 2.0, 3.0])
@pytest.mark.hostile
def test_an_import_that_is_interrupted(sound: Path, tmp_path: Path, seconds: float) -> None:
    """One word and the exit code of Ctrl-C, whatever is being loaded or written; done again, it finishes."""
    archive, home = tmp_path / "archive.zip", tmp_path / "new"
    assert 0 == run("export", archive, "--home", sound / "home").returncode
    importing = subprocess.Popen(
        [*COMMAND, "import", str(archive), "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    importing.send_signal(signal.SIGINT)
    _, stderr = importing.communicate(timeout=60)
    assert importing.returncode in {0, 130, -signal.SIGINT}
    if importing.returncode == 130:
        assert "Interrupted." == [line for line in stderr.splitlines() if not line[0].isdigit()][-1]
        assert "Traceback" not in stderr
    assert 0 == run("import", archive, "--home", home).returncode
    check_nothing_lost(home)


@pytest.fixture
def _slow_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every process of a test sleep in the middle of importing NumPy, within the making of a class."""
    module = tmp_path / "slow" / "numpy"
    module.mkdir(parents=True)
    (module / "__init__.py").write_text(
        "import sys, time\n"
        "class Descriptor:\n"
        "    def __set_name__(self, owner, name):\n"
        "        print('loading', file=sys.stderr, flush=True)\n"
        "        time.sleep(60)\n"
        "class Owner:\n"
        "    attribute = Descriptor()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(module.parent))


@pytest.mark.usefixtures("_slow_import")
def test_ctrl_c_while_a_library_is_loaded(sound: Path) -> None:
    """Python makes a RuntimeError of a Ctrl-C in ``__set_name__``; it is no unforeseen error all the same."""
    asking = subprocess.Popen(
        [*COMMAND, "ask", QUESTION, "--home", str(sound / "home")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert asking.stderr is not None
    assert "loading\n" == asking.stderr.readline()
    asking.send_signal(signal.SIGINT)
    stdout, stderr = asking.communicate(timeout=60)
    assert (130, "", "Interrupted.\n") == (asking.returncode, stdout, stderr)
