"""Documents and the events that carry them in: submitted, accepted, rejected."""

from __future__ import annotations

from enum import StrEnum

from chartstream.errors import Problem
from chartstream.events.encounter import Encounter
from chartstream.events.head import Action, Answer, ClaimCheck, Confidential, Event, Origin
from chartstream.events.record import Record, Timestamp


class DocumentStatus(StrEnum):
    """State of a document in its source."""

    FINAL = "FINAL"
    AMENDED = "AMENDED"
    ADDENDUM = "ADDENDUM"
    PRELIMINARY = "PRELIMINARY"
    UNSIGNED = "UNSIGNED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"
    UNKNOWN = "UNKNOWN"


class Verdict(StrEnum):
    """What the policy makes of a measured check."""

    ACCEPT = "ACCEPT"
    NORMALISE = "NORMALISE"
    REVIEW = "REVIEW"
    REJECT = "REJECT"


class Document(Record):
    """One document of the encounter. Exactly one of claim_check and inline_text is set; after intake it is always
    claim_check.
    """

    document_id: str
    status: DocumentStatus
    kind: str | None = None
    authored_at: Timestamp | None = None
    author_id: str | None = None
    amends: str | None = None
    claim_check: ClaimCheck | None = None
    inline_text: Confidential | None = None
    part_of: str | None = None


class QualityCheck(Record):
    """One measured property of a document and what the policy makes of it."""

    name: str
    value: float | None = None
    unit: str | None = None
    verdict: Verdict
    message: str
    page: int | None = None


class AcceptedDocument(Record):
    """A document as intake found it."""

    document: Document
    page_count: int | None = None
    checks: tuple[QualityCheck, ...] = ()


class NoteSubmitted(Event):
    """An EHR or the gateway submits an encounter with all documents known, or withdraws it."""

    action: Action
    encounter: Encounter | None = None
    documents: tuple[Document, ...] = ()
    idempotency_key: str | None = None
    withdrawal_reason: str | None = None


class NoteAccepted(Event):
    """Intake has found the submission complete, signed, readable and new."""

    action: Action
    origin: Origin
    answer: Answer | None = None
    encounter: Encounter | None = None
    documents: tuple[AcceptedDocument, ...] = ()
    content_sha256: str
    waived_fields: tuple[str, ...] = ()
    withdrawal_reason: str | None = None


class NoteRejected(Event):
    """The input cannot be coded until its sender changes it; the problems say how."""

    stage: str
    answer: Answer | None = None
    problems: tuple[Problem, ...] = ()
