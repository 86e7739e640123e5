"""Front matter: metadata in YAML at the beginning of Markdown."""

import re

_MAX_FRONT_MATTER_LINE_CHARS = 200_000
_YAML_LINE = re.compile(r"[\w-]+[ \t]*:.*|[ \t]+.*|- .*|#.*|")


def front_matter_end(text: str) -> int:
    """The offset behind YAML front matter; 0 where the text has none."""
    if not text.startswith("---\n"):
        return 0
    position = 4
    while position < len(text):
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        line = text[position:line_end].rstrip()
        if line in ("---", "..."):
            return min(line_end + 1, len(text))
        if not _YAML_LINE.fullmatch(line) or line_end - position > _MAX_FRONT_MATTER_LINE_CHARS:
            return 0
        position = line_end + 1
    return 0
