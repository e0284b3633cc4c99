"""Rows and cells of tables about services: comma- or tab-separated text below lines of title and copyright."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.published import refused, text_of

EVERY: Final = 10_000
"""Rows between two tellings of progress."""
SPREADSHEET: Final = "take the file as it is published: a spreadsheet program that saves it drops leading zeros"
_TABBED: Final = re.compile(r"\t[^\n\t]*\t[^\n\t]*\t")
_NEAR: Final = 65_536
_CODE: Final = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")


def is_service_code(text: str) -> bool:
    """Whether ``text`` has the form of a CPT or HCPCS code: ``99213``, ``0001U``, ``A0021``."""
    return _CODE.fullmatch(text) is not None


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number (from 1) of its last line, cells stripped of outer blanks.

    Tab-separated where a line near the beginning holds two tabs, else comma-separated. Raises
    ``ConfigurationError`` for what is no text, is empty, or breaks off inside a quoted cell.
    """
    text = text_of(path)
    reader = csv.reader(_lines(text), delimiter="\t" if _TABBED.search(text, 0, _NEAR) else ",", strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise refused(
            path, "is no table of text: a quoted cell is not closed (cut short?)", line=reader.line_num
        ) from (error)


def heading(row: Sequence[str]) -> list[str]:
    """The cells of a heading in lower case, line breaks as blanks."""
    return [" ".join(cell.split()).lower() for cell in row]


def compact_day(text: str) -> date | None:
    """``20251001`` as a date, or None for what is no date."""
    if re.fullmatch(r"[0-9]{8}", text) is None:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def ordinal_day(text: str) -> date | None:
    """``2025274``, the 274th day of 2025, as a date, or None for what is no date."""
    if re.fullmatch(r"[0-9]{7}", text) is None:
        return None
    year, ordinal = int(text[:4]), int(text[4:])
    try:
        day = date(year, 1, 1) + timedelta(days=ordinal - 1)
    except (ValueError, OverflowError):
        return None
    return day if day.year == year else None


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends. A generator: a list of them would take more memory than the file."""
    if "\n" not in text:  # some of CMS's files end their lines with a carriage return alone
        text = text.replace("\r", "\n")
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]
