"""The audit trail and the dead letters."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from chartstream.errors import Problem
from chartstream.events.head import ClaimCheck, Event
from chartstream.events.record import Record, Timestamp


class AuditRecord(Event):
    """Something was done, seen or left undone; append-only."""

    actor_kind: str
    actor_id: str
    action: str
    subject_type: str
    subject_id: str
    outcome: str
    problems: tuple[Problem, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)
    previous_sha256: str | None = None


class RecordHeader(Record):
    """A header of a Kafka record."""

    name: str
    value: bytes | None = None


class DeadLetterCategory(StrEnum):
    """Bytes that are no event, or a failure of ours."""

    UNDECODABLE = "UNDECODABLE"
    DEFECT = "DEFECT"
    OTHER = "OTHER"


class DeadLetter(Event):
    """A record that could not be processed, whole, so that it can be replayed."""

    stage: str
    category: DeadLetterCategory
    source_topic: str
    source_partition: int
    source_offset: int
    source_timestamp: Timestamp | None = None
    key: bytes | None = None
    value: bytes | None = None
    value_claim_check: ClaimCheck | None = None
    headers: tuple[RecordHeader, ...] = ()
    error_class: str
    reason: str
    attempts: int
