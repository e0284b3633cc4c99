"""Claims with their billing context for tests: an invented clinic, patient and plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from chartstream.billing.bill import ORIGINAL, Bill, Task, prepare
from chartstream.billing.exporting import Export, Exporter, Format
from chartstream.billing.fees import FeeTable
from chartstream.billing.gaps import Report
from chartstream.billing.ledger import Ledger
from chartstream.billing.site import Site
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission, Procedure
from chartstream.events.encounter import (
    Billing,
    Charge,
    ClaimType,
    Encounter,
    Facility,
    Provider,
    ProviderRole,
)
from chartstream.events.head import ClaimCheck
from tests.unit.builders import DAY, DictStore, diagnosis, encounter, extracted_document, head, procedure

SAMPLES = Path(__file__).parents[3] / "samples" / "billing"
SITE = Site.load(SAMPLES / "site.yaml")
MADE_AT = datetime(2026, 3, 3, 8, 15, tzinfo=UTC)
CLAIM_ID = "0123456789abcdef0123456789abcdef"

_BILLER = Provider(role=ProviderRole.BILLING, provider_id="B-17")


def fhir_coverage(**changes: Any) -> bytes:
    """A Bundle with the coverage of a patient who is the subscriber."""
    coverage = {
        "resourceType": "Coverage",
        "id": "c",
        "status": "active",
        "order": 1,
        "beneficiary": {"reference": "Patient/p"},
        "relationship": {"coding": [{"code": "self"}]},
        "subscriberId": "XH-44-1021",
        "payor": [{"display": "Example Health Plan", "identifier": {"value": "payer-a"}}],
        "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G77", "name": "Harbor Works"}],
    }
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "name": [{"family": "Quill", "given": ["Ada", "M"]}],
        "birthDate": "1961-04-09",
        "gender": "female",
        "address": [{"line": ["7 Mill Lane"], "city": "Westhaven", "state": "CT", "postalCode": "06515-0042"}],
    }
    entries = [{"resource": coverage | changes}, {"resource": patient}]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


STORE = DictStore()


def stored(content: bytes, media_type: str = "application/fhir+json") -> ClaimCheck:
    """The claim check of a coverage document in ``STORE``."""
    uri, sha256 = STORE.put(content, media_type)
    return ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=media_type)


def charge(code: str = "99213", **changes: Any) -> Charge:
    base = Charge(charge_id=f"charge-{code}", system="CPT", code=code, units=Decimal(1), amount=Decimal("125.50"))
    return base.model_copy(update=changes)


def billing(charges: Sequence[Charge] = (), **changes: Any) -> Billing:
    base = Billing(payer_id="payer-a", coverage=stored(fhir_coverage()), charges=tuple(charges))
    return base.model_copy(update=changes)


def visit(**changes: Any) -> Encounter:
    """An office visit."""
    base = encounter(
        providers=(_BILLER, Provider(role=ProviderRole.RENDERING, provider_id="dr-brandt")),
        facility=Facility(facility_id="main", place_of_service="11"),
        billing=billing([charge()]),
    )
    return base.model_copy(update=changes)


def stay(**changes: Any) -> Encounter:
    """Three days in hospital."""
    room = charge("0120", system="REVENUE", units=Decimal(3), amount=Decimal(3000))
    base = encounter(
        claim_type=ClaimType.FACILITY_INPATIENT,
        service_through=date(2026, 3, 5),
        admission_type="1",
        admission_source="1",
        discharge_disposition="01",
        attributes={"discharge_hour": "1130"},
        providers=(
            _BILLER,
            Provider(role=ProviderRole.ATTENDING, provider_id="dr-brandt"),
            Provider(role=ProviderRole.OPERATING, provider_id="dr-osei"),
        ),
        billing=billing([room]),
    )
    return base.model_copy(update=changes)


STAY_DIAGNOSES = (
    diagnosis("I21.4", present_on_admission=PresentOnAdmission.Y),
    diagnosis("R07.9", 2, role=DiagnosisRole.ADMITTING),
    diagnosis("E11.9", 3, present_on_admission=PresentOnAdmission.EXEMPT),
    diagnosis("W01.0XXA", 4, role=DiagnosisRole.EXTERNAL_CAUSE, present_on_admission=PresentOnAdmission.N),
    diagnosis("N17.9", 5, present_on_admission=PresentOnAdmission.W),
)
STAY_PROCEDURES = (procedure("027034Z", system=CodeSystem.ICD_10_PCS, performed_from=DAY),)


def claim(
    of: Encounter | None = None,
    diagnoses: Sequence[Diagnosis] = (diagnosis("I10"), diagnosis("E11.22", 2)),
    procedures: Sequence[Procedure] = (procedure(charge_id="charge-99213", diagnosis_pointers=(2, 1)),),
    **changes: Any,
) -> ClaimCoded:
    """The visit's claim, revision 1, unless said otherwise."""
    base = ClaimCoded(
        head=head(),
        claim_id=CLAIM_ID,
        revision=1,
        kind=ClaimKind.ORIGINAL,
        encounter=of if of is not None else visit(),
        documents=(extracted_document(),),
        diagnoses=tuple(diagnoses),
        procedures=tuple(procedures),
    )
    return base.model_copy(update=changes)


def stay_claim(**changes: Any) -> ClaimCoded:
    return claim(stay(), STAY_DIAGNOSES, STAY_PROCEDURES, **changes)


def void(revision: int = 2, **changes: Any) -> ClaimCoded:
    """A void as routing writes it: without content."""
    base = ClaimCoded(head=head(revision), claim_id=CLAIM_ID, revision=revision, kind=ClaimKind.VOID)
    return base.model_copy(update=changes)


def bill_of(coded: ClaimCoded, fees: FeeTable | None = None, **changes: Any) -> tuple[Bill, Report]:
    """The claim prepared as an original."""
    report = Report()
    task = Task(coded, coded, ORIGINAL)
    prepared = prepare(task, fees or FeeTable(), STORE, report)
    assert prepared is not None
    return prepared, report


def exported(form: Format, *claims: ClaimCoded, fees: FeeTable | None = None, ledger: Ledger | None = None) -> Export:
    """Claims exported at once, for a ledger that knows nothing unless one is given."""
    exporter = Exporter(form, fees or FeeTable(), SITE, STORE)
    return exporter.export(claims, ledger or Ledger(), 1, MADE_AT)


def segments_of(export: Export) -> list[list[str]]:
    """The segments of the one file, each as its elements."""
    (file,) = export.files
    return [segment.split("*") for segment in file.content.replace("\n", "").split("~") if segment]


def named(export: Export, *starts: str) -> list[str]:
    """The segments that begin with these elements, whole."""
    return ["*".join(s) for s in segments_of(export) if tuple(s[: len(starts)]) == starts]


def gaps_of(export: Export) -> list[str]:
    """The names of the fields that keep the one claim back."""
    (held,) = export.held
    return [gap.field for gap in held.gaps]
