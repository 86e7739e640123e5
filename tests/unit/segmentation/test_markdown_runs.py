"""What stands out inside the blocks of Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.segmentation.layout import parse_layout
from assistant.segmentation.markdown_runs import mark_runs
from assistant.structure import Block


def blocks_of(text: str) -> tuple[Block, ...]:
    return mark_runs(text, parse_layout(text, markdown=True))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("It leaves at ~~18:30~~ 17:45.", [("18:30", "struck", "")]),
        (
            "- <del>Old rule.</del> New <s>x</s> one.",
            [("<del>Old rule.</del>", "struck", ""), ("<s>x</s>", "struck", "")],
        ),
        ("It is 9. <!-- Not 8. -->", [("<!-- Not 8. -->", "struck", "")]),
        ("A <span hidden>b</span> c.", [("<span hidden>b</span>", "struck", "")]),
        ("See [the site](https://a.example/b 'T').", [("the site", "link", "https://a.example/b")]),
        ("Mail <mailto:a@b.example> it.", [("mailto:a@b.example", "link", "mailto:a@b.example")]),
        ("CO<sub>2</sub> at 10<sup>6</sup>.", [("2", "lowered", ""), ("6", "raised", "")]),
        ("Write `~~x~~` and ``[a](b)`` so.", []),
        ("a ``x`y`` b ~~gone~~ and `~~not gone~~`", [("gone", "struck", "")]),
        ("a ```b ~~gone~~ and ``~~c ` d~~``", [("gone", "struck", "")]),
        ("![a picture](a.png) ~ 5 ~ 6", []),
        ("| A | B |\n|---|---|\n| ~~1~~ | 2 |", [("1", "struck", "")]),
        ("```\n~~x~~\n```", []),
    ],
)
def test_marks_become_runs(text: str, runs: list[tuple[str, str, str]]) -> None:
    """A run lies over the words between its marks, of struck and hidden ones over the tags too; code has none."""
    found = [run for block in blocks_of(text) for run in block.runs]
    assert runs == [(text[run.start : run.end], run.kind, run.target) for run in found]


def test_a_footnote_knows_where_it_is_referred_to() -> None:
    """The definition of a note is a note with its mark, anchored at the first reference to it."""
    text = "It is deep.[^a] Very.[^a]\n\n[^a]: As measured.\n[^b]: Never named.\n"
    notes = [block for block in blocks_of(text) if block.kind == "note"]
    assert [("As measured.", "a", text.index("[^a]")), ("Never named.", "b", None)] == [
        (text[note.start : note.end], note.mark, note.anchor) for note in notes
    ]


def test_a_list_of_links_to_headings_is_the_contents() -> None:
    """Links into the document, one below the other, say nothing of their own; other lists of links do."""
    inside = "- [One](#one)\n- [Two](#two)\n  - [Three](#three)\n"
    assert ["contents"] * 3 == [block.role for block in blocks_of(inside)]
    outside = inside.replace("#", "https://a.example/")
    for text in ("- [One](#one)\n- [Two](#two)\n", outside, inside.replace("- ", "- See ")):
        assert {"body"} == {block.role for block in blocks_of(text)}


PIECES = ["~~", "a", " ", "`", "[", "](#", ")", "<s>", "</s>", "[^a]", "\n", "- ", "|"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_runs_lie_inside_their_blocks(text: str) -> None:
    """Whatever the marks, runs are in order and never empty."""
    for block in blocks_of(text):
        position = block.start
        for run in block.runs:
            assert position <= run.start < run.end <= block.end
            position = run.end
