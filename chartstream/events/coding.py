"""Codes with evidence, confidence and explanation; the event codes.proposed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from chartstream.errors import Problem
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedField
from chartstream.events.head import Action, Answer, Component, Confidential, Event, Origin
from chartstream.events.record import Amount, Record, Units


class CodeSystem(StrEnum):
    """Code system."""

    ICD_10_CM = "ICD_10_CM"
    ICD_10_PCS = "ICD_10_PCS"
    CPT = "CPT"
    HCPCS = "HCPCS"
    OTHER = "OTHER"


class DiagnosisRole(StrEnum):
    """Part of a diagnosis on the claim; PRINCIPAL is the first-listed one on professional and outpatient claims."""

    PRINCIPAL = "PRINCIPAL"
    SECONDARY = "SECONDARY"
    ADMITTING = "ADMITTING"
    REASON_FOR_VISIT = "REASON_FOR_VISIT"
    EXTERNAL_CAUSE = "EXTERNAL_CAUSE"
    OTHER = "OTHER"


class PresentOnAdmission(StrEnum):
    """Present-on-admission indicator."""

    Y = "Y"
    N = "N"
    U = "U"
    W = "W"
    EXEMPT = "EXEMPT"


class Explanation(Record):
    """The path from evidence to code, recorded when it was walked."""

    rule: str
    term: str | None = None
    features: dict[str, float] = Field(default_factory=dict)
    steps: tuple[str, ...] = ()


class Diagnosis(Record):
    """A diagnosis code with its evidence."""

    sequence: int
    system: CodeSystem
    code: str
    description: str
    role: DiagnosisRole = DiagnosisRole.SECONDARY
    present_on_admission: PresentOnAdmission | None = None
    origin: Origin
    evidence: tuple[Evidence, ...] = ()
    extraction_confidence: float
    code_confidence: float | None = None
    risk: str | None = None
    explanation: Explanation | None = None


class Procedure(Record):
    """A procedure line with its evidence."""

    sequence: int
    system: CodeSystem
    code: str
    description: str
    modifiers: tuple[str, ...] = ()
    units: Units
    performed_from: date | None = None
    performed_through: date | None = None
    provider_id: str | None = None
    place_of_service: str | None = None
    diagnosis_pointers: tuple[int, ...] = ()
    charge_id: str | None = None
    revenue_code: str | None = None
    amount: Amount | None = None
    ndc: str | None = None
    origin: Origin
    evidence: tuple[Evidence, ...] = ()
    extraction_confidence: float
    code_confidence: float | None = None
    risk: str | None = None
    explanation: Explanation | None = None


class Candidate(Record):
    """An alternative that was considered and not proposed."""

    system: CodeSystem
    code: str
    description: str
    code_confidence: float
    reason: str
    evidence: tuple[Evidence, ...] = ()


class QueryDraft(Record):
    """What a more specific code would need from the provider."""

    code: str
    question: Confidential
    options: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class CodeSetRelease(Record):
    """Release of a code system that was used."""

    system: CodeSystem
    release: str
    sha256: str


class Coding(Record):
    """Codes of an encounter with all that led to them."""

    diagnoses: tuple[Diagnosis, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    queries: tuple[QueryDraft, ...] = ()
    problems: tuple[Problem, ...] = ()
    extraction_confidence: float
    coder: Component
    code_sets: tuple[CodeSetRelease, ...] = ()


class CodesProposed(Event):
    """Codes proposed by the engine or decided by a person; both pass every edit."""

    action: Action
    origin: Origin
    answer: Answer | None = None
    encounter: Encounter | None = None
    patient_facts: PatientFacts | None = None
    documents: tuple[ExtractedDocument, ...] = ()
    fields: tuple[ExtractedField, ...] = ()
    coding: Coding | None = None
    withdrawal_reason: str | None = None
