"""Coded claims and what becomes of them."""

from __future__ import annotations

from enum import StrEnum

from chartstream.events.coding import CodeSetRelease, Diagnosis, Procedure
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.extraction import ExtractedDocument
from chartstream.events.head import Component, Event
from chartstream.events.record import Amount, Record, Timestamp
from chartstream.events.validation import Finding, Grouping


class ClaimKind(StrEnum):
    """What the event does to the claim: claim frequency 1, 7 or 8."""

    ORIGINAL = "ORIGINAL"
    REPLACEMENT = "REPLACEMENT"
    VOID = "VOID"


class ApprovalMode(StrEnum):
    """Who released the claim."""

    AUTOMATIC = "AUTOMATIC"
    PERSON = "PERSON"


class CertificateRef(Record):
    """Certificate under which claims are released automatically."""

    certificate_id: str
    sha256: str
    demonstration: bool


class Approval(Record):
    """How the claim came to be released."""

    mode: ApprovalMode
    certificate: CertificateRef | None = None
    reviewer_id: str | None = None
    decided_at: Timestamp
    reasons: tuple[str, ...] = ()


class ClaimCoded(Event):
    """A coded claim, its correction or its void."""

    claim_id: str
    revision: int
    kind: ClaimKind
    replaces: str | None = None
    encounter: Encounter | None = None
    patient_facts: PatientFacts | None = None
    documents: tuple[ExtractedDocument, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    findings: tuple[Finding, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    approval: Approval | None = None
    coder: Component | None = None
    validator: Component | None = None
    code_sets: tuple[CodeSetRelease, ...] = ()
    void_reason: str | None = None


class OutcomeKind(StrEnum):
    """What became of a claim."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    PAID = "PAID"
    DENIED = "DENIED"
    CORRECTED = "CORRECTED"
    OTHER = "OTHER"


class Adjustment(Record):
    """One adjustment of a payer."""

    group_code: str
    carc: str
    rarcs: tuple[str, ...] = ()
    amount: Amount
    line: int | None = None


class ClaimOutcome(Event):
    """What billing heard back about a claim."""

    claim_id: str
    revision: int
    outcome: OutcomeKind
    payer_id: str | None = None
    adjustments: tuple[Adjustment, ...] = ()
    paid_amount: Amount | None = None
    coding_related: bool | None = None
    received_at: Timestamp
