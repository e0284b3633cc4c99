"""Identities: opaque, derived, the same for the same input, so that a redelivery repeats them."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import Counter
from datetime import datetime

from chartstream.events.encounter import ClaimType
from chartstream.events.head import Event, Head


def _digest(*parts: str) -> bytes:
    """SHA-256 over the parts, each with its length before it, so that no two lists of parts run together."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return digest.digest()


def event_id(cause: str, event_type: type[Event], ordinal: int, run_id: str) -> str:
    """Identity of the ``ordinal``-th event (from 0) of a type that an input event causes in a run; a UUID version 8."""
    digest = _digest(cause, event_type.__name__, str(ordinal), run_id)
    return str(_uuid8(digest))


def encounter_id(key: bytes, tenant: str, visit: str, claim_type: ClaimType, billing_provider: str) -> str:
    """Opaque key of an encounter: HMAC-SHA-256 of who bills what for which visit, 40 hexadecimal digits.

    ``key`` is the tenant's secret, at least 16 bytes: without it nobody can test a guessed visit number.
    Raises ``ValueError`` for a shorter one.
    """
    if len(key) < 16:
        raise ValueError("the encounter key has fewer than 16 bytes; set one of 32 random bytes")
    message = _digest(tenant, visit, claim_type, billing_provider)
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:40]


def claim_id(tenant: str, encounter: str) -> str:
    """Identity of an encounter's claim through all its revisions, 32 hexadecimal digits."""
    return _digest("claim", tenant, encounter).hex()[:32]


def successor(cause: Head, event_type: type[Event], ordinal: int, now: datetime, produced_by: str) -> Head:
    """Head of the ``ordinal``-th event of a type that answers ``cause``."""
    return Head(
        event_id=event_id(cause.event_id, event_type, ordinal, cause.run_id),
        caused_by=cause.event_id,
        tenant=cause.tenant,
        encounter_id=cause.encounter_id,
        encounter_version=cause.encounter_version,
        run_id=cause.run_id,
        occurred_at=now,
        produced_by=produced_by,
    )


class Successors:
    """Heads of the events that answer one event, each type's ordinals counted from 0 in the order of asking."""

    def __init__(self, cause: Head, now: datetime, produced_by: str) -> None:
        self._cause = cause
        self._now = now
        self._produced_by = produced_by
        self._made: Counter[type[Event]] = Counter()

    def head(self, event_type: type[Event]) -> Head:
        """Head of the next event of a type."""
        ordinal = self._made[event_type]
        self._made[event_type] += 1
        return successor(self._cause, event_type, ordinal, self._now, self._produced_by)


def _uuid8(digest: bytes) -> uuid.UUID:
    """The first 16 bytes as a UUID whose version (8, "custom") and variant bits say that it is one."""
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (8 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=number)
