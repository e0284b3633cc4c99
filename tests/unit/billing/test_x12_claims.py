"""837P and 837I: what stands where, what is missing by name, and that pyx12 accepts what is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chartstream.billing.exporting import Format
from chartstream.billing.fees import Fee, FeeTable
from chartstream.billing.x12.checking import faults
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodeSystem, DiagnosisRole
from chartstream.events.encounter import ClaimType, Facility, Provider, ProviderRole
from chartstream.events.head import Encrypted
from tests.unit.billing.cases import (
    STAY_DIAGNOSES,
    STAY_PROCEDURES,
    billing,
    charge,
    claim,
    exported,
    fhir_coverage,
    gaps_of,
    named,
    segments_of,
    stay,
    stay_claim,
    stored,
    visit,
)
from tests.unit.builders import diagnosis, procedure

P, INST = Format.X12_837P, Format.X12_837I

DEPENDENT = {
    "relationship": {"coding": [{"code": "child"}]},
    "subscriber": {"reference": "#s"},
    "contained": [{"resourceType": "RelatedPerson", "id": "s", "name": [{"family": "Quill", "given": ["Thea"]}]}],
}
OUTPATIENT = stay(
    claim_type=ClaimType.FACILITY_OUTPATIENT,
    service_through=None,
    billing=billing([charge(revenue_code="0450")]),
)


def test_a_visit_as_an_837p() -> None:
    export = exported(P, claim())
    assert not export.held
    assert named(export, "CLM") == ["CLM*04HMASW9NF6YY093R1*125.5***11:B:1*Y*A*Y*Y"]
    assert named(export, "HI") == ["HI*ABK:I10*ABF:E1122"]
    assert named(export, "SV1") == ["SV1*HC:99213*125.5*UN*1***2:1"]
    assert named(export, "DTP") == ["DTP*472*D8*20260302"]
    assert named(export, "NM1", "82") == ["NM1*82*1*BRANDT*HANNAH****XX*1999999984"]
    assert named(export, "SBR") == ["SBR*P*18*G77******CI"]
    assert named(export, "DMG") == ["DMG*D8*19610409*F"]


def test_a_stay_as_an_837i() -> None:
    export = exported(INST, stay_claim())
    assert named(export, "HI") == [
        "HI*ABK:I214:::::::Y",
        "HI*ABJ:R079",
        "HI*ABN:W010XXA:::::::N",
        "HI*ABF:E119*ABF:N179:::::::W",
        "HI*BBR:027034Z:D8:20260302",
    ]
    assert named(export, "CLM") == ["CLM*04HMASW9NF6YY093R1*3000***11:A:1**A*Y*Y"]
    assert named(export, "SV2") == ["SV2*0120**3000*DA*3"]
    assert named(export, "CL1") == ["CL1*1*1*01"]
    assert named(export, "DTP") == ["DTP*096*TM*1130", "DTP*434*RD8*20260302-20260305", "DTP*435*D8*20260302"]


KINDS: dict[str, tuple[Format, ClaimCoded]] = dict(zip(
    ("visit", "stay", "child of the subscriber", "another service location", "a visit in hospital", "more providers",
         "nine diagnoses", "charges by themselves", "everything on a line", "emergency room", "thirty-five diagnoses"),
    [
        (P, claim()),
        (INST, stay_claim()),
        (P, claim(visit(billing=billing([charge()], coverage=stored(fhir_coverage(**DEPENDENT)))))),
        (P, claim(visit(facility=Facility(facility_id="north-annex", place_of_service="19")))),
        (P, claim(visit(facility=Facility(facility_id="main", place_of_service="21"),
                        attributes={"admission_date": "2026-03-01"}))),
        (P, claim(visit(providers=(*visit().providers, Provider(role=ProviderRole.REFERRING, provider_id="dr-osei"),
                                   Provider(role=ProviderRole.SUPERVISING, provider_id="dr-osei"))))),
        (P, claim(diagnoses=[diagnosis(f"M54.{n}", n) for n in range(1, 10)])),
        (P, claim(visit(billing=billing([charge(), charge("J3420", system="HCPCS", ndc="0517-0031-25")],
                                        authorization_ref="AUTH-9")), procedures=())),
        (P, claim(procedures=[procedure(charge_id="charge-99213", modifiers=("25", "GT", "GQ", "95"),
                                        performed_from=date(2026, 3, 2), performed_through=date(2026, 3, 4),
                                        provider_id="dr-brandt", place_of_service="02", diagnosis_pointers=(1,))])),
        (INST, claim(OUTPATIENT, [diagnosis("S52.501A"),
                               diagnosis("R52", 2, role=DiagnosisRole.REASON_FOR_VISIT)], ())),
        (INST, stay_claim(groupings=()).model_copy(update={"diagnoses": (
            *STAY_DIAGNOSES, *(STAY_DIAGNOSES[4].model_copy(update={"sequence": n, "code": f"I50.{n}"})
                               for n in range(6, 36)))})),
    ],
    strict=True,
))  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_claims_of_many_kinds_are_written(kind: str) -> None:
    form, coded = KINDS[kind]
    export = exported(form, coded)
    assert export.held == ()
    assert len(export.files) == 1


@pytest.mark.parametrize("form", [P, INST])
def test_claims_of_many_kinds_are_accepted_by_pyx12(form: Format) -> None:
    coded = [each for of, each in KINDS.values() if of is form]
    numbered = [each.model_copy(update={"claim_id": f"{n:032x}"}) for n, each in enumerate(coded)]
    export = exported(form, *numbered)
    assert len(export.files[0].claims) == len(coded)
    assert faults(export.files[0].content) == []


def without(**changes: object) -> ClaimCoded:
    return claim(visit(**changes))


RENDERING = Provider(role=ProviderRole.RENDERING, provider_id="dr-brandt")
SECRET = Encrypted(key_id="k", algorithm="AES-256-GCM", nonce=b"\xff", ciphertext=b"\xfe")


@pytest.mark.parametrize(
    ("form", "coded", "missing"),
    [
        (P, without(billing=None), ["lines[1].amount", "site.payers", "coverage.relationship", "coverage.member_id",
                                    "patient.last_name", "patient.address.line", "patient.birth_date"]),
        (P, without(billing=billing([charge(amount=None)])), ["lines[1].amount"]),
        (P, without(billing=billing([charge()], payer_id="payer-z")), ["site.payers"]),
        (P, without(billing=billing([charge()], coverage=stored(b"{}"))), ["billing.coverage", "coverage.member_id"]),
        (P, without(providers=(RENDERING, Provider(role=ProviderRole.BILLING, provider_id="B-99"))),
         ["site.billing_providers"]),
        (P, without(providers=()), ["providers.RENDERING"]),
        (P, without(providers=(RENDERING.model_copy(update={"npi": "1999999983"}),)), ["providers.RENDERING.npi"]),
        (P, without(providers=(RENDERING.model_copy(update={"provider_id": "dr-x"}),)),
         ["providers.RENDERING.last_name"]),
        (P, without(facility=None), ["facility.place_of_service"]),
        (P, without(facility=Facility(facility_id="main", place_of_service="21")), ["attributes.admission_date"]),
        (P, without(facility=Facility(facility_id="x", npi="1555555550", place_of_service="11")), ["site.facilities"]),
        (P, claim(procedures=[procedure("G0439-", charge_id="charge-99213")]), ["lines[1].code"]),
        (P, claim(procedures=[procedure(units=Decimal(0))]), ["lines[1].units"]),
        (P, claim(procedures=[procedure(diagnosis_pointers=(9,))]), ["lines[1].diagnosis_pointers"]),
        (P, claim(procedures=[procedure("00400", diagnosis_pointers=(1,))]), ["lines[1].minutes"]),
        (P, claim(procedures=[procedure(modifiers=("2",))]), ["lines[1].modifiers"]),
        (P, claim(visit(billing=billing()), procedures=[]), ["lines"]),
        (P, claim(diagnoses=[]), ["diagnoses"]),
        (P, claim(diagnoses=[diagnosis("250.00")]), ["diagnoses[1].code"]),
        (P, claim(diagnoses=[diagnosis("Z99", system=CodeSystem.OTHER)]), ["diagnoses[1].code"]),
        (P, claim(claim_id="not-hexadecimal"), ["claim_id"]),
        (INST, claim(stay(attributes={}), STAY_DIAGNOSES, STAY_PROCEDURES), ["attributes.discharge_hour"]),
        (INST, claim(stay(admission_type=None, discharge_disposition="A"), STAY_DIAGNOSES, STAY_PROCEDURES),
         ["admission_type", "discharge_disposition"]),
        (INST, claim(stay(), STAY_DIAGNOSES[:1], STAY_PROCEDURES), ["diagnoses.ADMITTING"]),
        (INST, claim(stay(), [diagnosis("I21.4"), STAY_DIAGNOSES[1]], STAY_PROCEDURES),
         ["diagnoses[1].present_on_admission"]),
        (INST, claim(stay(providers=()), STAY_DIAGNOSES, STAY_PROCEDURES),
         ["providers.ATTENDING", "providers.OPERATING"]),
        (INST, claim(stay(), STAY_DIAGNOSES, [procedure("027034Z", system=CodeSystem.ICD_10_PCS)]),
         ["procedures[1].performed_from"]),
        (INST, claim(stay(service_through=date(2026, 3, 1)), STAY_DIAGNOSES, STAY_PROCEDURES), ["service_from"]),
        (INST, claim(stay(billing=billing([charge()])), STAY_DIAGNOSES, STAY_PROCEDURES), ["lines[2].revenue_code"]),
        (INST, claim(OUTPATIENT, [diagnosis("S52.501A")], ()), ["diagnoses.REASON_FOR_VISIT"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_named_and_the_claim_waits(form: Format, coded: ClaimCoded, missing: list[str]) -> None:
    export = exported(form, coded)
    assert export.files == ()
    assert set(missing) <= set(gaps_of(export))


def test_nothing_else_is_missing_where_one_thing_is() -> None:
    export = exported(P, without(billing=billing([charge(amount=None)])))
    assert gaps_of(export) == ["lines[1].amount"]


def test_what_is_encrypted_is_not_sent_and_not_guessed() -> None:
    person = visit().patient.model_copy(update={"name": SECRET, "birth_date": SECRET, "record_number": SECRET})
    export = exported(P, claim(visit(patient=person, billing=billing([charge()], coverage=None))))
    assert {"patient.last_name", "patient.birth_date"} <= set(gaps_of(export))


def test_a_claim_that_lacks_something_does_not_keep_the_others_back() -> None:
    export = exported(P, claim(), claim(visit(providers=()), claim_id="f" * 32))
    assert [w.task.revision.claim_id for w in export.files[0].claims] == [claim().claim_id]
    assert [held.claim.claim_id for held in export.held] == ["f" * 32]


def test_delimiters_in_names_become_spaces_and_it_is_said() -> None:
    whose = fhir_coverage(payor=[{"display": "x"}]).replace(b"7 Mill Lane", b"7 Mill~Lane: rear*^").replace(
        b"Quill", "Müller-O\u2019Neil".encode()
    )  # fmt: skip
    export = exported(P, claim(visit(billing=billing([charge()], coverage=stored(whose)))))
    assert named(export, "N3")[1] == "N3*7 MILL LANE REAR"
    assert named(export, "NM1", "IL")[0].startswith("NM1*IL*1*MULLER-O NEIL*ADA*M*")
    assert {"patient.address.line: characters that an 837 cannot carry were replaced"} <= set(
        export.files[0].claims[0].notes
    )


@pytest.mark.parametrize("member", ["XH*44", "XH~44", "XH:44", "XH^44", "Ü1", "9" * 81])
def test_delimiters_in_identifiers_are_refused(member: str) -> None:
    whose = stored(fhir_coverage(subscriberId=member))
    export = exported(P, claim(visit(billing=billing([charge()], coverage=whose))))
    assert gaps_of(export) == ["coverage.member_id"]


def test_more_than_a_claim_holds_is_left_off_and_said() -> None:
    many = [diagnosis(f"M{n}.9", n) for n in range(10, 25)]
    export = exported(P, claim(diagnoses=many, procedures=[procedure(diagnosis_pointers=(10, 11, 12, 13, 14))]))
    assert len(named(export, "HI")[0].split("*")) == 13
    assert named(export, "SV1")[0].endswith("*1:2:3:4")
    notes = export.files[0].claims[0].notes
    assert "3 diagnoses were left off: a professional claim has room for 12" in notes
    assert "lines[1].diagnosis_pointers: cut to the first 4" in notes


def test_lines_without_pointers_follow_the_site_and_it_is_said() -> None:
    export = exported(P, claim(procedures=[procedure()]))
    assert named(export, "SV1") == ["SV1*HC:99213*125.5*UN*1***1"]
    assert any("pointed as the site file says (first)" in note for note in export.files[0].claims[0].notes)


def test_a_fee_prices_what_has_no_amount() -> None:
    fees = FeeTable([Fee("99213", "", "", None, None, Decimal("98.10"))])
    coded = claim(visit(billing=billing()), procedures=[procedure(units=Decimal(2), diagnosis_pointers=(1,))])
    assert named(exported(P, coded, fees=fees), "SV1") == ["SV1*HC:99213*196.2*UN*2***1"]


def test_levels_are_numbered_through_the_file() -> None:
    child = claim(visit(billing=billing([charge()], coverage=stored(fhir_coverage(**DEPENDENT)))), claim_id="e" * 32)
    export = exported(P, claim(), child, claim(claim_id="d" * 32))
    assert named(export, "HL") == ["HL*1**20*1", "HL*2*1*22*0", "HL*3*1*22*1", "HL*4*3*23*0", "HL*5*1*22*0"]
    assert named(export, "PAT") == ["PAT*19"]


def test_envelope_counts_and_numbers_agree() -> None:
    segments = segments_of(exported(P, claim()))
    assert segments[0][13] == segments[-1][2] == "000000001"
    assert segments[1][6] == segments[-2][2] == "1"
    assert segments[-3] == ["SE", str(len(segments) - 4), "000000001"]
    assert len("*".join(segments[0])) == 105


@pytest.mark.parametrize(
    ("form", "coded"),
    [(P, stay_claim()), (INST, claim())],
)
def test_a_claim_of_the_other_type_is_passed_over(form: Format, coded: ClaimCoded) -> None:
    export = exported(form, coded)
    assert (export.files, export.held) == ((), ())
    assert "is not for claims of its type" in export.skipped[0].reason


def test_the_check_finds_what_is_broken_and_shows_no_value() -> None:
    text = exported(P, claim()).files[0].content
    for right, wrong in (("D8*19610409*F", "D8*19611309*Q"), ("REF*EI*990000017~\n", ""), ("SE*", "SE*9")):
        text = text.replace(right, wrong)
    found = faults(text)
    for told in ("invalid code", "invalid date", "a required segment is missing"):
        assert any(told in fault for fault in found)
    assert not any("QUILL" in fault or "19611309" in fault for fault in found)
