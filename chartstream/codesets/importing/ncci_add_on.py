"""NCCI add-on code edits as CMS publishes them (``AOC_V2025Q4_01-MCR.txt``): which codes stand only beside others.

Fixed width (CMS's file structure of 2022), positions from 1: type 1, add-on code 2-6, its deletion date 7-13, primary
code 14-18, its deletion date 19-25, edit effective 26-32, edit deleted 33-39, notes. Dates are year and day of the year
(2025274), a deletion date is the last day. ``CCCCC`` stands for primaries that the contractor defines. The same columns
with a heading, saved from CMS's workbook as CSV or tab-separated text, are read too.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from chartstream.codesets.importing.columns import EVERY, heading, is_service_code, ordinal_day, rows_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import quarterly_release
from chartstream.codesets.importing.published import head_text, lines_of, refused
from chartstream.codesets.model import NCCI_ADD_ON, Release
from chartstream.codesets.services import CONTRACTOR_DEFINED

_NAME: Final = re.compile(r"AOC_V20[0-9]{2}Q[1-4]", re.IGNORECASE)
_RECORD: Final = re.compile(r"[1-3][0-9A-Z]{5}[0-9 ]{7}[0-9A-Z]{5}[0-9 ]{7}[0-9]{7}")
_ENDS: Final = (1, 6, 13, 18, 25, 32, 39)
"""Where the seven fields end."""
_HEADING: Final = ("type", "add-on code", "deldt", "primary code", "deldt", "effdt", "deldt")
"""What the headings of the seven columns hold, in order."""
_SEVERAL_KINDS: Final = 3
"""The kind of a code with rows of several: some of its primaries are listed."""
_MOST_HEADER: Final = 20


@dataclass(frozen=True, slots=True)
class _Edit:
    """One row: ``ends`` is the last day on which the add-on code, the primary and the edit all are in force."""

    kind: int
    add_on: str
    primary: str
    begins: date
    ends: date | None


class AddOnImporter:
    """The file of one quarter."""

    system = NCCI_ADD_ON
    title = "NCCI add-on code edits (AOC_V….txt)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By CMS's name, by a record, or by the heading."""
        if path.suffix.lower() not in (".txt", ".csv"):
            return False
        text = head_text(head)
        found = _NAME.match(path.stem) or any(_RECORD.match(line) for line in text.splitlines())
        return bool(found) or ("add-on_code" in text.lower() and "primary_code" in text.lower())

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The edits that hold on some day of the release; see ``Importer.read``."""
        if len(files) > 1:
            raise refused(files[1], "is a second file of add-on codes", "import one quarter at a time")
        release = quarterly_release(NCCI_ADD_ON, files, edition)
        edits: dict[str, list[_Edit]] = defaultdict(list)
        rows = ended = 0
        for rows, edit in enumerate(_edits(files[0]), start=1):
            if rows % EVERY == 0:
                progress(EVERY)
            if edit.begins > release.effective_to or (edit.ends is not None and edit.ends < release.effective_from):
                ended += 1
            else:
                edits[edit.add_on].append(edit)
        entries = {code: _entry(of_code, release) for code, of_code in edits.items()}
        if not entries:
            raise refused(files[0], f"holds no edit in force from {release.effective_from} to {release.effective_to}")
        return Imported(release, entries, {"edits": rows, "add-on codes": len(entries), "not in force": ended})


def _edits(path: Path) -> Iterator[_Edit]:
    for line, cells in _fields(path):
        add_on, primary = cells[1], cells[3]
        if cells[0] not in ("1", "2", "3") or not is_service_code(add_on):
            raise refused(path, "holds no type 1 to 3 with an add-on code", line=line)
        if primary != CONTRACTOR_DEFINED and not is_service_code(primary):
            raise refused(path, f"holds no primary code for {add_on}", line=line)
        begins = ordinal_day(cells[5])
        if begins is None:
            raise refused(path, f"has no effective date in the form 2025274 for {add_on}", line=line)
        ends = [_last_day(path, line, cells[at]) for at in (2, 4, 6)]
        yield _Edit(int(cells[0]), add_on, primary, begins, min((day for day in ends if day is not None), default=None))


def _fields(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The seven fields of each row with its line, from either layout."""
    fixed = any(_RECORD.match(line) for _, (_, line) in zip(range(_MOST_HEADER), lines_of(path), strict=False))
    return _fixed_fields(path) if fixed else _separated_fields(path)


def _fixed_fields(path: Path) -> Iterator[tuple[int, list[str]]]:
    begun = False
    for number, line in lines_of(path):
        if _RECORD.match(line) is None:
            if begun:
                raise refused(path, "is no edit of the fixed layout: cut short, or another layout", line=number)
            continue  # a title or the copyright
        begun = True
        starts = (0, *_ENDS)
        yield number, [line[start:end].strip() for start, end in zip(starts, _ENDS, strict=False)]


def _separated_fields(path: Path) -> Iterator[tuple[int, list[str]]]:
    below = False
    for line, row in rows_of(path):
        if below:
            if len(row) < len(_HEADING):
                raise refused(path, f"has {len(row)} columns, an edit has at least {len(_HEADING)}", line=line)
            yield line, row[: len(_HEADING)]
        else:
            cells = [cell.replace("_", " ") for cell in heading(row)]
            below = len(cells) >= len(_HEADING) and all(
                name in cell for name, cell in zip(_HEADING, cells, strict=False)
            )
    if not below:
        raise refused(path, "holds neither the fixed layout of add-on code edits nor a heading with its columns")


def _last_day(path: Path, line: int, text: str) -> date | None:
    if not text.strip("0"):
        return None
    day = ordinal_day(text)
    if day is None:
        raise refused(path, "has a deletion date that is none in the form 2025274", line=line)
    return day


def _entry(edits: Sequence[_Edit], release: Release) -> bytes:
    """The entry as ``Editions.add_on`` reads it: primaries throughout the release, and those for some of its days."""
    kinds = {edit.kind for edit in edits}
    primaries, dated = set(), set()
    for edit in edits:
        if edit.begins <= release.effective_from and (edit.ends is None or edit.ends >= release.effective_to):
            primaries.add(edit.primary)
        else:
            dated.add((edit.primary, edit.begins.isoformat(), edit.ends.isoformat() if edit.ends else ""))
    entry: dict[str, Any] = {
        "kind": kinds.pop() if len(kinds) == 1 else _SEVERAL_KINDS,
        "primaries": sorted(primaries),
    }
    if dated:
        entry["dated"] = sorted(dated)
    return json.dumps(entry, separators=(",", ":")).encode()


IMPORTER: Final = AddOnImporter()
