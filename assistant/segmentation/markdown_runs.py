"""What stands out inside the blocks of Markdown: struck out words, links, raised and lowered characters, notes.

The text stays as it is, marks too; runs lie over the words between the marks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.nlp.struck import CODE_SPAN, STRUCK_SPAN
from assistant.structure import Block, Run, RunKind

_MIN_CONTENTS_ITEMS = 3  # links into the document itself, one below the other
_MAX_TARGET_CHARS = 500
_MARKED = re.compile(
    f"{CODE_SPAN}|{STRUCK_SPAN}"
    r"|(?P<sup><sup>)(?P<raised>[^<]{1,200})</sup>"
    r"|(?P<sub><sub>)(?P<lowered>[^<]{1,200})</sub>"
    r"|(?P<link>(?<!!)\[(?P<words>[^\[\]]{1,500})\]\((?P<target>[^\s()]{1,2000})(?:\s[^()]{0,300})?\))"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]{1,2000})>"
    r"|\[\^(?P<note>[^\]\s]{1,50})\](?!:)"
)
_RUN_KINDS: dict[str, RunKind] = {
    "struck": "struck", "deleted": "struck", "comment": "struck", "hidden": "struck", "raised": "raised",
    "lowered": "lowered", "words": "link", "address": "link",
}  # fmt: skip
_WITH_TAGS = ("deleted", "comment", "hidden")  # whose runs lie over their tags too, since these are letters


def mark_runs(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with what stands out in them; lists of links into the document have the role of its contents.

    Args:
        text: the canonical text, Markdown.
        blocks: over it, in order.
    """
    anchors: dict[str, int] = {}  # by the mark of the note that is referred to
    marked = [block if block.kind == "code" else _with_runs(text, block, anchors) for block in blocks]
    anchored = [
        replace(block, anchor=anchors.get(block.mark)) if block.kind == "note" and block.mark in anchors else block
        for block in marked
    ]
    return tuple(_mark_contents(text, anchored))


def _with_runs(text: str, block: Block, anchors: dict[str, int]) -> Block:
    runs: list[Run] = []
    for match in _MARKED.finditer(text, block.start, block.end):
        if match["note"]:
            anchors.setdefault(match["note"], match.start())
            continue
        group = next((name for name in _RUN_KINDS if match[name] is not None), None)
        if group:
            target = (match["target"] or match["address"] or "")[:_MAX_TARGET_CHARS]
            start, end = match.span(0 if group in _WITH_TAGS else group)
            runs.append(Run(start, end, _RUN_KINDS[group], target))
    return replace(block, runs=tuple(runs)) if runs else block


def _mark_contents(text: str, blocks: Sequence[Block]) -> Iterable[Block]:
    """The blocks; items one below the other that are links to headings of the document are its contents."""
    for leads_inside, group in groupby(blocks, lambda block: _leads_inside(text, block)):
        items = list(group)
        if leads_inside and len(items) >= _MIN_CONTENTS_ITEMS:
            yield from (replace(block, role="contents") for block in items)
        else:
            yield from items


def _leads_inside(text: str, block: Block) -> bool:
    """Whether a block is a list item that holds but a link to a heading of the same document."""
    if block.kind != "item" or len(block.runs) != 1 or not block.runs[0].target.startswith("#"):
        return False
    run = block.runs[0]
    around = text[block.start : run.start - 1] + text[run.end + len(run.target) + 3 : block.end]
    return not any(map(str.isalpha, around))
