"""What a coder reads of the patient's and the stay's edits, and the codes that each finding names."""

from __future__ import annotations

from typing import Any

import pytest

from chartstream.events.coding import PresentOnAdmission
from chartstream.validation.checking import checked
from chartstream.validation.edits import medicare, patient, presence
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import written_library

LIBRARY = written_library()
EDITS = (*patient.registry, *presence.registry, *medicare.registry)
INPATIENT = {"claim_type": "FACILITY_INPATIENT", "age_years": 50, "sex": "MALE", "discharge_disposition": "01"}
LISTED = "2026-06-15"  # tables.yaml has a list of exempt codes and a table of the editor in this month


def poa(code: str, indicator: str) -> dict[str, str]:
    return {"code": code, "poa": indicator}


@pytest.mark.parametrize(
    ("claim", "edit", "message", "codes"),
    [
        (
            {"codes": ["N40.1"], "sex": "FEMALE", "day": "2024-09-30"},
            "sex_conflict",
            "N40.1 does not fit the patient's sex",
            ("N40.1",),
        ),
        (
            {"codes": ["I10", "N40.1"], "sex": "FEMALE"},
            "sex_unusual",
            "N40.1 is unusual for the patient's registered sex",
            ("N40.1",),
        ),
        (
            {"codes": ["I10", "A33"], "age_years": 1},
            "age_conflict",
            "A33 does not fit the patient's age (newborn, under 1 year)",
            ("A33",),
        ),
        (
            {"codes": ["P59.9"], "age_days": 29},
            "age_conflict",
            "P59.9 does not fit the patient's age (perinatal, before the 29th day unless it lasts)",
            ("P59.9",),
        ),
        (
            {"codes": ["I10", "E78.5"], "age_years": 50, "day": "2027-04-01"},
            "age_unchecked",
            "no lists of the ages of codes are at hand for 2027-04-01",
            ("I10", "E78.5"),
        ),
        ({"codes": ["I10"], "age_years": 125}, "age_invalid", "the patient's age is not between 0 and 124 years", ()),
        (
            {"codes": [poa("I50.22", "Y")], "claim_type": "FACILITY_INPATIENT"},
            "patient_incomplete",
            "the patient's age and sex is not known; no code is compared with it",
            (),
        ),
        (
            {"codes": [poa("I50.22", "Y")], "claim_type": "FACILITY_INPATIENT", "age_years": 50},
            "patient_incomplete",
            "the patient's sex is not known; no code is compared with it",
            (),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "Y"), poa("Z79.4", "N")], "day": LISTED},
            "present_on_admission_exempt",
            "Z79.4 is exempt from reporting",
            ("Z79.4",),
        ),
        (
            INPATIENT | {"codes": ["I50.22", poa("E78.5", "Y"), "E87.6"]},
            "present_on_admission_missing",
            "no present-on-admission indicator: I50.22, E87.6",
            ("I50.22", "E87.6"),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "EXEMPT")], "day": LISTED},
            "exempt_indicator_wrong",
            "I50.22 is not exempt from present-on-admission reporting",
            ("I50.22",),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "EXEMPT")]},
            "exempt_indicator_doubtful",
            "I50.22 is of no kind that is exempt from reporting",
            ("I50.22",),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "Y"), poa("Z79.4", "EXEMPT"), poa("I25.2", "EXEMPT")]},
            "exempt_indicator_unchecked",
            "no list of exempt codes is installed for the date: Z79.4, I25.2",
            ("Z79.4", "I25.2"),
        ),
        (
            INPATIENT | {"codes": [poa("I21.4", "N")]},
            "principal_not_present",
            "I21.4 is principal, but marked as not present on admission",
            ("I21.4",),
        ),
        (
            INPATIENT | {"codes": [poa("J18.9", "Y"), poa("I10", "N")]},
            "lasting_not_present",
            "I10 does not arise during a stay",
            ("I10",),
        ),
        (
            INPATIENT | {"codes": [poa("J18.9", "U"), poa("E87.6", "U")]},
            "present_on_admission_undocumented",
            "the documentation does not say whether it was present: J18.9, E87.6",
            ("J18.9", "E87.6"),
        ),
        (
            INPATIENT | {"codes": [poa("B95.1", "Y")]},
            "unacceptable_principal",
            "B95.1 describes a circumstance, not an illness or injury that occasions a stay",
            ("B95.1",),
        ),
        (
            INPATIENT
            | {
                "codes": [poa("I50.22", "Y")],
                "procedures": [
                    {"code": "0DTJ4ZZ", "system": "ICD_10_PCS"},
                    {"code": "00F3XZZ", "system": "ICD_10_PCS"},
                ],
            },
            "procedure_not_covered",
            "Medicare does not cover 00F3XZZ for this patient",
            ("00F3XZZ",),
        ),
        (
            INPATIENT
            | {
                "codes": [poa("I50.22", "Y")],
                "day": "2024-09-30",
                "procedures": [
                    {"code": "0DTJ4ZZ", "system": "ICD_10_PCS"},
                    {"code": "0UT90ZZ", "system": "ICD_10_PCS"},
                ],
            },
            "procedure_sex_conflict",
            "0UT90ZZ does not fit the patient's sex",
            ("0UT90ZZ",),
        ),
        (
            INPATIENT | {"codes": [poa("J18.9", "Y")], "day": LISTED},
            "medicare_unchecked",
            "the Medicare Code Editor's table says Of_Tomorrow of J18.9",
            ("J18.9",),
        ),
        (
            INPATIENT
            | {
                "codes": [poa("J96.01", "Y")],
                "through": "2026-03-05",
                "procedures": [{"code": "5A1955Z", "system": "ICD_10_PCS"}],
            },
            "stay_too_short",
            "5A1955Z takes more than 96 hours, the stay is shorter than four days",
            ("5A1955Z",),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "Y")], "discharge_disposition": "00"},
            "discharge_status_invalid",
            "00 is no discharge status",
            (),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "Y")], "discharge_disposition": "home"},
            "discharge_status_unknown",
            "the discharge status is not known as a two-digit code; discharge to home is assumed",
            (),
        ),
        (
            INPATIENT | {"codes": [poa("I50.22", "Y")], "day": "2027-04-01"},
            "medicare_unchecked",
            "the Medicare Code Editor at hand does not reach 2027-04-01",
            (),
        ),
    ],
)
def test_the_message_names_what_is_wrong(
    claim: dict[str, Any], edit: str, message: str, codes: tuple[str, ...]
) -> None:
    findings = checked(WrittenClaim.model_validate(claim).claim(LIBRARY), EDITS)[1]
    assert [(f.message, f.codes) for f in findings if f.edit == edit] == [(message, codes)]


def test_the_correction_changes_the_indicator_of_that_diagnosis_alone() -> None:
    codes = [poa("I50.22", "Y"), poa("Z79.4", "N"), "Z87.891", poa("E78.5", "Y")]
    written = WrittenClaim.model_validate(INPATIENT | {"codes": codes, "day": LISTED}).claim(LIBRARY)
    corrected, _ = checked(written, EDITS)
    stated = [diagnosis.present_on_admission for diagnosis in corrected.diagnoses]
    yes, exempt = PresentOnAdmission.Y, PresentOnAdmission.EXEMPT
    assert stated == [yes, exempt, exempt, yes]
    kept = [diagnosis.model_copy(update={"present_on_admission": None}) for diagnosis in corrected.diagnoses]
    assert kept == [diagnosis.model_copy(update={"present_on_admission": None}) for diagnosis in written.diagnoses]


def test_a_correction_unblocks_nothing() -> None:
    others = tuple(edit for edit in EDITS if edit.name != "present_on_admission_exempt")
    for indicator in ("Y", "N", "U", "W", "EXEMPT", None):
        codes = [{"code": code, "poa": indicator} for code in ("I25.2", "Z79.4", "I10")]
        claim = WrittenClaim.model_validate(INPATIENT | {"codes": codes, "day": LISTED}).claim(LIBRARY)
        without = {finding.edit for finding in checked(claim, others)[1]}
        assert without <= {finding.edit for finding in checked(claim, EDITS)[1]}
