"""What the findings on procedure lines say, and of which codes."""

from __future__ import annotations

from typing import Any

import pytest

from chartstream.validation.checking import checked
from chartstream.validation.edits.procedures import registry
from chartstream.validation.written import WrittenClaim
from tests.unit.validation.tables import WrittenLibrary, written_library

LIBRARY = written_library()
EDITS = {edit.name: edit for edit in registry}


def said(edit: str, claim: dict[str, Any], library: WrittenLibrary = LIBRARY) -> list[tuple[str, tuple[str, ...]]]:
    """Message and codes of what one edit finds."""
    found = checked(WrittenClaim.model_validate(claim).claim(library), [EDITS[edit]])[1]
    return [(finding.message, tuple(finding.codes)) for finding in found]


def line(code: str, *modifiers: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "modifiers": modifiers, **more}


def stay(code: str, **more: Any) -> dict[str, Any]:
    procedures = [{"code": code, "system": "ICD_10_PCS", "pointers": []}]
    return {"codes": ["K35.80"], "claim_type": "FACILITY_INPATIENT", "procedures": procedures, **more}


EXAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "procedure_malformed": ("9921 has not the form of a CPT or HCPCS code", ("9921",)),
    "procedure_system_conflict": ("99221: an inpatient hospital claim carries ICD-10-PCS codes", ("99221",)),
    "procedure_unknown": ("99201 is not in the installed CPT table", ("99201",)),
    "procedure_not_in_force": ("G2012 is not in force on 2026-03-02", ("G2012",)),
    "procedure_unchecked": ("D0120 cannot be checked: it is of no code set that is known here", ("D0120",)),
    "line_date_outside": ("99213 begins on 2026-03-01, before the encounter", ("99213",)),
    "line_date_unchecked": ("99213 is of 2026-03-05; the encounter's last day is not known", ("99213",)),
    "pcs_invalid": ("0DTJ4ZX is no ICD-10-PCS code on 2026-03-02", ("0DTJ4ZX",)),
    "pcs_unchecked": ("0DTJ4ZZ cannot be checked: its date of service is not known", ("0DTJ4ZZ",)),
    "pointers_broken": ("99213 points to a diagnosis that is not listed", ("99213",)),
    "pointer_to_external_cause_first": (
        "73502 points first to W19.XXXA, which explains an injury",
        ("73502", "W19.XXXA"),
    ),
    "pointers_to_supplementary_codes": ("99213 points only to codes that add to another one", ("99213", "Z68.35")),
    "too_many_diagnoses": ("13 diagnoses are listed, the claim holds 12", ()),
    "too_many_lines": ("51 service lines are listed, the claim holds 50", ()),
    "modifiers_malformed": ("99213 has one modifier twice", ("99213",)),
    "modifier_unknown": ("modifier ZZ on 99213 is not known", ("99213", "ZZ")),
    "modifier_unchecked": ("modifier ZZ on 99213 cannot be checked: no HCPCS table", ("99213", "ZZ")),
    "modifiers_contradict": (
        "LT and RT on 20610: both sides are one line with modifier 50, or a line for each side",
        ("20610", "LT", "RT"),
    ),
    "modifiers_doubtful": (
        "80 and AS on 44970: AS is an assistant who is no physician; contractors differ on adding 80 to 82",
        ("44970", "80", "AS"),
    ),
    "modifier_misplaced": (
        "modifier 25 on 11042: it belongs on an evaluation and management code",
        ("11042", "25"),
    ),
    "modifier_unusual": ("modifier 25 on 93000: it belongs on an evaluation and management code", ("93000", "25")),
    "modifier_against_fee_schedule": (
        "modifier 26 on 93000: the fee schedule does not split the service into components",
        ("93000", "26"),
    ),
    "modifier_25_missing": ("99213 on the day of 11042 asks for modifier 25", ("99213", "11042")),
    "modifier_57_missing": ("99222 on the day of 44970 asks for modifier 57", ("99222", "44970")),
    "modifier_missing": ("00840 asks for one of AA, AD, QK, QX, QY, QZ", ("00840",)),
    "modifier_without_history": ("76 on 93000: the claim shows no other 93000", ("93000", "76")),
    "side_missing": ("20610 names no side, M25.561 does", ("20610", "M25.561")),
    "side_contradicted": ("20610 states the other side than M25.561 (right)", ("20610", "M25.561")),
    "bilateral_counted_twice": ("20610 has modifier 50 and more than one unit", ("20610",)),
    "bilateral_already": ("92557 is of both sides already and stands on a line for each", ("92557",)),
    "bilateral_on_two_lines": ("20610 stands on a line for each side; Medicare asks for modifier 50", ("20610",)),
    "units_invalid": ("99213 has 1.5 units, a fraction that it cannot have", ("99213",)),
    "units_over_line_limit": ("36415 has 3 units a line, the limit is 2", ("36415",)),
    "units_over_day_limit": ("99291 has 2 units a day, the limit is 1", ("99291",)),
    "units_over_benchmark": ("J1885 has 9 units a day, more than is likely: 8", ("J1885",)),
    "units_unchecked": ("2 units of J1885 cannot be checked: no MUE table", ("J1885",)),
    "ncci_pair_never": ("NCCI never allows 85027 beside 85025", ("85025", "85027")),
    "ncci_pair_without_modifier": (
        "NCCI asks for a modifier on 97597 beside 11042 (Misuse of column two with column one)",
        ("11042", "97597"),
    ),
    "ncci_pair_as_distinct": (
        "59 alone allows 97597 beside 11042 (Misuse of column two with column one)",
        ("11042", "97597", "59"),
    ),
    "ncci_pair_by_modifier": ("25 allows 99213 beside 97597", ("97597", "99213", "25")),
    "ncci_pair_of_two_providers": ("two providers report 85027 beside 85025", ("85025", "85027")),
    "ncci_not_installed": (
        "the pairs of services cannot be checked: no NCCI practitioner edits are installed for the day",
        (),
    ),
    "add_on_alone": ("11045 is an add-on code and stands without a primary procedure", ("11045",)),
    "add_on_primary_unsure": (
        "99292 stands without its primary procedure, as a colleague may report it",
        ("99292",),
    ),
    "visits_repeated": ("99213 and 99214 are two visits of one kind (office visit)", ("99213", "99214")),
    "visit_new_and_established": ("the patient is new by 99203 and established by 99213", ("99203", "99213")),
    "visit_preventive_and_problem": ("99213 beside 99396 asks for modifier 25", ("99396", "99213")),
    "visit_place_conflict": ("99213 is a visit of another place (office visit) than 21", ("99213",)),
    "place_of_service_unknown": ("88 is no place of service (99213)", ("99213",)),
    "service_repeated": ("93000 stands on two lines that no modifier tells apart", ("93000",)),
}


def test_every_edit_has_its_words_here() -> None:
    assert set(EXAMPLES) == set(EDITS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_an_edit_says_of_its_example(name: str) -> None:
    assert said(name, dict(EDITS[name].example))[0] == EXAMPLES[name]


@pytest.mark.parametrize(
    ("edit", "claim", "message", "codes"),
    [
        ("procedure_malformed", stay("0DTJ4ZO"), "0DTJ4ZO has not the form of an ICD-10-PCS code", ("0DTJ4ZO",)),
        (
            "procedure_malformed",
            {"procedures": [{"code": "I10", "system": "ICD_10_CM"}]},
            "I10 is given as a diagnosis code on a procedure line",
            ("I10",),
        ),
        (
            "procedure_system_conflict",
            stay("0DTJ4ZZ", claim_type="PROFESSIONAL"),
            "0DTJ4ZZ: ICD-10-PCS is for inpatient hospital claims",
            ("0DTJ4ZZ",),
        ),
        (
            "procedure_unchecked",
            {"day": "2026-04-01", "procedures": ["99213"]},
            "99213 cannot be checked: no CPT table is installed for the day",
            ("99213",),
        ),
        (
            "procedure_unchecked",
            {"day": None, "procedures": ["99213"]},
            "99213 cannot be checked: its date of service is not known",
            ("99213",),
        ),
        (
            "line_date_outside",
            {"through": "2026-03-03", "procedures": [line("99213", day="2026-03-04")]},
            "99213 ends on 2026-03-04, after the encounter",
            ("99213",),
        ),
        (
            "line_date_outside",
            {"procedures": [line("99213", day="2026-03-03", through="2026-03-02")]},
            "99213 ends on 2026-03-02, before it begins on 2026-03-03",
            ("99213",),
        ),
        (
            "pcs_invalid",
            stay("0DT98ZZ", day="2026-05-02"),
            "0DT98ZZ is no ICD-10-PCS code on 2026-05-02: 9 at position 4 (Body Part) does not fit the others; J would",
            ("0DT98ZZ",),
        ),
        (
            "pcs_unchecked",
            stay("0DTJ4ZZ", day="2035-05-02"),
            "0DTJ4ZZ cannot be checked: no ICD-10-PCS tables are installed for 2035-05-02",
            ("0DTJ4ZZ",),
        ),
        (
            "pointers_broken",
            {"codes": ["I10"], "procedures": [{"code": "99213", "pointers": [1, 1]}]},
            "99213 points to one diagnosis twice",
            ("99213",),
        ),
        (
            "pointers_broken",
            {
                "codes": ["I10", "E78.5", "E11.9", "K21.9", "F41.9"],
                "procedures": [line("99213", pointers=[1, 2, 3, 4, 5])],
            },
            "99213 points to 5 diagnoses, four are allowed",
            ("99213",),
        ),
        (
            "pointers_broken",
            {"codes": ["I10"], "procedures": [{"code": "99213", "pointers": []}]},
            "99213 points to no diagnosis",
            ("99213",),
        ),
        (
            "modifiers_malformed",
            {"procedures": [line("99213", "2")]},
            "2 on 99213 has not the form of a modifier",
            ("99213", "2"),
        ),
        (
            "modifiers_malformed",
            {"procedures": [line("99213", "25", "KX", "GC", "CR", "AQ")]},
            "99213 has 5 modifiers, four are allowed",
            ("99213",),
        ),
        (
            "modifiers_malformed",
            stay("0DTJ4ZZ") | {"procedures": [line("0DTJ4ZZ", "22", system="ICD_10_PCS")]},
            "0DTJ4ZZ takes no modifiers",
            ("0DTJ4ZZ",),
        ),
        (
            "modifier_unknown",
            {"procedures": [line("99213", "QB")]},
            "modifier QB on 99213 is not in force on 2026-03-02",
            ("99213", "QB"),
        ),
        (
            "modifier_unchecked",
            {"day": "2026-06-01", "procedures": [line("G0463", "94")]},
            "modifier 94 on G0463 cannot be checked: no CPT table",
            ("G0463", "94"),
        ),
        (
            "modifier_without_history",
            {"procedures": [line("44970", "78")]},
            "78 on 44970: the claim shows no earlier surgery",
            ("44970", "78"),
        ),
        (
            "modifier_without_history",
            {"procedures": [line("93010", provider="p-1"), line("93010", "76", provider="p-2")]},
            "76 on 93010: the other one is by another physician",
            ("93010", "76"),
        ),
        (
            "modifier_without_history",
            {"procedures": [line("93010", provider="p-1"), line("93010", "77", provider="p-1")]},
            "77 on 93010: the other one is by the same physician",
            ("93010", "77"),
        ),
        (
            "side_missing",
            {"codes": ["M06.9"], "procedures": ["20610"], "text": "Injected the left shoulder."},
            "20610 names no side, its evidence does",
            ("20610",),
        ),
        (
            "bilateral_counted_twice",
            {"procedures": [line("20610", "50"), line("20610", "LT")]},
            "20610 stands on two lines, one with modifier 50",
            ("20610",),
        ),
        ("units_invalid", {"procedures": [line("99213", units="-1")]}, "99213 has -1 units", ("99213",)),
        ("units_invalid", {"procedures": [line("99213", units="0.000")]}, "99213 has 0 units", ("99213",)),
        (
            "units_over_benchmark",
            {"procedures": [line("J1885", units="100", system="HCPCS")]},
            "J1885 has 100 units a day, more than is likely: 8",
            ("J1885",),
        ),
        (
            "ncci_pair_without_modifier",
            {"procedures": [line("11719", "T5"), line("17250", "T5")]},
            "NCCI asks for a modifier other than the site that both lines state on 17250 beside 11719",
            ("11719", "17250"),
        ),
        (
            "ncci_pair_as_distinct",
            {"procedures": [line("11719", "XU"), line("17250", "59")]},
            "59, XU alone allows 17250 beside 11719",
            ("11719", "17250", "59", "XU"),
        ),
        (
            "add_on_alone",
            {"procedures": ["44970", "11045"]},
            "11045 is an add-on code; none of its primary procedures stands beside it",
            ("11045",),
        ),
        (
            "add_on_primary_unsure",
            {"procedures": [line("11042", provider="p-1"), line("11045", provider="p-2")]},
            "11045 is an add-on code; its primary procedure is another provider's",
            ("11045",),
        ),
        (
            "add_on_primary_unsure",
            {"procedures": ["44970", "22614"]},
            "22614 is an add-on code; its primary procedure cannot be told",
            ("22614",),
        ),
    ],
)
def test_what_an_edit_says(edit: str, claim: dict[str, Any], message: str, codes: tuple[str, ...]) -> None:
    assert said(edit, claim) == [(message, codes)]
