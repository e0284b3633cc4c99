"""Fields: what a note states, where, and with what confidence; and nothing that it does not state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from chartstream.extraction.dates import DATE, date_of
from chartstream.extraction.fields import find_fields
from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.settle import DATE_BOUND

Plain = Callable[[str], ReadText]


def values(read: ReadText, name: str) -> list[str]:
    return [field.value for field in find_fields(read) if field.name == name]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("02/17/2026", date(2026, 2, 17)),
        ("2/7/26", date(2026, 2, 7)),
        ("2026-02-17", date(2026, 2, 17)),
        ("17.02.2026", date(2026, 2, 17)),
        ("February 17, 2026", date(2026, 2, 17)),
        ("Feb. 17 2026", date(2026, 2, 17)),
        ("17 February 2026", date(2026, 2, 17)),
        ("17-Feb-2026", date(2026, 2, 17)),
        ("March 3rd, 2026", date(2026, 3, 3)),
        ("1st August 2026", date(2026, 8, 1)),
        ("03/14/58", date(1958, 3, 14)),
        ("02/30/2026", None),
        ("13/13/2026", None),
    ],
)
def test_dates_as_notes_write_them(written: str, expected: date | None) -> None:
    match = DATE.match(written)
    assert match is not None
    assert match.group() == written
    assert date_of(match) == expected


@pytest.mark.parametrize("number", ["138/84", "20/50", "1/2", "5/325/30/1", "12/2025"])
def test_other_numbers_are_no_dates(number: str) -> None:
    assert DATE.search(number) is None


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Date of service: 02/17/2026", "encounter_date", ["2026-02-17"]),
        ("Dateofservice:02/17/2026", "encounter_date", ["2026-02-17"]),
        ("DOS 02/17/2026", "encounter_date", ["2026-02-17"]),
        ("Date: 02/17/2026", "encounter_date", ["2026-02-17"]),
        ("Visit date: 02/17/2026\nDate: 02/18/2026", "encounter_date", ["2026-02-17"]),
        ("Print date: 02/17/2026", "encounter_date", []),
        ("Date of birth: 03/14/1958", "encounter_date", []),
        ("Follow-up visit on 03/12/2026", "encounter_date", []),
        ("Admitted: 03/02/2026  Discharged: 03/06/2026", "admission_date", ["2026-03-02"]),
        ("Admitted: 03/02/2026  Discharged: 03/06/2026", "discharge_date", ["2026-03-06"]),
        ("Name: X  DOB:03/14/1958MRN:1", "birth_date", ["1958-03-14"]),
        ("Age: 64  Sex: Female", "age", ["64"]),
        ("Age: 9 months", "age", ["P9M"]),
        ("Age: 30 months", "age", ["2"]),
        ("A 67-year-old woman with palpitations", "age", ["67"]),
        ("A 67 y/o F with palpitations", "sex", ["FEMALE"]),
        ("A 6 week old boy", "sex", ["MALE"]),
        ("She lives with her 70-year-old husband", "age", []),
        ("Sex: M", "sex", ["MALE"]),
        ("Sex: FMRN: 770164", "sex", ["FEMALE"]),
        ("Gender: Male", "sex", ["MALE"]),
        ("Sex: not recorded", "sex", []),
        ("Sexual history: male partners", "sex", []),
        ("Attending: Bertrand Okoye, MD", "provider", ["Bertrand Okoye, MD"]),
        ("Electronically signed by Hannah Brandt, MD on 02/17/2026", "provider", ["Hannah Brandt, MD"]),
        ("Electronically signed by Hannah Brandt, MD", "signature", ["SIGNED"]),
        ("DRAFT - NOT YET SIGNED", "signature", ["UNSIGNED"]),
        ("PRELIMINARY REPORT", "signature", ["UNSIGNED"]),
        ("Note status: preliminary", "signature", ["UNSIGNED"]),
        ("Signature pending\nElectronically signed by: A. Brandt", "signature", ["UNSIGNED"]),
        ("Preliminary cultures are negative.", "signature", []),
        ("The consent was signed by the patient.", "signature", []),
    ],
)
def test_what_is_stated_and_only_that(text: str, name: str, expected: list[str], plain: Plain) -> None:
    assert values(plain(text), name) == expected


def test_a_field_knows_its_place(plain: Plain) -> None:
    text = "Patient: Orla Whitcombe\nDate of service: 02/17/2026"
    (field,) = find_fields(plain(text))
    assert text[field.begin : field.end] == "02/17/2026"


def test_confidence_is_the_reading_times_the_patterns_reliability() -> None:
    builder = TextBuilder()
    builder.add_line("Date of service: 02/17/2026", confidence=0.97)
    builder.add_line("Date: 02/18/2026", confidence=1.0)
    (field,) = find_fields(builder.build())
    assert field.confidence == pytest.approx(0.97 * 0.99, abs=1e-4)


def test_a_date_read_once_and_doubtfully_stays_below_every_bound() -> None:
    builder = TextBuilder()
    builder.add_line("Date of service: 02/17/2028", confidence=0.94)
    (field,) = find_fields(builder.build())
    assert field.confidence < DATE_BOUND


def test_two_places_that_agree_are_surer_than_either() -> None:
    builder = TextBuilder()
    builder.add_line("Date of service: 02/17/2026", confidence=0.9)
    builder.add_line("Electronically signed by Ada Ferrow, MD on February 17, 2026", confidence=0.9)
    field = next(field for field in find_fields(builder.build()) if field.name == "encounter_date")
    assert field.confidence == pytest.approx(0.99 * 0.81 / 0.82, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date of service: 03/04/2026", "2026-03-04"),
        ("Date of service: 03/04/2026\nDOB: 25/12/1960", "2026-04-03"),
        ("Date of service: 03/04/2026\nDOB: 12/25/1960", "2026-03-04"),
    ],
)
def test_the_order_of_day_and_month_is_what_the_document_proves(text: str, expected: str, plain: Plain) -> None:
    assert values(plain(text), "encounter_date") == [expected]


def test_a_document_of_both_orders_leaves_its_dates_in_doubt(plain: Plain) -> None:
    found = find_fields(plain("Date of service: 03/04/2026\nDOB: 25/12/1960\nSeen 12/26/2025"))
    assert next(f for f in found if f.name == "encounter_date").confidence < DATE_BOUND


def test_an_impossible_date_is_not_repaired(plain: Plain) -> None:
    assert values(plain("Date of service: 02/30/2026"), "encounter_date") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Northfield Heart Clinic\nPatient: A B", ["Northfield Heart Clinic"]),
        ("Patient: A B\nFacility: Mercy Ridge Hospital  Room 4", ["Mercy Ridge Hospital"]),
        ("Patient: A B\nSeen at the clinic: well", []),
    ],
)
def test_the_facility_by_label_or_letterhead(text: str, expected: list[str], plain: Plain) -> None:
    assert values(plain(text), "facility") == expected


def test_a_date_that_is_planned_is_no_date_of_service(plain: Plain) -> None:
    text = "Date of visit: 09/03/2026\n5. Tentative date of surgery: 10/08/2026.\nNext clinic date: 10/01/2026"
    assert values(plain(text), "encounter_date") == ["2026-09-03"]


def test_a_reference_range_proves_no_order_of_dates(plain: Plain) -> None:
    read = plain("Date of service: 07/08/2026\nMCH 29.1 pg 27.0-33.0\nHematocrit 36.2 % 13.5-11.5")
    assert values(read, "encounter_date") == ["2026-07-08"]
