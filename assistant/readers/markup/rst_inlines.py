"""The characters of a paragraph of reStructuredText, with what its other lines say of them: substitutions and notes."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.readers.elements import Content, Inline
from assistant.readers.extract import collapse_whitespace
from assistant.readers.markup.shared import InlineMaker, split_inlines

_MAX_DEFINITIONS = 10_000
_SYMBOLS = "*†‡§¶#"  # of the notes that are marked by ``[*]_``
_SUBSTITUTION = re.compile(r"\s*\.\.\s+\|(?P<name>[^|\n]{1,80})\|\s+(?P<kind>replace|image|unicode)::\s*(?P<value>.*)")
_FOOTNOTE = re.compile(r"\s*\.\.\s+\[(?P<mark>\d{1,4}|#[\w.-]{0,60}|\*)\](?:\s|\Z)")
_CODE_POINT = re.compile(r"(?:0x|x|\\x|U\+|u|\\u|&#x)([0-9A-Fa-f]{2,6});?\Z")
_INLINE = re.compile(
    r"(?P<code>``(?P<code_text>[^`](?:[^\n]{0,1000}?[^`])?)``)"
    r"|(?P<link>`(?P<link_text>[^`<>]{1,500}?)\s*<(?P<target>[^<>`]{1,2000})>`__?)"
    r"|(?P<raised>:sup(?:erscript)?:`(?P<raised_text>[^`]{1,200})`)"
    r"|(?P<lowered>:sub(?:script)?:`(?P<lowered_text>[^`]{1,200})`)"
    r"|(?P<role>:[\w:+.-]{1,60}:`[~!]?(?P<role_text>[^`]{1,500}?)(?:\s+<[^<>`]{0,500}>)?`)"
    r"|(?P<quoted>`(?P<quoted_text>[^`]{1,500})`_{0,2})"
    r"|(?P<strong>\*\*(?=\S)(?P<strong_text>[^*\n]{1,1000}(?:\n[^*\n]{1,1000}){0,20})\*\*)"
    r"|(?P<emphasis>(?<![\w*])\*(?=[^\s*])(?P<emphasis_text>[^*]{1,1000})\*(?![\w*]))"
    r"|(?P<note>\[(?P<note_text>\d{1,4}|#[\w.-]{0,60}|\*)\]_(?!\w))"
    r"|(?P<citation>\[(?P<citation_text>[A-Za-z_][\w.-]{0,60})\]_(?!\w))"
    r"|(?P<substitution>\|(?P<substitution_text>[^\s|](?:[^|\n]{0,78}[^\s|])?)\|_{0,2})"
    r"|(?P<reference>(?<![\w`])(?P<reference_text>[A-Za-z0-9][\w.-]{0,100}?)__?(?![\w_]))"
    r"|(?P<escaped>\\(?P<escaped_text>\S|\s))",
)
_MAKERS = {
    "code": lambda match: Inline(match["code_text"]),
    "link": lambda match: Inline(match["link_text"], "link", match["target"]),
    "raised": lambda match: Inline(match["raised_text"], "raised"),
    "lowered": lambda match: Inline(match["lowered_text"], "lowered"),
    "role": lambda match: Inline(match["role_text"]),
    "quoted": lambda match: Inline(match["quoted_text"]),
    "strong": lambda match: Inline(match["strong_text"]),
    "emphasis": lambda match: Inline(match["emphasis_text"]),
    "citation": lambda match: Inline(match["citation_text"]),
    "reference": lambda match: Inline(match["reference_text"]),
    "escaped": lambda match: Inline(match["escaped_text"].strip()),
}


class RstInlines:
    """Reads the characters of paragraphs, in their order.

    Footnotes that the file doesn't number itself are numbered in the order in which they stand there.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._numbers = _footnote_marks(lines)
        self._references: Counter[str] = Counter()  # how many references without a name of their own were read
        self._notes: Counter[str] = Counter()
        values = _substitutions(lines)
        self._makers: Mapping[str, InlineMaker] = {
            **_MAKERS,
            "note": lambda match: self._reference(match["note_text"]),
            "substitution": lambda match: Inline(values.get(_folded(match["substitution_text"]), match[0])),
        }

    def read(self, text: str) -> Content:
        """The characters of a paragraph, marks left out."""
        return split_inlines(text, _INLINE, self._makers)

    def note(self, mark: str) -> tuple[str, str]:
        """The mark that the next note with such a mark in the file shows, and its key."""
        key = _key(mark, self._notes)
        return self._numbers.get(key, mark.lstrip("#")), key

    def _reference(self, mark: str) -> Inline:
        key = _key(mark, self._references)
        return Inline(self._numbers.get(key, mark.lstrip("#")), "note_mark", key)


def _key(mark: str, counts: Counter[str]) -> str:
    """The key of a note; those without a name of their own are counted."""
    if mark not in {"#", "*"}:
        return mark
    counts[mark] += 1
    return f"{mark} {counts[mark]}"


def _footnote_marks(lines: Sequence[str]) -> dict[str, str]:
    """By their keys, the marks of the footnotes that number themselves."""
    marks = [note["mark"] for note in map(_FOOTNOTE.match, lines) if note][:_MAX_DEFINITIONS]
    taken = {mark for mark in marks if mark.isdigit()}
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    number = 0
    for mark in marks:
        key = _key(mark, counts)
        if mark == "*":
            place = counts["*"] - 1
            shown[key] = _SYMBOLS[place % len(_SYMBOLS)] * min(place // len(_SYMBOLS) + 1, 3)
        elif mark.startswith("#") and key not in shown:
            number += 1
            while str(number) in taken:
                number += 1
            shown[key] = str(number)
    return shown


def _substitutions(lines: Sequence[str]) -> dict[str, str]:
    """By their names, the words that stand for others; a picture has none."""
    values: dict[str, str] = {}
    for number, line in enumerate(lines):
        definition = _SUBSTITUTION.match(line)
        if not definition or len(values) >= _MAX_DEFINITIONS:
            continue
        value = definition["value"]
        for following in lines[number + 1 : number + 10]:
            if not following[:1].isspace() or not following.strip():
                break
            value += f" {following.strip()}"
        kind = definition["kind"]
        words = "" if kind == "image" else _unicode(value) if kind == "unicode" else _printed(value)
        values[_folded(definition["name"])] = words
    return values


def _printed(value: str) -> str:
    """What is printed of the words that stand for others."""
    makers: Mapping[str, InlineMaker] = {
        **_MAKERS, "note": lambda match: Inline(match[0]), "substitution": lambda match: Inline(match[0]),
    }  # fmt: skip
    return collapse_whitespace("".join(inline.text for inline in split_inlines(value, _INLINE, makers)))


def _unicode(value: str) -> str:
    """Characters that are written by their numbers, as in ``0xA9``, among words."""
    parts = value.partition(" .. ")[0].split()
    return "".join(
        chr(int(code[1], 16)) if (code := _CODE_POINT.match(part)) and int(code[1], 16) < 0xD800 else part
        for part in parts
    )


def _folded(name: str) -> str:
    return collapse_whitespace(name).casefold()
