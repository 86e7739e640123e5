"""Files, cases and requests damaged at random, from fixed seeds: only our own errors come out, in bounded time."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import CasesError, ReadingError
from assistant.evaluation.cases import load_cases
from assistant.readers import KIND_BY_SUFFIX, ReaderPool, file_kind
from assistant.segmentation.chunks import split_chunks
from assistant.server.uploads import safe_file_name
from tests.support.assistant_server import RunningAssistant, serve_assistant
from tests.support.files import pdf_page, pdf_stream, raw_pdf, sample_files, zip_file
from tests.support.structure import check_structure

LIMIT = 1_000_000
PDFS = Path(__file__).parents[2] / "data" / "pdf"
SEEDS = sample_files() | {
    "plain.pdf": raw_pdf(pdf_page(pdf_stream(b"BT /F1 12 Tf 72 700 Td (Hello.) Tj 0 -14 Td [(And) -9 (here.)] TJ ET"))),
    "front.md": b"---\ntitle: A brief\ndate: 2024-11-06\ntags: [a, b]\n---\n\n# One\n\n- First.\n\n"
    b"| a | b |\n|---|---|\n| c | d |\n",
}
TOKENS = [
    *(b"\x00", b"\xff" * 4, b"\xef\xbb\xbf", b"\xff\xfe", b"9" * 30, b"-1", b"<", b">", b"&#x110000;", b"&#xd800;"),
    *(b"<!--", b"<![CDATA[", b"<table>", b"</p>", b"<svg>", b"<br>", b"]]>", b"endobj", b"endstream", b"3 0 R"),
    *(b"<<", b">>", b"/Filter /LZWDecode", b"/Filter /ASCII85Decode", b"/Encoding /Identity-H", b"BT", b"ET", b"1e999"),
    *(b"NaN", b"---\n", b"```\n", b"# ", b"|", b'"', b"\r", b"sep=\t\n", b"\xed\xa0\x80", b"\x1b[2J"),
    *("\u202e\u2028\x85".encode(), b"<<: *a", b"&a [*a]"),
]  # fmt: skip
QUICK = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LONG = settings(QUICK, max_examples=3_000)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """These bytes with up to four kinds of damage: flips, cuts, repeats, other seeds' pieces, words that mean much."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        how = draw(st.integers(0, 5))
        if how == 0:
            data = data[:start] + draw(st.binary(min_size=1, max_size=8)) + data[start + 1 :]
        elif how == 1:
            data = data[:start]
        elif how == 2:
            data = data[:start] + data[end:]
        elif how == 3:
            data = data[:end] + data[start:end] * draw(st.integers(1, 30)) + data[end:]
        elif how == 4:
            data = data[:start] + draw(st.sampled_from(TOKENS)) * draw(st.integers(1, 3)) + data[end:]
        else:
            other = draw(st.sampled_from(sorted(SEEDS)))
            offset = draw(st.integers(0, len(SEEDS[other])))
            data = data[:start] + SEEDS[other][offset : offset + draw(st.integers(1, 300))] + data[end:]
    return data


@st.composite
def damaged_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and its bytes, damaged; of an archive most often a member, so that it can still be unpacked."""
    name = draw(st.sampled_from(sorted(SEEDS)))
    data = SEEDS[name]
    if not data.startswith(b"PK") or draw(st.integers(0, 4)) == 0:
        return name, draw(damaged(data))
    with zipfile.ZipFile(io.BytesIO(data)) as sound:
        members = {member: sound.read(member) for member in sound.namelist() if not member.endswith((".jpeg", "/"))}
    damaged_member = draw(st.sampled_from(sorted(members)))
    if draw(st.integers(0, 9)) == 0:
        del members[damaged_member]
    else:
        members[damaged_member] = draw(damaged(members[damaged_member]))
    return name, zip_file({**members})


@pytest.fixture(scope="module")
def workers() -> Iterator[ReaderPool]:
    with ReaderPool(seconds=30, memory_mb=1024) as pool:
        yield pool


def read(workers: ReaderPool, name: str, data: bytes) -> None:
    """Asserts that a file gives a whole document, or a reason of one line that is not a crash."""
    try:
        read_file = workers.read(data, name, max_bytes=LIMIT)
    except ReadingError as error:
        reason = str(error)
        assert "\n" not in reason
        assert not reason.startswith(("reading it crashed", "takes longer", "needs more memory")), reason
        return
    document = read_file.document
    assert document.text.strip()
    assert (document.text + document.title).encode()
    assert list(document.pages) == sorted(document.pages)
    assert all(0 <= start <= len(document.text) for start in document.pages)
    sentences, _ = split_chunks(document, read_file.sentences)
    assert all(sentence.text == document.text[sentence.start : sentence.end] for sentence in sentences)
    assert all(before.end <= after.start for before, after in pairwise(sentences))
    check_structure(document, sentences)


@given(damaged_files())
@QUICK
def test_damaged_files(workers: ReaderPool, file: tuple[str, bytes]) -> None:
    """Whatever happened to a file, it gives a whole document or one line of reason."""
    read(workers, *file)


@pytest.mark.thorough
@given(damaged_files())
@LONG
def test_many_damaged_files(workers: ReaderPool, file: tuple[str, bytes]) -> None:
    """As above, for minutes."""
    read(workers, *file)


@cache
def pdf_seeds() -> list[bytes]:
    """PDFs of several producers: with a form, columns, tables and notes, packed and plain."""
    file = io.BytesIO()
    drawing = Canvas(file, pageCompression=0)
    for number in range(3):
        drawing.drawString(72, 700, f"Page {number} of a form, with a line of text and 1,234 of figures.")
        drawing.acroForm.textfield(name=f"f{number}", value="Henrike Baumgarten", x=72, y=600, width=200, height=20)
        drawing.acroForm.checkbox(name=f"c{number}", checked=True, x=72, y=560)
        drawing.grid([72, 172, 272], [400, 420, 440])
        drawing.showPage()
    drawing.save()
    drawn = [path.read_bytes() for path in sorted(PDFS.glob("*.pdf")) if path.stat().st_size < 200_000]
    return [file.getvalue(), SEEDS["plain.pdf"], SEEDS["report.pdf"], *drawn]


@given(st.data())
@settings(QUICK, max_examples=200)
def test_damaged_pdfs(workers: ReaderPool, data: st.DataObject) -> None:
    """Two hundred damaged PDFs: none ends the process that reads it, hangs, or fails without a reason."""
    read(workers, "a.pdf", data.draw(damaged(data.draw(st.sampled_from(pdf_seeds())))))


@pytest.mark.thorough
@given(st.data())
@LONG
def test_many_damaged_pdfs(workers: ReaderPool, data: st.DataObject) -> None:
    """As above, for minutes."""
    read(workers, "a.pdf", data.draw(damaged(data.draw(st.sampled_from(pdf_seeds())))))


@given(st.text(max_size=300) | st.builds("{}{}".format, st.text(max_size=200), st.sampled_from(sorted(KIND_BY_SUFFIX))))
@QUICK
@example("a/README")
@example(".README")
def test_names_of_uploads(name: str) -> None:
    """Any name becomes one that is a file's in its folder and nothing else, or is refused."""
    try:
        safe = safe_file_name(name)
    except ReadingError:
        return
    assert safe == Path(safe).name
    assert file_kind(safe) is not None
    assert not safe.startswith((".", "~"))
    assert not set('/\\<>:"|?*\0\n') & set(safe)
    assert len(safe.encode()) <= 150
    assert safe == safe_file_name(safe)


CASES = """\
- id: arrests
  question: How many arrests?
  answerable: true
  must_say: ["2,517"]
  must_cite:
    - {document: brief.md, quote: "A total of 2,517 arrests"}
  tags: [figures]
- {id: budget, question: "What did it cost?", history: [{role: user, content: "How many?"}], answerable: false}
"""
WORDS = st.sampled_from(
    ["- ", "id: ", "question: ", "answerable: ", "true", "history: ", "must_cite: ", "[", "]", "{", "}", ": ", ", ",
     "\n", "  ", "&a ", "*a", "<<: ", "? ", "!!python/object:os.system ", "!!binary ", "!!int ", "!!timestamp ", "'",
     '"', "|", ">", "%", "@", "\t", "a", "2024-13-45", "0x", "1e9", ".inf", "~", "---\n", "...\n", "#", "role: "]
)  # fmt: skip


@st.composite
def damaged_cases(draw: st.DrawFn) -> bytes:
    """A file of cases with words of YAML thrown in, or of nothing but such words."""
    text = CASES if draw(st.booleans()) else "- id: a\n  question: "
    for _ in range(draw(st.integers(1, 6))):
        offset = draw(st.integers(0, len(text)))
        words = "".join(draw(st.lists(WORDS | st.text(max_size=3), max_size=5)))
        text = text[:offset] + words + text[offset + draw(st.integers(0, 20)) :]
    return text.encode("utf-8", "surrogatepass")


def loaded(folder: Path, data: bytes) -> None:
    """Asserts that cases are read, or refused with our own error."""
    path = folder / "cases.yaml"
    path.write_bytes(data)
    try:
        assert load_cases([path])
    except CasesError as error:
        message = str(error)
    else:
        return
    assert str(path) in message or "no cases" in message


@given(data=damaged_cases())
@example(data=b"- id: !!int id\n  question: Who?\n  answerable: false")
@example(data=b"- {id: !!int '', question: Who?, answerable: false}")
@example(data=b"- {id: !!bool a, question: !!timestamp b, answerable: false}")
@example(data=b"- id: " + b"[" * 5_000)
@QUICK
def test_damaged_cases(tmp_path: Path, data: bytes) -> None:
    """A malformed file of cases is refused with its name, whatever YAML makes of it."""
    loaded(tmp_path, data)


@pytest.mark.thorough
@given(data=damaged_cases() | st.binary(max_size=200))
@LONG
def test_many_damaged_cases(tmp_path: Path, data: bytes) -> None:
    """As above, for minutes."""
    loaded(tmp_path, data)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "zoo.txt").write_text("The zoo opens at nine in the morning.")
    with serve_assistant(folder / "home", folder / "zoo.txt", requests_per_minute=0) as running:
        yield running


ASKED = "When does the zoo open?"
BODIES = {
    "/api/v1/ask": {"question": ASKED, "history": [{"role": "user", "content": "Hello"}], "mode": "quotes"},
    "/api/v1/search": {"text": "zoo", "k": 3},
    "/v1/chat/completions": {"model": "assistant", "messages": [{"role": "user", "content": ASKED}]},
    "/mcp": {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"text": "zoo"}},
    },
}
BROKEN = [
    b"[" * 20_000,
    b'{"question": ' * 5_000,
    b"9" * 5_000,
    b'{"question": "\\ud800"}',
    b"\xff\xfe",
    b"null",
    b"NaN",
]


@pytest.mark.thorough
@given(st.sampled_from(sorted(BODIES)), st.data())
@settings(LONG, max_examples=400)
def test_damaged_requests(served: RunningAssistant, path: str, data: st.DataObject) -> None:
    """A body that is broken below the level of its schema, where schemathesis stops, is no server's error."""
    body = data.draw(st.sampled_from(BROKEN) | damaged(json.dumps(BODIES[path]).encode()))
    answer = served.client.post(
        path,
        content=body,
        headers={"content-type": "application/json", "accept": "application/json, text/event-stream"},
    )
    assert answer.status_code < 500, answer.text
