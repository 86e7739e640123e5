"""The tables of a page: first those in grids of rulings, then those in the columns of text around them."""

import statistics
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.readers.pdf.order.boxes import boxes_of
from assistant.readers.pdf.page import PageContent, PagePhrases, Phrase, Ruling, TableArea
from assistant.readers.pdf.tables.flow_tables import FlowTables
from assistant.readers.pdf.tables.flows import flows_of
from assistant.readers.pdf.tables.lines import SplitLine, lines_of
from assistant.readers.pdf.tables.ruled import ruled_tables
from assistant.readers.pdf.tables.side_by_side import parts_beside, with_titles
from assistant.readers.pdf.tables.splitting import split_by_neighbours
from assistant.readers.pdf.tables.titles import title_above, titled

_NEAR_TABLES = 4  # the last ones above a table, of which one may go on in it
_MAX_JOINED = 16  # tables of a page that are looked at again with the rows below them
_MAX_SPACE, _SAME_EDGE = 40.0, 12.0  # points between its rows and that table, and between their edges
_TITLE_HEIGHT = 120.0  # points above a ruled table, in which its title stands


def find_tables(page: PageContent | PagePhrases, phrases: Sequence[Phrase]) -> tuple[list[TableArea], list[Phrase]]:
    """The tables of a page, and the phrases that stand in none.

    Args:
        page: with its rulings.
        phrases: all of the page.
    """
    if not phrases:
        return [], []
    horizontal = [ruling for ruling in page.rulings if ruling.is_horizontal]
    horizontal.sort(key=lambda ruling: ruling.y0)
    tables: list[TableArea] = []
    taken: set[int] = set()
    body_size = statistics.median_low([phrase.size for phrase in phrases])
    ruled = list(ruled_tables(phrases, page.rulings))
    taken.update(id(phrase) for _, inside in ruled for phrase in inside)
    for table, inside in ruled:
        above = _lines_above(table, [phrase for phrase in phrases if id(phrase) not in taken])
        centres = ((table.x0 + table.x1) / 2, page.width / 2)
        title = title_above(above, _first_line(inside), centres, table.x0, body_size)
        tables.append(titled(table, title))
        taken.update(id(phrase) for line in title.lines for phrase in line.phrases)
    outside = [phrase for phrase in phrases if id(phrase) not in taken]
    boxes = [box for row in boxes_of(page.rulings, outside) for box in row]
    in_boxes = [[phrase for phrase in outside if box.holds(phrase)] for box in boxes]
    boxed = {id(phrase) for inside in in_boxes for phrase in inside}
    unboxed = [phrase for phrase in outside if id(phrase) not in boxed]
    flows = (flow for part in (unboxed, *in_boxes) if part for flow in flows_of(part, horizontal))
    found = sorted(
        (table for flow in flows for table in _tables_in(flow, horizontal, page, body_size)),
        key=lambda table: table[0].y0,
    )
    whole = _with_rows_below(found, horizontal, page, body_size)
    taken.update(id(phrase) for _, inside in whole for phrase in inside)
    rest = sorted([phrase for phrase in phrases if id(phrase) not in taken], key=lambda phrase: phrase.baseline)
    tables += _with_units([table for table, _ in whole], rest)
    tables.sort(key=lambda table: table.y0)
    return tables, [phrase for phrase in phrases if id(phrase) not in taken]


def _tables_in(
    flow: Sequence[Phrase], rulings: Sequence[Ruling], page: PageContent | PagePhrases, body_size: float
) -> Iterator[tuple[TableArea, list[Phrase]]]:
    """The tables in a column of text, and the phrases that stand in each; those beside each other one by one.

    Args:
        flow: the phrases of the column.
        rulings: the horizontal ones of the page, by height.
        page: its number and width.
        body_size: of the type of the page.
    """
    lines = split_by_neighbours(lines_of(flow))
    sides = min([line.x0 for line in lines], default=0.0), max([line.x1 for line in lines], default=0.0)
    free_from = 0
    for table, line_range in FlowTables(lines, rulings, page, body_size, sides).find():
        inside = [phrase for index in line_range for phrase in lines[index].phrases]
        titled_parts = with_titles(parts_beside(table, inside), lines[free_from : line_range.start])
        free_from = line_range.stop
        parts = [list(_tables_in(part, rulings, page, body_size)) for part in titled_parts]
        if parts and all(parts):
            yield from (found for part in parts for found in part)
        else:
            yield table, inside


def _with_rows_below(
    tables: Sequence[tuple[TableArea, list[Phrase]]],
    rulings: Sequence[Ruling],
    page: PageContent | PagePhrases,
    body_size: float,
) -> list[tuple[TableArea, list[Phrase]]]:
    """Tables, each with the rows right below it that were found in another column of text, without names of their own.

    Args:
        tables: by their upper edges, with the phrases that stand in each.
        rulings: the horizontal ones of the page, by height.
        page: its number and width.
        body_size: of the type of the page.
    """
    whole: list[tuple[TableArea, list[Phrase]]] = []
    tries = 0
    for table, inside in tables:
        near = range(max(0, len(whole) - _NEAR_TABLES), len(whole))
        above = next((index for index in near if _is_right_below(table, whole[index][0])), None)
        if above is not None and tries < _MAX_JOINED:
            tries += 1
            both = [*whole[above][1], *inside]
            joined = list(_tables_in(both, rulings, page, body_size))
            if len(joined) == 1 and len(joined[0][1]) == len(both):
                whole[above] = joined[0]
                continue
        whole.append((table, inside))
    return whole


def _with_units(tables: Sequence[TableArea], rest: Sequence[Phrase]) -> list[TableArea]:
    """Tables, where those right below another that states a unit have it too, if they state none.

    Args:
        tables: by their upper edges.
        rest: what stands in no table, by its baselines: none of it between two such tables.
    """
    whole: list[TableArea] = []
    for table in tables:
        uppers = [] if table.unit or table.title else whole[-_NEAR_TABLES:]
        upper = next((other for other in uppers if other.unit and _is_near_below(table, other)), None)
        is_next = upper is not None and not _stands_between(rest, upper.y1, table.y0)
        whole.append(replace(table, unit=upper.unit) if upper is not None and is_next else table)
    return whole


def _stands_between(phrases: Sequence[Phrase], y0: float, y1: float) -> bool:
    """Whether one of some phrases, by their baselines, has its own between two heights."""
    first = bisect_left(phrases, y0, key=lambda phrase: phrase.baseline)
    return first < len(phrases) and phrases[first].baseline <= y1


def _is_right_below(table: TableArea, above: TableArea) -> bool:
    """Whether a table without a header and title stands right below one with a header, at its edges."""
    return not table.header_rows and not table.title and above.header_rows > 0 and _is_near_below(table, above)


def _is_near_below(table: TableArea, above: TableArea) -> bool:
    """Whether a table stands right below another, at its edges."""
    space = table.y0 - above.y1
    is_near = -1 < space < _MAX_SPACE
    return is_near and abs(table.x0 - above.x0) < _SAME_EDGE and abs(table.x1 - above.x1) < _SAME_EDGE


def _first_line(phrases: Sequence[Phrase]) -> SplitLine:
    top = min(phrases, key=lambda phrase: phrase.baseline)
    return lines_of([top])[0]


def _lines_above(table: TableArea, phrases: Sequence[Phrase]) -> list[SplitLine]:
    """The lines above a table, over its width."""
    top = table.y0 - _TITLE_HEIGHT
    above = [
        phrase
        for phrase in phrases
        if top < phrase.baseline < table.y0 + 2 and phrase.x1 > table.x0 and phrase.x0 < table.x1
    ]
    return lines_of(above)
