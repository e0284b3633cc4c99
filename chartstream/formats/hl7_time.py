"""Times as HL7 v2 and CDA write them: ``YYYY[MM[DD[HHMM[SS[.S…]]]]][+/-ZZZZ]``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

_TIME = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)?(?P<second>\d\d)?(?:\.\d{1,6})?)?(?P<zone>[+-]\d{4})?\Z"
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")


def moment(text: str) -> datetime | None:
    """The time, aware; one that states no zone is taken as UTC. None for one without a day, and for what is no time."""
    match = _TIME.match(text.strip())
    if match is None:
        return None
    try:
        year, month, day_, hour, minute, second = (int(match[part] or 0) for part in _PARTS)
        return datetime(year, month, day_, hour, minute, second, tzinfo=_zone(match["zone"])).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(text: str) -> date | None:
    """The calendar day where the time was written down; None for a time without one, and for what is no time."""
    match = _TIME.match(text.strip())
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


def _zone(text: str | None) -> timezone:
    if text is None:
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-offset if text[0] == "-" else offset)
