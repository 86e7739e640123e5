"""Reading fidelity: bags of words are compared, what is left out on purpose counts apart, and each file is named."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import ReaderPool, ReadFile
from research.fidelity import __main__ as command
from research.fidelity import extraction as apart
from research.fidelity import measuring
from research.fidelity.comparison import best_comparison, compare
from research.fidelity.extraction import ExtractorError, Pieces
from research.fidelity.words import count_marks, count_words, figures

EELS = "Eels live in 12 ponds, and 48,210 were counted in 2023."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("48,210³ Books", "48,210 ³ books"),
        ("ﬁve «eels»", "FIVE eels"),
        ("CO₂", "co2"),
        ("co\u00adoperate", "cooperate"),
        ("| a | **b** |", "a b"),
        ("1.5 m", "1.5\tm"),
    ],
)
def test_words_that_only_look_different_are_the_same(one: str, other: str) -> None:
    """Case, ligatures, raised and lowered digits, soft hyphens and punctuation make no other word."""
    assert count_words(one) == count_words(other)


@pytest.mark.parametrize(("one", "other"), [("48,210³", "48,2103"), ("1.5", "15"), ("18 euros", "81 euros")])
def test_another_figure_is_another_word(one: str, other: str) -> None:
    """A raised mark that is glued to a figure, a lost point or swapped digits are seen."""
    assert figures(count_words(one)) != figures(count_words(other))


@given(st.text(max_size=80))
def test_a_text_is_faithful_to_itself(text: str) -> None:
    """Whatever the characters, nothing is lost or invented."""
    comparison = compare(text, Pieces([text]), is_plain=True)
    assert comparison.is_faithful
    assert (1.0, 0.0) == (comparison.words.kept, comparison.words.invented)


def test_what_is_lost_and_what_is_invented_are_shares() -> None:
    """One figure of three that is read wrongly is lost and invented; the samples name it."""
    comparison = compare(EELS.replace("48,210", "48,201"), Pieces([EELS]), is_plain=True)
    assert pytest.approx(2 / 3) == comparison.figures.kept
    assert pytest.approx(1 / 3) == comparison.figures.invented
    assert pytest.approx(10 / 11) == comparison.words.kept
    assert (("48,210", 1),) == comparison.lost
    assert (("48,201", 1),) == comparison.invented
    assert not comparison.is_faithful


def test_a_wrong_figure_among_many_words_is_no_faithful_reading() -> None:
    """Figures are held to the same shares by themselves, however many words are right."""
    words = "eels " * 1_000
    comparison = compare(f"{words} 81", Pieces([f"{words} 18"]), is_plain=True)
    assert comparison.words.is_faithful
    assert not comparison.is_faithful


def test_hidden_words_that_are_read_are_invented() -> None:
    """What a file hides or strikes out is counted apart, and a reader that shows it invents it."""
    theirs = Pieces(["Eels live here."], {apart.HIDDEN: ["Nobody sees this."], apart.STRUCK: ["Pikes too."]})
    left_out = compare("Eels live here.", theirs, is_plain=False)
    assert {apart.HIDDEN: 3, apart.STRUCK: 2} == left_out.apart
    assert left_out.is_faithful
    assert not compare("Eels live here. Nobody sees this.", theirs, is_plain=False).is_faithful


def test_what_may_be_written_either_way_is_counted_but_not_judged() -> None:
    """An address of a link may be kept or not; where it is, its words are counted apart and never silently."""
    theirs = Pieces(["Eels live here."], {apart.ADDRESSES: ["https://eels.example"]})
    assert {} == compare("Eels live here.", theirs, is_plain=False).apart
    kept = compare("Eels live here: https://eels.example", theirs, is_plain=False)
    assert {apart.ADDRESSES: 3} == kept.apart
    assert kept.is_faithful
    assert not compare("Eels live here: https://eels.example/eels/eels", theirs, is_plain=False).is_faithful


def test_list_numbers_and_note_marks_are_counted_apart() -> None:
    """Most formats compute them: they are no invention, but a figure in a sentence is."""
    text = "1. Eels\n(b) Pikes\n2.1 Roach ³\n\n³ Or carp."
    assert {"1": 1, "b": 1, "2.1": 1, "3": 2} == dict(count_marks(text))
    theirs = Pieces(["Eels\nPikes\nRoach\nOr carp."])
    assert compare(text, theirs, is_plain=False).is_faithful
    assert not compare(f"{text} There were 7.", theirs, is_plain=False).is_faithful
    assert not compare(text, theirs, is_plain=True).is_faithful


def test_the_boxes_of_tasks_are_no_words() -> None:
    """A ticked box is a mark of ours; the letter in a sentence is a word."""
    assert compare("- [x] Feed the eels", Pieces(["Feed the eels"]), is_plain=False).is_faithful
    assert not compare("- x Feed the eels", Pieces(["Feed the eels"]), is_plain=False).is_faithful


def test_the_nearest_of_several_versions_is_compared() -> None:
    """A mail says the same as text and as HTML: either may be read."""
    versions = [Pieces(["Eels live here."]), Pieces(["Eels and pikes live here."])]
    assert best_comparison("Eels and pikes live here.", versions, is_plain=False).is_faithful
    assert not best_comparison("Eels, pikes and carp.", versions, is_plain=False).is_faithful


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are read, can't be read, and are of no kind."""
    files = tmp_path / "files"
    (files / "deep").mkdir(parents=True)
    (files / "eels.txt").write_text(EELS, encoding="utf-8")
    (files / "deep/table.csv").write_text("Pond,Eels\nNorth,12\n", encoding="utf-8")
    (files / "broken.docx").write_bytes(b"no zip file")
    (files / "pond.blend").write_bytes(b"BLENDER")
    (files / "report.pdf").write_bytes(b"%PDF-1.7")
    return files


def test_every_file_is_compared_or_named_with_the_reason(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table counts what was read; what wasn't is named; the last line sums it up."""
    assert 0 == command.main([str(folder)])
    out = capsys.readouterr().out
    assert "| txt | 1 | 1 | 1 | 1 | 100.00% | 0.00% | 100.00% | 0.00% |" in out
    assert "| eels.txt | 11 | 100.00% | 0.00% | 3 | 100.00% | 0.00% | 100.00% |" in out
    assert "- broken.docx: not read: damaged" in out
    assert "- pond.blend: not read: no supported kind: '.blend'" in out
    assert "- report.pdf: not read: " in out
    assert out.endswith("files with ≥ 99% kept and ≤ 0.5% invented: 2 of 2 (100%)\n")


def test_a_reader_that_loses_words_is_an_exception(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file is listed with words that are lost or invented, and counts against the share."""
    read = ReaderPool.read

    def read_badly(pool: ReaderPool, data: bytes, name: str, *, max_bytes: int) -> ReadFile:
        return read(pool, data.replace(b"48,210 were", b"48,2103 was"), name, max_bytes=max_bytes)

    monkeypatch.setattr(ReaderPool, "read", read_badly)
    assert 0 == command.main([str(folder)])
    out = capsys.readouterr().out
    assert "- eels.txt: words kept / invented 81.82% / 18.18%, figures 66.67% / 33.33%" in out
    assert "    - lost: 48,210 ×1, were ×1" in out
    assert "    - invented: 48,2103 ×1, was ×1" in out
    assert "1 of 2 (50%)" in out


def test_a_file_with_words_that_is_refused_counts_against_the_share(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless it is encrypted, which nobody could read."""

    def refuse(*_: object, **__: object) -> object:
        raise ReadingError(reasons.pop(0))

    monkeypatch.setattr(ReaderPool, "read", refuse)
    reasons = ["damaged", "encrypted: it needs a password"]
    command.main([str(folder), "--kind", "txt", "--kind", "csv"])
    out = capsys.readouterr().out
    assert "table.csv: not read, though 4 words are in it: damaged" in out
    assert "eels.txt: not read: encrypted: it needs a password" in out
    assert out.endswith("0 of 1 (0%)\n")


def test_a_fault_of_an_extractor_costs_one_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What can't be compared is named with the reason, whether an extractor says it or breaks."""
    faults: list[Exception] = [KeyError("x"), ExtractorError("catdoc is not installed")]

    def fail(*_: object) -> list[Pieces]:
        raise faults.pop()

    monkeypatch.setattr(measuring, "extract", fail)
    command.main([str(folder), "--kind", "txt", "--kind", "csv"])
    out = capsys.readouterr().out
    assert "deep/table.csv: read, not compared: catdoc is not installed" in out
    assert "eels.txt: read, not compared: the extractor fails (KeyError: 'x')" in out
    assert out.endswith("0 of 0 (none)\n")


def test_one_kind_alone_and_as_json(folder: Path, tmp_path: Path) -> None:
    """--kind takes a reader's kind or a suffix; the file of --json holds the shares of each file."""
    report = tmp_path / "report.json"
    assert 0 == command.main([str(folder), "--kind", "csv", "--kind", "blend", "--json", str(report)])
    table, blend = json.loads(report.read_text(encoding="utf-8"))["files"]
    assert "deep/table.csv" == table["name"]
    assert {"ours": 4, "theirs": 4, "lost": 0, "surplus": 0} == table["comparison"]["words"]
    assert blend["reason"].startswith("no supported kind")
    assert 1 == command.main([str(folder), "--kind", "odt"])
