import io
import logging
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli import output
from assistant.rendering import terminal
from assistant.rendering.skipped import skipped_lines
from assistant.types import Answer, Citation, Document, Hit, IndexReport, Sentence, Skipped, Statement

HOSTILE = "[red]x[/red]\x1b[2J\x9b1m\u202egpj"
HARMLESS = "[red]x[/red]\\x1b[2J\\x9b1m\\u202egpj"
DOCUMENT = Document(id="d1", title=HOSTILE, source="/elsewhere/a.txt", text="It was 2,517.", kind="txt")
SENTENCE = Sentence(document_id="d1", number=0, start=0, end=13, text="It was 2,517.")
CITATION = Citation(1, "d1", "Report", "/elsewhere/a.txt", 3, 12, 0, 13, "It was 2,517.", "ab")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        """A terminal it is."""
        return True


def an_answer(**changes: Any) -> Answer:
    statement = Statement("It was 2,517. [1]", "supported", "said so", (CITATION,))
    fields: dict[str, Any] = {
        "question": "How many?",
        "asked": "How many?",
        "text": "It was 2,517. [1]",
        "refused": False,
        "reason": None,
        "score": 0.9,
        "mode": "quotes",
        "model": "m",
        "statements": (statement,),
        "citations": (CITATION,),
        "seconds": {"total": 0.03},
    }
    return Answer(**(fields | changes))


def joined(lines: Iterable[terminal.StyledLine]) -> str:
    return "\n".join(map(str, lines))


@given(st.text(st.characters()))
def test_no_text_can_act_on_a_terminal(text: str) -> None:
    """Whatever a document holds, one line without controls comes out, and it can be encoded."""
    line = terminal.sanitize(text)
    assert [] == [char for char in line if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert line == line.encode().decode()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    """Text without control characters is left alone."""
    assert text == terminal.sanitize(text)


def test_controls_are_spelt_out_and_line_ends_become_spaces() -> None:
    """A reader sees that a control was there; a quote over two lines stays one line."""
    assert "a\\x1b[31mb c d" == terminal.sanitize("a\x1b[31mb\r\nc\td")


def test_an_answer_in_a_pipe_is_plain_text_with_quote_place_verdict_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The quote stands whole on a line of its own, under its number, title, place and verdict."""
    terminal.print_lines(output.answer_lines(an_answer()))
    expected = (
        "It was 2,517. [1]\n\n[1] Report, page 3, sentence 13 · supported\n    “It was 2,517.”\n    /elsewhere/a.txt\n"
    )
    assert expected == capsys.readouterr().out


def test_the_answers_words_are_bold() -> None:
    """Where the citation says where they stand they are marked in the quote; the line's text is the same."""
    start = CITATION.start + CITATION.quote.index("2,517")
    marked = replace(CITATION, answer_span=(start, start + 5))
    lines = output.answer_lines(an_answer(citations=(marked,)))
    (quoted,) = (line for line in lines if str(line).startswith("    “"))
    assert (("“It was ", ""), ("2,517", "bold"), (".”", "")) == quoted.spans


def test_the_worst_verdict_of_the_citing_statements_is_shown_with_its_reason() -> None:
    """A citation that carries one statement wholly and another in part is marked partial."""
    statements = (
        Statement("a", "supported", "all of it", (CITATION,)),
        Statement("b", "partial", "a clause is missing", (CITATION,)),
    )
    assert "· partial (a clause is missing)" in joined(output.answer_lines(an_answer(statements=statements)))


def test_a_citation_that_no_statement_uses_says_so() -> None:
    """A citation without a statement gets no verdict that nobody gave."""
    assert "· not used" in joined(output.answer_lines(an_answer(statements=())))


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("no figure", ["Not there.", "no figure"]), ("Not there.", ["Not there."]), (None, ["Not there."])],
)
def test_a_refusal_is_shown_with_its_reason_once(reason: str | None, expected: list[str]) -> None:
    """The reason follows the refusal, unless the refusal says it already."""
    answer = an_answer(text="Not there.", refused=True, reason=reason, statements=(), citations=())
    assert expected == [str(line) for line in output.answer_lines(answer)]


def test_a_hostile_title_is_harmless_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup is shown, not obeyed, and the only escape sequences are Rich's own colours."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal.print_lines(output.hit_lines([Hit(SENTENCE, DOCUMENT, 0.5)]))
    written = screen.getvalue()
    assert HARMLESS in written
    assert "\x1b[36m" in written
    assert "\x1b[2J" not in written
    assert "\x9b" not in written


def test_a_long_line_keeps_its_indent_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrapped parts stand under each other, and an empty line stays an empty line."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "20")
    terminal.print_lines(
        [terminal.styled_line("one two three four", indent=8), terminal.styled_line(), terminal.styled_line("end")]
    )
    lines = [line.rstrip() for line in screen.getvalue().split("\n")]
    assert ["        one two", "        three four", "", "end", ""] == lines


def test_a_hostile_title_is_harmless_in_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of documents escapes as well."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "200")
    output.print_documents([summary(HOSTILE)])
    assert HARMLESS in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()


def summary(title: str) -> Any:
    return SimpleNamespace(
        id="d1", title=title, kind="txt", date=date(2025, 1, 2), sentences=7, source="/x/a.txt", notes=()
    )


def test_documents_in_a_pipe_are_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a document and six fields a line, even when a title holds a tab and a line end."""
    output.print_documents([summary("A\tB\nC")])
    assert "d1\tA B C\ttxt\t2025-01-02\t7\t/x/a.txt\n" == capsys.readouterr().out


def test_hits_are_ranked_and_show_their_score_and_its_parts() -> None:
    """Rank, title, place and score on one line; under it quote, source and evidence."""
    hit = Hit(SENTENCE, DOCUMENT, 0.5)
    expected = [
        f"1. {HARMLESS}, sentence 1 · 0.500",
        "    “It was 2,517.”",
        "    /elsewhere/a.txt",
        "    dense 0.25",
    ]
    assert expected == [str(line) for line in output.hit_lines([hit], [{"dense": 0.25}])]


def test_no_hits_say_so() -> None:
    """An empty result is a sentence, not silence."""
    assert ["Nothing found."] == [str(line) for line in output.hit_lines([])]


def test_the_record_of_a_hit_addresses_its_document() -> None:
    """The names are those of a citation, and the span holds the quote."""
    record: Any = Hit(SENTENCE, DOCUMENT, 0.51234).to_dict()
    assert record["quote"] == DOCUMENT.text[record["start"] : record["end"]]
    assert DOCUMENT.sha256 == record["document_sha256"]
    assert {"score": 0.5123, "document_id": "d1", "page": None, "sentence": 0}.items() <= record.items()


def test_an_explanation_shows_hits_prompt_removed_statements_and_times() -> None:
    """Everything that --explain promises is there, after the answer itself."""
    removed = Statement("It was 9.", "unsupported", "9 is not in it", ())
    explained: Any = SimpleNamespace(
        answer=an_answer(removed=(removed,)),
        hits=(Hit(SENTENCE, DOCUMENT, 0.5),),
        prompt="Say:\nyes",
        dropped_markers=2,
        features=({"dense": 0.25},),
    )
    text = joined(output.explanation_lines(explained))
    assert text.startswith("It was 2,517. [1]\n")
    for part in (
        "\nRetrieved\n1. ",
        "    Say:\n    yes\n",
        "    It was 9. · 9 is not in it",
        "dense 0.25",
        "Times total 0.030 s",
    ):
        assert part in text
    record: Any = output.explanation_record(explained)
    assert "It was 2,517. [1]" == record["answer"]
    assert "Say:\nyes" == record["explained"]["prompt"]
    assert 2 == record["explained"]["dropped_marks"]
    assert "Marks that name no source, and were dropped: 2" in text
    assert ["It was 2,517."] == [hit["quote"] for hit in record["explained"]["retrieved"]]


def test_quotes_mode_says_that_it_has_no_prompt() -> None:
    """The explanation of an answer without a prompt says why there is none."""
    explained: Any = SimpleNamespace(answer=an_answer(), hits=(), prompt="", features=(), dropped_markers=0)
    assert "none: quotes mode asks no language model" in joined(output.explanation_lines(explained))


def test_a_shown_document_has_its_facts_and_its_text_line_by_line() -> None:
    """What is empty is left out; the text keeps its lines."""
    document = Document("d1", "T", "/x", "One.\nTwo.", "txt", date=date(2025, 1, 2), notes=("short",))
    expected = [
        "id: d1",
        "title: T",
        "source: /x",
        "kind: txt",
        "date: 2025-01-02",
        "notes: short",
        "",
        "One.",
        "Two.",
    ]
    assert expected == [str(line) for line in output.document_lines(document)]


def test_a_source_is_shortened_only_where_that_helps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A path under the working folder is relative; one far away and an address stay as they are."""
    monkeypatch.chdir(tmp_path)
    assert "a.txt" == terminal.display_path(str(tmp_path / "a.txt"))
    assert "/z" == terminal.display_path("/z")
    assert "https://example.org/a" == terminal.display_path("https://example.org/a")


def test_the_counts_of_a_report() -> None:
    """The last line names each outcome with its number."""
    report = IndexReport(added=("a", "b", "c"), failed=(Skipped("x", "y"),))
    assert "added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 1" == str(output.counts_line(report))


def test_the_lines_for_skipped_files_are_bounded() -> None:
    """Ten files of each reason are named; of thousands of reasons the last are only counted."""
    assert [] == skipped_lines([])
    assert ["a: hidden", "b: temporary", "c: hidden"] == sorted(
        skipped_lines([Skipped("a", "hidden"), Skipped("b", "temporary"), Skipped("c", "hidden")])
    )
    many = [Skipped(f"{number}", "hidden") for number in range(1_011)]
    assert ["9: hidden", "and 1,001 more: hidden"] == skipped_lines(many)[-2:]
    lines = skipped_lines(Skipped(f"{number}", f"the same file as {number}") for number in range(5_000))
    assert 31 == len(lines)
    assert "and 4,970 more, for other reasons" == lines[-1]


@pytest.mark.parametrize(("total", "expected"), [(3, 3), (20, 20), (5000, 20), (27, 20)])
def test_progress_in_a_pipe_is_a_handful_of_lines(
    total: int, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A small job tells each file, a large one every twentieth part; the last is always told."""
    with terminal.progress_bar() as tell:
        for done in range(1, total + 1):
            tell(done, total, f"{done}.txt")
    progress_lines = capsys.readouterr().err.splitlines()
    assert expected == len(progress_lines)
    assert f"{total}/{total} {total}.txt" == progress_lines[-1]


def test_progress_on_a_terminal_is_a_bar_with_a_harmless_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar shows how many of how many, and the file's name escaped."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm-256color")
    with terminal.progress_bar() as tell:
        tell(1, 2, HOSTILE)
    assert "1/2" in screen.getvalue()
    assert HARMLESS in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue().replace("\x1b[2K", "")


def test_findings_are_aligned_and_followed_by_advice() -> None:
    """A finding is state, name and text; what to do stands under it."""
    from assistant.cli.doctor import Finding

    lines = output.finding_lines([Finding("home", "ok", "there"), Finding("weights", "fail", "gone", "Reinstall.")])
    assert ["ok    home     there", "fail  weights  gone", " " * 15 + "Reinstall."] == [str(line) for line in lines]


def test_a_path_on_another_drive_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no relative path exists, the absolute one is shown."""

    def refuse(_path: str) -> str:
        raise ValueError

    monkeypatch.setattr("os.path.relpath", refuse)
    whole = str(Path("/a/b").absolute())
    assert whole == terminal.display_path(whole)


def test_a_log_line_is_harmless() -> None:
    """A warning that quotes a file's name cannot act on the terminal either."""
    record = logging.makeLogRecord({"msg": "skipped %s", "args": ("a\x1b[2J",), "levelname": "WARNING"})
    assert "skipped a\\x1b[2J" == terminal.PlainFormatter("%(message)s").format(record)
