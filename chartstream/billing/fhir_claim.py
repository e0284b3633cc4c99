"""A claim as FHIR R4B Claim: what is known of it; what is not is left out, or marked absent where FHIR wants something.

R4B's Claim is R4's (hl7.org/fhir/R4B/claim.html).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from pydantic import ValidationError

from chartstream.billing.bill import ORIGINAL, VOID, Bill
from chartstream.billing.gaps import Report
from chartstream.billing.lines import ServiceLine
from chartstream.billing.quoting import Quoted
from chartstream.errors import ConfigurationError
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission
from chartstream.events.encounter import ClaimType, Provider, ProviderRole

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_SYSTEMS = {
    CodeSystem.ICD_10_CM: "http://hl7.org/fhir/sid/icd-10-cm",
    CodeSystem.ICD_10_PCS: "http://www.cms.gov/Medicare/Coding/ICD10",
    CodeSystem.CPT: "http://www.ama-assn.org/go/cpt",
    CodeSystem.HCPCS: "urn:oid:2.16.840.1.113883.6.285",
}
_REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
_PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_NPI = "http://hl7.org/fhir/sid/us-npi"
_ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
_ROLES = {
    DiagnosisRole.PRINCIPAL: "principal",
    DiagnosisRole.ADMITTING: "admitting",
    DiagnosisRole.EXTERNAL_CAUSE: "external cause",
    DiagnosisRole.REASON_FOR_VISIT: "patientreasonforvisit",
}
_CARE = {ProviderRole.RENDERING: "primary", ProviderRole.ATTENDING: "primary", ProviderRole.SUPERVISING: "supervisor"}

_Part = dict[str, Any]


def fhir_claim(bill: Bill, report: Report, quotes: Sequence[Quoted] = ()) -> str:
    """The resource as one line of JSON, checked with fhir.resources. ``quotes`` go into supportingInfo.

    A void is the claim that it voids, with status cancelled. Raises ``ValueError`` for one that FHIR refuses, without
    the values in it, ``ConfigurationError`` where fhir.resources is not installed.
    """
    if find_spec("fhir") is None:
        raise ConfigurationError("fhir.resources is not installed; install chartstream[documents]")
    from fhir.resources.R4B.claim import Claim  # noqa: PLC0415 - slow to load

    content = {key: value for key, value in _claim(bill, report, quotes).items() if value not in ("", [], {}, None)}
    try:
        return str(Claim.model_validate(content).model_dump_json())
    except ValidationError as error:
        places = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False, include_url=False))
        raise ValueError(f"FHIR refuses the claim at {places}") from None


def _claim(bill: Bill, report: Report, quotes: Sequence[Quoted]) -> _Part:
    encounter, revision = bill.encounter, bill.task.revision
    professional = encounter.claim_type is ClaimType.PROFESSIONAL
    inpatient = encounter.claim_type is ClaimType.FACILITY_INPATIENT
    billing = encounter.billing
    places = {diagnosis.sequence: place for place, diagnosis in enumerate(bill.diagnoses, 1)}
    biller = bill.provider(ProviderRole.BILLING)
    facility = encounter.facility
    return {
        "resourceType": "Claim",
        "identifier": [
            {"system": "urn:chartstream:claim", "value": f"{revision.claim_id}-{revision.revision}"},
            {"system": "urn:chartstream:control-number", "value": bill.control_number},
        ],
        "status": "cancelled" if bill.task.frequency == VOID else "active",
        "type": _concept("claim-type", "professional" if professional else "institutional"),
        "subType": {} if professional else {"text": "inpatient" if inpatient else "outpatient"},
        "use": "claim",
        "patient": {"identifier": {"value": encounter.patient.patient_id}},
        "billablePeriod": _period(encounter.service_from, encounter.service_through or encounter.service_from),
        "created": revision.head.occurred_at.isoformat(),
        "insurer": {"identifier": {"value": billing.payer_id}} if billing is not None and billing.payer_id else {},
        "provider": _reference(biller) if biller is not None else _ABSENT,
        "priority": _concept("processpriority", "normal"),
        "related": _related(bill),
        "facility": {"identifier": {"value": facility.facility_id}} if facility is not None else {},
        "careTeam": _care_team(bill),
        "supportingInfo": [_quote(number, quoted) for number, quoted in enumerate(quotes, 1)],
        "diagnosis": [_diagnosis(place, diagnosis) for place, diagnosis in enumerate(bill.diagnoses, 1)],
        "procedure": _procedures(bill),
        "insurance": [_insurance(bill)],
        "item": [_item(n, line, bill, places, report) for n, line in enumerate(bill.lines, 1)],
        "total": _total(bill.lines),
    }


def _related(bill: Bill) -> list[_Part]:
    if bill.task.frequency == ORIGINAL or bill.task.prior_control_number is None:
        return []
    prior: _Part = {
        "claim": {"identifier": {"system": "urn:chartstream:control-number", "value": bill.task.prior_control_number}},
        "relationship": _concept("ex-relatedclaimrelationship", "prior"),
    }
    if bill.task.payer_claim_number is not None:
        prior["reference"] = {"value": bill.task.payer_claim_number}
    return [prior]


def _care_team(bill: Bill) -> list[_Part]:
    others = [p for p in bill.encounter.providers if p.role is not ProviderRole.BILLING]
    return [
        {
            "sequence": number,
            "provider": _reference(provider),
            "role": _concept("claimcareteamrole", _CARE.get(provider.role, "other")) | {"text": provider.role.lower()},
        }
        for number, provider in enumerate(others, 1)
    ]


def _diagnosis(place: int, diagnosis: Diagnosis) -> _Part:
    part: _Part = {
        "sequence": place,
        "diagnosisCodeableConcept": _code(diagnosis.system, diagnosis.code, diagnosis.description),
    }
    role = _ROLES.get(diagnosis.role)
    if role is not None:
        # the example code system has no external cause; its name goes as text
        known = " " not in role
        part["type"] = [_concept("ex-diagnosistype", role) if known else {"text": role}]
    if diagnosis.present_on_admission is PresentOnAdmission.EXEMPT:
        part["onAdmission"] = {"text": "exempt"}
    elif diagnosis.present_on_admission is not None:
        part["onAdmission"] = _concept("ex-diagnosis-on-admission", diagnosis.present_on_admission.lower())
    return part


def _procedures(bill: Bill) -> list[_Part]:
    found = [p for p in bill.task.content.procedures if p.system is CodeSystem.ICD_10_PCS]
    parts: list[_Part] = []
    for number, procedure in enumerate(sorted(found, key=lambda p: p.sequence), 1):
        concept = _code(procedure.system, procedure.code, procedure.description)
        part: _Part = {"sequence": number, "procedureCodeableConcept": concept}
        if procedure.performed_from is not None:
            part["date"] = procedure.performed_from.isoformat()
        parts.append(part)
    return parts


def _insurance(bill: Bill) -> _Part:
    billing = bill.encounter.billing
    member, plan = bill.coverage.member_id, billing.plan_id if billing is not None else None
    coverage: _Part = {}
    if member or plan:
        coverage["identifier"] = {"value": member or plan}
    if bill.coverage.payer_name:
        coverage["display"] = bill.coverage.payer_name
    part: _Part = {"sequence": 1, "focal": True, "coverage": coverage or _ABSENT}
    if billing is not None and billing.authorization_ref:
        part["preAuthRef"] = [billing.authorization_ref]
    return part


def _item(number: int, line: ServiceLine, bill: Bill, places: dict[int, int], report: Report) -> _Part:
    lost = [sequence for sequence in line.pointers if sequence not in places]
    if lost:
        report.note(f"lines[{line.number}].diagnosis_pointers: pointers to no diagnosis of the claim were left off")
    part: _Part = {
        "sequence": number,
        "diagnosisSequence": [places[sequence] for sequence in line.pointers if sequence in places],
        "revenue": {"coding": [{"system": _REVENUE, "code": line.revenue_code}]} if line.revenue_code else {},
        "productOrService": _code(line.system, line.code, "")
        if line.code
        else _concept("data-absent-reason", "not-applicable"),
        "modifier": [{"coding": [{"code": modifier}]} for modifier in line.modifiers],
        "quantity": {"value": line.units},
        "net": _money(line.amount) if line.amount is not None else {},
    }
    if line.begin is not None and line.begin == line.end:
        part["servicedDate"] = line.begin.isoformat()
    else:
        part["servicedPeriod"] = _period(line.begin, line.end)
    facility = bill.encounter.facility
    place = line.place_of_service or (facility.place_of_service if facility is not None else None)
    if place:
        part["locationCodeableConcept"] = {"coding": [{"system": _PLACES, "code": place}]}
    return {key: value for key, value in part.items() if value not in ([], {})}


def _quote(number: int, quoted: Quoted) -> _Part:
    return {
        "sequence": number,
        "category": _concept("claiminformationcategory", "info"),
        "code": {"text": quoted.code},
        "valueString": quoted.text,
    }


def _total(lines: Sequence[ServiceLine]) -> _Part:
    """Only where every line has its price: a sum of some of them would be taken for the whole."""
    amounts = [line.amount for line in lines if line.amount is not None]
    return _money(sum(amounts, Decimal(0))) if amounts and len(amounts) == len(lines) else {}


def _reference(provider: Provider) -> _Part:
    if provider.npi:
        return {"identifier": {"system": _NPI, "value": provider.npi}}
    return {"identifier": {"value": provider.provider_id}}


def _concept(system: str, code: str) -> _Part:
    return {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}


def _code(system: str, code: str, description: str) -> _Part:
    coding = {"code": code}
    known = _SYSTEMS.get(CodeSystem(system)) if system in CodeSystem.__members__ else None
    if known is not None:
        coding["system"] = known
    if description.strip():
        coding["display"] = description.strip()
    return {"coding": [coding]}


def _money(amount: Decimal) -> _Part:
    return {"value": amount, "currency": "USD"}


def _period(begin: object, end: object) -> _Part:
    days = {"start": begin, "end": end}
    return {key: str(day) for key, day in days.items() if day is not None}
