"""Results in tables: a row for each quantity, columns told by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.extraction.analytes import analyte_words
from chartstream.extraction.readtext import Cell, ReadText, Table
from chartstream.extraction.results import Result, results_in, tail_of

_HEADS = {
    "name": re.compile(
        r"(?i)^(?:test|analyte|component|lab(?:oratory)?(?: test)?|name|parameter|measure(?:ment)?|study|assay)s?$"
    ),
    "value": re.compile(r"(?i)^(?:result|value|your value|reading|today|level)s?$"),
    "unit": re.compile(r"(?i)^units?(?: of measure)?$"),
    "range": re.compile(r"(?i)^(?:ref(?:erence)?\.?|normal|expected)?[ ]?(?:range|interval|values?|limits)?$"),
    "flag": re.compile(r"(?i)^(?:flag|abn(?:ormal)?|status|h/l|interpretation)$"),
}
_VALUE = re.compile(r"(?:[<>\u2264\u2265]=?[ ]?)?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.?\d+)(?:[ ]?/[ ]?\d+)?|1:\d{1,5}")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns that matter; without a unit or range of their own these may stand in the value's cell."""

    name: int
    value: int
    unit: int | None
    range: int | None
    flag: int | None


def results_in_table(read: ReadText, table: Table) -> Iterator[Result]:
    """The results of a table whose first row names a column of results; else those that its rows show as text."""
    rows = _rows(table)
    columns = _columns(read, rows[0]) if rows else None
    if columns is None:
        yield from results_in(read.text, table.begin, table.end)
        return
    for row in rows[1:]:
        found = _result(read, row, columns)
        if found is not None:
            yield found


def _rows(table: Table) -> list[dict[int, Cell]]:
    rows: list[dict[int, Cell]] = [{} for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell
    return [row for row in rows if row]


def _columns(read: ReadText, head: dict[int, Cell]) -> _Columns | None:
    found: dict[str, int] = {}
    for column, cell in sorted(head.items()):
        words = _text(read, cell)
        kind = next((kind for kind, pattern in _HEADS.items() if words and pattern.match(words)), None)
        if kind is not None:
            found.setdefault(kind, column)
    if "value" not in found:
        return None
    name = found.get("name", 0)
    if name == found["value"]:
        return None
    return _Columns(name, found["value"], found.get("unit"), found.get("range"), found.get("flag"))


def _result(read: ReadText, row: dict[int, Cell], columns: _Columns) -> Result | None:
    name, cell = row.get(columns.name), row.get(columns.value)
    if name is None or cell is None or not _text(read, name):
        return None
    words = analyte_words()
    value = words.word.match(read.text, cell.begin, cell.end) or _VALUE.match(read.text, cell.begin, cell.end)
    if value is None or not value.group().strip():
        return None
    behind = tail_of(read.text, value.end(), cell.end, None)
    if behind.end != cell.end:
        return None
    flag = _cell_text(read, row, columns.flag).strip("()[] ")
    written = value.group().lower() if value.re is words.word else re.sub(r"[ ,]", "", value.group())
    return Result(
        words.quantity(_text(read, name)) or _text(read, name),
        written,
        min(c.begin for c in row.values()),
        max(c.end for c in row.values()),
        value.span(),
        words.unit_code(_cell_text(read, row, columns.unit)) or _cell_text(read, row, columns.unit) or behind.unit,
        _cell_text(read, row, columns.range) or behind.reference_range,
        words.data.flags.get(flag) or words.data.flags.get(flag.lower()) or behind.abnormal,
    )


def _cell_text(read: ReadText, row: dict[int, Cell], column: int | None) -> str:
    cell = row.get(column) if column is not None else None
    return _text(read, cell) if cell is not None else ""


def _text(read: ReadText, cell: Cell) -> str:
    return read.text[cell.begin : cell.end].strip()


def outside_tables(read: ReadText) -> Sequence[tuple[int, int]]:
    """The stretches of text between the tables."""
    begins = [0, *(table.end for table in read.tables)]
    ends = [*(table.begin for table in read.tables), len(read.text)]
    return list(zip(begins, ends, strict=True))
