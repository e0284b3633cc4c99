"""Shared parts of events: the head, encrypted values, claim checks, a person's answer."""

from __future__ import annotations

from enum import StrEnum

from chartstream.events.record import Record, Timestamp


class Encrypted(Record):
    """One value encrypted for one patient. Where a field allows it, a reader without the key sees that there is
    something, not what.
    """

    key_id: str
    algorithm: str
    nonce: bytes
    ciphertext: bytes


Confidential = str | Encrypted
"""Text that may identify a patient: plain, or encrypted for that patient where the site encrypts."""


class Head(Record):
    """What every event begins with: identity, cause, place in the order of its encounter."""

    event_id: str
    caused_by: str | None = None
    tenant: str
    encounter_id: str
    encounter_version: int
    run_id: str = "live"
    occurred_at: Timestamp
    produced_by: str


class Event(Record):
    """A record that travels on a topic of its own."""

    head: Head


class Origin(StrEnum):
    """Who made the content: the engine or a person."""

    ENGINE = "ENGINE"
    PERSON = "PERSON"


class Action(StrEnum):
    """Whether the encounter is submitted for coding or withdrawn from it. Withdrawals travel the whole chain, so
    that they void in order.
    """

    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"


class Component(Record):
    """Software, model or rule set that did a piece of work."""

    name: str
    version: str
    sha256: str | None = None


class ClaimCheck(Record):
    """Reference to bytes in the document store; documents never ride in Kafka."""

    uri: str
    sha256: str
    size_bytes: int
    media_type: str


class Acknowledgement(Record):
    """An edit that a person saw and let stand, with the reason."""

    edit: str
    code: str | None = None
    reason_code: str
    comment: Confidential | None = None


class Answer(Record):
    """What a person's event answers. Its presence is what lets an event of an already seen version pass."""

    review_id: str
    answers_event_id: str
    answers_version: int
    reviewer_id: str
    role: str
    decided_at: Timestamp
    acknowledgements: tuple[Acknowledgement, ...] = ()
