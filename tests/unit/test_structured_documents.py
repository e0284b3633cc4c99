"""What intake takes out of messages and word processors' files, extraction can read: every format, end to end."""

from __future__ import annotations

from datetime import date

import pytest

from chartstream.events.documents import DocumentStatus, NoteAccepted
from chartstream.events.encounter import Provider, ProviderRole
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import ClaimCheck
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.stage import IntakeStage
from chartstream.texts import text_of
from tests.faults.fuzz_seeds import seeds
from tests.unit.builders import DictStore, FixedClock, encounter, note, submitted


def no_ocr() -> None:
    pytest.fail("none of these documents has a page that is an image")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rtf", {"note-1": "Acute bronchitis, fever 38.4\u00b0C"}),
        ("doc", {"note-1": "MRN 4711\nASSESSMENT\nAcute bronchitis.\nPotassium  3.1"}),
        ("hl7-note", {"note-1": "Acute bronchitis, 5 & 7 days."}),
        ("hl7-results", {"note-1": "Potassium  3.1 mmol/L  (3.5-5.1)  L", "note-1.1": "Acute bronchitis, fever"}),
        ("hl7-batch", {"note-1.1": "Acute bronchitis", "note-1.2": "Acute bronchitis"}),
        ("cda", {"note-1": "Assessment and plan\n- Acute bronchitis\n- Essential hypertension"}),
        ("cda-attachment", {"note-1.1": "Acute bronchitis, fever"}),
        ("fhir", {"note-1.1": "Assessment: acute bronchitis."}),
        ("fhir-bundle", {"note-1.1": "Potassium  3.1"}),
    ],
)
def test_what_intake_accepts_is_read(name: str, expected: dict[str, str]) -> None:
    store = DictStore()
    content = seeds()[name]
    uri, sha256 = store.put(content, "application/octet-stream")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/octet-stream")
    document = note(inline_text=None, claim_check=check, status=DocumentStatus.FINAL)
    # The messages tell of a visit on the first of March, the documents of the second.
    rendering = Provider(role=ProviderRole.RENDERING, provider_id="provider-1")
    visit = encounter(service_from=date(2026, 3, 1), service_through=date(2026, 3, 2), providers=(rendering,))
    submission = submitted(documents=[document], encounter=visit)
    (accepted,) = IntakeStage(store, FixedClock())(submission, None).events
    assert isinstance(accepted, NoteAccepted)
    (extracted,) = ExtractionStage(store, no_ocr, FixedClock())(accepted)
    assert isinstance(extracted, NoteExtracted), extracted
    texts = {each.document_id: text_of(extracted, each, store).text for each in extracted.documents}
    assert texts.keys() == expected.keys()
    for identity, words in expected.items():
        assert words in texts[identity]
