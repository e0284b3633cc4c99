"""The lines of CPT and HCPCS as the edits look at them: worked out once a claim, asked by every edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import CPT, HCPCS
from chartstream.codesets.services import AddOn, FeeIndicators, NcciSetting, ServiceCode
from chartstream.events.coding import CodeSystem, Diagnosis, Procedure
from chartstream.events.encounter import ClaimType
from chartstream.events.extraction import Evidence
from chartstream.validation.claim import Claim
from chartstream.validation.service_rules import Visit, families, visit

OUTPATIENT = frozenset({ClaimType.PROFESSIONAL, ClaimType.FACILITY_OUTPATIENT})
PROFESSIONAL = frozenset({ClaimType.PROFESSIONAL})

_CPT = re.compile(r"\d{4}[0-9AFMTU]")
_HCPCS = re.compile(r"[A-V]\d{4}")
_ADD_ON_PERIOD = "ZZZ"
_SETTINGS = {
    ClaimType.PROFESSIONAL: NcciSetting.PRACTITIONER,
    ClaimType.FACILITY_OUTPATIENT: NcciSetting.OUTPATIENT,
}
_CLAIMS_KEPT = 16  # the edits ask about one claim in turn, in as many threads as there may be


@dataclass(frozen=True, eq=False)
class ServiceLine:
    """A line of CPT or HCPCS. ``first`` and ``last`` are its days, else the encounter's first; None where no date is
    known. ``provider`` is None where it is not known, and on a hospital's claim, whose lines are all the hospital's.
    ``place`` is its place of service, else the facility's. ``tables`` are those in force on its first day.
    """

    code: str
    modifiers: tuple[str, ...]
    units: Decimal
    first: date | None
    last: date | None
    provider: str | None
    place: str | None
    revenue_code: str | None
    pointers: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    tables: Editions | None

    @cached_property
    def families(self) -> frozenset[str]:
        """The names of the families that its code belongs to."""
        return families(self.code)

    @cached_property
    def visit(self) -> Visit | None:
        """The kind of visit that its code stands for."""
        return visit(self.code)

    @cached_property
    def system(self) -> str | None:
        """The table that its code stands in, by its form; None for no such form."""
        return table_of(self.code)

    @cached_property
    def entry(self) -> ServiceCode | None:
        """What the CPT or HCPCS table says of its code, None where none is installed or it does not have it."""
        found = self.tables.service(self.system, self.code) if self.tables is not None and self.system else None
        return None if found is not None and found.modifier else found

    @cached_property
    def fee(self) -> FeeIndicators | None:
        """The fee-schedule indicators of its code, None where no installed table has them."""
        return None if self.tables is None else self.tables.fee(self.code)

    @cached_property
    def add_on(self) -> AddOn | None:
        """The add-on code edit of its code."""
        return None if self.tables is None else self.tables.add_on(self.code)

    @cached_property
    def is_add_on(self) -> bool:
        """Whether any installed table says that its code is an add-on code."""
        if self.add_on is not None or (self.entry is not None and self.entry.add_on):
            return True
        return self.fee is not None and self.fee.global_days == _ADD_ON_PERIOD

    def shares_a_day(self, other: ServiceLine) -> bool:
        """Whether two lines have a day in common. Lines without any known date count as of one day."""
        if self.first is None or self.last is None or other.first is None or other.last is None:
            return True
        return self.first <= other.last and other.first <= self.last

    def shares_a_provider(self, other: ServiceLine) -> bool:
        """Whether two lines are one provider's; an unknown provider may be anyone."""
        return self.provider is None or other.provider is None or self.provider == other.provider


def is_service(line: Procedure) -> bool:
    """Whether a line is of CPT or HCPCS."""
    return line.system is CodeSystem.CPT or line.system is CodeSystem.HCPCS


def table_of(code: str) -> str | None:
    """The table that a code of HCPCS level I (CPT) or level II stands in, by its form; None for no such form."""
    if _CPT.fullmatch(code):
        return CPT
    return HCPCS if _HCPCS.fullmatch(code) else None


def setting_of(claim: Claim) -> NcciSetting | None:
    """Whose NCCI tables hold for the claim; None for an inpatient one, to which NCCI does not apply."""
    return _SETTINGS.get(claim.claim_type)


def first_day(claim: Claim, line: Procedure) -> date | None:
    """The first day of a line: its own, else the encounter's; None where neither is known."""
    return line.performed_from or claim.encounter.service_from


def last_day(claim: Claim, line: Procedure) -> date | None:
    """The last day of a line."""
    return line.performed_through or first_day(claim, line)


@lru_cache(maxsize=_CLAIMS_KEPT)
def service_lines(claim: Claim) -> Sequence[ServiceLine]:
    """The lines of CPT and HCPCS, in the order of the claim."""
    return tuple(_service_line(claim, line) for line in claim.procedures if is_service(line))


@lru_cache(maxsize=_CLAIMS_KEPT)
def together(claim: Claim) -> Sequence[tuple[ServiceLine, ServiceLine]]:
    """Every two lines that are of one day and one provider, in the order of the claim."""
    pairs = combinations(service_lines(claim), 2)
    return tuple((one, other) for one, other in pairs if one.shares_a_day(other) and one.shares_a_provider(other))


def companions(claim: Claim, line: ServiceLine) -> Iterator[ServiceLine]:
    """The other lines of a line's day and provider."""
    for other in service_lines(claim):
        if other is not line and line.shares_a_day(other) and line.shares_a_provider(other):
            yield other


def pointed(claim: Claim, pointers: Sequence[int]) -> Iterator[Diagnosis]:
    """The diagnoses of ICD-10-CM that pointers name, in their order; every one of the claim where there are none."""
    if not pointers:
        yield from claim.icd10cm
        return
    by_number = {d.sequence: d for d in claim.icd10cm}
    yield from (by_number[number] for number in pointers if number in by_number)


def _service_line(claim: Claim, line: Procedure) -> ServiceLine:
    first, facility = first_day(claim, line), claim.encounter.facility
    return ServiceLine(
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        first=first,
        last=last_day(claim, line),
        provider=line.provider_id if claim.claim_type is ClaimType.PROFESSIONAL else None,
        place=line.place_of_service or (facility.place_of_service if facility is not None else None),
        revenue_code=line.revenue_code,
        pointers=line.diagnosis_pointers,
        evidence=line.evidence,
        tables=None if claim.editions is None or first is None else claim.editions.on(first),
    )
