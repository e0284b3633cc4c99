"""Record headers: CloudEvents in binary mode and a W3C trace context. They hold opaque ids only."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from chartstream.events.head import Event

Headers = list[tuple[str, bytes]]
"""Headers of a Kafka record in order."""

_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})\Z")


def headers_of(event: Event, received: Iterable[tuple[str, bytes | None]] = ()) -> Headers:
    """Headers for an event that answers a record with the headers ``received`` (none for a first event)."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", event.head.event_id.encode()),
        ("ce_type", f"chartstream.{type(event).__name__}".encode()),
        ("ce_source", f"/chartstream/{event.head.produced_by}".encode()),
        ("ce_time", event.head.occurred_at.isoformat().encode()),
        ("content-type", b"application/avro"),
        ("traceparent", _traceparent(dict(received).get("traceparent"))),
    ]


def _traceparent(parent: bytes | None) -> bytes:
    """A trace context with a span of its own: in the parent's trace where that is well-formed, else in a new one."""
    match = _TRACEPARENT.match(parent or b"")
    trace, flags = match.groups() if match else (secrets.token_hex(16).encode(), b"01")
    return b"00-%s-%s-%s" % (trace, secrets.token_hex(8).encode(), flags)
