"""Generated inpatient claims over every code there is, each at least once as principal and as secondary diagnosis."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from chartstream.codesets import ICD10CM, CodeSet, load, release_for
from chartstream.codesets.editions import Editions, Reader
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission
from chartstream.events.encounter import ClaimType, Encounter, Patient, PatientFacts, Sex
from chartstream.events.head import Origin
from chartstream.validation.claim import Claim
from chartstream.validation.quotes import Quotes

_SECONDARY: Final = 5
_SEXES: Final = (Sex.FEMALE, Sex.MALE, Sex.FEMALE, Sex.MALE, Sex.UNKNOWN)
# Half of the patients have an age at which a rule begins or ends, the others any.
_EDGES: Final = (0, 1, 8, 9, 11, 12, 14, 15, 17, 18, 55, 56, 60, 61, 64, 65, 124)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OTHERS: Final = "0123456789ABCDEFX."


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year of discharges."""

    name: str
    first: date
    last: date

    def day(self, chance: random.Random) -> date:
        """Any day of it."""
        return self.first + timedelta(days=chance.randrange((self.last - self.first).days + 1))


FY2020: Final = Year("FY2020", date(2019, 10, 1), date(2020, 9, 30))
FY2026: Final = Year("FY2026", date(2025, 10, 1), date(2026, 9, 30))


class EmptyLibrary:
    """A site that has imported nothing."""

    def tables(self, system: str, day: date) -> Sequence[Reader]:
        """None."""
        return ()


def every_code(codes: CodeSet, retired: Sequence[str], chance: random.Random) -> list[str]:
    """Billable codes and those that are not, codes of other years, and what is no code, in random order."""
    entries = [code for code in codes if len(code) >= 3 and "-" not in code and not code.isdigit()]
    known = {code.replace(".", "") for code in entries}
    others = [code for code in dict.fromkeys(retired) if code.replace(".", "") not in known]
    every = [*entries, *others, *_malformed(entries, known, chance, len(entries) // 20)]
    chance.shuffle(every)
    return every


def stays(every: Sequence[str], year: Year, count: int, chance: random.Random) -> Iterator[Claim]:
    """``count`` stays of a year: the codes in turn as principal, each with five others, all of them in turn as well."""
    secondary = _endless(every, chance)
    for place in range(count):
        codes = list(dict.fromkeys([every[place % len(every)], *(next(secondary) for _ in range(_SECONDARY))]))
        yield _stay(codes, year.day(chance), _age(chance), chance.choice(_SEXES))


def _stay(codes: Sequence[str], day: date, age: int, sex: Sex) -> Claim:
    release = release_for(ICD10CM, day)
    return Claim(
        encounter=_encounter(day),
        facts=PatientFacts(age_years=age, sex=sex),
        diagnoses=tuple(_diagnosis(place, code) for place, code in enumerate(codes, start=1)),
        procedures=(),
        day=day,
        code_set=load(release) if release is not None else None,
        editions=Editions(EmptyLibrary(), day),
        documents=(),
        quotes=Quotes({}),
    )


@lru_cache(maxsize=1_000)
def _encounter(day: date) -> Encounter:
    return Encounter(
        claim_type=ClaimType.FACILITY_INPATIENT,
        complete=True,
        source="generated",
        service_from=day - timedelta(days=3),
        service_through=day,
        discharge_disposition="01",
        patient=Patient(patient_id="generated"),
    )


def _diagnosis(place: int, code: str) -> Diagnosis:
    return Diagnosis.model_construct(
        sequence=place,
        system=CodeSystem.ICD_10_CM,
        code=code,
        description="",
        role=DiagnosisRole.PRINCIPAL if place == 1 else DiagnosisRole.SECONDARY,
        present_on_admission=PresentOnAdmission.Y,
        origin=Origin.ENGINE,
        evidence=(),
    )


def _age(chance: random.Random) -> int:
    return chance.choice(_EDGES) if chance.random() < 0.5 else chance.randrange(125)


def _endless(every: Sequence[str], chance: random.Random) -> Iterator[str]:
    while True:
        yield from chance.sample(every, len(every))


def _malformed(entries: Sequence[str], known: set[str], chance: random.Random, count: int) -> Iterator[str]:
    """Strings that are no code however they are spelled: another character, one too many, letters at random."""
    made = 0
    while made < count:
        code = chance.choice(entries)
        kind = chance.randrange(3)
        if kind == 0:
            at = chance.randrange(len(code))
            code = f"{code[:at]}{chance.choice(_OTHERS)}{code[at + 1 :]}"
        elif kind == 1:
            code += chance.choice(_OTHERS)
        else:
            code = chance.choice(_LETTERS) + "".join(chance.choice(_OTHERS) for _ in range(chance.randrange(8)))
        if code.replace(".", "") not in known:
            made += 1
            yield code
