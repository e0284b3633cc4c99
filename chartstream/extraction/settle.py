"""What the notes state against what the submission says: the encounter's dates, the patient's age and sex.

A required field that is missing, doubtful or contradicted becomes an ``issue``: a person has to look at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chartstream.errors import Problem
from chartstream.events.encounter import ClaimType, Encounter, PatientFacts, Sex
from chartstream.extraction.fields import Field

DATE_BOUND = 0.85
"""Below this a date that was read is not relied upon: it decides which release of the code sets applies."""

IDENTITY_BOUND = 0.94
"""Above this a stated birth date or sex that contradicts the submission puts the document in doubt: another patient's?
Phrases in the text ("a 3-day-old boy" in his mother's note) stay below."""


AGE_BOUND = 0.6
"""Above this a stated age that disagrees with a birth date only the notes state puts both in doubt."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A field and the document that states it."""

    document_id: str
    field: Field


@dataclass(frozen=True, slots=True)
class Settled:
    """The encounter with its dates, the patient's facts, and what keeps it from being coded without a person."""

    encounter: Encounter
    facts: PatientFacts
    issues: tuple[Problem, ...]


def settle(
    encounter: Encounter, stated: Sequence[Stated], waived: Sequence[str] = (), received: date | None = None
) -> Settled:
    """Bring submission and notes together. ``waived`` names required fields that may be missing; ``received`` is the
    day (UTC) on which the notes came in: what they state to be later, but for a day of time zones, contradicts it.

    A waived date is not looked for: the batch that waived it chose the release of the code sets itself.
    """
    issues: list[Problem] = []
    if encounter.service_from is None and "encounter_date" in waived:
        return Settled(encounter, _facts(encounter, stated, None), tuple(_contradictions(encounter, stated, None)))
    if encounter.service_from is not None:
        first, last = encounter.service_from, encounter.service_through or encounter.service_from
        if encounter.service_through is None and encounter.claim_type is ClaimType.FACILITY_INPATIENT:
            last = _sole(stated, "discharge_date") or last
        issues += _outside(stated, first, last)
    else:
        span, issues = _from_notes(encounter.claim_type, stated)
        if span is None:
            issues += _contradictions(encounter, stated, None)
            return Settled(encounter, _facts(encounter, stated, None), tuple(issues))
        first, last = span
    if received is not None and last > received + timedelta(days=1):
        issues.append(_conflict("discharge_date" if last != first else "encounter_date"))
    dated = encounter.model_copy(update={"service_from": first, "service_through": last})
    issues += _contradictions(encounter, stated, first)
    return Settled(dated, _facts(encounter, stated, first), tuple(dict.fromkeys(issues)))


def _from_notes(claim_type: ClaimType, stated: Sequence[Stated]) -> tuple[tuple[date, date] | None, list[Problem]]:
    """First and last date of service as the notes give them, or why they cannot."""
    visits = _dates(stated, "encounter_date")
    stay = claim_type is ClaimType.FACILITY_INPATIENT or not visits
    names = ("admission_date", "discharge_date") if stay else ("encounter_date",)
    found = {name: _dates(stated, name) for name in names}
    if claim_type is not ClaimType.FACILITY_INPATIENT and not all(found.values()):
        return None, [missing("encounter_date")]
    issues = [missing(name) for name, dates in found.items() if not dates]
    issues += [_conflict(name) for name, dates in found.items() if len(dates) > 1]
    issues += [doubtful(name) for name, dates in found.items() if len(dates) == 1 and max(dates.values()) < DATE_BOUND]
    if issues:
        return None, issues
    chosen = [next(iter(dates)) for dates in found.values()]
    first, last = min(chosen), max(chosen)
    return (first, last), _outside(stated, first, last)


def _outside(stated: Sequence[Stated], first: date, last: date) -> list[Problem]:
    """Dates that the notes state with confidence and that lie outside the encounter's: whose note is it?"""
    names = ("encounter_date", "admission_date", "discharge_date")
    return [
        _conflict(name, item.document_id)
        for name in names
        for item in stated
        if item.field.name == name
        and item.field.confidence >= DATE_BOUND
        and not first <= date.fromisoformat(item.field.value) <= last
    ]


def _dates(stated: Sequence[Stated], name: str) -> dict[date, float]:
    """The different dates stated under a name, with the best confidence of each."""
    found: dict[date, float] = {}
    for item in stated:
        if item.field.name == name:
            when = date.fromisoformat(item.field.value)
            found[when] = max(found.get(when, 0.0), item.field.confidence)
    return found


def _sole(stated: Sequence[Stated], name: str) -> date | None:
    dates = _dates(stated, name)
    return next(iter(dates)) if len(dates) == 1 and max(dates.values()) >= DATE_BOUND else None


def _contradictions(encounter: Encounter, stated: Sequence[Stated], on: date | None) -> list[Problem]:
    against = _against_submission(encounter, stated)
    return [
        *against,
        *_among_notes(encounter, stated),
        *([] if against or on is None else _implausible(encounter, stated, on)),
    ]


def _among_notes(encounter: Encounter, stated: Sequence[Stated]) -> list[Problem]:
    """Different values of what only the notes can tell, each stated with some confidence: which of them is right?"""
    open_fields = [
        name
        for name, known in (
            ("birth_date", encounter.patient.birth_date is not None),
            ("sex", encounter.patient.sex is not Sex.UNKNOWN),
        )
        if not known
    ]
    return [
        _conflict(name)
        for name in open_fields
        if len({i.field.value for i in stated if i.field.name == name and i.field.confidence >= DATE_BOUND}) > 1
    ]


def _implausible(encounter: Encounter, stated: Sequence[Stated], on: date) -> list[Problem]:
    """A birth after the encounter, or an age that neither the birth date nor a year's slip explains."""
    born = _birth_date(encounter) or _sole(stated, "birth_date")
    if born is None:
        ages = {_years(i.field.value) for i in stated if i.field.name == "age" and i.field.confidence >= DATE_BOUND}
        apart = [age for age in ages if age is not None]
        return [_conflict("age")] if apart and max(apart) - min(apart) > 1 else []
    if born > on:
        return [_conflict("birth_date")]
    # A birth date that the notes alone state is trusted less than the submission's: any age read speaks against it.
    bound = IDENTITY_BOUND if _birth_date(encounter) else AGE_BOUND
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    ages_stated = [(_years(i.field.value), i) for i in stated if i.field.name == "age" and i.field.confidence >= bound]
    if _birth_date(encounter) is None and any(age is not None and abs(age - years) <= 1 for age, _ in ages_stated):
        return []
    return [_conflict("age", item.document_id) for age, item in ages_stated if age is not None and abs(age - years) > 1]


def _against_submission(encounter: Encounter, stated: Sequence[Stated]) -> list[Problem]:
    patient = encounter.patient
    known = {
        "birth_date": patient.birth_date if isinstance(patient.birth_date, str) else None,
        "sex": patient.sex.value if patient.sex in (Sex.FEMALE, Sex.MALE) else None,
    }
    return [
        _conflict(name, item.document_id)
        for name, value in known.items()
        for item in stated
        if value is not None
        and item.field.name == name
        and item.field.value != value
        and item.field.confidence >= IDENTITY_BOUND
    ]


def _facts(encounter: Encounter, stated: Sequence[Stated], on: date | None) -> PatientFacts:
    patient = encounter.patient
    born = _birth_date(encounter) or _sole(stated, "birth_date")
    sex = patient.sex
    if sex is Sex.UNKNOWN:
        sex = Sex(_surest(stated, "sex") or Sex.UNKNOWN.value)
    if born is not None and on is not None and born <= on:
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return PatientFacts(age_years=years, age_days=(on - born).days, sex=sex)
    given = patient.age_years
    return PatientFacts(age_years=_years(_surest(stated, "age")) if given is None else given, sex=sex)


def _birth_date(encounter: Encounter) -> date | None:
    """The submission's birth date; None where it is encrypted, or no date (then the notes may contradict it)."""
    given = encounter.patient.birth_date
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _surest(stated: Sequence[Stated], name: str) -> str | None:
    """The value stated with the highest confidence, the first among equals; None where all are doubtful."""
    values = [item.field for item in stated if item.field.name == name and item.field.confidence >= DATE_BOUND]
    return max(values, key=lambda field: field.confidence).value if values else None


def _years(age: str | None) -> int | None:
    if age is None or age.isdigit():
        return int(age) if age else None
    months = {"M": 1.0, "W": 12 / 52, "D": 12 / 365}[age[-1]] * int(age[1:-1])
    return int(months // 12)


def missing(name: str) -> Problem:
    """The problem of a required field that nothing states."""
    words = name.replace("_", " ")
    return Problem(
        f"{name}_missing",
        f"neither the submission nor any document states the {words}",
        f"enter the {words}, or submit the encounter again with it",
    )


def _conflict(name: str, document_id: str | None = None) -> Problem:
    words = name.replace("_", " ")
    return Problem(
        f"{name}_conflict",
        f"the {words} stated does not agree with another document or with the submission",
        "check that the document belongs to this encounter and patient, then enter the right value",
        document_id,
    )


def doubtful(name: str) -> Problem:
    """The problem of a required field that was read, but not surely enough to be relied upon."""
    words = name.replace("_", " ")
    return Problem(
        f"{name}_uncertain", f"the {words} could not be read with confidence", f"check the {words} against the page"
    )
