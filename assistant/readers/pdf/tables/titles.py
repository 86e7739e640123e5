"""What stands above a table: the lines that name it, and its unit."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.nlp import lexicon
from assistant.readers.pdf.page import Phrase, TableArea, join_words
from assistant.readers.pdf.tables.lines import SplitLine, is_bold

_MAX_LINES = 6  # of a title
_MAX_SPACE = 3.5  # type sizes between two lines of a title
_MAX_BETWEEN = 2  # plain lines below the one that names a table: the period, "unaudited"
_MAX_REST_CHARS = 80  # of such a line
_REST_SPACE = 1.8  # type sizes below it
_MAX_CHARS = 160  # of a line of a title
_MAX_LARGE_CHARS = 80  # of a line that stands out by its size alone
_CAPITALS = 4  # characters of a line in capitals that stands out: fewer are an abbreviation
_MAX_UNIT_CHARS = 240  # of a line that states a unit
_WORDS = {label: lexicon.alternation(words) for label, words in lexicon.words_by_class("table_units").items()}
_SCALE = rf"(?:(?:{_WORDS['scale']})\b|['\u2019]000s?\b|000s\b|[千万億百亿][円元]?)"
_CURRENCY = rf"(?:[$€£¥₹]|\b(?:{_WORDS['currency']})\b|%)"
_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*)[)\]]")
_HAS_SCALE = re.compile(_SCALE, re.IGNORECASE)
_HAS_CURRENCY = re.compile(_CURRENCY, re.IGNORECASE)
_PLAIN_UNIT = re.compile(
    rf"(?:{_CURRENCY}|[\w.]{{2,10}}\s)?\s*(?:amounts?|figures?|dollars|shares)?\s*(?:are\s+)?(?:in|en|em)?\s*"
    rf"(?:[A-Z]{{1,3}}[$]|{_CURRENCY})?\s*{_SCALE}\s*(?:of|de|d['\u2019]|di)?\s*(?:US|U\.S\.)?\s*{_CURRENCY}?(?:\s*[,;].*)?\.?",
    re.IGNORECASE,
)


class Title(NamedTuple):
    """What names a table."""

    lines: tuple[SplitLine, ...] = ()
    unit: str = ""


def title_above(
    lines: Sequence[SplitLine], top: SplitLine, centres: Sequence[float], left: float, body_size: float
) -> Title:
    """The lines above a table that name it, and the unit among them.

    Args:
        lines: that stand above it, the nearest one last.
        top: its first line.
        centres: that a title may be centred over: the table's, the column's, the page's.
        left: where the lines of the column begin.
        body_size: of the type of the page.
    """
    title: list[SplitLine] = []
    units: list[str] = []
    between: list[SplitLine] = []  # lines that belong to the title if one above them names the table
    below = top
    nearest = list(reversed(lines[-_MAX_LINES:]))
    for index, line in enumerate(nearest):
        if len(line.parts) > 1 or below.y0 - line.y1 > _MAX_SPACE * max(line.size, below.size):
            break
        part = line.parts[0]
        above = nearest[index + 1].parts[-1].text if index + 1 < len(nearest) else ""
        text = f"{_opened_bracket(above, part.text)}{part.text}"
        units += [unit] if (unit := unit_in(text)) else []  # a sentence above may state it, too
        names = states_only_unit(part.text) or _names_table(part, max(top.size, body_size), centres, left)
        has_name = any(not states_only_unit(other.parts[0].text) for other in title)
        if not names and (has_name or not _may_go_on(line, below)):
            break
        is_above_unit = not between and bool(title) and states_only_unit(below.parts[0].text)
        if names or is_above_unit:
            title += [*between, line]
            between = []
        else:
            between.append(line)
        if len(between) > _MAX_BETWEEN:
            break
        below = line
    return Title(tuple(reversed(title)), units[0] if units else "")


def titled(table: TableArea, title: Title) -> TableArea:
    """A table with its title, unit and unit lines."""
    parts = [line.parts[0] for line in title.lines]
    units = tuple(part for part in parts if states_only_unit(part.text))
    return replace(
        table,
        x0=min([table.x0, *(part.x0 for part in parts)]),
        y0=min([table.y0, *(part.y0 for part in parts)]),
        x1=max([table.x1, *(part.x1 for part in parts)]),
        title=tuple(part for part in parts if part not in units),
        unit=title.unit or table.unit,
        unit_lines=(*units, *table.unit_lines),
    )


def _may_go_on(line: SplitLine, below: SplitLine) -> bool:
    """Whether a line may be the rest of a title, or all of one above its unit: it is short, and no sentence."""
    text = line.parts[0].text
    is_short = len(text) <= _MAX_REST_CHARS and below.y0 - line.y1 <= _REST_SPACE * line.size
    return is_short and (text[0].isupper() or text[0].isdigit()) and not text.endswith((".", ":", ";", ","))


def _opened_bracket(above: str, text: str) -> str:
    """What stands in brackets at the end of a line that closes in the next one; "" if nothing does."""
    opening = above.rfind("(")
    is_closed_below = ")" in text and "(" not in text[: text.index(")")]
    return f"{above[opening:]} " if is_closed_below and opening > above.rfind(")") else ""


def unit_in(text: str) -> str:
    """The unit or scale that a line states, without brackets: "in millions, except per share data"; "" for none."""
    if len(text) > _MAX_UNIT_CHARS:
        return ""
    for match in _BRACKETED.finditer(text):
        inner = match[1].strip()
        is_whole = len(match[0]) >= len(text.strip()) - 2
        if _HAS_SCALE.search(inner) or (is_whole and _HAS_CURRENCY.search(inner) and len(inner.split()) < 8):
            return inner
    return text.strip() if _PLAIN_UNIT.fullmatch(text.strip()) else ""


def states_only_unit(text: str) -> bool:
    """Whether a line states a unit and nothing else."""
    unit = unit_in(text)
    return bool(unit) and text.strip("()[] ") == unit.strip("()[] ")


def _names_table(part: Phrase, size: float, centres: Sequence[float], left: float) -> bool:
    """Whether a line above a table names it: it is centred, bold, in capitals or larger, and no sentence."""
    text = join_words([word for word in part.words if word.rise <= 0])  # marks of notes follow the full stop
    if (
        len(text) > _MAX_CHARS
        or not any(map(str.isalpha, text))
        or (text.endswith((".", ":", ";", ",")) and not _is_strong(part))
    ):
        return False
    middle = (part.x0 + part.x1) / 2
    is_centred = part.x0 > left + 2 * part.size and any(abs(middle - centre) < part.size for centre in centres)
    return is_centred or _is_strong(part) or (part.size > 1.1 * size and len(text) <= _MAX_LARGE_CHARS)


def _is_strong(part: Phrase) -> bool:
    return is_bold(part) or (part.text.isupper() and len(part.text) >= _CAPITALS)
