"""FHIR Claim and the table: complete as far as known, references in order, safe to open."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.claim import Claim
from hypothesis import given
from hypothesis import strategies as st

from chartstream.billing.exporting import Export, Exporter, Format
from chartstream.billing.fees import FeeTable
from chartstream.billing.ledger import Ledger
from chartstream.billing.quoting import Quoted
from chartstream.billing.spreadsheet import COLUMNS, safe
from chartstream.client.quotes import quotes_of
from chartstream.errors import ConfigurationError, Problem, Rejected
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.encounter import Encounter
from tests.unit.billing.cases import (
    CLAIM_ID,
    MADE_AT,
    SITE,
    STORE,
    billing,
    charge,
    claim,
    exported,
    stay_claim,
    visit,
    void,
)
from tests.unit.billing.test_planning import run
from tests.unit.builders import diagnosis, encounter, procedure, stored_notes


def resource(export: Export) -> dict[str, Any]:
    (line,) = export.files[0].content.splitlines()
    content: dict[str, Any] = json.loads(line)
    Claim.model_validate(content)
    return content


def rows(export: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.files[0].content)))


def test_a_visit_as_fhir() -> None:
    found = resource(exported(Format.FHIR, claim()))
    assert [d["sequence"] for d in found["diagnosis"]] == [1, 2]
    assert found["diagnosis"][1]["diagnosisCodeableConcept"]["coding"][0]["code"] == "E11.22"
    (item,) = found["item"]
    assert item["diagnosisSequence"] == [2, 1]
    assert item["productOrService"]["coding"][0] == {"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}
    assert Decimal(str(item["net"]["value"])) == Decimal(str(found["total"]["value"])) == Decimal("125.50")
    assert found["insurance"][0]["coverage"] == {
        "identifier": {"value": "XH-44-1021"},
        "display": "Example Health Plan",
    }
    assert "related" not in found


def test_a_stay_as_fhir() -> None:
    found = resource(exported(Format.FHIR, stay_claim()))
    admission = [d["onAdmission"] for d in found["diagnosis"] if "onAdmission" in d]
    assert admission[1] == {"text": "exempt"}
    assert [a["coding"][0]["code"] for a in admission if "coding" in a] == ["y", "n", "w"]
    assert found["procedure"][0]["procedureCodeableConcept"]["coding"][0]["code"] == "027034Z"
    assert found["item"][0]["revenue"]["coding"][0]["code"] == "0120"


@pytest.mark.parametrize("of", [encounter(), visit(billing=None, facility=None, providers=())])
def test_what_is_not_known_is_left_out_or_marked_absent(of: Encounter) -> None:
    export = exported(Format.FHIR, claim(of, procedures=[procedure(diagnosis_pointers=(7,))]))
    found = resource(export)
    assert "extension" in found["insurance"][0]["coverage"]
    assert "extension" in found["provider"]
    assert "total" not in found
    assert any("left off" in note for note in export.files[0].claims[0].notes)


def test_a_replacement_and_a_void_as_fhir() -> None:
    ledger = Ledger()
    first = run(ledger, claim(), form=Format.FHIR)
    second = resource(run(ledger, claim(revision=2, kind=ClaimKind.REPLACEMENT), form=Format.FHIR))
    assert second["related"][0]["claim"]["identifier"]["value"] == first.files[0].claims[0].control_number
    last = resource(run(ledger, void(3), form=Format.FHIR))
    assert (last["status"], last["identifier"][0]["value"]) == ("cancelled", f"{CLAIM_ID}-3")
    assert last["diagnosis"] == second["diagnosis"]


def test_a_patient_that_fhir_refuses_waits_and_is_not_quoted() -> None:
    person = visit().patient.model_copy(update={"patient_id": ""})
    export = exported(Format.FHIR, claim(visit(patient=person)))
    assert export.files == ()
    assert "FHIR refuses the claim" in export.held[0].gaps[0].reason


def quoting(form: Format, gone: bool = False) -> Exporter:
    notes = stored_notes()

    def quotes(coded: ClaimCoded) -> list[Quoted]:
        if gone:
            raise Rejected(Problem("document_missing", "it is gone", "store it"))
        return [Quoted(quote.code, quote.text) for quote in quotes_of(coded, notes)]

    return Exporter(form, FeeTable(), SITE, STORE, quotes)


def test_quotes_only_where_they_are_asked_for() -> None:
    plain = exported(Format.FHIR, claim()).files[0].content + exported(Format.CSV, claim()).files[0].content
    assert "essential hypertension" not in plain
    told = resource(quoting(Format.FHIR).export([claim()], Ledger(), 1, MADE_AT))["supportingInfo"]
    assert told[0]["valueString"] == "essential hypertension"
    cell = rows(quoting(Format.CSV).export([claim()], Ledger(), 1, MADE_AT))[0]["quotes"]
    assert cell.startswith("I10: essential hypertension | E11.22: essential hypertension")


def test_quotes_that_are_gone_are_said() -> None:
    export = quoting(Format.CSV, gone=True).export([claim()], Ledger(), 1, MADE_AT)
    assert export.files[0].claims[0].notes == ("quotes: it is gone",)


def test_an_837_has_no_place_for_quotes_and_needs_the_site() -> None:
    with pytest.raises(ConfigurationError, match="no place for quotes"):
        quoting(Format.X12_837P)
    with pytest.raises(ConfigurationError, match="needs the site file"):
        Exporter(Format.X12_837I, FeeTable())


def test_claims_as_a_table() -> None:
    two = claim(visit(billing=billing([charge(), charge("93000")])), procedures=[])
    bare = claim(encounter(), claim_id="e" * 32, procedures=[], diagnoses=[diagnosis("I10")])
    first, second, third = rows(exported(Format.CSV, two, bare, stay_claim(claim_id="d" * 32)))[:3]
    assert tuple(first) == COLUMNS
    assert (first["code"], second["code"], first["amount"]) == ("99213", "93000", "125.50")
    assert (third["claim_id"], third["diagnoses"], third["code"]) == ("e" * 32, "I10", "")


def test_a_stay_in_the_table_has_its_indicators_and_procedures() -> None:
    (row,) = rows(exported(Format.CSV, stay_claim()))
    assert row["diagnoses"] == "I21.4:Y R07.9 E11.9:EXEMPT W01.0XXA:N N17.9:W"
    assert (row["icd_10_pcs"], row["revenue_code"], row["units"]) == ("027034Z", "0120", "3")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "|cmd", "\uff1d1"])
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@given(st.text(max_size=12))
def test_the_table_holds_any_text_and_no_formula(text: str) -> None:
    of = visit(billing=billing([charge(text)], payer_id=text), facility=None)
    for row in rows(exported(Format.CSV, claim(of, procedures=[]))):
        assert row["payer_id"].removeprefix("'") == text.removeprefix("'") or "\r" in text or "\n" in text
        assert not row["payer_id"].lstrip(" ").startswith(("=", "+", "-", "@", "\t"))
