"""The submission's word, the notes' word, and what happens when they differ or say nothing."""

from __future__ import annotations

from datetime import date

import pytest

from chartstream.events.encounter import ClaimType, Encounter, Patient, Sex
from chartstream.events.head import Encrypted
from chartstream.extraction.fields import Field
from chartstream.extraction.settle import Settled, Stated, settle

PROFESSIONAL, INPATIENT = ClaimType.PROFESSIONAL, ClaimType.FACILITY_INPATIENT
DAY, ADMITTED, DISCHARGED = date(2026, 2, 17), date(2026, 3, 2), date(2026, 3, 6)


def encounter(
    claim_type: ClaimType = PROFESSIONAL, first: date | None = None, last: date | None = None, **patient: object
) -> Encounter:
    return Encounter(
        claim_type=claim_type,
        complete=True,
        source="test",
        service_from=first,
        service_through=last,
        patient=Patient.model_validate({"patient_id": "p1", **patient}),
    )


def stated(*fields: tuple[str, str] | tuple[str, str, float]) -> list[Stated]:
    return [
        Stated(f"doc-{number}", Field(name, value, 0, 1, confidence[0] if confidence else 0.99))
        for number, (name, value, *confidence) in enumerate(fields)
    ]


def outcome(settled: Settled) -> tuple[date | None, date | None, list[str]]:
    dates = settled.encounter.service_from, settled.encounter.service_through
    return (*dates, [issue.code for issue in settled.issues])


STAY = [("admission_date", "2026-03-02"), ("discharge_date", "2026-03-06")]


@pytest.mark.parametrize(
    ("claim_type", "fields", "expected"),
    [
        (PROFESSIONAL, [("encounter_date", "2026-02-17")], (DAY, DAY, [])),
        (PROFESSIONAL, [("encounter_date", "2026-02-17"), ("encounter_date", "2026-02-17")], (DAY, DAY, [])),
        (PROFESSIONAL, STAY, (ADMITTED, DISCHARGED, [])),
        (INPATIENT, [*STAY, ("encounter_date", "2026-03-04")], (ADMITTED, DISCHARGED, [])),
        (PROFESSIONAL, [], (None, None, ["encounter_date_missing"])),
        (PROFESSIONAL, STAY[:1], (None, None, ["encounter_date_missing"])),
        (INPATIENT, STAY[:1], (None, None, ["discharge_date_missing"])),
        (
            INPATIENT,
            [("encounter_date", "2026-03-04")],
            (None, None, ["admission_date_missing", "discharge_date_missing"]),
        ),
        (
            PROFESSIONAL,
            [("encounter_date", "2026-02-17"), ("encounter_date", "2026-02-18")],
            (None, None, ["encounter_date_conflict"]),
        ),
        (INPATIENT, [*STAY, ("discharge_date", "2026-03-07")], (None, None, ["discharge_date_conflict"])),
        (INPATIENT, [*STAY, ("encounter_date", "2026-03-09")], (ADMITTED, DISCHARGED, ["encounter_date_conflict"])),
        (PROFESSIONAL, [("encounter_date", "2026-02-17", 0.6)], (None, None, ["encounter_date_uncertain"])),
    ],
)
def test_dates_from_the_notes(
    claim_type: ClaimType,
    fields: list[tuple[str, str]],
    expected: tuple[date | None, date | None, list[str]],
) -> None:
    assert outcome(settle(encounter(claim_type), stated(*fields))) == expected


@pytest.mark.parametrize(
    ("claim_type", "first", "last", "fields", "expected"),
    [
        (PROFESSIONAL, DAY, DAY, [], (DAY, DAY, [])),
        (PROFESSIONAL, DAY, None, [("encounter_date", "2026-02-17")], (DAY, DAY, [])),
        (PROFESSIONAL, DAY, None, [("encounter_date", "2026-02-19")], (DAY, DAY, ["encounter_date_conflict"])),
        (PROFESSIONAL, DAY, None, [("encounter_date", "2026-02-19", 0.5)], (DAY, DAY, [])),
        (INPATIENT, ADMITTED, None, STAY, (ADMITTED, DISCHARGED, [])),
        (INPATIENT, ADMITTED, DISCHARGED, [("encounter_date", "2026-03-04")], (ADMITTED, DISCHARGED, [])),
    ],
)
def test_dates_of_the_submission_stand_and_notes_are_held_against_them(
    claim_type: ClaimType,
    first: date,
    last: date | None,
    fields: list[tuple[str, str]],
    expected: tuple[date, date, list[str]],
) -> None:
    assert outcome(settle(encounter(claim_type, first, last), stated(*fields))) == expected


def test_a_waived_date_may_be_missing() -> None:
    assert outcome(settle(encounter(), [], ["encounter_date"])) == (None, None, [])


@pytest.mark.parametrize(
    ("patient", "field", "issues"),
    [
        ({"birth_date": "1958-03-14"}, ("birth_date", "1958-03-14"), []),
        ({"birth_date": "1958-03-14"}, ("birth_date", "1985-03-14"), ["birth_date_conflict"]),
        ({"birth_date": "1958-03-14"}, ("birth_date", "1953-03-14", 0.7), []),
        ({"birth_date": "14 March 1958"}, ("birth_date", "1958-03-14"), ["birth_date_conflict"]),
        ({"sex": Sex.FEMALE}, ("sex", "MALE"), ["sex_conflict"]),
        ({"sex": Sex.FEMALE}, ("sex", "MALE", 0.9), []),
        ({"sex": Sex.OTHER}, ("sex", "MALE"), []),
    ],
)
def test_another_patients_note_is_noticed(
    patient: dict[str, object], field: tuple[str, str], issues: list[str]
) -> None:
    settled = settle(encounter(first=DAY, **patient), stated(field))
    assert [issue.code for issue in settled.issues] == issues
    assert all(issue.document_id == "doc-0" for issue in settled.issues)


@pytest.mark.parametrize(
    ("patient", "fields", "years", "days", "sex"),
    [
        ({"birth_date": "1958-03-14", "sex": Sex.FEMALE}, [], 67, 24812, Sex.FEMALE),
        ({"birth_date": "2026-02-10"}, [("sex", "MALE", 0.9)], 0, 7, Sex.MALE),
        ({}, [("birth_date", "1958-02-17")], 68, 24837, Sex.UNKNOWN),
        ({}, [("age", "67", 0.9), ("age", "76", 0.4)], 67, None, Sex.UNKNOWN),
        ({}, [("age", "P9M")], 0, None, Sex.UNKNOWN),
        ({}, [("age", "P18M")], 1, None, Sex.UNKNOWN),
        ({}, [], None, None, Sex.UNKNOWN),
    ],
)
def test_age_and_sex_on_the_first_day(
    patient: dict[str, object], fields: list[tuple[str, str]], years: int | None, days: int | None, sex: Sex
) -> None:
    facts = settle(encounter(first=DAY, **patient), stated(*fields)).facts
    assert (facts.age_years, facts.age_days, facts.sex) == (years, days, sex)


def test_an_encrypted_birth_date_is_left_alone() -> None:
    sealed = Encrypted(key_id="k", algorithm="AES-256-GCM", nonce=b"n", ciphertext=b"c")
    settled = settle(encounter(first=DAY, birth_date=sealed), stated(("birth_date", "1958-03-14")))
    assert (settled.facts.age_years, settled.issues) == (67, ())


@pytest.mark.parametrize(
    ("patient", "fields", "issues"),
    [
        ({}, [("birth_date", "1958-03-14"), ("age", "67", 0.9)], []),
        ({}, [("birth_date", "1958-03-14"), ("age", "68", 0.9)], []),
        ({}, [("birth_date", "1953-03-14"), ("age", "67", 0.9)], ["age_conflict"]),
        ({"birth_date": "1958-03-14"}, [("age", "31", 0.98)], ["age_conflict"]),
        ({"birth_date": "1958-03-14"}, [("age", "31", 0.9)], []),
        ({}, [("birth_date", "2026-05-01")], ["birth_date_conflict"]),
        ({}, [("age", "67", 0.9), ("age", "41", 0.9)], ["age_conflict"]),
        ({}, [("sex", "MALE"), ("sex", "FEMALE")], ["sex_conflict"]),
        ({}, [("birth_date", "1958-03-14"), ("birth_date", "1958-03-15")], ["birth_date_conflict"]),
    ],
)
def test_birth_age_and_date_of_service_must_agree(
    patient: dict[str, object], fields: list[tuple[str, str]], issues: list[str]
) -> None:
    settled = settle(encounter(first=DAY, **patient), stated(*fields))
    assert [issue.code for issue in settled.issues] == issues


@pytest.mark.parametrize(
    ("received", "issues"), [(date(2026, 2, 16), []), (date(2026, 2, 15), ["encounter_date_conflict"])]
)
def test_a_date_after_the_note_came_in_is_doubted(received: date, issues: list[str]) -> None:
    settled = settle(encounter(), stated(("encounter_date", "2026-02-17")), received=received)
    assert [issue.code for issue in settled.issues] == issues
