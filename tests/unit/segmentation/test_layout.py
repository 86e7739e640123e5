"""The layout of texts: blocks with exact offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.segmentation.layout import parse_layout
from assistant.segmentation.segments import split_segments

MARKS = set("#>|-*+_=:.([•◦▪‣●–0123456789")
LINE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(
        [
            *(
                "# A title",
                "## B #",
                "- item",
                "* [x] done",
                "12. twelfth",
                "> quoted",
                "---",
                "===",
                "***",
                "",
            ),
            *(
                "| a | b |",
                "|---|---|",
                "| 1 | 2 |",
                "```",
                "```python",
                "<!-- no -->",
                "<br>",
                "Name: Foo",
                "Short",
            ),
        ]
    ),
)
UNMARKED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<`~)]"))


def blocks_of(text: str, *, markdown: bool = True) -> list[tuple[str, str, str]]:
    """The headings and segments of a text: kind, words, context."""
    blocks = tuple(parse_layout(text, markdown=markdown))
    pieces = [(block.start, block.end, "heading", "") for block in blocks if block.kind == "heading"]
    pieces += [(segment.start, segment.end, segment.kind, segment.context) for segment in split_segments(text, blocks)]
    return [(kind, text[start:end], context) for start, end, kind, context in sorted(pieces)]


@given(st.lists(LINE, max_size=12).map("\n".join), st.booleans())
def test_blocks_are_in_order_and_stripped(text: str, markdown: bool) -> None:
    """Blocks never overlap, are never empty and have no white space at either end."""
    position = 0
    for block in parse_layout(text, markdown=markdown):
        assert position <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        position = block.end


@given(st.lists(UNMARKED, max_size=8).map(lambda lines: "\n".join(["", *lines])), st.booleans())
def test_only_marks_are_outside_blocks(text: str, markdown: bool) -> None:
    """Every character but white space and marks of layout is in a block, in both kinds of text."""
    outside, position = "", 0
    for block in parse_layout(text, markdown=markdown):
        outside += text[position : block.start]
        position = block.end
    outside += text[position:]
    assert set() == set("".join(outside.split())) - MARKS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One #\ntext", [("heading", "One", ""), ("prose", "text", "One")]),
        ("# C#\ntext", [("heading", "C#", ""), ("prose", "text", "C#")]),
        ("#tag is text", [("prose", "#tag is text", "")]),
        ("Title\n===\na", [("heading", "Title", ""), ("prose", "a", "Title")]),
        ("It ended.\n---\na", [("prose", "It ended.", ""), ("prose", "a", "")]),
        ("a\n\n* * *\n\nb", [("prose", "a", ""), ("prose", "b", "")]),
        ("- one\n  more\n- [x] two", [("item", "one\n  more", ""), ("item", "[x] two", "")]),
        ("1. one\n2) two\n\n[^3]: three", [("item", "1. one", ""), ("item", "2) two", ""), ("prose", "three", "")]),
        ("> a quote\n> goes on", [("prose", "a quote\n> goes on", "")]),
        ("```py\nx = 1\n\ny\n```\nz", [("prose", "x = 1", ""), ("prose", "y", ""), ("prose", "z", "")]),
        ("a\n<!-- b\nc -->\nd", [("prose", "a", ""), ("prose", "d", "")]),
        ("<!-- never closed", [("prose", "<!-- never closed", "")]),
        ('<div align="x">\na\n</div>', [("prose", "a", "")]),
        ("[1]: https://a.example\na", [("prose", "a", "")]),
        ("---\ntitle: T\n---\na", [("prose", "a", "")]),
        ("---\nNo front matter here.\n---", [("prose", "No front matter here.", "")]),
        ("one line  \nand another", [("prose", "one line", ""), ("prose", "and another", "")]),
        ("Name: Foo\nDate: Bar", [("prose", "Name: Foo", ""), ("prose", "Date: Bar", "")]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_markdown(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Each construct of Markdown gives its blocks, without its marks."""
    assert expected == blocks_of(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\na\n```\n\n```js\nb\n```", ["a", "b"]),
        ("```\na\n```\n~~~\nb\n\nc\n~~~\n\n\n```\n```", ["a", "b\n\nc"]),
        ("```html\n<!-- a\nb -->\n<p>\n```\n<!-- c -->\nd", ["<!-- a\nb -->\n<p>"]),
        ("```\n<!--\n```\na\n<!-- b -->\nc", ["<!--"]),
        ("```\n>>> a\n> ```\nb\n```", [">>> a\n> ```\nb"]),
        ("> ```\n> a\n> b\n> ```\nc", ["a\n> b"]),
    ],
)
def test_what_a_fence_holds_is_one_block(text: str, code: list[str]) -> None:
    """Each fence has a block of its own, and in it stand comments and quote marks as they are."""
    blocks = list(parse_layout(text, markdown=True))
    assert code == [text[block.start : block.end] for block in blocks if block.kind == "code"]
    assert not any("`" in text[block.start : block.end] or "<" in text[block.start : block.end]
                   for block in blocks if block.kind != "code")  # fmt: skip


def test_headings_make_a_path() -> None:
    """A block's context is the path of headings above it; a heading ends those of its own level and below."""
    text = "# Results\n## Europe\na\n### Italy\nb\n## Africa\nc\n# End\nd"
    contexts = {content: context for kind, content, context in blocks_of(text) if kind == "prose"}
    expected = {"a": "Results > Europe", "b": "Results > Europe > Italy", "c": "Results > Africa", "d": "End"}
    assert expected == contexts


def test_table_rows_have_their_header_as_context() -> None:
    """Each row is a segment without its outer bars; the header is context and no row."""
    text = "# R\nBefore it.\n\n| Country | Arrests |\n|:---|---:|\n| Mali | 24 |\n| | |\nPeru | 3\nAfter it."
    assert [
        ("heading", "R", ""),
        ("prose", "Before it.", "R"),
        ("row", "Mali | 24", "R > Country | Arrests"),
        ("row", "Peru | 3", "R > Country | Arrests"),
        ("prose", "After it.", "R"),
    ] == blocks_of(text)


def test_bars_without_a_delimiter_are_text() -> None:
    """A bar in a sentence makes no table."""
    assert [("prose", "Read also | Something\nand more", "")] == blocks_of("Read also | Something\nand more")


def test_plain_lines_are_paragraphs() -> None:
    """Where each line of a plain text is a paragraph, lines are separate blocks, and short ones are headings."""
    sentence = "Interpol said that it had carried out its largest operation against human trafficking to this day. "
    text = f"{sentence * 2}\nOnline scam\n{sentence * 3}\nThe World Workshops\nDiscover\n{sentence * 2}\nInterpol, Lyon"
    assert [
        ("prose", ""),
        ("heading", ""),
        ("prose", "Online scam"),
        ("heading", ""),
        ("heading", ""),
        ("prose", "Discover"),
        ("prose", "Discover"),
    ] == [(kind, context) for kind, _, context in blocks_of(text, markdown=False)]


def test_hard_wrapped_lines_are_joined() -> None:
    """The lines of a plain text that is wrapped at some width are joined, paragraph by paragraph."""
    text = (
        "INTRODUCTION\n\nInterpol announced on Wednesday that it had carried out its largest\n"
        "operation against human trafficking. In Mali 24 women were found. The\n"
        "police of 116 countries took part in it during\n"
        "one week.\n\nA second paragraph that is also wrapped at the same width, as the\nfirst one was.\n"
    )
    kinds = [(kind, context, content.count("\n")) for kind, content, context in blocks_of(text, markdown=False)]
    assert [("heading", "", 0), ("prose", "INTRODUCTION", 3), ("prose", "INTRODUCTION", 1)] == kinds


@pytest.mark.parametrize(
    "line", ["2,517 arrests in one week", "Author: Jane Doe", "it ends here", "It ends.", "x" * 90]
)
def test_facts_in_short_lines_stay(line: str) -> None:
    """A short line with a figure, a label, an end mark or a small first letter is no heading."""
    assert ("prose", line, "") in blocks_of(f"{line}\n\nA paragraph follows.", markdown=False)


@pytest.mark.parametrize("line", ["Online scam", "PART 1: LIBERTERRA II", "2.1 Method", "Liberterra 2021", "END"])
def test_short_lines_above_a_paragraph_are_headings(line: str) -> None:
    """A short line by itself, numbered or not, is the heading of the paragraph below."""
    assert [("heading", line, ""), ("prose", "So it is.", line)] == blocks_of(f"{line}\n\nSo it is.", markdown=False)


def test_a_text_of_short_lines_only_is_not_all_headings() -> None:
    """Without a paragraph below them short lines are text."""
    assert ["prose"] * 3 == [kind for kind, _, _ in blocks_of("One thing\n\nAnother thing\n\nA third", markdown=False)]
    many = "\n\n".join(["Some thing"] * 6) + "\n\nA paragraph follows."
    assert {"prose"} == {kind for kind, _, _ in blocks_of(many, markdown=False)}


def test_a_wrapped_line_may_begin_like_a_list() -> None:
    """In wrapped text a line that happens to begin with a number and a full stop continues the paragraph."""
    text = (
        "The operation of the police went on for a week, and the arrests were\n"
        "12. Nobody knew of it before that day came and the press release was out."
    )
    assert [("prose", text, "")] == blocks_of(text, markdown=False)


REPEATED = [
    "word ",
    "|",
    "| ",
    "- ",
    "<a>",
    "<!--\n",
    "[",
    "`",
    "> ",
    " ",
    "a\n",
    "|-",
    "|a\n|-|\n",
    "# ",
    "=\n",
    "- a\n",
]


@pytest.mark.parametrize("piece", REPEATED)
@pytest.mark.parametrize("markdown", [True, False])
def test_time_is_linear(piece: str, markdown: bool) -> None:
    """Fifty thousand characters of one kind are parsed at once: a quadratic rule would hang here."""
    text = piece * (50_000 // len(piece)) + "x"
    assert len(text) >= sum(block.end - block.start for block in parse_layout(text, markdown=markdown))


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("- a\n  - b\n    - c\n- d\n", [0, 1, 2, 0]),
        ("- a\n    - b\n        - c\n    - d\n", [0, 1, 2, 1]),
        ("- a\n\t- b\n\t\t- c\n", [0, 1, 2]),
        ("1. a\n   - b\n\n   - c\n2. d\n", [0, 1, 1, 0]),
        ("- a\n  - b\n\nText.\n\n  - c\n", [0, 1, 0]),
    ],
)
def test_the_nesting_of_items_is_their_indentation(text: str, levels: list[int]) -> None:
    """However wide a list is indented, by spaces or tabs, an item inside another is one level deeper."""
    assert levels == [block.level for block in parse_layout(text, markdown=True) if block.kind == "item"]
