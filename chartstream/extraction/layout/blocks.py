"""Blocks of a column: titles, text and lists, by gaps, type and marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import enclosing
from chartstream.extraction.layout.content import Block, PageTable, Row, Segment
from chartstream.extraction.layout.segments import is_marker, joined, rows_of

_GAP = 0.45  # letter heights beyond the usual distance of lines: a new paragraph begins
_LARGE = 1.25  # of the usual height of letters: a title's
_MOST_TITLE_WORDS = 12
_INDENT = 0.5  # letter heights by which the text of a list stands right of its mark


def blocks_of(items: Sequence[Segment | PageTable], size: float) -> list[Block]:
    """The blocks of a column from the top. ``size``: the usual height of the page's letters."""
    parts: list[list[Segment] | PageTable] = [*rows_of([i for i in items if isinstance(i, Segment)])]
    parts += [i for i in items if isinstance(i, PageTable)]
    parts.sort(key=lambda part: (part.box if isinstance(part, PageTable) else part[0].box).y0)
    found: list[Block] = []
    rows: list[Row] = []
    for part in _spaced(parts, size):
        if isinstance(part, Row):
            if rows and _parts_from(rows, part, size):
                found.append(_block(rows, size))
                rows = []
            rows.append(part)
        else:
            if rows:
                found.append(_block(rows, size))
                rows = []
            found.append(part)
    return [*found, _block(rows, size)] if rows else found


def table_block(table: PageTable, *, space_above: bool) -> Block:
    """A table as a block."""
    return Block(RegionKind.TABLE, table=table, space_above=space_above)


def _spaced(parts: Sequence[list[Segment] | PageTable], size: float) -> Iterator[Row | Block]:
    boxes = [part.box if isinstance(part, PageTable) else enclosing(s.box for s in part) for part in parts]
    gaps = [below.y0 - above.y1 for above, below in pairwise(boxes)]
    usual = min(max(median(gaps), 0.0), 0.6 * size) if gaps else 0.0
    for index, (part, box) in enumerate(zip(parts, boxes, strict=True)):
        space = index > 0 and gaps[index - 1] - usual > _GAP * size
        if isinstance(part, PageTable):
            yield table_block(part, space_above=space)
        else:
            yield Row(tuple(joined(part)), box, space)


def _parts_from(rows: list[Row], row: Row, size: float) -> bool:
    """Whether a row begins a new block."""
    above = rows[-1]
    if row.space_above or row.bold != above.bold or _large(row, size) != _large(above, size):
        return True
    if _marked(rows[0]):
        return not _marked(row) and row.box.x0 < rows[0].box.x0 + _INDENT * size
    return _marked(row)


def _block(rows: list[Row], size: float) -> Block:
    if _marked(rows[0]) and not (rows[0].bold and len(rows) == 1):
        kind = RegionKind.LIST
    else:
        kind = RegionKind.TITLE if _is_title(rows, size) else RegionKind.TEXT
    return Block(kind, tuple(rows), space_above=rows[0].space_above)


def _marked(row: Row) -> bool:
    words = row.segments[0].words
    return is_marker(words[0].text) and (len(words) > 1 or len(row.segments) > 1)


def _large(row: Row, size: float) -> bool:
    return row.box.height >= _LARGE * size


def _is_title(rows: list[Row], size: float) -> bool:
    text = " ".join(row.text for row in rows)
    if len(rows) > 2 or len(text.split()) > _MOST_TITLE_WORDS or text.endswith((".", ",", ";")):
        return False
    return all(row.bold or _large(row, size) for row in rows) or (text.isupper() and len(rows[0].segments) == 1)
