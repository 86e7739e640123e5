"""The structure of documents: cells of rows, and blocks stored and read back."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.composition import compose
from assistant.readers.elements import Element, Inline, TableCell, TableContent
from assistant.segmentation.layout import parse_layout
from assistant.structure import blocks_of_records, escape_cell, pack_blocks, split_cells, unpack_blocks

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\"), max_size=12)
ANY_TEXT = st.text(st.characters(), max_size=8)
INLINE = st.builds(
    Inline, ANY_TEXT, st.sampled_from(["plain", "raised", "lowered", "note_mark", "link", "struck"]), ANY_TEXT
)
TABLE_CELL = st.builds(TableCell, st.text(max_size=6), st.integers(-1, 3), st.integers(-1, 3), st.booleans())
TABLE = st.builds(
    TableContent, st.lists(st.lists(TABLE_CELL, max_size=4), max_size=5), st.none() | st.integers(0, 3),
    st.text(max_size=5), numbers=st.lists(st.integers(1, 99), max_size=5), letters=st.lists(CELL, max_size=4),
)  # fmt: skip
ELEMENT = st.builds(
    Element,
    st.sampled_from(["heading", "paragraph", "item", "note", "caption", "code", "field", "message", "table"]),
    st.lists(INLINE, max_size=5),
    st.sampled_from(["body", "contents", "navigation"]), st.integers(0, 8), st.sampled_from(["", "1.", "(a)", "•"]),
    st.sampled_from([None, True, False]), ANY_TEXT, CELL, TABLE,
)  # fmt: skip


@given(st.lists(CELL, min_size=1, max_size=5))
def test_cells_come_back_from_a_row(cells: list[str]) -> None:
    """The cells of a row are those that it was made of, bars inside them too."""
    row = f"| {' | '.join(map(escape_cell, cells))} |"
    assert [" ".join(cell.split()) for cell in cells] == split_cells(row)


@given(st.lists(ELEMENT, max_size=6))
def test_composed_blocks_are_in_bounds_and_come_back(elements: list[Element]) -> None:
    """Blocks, rows and runs lie within the text, in order and stripped; packed and unpacked they are the same."""
    composed = compose(elements)
    position = 0
    for block in composed.blocks:
        assert position <= block.start < block.end <= len(composed.text)
        assert composed.text[block.start : block.end].strip()
        position = block.end
        for run in block.runs:
            assert block.start <= run.start < run.end <= block.end
        if block.table is not None:
            for number, row in enumerate(block.table.rows):
                assert block.start <= row.start < row.end <= block.end
                assert len(block.table.columns) == len(block.table.cells(composed.text, number))
    packed = json.loads(json.dumps(pack_blocks(composed.blocks)))
    assert composed.blocks == unpack_blocks(packed, len(composed.text))
    records = json.loads(json.dumps([asdict(block) for block in composed.blocks]))
    assert composed.blocks == blocks_of_records(records)


@given(st.text(st.sampled_from("# |-\nab1.[]x`")), st.booleans())
def test_the_layout_of_a_text_comes_back(text: str, markdown: bool) -> None:
    """Blocks laid over a text come back packed and unpacked."""
    blocks = tuple(parse_layout(text, markdown=markdown))
    assert blocks == unpack_blocks(pack_blocks(blocks), len(text))


@pytest.mark.parametrize(
    "packed",
    [
        None, 7, [7], [[]], [["paragraph", 0]], [["paragraph", -1, 2]], [["paragraph", 0, 11]], [["poem", 0, 2]],
        [["paragraph", 0, "2"]], [["paragraph", 0, True]], [["item", 0, 2, {"level": "1"}]],
        [["item", 0, 2, {"role": "king"}]], [["item", 0, 2, {"unknown": 1}]],
        [["item", 0, 2, {"runs": [[0, 3, "link"]]}]],
        [["item", 0, 2, {"runs": [[0, 1, "bold"]]}]], [["table", 0, 5, {"table": {"columns": [["a"]]}}]],
        [["table", 0, 5, {"table": {"columns": [["a"]], "rows": [[0, 6]]}}]],
        [["table", 0, 5, {"table": {"columns": [[1]], "rows": []}}]],
        [["table", 0, 5, {"table": {"columns": [], "rows": [], "merged": [[1, 2]]}}]],
        [["table", 0, 5, {"table": []}]],
        [["paragraph", 0, 0]],
        [["note", 0, 2, {"anchor": -9}]],
        [["note", 0, 2, {"anchor": 11}]],
        [["item", 0, 2, {"level": -1}]],
        [["item", 0, 2, {"label": "\ud800"}]],
        [["table", 0, 5, {"table": {"columns": [], "rows": [], "header_rows": -1}}]],
        [["table", 0, 5, {"table": {"columns": [["\ud800"]], "rows": []}}]],
    ],
)  # fmt: skip
def test_what_is_no_structure_is_refused(packed: Any) -> None:
    """A value that anybody may have written is taken only where every part of it is valid."""
    with pytest.raises(ValueError, match="structure of a document"):
        unpack_blocks(packed, 10)


@given(st.lists(ELEMENT, max_size=6))
def test_all_of_it_can_be_stored(elements: list[Element]) -> None:
    """Whatever a file holds, also halves of characters, what is made of it can be written as UTF-8."""
    composed = compose(elements)
    json.dumps([composed.text, pack_blocks(composed.blocks)], ensure_ascii=False).encode()


def test_levels_and_labels_are_tidied() -> None:
    """A million levels are a few; a label and a mark are one line, without what nobody sees."""
    composed = compose([Element("item", "deep", level=1_000_000), Element("field", "4", label="a\n\n# b\x00")])
    assert "deep\n\na # b: 4" == composed.text.split("- ")[1]
