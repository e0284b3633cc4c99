"""Events for tests, complete but for what a test is about. Invented patients; nothing here touches the world."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from chartstream.errors import Problem, Rejected
from chartstream.events.coding import (
    CodeSetRelease,
    CodesProposed,
    CodeSystem,
    Coding,
    Diagnosis,
    DiagnosisRole,
    Procedure,
)
from chartstream.events.documents import Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import ClaimType, Encounter, Patient, PatientFacts, Sex
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedText
from chartstream.events.head import Action, Answer, ClaimCheck, Component, Head, Origin
from chartstream.texts import encode_text

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)


class FixedClock:
    """A clock that stands still."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class DictStore:
    """A document store in memory."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def get(self, uri: str, sha256: str) -> bytes:
        if uri not in self.contents:
            raise Rejected(Problem("document_missing", "not there", "store it again"))
        if hashlib.sha256(self.contents[uri]).hexdigest() != sha256:
            raise Rejected(Problem("document_altered", "not the same", "store it again"))
        return self.contents[uri]

    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        digest = hashlib.sha256(content).hexdigest()
        self.contents[f"memory://{digest}"] = content
        return f"memory://{digest}", digest


def head(version: int = 1, event_id: str = "event-1", encounter_id: str = "encounter-1") -> Head:
    return Head(
        event_id=event_id,
        tenant="north-clinic",
        encounter_id=encounter_id,
        encounter_version=version,
        occurred_at=NOW,
        produced_by="test/0",
    )


def encounter(**changes: Any) -> Encounter:
    base = Encounter(
        claim_type=ClaimType.PROFESSIONAL,
        complete=True,
        source="north-ehr",
        service_from=DAY,
        patient=Patient(patient_id="patient-1", age_years=58, sex=Sex.FEMALE),
    )
    return base.model_copy(update=changes)


def note(document_id: str = "note-1", text: str = "Assessment: essential hypertension.", **changes: Any) -> Document:
    base = Document(document_id=document_id, status=DocumentStatus.FINAL, inline_text=text)
    return base.model_copy(update=changes)


def submitted(version: int = 1, documents: Sequence[Document] | None = None, **changes: Any) -> NoteSubmitted:
    base = NoteSubmitted(
        head=head(version, f"submission-{version}"),
        action=Action.SUBMIT,
        encounter=encounter(),
        documents=tuple(documents) if documents is not None else (note(),),
    )
    return base.model_copy(update=changes)


NOTE = "Assessment: essential hypertension."
_STORED = encode_text(ExtractedText(text=NOTE))


def stored_notes() -> DictStore:
    """A store with the text of every ``extracted_document``."""
    store = DictStore()
    store.put(_STORED, "application/vnd.apache.avro")
    return store


def evidence(document_id: str = "note-1") -> Evidence:
    """The words "essential hypertension" of an ``extracted_document``."""
    digest = hashlib.sha256(NOTE[12:34].encode()).hexdigest()
    return Evidence(document_id=document_id, begin=12, end=34, quote_sha256=digest, role="code")


def diagnosis(code: str, sequence: int = 1, **changes: Any) -> Diagnosis:
    base = Diagnosis(
        sequence=sequence,
        system=CodeSystem.ICD_10_CM,
        code=code,
        description=f"description of {code}",
        role=DiagnosisRole.PRINCIPAL if sequence == 1 else DiagnosisRole.SECONDARY,
        origin=Origin.ENGINE,
        evidence=(evidence(),),
        extraction_confidence=1.0,
        code_confidence=0.95,
    )
    return base.model_copy(update=changes)


def procedure(code: str = "99213", **changes: Any) -> Procedure:
    base = Procedure(
        sequence=1,
        system=CodeSystem.CPT,
        code=code,
        description="",
        units=Decimal("1.000"),
        origin=Origin.ENGINE,
        evidence=(evidence(),),
        extraction_confidence=1.0,
    )
    return base.model_copy(update=changes)


def coding(diagnoses: Sequence[Diagnosis], **changes: Any) -> Coding:
    base = Coding(
        diagnoses=tuple(diagnoses),
        extraction_confidence=1.0,
        coder=Component(name="test-coder", version="1"),
        code_sets=(CodeSetRelease(system=CodeSystem.ICD_10_CM, release="test release", sha256="c" * 64),),
    )
    return base.model_copy(update=changes)


def extracted_document(document_id: str = "note-1") -> ExtractedDocument:
    digest = hashlib.sha256(_STORED).hexdigest()
    check = ClaimCheck(uri=f"memory://{digest}", sha256=digest, size_bytes=len(_STORED), media_type="text/plain")
    return ExtractedDocument(
        document_id=document_id, status=DocumentStatus.FINAL, source=check, text=check, extraction_confidence=1.0
    )


def proposed(diagnoses: Sequence[Diagnosis], version: int = 1, **changes: Any) -> CodesProposed:
    base = CodesProposed(
        head=head(version, f"proposal-{version}"),
        action=Action.SUBMIT,
        origin=Origin.ENGINE,
        encounter=encounter(),
        patient_facts=PatientFacts(age_years=50, sex=Sex.UNKNOWN),
        documents=(extracted_document(),),
        coding=coding(diagnoses),
    )
    return base.model_copy(update=changes)


def answer(review_id: str = "review-1", **changes: Any) -> Answer:
    base = Answer(
        review_id=review_id,
        answers_event_id=review_id,
        answers_version=1,
        reviewer_id="coder-7",
        role="coder",
        decided_at=NOW,
    )
    return base.model_copy(update=changes)
