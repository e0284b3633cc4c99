"""The conversion tables of ICD-10-CM and ICD-10-PCS: which codes took the place of a retired one, and from when.

CMS and CDC publish them as text between tabs (``508-compliant-version-ICD_10_CM_CONVERSION_TABLE_FY2026.txt``), as CSV
and as a workbook with the same columns: the current code, when it came into force, the previous codes. They are
cumulative: the table of a fiscal year holds all changes since October 2015. When it came into force is a calendar
year, whose October 1 is meant ("2024": with FY2025), or a day. The table of ICD-10-PCS also has titles, the type of
change and the month and day in a column of its own.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.fiscal_year import fiscal_year_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.published import head_text, lines_of, only_file, refused
from chartstream.codesets.model import CONVERSION, ICD10CM, ICD10PCS, Release

_HEADER: Final = re.compile(r"current code.*effective.*previous code", re.IGNORECASE)
_BEGAN: Final = date(2015, 10, 1)  # before it, no table: the codes were in force from the first day on
_EXCEL_ZERO: Final = date(1899, 12, 30)  # days of a workbook are counted from here
_CODES: Final = {
    ICD10CM: re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?"),
    ICD10PCS: re.compile(r"[0-9A-HJ-NP-Z]{7}"),
}
_SEPARATOR: Final = re.compile(r"[,;&]|\band\b", re.IGNORECASE)
_RANGE: Final = re.compile(r"([A-Z0-9.]*?)(\d+)\s*-\s*([A-Z0-9.]*?)(\d+)")
_LONGEST_RANGE: Final = 100
_YEAR, _SERIAL = re.compile(r"\d{4}"), re.compile(r"\d{5}")
_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})")
_MONTH_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns that matter stand, from 0, and what separates them."""

    current: int
    effective: int
    previous: int
    month_day: int | None
    separator: str

    def cells(self, line: str) -> list[str]:
        row = next(csv.reader([line], delimiter=self.separator))
        return [" ".join(cell.split()) for cell in row]


class ConversionTable:
    """Reads the conversion table of one code system (``ICD10CM`` or ``ICD10PCS``)."""

    system = CONVERSION

    def __init__(self, of: str) -> None:
        self.title = f"conversion table of {of} (text or CSV)"
        self._of = of
        self._code = _CODES[of]

    def recognises(self, path: Path, head: bytes) -> bool:
        """A text whose column heads are those of a conversion table; the one of ICD-10-PCS also has titles."""
        header = next((line for line in head_text(head).splitlines() if _HEADER.search(line)), None)
        return header is not None and ("title" in header.lower()) is (self._of == ICD10PCS)

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """One table. Raises ``ConfigurationError`` for several files, one that is no such table, a row that is none."""
        path = only_file(files, self.title)
        counts: Counter[str] = Counter({"rows": 0, "changes": 0, "left out": 0})
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        newest = _BEGAN
        for current, since, previous, left_out in self._rows(path):
            counts["rows"] += 1
            counts["left out"] += left_out
            newest = max(newest, since)
            for code in previous:
                found[f"{self._of}:{code}"].append((current, since.isoformat()))
                counts["changes"] += 1
            progress(1)
        if not found:
            raise refused(path, "holds no change of a code")
        entries = {key: json.dumps(sorted(set(values))).encode() for key, values in found.items()}
        entries[f"{self._of}:"] = b"[]"  # tells which system the table is of
        return Imported(self._release(edition, newest), entries, dict(counts))

    def _release(self, edition: Edition, newest: date) -> Release:
        year = fiscal_year_of(newest)
        name = edition.name or f"{self._of} conversion table FY{year}"
        return Release(CONVERSION, name, edition.effective_from or _BEGAN, edition.effective_to or date(year, 9, 30))

    def _rows(self, path: Path) -> Iterator[tuple[str, date, Sequence[str], int]]:
        """Current code, since when, the codes before it, and how many parts of that cell name no code."""
        columns: _Columns | None = None
        for number, line in lines_of(path):
            if columns is None:
                columns = _columns(line)
                continue
            cells = columns.cells(line)
            if not any(cells):
                continue
            current = _plain(cells[columns.current])
            if len(cells) <= max(columns.current, columns.effective, columns.previous):
                if self._code.fullmatch(current):
                    raise refused(path, f"the row has {len(cells)} columns only, it is cut short", line=number)
                continue  # a footnote
            since = _since(cells, columns)
            if since is None:
                raise refused(path, "the row does not say from when the code is in force", line=number)
            previous, left_out = self._previous(cells[columns.previous])
            if self._code.fullmatch(current):
                yield current, since, [code for code in previous if code != current], left_out
            else:
                yield current, since, (), 1 + left_out
        if columns is None:
            raise refused(path, "has no row of column heads (current code, effective, previous code)")

    def _previous(self, cell: str) -> tuple[list[str], int]:
        codes: list[str] = []
        left_out = 0
        for part in _SEPARATOR.split(cell.replace('"', "")):
            named = _named(part.strip().upper())
            if named and all(self._code.fullmatch(_plain(code)) for code in named):
                codes.extend(_plain(code) for code in named)
            elif part.strip():
                left_out += 1
        return codes, left_out


def _columns(line: str) -> _Columns | None:
    if not _HEADER.search(line):
        return None
    separator = "\t" if "\t" in line else ","
    heads = [head.strip().lower() for head in next(csv.reader([line], delimiter=separator))]

    def at(words: str) -> int | None:
        return next((place for place, head in enumerate(heads) if head.startswith(words)), None)

    current, effective, previous = at("current code"), at("effective"), at("previous code")
    if current is None or effective is None or previous is None:
        return None
    return _Columns(current, effective, previous, at("effective month"), separator)


def _since(cells: Sequence[str], columns: _Columns) -> date | None:
    """From when a row holds (always, where the cell is empty); None for what is no date."""
    text = cells[columns.effective]
    if not text:
        return _BEGAN
    if _YEAR.fullmatch(text):
        at = columns.month_day
        day = _MONTH_DAY.fullmatch(cells[at]) if at is not None and at < len(cells) else None
        return _date(int(text), int(day[1]), int(day[2])) if day else _date(int(text), 10, 1)
    if _SERIAL.fullmatch(text):
        return _EXCEL_ZERO + timedelta(days=int(text))
    if written := _DAY.fullmatch(text):
        year = int(written[3])
        return _date(year if year > 99 else 2000 + year, int(written[1]), int(written[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # a row that says 13/45/2021 says no date; the caller names the line
        return None


def _named(part: str) -> list[str]:
    """The codes of one part of a cell: one, or those of a range (``H02.101-H02.106``); empty for a range of others."""
    span = _RANGE.fullmatch(part)
    if span is None:
        return [part] if part else []
    begin, first, other, last = span.groups()
    if begin != other or len(first) != len(last) or not 0 <= int(last) - int(first) < _LONGEST_RANGE:
        return []
    return [f"{begin}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


def _plain(code: str) -> str:
    return code.replace(".", "").strip().upper()


IMPORTERS: Final = (ConversionTable(ICD10CM), ConversionTable(ICD10PCS))
"""One for each code system; a site imports both tables."""
