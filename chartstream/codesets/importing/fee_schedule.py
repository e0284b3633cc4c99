"""The relative value file of the Medicare Physician Fee Schedule: CMS's ``PPRRVU2026_Jan….csv``.

Below the title and the AMA's copyright stands a heading of up to four rows, read downwards ("GLOB" over "DAYS"). Kept
are the indicators; descriptors, relative values and amounts are left out. A code has a row for each modifier (none, 26,
TC, 53): the row without counts, or the first.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.columns import EVERY, SPREADSHEET, heading, is_service_code, rows_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import quarterly_release
from chartstream.codesets.importing.published import head_text, refused
from chartstream.codesets.model import FEE_SCHEDULE

_NAME: Final = re.compile(r"PPRRVU", re.IGNORECASE)
_CODE: Final = "hcpcs"
_MODIFIER: Final = "mod"
_COLUMNS: Final = {
    "status": ("status code", r"[A-Z]"),
    "pc_tc": ("pctc ind", r"[0-9]"),
    "global_days": ("glob days", r"000|010|090|MMM|XXX|YYY|ZZZ"),
    "multiple": ("mult proc", r"[0-79]"),
    "bilateral": ("bilat surg", r"[01239]"),
    "assistant": ("asst surg", r"[0129]"),
    "co_surgeons": ("co- surg", r"[0129]"),
    "team": ("team surg", r"[0129]"),
}
"""Indicator: how its heading ends, and its values (RVU file's record layout)."""
_ROWS_OF_HEADING: Final = 4
_INDICATORS: Final = tuple(_COLUMNS)


class FeeScheduleImporter:
    """The file of one quarter; where CMS gives two (qualifying participants in payment models, others), both."""

    system = FEE_SCHEDULE
    title = "Physician Fee Schedule relative value file (PPRRVU….csv)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By CMS's name or by the heading; CMS's fixed-width ``.txt`` beside it is not read."""
        if path.suffix.lower() == ".csv" and _NAME.match(path.stem):
            return True
        return path.suffix.lower() in (".csv", ".txt") and bool(
            re.search(r"^\"?HCPCS\"?[,\t]\"?MOD\"?[,\t]", head_text(head), re.MULTILINE | re.IGNORECASE)
        )

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The indicators of one quarter; see ``Importer.read``."""
        release = quarterly_release(FEE_SCHEDULE, files, edition)
        found: dict[str, tuple[str, ...]] = {}
        rows = 0
        for path in files:
            of_file = _codes(path, progress)
            differing = sorted(code for code, values in of_file.items() if found.get(code, values) != values)
            if differing:
                reason = f"and {files[0].name} differ in the indicators of {', '.join(differing[:5])}"
                raise refused(path, reason, "import one quarter at a time")
            found |= of_file
            rows += len(of_file)
        entries = {code: _entry(values) for code, values in found.items()}
        return Imported(release, entries, {"codes": len(entries), "repeated in a second file": rows - len(entries)})


def _codes(path: Path, progress: Progress) -> Mapping[str, tuple[str, ...]]:
    """Indicators by code, in the order of ``_COLUMNS``."""
    found: dict[str, tuple[str, ...]] = {}
    seen: set[tuple[str, str]] = set()
    for count, (line, code, modifier, values) in enumerate(_rows(path), start=1):
        if count % EVERY == 0:
            progress(EVERY)
        if (code, modifier) in seen:
            raise refused(path, f"lists {code} {modifier}".rstrip() + " a second time", line=line)
        seen.add((code, modifier))
        if not modifier:
            found[code] = values
        else:
            found.setdefault(code, values)
    if not found:
        raise refused(path, "holds no codes")
    return found


def _rows(path: Path) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    """Line, code, modifier, indicators."""
    above: deque[list[str]] = deque(maxlen=_ROWS_OF_HEADING)
    columns: tuple[int, ...] | None = None
    for line, row in rows_of(path):
        if columns is None:
            above.append(heading(row))
            if above[-1][:2] == [_CODE, _MODIFIER]:
                columns = _columns(path, line, above)
            continue
        if len(row) <= max(columns):
            raise refused(path, f"has {len(row)} columns, too few: cut short, or another layout", line=line)
        if not is_service_code(row[0]):
            raise refused(path, "holds no code in its first column", SPREADSHEET, line=line)
        values = tuple(row[column] for column in columns)
        for indicator, value in zip(_INDICATORS, values, strict=True):
            if value and re.fullmatch(_COLUMNS[indicator][1], value) is None:
                reason = f"has no value for {_COLUMNS[indicator][0].upper()} that the file's layout knows"
                raise refused(path, reason, SPREADSHEET, line=line)
        yield line, row[0], row[1], values
    if columns is None:
        raise refused(path, "has no heading that begins with HCPCS and MOD", "give the CSV of the relative value file")


def _columns(path: Path, line: int, above: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Where each indicator stands: the column whose heading, read downwards, ends as it should."""
    read = [" ".join(row[at] for row in above if at < len(row) and row[at]) for at in range(len(above[-1]))]
    found = []
    for ending, _ in _COLUMNS.values():
        at = [position for position, text in enumerate(read) if text.replace("co-surg", "co- surg").endswith(ending)]
        if len(at) != 1:
            raise refused(path, f"has {len(at)} columns {ending.upper()}, one is expected", line=line)
        found.append(at[0])
    return tuple(found)


def _entry(values: Sequence[str]) -> bytes:
    named = {name: value for name, value in zip(_INDICATORS, values, strict=True) if value}
    return json.dumps(named, separators=(",", ":")).encode()


IMPORTER: Final = FeeScheduleImporter()
