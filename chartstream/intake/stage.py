"""The first stage: each submission is accepted, sent to a person or rejected; what is old or said twice is not."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import AcceptedDocument, NoteAccepted, NoteRejected, NoteSubmitted
from chartstream.events.head import Action, Event, Origin
from chartstream.events.identity import Successors
from chartstream.events.memory import SubmissionMemory
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.intake.inspection import Inspector, inspect
from chartstream.intake.submission import awaited, content_sha256, problems_of, read_documents, standing
from chartstream.ports import Clock, DocumentStore
from chartstream.stage import Step, produced_by

STAGE = "intake"

# Nothing is left to do in a superseded review; documents that wait for a signature are not urgent for a coder.
_PRIORITY_SUPERSEDED = 9
_PRIORITY_DOCUMENTS = 5


class IntakeStage:
    """``NoteSubmitted`` to exactly one of ``NoteAccepted``, ``ReviewRequested`` (requested) and ``NoteRejected``.

    A version below the highest one seen, and a submission seen before, give an ``AuditRecord`` and nothing else. A
    version above it additionally gives a ``ReviewRequested`` of kind superseded, which closes whatever is open for
    lower versions wherever it was asked: review ignores versions older than it has seen, so where nothing is open it
    changes nothing.

    ``waived`` names required fields that a batch command does without (its notes cannot carry them): they are passed
    on in ``NoteAccepted.waived_fields``. On Kafka it is always empty. ``inspect`` checks each document; a service gives
    one that does it in a process of its own, which a hostile document may kill.
    """

    def __init__(
        self, documents: DocumentStore, clock: Clock, waived: Sequence[str] = (), inspect: Inspector = inspect
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._waived = tuple(waived)
        self._inspect = inspect

    def __call__(self, event: NoteSubmitted, memory: SubmissionMemory | None) -> Step[SubmissionMemory]:
        """The events that answer a submission. Raises ``Transient`` when the document store cannot be reached."""
        answers = Successors(event.head, self._clock.now(), produced_by(STAGE))
        content = content_sha256(event)
        if memory is not None and event.head.encounter_version <= memory.encounter_version:
            return Step([_answer_to_old(event, memory, content, answers)], None)
        events: list[Event] = [] if memory is None else [_superseded(event, answers)]
        if event.action is Action.WITHDRAW:
            events.append(self._withdrawn(event, memory, content, answers))
        else:
            events.append(self._judged(event, content, answers))
        return Step(events, self._remembered(event, content))

    def _withdrawn(
        self, event: NoteSubmitted, memory: SubmissionMemory | None, content: str, answers: Successors
    ) -> Event:
        if memory is None:
            return _audit(event, answers, "withdrawal_of_unknown", {})
        return NoteAccepted(
            head=answers.head(NoteAccepted),
            action=Action.WITHDRAW,
            origin=Origin.ENGINE,
            content_sha256=content,
            withdrawal_reason=event.withdrawal_reason,
        )

    def _judged(self, event: NoteSubmitted, content: str, answers: Successors) -> Event:
        problems = problems_of(event)
        if problems:
            return _rejected(answers, problems)
        try:
            documents, doubts = read_documents(
                standing(event.documents),
                event.encounter.patient if event.encounter is not None else None,
                self._documents,
                self._inspect,
            )
        except Rejected as error:
            return _rejected(answers, error.problems)
        open_questions = [*awaited(event.encounter, [accepted.document for accepted in documents]), *doubts]
        if open_questions:
            return _review(event, answers, documents, open_questions)
        return NoteAccepted(
            head=answers.head(NoteAccepted),
            action=Action.SUBMIT,
            origin=Origin.ENGINE,
            encounter=event.encounter,
            documents=tuple(documents),
            content_sha256=content,
            waived_fields=self._waived,
        )

    def _remembered(self, event: NoteSubmitted, content: str) -> SubmissionMemory:
        return SubmissionMemory(
            tenant=event.head.tenant,
            encounter_id=event.head.encounter_id,
            encounter_version=event.head.encounter_version,
            content_sha256=content,
            withdrawn=event.action is Action.WITHDRAW,
            updated_at=self._clock.now(),
        )


def _answer_to_old(event: NoteSubmitted, memory: SubmissionMemory, content: str, answers: Successors) -> Event:
    if event.head.encounter_version < memory.encounter_version:
        return _audit(event, answers, "submission_fenced", {"seen_version": str(memory.encounter_version)})
    if content == memory.content_sha256:
        return _audit(event, answers, "submission_duplicate", {})
    conflict = Problem(
        "version_conflict",
        f"version {memory.encounter_version} of the encounter was submitted before with other content",
        "raise encounter_version and submit again",
    )
    return _rejected(answers, [conflict])


def _superseded(event: NoteSubmitted, answers: Successors) -> ReviewRequested:
    head = answers.head(ReviewRequested)
    return ReviewRequested(
        head=head,
        review_id=head.event_id,
        kind=ReviewKind.SUPERSEDED,
        subject=ReviewSubject.OTHER,
        stage=STAGE,
        superseded_by=event.head.encounter_version,
        priority=_PRIORITY_SUPERSEDED,
    )


def _review(
    event: NoteSubmitted, answers: Successors, documents: Sequence[AcceptedDocument], problems: Sequence[Problem]
) -> ReviewRequested:
    head = answers.head(ReviewRequested)
    return ReviewRequested(
        head=head,
        review_id=head.event_id,
        kind=ReviewKind.REQUESTED,
        subject=ReviewSubject.DOCUMENTS,
        stage=STAGE,
        problems=tuple(problems),
        priority=_PRIORITY_DOCUMENTS,
        encounter=event.encounter,
        accepted_documents=tuple(documents),
    )


def _rejected(answers: Successors, problems: Sequence[Problem]) -> NoteRejected:
    return NoteRejected(head=answers.head(NoteRejected), stage=STAGE, problems=tuple(problems))


def _audit(event: NoteSubmitted, answers: Successors, action: str, details: dict[str, str]) -> AuditRecord:
    return AuditRecord(
        head=answers.head(AuditRecord),
        actor_kind="service",
        actor_id=produced_by(STAGE),
        action=action,
        subject_type="submission",
        subject_id=event.head.event_id,
        outcome="ignored",
        details=details,
    )
