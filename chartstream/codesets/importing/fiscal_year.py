"""From which day to which a release holds: federal fiscal years begin on 1 October, their updates on 1 April."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.published import refused
from chartstream.codesets.model import Release


def fiscal_year_of(day: date) -> int:
    """The fiscal year in which ``day`` lies: 1 October 2025 and 30 September 2026 lie in 2026."""
    return day.year + (day.month >= 10)


def dated_release(system: str, year: int | None, edition: Edition, file: Path, *, april: bool = False) -> Release:
    """The release of ``system`` for a fiscal year, or for what the person who imports says of it.

    ``year`` and ``april`` (the update of that spring) are what the files say, None where they say nothing. What is
    not told runs to the end of the fiscal year. Raises ``ConfigurationError`` that names ``file`` when no date is to
    be had, or when the release would end before it begins.
    """
    begins = edition.effective_from
    if begins is None:
        if year is None:
            raise refused(file, "does not say from which day it holds", "say so with --from (and --to)")
        begins = date(year, 4, 1) if april else date(year - 1, 10, 1)
    ends = edition.effective_to or date(fiscal_year_of(begins), 9, 30)
    if ends < begins:
        raise refused(file, f"would hold from {begins} to {ends}", "check --from and --to")
    return Release(system, edition.name or _name(system, begins), begins, ends)


def _name(system: str, begins: date) -> str:
    year = f"{system} FY{fiscal_year_of(begins)}"
    return year if (begins.month, begins.day) == (10, 1) else f"{year} ({begins:%B %Y})"
