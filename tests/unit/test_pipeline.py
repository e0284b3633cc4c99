"""The five stages together in one process, from a submission to its claim, with real engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from chartstream.codesets.library import InstalledLibrary
from chartstream.coding.engine import CodingEngine
from chartstream.coding.stage import CodingStage
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import DocumentStatus, NoteAccepted, NoteSubmitted
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Action, Event, Origin
from chartstream.events.identity import successor
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewKind, ReviewRequested
from chartstream.events.validation import CodesValidated
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.stage import IntakeStage
from chartstream.pipeline import Pipeline
from chartstream.routing.certificate import Threshold, demonstration
from chartstream.routing.policy import Policy, default_policy
from chartstream.routing.stage import RoutingStage
from chartstream.texts import text_of
from chartstream.validation.stage import ValidationStage
from tests.unit.builders import NOW, DictStore, FixedClock, answer, head, note, submitted

TEXT = """Date of service: 03/02/2026

ASSESSMENT AND PLAN
1. Essential hypertension, well controlled. Continue lisinopril.
2. Gout of the left big toe. Start colchicine.

Electronically signed by Ada Ferrow, MD
"""


def no_ocr() -> OcrEngine:
    raise AssertionError("a text note needs no OCR")


@pytest.fixture(scope="module")
def engine() -> CodingEngine:
    return CodingEngine.load()


@pytest.fixture
def store() -> DictStore:
    return DictStore()


@pytest.fixture
def pipeline(engine: CodingEngine, store: DictStore) -> Pipeline:
    clock = FixedClock()
    issued, expires = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    policy = Policy.model_validate({**default_policy().model_dump(), "audit_share": 0.0})
    classes = tuple(risk.name for risk in policy.classes)
    certificate = demonstration("demo", issued, expires, Threshold(code=0.3, extraction=0.8), classes)
    return Pipeline(
        IntakeStage(store, clock),
        ExtractionStage(store, no_ocr, clock),
        CodingStage(store, engine, clock),
        ValidationStage(store, clock, InstalledLibrary()),
        RoutingStage(clock, certificate, policy),
    )


def visit(version: int = 1, text: str = TEXT, status: DocumentStatus = DocumentStatus.FINAL) -> NoteSubmitted:
    return submitted(version, [note(text=text, status=status)])


def last(events: Sequence[Event]) -> Event:
    return events[-1]


def test_a_note_becomes_a_claim_through_every_stage(pipeline: Pipeline) -> None:
    events = pipeline.process(visit())
    assert [type(e) for e in events] == [NoteAccepted, NoteExtracted, CodesProposed, CodesValidated, ClaimCoded]
    claim = last(events)
    assert isinstance(claim, ClaimCoded)
    assert claim.diagnoses[0].code == "I10"
    assert [e.head.caused_by for e in events] == ["submission-1", *(e.head.event_id for e in events[:-1])]


def test_every_quote_is_in_the_text_at_its_place(pipeline: Pipeline, store: DictStore) -> None:
    events = pipeline.process(visit())
    extracted = next(e for e in events if isinstance(e, NoteExtracted))
    claim = last(events)
    assert isinstance(claim, ClaimCoded)
    text = text_of(extracted, extracted.documents[0], store).text
    quotes = [text[e.begin : e.end] for d in claim.diagnoses for e in d.evidence]
    assert "Essential hypertension" in quotes


def test_a_correction_replaces_the_claim_and_a_withdrawal_voids_it(pipeline: Pipeline) -> None:
    pipeline.process(visit())
    corrected = last(pipeline.process(visit(2, TEXT.replace("Gout", "Cellulitis"))))
    assert isinstance(corrected, ClaimCoded)
    assert (corrected.kind, corrected.revision) == (ClaimKind.REPLACEMENT, 2)
    leave = NoteSubmitted(head=head(3, "leave"), action=Action.WITHDRAW, withdrawal_reason="registered in error")
    void = last(pipeline.process(leave))
    assert isinstance(void, ClaimCoded)
    assert (void.kind, void.revision, void.void_reason) == (ClaimKind.VOID, 3, "registered in error")


def test_the_same_twice_and_an_older_one_leave_an_audit_record_only(pipeline: Pipeline) -> None:
    pipeline.process(visit(2))
    assert [type(e) for e in pipeline.process(visit(2))] == [AuditRecord]
    assert [type(e) for e in pipeline.process(visit(1))] == [AuditRecord]


def test_an_uncertain_diagnosis_alone_goes_to_a_person(pipeline: Pipeline) -> None:
    text = "Date of service: 03/02/2026\n\nASSESSMENT\nPossible sarcoidosis. Imaging ordered.\n\nSigned by: A. Ferrow\n"
    review = last(pipeline.process(visit(text=text)))
    assert isinstance(review, ReviewRequested)
    assert [problem.code for problem in review.problems] == ["no_codable_diagnosis"]


def test_a_person_s_decision_enters_upstream_and_is_released(pipeline: Pipeline) -> None:
    first = pipeline.process(visit(text=TEXT.replace("Essential hypertension, well", "HIV disease, well")))
    review = last(first)
    assert isinstance(review, ReviewRequested)
    assert review.coding is not None
    assert "mandatory_review" in [problem.code for problem in review.problems]
    decision = CodesProposed(
        head=successor(review.head, CodesProposed, 0, NOW, "review/1"),
        action=Action.SUBMIT,
        origin=Origin.PERSON,
        answer=answer(review.review_id),
        encounter=review.encounter,
        patient_facts=review.patient_facts,
        documents=review.documents,
        fields=review.fields,
        coding=review.coding,
    )
    events = pipeline.process(decision)
    assert [type(e) for e in events] == [CodesValidated, ClaimCoded]
    assert [type(e) for e in pipeline.process(decision)][-1] is AuditRecord


def test_an_unsigned_note_goes_no_further_than_intake(pipeline: Pipeline) -> None:
    (review,) = pipeline.process(visit(status=DocumentStatus.UNSIGNED))
    assert isinstance(review, ReviewRequested)
    assert (review.stage, review.kind) == ("intake", ReviewKind.REQUESTED)


def test_encounters_do_not_share_their_memory(pipeline: Pipeline) -> None:
    pipeline.process(visit())
    other = visit().model_copy(update={"head": head(1, "other", "encounter-2")})
    assert isinstance(last(pipeline.process(other)), ClaimCoded)
