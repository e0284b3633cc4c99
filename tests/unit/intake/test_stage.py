"""Each submission is accepted, sent to a person or rejected, once; what is old or said twice is recorded only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chartstream.errors import Transient
from chartstream.events.documents import DocumentStatus, NoteAccepted, NoteRejected, NoteSubmitted
from chartstream.events.encounter import Encounter, Patient
from chartstream.events.head import Action, ClaimCheck, Encrypted, Event
from chartstream.events.memory import SubmissionMemory
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.intake.stage import IntakeStage
from tests.unit.builders import DAY, DictStore, FixedClock, encounter, head, note, submitted

CHECK = ClaimCheck(uri="memory://nowhere", sha256="0" * 64, size_bytes=1, media_type="text/plain")


class Desk:
    """A stage with the memory of one encounter."""

    def __init__(self) -> None:
        self.store = DictStore()
        self.stage = IntakeStage(self.store, FixedClock())
        self.memory: SubmissionMemory | None = None

    def __call__(self, event: NoteSubmitted) -> Sequence[Event]:
        step = self.stage(event, self.memory)
        self.memory = step.memory or self.memory
        return step.events


@pytest.fixture
def desk() -> Desk:
    return Desk()


def kinds(events: Sequence[Event]) -> list[str]:
    """What the events are: type, and kind or action where that matters."""
    names = []
    for event in events:
        detail = ""
        if isinstance(event, ReviewRequested):
            detail = event.kind.value
        elif isinstance(event, AuditRecord):
            detail = event.action
        elif isinstance(event, NoteAccepted):
            detail = event.action.value
        names.append(f"{type(event).__name__} {detail}".strip())
    return names


def problems(events: Sequence[Event]) -> list[str]:
    (event,) = events
    assert isinstance(event, (NoteRejected, ReviewRequested))
    assert all(problem.remedy for problem in event.problems)
    return [problem.code for problem in event.problems]


def withdrawal(version: int) -> NoteSubmitted:
    return NoteSubmitted(
        head=head(version, f"withdrawal-{version}"), action=Action.WITHDRAW, withdrawal_reason="registered in error"
    )


def test_a_good_submission_is_accepted_with_its_text_behind_a_claim_check(desk: Desk) -> None:
    (accepted,) = desk(submitted())
    assert isinstance(accepted, NoteAccepted)
    (found,) = accepted.documents
    check = found.document.claim_check
    assert found.document.inline_text is None
    assert check is not None
    assert desk.store.get(check.uri, check.sha256) == b"Assessment: essential hypertension."
    assert check.media_type == "text/plain"
    assert found.checks
    assert accepted.waived_fields == ()


def test_the_same_submission_again_is_a_duplicate_whoever_sends_it(desk: Desk) -> None:
    desk(submitted())
    again = submitted().model_copy(update={"head": head(1, "sent-again"), "idempotency_key": "k"})
    assert kinds(desk(again)) == ["AuditRecord submission_duplicate"]


def test_the_same_version_with_other_content_is_a_conflict(desk: Desk) -> None:
    desk(submitted())
    assert problems(desk(submitted(documents=[note(text="Another text.")]))) == ["version_conflict"]
    assert kinds(desk(submitted())) == ["AuditRecord submission_duplicate"]


def test_a_higher_version_supersedes(desk: Desk) -> None:
    desk(submitted())
    events = desk(submitted(2))
    assert kinds(events) == ["ReviewRequested SUPERSEDED", "NoteAccepted SUBMIT"]
    closing = events[0]
    assert isinstance(closing, ReviewRequested)
    assert (closing.superseded_by, closing.review_id) == (2, closing.head.event_id)


def test_a_lower_version_is_fenced(desk: Desk) -> None:
    desk(submitted(3))
    assert kinds(desk(submitted(2))) == ["AuditRecord submission_fenced"]
    assert desk.memory is not None
    assert desk.memory.encounter_version == 3


def test_a_rejected_submission_is_remembered(desk: Desk) -> None:
    empty = submitted(documents=[])
    assert kinds(desk(empty)) == ["NoteRejected"]
    assert kinds(desk(empty)) == ["AuditRecord submission_duplicate"]
    assert kinds(desk(submitted(2))) == ["ReviewRequested SUPERSEDED", "NoteAccepted SUBMIT"]


def test_a_withdrawal_travels_on_with_its_reason_and_closes_reviews(desk: Desk) -> None:
    desk(submitted())
    events = desk(withdrawal(2))
    assert kinds(events) == ["ReviewRequested SUPERSEDED", "NoteAccepted WITHDRAW"]
    assert isinstance(events[1], NoteAccepted)
    assert events[1].withdrawal_reason == "registered in error"


def test_a_withdrawal_of_the_unknown_is_recorded_and_fences_what_comes_late(desk: Desk) -> None:
    assert kinds(desk(withdrawal(2))) == ["AuditRecord withdrawal_of_unknown"]
    assert kinds(desk(submitted(1))) == ["AuditRecord submission_fenced"]
    assert kinds(desk(submitted(3))) == ["ReviewRequested SUPERSEDED", "NoteAccepted SUBMIT"]


def test_a_withdrawal_under_the_same_version_is_a_conflict(desk: Desk) -> None:
    desk(submitted())
    assert problems(desk(withdrawal(1))) == ["version_conflict"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"encounter": None}, ["encounter_missing"]),
        ({"documents": ()}, ["documents_missing"]),
        ({"encounter": None, "documents": ()}, ["encounter_missing", "documents_missing"]),
        ({"documents": (note(status=DocumentStatus.ENTERED_IN_ERROR),)}, ["documents_missing"]),
        ({"documents": (note(inline_text=None),)}, ["document_without_content"]),
        ({"documents": (note(claim_check=CHECK),)}, ["document_content_ambiguous"]),
        ({"documents": (note(), note())}, ["document_id_repeated"]),
        ({"documents": (note(inline_text="a" * (256 * 1024 + 1)),)}, ["inline_text_too_large"]),
        (
            {"documents": (note(inline_text=Encrypted(key_id="k", algorithm="a", nonce=b"", ciphertext=b"")),)},
            ["inline_text_encrypted"],
        ),
        ({"documents": (note(inline_text=None, claim_check=CHECK),)}, ["document_missing"]),
        ({"documents": (note(inline_text=" "),)}, ["document_empty"]),
        ({"encounter": encounter(service_through=DAY.replace(day=1))}, ["dates_reversed"]),
    ],
)
def test_what_cannot_be_coded_is_rejected_with_every_problem(
    desk: Desk, changes: dict[str, Any], expected: list[str]
) -> None:
    events = desk(submitted(**changes))
    assert kinds(events) == ["NoteRejected"]
    assert problems(events) == expected


def test_each_unreadable_document_is_named(desk: Desk) -> None:
    documents = [note("good"), note("gone", inline_text=None, claim_check=CHECK), note("empty", inline_text=" ")]
    (rejected,) = desk(submitted(documents=documents))
    assert isinstance(rejected, NoteRejected)
    assert [problem.document_id for problem in rejected.problems] == ["gone", "empty"]


def test_a_document_that_was_altered_is_rejected(desk: Desk) -> None:
    uri, sha256 = desk.store.put(b"Assessment: gout.", "text/plain")
    desk.store.contents[uri] = b"Assessment: asthma."
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=17, media_type="text/plain")
    assert problems(desk(submitted(documents=[note(inline_text=None, claim_check=check)]))) == ["document_altered"]


@pytest.mark.parametrize("status", [DocumentStatus.UNSIGNED, DocumentStatus.PRELIMINARY])
def test_what_is_not_signed_waits_for_a_signature(desk: Desk, status: DocumentStatus) -> None:
    (review,) = desk(submitted(documents=[note(status=status)]))
    assert isinstance(review, ReviewRequested)
    assert (review.kind, review.subject) == (ReviewKind.REQUESTED, ReviewSubject.DOCUMENTS)
    assert review.review_id == review.head.event_id
    assert [problem.code for problem in review.problems] == ["awaiting_signature"]
    assert review.accepted_documents[0].document.claim_check is not None


def test_an_incomplete_encounter_waits_for_its_end(desk: Desk) -> None:
    assert problems(desk(submitted(encounter=encounter(complete=False)))) == ["awaiting_completion"]


def test_signing_under_a_higher_version_closes_the_review_and_goes_on(desk: Desk) -> None:
    (review,) = desk(submitted(documents=[note(status=DocumentStatus.UNSIGNED)]))
    events = desk(submitted(2))
    assert kinds(events) == ["ReviewRequested SUPERSEDED", "NoteAccepted SUBMIT"]
    assert review.head.encounter_version < events[0].head.encounter_version


def test_what_was_entered_in_error_is_left_out(desk: Desk) -> None:
    wrong = note("wrong", status=DocumentStatus.ENTERED_IN_ERROR)
    (accepted,) = desk(submitted(documents=[note("right"), wrong]))
    assert isinstance(accepted, NoteAccepted)
    assert [found.document.document_id for found in accepted.documents] == ["right"]


def test_a_store_out_of_reach_is_transient_and_nothing_is_remembered() -> None:
    class Away(DictStore):
        def put(self, content: bytes, media_type: str) -> tuple[str, str]:
            raise Transient("the store is away")

    with pytest.raises(Transient):
        IntakeStage(Away(), FixedClock())(submitted(), None)


def test_the_same_event_gives_the_same_events() -> None:
    assert Desk()(submitted()) == Desk()(submitted())


def test_a_batch_may_waive_fields() -> None:
    stage = IntakeStage(DictStore(), FixedClock(), waived=("encounter_date",))
    (accepted,) = stage(submitted(), None).events
    assert isinstance(accepted, NoteAccepted)
    assert accepted.waived_fields == ("encounter_date",)


def test_attributes_in_another_order_are_the_same_content(desk: Desk) -> None:
    def with_attributes(**attributes: str) -> NoteSubmitted:
        described: Encounter = encounter(attributes=attributes, patient=Patient(patient_id="patient-1"))
        return submitted(encounter=described)

    desk(with_attributes(ward="4", route="fast"))
    assert kinds(desk(with_attributes(route="fast", ward="4"))) == ["AuditRecord submission_duplicate"]
