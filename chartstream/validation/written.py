"""A claim as a person writes it down in YAML: in the cases of the edits, their examples, and the examples of a policy.

codes: [E11.22, {code: N18.30, quote: "stage 3", poa: "Y"}]
procedures: [{code: "99213", modifiers: ["25"], pointers: [1]}]
age_years: 58
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from chartstream.codesets import ICD10CM, load, release_for
from chartstream.codesets.editions import Editions, Library
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, PresentOnAdmission, Procedure
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import (
    Billing,
    ClaimType,
    Encounter,
    Facility,
    Patient,
    PatientFacts,
    Provider,
    ProviderRole,
    Sex,
)
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedField, Section
from chartstream.events.head import ClaimCheck, Origin
from chartstream.validation.claim import Claim
from chartstream.validation.quotes import Quotes

_DOCUMENT = "note"
_CONFIG = ConfigDict(frozen=True, extra="forbid")


class WrittenDiagnosis(BaseModel):
    """A diagnosis. Its evidence is ``quote`` (one or several), which must stand in the claim's text, else the text's
    first line; ``marked`` are fields of the evidence that are otherwise (``{document_id: gone}``).
    """

    model_config = _CONFIG

    code: str
    system: CodeSystem = CodeSystem.ICD_10_CM
    role: DiagnosisRole | None = None
    poa: PresentOnAdmission | None = None
    quote: str | tuple[str, ...] | None = None
    marked: dict[str, str | int] = Field(default_factory=dict)
    evidence: bool = True


class WrittenProcedure(BaseModel):
    """A procedure line; ``pointers`` count diagnoses from 1."""

    model_config = _CONFIG

    code: str
    system: CodeSystem = CodeSystem.CPT
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal("1.000")
    pointers: tuple[int, ...] = (1,)
    performed_on: date | None = Field(default=None, alias="day")
    through: date | None = None
    place_of_service: str | None = None
    provider: str | None = None
    revenue: str | None = None
    evidence: bool = True


class WrittenDocument(BaseModel):
    """A document: its kind, as the source names it, and the kinds of the sections found in it."""

    model_config = _CONFIG

    kind: str | None = None
    sections: tuple[str, ...] = ()


class WrittenClaim(BaseModel):
    """A claim. What is not written is as in an ordinary visit: professional, of 2 March 2026, patient unknown."""

    model_config = _CONFIG

    codes: tuple[WrittenDiagnosis, ...] = ()
    procedures: tuple[WrittenProcedure, ...] = ()
    claim_type: ClaimType = ClaimType.PROFESSIONAL
    day: date | None = date(2026, 3, 2)
    through: date | None = None
    age_years: int | None = None
    age_days: int | None = None
    sex: Sex = Sex.UNKNOWN
    payer: str | None = None
    plan: str | None = None
    line_of_business: str | None = None
    authorization: str | None = None
    place_of_service: str | None = None
    specialty: str | None = None
    discharge_disposition: str | None = None
    admission_type: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    providers: tuple[ProviderRole, ...] = ()
    documents: tuple[WrittenDocument, ...] = ()
    fields: tuple[str, ...] = ()
    text: str = "Assessment and plan."

    @field_validator("codes", "procedures", mode="before")
    @classmethod
    def _bare_codes(cls, value: Any) -> Any:
        return [{"code": str(one)} if not isinstance(one, dict) else one for one in value]

    def claim(self, library: Library) -> Claim:
        """The claim that is written, with what ``library`` holds for its date. Raises ``ValueError`` for a quote that
        does not stand in the text.
        """
        encounter = self._encounter()
        day = encounter.coding_date
        release = release_for(ICD10CM, day) if day is not None else None
        return Claim(
            encounter=encounter,
            facts=PatientFacts(age_years=self.age_years, age_days=self.age_days, sex=self.sex),
            diagnoses=tuple(self._diagnosis(place, line) for place, line in enumerate(self.codes, start=1)),
            procedures=tuple(self._procedure(place, line) for place, line in enumerate(self.procedures, start=1)),
            day=day,
            code_set=load(release) if release is not None else None,
            editions=Editions(library, day) if day is not None else None,
            documents=tuple(_document(place, one) for place, one in enumerate(self.documents, start=1)),
            quotes=Quotes({_DOCUMENT: lambda: self.text}),
            fields=tuple(ExtractedField(name=name, value="", extraction_confidence=1.0) for name in self.fields),
        )

    def _encounter(self) -> Encounter:
        return Encounter(
            claim_type=self.claim_type,
            complete=True,
            source="written",
            specialty=self.specialty,
            service_from=self.day,
            service_through=self.through,
            admission_type=self.admission_type,
            discharge_disposition=self.discharge_disposition,
            providers=tuple(Provider(role=role, provider_id="written") for role in self.providers),
            patient=Patient(patient_id="written", age_years=self.age_years, sex=self.sex),
            facility=Facility(facility_id="written", place_of_service=self.place_of_service),
            billing=Billing(
                payer_id=self.payer,
                plan_id=self.plan,
                line_of_business=self.line_of_business,
                authorization_ref=self.authorization,
            ),
            attributes=self.attributes,
        )

    def _diagnosis(self, place: int, line: WrittenDiagnosis) -> Diagnosis:
        return Diagnosis(
            sequence=place,
            system=line.system,
            code=line.code,
            description="",
            role=line.role or (DiagnosisRole.PRINCIPAL if place == 1 else DiagnosisRole.SECONDARY),
            present_on_admission=line.poa,
            origin=Origin.ENGINE,
            evidence=self._marked(line) if line.evidence else (),
            extraction_confidence=1.0,
            code_confidence=1.0,
        )

    def _procedure(self, place: int, line: WrittenProcedure) -> Procedure:
        return Procedure(
            sequence=place,
            system=line.system,
            code=line.code,
            description="",
            modifiers=line.modifiers,
            units=line.units,
            performed_from=line.performed_on,
            performed_through=line.through,
            provider_id=line.provider,
            place_of_service=line.place_of_service,
            diagnosis_pointers=line.pointers,
            revenue_code=line.revenue,
            origin=Origin.ENGINE,
            evidence=self._evidence(None) if line.evidence else (),
            extraction_confidence=1.0,
            code_confidence=1.0,
        )

    def _marked(self, line: WrittenDiagnosis) -> tuple[Evidence, ...]:
        quotes = line.quote if isinstance(line.quote, tuple) else (line.quote,)
        return tuple(one.model_copy(update=line.marked) for quote in quotes for one in self._evidence(quote))

    def _evidence(self, quote: str | None) -> tuple[Evidence, ...]:
        words = quote if quote is not None else self.text.splitlines()[0]
        begin = self.text.find(words)
        if begin < 0:
            raise ValueError(f"the quote {words!r} does not stand in the claim's text; write it as it stands there")
        digest = hashlib.sha256(words.encode()).hexdigest()
        end = begin + len(words)
        return (Evidence(document_id=_DOCUMENT, begin=begin, end=end, quote_sha256=digest, role="code"),)


def _document(place: int, written: WrittenDocument) -> ExtractedDocument:
    nowhere = ClaimCheck(uri="written:", sha256="0" * 64, size_bytes=0, media_type="text/plain")
    return ExtractedDocument(
        document_id=f"{_DOCUMENT}-{place}",
        status=DocumentStatus.FINAL,
        kind=written.kind,
        source=nowhere,
        text=nowhere,
        sections=tuple(Section(kind=kind, begin=0, end=0, confidence=1.0) for kind in written.sections),
        extraction_confidence=1.0,
    )
