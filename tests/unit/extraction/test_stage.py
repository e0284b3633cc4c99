"""The extraction stage: accepted documents in; extracted text, a question to a person, or a refusal out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Transient
from chartstream.events.codec import Codec
from chartstream.events.documents import DocumentStatus, NoteAccepted, NoteRejected
from chartstream.events.encounter import Patient, Sex
from chartstream.events.extraction import FieldOrigin, NoteExtracted, StatementKind
from chartstream.events.head import Action, Event, Origin
from chartstream.events.review import ReviewRequested, ReviewSubject
from chartstream.extraction import document
from chartstream.extraction.engines.engine import OcrPage
from chartstream.extraction.fragments import Box, Fragment
from chartstream.extraction.stage import ExtractionStage
from chartstream.texts import decode_text, encode_text, text_of
from tests.unit.paper import paper

NOTE = """Northfield Heart Clinic
Patient: Orla Whitcombe  DOB: 03/14/1958  Sex: F
Date of service: 02/17/2026
ASSESSMENT AND PLAN
1. Persistent atrial fibrillation.
Electronically signed by Hannah Brandt, MD"""
UNSIGNED = NOTE.replace(
    "Electronically signed by Hannah Brandt, MD", "Provider: Hannah Brandt, MD\nDRAFT - NOT YET SIGNED"
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Accepted = Callable[..., NoteAccepted]
Run = Callable[[NoteAccepted], Event]


@pytest.fixture
def run(store: FsspecDocumentStore, no_ocr: Any, clock: Any) -> Run:
    def once(event: NoteAccepted) -> Event:
        stage = ExtractionStage(store, no_ocr, clock)
        (answer,) = stage(event)
        assert list(stage(event)) == [answer]
        assert answer.head.caused_by == event.head.event_id
        return answer

    return once


def extracted(event: Event) -> NoteExtracted:
    assert isinstance(event, NoteExtracted)
    return event


def asked(event: Event) -> list[str]:
    assert isinstance(event, ReviewRequested)
    assert (event.subject, event.review_id, event.stage) == (ReviewSubject.FIELDS, event.head.event_id, "extraction")
    return [problem.code for problem in event.problems]


def test_text_sections_fields_and_dates_come_out(accepted: Accepted, run: Run, store: FsspecDocumentStore) -> None:
    answer = extracted(run(accepted(NOTE.encode())))
    assert answer.encounter is not None
    assert (answer.encounter.service_from, answer.encounter.service_through) == (date(2026, 2, 17), date(2026, 2, 17))
    assert answer.patient_facts is not None
    assert (answer.patient_facts.age_years, answer.patient_facts.sex) == (67, Sex.FEMALE)
    (read,) = answer.documents
    assert [section.kind for section in read.sections] == ["header", "assessment_and_plan", "signature"]
    assert text_of(answer, read, store).text == NOTE
    fields = {field.name: field for field in answer.fields}
    assert {name: field.value for name, field in fields.items()} == {
        "birth_date": "1958-03-14",
        "sex": "FEMALE",
        "encounter_date": "2026-02-17",
        "signature": "SIGNED",
        "provider": "Hannah Brandt, MD",
        "facility": "Northfield Heart Clinic",
    }
    assert [statement.kind for statement in answer.statements] == [StatementKind.DIAGNOSIS]
    place = fields["encounter_date"].evidence
    assert place is not None
    quote = NOTE[place.begin : place.end]
    assert (quote, place.section) == ("02/17/2026", "header")
    assert place.quote_sha256 == hashlib.sha256(quote.encode()).hexdigest()
    codec = Codec()
    assert codec.decode(codec.encode(answer, "notes.extracted"), NoteExtracted) == answer


def test_dates_of_the_submission_are_fields_without_evidence(accepted: Accepted, run: Run) -> None:
    answer = extracted(run(accepted(NOTE.encode(), dates=(date(2026, 2, 17), None))))
    (given,) = [field for field in answer.fields if field.origin is FieldOrigin.SUBMISSION]
    assert (given.name, given.value, given.evidence) == ("service_from", "2026-02-17", None)


def test_scanned_lines_give_evidence_with_boxes(
    accepted: Accepted, store: FsspecDocumentStore, scripted_ocr: Any, clock: Any, samples: Any
) -> None:
    lines = NOTE.split("\n")
    page = OcrPage(
        tuple(Fragment.of_line(line, Box(100, 100 + 40 * n, 900, 130 + 40 * n), 0.97) for n, line in enumerate(lines)),
        paper(1020, 1320),
    )
    picture = (samples / "documents" / "emergency-ureter-stone.png").read_bytes()
    (answer,) = ExtractionStage(store, scripted_ocr(page), clock)(accepted((picture, "image/png")))
    place = next(field for field in extracted(answer).fields if field.name == "encounter_date").evidence
    assert place is not None
    assert place.page == 1
    (box,) = place.boxes
    letters = 800 / len("Date of service: 02/17/2026")
    begin = 100 + letters * len("Date of service: ")
    assert (box.x0, box.y0) == (pytest.approx(begin / 1020, abs=1e-4), pytest.approx(180 / 1320, abs=1e-4))
    assert (box.x1, box.y1) == (pytest.approx(900 / 1020, abs=1e-4), pytest.approx(210 / 1320, abs=1e-4))
    assert extracted(answer).documents[0].extraction_confidence == pytest.approx(0.97)


@pytest.mark.parametrize(
    ("note", "options", "problems"),
    [
        (NOTE.replace("Date of service: 02/17/2026", ""), {}, ["encounter_date_missing"]),
        (NOTE, {"dates": (date(2026, 2, 19), None)}, ["encounter_date_conflict"]),
        (NOTE, {"patient": Patient(patient_id="p", birth_date="1991-11-23")}, ["birth_date_conflict"]),
        (UNSIGNED, {}, ["awaiting_signature"]),
        (NOTE.rpartition("\n")[0], {"status": DocumentStatus.UNKNOWN}, ["provider_missing", "awaiting_signature"]),
        (NOTE.replace("Sex: F", ""), {}, ["sex_missing"]),
        (NOTE.replace("DOB: 03/14/1958", ""), {}, ["age_missing"]),
        (NOTE.replace("02/17/2026", "02/17/2028"), {}, ["encounter_date_conflict"]),
        (NOTE.replace("DOB: 03/14/1958", "DOB: 03/14/1958  Age: 31"), {}, ["age_conflict"]),
        (NOTE.replace("ASSESSMENT AND PLAN\n1. Persistent atrial fibrillation.\n", ""), {}, ["diagnosis_missing"]),
    ],
)
def test_what_is_missing_or_contradicted_goes_to_a_person(
    note: str, options: dict[str, Any], problems: list[str], accepted: Accepted, run: Run
) -> None:
    answer = run(accepted(note.encode(), **options))
    assert asked(answer) == problems
    assert isinstance(answer, ReviewRequested)
    assert len(answer.documents) == len(answer.accepted_documents) == 1
    codec = Codec()
    assert codec.decode(codec.encode(answer, "review.requested"), ReviewRequested) == answer


def test_a_badly_read_page_goes_to_a_person(
    accepted: Accepted, store: FsspecDocumentStore, scripted_ocr: Any, clock: Any, samples: Any
) -> None:
    page = OcrPage((Fragment.of_line("Date of service: 02/17/2026", Box(0, 0, 900, 30), 0.6),), paper(1020, 1320))
    picture = (samples / "documents" / "emergency-ureter-stone.png").read_bytes()
    event = accepted((picture, "image/png"))
    (answer,) = ExtractionStage(store, scripted_ocr(page), clock)(event)
    absent = ["age_missing", "sex_missing", "provider_missing", "diagnosis_missing"]
    assert asked(answer) == ["encounter_date_uncertain", *absent, "text_uncertain"]


def test_a_person_who_accepted_the_documents_is_not_asked_again(accepted: Accepted, run: Run) -> None:
    answer = extracted(run(accepted(UNSIGNED.encode(), origin=Origin.PERSON)))
    assert [problem.code for problem in answer.problems] == ["awaiting_signature"]


def test_waived_fields_are_named_and_not_asked_for(accepted: Accepted, run: Run) -> None:
    waived = ("encounter_date", "provider", "signature", "age", "sex")
    bare = "Assessment: acute bronchitis."
    answer = extracted(run(accepted(bare.encode(), status=DocumentStatus.UNKNOWN, waived=waived)))
    assert answer.waived_fields == waived
    assert [f.name for f in answer.fields if f.origin is FieldOrigin.WAIVED] == list(waived)


@pytest.mark.parametrize(
    ("content", "code"),
    [((b"PK\x03\x04", DOCX), "document_unreadable"), ((b" ", "text/plain"), "document_without_text")],
)
def test_what_cannot_be_read_is_rejected_and_named(
    content: tuple[bytes, str], code: str, accepted: Accepted, run: Run
) -> None:
    answer = run(accepted(NOTE.encode(), content))
    assert isinstance(answer, NoteRejected)
    assert [(problem.code, problem.document_id) for problem in answer.problems] == [(code, "doc-1")]


def test_an_altered_document_is_rejected(accepted: Accepted, run: Run, store: FsspecDocumentStore) -> None:
    event = accepted(NOTE.encode())
    check = event.documents[0].document.claim_check
    assert check is not None
    store._fs.pipe_file(store._path_of(check.uri), b"something else")
    answer = run(event)
    assert isinstance(answer, NoteRejected)
    assert answer.problems[0].code == "document_altered"


def test_a_store_out_of_reach_is_raised_for_a_later_try(
    accepted: Accepted, run: Run, store: FsspecDocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: str) -> bytes:
        raise TimeoutError

    event = accepted(NOTE.encode())
    monkeypatch.setattr(store._fs, "cat_file", broken)
    with pytest.raises(Transient):
        run(event)


def test_a_withdrawal_passes_through(accepted: Accepted, run: Run) -> None:
    event = accepted().model_copy(
        update={"action": Action.WITHDRAW, "encounter": None, "withdrawal_reason": "wrong visit"}
    )
    answer = extracted(run(event))
    assert (answer.action, answer.withdrawal_reason, answer.documents) == (Action.WITHDRAW, "wrong visit", ())


def test_texts_beyond_the_limit_lie_in_the_store_only(
    accepted: Accepted, run: Run, store: FsspecDocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_INLINE_BYTES", 9000)
    long = NOTE + "\n" + "Lungs clear. " * 500
    answer = extracted(run(accepted(NOTE.encode(), long.encode())))
    assert [inline.document_id for inline in answer.inline_texts] == ["doc-0"]
    stored = text_of(answer, answer.documents[1], store)
    assert stored.text == long.rstrip()
    assert decode_text(encode_text(stored)) == stored


def test_an_engine_is_made_only_when_an_image_comes(accepted: Accepted, store: FsspecDocumentStore, clock: Any) -> None:
    def factory() -> Any:
        raise AssertionError("no engine is needed for text")

    (answer,) = ExtractionStage(store, factory, clock)(accepted(NOTE.encode()))
    assert extracted(answer).documents
