"""Markdown: the file decoded, nothing else changed; title, date and address from its front matter or headings."""

import re
from typing import Any

from assistant.nlp.struck import mask_struck
from assistant.readers.extract import ExtractedDocument, collapse_whitespace
from assistant.readers.metadata import clean_title, first_heading, parse_date
from assistant.readers.plain.text import decode_text

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,8000}?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_MAX_BRACKETS = (
    200  # in front matter: thousands of nested ones take YAML seconds, and merges ("<<") 2ⁿ steps for n lines
)
_SETEXT_HEADING = re.compile(r"([^\n]+)\n=+[ \t]*(?:\n|$)")
_MAX_NAMES_CHARS = 300
_STRUCK_NOTE = "struck out words in it are kept, but never answer"
_URL_KEYS = ("url", "canonical_url", "source")


def read_markdown(data: bytes, max_bytes: int) -> ExtractedDocument:  # noqa: ARG001 — every reader has this form
    """Reads a ``.md`` file; the title is that of its front matter, else the first heading.

    Raises:
        ReadingError: not text.
    """
    text, notes = decode_text(data)
    if mask_struck(text) != text:
        notes = (*notes, _STRUCK_NOTE)
    front_matter = _parse_front_matter(text)
    url = next((front_matter[key] for key in _URL_KEYS if key in front_matter), None)
    setext = _SETEXT_HEADING.match(text.lstrip())
    return ExtractedDocument(
        text,
        clean_title(front_matter.get("title"))
        or (collapse_whitespace(setext[1]) if setext else "")
        or first_heading(text),
        parse_date(front_matter.get("date")),
        url if isinstance(url, str) and url.startswith(("http://", "https://")) else None,
        notes=notes,
        author=_names(front_matter.get("author", front_matter.get("authors"))),
        language=_names(front_matter.get("lang", front_matter.get("language"))),
    )


def _names(value: Any) -> str:
    """A name of the front matter, or several joined by ", "; "" where there is none."""
    names = value if isinstance(value, list) else [value]
    named = [name.get("name") if isinstance(name, dict) else name for name in names]
    return ", ".join(collapse_whitespace(name) for name in named if isinstance(name, str))[:_MAX_NAMES_CHARS]


def _parse_front_matter(text: str) -> dict[Any, Any]:
    match = _FRONT_MATTER.match(text)
    if not match or "<<" in match[1] or sum(map(match[1].count, "[{")) > _MAX_BRACKETS:
        return {}
    import yaml

    try:
        front_matter = yaml.safe_load(match[1])
    except Exception:  # noqa: BLE001 — a value that does not fit its tag, or a date like 2024-13-45, raises anything
        return {}
    return front_matter if isinstance(front_matter, dict) else {}
