"""Work for people: requests, decisions, queries to providers."""

from __future__ import annotations

from enum import StrEnum

from chartstream.errors import Problem
from chartstream.events.coding import CodeSystem, Coding
from chartstream.events.documents import AcceptedDocument
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedField, Statement
from chartstream.events.head import Answer, Confidential, Event
from chartstream.events.record import Record, Timestamp
from chartstream.events.validation import Finding, Grouping


class ReviewKind(StrEnum):
    """Whether work is requested, closed by a newer version, or drawn as a blind audit sample."""

    REQUESTED = "REQUESTED"
    SUPERSEDED = "SUPERSEDED"
    AUDIT = "AUDIT"


class ReviewSubject(StrEnum):
    """What is to be decided, and so where the decision re-enters."""

    DOCUMENTS = "DOCUMENTS"
    FIELDS = "FIELDS"
    CODES = "CODES"
    OTHER = "OTHER"


class ReviewRequested(Event):
    """Something was not certain enough: a person is asked, with all that is needed to decide. Also carried, as
    audits, by review.audits.
    """

    review_id: str
    kind: ReviewKind
    subject: ReviewSubject
    stage: str
    problems: tuple[Problem, ...] = ()
    superseded_by: int | None = None
    priority: int
    due_at: Timestamp | None = None
    risk: str | None = None
    claim_id: str | None = None
    encounter: Encounter | None = None
    patient_facts: PatientFacts | None = None
    accepted_documents: tuple[AcceptedDocument, ...] = ()
    documents: tuple[ExtractedDocument, ...] = ()
    fields: tuple[ExtractedField, ...] = ()
    statements: tuple[Statement, ...] = ()
    coding: Coding | None = None
    findings: tuple[Finding, ...] = ()
    groupings: tuple[Grouping, ...] = ()


class CodeRef(Record):
    """A code by name."""

    system: CodeSystem
    code: str


class ChangeAction(StrEnum):
    """What a person did to a code."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    REPLACED = "REPLACED"
    CONFIRMED = "CONFIRMED"
    RESEQUENCED = "RESEQUENCED"
    OTHER = "OTHER"


class CodeChange(Record):
    """What a person did to one code."""

    action: ChangeAction
    before: CodeRef | None = None
    after: CodeRef | None = None
    reason_code: str | None = None
    comment: Confidential | None = None
    evidence: tuple[Evidence, ...] = ()


class ReviewDecision(StrEnum):
    """How a review was decided."""

    DOCUMENTS_ACCEPTED = "DOCUMENTS_ACCEPTED"
    FIELDS_CORRECTED = "FIELDS_CORRECTED"
    CODES_DECIDED = "CODES_DECIDED"
    NOTE_REJECTED = "NOTE_REJECTED"
    QUERY_SENT = "QUERY_SENT"
    AUDIT_AGREED = "AUDIT_AGREED"
    AUDIT_DISAGREED = "AUDIT_DISAGREED"
    OTHER = "OTHER"


class ReviewDecided(Event):
    """A person's decision; written in one transaction with the event by which it re-enters."""

    review_id: str
    decision: ReviewDecision
    answer: Answer
    opened_at: Timestamp | None = None
    changes: tuple[CodeChange, ...] = ()
    final_coding: Coding | None = None
    problems: tuple[Problem, ...] = ()
    produced_event_id: str | None = None


class QueryStatus(StrEnum):
    """State of a query."""

    SENT = "SENT"
    ANSWERED = "ANSWERED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    OTHER = "OTHER"


class ProviderQuery(Event):
    """A question to a provider about the documentation, and its life."""

    query_id: str
    status: QueryStatus
    provider_id: str | None = None
    review_id: str | None = None
    code: str | None = None
    question: Confidential
    options: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answer: Confidential | None = None
    expires_at: Timestamp | None = None
