"""Dates as notes write them."""

from __future__ import annotations

import re
from datetime import date
from enum import Enum, auto

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)

DATE = re.compile(
    r"(?P<iso>(?:19|20)\d\d-\d{1,2}-\d{1,2})(?!\d)"
    r"|(?<![\d/])(?P<numeric>\d{1,2}(?P<sign>[/.-])\d{1,2}(?P=sign)(?:(?:19|20)\d\d|\d\d))(?![\d/])"
    rf"|(?P<named>{_MONTH}[ ]?\d{{1,2}}(?:st|nd|rd|th)?,?[ ]?(?:19|20)\d\d)(?!\d)"
    rf"|(?<!\d)(?P<day_first>\d{{1,2}}(?:st|nd|rd|th)?[ -]?{_MONTH},?[ -]?(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
"""Any date; give the match to ``date_of``."""


def date_of(match: re.Match[str], century_pivot: int = 40, *, day_first: bool = False) -> date | None:
    """The date of a ``DATE`` match; None for one that no calendar has: it is not repaired.

    Numbers alone are read month first, as in the United States, unless only day first is possible or ``day_first``
    says so. Two-digit years up to ``century_pivot`` are of the 21st century.
    """
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    elif match["numeric"]:
        month, day, year = _numbers(match)
        if year < 100:
            year += 2000 if year <= century_pivot else 1900
        if month > 12 or (day_first and day <= 12):
            month, day = day, month
    else:
        year, month, day = _named(match["named"] or match["day_first"])
    try:
        return date(year, month, day)
    except ValueError:
        return None


class Order(Enum):
    """In which order a document writes the numbers of its dates, as far as its unambiguous ones prove it."""

    MONTH_FIRST = auto()
    DAY_FIRST = auto()
    UNPROVEN = auto()
    MIXED = auto()


def order_of(text: str) -> Order:
    """The order that the dates of a document prove: one with a number above twelve can be read in one way only."""
    day_first = month_first = False
    for match in DATE.finditer(text):
        if match["numeric"]:
            first, second, _ = _numbers(match)
            day_first |= 12 < first <= 31 and second <= 12
            month_first |= 12 < second <= 31 and first <= 12
    if day_first and month_first:
        return Order.MIXED
    return Order.DAY_FIRST if day_first else Order.MONTH_FIRST if month_first else Order.UNPROVEN


def ambiguous(match: re.Match[str]) -> bool:
    """Whether the numbers of a date could be read month first and day first, with different results."""
    if not match["numeric"]:
        return False
    first, second, _ = _numbers(match)
    return first != second and first <= 12 and second <= 12


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    """The numbers of a date written in numbers, in the order in which they stand."""
    first, second, year = match["numeric"].split(match["sign"])
    return int(first), int(second), int(year)


def _named(words: str) -> tuple[int, int, int]:
    day, year = (int(number) for number in re.findall(r"\d+", words))
    name = re.search(r"[a-z]{3}", re.sub(r"\d+(?:st|nd|rd|th)", "", words.lower()))
    return year, _MONTHS.index(name.group()) + 1 if name else 0, day
