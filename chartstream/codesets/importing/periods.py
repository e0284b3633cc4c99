"""From which day to which a quarterly or yearly table of services holds, as its file's name says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.published import refused
from chartstream.codesets.model import Release

_MONTHS: Final = {"jan": 1, "apr": 4, "jul": 7, "oct": 10}
_QUARTER: Final = re.compile(r"(20[0-9]{2})[-_ ]?q([1-4])(?![0-9])", re.IGNORECASE)
_EFFECTIVE: Final = re.compile(r"eff[a-z]*[-_ ]?([0-9]{2})-([0-9]{2})-(20[0-9]{2})", re.IGNORECASE)
_MONTH: Final = re.compile(r"(?<![0-9])(?:20)?([0-9]{2})[-_ ]?(jan|apr|jul|oct)(?![a-z])", re.IGNORECASE)
_NCCI_VERSION: Final = re.compile(r"(?<![a-z])v([0-9]{2})([0-3])r[0-9]", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_FIRST_VERSION_YEAR: Final = 1994
"""NCCI's version 31.3 is the fourth quarter of 2025: versions count the years from 1995."""

_SAY: Final = "say from when to when it holds with --from and --to"
_APART: Final = "import each quarter on its own"


def quarter_in(name: str) -> date | None:
    """The first day of the quarter that a file's name states, in one of CMS's ways; None if it states none.

    ``medicare-ncci-2025q4-…``, ``MCR_MUE_…_Eff_10-01-2025``, ``PPRRVU25_OCT``, ``ccipra-v313r0-f1``.
    """
    if found := _QUARTER.search(name):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1)
    if found := _EFFECTIVE.search(name):
        month, day, year = (int(part) for part in found.groups())
        return date(year, month, day) if (month, day) in {(first, 1) for first in _MONTHS.values()} else None
    if found := _MONTH.search(name):
        return date(2000 + int(found[1]), _MONTHS[found[2].lower()], 1)
    if found := _NCCI_VERSION.search(name):
        return date(_FIRST_VERSION_YEAR + int(found[1]), 3 * int(found[2]) + 1, 1)
    return None


def year_in(name: str) -> int | None:
    """The year that a file's name states, or None."""
    found = _YEAR.search(name)
    return int(found[1]) if found else None


def quarterly_release(system: str, files: Sequence[Path], edition: Edition, part: str = "") -> Release:
    """The release of the quarter that the files' names state, or of the days that the person who imports says.

    Raises ``ConfigurationError`` when neither says from when it holds, when the files are of different quarters, or
    when the release would end before it begins.
    """
    stated = {quarter: path for path in files if (quarter := quarter_in(path.stem)) is not None}
    if len(stated) > 1 and edition.effective_from is None:
        raise refused(max(stated.items())[1], f"is of another quarter than {min(stated.items())[1].name}", _APART)
    begins = edition.effective_from or next(iter(stated), None)
    if begins is None:
        raise refused(files[0], "does not say of which quarter it is", _SAY)
    label = " ".join(filter(None, (system, part, f"{begins.year} Q{_number(begins)}")))
    ends = edition.effective_to or _end_of_quarter(begins)
    return _checked(Release(system, edition.name or label, begins, ends), files[0])


def yearly_release(system: str, files: Sequence[Path], edition: Edition) -> Release:
    """The release of the year that the files' names (or their folder's) state, else as ``quarterly_release``."""
    names = [name for path in files for name in (path.stem, path.parent.name)]
    begins = edition.effective_from
    if begins is None:
        stated = next((year for name in names if (year := year_in(name)) is not None), None)
        if stated is None:
            raise refused(files[0], "does not say of which year it is", _SAY)
        begins = date(stated, 1, 1)
    ends = edition.effective_to or date(begins.year, 12, 31)
    return _checked(Release(system, edition.name or f"{system} {begins.year}", begins, ends), files[0])


def _number(day: date) -> int:
    return (day.month + 2) // 3


def _end_of_quarter(day: date) -> date:
    following = 3 * _number(day) + 1
    first = date(day.year + 1, 1, 1) if following > 12 else date(day.year, following, 1)
    return first - timedelta(days=1)


def _checked(release: Release, file: Path) -> Release:
    if release.effective_to < release.effective_from:
        reason = f"would hold from {release.effective_from} to {release.effective_to}"
        raise refused(file, reason, "check --from and --to")
    return release
