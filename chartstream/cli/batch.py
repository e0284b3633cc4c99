"""Notes of a command line as submissions, and the pipeline that codes them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from chartstream.cli.coded_notes import coded_note
from chartstream.cli.note_lines import NoteLine
from chartstream.clock import SystemClock
from chartstream.codesets import release_named
from chartstream.codesets.library import installed_library
from chartstream.coding.model import Profile
from chartstream.coding.stage import CodingStage
from chartstream.documents import FsspecDocumentStore
from chartstream.events.documents import Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import ClaimType, Encounter, Patient
from chartstream.events.head import Action, ClaimCheck, Head
from chartstream.events.identity import encounter_id
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from chartstream.pipeline import Pipeline
from chartstream.routing.certificate import Certificate
from chartstream.routing.policy import default_policy
from chartstream.routing.stage import RoutingStage
from chartstream.validation.stage import ValidationStage
from chartstream.viewer.coded import CodedNote
from services.coding.coder import configured_coder, imported_coders
from services.coding.settings import LanguageModelSettings
from services.extraction.ocr import ConfiguredOcr
from services.extraction.settings import OcrSettings
from services.validation.settings import ValidationSettings

WAIVED = ("encounter_date", "provider", "signature", "age", "sex", "facility", "diagnosis")
"""Fields that a line of .jsonl cannot carry. Files that are coded, and Kafka, are never waived anything."""

_TENANT = "command-line"
_DOCUMENT = "note"


class Batch:
    """Codes notes one after the other, each an encounter of its own. Keeps what it reads in memory only.

    ``waived`` names required fields that the notes cannot carry.
    """

    def __init__(
        self,
        *,
        profile: Profile = Profile.CLAIM,
        release: str | None = None,
        certificate: Certificate | None = None,
        waived: Sequence[str] = (),
    ) -> None:
        """Raises ``ConfigurationError`` for a release that is not installed or settings that do not hold."""
        self._clock = SystemClock()
        self._store = FsspecDocumentStore(f"memory://chartstream-{secrets.token_hex(8)}")
        self._key = secrets.token_bytes(32)
        named = release_named(release) if release is not None else None
        settings = LanguageModelSettings.from_environment()
        coder = configured_coder(settings, named)
        others = imported_coders(settings) if named is None else ()
        self.codes = coder.codes
        edits = ValidationSettings.from_environment().edits()
        self._pipeline = Pipeline(
            IntakeStage(self._store, self._clock, waived, SandboxedInspector()),
            ExtractionStage(self._store, ConfiguredOcr(OcrSettings.from_environment()).make, self._clock),
            CodingStage(self._store, coder, self._clock, profile, others),
            ValidationStage(self._store, self._clock, installed_library(), edits=edits),
            RoutingStage(self._clock, certificate, default_policy()),
        )

    def code_line(self, line: NoteLine) -> CodedNote:
        """What comes of a line of .jsonl; the text is as extracted, in which hard spaces or line ends may differ."""
        patient = Patient(patient_id=_DOCUMENT, sex=line.sex, age_years=line.patient.age)
        encounter = Encounter(claim_type=line.claim_type, complete=True, source=_TENANT, patient=patient)
        document = self._document(line.text.encode(), DocumentStatus.FINAL, "text/plain")
        return self._coded(line.note_id, encounter, document)

    def code_file(self, path: Path, claim_type: ClaimType) -> CodedNote:
        """What comes of a file. Whether it is signed the note says."""
        patient = Patient(patient_id=_DOCUMENT)
        encounter = Encounter(claim_type=claim_type, complete=True, source=_TENANT, patient=patient)
        document = self._document(path.read_bytes(), DocumentStatus.UNKNOWN, "application/octet-stream")
        return self._coded(str(path), encounter, document)

    def _document(self, content: bytes, status: DocumentStatus, media_type: str) -> Document:
        uri, sha256 = self._store.put(content, media_type)
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=media_type)
        return Document(document_id=_DOCUMENT, status=status, claim_check=check)

    def _coded(self, note_id: str, encounter: Encounter, document: Document) -> CodedNote:
        identity = encounter_id(self._key, _TENANT, note_id, encounter.claim_type, _TENANT)
        head = Head(
            event_id=identity,
            tenant=_TENANT,
            encounter_id=identity,
            encounter_version=1,
            occurred_at=self._clock.now(),
            produced_by=_TENANT,
        )
        submission = NoteSubmitted(head=head, action=Action.SUBMIT, encounter=encounter, documents=(document,))
        return coded_note(note_id, self._pipeline.process(submission), self._store)
