"""What the tests of extraction share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chartstream.documents import FsspecDocumentStore
from chartstream.events.documents import AcceptedDocument, Document, DocumentStatus, NoteAccepted
from chartstream.events.encounter import ClaimType, Encounter, Patient
from chartstream.events.head import Action, ClaimCheck, Head, Origin
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.plain import read_plain
from chartstream.extraction.readtext import ReadText

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


class ScriptedOcr:
    """An OCR engine that answers with prepared pages and remembers what it was shown."""

    name = "scripted"

    def __init__(self, *pages: OcrPage) -> None:
        self.pages = list(pages)
        self.seen: list[Image] = []

    def read(self, image: Image) -> OcrPage:
        self.seen.append(image)
        if self.pages:
            return self.pages.pop(0)
        return OcrPage((), image)


class NoOcr:
    """An OCR engine for documents that must not need one."""

    name = "none"

    def read(self, image: Image) -> OcrPage:
        raise AssertionError(f"OCR was asked to read an image of {image.shape}")


@pytest.fixture
def samples() -> Path:
    return Path(__file__).parents[3] / "samples"


@pytest.fixture
def no_ocr() -> NoOcr:
    return NoOcr()


@pytest.fixture
def scripted_ocr() -> type[ScriptedOcr]:
    return ScriptedOcr


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def plain() -> Callable[[str], ReadText]:
    return lambda text: read_plain(text.encode())


@pytest.fixture
def store(tmp_path: Path) -> FsspecDocumentStore:
    return FsspecDocumentStore(str(tmp_path / "documents"))


AcceptedMaker = Callable[..., NoteAccepted]


@pytest.fixture
def accepted(store: FsspecDocumentStore) -> AcceptedMaker:
    """Makes a NoteAccepted of documents given as content or ``(content, media_type)``."""

    def make(
        *contents: bytes | tuple[bytes, str],
        status: DocumentStatus = DocumentStatus.FINAL,
        claim_type: ClaimType = ClaimType.PROFESSIONAL,
        dates: Sequence[date | None] = (None, None),
        patient: Patient | None = None,
        origin: Origin = Origin.ENGINE,
        waived: tuple[str, ...] = (),
    ) -> NoteAccepted:
        documents = []
        for number, given in enumerate(contents):
            content, media_type = given if isinstance(given, tuple) else (given, "text/plain")
            uri, sha256 = store.put(content, media_type)
            check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=media_type)
            documents.append(
                AcceptedDocument(document=Document(document_id=f"doc-{number}", status=status, claim_check=check))
            )
        return NoteAccepted(
            head=Head(
                event_id="0198c0de-0000-7000-8000-000000000001",
                tenant="demo",
                encounter_id="e1",
                encounter_version=1,
                occurred_at=NOW,
                produced_by="test/0",
            ),
            action=Action.SUBMIT,
            origin=origin,
            encounter=Encounter(
                claim_type=claim_type,
                complete=True,
                source="test",
                service_from=dates[0],
                service_through=dates[1],
                patient=patient or Patient(patient_id="p1"),
            ),
            documents=tuple(documents),
            content_sha256="0" * 64,
            waived_fields=waived,
        )

    return make
