"""Sections that hold no statements of the document's own, by their headings: references, contents, indexes."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from assistant.nlp import lexicon
from assistant.structure import Block, Role

_NUMBERING = re.compile(r"^(?:[0-9]+(?:\.[0-9]+)*|[IVX]+|[A-Z])[.):]?\s+")
_MAX_HEADING_CHARS = 60


def mark_sections(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, those below a heading such as "References" or "Contents" with that role.

    A section ends at the next heading of its own level or above. Blocks that have a role already keep it; a heading
    that has one gives none, as what stands below it has been marked where the document was read.

    Args:
        text: the canonical text.
        blocks: over it, in order.
    """
    marked: list[Block] = []
    role: Role = "body"
    level = 0  # of the heading that gave the role
    for block in blocks:
        if block.kind == "heading" and (role == "body" or block.level <= level):
            role = role_of_heading(text[block.start : block.end]) if block.role == "body" else "body"
            level = block.level
        elif block.role == "body" != role:
            block = replace(block, role=role)  # noqa: PLW2901 — the same block, with its role
        marked.append(block)
    return tuple(marked)


def role_of_heading(heading: str) -> Role:
    """The role of what stands below a heading: "body" for all that aren't in the list, whatever their numbers."""
    if len(heading) > _MAX_HEADING_CHARS:
        return "body"
    words = _NUMBERING.sub("", " ".join(heading.strip("*_ ").split())).strip(" :.").casefold()
    return cast("Role", lexicon.mapping("section_headings").get(words, "body"))
