"""What stateful services remember of an encounter, kept in compacted changelogs."""

from __future__ import annotations

from enum import StrEnum

from chartstream.events.documents import Document
from chartstream.events.encounter import Encounter
from chartstream.events.record import Record, Timestamp


class SubmissionMemory(Record):
    """What intake remembers of an encounter."""

    tenant: str
    encounter_id: str
    encounter_version: int
    content_sha256: str
    withdrawn: bool
    updated_at: Timestamp


class ClaimStatus(StrEnum):
    """State of an encounter's claim."""

    NONE = "NONE"
    ACTIVE = "ACTIVE"
    VOIDED = "VOIDED"


class ClaimMemory(Record):
    """What routing remembers of an encounter."""

    tenant: str
    encounter_id: str
    encounter_version: int
    last_event_id: str
    claim_id: str
    claim_status: ClaimStatus
    claim_revision: int
    claim_event_id: str | None = None
    open_review_id: str | None = None
    open_review_event_id: str | None = None
    updated_at: Timestamp


class PublishedRequest(Record):
    """A request that the gateway has answered."""

    idempotency_key: str
    event_id: str
    content_sha256: str


class EncounterAssembly(Record):
    """What the gateway holds of an encounter while its documents arrive one by one."""

    tenant: str
    encounter_id: str
    encounter_version: int
    encounter: Encounter | None = None
    documents: tuple[Document, ...] = ()
    requests: tuple[PublishedRequest, ...] = ()
    publish_after: Timestamp | None = None
    updated_at: Timestamp
