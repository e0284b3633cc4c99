"""A service as a deployable starts it, for the tests: an audit record for every submission.

``python -m tests.integration.stream.service_process``, with ``CHARTSTREAM_*`` in the environment. Each document of a
submission says in its text what happens: ``sleep 2`` or ``raise``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from chartstream.events.documents import NoteSubmitted
from chartstream.events.head import Event
from chartstream.events.identity import successor
from chartstream.events.operations import AuditRecord
from chartstream.stream.event_work import EventWork
from chartstream.stream.service import Service, serve
from chartstream.stream.wire import codec_from_environment
from chartstream.stream.work import Work
from services.wiring import documents, topic_prefix
from tests.unit.builders import NOW


def _seen(event: NoteSubmitted) -> Sequence[Event]:
    for document in event.documents:
        verb, _, argument = str(document.inline_text).partition(" ")
        if verb == "sleep":
            time.sleep(float(argument))
        elif verb == "raise":
            raise ValueError(document.inline_text)
    return [
        AuditRecord(
            head=successor(event.head, AuditRecord, 0, NOW, "test/0"),
            actor_kind="stage",
            actor_id="test",
            action="seen",
            subject_type="submission",
            subject_id=event.head.event_id,
            outcome="ok",
        )
    ]


def make_work() -> Work:
    """The stage as work."""
    return EventWork(_seen, NoteSubmitted, codec_from_environment(), topic_prefix())


if __name__ == "__main__":
    serve(Service("test", NoteSubmitted, make_work), codec_from_environment(), documents())
