"""The encounter: claim type, patient, providers, facility, billing context."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from chartstream.events.head import ClaimCheck, Confidential
from chartstream.events.record import Amount, Record, Units


class ClaimType(StrEnum):
    """Kind of claim; a stay's facility claim and each physician's professional claim are encounters of their own."""

    PROFESSIONAL = "PROFESSIONAL"
    FACILITY_OUTPATIENT = "FACILITY_OUTPATIENT"
    FACILITY_INPATIENT = "FACILITY_INPATIENT"


class Sex(StrEnum):
    """Administrative sex as payers and code edits use it."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class ProviderRole(StrEnum):
    """Part that a provider has in the encounter."""

    RENDERING = "RENDERING"
    ATTENDING = "ATTENDING"
    OPERATING = "OPERATING"
    ORDERING = "ORDERING"
    REFERRING = "REFERRING"
    SUPERVISING = "SUPERVISING"
    BILLING = "BILLING"
    OTHER = "OTHER"


class Patient(Record):
    """The patient, as far as coding and billing need to know."""

    patient_id: str
    record_number: Confidential | None = None
    name: Confidential | None = None
    birth_date: Confidential | None = None
    age_years: int | None = None
    sex: Sex = Sex.UNKNOWN


class Provider(Record):
    """A person or organisation that took part in the encounter."""

    role: ProviderRole
    provider_id: str
    npi: str | None = None
    taxonomy: str | None = None


class Facility(Record):
    """Where the encounter took place."""

    facility_id: str
    npi: str | None = None
    place_of_service: str | None = None


class Charge(Record):
    """A service charged by the source, from a charge message or a charge sheet."""

    charge_id: str
    system: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: Units
    performed_on: date | None = None
    provider_id: str | None = None
    revenue_code: str | None = None
    amount: Amount | None = None
    ndc: str | None = None


class Billing(Record):
    """Billing context by reference; what policy rules need stands here, the rest behind claim checks."""

    payer_id: str | None = None
    plan_id: str | None = None
    line_of_business: str | None = None
    account_ref: str | None = None
    authorization_ref: str | None = None
    coverage: ClaimCheck | None = None
    charges: tuple[Charge, ...] = ()


class Encounter(Record):
    """The unit of coding: a visit or a stay, under one claim type."""

    claim_type: ClaimType
    complete: bool
    source: str
    visit: Confidential | None = None
    specialty: str | None = None
    service_from: date | None = None
    service_through: date | None = None
    admission_type: str | None = None
    admission_source: str | None = None
    discharge_disposition: str | None = None
    patient: Patient
    providers: tuple[Provider, ...] = ()
    facility: Facility | None = None
    billing: Billing | None = None
    attributes: dict[str, str] = Field(default_factory=dict)

    @property
    def coding_date(self) -> date | None:
        """The date that decides which codes are valid: discharge for an inpatient stay, else the first date of
        service; null where it is not known.
        """
        if self.claim_type is ClaimType.FACILITY_INPATIENT and self.service_through is not None:
            return self.service_through
        return self.service_from


class PatientFacts(Record):
    """Age and sex on the first date of service, as the edits need them."""

    age_years: int | None = None
    age_days: int | None = None
    sex: Sex = Sex.UNKNOWN
