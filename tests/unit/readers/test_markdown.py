"""Markdown files: title, date and address."""

import datetime as dt
from collections import Counter

import pytest

from assistant.readers import read_bytes
from assistant.segmentation.sentences import split_sentences
from assistant.types import Document


def read(data: bytes, name: str) -> Document:
    return read_bytes(data, name, max_bytes=1_000_000)


def test_front_matter_gives_title_date_and_address() -> None:
    """Markdown's own metadata are used, and stay in the text that offsets address."""
    text = '---\ntitle: "The operation: results"\ndate: 2024-11-06\nurl: https://x.example/a\n---\n# Other\n'
    document = read(text.encode(), "op.md")
    assert (document.title, document.date, document.url) == (
        "The operation: results",
        dt.date(2024, 11, 6),
        "https://x.example/a",
    )
    assert document.text == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Results #\n\nText.", "Results"),
        ("Results\n=======\n\nText.", "Results"),
        ("---\ntitle: [broken\n---\n## Results\n", "Results"),
        ("---\ndate: 2024-13-45\n---\n## Results\n", "Results"),
        ("Only text.", "My notes"),
    ],
)
def test_markdown_titles(text: str, title: str) -> None:
    """The first heading is the title, whatever its form; a file without one is called by its name."""
    document = read(text.encode(), "my-notes.md")
    assert (document.title, document.date) == (title, None)


def test_open_tasks_stay_open_in_what_is_quoted() -> None:
    """The box of a task is part of its block and of its sentence, so that an open one is never quoted as done."""
    tasks = ("- [x] The lease is signed.", "- [ ] The keys are over. They fit.", "1. [ ] The meter is read.")
    text = "# Before the move\n\n" + "\n".join(tasks) + "\n"
    document = read_bytes(text.encode(), "a.md", max_bytes=1000)
    assert text == document.text
    assert [True, False, False] == [block.is_ticked for block in document.blocks if block.kind == "item"]
    assert ["[x] The lease is signed.", "[ ] The keys are over. They fit.", "1. [ ] The meter is read."] == [
        sentence.text for sentence in split_sentences(document)
    ]


def test_the_structure_of_markdown() -> None:
    """Notes, code, tables, contents, references and comments are what they are in a document."""
    text = """---
title: Wells
author: [Ann Lee, {name: Bob Ray}]
lang: en
date: 2024-03-05
---
- [Depth](#depth)
- [Code](#code)
- [References](#references)

## Depth
It is ~~20~~ 18 m.[^1] <!-- no -->
<!-- hidden
words -->

| Well | Depth |
|------|------:|
| A    | 18    |

```python
x = 1
# no heading
```

[^1]: As measured.

## References
1. Ray: Wells. 1990.
"""
    document = read_bytes(text.encode(), "a.md", max_bytes=10_000)
    assert ("Wells", "Ann Lee, Bob Ray", "en", "2024-03-05") == (
        document.title, document.author, document.language, str(document.date),
    )  # fmt: skip
    kinds = ["item"] * 3 + ["heading", "paragraph", "table", "code", "note", "heading", "item"]
    assert kinds == [block.kind for block in document.blocks]
    roles = {"contents": 3, "body": 6, "bibliography": 1}
    assert roles == Counter(block.role for block in document.blocks)
    assert ("struck out words in it are kept, but never answer",) == document.notes
    assert "hidden" not in " ".join(text[block.start : block.end] for block in document.blocks)
