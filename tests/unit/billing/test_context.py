"""What stands around a claim: numbers, amounts and names, fees, the site file, coverage, service lines."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chartstream.billing.control_number import control_number, is_control_number
from chartstream.billing.coverage import Coverage, Insured, PostalAddress, coverage_of
from chartstream.billing.fees import FeeTable
from chartstream.billing.gaps import Report, is_npi, number, plain_text
from chartstream.billing.lines import ServiceLine, service_lines
from chartstream.billing.site import Site
from chartstream.errors import ConfigurationError, Rejected
from chartstream.events.claims import ClaimCoded
from tests.unit.billing.cases import SAMPLES, billing, charge, claim, fhir_coverage, stay, visit
from tests.unit.builders import procedure

ADA = Insured("Quill", "Ada", "M", date(1961, 4, 9), "F", PostalAddress(("7 Mill Lane",), "Westhaven", "CT", "06515"))


@given(st.binary(min_size=16, max_size=16), st.integers(1, 999))
def test_a_control_number_is_short_plain_and_tells_revisions_apart(raw: bytes, revision: int) -> None:
    found = control_number(raw.hex(), revision)
    assert len(found) <= 20
    assert found.isalnum()
    assert found == found.upper()
    assert is_control_number(found)
    assert int(raw.hex()[:20], 16) == sum(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(c) * 32 ** (15 - n) for n, c in enumerate(found[:16])
    )


@pytest.mark.parametrize(("claim_id", "revision"), [("abc", 1), ("A" * 32, 1), ("0" * 32, 0), ("0" * 32, 1000)])
def test_what_has_no_control_number_is_refused(claim_id: str, revision: int) -> None:
    with pytest.raises(Rejected, match="claim_not_numbered"):
        control_number(claim_id, revision)


@pytest.mark.parametrize(
    ("text", "is_one"), [("1234567893", True), ("1234567890", False), ("1999999984", True), ("1234567839", False)]
)
def test_the_check_digit_of_an_npi(text: str, is_one: bool) -> None:
    assert is_npi(text) is is_one


@pytest.mark.parametrize(
    ("value", "written"),
    [("125.50", "125.5"), ("100", "100"), ("100.00", "100"), ("0", "0"), ("1E+3", "1000"), ("0.125", "0.125")],
)
def test_numbers_as_x12_wants_them(value: str, written: str) -> None:
    assert number(Decimal(value)) == written


@given(st.text(max_size=60))
def test_plain_text_has_no_delimiters_and_is_its_own_plain_text(text: str) -> None:
    plain = plain_text(text)
    assert not set(plain) & set("*~:^`\n\r")
    assert plain.isascii()
    assert plain_text(plain) == plain


FEES = """code,modifier,payer,from,through,amount
99213,,,,,100.00
99213,,,2026-03-01,,110.00
99213,25,,,,120.00
99213,,payer-a,,2026-03-31,130.00
"""


@pytest.mark.parametrize(
    ("modifiers", "payer", "day", "amount"),
    [
        ((), None, date(2026, 2, 1), "100.00"),
        ((), None, date(2026, 3, 1), "110.00"),
        (("59", "25"), "payer-b", date(2026, 2, 1), "120.00"),
        (("25",), "payer-a", date(2026, 3, 31), "130.00"),
        (("25",), "payer-a", date(2026, 4, 1), "120.00"),
    ],
)
def test_the_most_particular_fee_counts(
    tmp_path: Path, modifiers: tuple[str, ...], payer: str | None, day: date, amount: str
) -> None:
    (tmp_path / "fees.csv").write_text(FEES, encoding="utf-8-sig")
    table = FeeTable.load(tmp_path / "fees.csv")
    assert table.fee("99213", modifiers, payer, day) == Decimal(amount)
    assert table.fee("99214", modifiers, payer, day) is None


@pytest.mark.parametrize(
    "row",
    ["99213,,,,,", "99213,,,,,ten", "99213,,,,,-1", "99213,,,,,1.005", "99213,,,2026-13-01,,1", ",,,,,1", "9,,,,,NaN"],
)
def test_a_broken_fee_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    (tmp_path / "fees.csv").write_text(f"code,modifier,payer,from,through,amount\n{row}\n")
    with pytest.raises(ConfigurationError, match=r"fees\.csv, line 2"):
        FeeTable.load(tmp_path / "fees.csv")


def test_a_fee_table_needs_its_heading(tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_text("99213,,,,,1\n")
    with pytest.raises(ConfigurationError, match="first line"):
        FeeTable.load(tmp_path / "fees.csv")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("billing_providers", "B-17", "npi"), "1234567890", "check digit"),
        (("billing_providers", "B-17", "address", "zip"), "06515", "nine digits"),
        (("default_billing_provider",), "B-99", "none of billing_providers"),
        (("interchange", "sender", "id"), "LONGER THAN FIFTEEN", "interchange.sender.id"),
        (("payers", "payer-a", "filing_indicator"), "XX", "filing_indicator"),
        (("claims", "assignment"), "Q", "claims.assignment"),
        (("submitter", "id"), "A*B", "submitter.id"),
        (("receiver", "name"), "~*", "receiver.name"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_a_site_file_that_does_not_hold_is_refused(
    tmp_path: Path, path: tuple[str, ...], value: object, told: str
) -> None:
    content = yaml.safe_load((SAMPLES / "site.yaml").read_text())
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match=told):
        Site.load(tmp_path / "site.yaml")


def hl7(*segments: str) -> bytes:
    head = "MSH|^~\\&|ADT|NORTH|CS|CS|20260302||ADT^A04|1|P|2.5.1"
    person = "PID|1||MR1||Quill^Ada^M||19610409|F|||7 Mill Lane^^Westhaven^CT^06515"
    return "\r".join([head, person, *segments]).encode()


def in1(relationship: str, number: str = "1") -> str:
    fields = {2: "PLAN", 3: "payer-a", 4: "Example Health Plan", 8: "G77", 16: "Quill^Thea", 17: relationship,
              18: "19330101", 36: "XH-1"}  # fmt: skip
    return "|".join(["IN1", number, *(fields.get(n, "") for n in range(2, 37))])


def test_coverage_of_the_patient_from_hl7() -> None:
    assert coverage_of(hl7(in1("SEC", "2").replace("payer-a", "other"), in1("SEL"))) == Coverage(
        ADA, ADA, "18", "XH-1", "G77", "", "Example Health Plan", "payer-a"
    )


@pytest.mark.parametrize(
    ("relationship", "code"), [("SPO", "01"), ("CHD", "19"), ("19", "19"), ("GRD", "G8"), ("??", ""), ("", "")]
)
def test_coverage_of_another_from_hl7(relationship: str, code: str) -> None:
    found = coverage_of(hl7(in1(relationship)))
    assert found.relationship == code
    assert found.subscriber == Insured("Quill", "Thea", "", date(1933, 1, 1))
    assert found.patient == ADA


def test_hl7_without_insurance_still_names_the_patient() -> None:
    assert coverage_of(hl7()) == Coverage(patient=ADA)


def test_coverage_of_the_patient_from_fhir() -> None:
    ada = Insured(
        "Quill", "Ada", "M", date(1961, 4, 9), "F", PostalAddress(("7 Mill Lane",), "Westhaven", "CT", "06515-0042")
    )
    assert coverage_of(fhir_coverage()) == Coverage(
        ada, ada, "18", "XH-44-1021", "G77", "Harbor Works", "Example Health Plan", "payer-a"
    )


def test_fhir_references_are_followed_in_bundles_and_contained() -> None:
    coverage = {
        "resourceType": "Coverage",
        "status": "active",
        "beneficiary": {"reference": "urn:uuid:p"},
        "relationship": {"coding": [{"code": "spouse"}]},
        "subscriber": {"reference": "#s"},
        "identifier": [{"value": "XH-2"}],
        "payor": [{"reference": "Organization/o"}],
        "contained": [{"resourceType": "RelatedPerson", "id": "s", "name": [{"family": "Quill", "given": ["Otto"]}]}],
    }
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "x", "name": [{"family": "Else"}]}},
            {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "name": [{"family": "Quill"}]}},
            {"resource": {"resourceType": "Organization", "id": "o", "name": "Plan",
                          "identifier": [{"value": "payer-o"}]}},
            {"resource": coverage | {"order": 2, "subscriberId": "second"}},
            {"resource": coverage | {"order": 1}},
        ],
    }  # fmt: skip
    found = coverage_of(json.dumps(bundle).encode())
    assert (found.relationship, found.member_id, found.payer_name, found.payer_id) == ("01", "XH-2", "Plan", "payer-o")
    assert found.patient == Insured("Quill")
    assert found.subscriber == Insured("Quill", "Otto")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"resourceType":"Claim"}', b"[" * 100_000])
def test_what_is_no_coverage_is_refused(content: bytes) -> None:
    with pytest.raises(Rejected, match="coverage_unreadable"):
        coverage_of(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "entry", "resource", "name", "given", "relationship", "coding", "payor", "class"]
            ),
            inner | st.sampled_from(["Coverage", "Patient", "Bundle"]),
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_is_read_or_refused(content: object) -> None:
    with contextlib.suppress(Rejected):
        assert isinstance(coverage_of(json.dumps(content).encode()), Coverage)


def lines(coded: ClaimCoded) -> list[ServiceLine]:
    return service_lines(coded, FeeTable(), Report())


def test_a_procedure_takes_what_its_charge_says() -> None:
    whole = charge(revenue_code="0510", ndc="N", performed_on=date(2026, 3, 4), provider_id="dr-osei")
    (line,) = lines(claim(visit(billing=billing([whole]))))
    assert (line.number, line.code, line.amount, line.revenue_code) == (1, "99213", Decimal("125.50"), "0510")
    assert (line.ndc, line.begin, line.end, line.provider_id) == ("N", date(2026, 3, 4), date(2026, 3, 4), "dr-osei")


def test_an_amount_stays_with_its_units() -> None:
    (line,) = lines(claim(procedures=[procedure(charge_id="charge-99213", units=Decimal(2))]))
    assert line.amount is None


def test_a_charge_finds_its_procedure_by_code_and_modifiers() -> None:
    charges = [charge("93000", charge_id="a", modifiers=("26",), amount=Decimal(10)), charge("93000", charge_id="b")]
    found = lines(
        claim(visit(billing=billing(charges)), procedures=[procedure("93000"), procedure("93000", sequence=2)])
    )
    # the one with the modifier belongs to no procedure and stands by itself
    assert [(line.number, line.amount) for line in found] == [(1, Decimal("125.50")), (2, None), (3, Decimal(10))]


def test_what_coding_left_out_of_the_charge_sheet_stays_out_and_is_said() -> None:
    report = Report()
    coded = claim(visit(billing=billing([charge(), charge("93000")])))
    assert [line.code for line in service_lines(coded, FeeTable(), report)] == ["99213"]
    assert report.notes == ["a charge that no procedure of the claim names was left off"]


def test_rooms_are_lines_of_facilities_only() -> None:
    room = charge("0120", system="REVENUE", units=Decimal(3))
    (line,) = lines(claim(stay(billing=billing([room])), procedures=[]))
    assert (line.code, line.revenue_code) == ("", "0120")
    assert lines(claim(visit(billing=billing([room])), procedures=[])) == []
