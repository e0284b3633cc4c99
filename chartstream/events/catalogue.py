"""Which record travels on which topic, and in which order the chain runs."""

from __future__ import annotations

from chartstream.events.claims import ClaimCoded, ClaimOutcome
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import NoteAccepted, NoteRejected, NoteSubmitted
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Event
from chartstream.events.memory import ClaimMemory, EncounterAssembly, SubmissionMemory
from chartstream.events.operations import AuditRecord, DeadLetter
from chartstream.events.record import Record
from chartstream.events.review import ProviderQuery, ReviewDecided, ReviewKind, ReviewRequested
from chartstream.events.validation import CodesValidated

AUDITS_TOPIC = "review.audits"
DEAD_LETTERS_TOPIC = "dead-letters"

TOPICS: dict[type[Record], str] = {
    NoteSubmitted: "notes.submitted",
    NoteAccepted: "notes.accepted",
    NoteRejected: "notes.rejected",
    NoteExtracted: "notes.extracted",
    CodesProposed: "codes.proposed",
    CodesValidated: "codes.validated",
    ClaimCoded: "claims.coded",
    ReviewRequested: "review.requested",
    ReviewDecided: "review.decided",
    ProviderQuery: "provider.queries",
    ClaimOutcome: "claims.outcomes",
    AuditRecord: "audit.trail",
    DeadLetter: DEAD_LETTERS_TOPIC,
    SubmissionMemory: "state.intake",
    ClaimMemory: "state.routing",
    EncounterAssembly: "state.gateway",
}
"""Topic of each record, before a tenant's prefix. ``review.audits`` carries ReviewRequested as well."""


def topic_of(event: Event) -> str:
    """Topic that an event is written to: by its type, and for a review request by its kind."""
    if isinstance(event, ReviewRequested) and event.kind is ReviewKind.AUDIT:
        return AUDITS_TOPIC
    return TOPICS[type(event)]


def record_on(topic: str) -> type[Record]:
    """Record type that travels on a topic (without prefix). Raises ``KeyError`` for an unknown topic."""
    if topic == AUDITS_TOPIC:
        return ReviewRequested
    return {name: record for record, name in TOPICS.items()}[topic]
