"""The lines of CPT and HCPCS as the edits look at them: worked out once a claim, asked by every edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import CPT, HCPCS
from chartstream.codesets.services import AddOn, FeeIndicators, NcciSetting, ServiceCode, UnitsLimit
from chartstream.events.coding import CodeSystem, Diagnosis, Procedure
from chartstream.events.encounter import ClaimType
from chartstream.events.extraction import Evidence
from chartstream.validation.claim import Claim
from chartstream.validation.service_rules import Visit, families, listed, visit

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


@dataclass(frozen=True, slots=True)
class Service:
    """What is known of a code on a day. ``system`` is the table that it stands in by its form, None for no such form;
    ``installed`` whether there is such a table, ``entry`` what it says; ``limits`` are its units, by NCCI's setting.
    ``for_new`` and ``for_established``: a visit of such patients alone.
    """

    system: str | None
    installed: bool
    entry: ServiceCode | None
    fee: FeeIndicators | None
    add_on: AddOn | None
    limits: Mapping[NcciSetting, UnitsLimit]
    families: frozenset[str]
    visit: Visit | None
    for_new: bool
    for_established: bool

    @property
    def is_add_on(self) -> bool:
        """Whether any installed table says that it is an add-on code."""
        if self.add_on is not None or (self.entry is not None and self.entry.add_on):
            return True
        return self.fee is not None and self.fee.global_days == _ADD_ON_PERIOD

    @property
    def bilateral(self) -> str:
        """The fee schedule's bilateral indicator, empty where it is not known."""
        return "" if self.fee is None else self.fee.bilateral


@dataclass(slots=True, eq=False)
class ServiceLine:
    """A line of CPT or HCPCS. ``first`` and ``last`` are its days, else the encounter's first; None where no date is
    known. ``provider`` is None where it is not known, and on a hospital's claim, whose lines are all the hospital's.
    ``place`` is its place of service, else the facility's. ``tables`` are those in force on its first day, and
    ``service`` what they say of its code.
    """

    code: str
    modifiers: tuple[str, ...]
    units: Decimal
    first: date | None
    last: date | None
    provider: str | None
    place: str | None
    pointers: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    tables: Editions | None
    service: Service

    def shares_a_day(self, other: ServiceLine) -> bool:
        """Whether two lines have a day in common. Lines without any known date count as of one day."""
        if self.first is None or self.last is None or other.first is None or other.last is None:
            return True
        return self.first <= other.last and other.first <= self.last

    def shares_a_provider(self, other: ServiceLine) -> bool:
        """Whether two lines are one provider's; an unknown provider may be anyone."""
        return self.provider is None or other.provider is None or self.provider == other.provider


Pairs = Sequence[tuple[ServiceLine, ServiceLine]]


@dataclass(slots=True, eq=False)
class ServiceLines:
    """The lines of CPT and HCPCS of a claim, in its order. ``modified`` have modifiers, ``add_ons`` are add-on codes,
    ``visits`` stand for a visit. ``of_one_day`` are every two lines with a day in common, ``together`` those of them
    that are one provider's too, ``of_one_code`` those of these that have one code.
    """

    every: Sequence[ServiceLine]
    modified: Sequence[ServiceLine]
    add_ons: Sequence[ServiceLine]
    visits: Sequence[ServiceLine]
    of_one_day: Pairs
    together: Pairs
    of_one_code: Pairs

    def companions(self, line: ServiceLine) -> Iterator[ServiceLine]:
        """The other lines of the day and the provider of one of these lines."""
        for one, other in self.together:
            if one is line or other is line:
                yield other if one is line else one

    def same_day(self, line: ServiceLine) -> Iterator[ServiceLine]:
        """The other lines of the day of one of these lines, whoever provided them."""
        for one, other in self.of_one_day:
            if one is line or other is line:
                yield other if one is line else one


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
def lines_of(claim: Claim) -> ServiceLines:
    """The lines of CPT and HCPCS."""
    every = tuple(_service_line(claim, line) for line in claim.procedures if is_service(line))
    of_one_day = tuple((one, other) for one, other in combinations(every, 2) if one.shares_a_day(other))
    together = tuple((one, other) for one, other in of_one_day if one.shares_a_provider(other))
    return ServiceLines(
        every=every,
        modified=tuple(line for line in every if line.modifiers),
        add_ons=tuple(line for line in every if line.service.is_add_on),
        visits=tuple(line for line in every if line.service.visit is not None),
        of_one_day=of_one_day,
        together=together,
        of_one_code=tuple((one, other) for one, other in together if one.code == other.code),
    )


@lru_cache(maxsize=_CLAIMS_KEPT)
def diagnoses_by_number(claim: Claim) -> Mapping[int, Diagnosis]:
    """The diagnoses of ICD-10-CM by their sequence numbers, to which lines point."""
    return {d.sequence: d for d in claim.icd10cm}


def pointed(claim: Claim, pointers: Sequence[int]) -> Sequence[Diagnosis]:
    """The diagnoses of ICD-10-CM that pointers name, in their order; every one of the claim where there are none."""
    if not pointers:
        return claim.icd10cm
    by_number = diagnoses_by_number(claim)
    return [by_number[number] for number in pointers if number in by_number]


@lru_cache(maxsize=50_000)
def service_of(tables: Editions | None, code: str) -> Service:
    """What ``tables`` say of a code."""
    system, kind = table_of(code), visit(code)
    entry = tables.service(system, code) if tables is not None and system is not None else None
    limits = (
        ((setting, tables.units_limit(setting, code)) for setting in _SETTINGS.values()) if tables is not None else ()
    )
    return Service(
        system=system,
        installed=tables is not None and system is not None and tables.has(system),
        entry=None if entry is not None and entry.modifier else entry,
        fee=None if tables is None else tables.fee(code),
        add_on=None if tables is None else tables.add_on(code),
        limits={setting: limit for setting, limit in limits if limit is not None},
        families=families(code),
        visit=kind,
        for_new=kind is not None and listed(code, kind.new),
        for_established=kind is not None and listed(code, kind.established),
    )


def _service_line(claim: Claim, line: Procedure) -> ServiceLine:
    first, facility, tables = first_day(claim, line), claim.encounter.facility, claim.editions
    if tables is not None:
        tables = None if first is None else tables.on(first)
    return ServiceLine(
        code=line.code,
        modifiers=line.modifiers,
        units=line.units,
        first=first,
        last=line.performed_through or first,
        provider=line.provider_id if claim.claim_type is ClaimType.PROFESSIONAL else None,
        place=line.place_of_service or (facility.place_of_service if facility is not None else None),
        pointers=line.diagnosis_pointers,
        evidence=line.evidence,
        tables=tables,
        service=service_of(tables, line.code),
    )
