"""Files of a command line through intake and extraction, kept in memory, with what there is to see of them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from chartstream.clock import SystemClock
from chartstream.documents import FsspecDocumentStore
from chartstream.errors import ConfigurationError
from chartstream.events.documents import (
    AcceptedDocument,
    Document,
    DocumentStatus,
    NoteAccepted,
    NoteRejected,
    NoteSubmitted,
)
from chartstream.events.encounter import ClaimType, Encounter, Patient
from chartstream.events.extraction import ExtractedDocument, ExtractedText, NoteExtracted
from chartstream.events.head import Action, ClaimCheck, Event, Head, Origin
from chartstream.events.review import ReviewRequested
from chartstream.extraction.engines.engine import Image, LazyOcr, OcrEngine, OcrFactory, OcrPage
from chartstream.extraction.pdf import TEXT_LAYER
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from chartstream.texts import decode_text
from chartstream.viewer.seen import Outcome, SeenDocument, SeenFile

_SOURCE = "command-line"
_DOCUMENT = "note"


class TimedOcr:
    """An ``OcrEngine`` that notes how long each page took, and apart from that how long the engine took to load."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.seconds: list[float] = []
        self.loading = 0.0

    @property
    def name(self) -> str:
        """That of the engine behind; loads it on first use."""
        begun = time.perf_counter()
        name = self._engine.name
        self.loading += time.perf_counter() - begun
        return name

    def read(self, image: Image) -> OcrPage:
        """Read one page with the engine behind."""
        if not self.loading:
            _ = self.name
        begun = time.perf_counter()
        page = self._engine.read(image)
        self.seconds.append(time.perf_counter() - begun)
        return page


class FileReader:
    """Reads one file after the other as the stages would; a document that intake would show to a person is read too."""

    def __init__(self, ocr: OcrFactory) -> None:
        self._clock = SystemClock()
        self._store = FsspecDocumentStore(f"memory://chartstream-{secrets.token_hex(8)}")
        self._ocr = TimedOcr(LazyOcr(ocr))
        self._intake = IntakeStage(self._store, self._clock, inspect=SandboxedInspector())
        self._extraction = ExtractionStage(self._store, self._ocr, self._clock)

    def read(self, path: Path, claim_type: ClaimType = ClaimType.PROFESSIONAL) -> SeenFile:
        """What was read of a file, and what would become of it.

        Raises ``ConfigurationError`` for a file that cannot be opened, or when an engine is not installed.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"{path.name} cannot be read: {error.strerror}; check it and its rights"
            ) from error
        begun, loaded = time.perf_counter(), self._ocr.loading
        self._ocr.seconds.clear()
        (taken,) = self._intake(self._submission(content, claim_type), None).events
        if isinstance(taken, NoteRejected):
            return SeenFile(path.name, "rejected", taken.problems, (), time.perf_counter() - begun)
        doubts = taken.problems if isinstance(taken, ReviewRequested) else ()
        accepted = _accepted(taken)
        (answer,) = self._extraction(accepted)
        seconds = time.perf_counter() - begun - (self._ocr.loading - loaded)
        checks = tuple(check for document in accepted.documents for check in document.checks)
        if isinstance(answer, NoteRejected):
            return SeenFile(path.name, "rejected", (*doubts, *answer.problems), (), seconds, checks)
        if not isinstance(answer, NoteExtracted | ReviewRequested):
            raise TypeError(f"extraction answered with {type(answer).__name__}")
        problems = (*doubts, *answer.problems)
        outcome: Outcome = "review" if doubts or isinstance(answer, ReviewRequested) else "extracted"
        return SeenFile(path.name, outcome, problems, self._documents(accepted, answer), seconds)

    def _submission(self, content: bytes, claim_type: ClaimType) -> NoteSubmitted:
        uri, sha256 = self._store.put(content, "application/octet-stream")
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/octet-stream")
        identity = secrets.token_hex(20)
        return NoteSubmitted(
            head=Head(
                event_id=identity,
                tenant=_SOURCE,
                encounter_id=identity,
                encounter_version=1,
                occurred_at=self._clock.now(),
                produced_by=_SOURCE,
            ),
            action=Action.SUBMIT,
            encounter=Encounter(
                claim_type=claim_type, complete=True, source=_SOURCE, patient=Patient(patient_id=_DOCUMENT)
            ),
            documents=(Document(document_id=_DOCUMENT, status=DocumentStatus.UNKNOWN, claim_check=check),),
        )

    def _documents(self, accepted: NoteAccepted, answer: NoteExtracted | ReviewRequested) -> tuple[SeenDocument, ...]:
        found = {item.document.document_id: item for item in accepted.documents}
        timings = iter(self._ocr.seconds)
        texts = [decode_text(self._store.get(d.text.uri, d.text.sha256)) for d in answer.documents]
        recognised = sum(page.engine != TEXT_LAYER for text in texts for page in text.pages)
        if recognised != len(self._ocr.seconds):  # an engine was asked twice for some page: whose seconds are whose?
            timings = iter(())
        seen = []
        for record, text in zip(answer.documents, texts, strict=True):
            seconds = {page.number: next(timings, -1.0) for page in text.pages if page.engine != TEXT_LAYER}
            known = {number: value for number, value in seconds.items() if value >= 0}
            seen.append(self._seen(found[record.document_id], record, text, answer, known))
        return tuple(seen)

    def _seen(
        self,
        accepted: AcceptedDocument,
        record: ExtractedDocument,
        text: ExtractedText,
        answer: NoteExtracted | ReviewRequested,
        seconds: Mapping[int, float],
    ) -> SeenDocument:
        own = record.document_id
        return SeenDocument(
            document_id=own,
            media_type=record.source.media_type,
            content=self._store.get(record.source.uri, record.source.sha256),
            text=text,
            confidence=record.extraction_confidence,
            part_of=accepted.document.part_of,
            page_count=accepted.page_count,
            checks=accepted.checks,
            sections=record.sections,
            fields=tuple(f for f in answer.fields if f.evidence is not None and f.evidence.document_id == own),
            statements=tuple(s for s in answer.statements if s.evidence.document_id == own),
            page_seconds=seconds,
        )


def _accepted(taken: Event) -> NoteAccepted:
    """What intake accepted; what it would show to a person first counts as accepted here."""
    if isinstance(taken, NoteAccepted):
        return taken
    if not isinstance(taken, ReviewRequested):
        raise TypeError(f"intake answered with {type(taken).__name__}")
    return NoteAccepted(
        head=taken.head,
        action=Action.SUBMIT,
        origin=Origin.ENGINE,
        encounter=taken.encounter,
        documents=taken.accepted_documents,
        content_sha256="",
    )
