"""What holds for the structure of every document, whatever kind of file it was read from."""

import json
from collections.abc import Sequence
from itertools import pairwise

from assistant.structure import pack_blocks, unpack_blocks
from assistant.types import Document, Sentence


def check_structure(document: Document, sentences: Sequence[Sentence]) -> None:
    """Asserts that blocks, rows, runs and anchors lie where they should, and that each sentence lies in one block."""
    text, blocks = document.text, document.blocks
    assert blocks or not sentences  # a text of marks alone has neither
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    assert all(0 <= block.start < block.end <= len(text) for block in blocks)
    assert all(text[block.start : block.end].strip() for block in blocks)
    for block in blocks:
        assert block.anchor is None or 0 <= block.anchor <= len(text)
        assert all(block.start <= run.start < run.end <= block.end for run in block.runs)
        if block.table is not None:
            assert all(block.start <= row.start < row.end <= block.end for row in block.table.rows)
            cells = [block.table.cells(text, number) for number in range(len(block.table.rows))]
            assert all(len(row) == len(block.table.columns) for row in cells)
    for sentence in sentences:
        assert sum(block.start <= sentence.start and sentence.end <= block.end for block in blocks) == 1
        assert sentence.text == text[sentence.start : sentence.end]
    packed = json.dumps(pack_blocks(blocks), ensure_ascii=False)
    packed.encode()  # it can be stored
    assert blocks == unpack_blocks(json.loads(packed), len(text))
