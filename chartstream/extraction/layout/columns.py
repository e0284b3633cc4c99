"""Columns and reading order: a recursive cut of the page along white gutters and bands.

Where text stands left and right of a gutter, it may be columns (each read to its end), the cells of a table, or rows
that happen to have gaps (labels and values); which it is decides in what order it is read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from statistics import median

import numpy as np

from chartstream.extraction.fragments import Box, enclosing
from chartstream.extraction.layout.content import PageTable, Segment
from chartstream.extraction.layout.segments import Scale, beside, is_marker, rows_of

Item = Segment | PageTable

_ACROSS = 0.7  # of the width of all text; a line as wide as this ends what stands above it
_CLEAR = 0.6  # letter heights between a block and what follows it
_SHORT_BLOCK = 6  # rows; a longer one is a column of its own
_FEWEST = 2  # lines on either side of a gutter


@dataclass(frozen=True, slots=True)
class Flow:
    """Items one below the other, to be read row by row."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Segments in columns that look like the cells of a table without lines."""

    segments: tuple[Segment, ...]


class _Reading(Enum):
    COLUMNS = auto()
    TABLE = auto()
    ROWS = auto()


@dataclass(frozen=True, slots=True)
class _Band:
    """A stretch of the page with a gutter, and what stands above and below it."""

    above: list[Item]
    items: list[Item]
    below: list[Item]


def in_order(items: Sequence[Item], rulings: Sequence[Box], scale: Scale, page: Box) -> list[Flow | Aligned]:
    """The parts of a page in reading order. ``rulings`` across the page part it; ``page`` is its extent."""
    stops = _separators(items, rulings, scale)
    bands: list[list[Item]] = [[] for _ in range(len(stops) + 1)]
    for item in items:
        bands[bisect_right(stops, (item.box.y0 + item.box.y1) / 2)].append(item)
    return list(_joined(part for band in bands for part in _parts(band, scale, page)))


def _separators(items: Sequence[Item], rulings: Sequence[Box], scale: Scale) -> list[float]:
    """Heights of the lines drawn across the text, but for those that part the rows of a table."""
    if not items:
        return []
    whole = enclosing(item.box for item in items)
    wide = (r for r in rulings if r.height < r.width and r.width >= _ACROSS * whole.width)
    heights = sorted((r.y0 + r.y1) / 2 for r in wide)
    rows = rows_of(items)
    found = []
    for at in heights:
        above = next((row for row in reversed(rows) if row[0].box.y1 <= at + 0.2 * scale.letter), [])
        below = next((row for row in rows if row[0].box.y0 >= at - 0.2 * scale.letter), [])
        table = len(above) >= 2 and len(below) >= 2 and len(_columns([*above, *below], scale)) >= 2
        if above and below and not (table and _are_cells(above) and _are_cells(below)):
            found.append(at)
    return found


def _are_cells(row: Sequence[Item]) -> bool:
    """Whether a row may be one of a table: not labels with their values, nor lines of text."""
    segments = [item for item in row if isinstance(item, Segment)]
    return len(segments) == len(row) and not _labelled([segments]) and max(len(s.words) for s in segments) <= 6


def _joined(parts: Iterator[Flow | Aligned]) -> Iterator[Flow | Aligned]:
    """Flows that follow one another down the same column become one again."""
    run: Flow | None = None
    for part in parts:
        if isinstance(part, Flow) and run is not None and _continues(run, part):
            run = Flow((*run.items, *part.items))
            continue
        if run is not None:
            yield run
        run = part if isinstance(part, Flow) else None
        if isinstance(part, Aligned):
            yield part
    if run is not None:
        yield run


def _continues(run: Flow, part: Flow) -> bool:
    return max(i.box.y0 for i in run.items) <= min(i.box.y0 for i in part.items)


def _parts(items: list[Item], scale: Scale, page: Box) -> Iterator[Flow | Aligned]:
    if not items:
        return
    band = _band(items, scale)
    if band is None:
        yield Flow(tuple(items))
        return
    band = _without_labels(band, scale)
    band = _ended(band, _columns(band.items, scale), scale)
    columns = _columns(band.items, scale)
    reading = _reading(columns, scale, page)
    if reading is not _Reading.COLUMNS:
        band = _grown(band, len(columns), scale)
        columns = _columns(band.items, scale)
        runs = _runs(band.items, columns)
        if len(runs) > 1:
            # The first and the last run may have rows of their own above and below, which the common gutter misses.
            for run in ([*band.above, *runs[0]], *runs[1:-1], [*runs[-1], *band.below]):
                yield from _parts(run, scale, page)
            return
        band = _core(band, columns)
        columns = _columns(band.items, scale)
    yield from _parts(band.above, scale, page)
    segments = tuple(item for item in band.items if isinstance(item, Segment))
    if reading is _Reading.TABLE and len(segments) == len(band.items):
        yield Aligned(segments)
    elif reading is _Reading.COLUMNS:
        left, right = _halves(columns)
        yield from _parts(left, scale, page)
        yield from _parts(right, scale, page)
    else:
        yield Flow(tuple(band.items))
    yield from _parts(band.below, scale, page)


def _band(items: list[Item], scale: Scale) -> _Band | None:
    """The stretch with the longest gutter: the most lines on its poorer side above all, and a wide one."""
    x0, y0, x1, y1 = (np.array([getattr(i.box, side) for i in items]) for side in ("x0", "y0", "x1", "y1"))
    middle = (y0 + y1) / 2
    best: tuple[float, float] | None = None
    chosen = None
    for x in _candidates(items, scale):
        crossing = (x0 < x - 0.05 * scale.letter) & (x1 > x + 0.05 * scale.letter)
        stops = np.sort(middle[crossing])
        place = np.searchsorted(stops, middle)
        left, right = (~crossing & (x1 <= x + 0.05 * scale.letter)), (~crossing & (x0 >= x - 0.05 * scale.letter))
        sides = [np.bincount(place[side], minlength=len(stops) + 1) for side in (left, right)]
        poorer = np.minimum(*sides)
        counts = poorer + 0.2 * np.maximum(*sides) * (poorer >= _FEWEST)
        where = int(counts.argmax())
        if poorer[where] < _FEWEST:
            continue
        inside = ~crossing & (place == where)
        gap = x0[inside & right].min() - x1[inside & left].max()
        score = (float(counts[where]) * (1 + min(gap / scale.letter, 4) / 12), gap)
        if gap >= scale.gutter and (best is None or score > best):
            best = score
            chosen = (inside, place, where)
    if chosen is None:
        return None
    inside, place, where = chosen
    # What crosses the gutter below the band has the band's own place.
    return _Band(_where(items, place < where), _where(items, inside), _where(items, (place >= where) & ~inside))


def _where(items: list[Item], mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[Item]:
    return [item for item, chosen in zip(items, mask, strict=True) if chosen]


def _candidates(items: list[Item], scale: Scale) -> list[float]:
    """Places just left of where items begin, no two of them within a quarter of a letter: a gutter ends at one."""
    near = {round(4 * item.box.x0 / scale.letter): item.box.x0 - 0.1 * scale.gutter for item in items}
    return sorted(near.values())[1:]


def _columns(items: list[Item], scale: Scale) -> list[list[Item]]:
    """The items between gutters that run through all of them, from the left."""
    columns: list[list[Item]] = []
    edge = 0.0
    for item in sorted(items, key=lambda i: i.box.x0):
        if columns and item.box.x0 - edge < scale.gutter:
            columns[-1].append(item)
            edge = max(edge, item.box.x1)
        else:
            columns.append([item])
            edge = item.box.x1
    return columns


def _halves(columns: list[list[Item]]) -> tuple[list[Item], list[Item]]:
    """Cut at the widest gutter."""
    gaps = [min(i.box.x0 for i in right) - max(i.box.x1 for i in left) for left, right in pairwise(columns)]
    at = gaps.index(max(gaps)) + 1
    return [i for column in columns[:at] for i in column], [i for column in columns[at:] for i in column]


def _core(band: _Band, columns: list[list[Item]]) -> _Band:
    """The band from its first to its last row in which two columns are filled; a lone heading above is no cell."""
    column_of = {id(item): index for index, column in enumerate(columns) for item in column}
    rows = rows_of(band.items)
    filled = [len({column_of[id(item)] for item in row}) for row in rows]
    first = next((i for i, count in enumerate(filled) if count >= 2), 0)
    last = max((i for i, count in enumerate(filled) if count >= 2), default=len(rows) - 1)
    # What continues a cell of the last row stands close below it, and not at the left.
    while last + 1 < len(rows) and column_of[id(rows[last + 1][0])] > 0:
        last += 1
    flat = [[item for row in part for item in row] for part in (rows[:first], rows[first : last + 1], rows[last + 1 :])]
    return _Band([*band.above, *flat[0]], flat[1], [*flat[2], *band.below])


def _without_labels(band: _Band, scale: Scale) -> _Band:
    """The band without the labels and values at its top, whose gaps may lie above the gutter of what follows them."""
    rows = rows_of(band.items)
    clear = (at for at, (one, two) in enumerate(pairwise(rows), 1) if _gap(one, two) >= _CLEAR * scale.letter)
    end = next(clear, None)
    if end is None or end > _SHORT_BLOCK:
        return band
    head = [item for row in rows[:end] for item in row]
    labels = [item for item in head if isinstance(item, Segment)]
    if len(labels) < len(head) or len(head) <= end or not _labelled([labels]):
        return band
    return _Band([*band.above, *head], [item for row in rows[end:] for item in row], band.below)


def _ended(band: _Band, columns: list[list[Item]], scale: Scale) -> _Band:
    """The band down to where a short block beside the text ends, if the text beside it ends there too.

    A letterhead and the labels below it are such blocks, and what follows may be as narrow as they are.
    """
    if len(columns) < 2:
        return band
    short = [item for column in columns[1:] for item in column]
    foot = max(item.box.y1 for item in short)
    below = [item for item in band.items if item.box.y0 >= foot - 0.3 * scale.letter]
    beside_it = [item for item in band.items if item.box.y0 < foot - 0.3 * scale.letter]
    if not below or len(rows_of(short)) > _SHORT_BLOCK:
        return band
    ends = max(item.box.y1 for item in beside_it) <= foot + 0.3 * scale.letter
    clear = min(item.box.y0 for item in below) - foot >= _CLEAR * scale.letter
    return _Band(band.above, beside_it, [*below, *band.below]) if ends and clear else band


def _runs(items: list[Item], columns: list[list[Item]]) -> list[list[Item]]:
    """The items parted at lone headings: rows with one thing at the left, bold or clear of what stands above it."""
    column_of = {id(item): index for index, column in enumerate(columns) for item in column}
    rows = rows_of(items)
    gaps = [_gap(above, below) for above, below in pairwise(rows)]
    usual = max(median(gaps), 0.0) if gaps else 0.0
    runs: list[list[Item]] = [[]]
    headed = False
    for index, row in enumerate(rows):
        lone = {column_of[id(item)] for item in row} == {0}
        clear = index > 0 and gaps[index - 1] > usual + 0.4 * row[0].box.height
        bold = all(isinstance(item, Segment) and item.bold for item in row)
        if lone and (clear or bold):
            runs += [list(row)] if runs[-1] else []
            runs[-1] = list(row)
            headed = True
        elif headed:
            runs.append(list(row))
            headed = False
        else:
            runs[-1] += row
    return [run for run in runs if run]


def _gap(above: list[Item], below: list[Item]) -> float:
    return min(i.box.y0 for i in below) - max(i.box.y1 for i in above)


def _grown(band: _Band, count: int, scale: Scale) -> _Band:
    """The band with the rest of its rows, and with the rows next to it that fit its columns.

    A long cell or a wide heading crosses the gutter that was chosen, though not the white between all cells.
    """
    above, items, below = rows_of(band.above), band.items, rows_of(band.below)
    while above and (_shares_row(above[-1], items) or _fits(above[-1], items, count, scale)):
        items = [*above.pop(), *items]
    while below and (_shares_row(below[0], items) or _fits(below[0], items, count, scale)):
        items = [*items, *below.pop(0)]
    return _Band([i for row in above for i in row], items, [i for row in below for i in row])


def _shares_row(row: list[Item], items: list[Item]) -> bool:
    return any(beside(one.box, other.box) for one in row for other in items)


def _fits(row: list[Item], items: list[Item], count: int, scale: Scale) -> bool:
    near = min(abs(_gap(row, items)), abs(_gap(items, row))) <= 1.2 * scale.letter
    return near and len(row) >= 2 and len(_columns([*items, *row], scale)) >= count


def _reading(columns: list[list[Item]], scale: Scale, page: Box) -> _Reading:
    if len(columns) < 2:
        return _Reading.ROWS
    if any(isinstance(item, PageTable) for column in columns for item in column):
        return _Reading.COLUMNS
    segments = [[item for item in column if isinstance(item, Segment)] for column in columns]
    prose = [_is_prose(column, scale) for column in segments]
    lists = [_mean(is_marker(s.words[0].text) for s in column) >= 0.4 for column in segments]
    if sum(lists) >= 2:
        return _Reading.COLUMNS
    if any(prose):
        return _beside_prose(segments, prose)
    return _beside_short(segments, page)


def _beside_short(segments: list[list[Segment]], page: Box) -> _Reading:
    """Columns without running text."""
    full = _share_of_full_rows(segments)
    if _labelled(segments) or full < 0.5:
        return _Reading.ROWS if full > 0.3 else _Reading.COLUMNS
    if len(segments) == 2:
        return _two_short_columns(segments, page)
    return _Reading.TABLE if len(rows_of([s for c in segments for s in c])) >= 3 else _Reading.ROWS


def _is_prose(column: list[Segment], scale: Scale) -> bool:
    """Running text: several lines of many words, most of them as long as the column is wide."""
    if len(column) < 3:
        return False
    box = enclosing(s.box for s in column)
    full = _mean(s.box.width >= 0.75 * box.width for s in column)
    return box.width >= 10 * scale.letter and full >= 0.4 and _mean(len(s.words) for s in column) >= 3.5


def _beside_prose(segments: list[list[Segment]], prose: list[bool]) -> _Reading:
    """A column of text: the long cells of a table if what stands left of them stands at their beginnings only."""
    if all(prose):
        return _Reading.COLUMNS if len(segments) == 2 else _Reading.TABLE
    others = [column for column, is_prose in zip(segments, prose, strict=True) if not is_prose]
    text = segments[prose.index(True)]
    beside_it = min(_aligned(column, text) for column in others)
    if len(segments) >= 3:
        return _Reading.TABLE if beside_it >= 0.6 else _Reading.COLUMNS
    keys = prose[1] and len(segments[0]) <= 0.6 * len(text)
    return _Reading.TABLE if keys and beside_it >= 0.9 else _Reading.COLUMNS


def _aligned(column: list[Segment], other: list[Segment]) -> float:
    """The share of a column's segments that have another column's beside them."""
    one, two = (np.array([(s.box.y0, s.box.y1) for s in side]).T for side in (column, other))
    overlap = np.minimum(one[1][:, None], two[1]) - np.maximum(one[0][:, None], two[0])
    least = np.minimum((one[1] - one[0])[:, None], two[1] - two[0])
    return float((overlap > 0.5 * least).any(axis=1).mean())


def _mean(values: Iterable[float]) -> float:
    items = list(values)
    return sum(items) / len(items)


def _labelled(segments: list[list[Segment]]) -> bool:
    """Labels with colons, each with its value beside it: ``MRN: 4711    Sex: F``."""
    texts = [s.text for column in segments for s in column]
    return _mean(":" in text[:28] and not text[0].isdigit() for text in texts) >= 0.3


def _share_of_full_rows(segments: list[list[Segment]]) -> float:
    first = min(segments, key=len)
    return _aligned(first, [s for column in segments if column is not first for s in column])


def _two_short_columns(segments: list[list[Segment]], page: Box) -> _Reading:
    left, right = segments
    top = max(s.box.y1 for s in (*left, *right)) < page.y0 + 0.25 * page.height
    short = _mean(len(s.words) <= 3 for s in right)
    if top and _mean(len(s.words) for s in right) >= 2 and len(left) <= 6:
        return _Reading.COLUMNS
    rows = rows_of([*left, *right])
    full = sum(len(row) >= 2 for row in rows)
    if full >= 3 and full >= 0.6 * len(rows) and short >= 0.6:
        return _Reading.TABLE
    return _Reading.ROWS
