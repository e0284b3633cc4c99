"""NCCI procedure-to-procedure edits as CMS publishes them each quarter: tab- or comma-separated text in four parts.

``ccipra-v313r0-f1.txt`` to ``-f4`` hold the edits for practitioners, ``ccioph-…`` those for hospital outpatients. Below
the AMA's copyright and a heading of several lines each row is an edit: column 1, column 2, ``*`` if it existed before
1996, effective date, deletion date (``*`` for none), modifier indicator (0, 1, 9), rationale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from chartstream.codesets.importing.columns import EVERY, SPREADSHEET, compact_day, heading, is_service_code, rows_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import quarterly_release
from chartstream.codesets.importing.published import head_text, refused
from chartstream.codesets.model import NCCI_PTP
from chartstream.codesets.services import NcciSetting

_SETTINGS: Final = {
    "ccipra": NcciSetting.PRACTITIONER,
    "practitioner": NcciSetting.PRACTITIONER,
    "ccioph": NcciSetting.OUTPATIENT,
    "hospital": NcciSetting.OUTPATIENT,
    "outpatient": NcciSetting.OUTPATIENT,
}
_NAME: Final = re.compile(r"cci(pra|oph)-v[0-9]", re.IGNORECASE)
_HEADING: Final = re.compile(r"column ?1\W+column ?2\b", re.IGNORECASE)
_PART: Final = re.compile(r"-f([0-9])$", re.IGNORECASE)
_PARTS: Final = ("1", "2", "3", "4")
_NONE: Final = "*"
_INDICATORS: Final = ("0", "1", "9")
_COLUMNS: Final = 6
"""Columns before the rationale, which older files lack."""


class PtpImporter:
    """The edits for one setting. Its four parts are read together."""

    system = NCCI_PTP

    def __init__(self, setting: NcciSetting) -> None:
        self.setting = setting
        self.title = f"NCCI procedure-to-procedure edits, {setting} (cci…-v…r…-f1.txt to f4)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By CMS's name, or by the heading; a file that does not say its setting is the practitioners' to refuse."""
        if path.suffix.lower() not in (".txt", ".csv"):
            return False
        if not (_NAME.match(path.stem) or _HEADING.search(head_text(head))):
            return False
        return (_setting(path) or NcciSetting.PRACTITIONER) is self.setting

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The edits of one quarter; see ``Importer.read``. 2.5 million take under a minute and about 1 GB."""
        unsaid = next((path for path in files if _setting(path) is None), None)
        if unsaid is not None:
            raise refused(unsaid, "does not say for whom it holds", "keep CMS's name (ccipra… or ccioph…)")
        _check_parts(files)
        release = quarterly_release(NCCI_PTP, files, edition, self.setting)
        entries = _Entries(self.setting)
        for path in sorted(files):
            for line, row in _edits(path, progress):
                entries.add(path, line, row)
        edits = entries.finished()
        counts = {"pairs": len(edits), "further periods of a pair": entries.further, "repeated": entries.repeated}
        edits[f"{self.setting}:"] = json.dumps(counts).encode()
        return Imported(release, edits, counts)


class _Entries:
    """Entries by key. Millions of edits share a few thousand sets of dates, indicator and rationale: each is checked
    and kept once.
    """

    def __init__(self, setting: NcciSetting) -> None:
        self._setting = setting
        self._entries: dict[str, bytes] = {}
        self._values: dict[tuple[str, ...], bytes] = {}
        self._codes: set[str] = set()
        self._again: dict[str, list[bytes]] = {}
        self.further = 0
        self.repeated = 0

    def add(self, path: Path, line: int, row: Sequence[str]) -> None:
        """Keep an edit. Of a pair that is there already it is a further period, or a mere repetition."""
        one, two = row[0], row[1]
        for code in (one, two):
            if code not in self._codes:
                if not is_service_code(code):
                    raise refused(path, "holds no pair of codes in its first two columns", SPREADSHEET, line=line)
                self._codes.add(code)
        said = tuple(row[3 : _COLUMNS + 1])
        value = self._values.get(said)
        if value is None:
            value = self._values[said] = _value(path, line, said)
        key = f"{self._setting}:{one}:{two}"
        if key not in self._entries:
            self._entries[key] = value
            return
        periods = self._again.setdefault(key, [self._entries[key]])
        if value in periods:
            self.repeated += 1
        else:
            self.further += 1
            periods.append(value)

    def finished(self) -> dict[str, bytes]:
        """All entries: of a pair with several periods a list, the latest first."""
        for key, values in self._again.items():
            if len(values) > 1:
                periods = sorted((json.loads(value) for value in values), key=_begins, reverse=True)
                self._entries[key] = _bytes(periods)
        return self._entries


def _edits(path: Path, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """The rows below the heading, whose further lines leave the columns of codes empty."""
    below = begun = False
    count = 0
    for line, row in rows_of(path):
        if not below:
            below = [cell.replace(" ", "") for cell in heading(row[:2])] == ["column1", "column2"]
            continue
        if not begun and not any(row[:2]):
            continue
        begun = True
        count += 1
        if count % EVERY == 0:
            progress(EVERY)
        if len(row) < _COLUMNS or any(row[_COLUMNS + 1 :]):
            reason = f"has {len(row)} columns, an edit has {_COLUMNS + 1}: cut short, or another layout"
            raise refused(path, reason, line=line)
        yield line, row
    if not begun:
        raise refused(path, "holds no edits" if below else "has no heading with Column 1 and Column 2")


def _value(path: Path, line: int, said: Sequence[str]) -> bytes:
    begins, ends, indicator, *rationale = said
    first, last = compact_day(begins), compact_day(ends)
    if first is None or (last is None and ends != _NONE):
        raise refused(path, "has no dates in the form 20260101 (or * for none)", SPREADSHEET, line=line)
    if indicator not in _INDICATORS:
        raise refused(path, "has no modifier indicator 0, 1 or 9", line=line)
    values: dict[str, Any] = {
        "effective_from": first.isoformat(),
        "deleted": None if last is None else last.isoformat(),
        "modifier_indicator": int(indicator),
    }
    if rationale and rationale[0]:
        values["rationale"] = rationale[0]
    return _bytes(values)


def _check_parts(files: Sequence[Path]) -> None:
    """All four parts, once each, or files that are no parts."""
    numbers = sorted(found[1] for path in files if (found := _PART.search(path.stem)))
    if numbers and numbers != [*_PARTS]:
        remedy = "give all parts of one setting in one command: each holds other pairs"
        raise refused(files[0], f"is one of the parts f1 to f4, of which f{', f'.join(numbers)} are here", remedy)
    if not numbers and len(files) > 1:
        raise refused(files[1], f"stands beside {files[0].name} and neither says which part it is", "keep CMS's names")


def _setting(path: Path) -> NcciSetting | None:
    found = {setting for word, setting in _SETTINGS.items() if word in path.stem.lower()}
    return found.pop() if len(found) == 1 else None


def _begins(period: dict[str, Any]) -> str:
    begins: str = period["effective_from"]
    return begins


def _bytes(values: Any) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


IMPORTERS: Final = (PtpImporter(NcciSetting.PRACTITIONER), PtpImporter(NcciSetting.OUTPATIENT))
