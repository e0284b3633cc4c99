"""Units: whole numbers, and no more than NCCI's medically unlikely edits allow."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from chartstream.codesets.model import NCCI_MUE
from chartstream.codesets.services import UnitsLimit
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import (
    OUTPATIENT,
    ServiceLine,
    lines_of,
    setting_of,
)
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.service_rules import listed, service_rules

registry = Registry(of_lines=True)

_BY_LINE, _BY_DAY, _BY_BENCHMARK = 1, 2, 3
_POSTOPERATIVE_CARE = "55"
_TENTH = Decimal("0.1")


@registry.edit(
    Severity.BLOCKS,
    source="ASC X12N 837P SV104 and 837I SV205; Medicare Claims Processing Manual, chapter 26, section 10.4, item 24G, "
    "and chapter 15, section 30.1.2 (mileage in tenths)",
    remedy="state the number of services as a whole number of at least one",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "units": "1.5"}]},
)
def units_invalid(claim: Claim) -> Iterator[Hit]:
    """No units, fewer than none, or a fraction where the service has none."""
    for line in claim.procedures:
        if line.units <= 0:
            yield Hit(f"{line.code} has {_written(line.units)} units", (line.code,))
        elif line.units % _step(line.code):
            yield Hit(f"{line.code} has {_written(line.units)} units, a fraction that it cannot have", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="NCCI medically unlikely edits, adjudication indicator 1; NCCI Policy Manual, chapter I, section V",
    remedy="correct the units, or put what the record supports beyond the limit on a line with its own modifier",
    example={"codes": ["E78.5"], "procedures": [{"code": "36415", "units": "3"}]},
    claim_types=OUTPATIENT,
)
def units_over_line_limit(claim: Claim) -> Iterator[Hit]:
    """More units on one line than its medically unlikely edit allows."""
    for line in lines_of(claim).every:
        limit = _limit(claim, line)
        if limit is not None and limit.adjudication == _BY_LINE and (units := _daily(line)) > limit.limit:
            yield Hit(f"{line.code} has {_written(units)} units a line, the limit is {limit.limit}", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="NCCI medically unlikely edits, adjudication indicator 2; NCCI Policy Manual, chapter I, section V",
    remedy="correct the units: by policy no day has more",
    example={"codes": ["I10"], "procedures": [{"code": "99291", "units": "2"}]},
    claim_types=OUTPATIENT,
)
def units_over_day_limit(claim: Claim) -> Iterator[Hit]:
    """More units on one day, all lines together, than policy allows."""
    yield from _over_a_day(claim, frozenset({_BY_DAY}), "the limit is")


@registry.edit(
    Severity.REVIEW,
    source="NCCI medically unlikely edits, adjudication indicator 3 or none; NCCI Policy Manual, chapter I, section V",
    remedy="correct the units, or acknowledge that the record supports them",
    example={"codes": ["M25.561"], "procedures": [{"code": "J1885", "units": "9"}]},
    claim_types=OUTPATIENT,
)
def units_over_benchmark(claim: Claim) -> Iterator[Hit]:
    """More units on one day, all lines together, than is likely."""
    yield from _over_a_day(claim, frozenset({_BY_BENCHMARK, None}), "more than is likely:")


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I, section V: medically unlikely edits of the quarter of the service",
    remedy="install the medically unlikely edits of the quarter, or look the limit up",
    example={"codes": ["M25.561"], "day": None, "procedures": [{"code": "J1885", "units": "2"}]},
    claim_types=OUTPATIENT,
)
def units_unchecked(claim: Claim) -> Iterator[Hit]:
    """More than one unit of a service, and no table of medically unlikely edits for its day."""
    setting = setting_of(claim)
    for line in lines_of(claim).every:
        if line.units <= 1 or setting is None:
            continue
        if line.tables is None or not line.tables.has_setting(NCCI_MUE, setting):
            yield Hit(f"{_written(line.units)} units of {line.code} cannot be checked: no MUE table", (line.code,))


def _over_a_day(claim: Claim, kinds: frozenset[int | None], words: str) -> Iterator[Hit]:
    seen: list[ServiceLine] = []
    lines = lines_of(claim).every
    for line in lines:
        limit = _limit(claim, line)
        if limit is None or limit.adjudication not in kinds or any(_counted_with(line, one) for one in seen):
            continue
        seen.append(line)
        counted = (_daily(one) for one in lines if one is line or _counted_with(line, one))
        units = sum(counted, Decimal(0))
        if units > limit.limit:
            yield Hit(f"{line.code} has {_written(units)} units a day, {words} {limit.limit}", (line.code,))


def _counted_with(line: ServiceLine, other: ServiceLine) -> bool:
    return other.code == line.code and line.shares_a_day(other) and line.shares_a_provider(other)


def _daily(line: ServiceLine) -> Decimal:
    """The units of a line a day: what a span of days comes to on each, rounded; none of postoperative care (55)."""
    if _POSTOPERATIVE_CARE in line.modifiers:
        return Decimal(0)
    if line.first is None or line.last is None or line.last <= line.first:
        return line.units
    return (line.units / ((line.last - line.first).days + 1)).quantize(Decimal(1), rounding=ROUND_HALF_UP)


def _limit(claim: Claim, line: ServiceLine) -> UnitsLimit | None:
    setting = setting_of(claim)
    return None if setting is None else line.service.limits.get(setting)


@lru_cache(maxsize=20_000)
def _step(code: str) -> Decimal:
    """The least part of a unit that a line of the code may state."""
    return _TENTH if listed(code, service_rules().fractional_units.codes) else Decimal(1)


def _written(units: Decimal) -> str:
    return f"{units.normalize():f}"
