from __future__ import annotations

from collections.abc import Sequence

import pytest

from chartstream.errors import Undecodable, UnknownSchema
from chartstream.events.codec import Codec
from chartstream.events.documents import NoteSubmitted
from chartstream.events.head import Event
from chartstream.events.identity import successor
from chartstream.events.memory import SubmissionMemory
from chartstream.events.operations import AuditRecord
from chartstream.stage import Step
from chartstream.stream.event_work import EventWork, RememberingWork
from chartstream.stream.record import InputRecord
from tests.unit.builders import NOW, submitted

CODEC = Codec()
TRACE = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"


def _record(value: bytes | None, key: bytes | None = b"encounter-1") -> InputRecord:
    return InputRecord("acme.notes.submitted", 0, 5, -1, key, value, [("traceparent", TRACE)])


def _audit(event: NoteSubmitted) -> Sequence[Event]:
    head = successor(event.head, AuditRecord, 0, NOW, "test/0")
    return [
        AuditRecord(
            head=head,
            actor_kind="stage",
            actor_id="test",
            action="seen",
            subject_type="submission",
            subject_id=event.head.event_id,
            outcome="ok",
        )
    ]


def _remember(event: NoteSubmitted, memory: SubmissionMemory | None) -> Step[SubmissionMemory]:
    version = 1 if memory is None else memory.encounter_version + 1
    kept = SubmissionMemory(
        tenant=event.head.tenant,
        encounter_id=event.head.encounter_id,
        encounter_version=version,
        content_sha256="0" * 64,
        withdrawn=False,
        updated_at=NOW,
    )
    return Step(_audit(event), kept if version < 3 else None)


def test_an_event_is_answered_under_its_key_with_its_headers() -> None:
    work = EventWork(_audit, NoteSubmitted, CODEC, "acme.")

    (output,) = work(_record(CODEC.encode(submitted(), "notes.submitted")), None).outputs

    assert (output.topic, output.key, output.partition) == ("acme.audit.trail", b"encounter-1", -1)
    answer = CODEC.decode(output.value, AuditRecord)
    assert answer.head.caused_by == submitted().head.event_id
    headers = dict(output.headers)
    assert headers["ce_id"] == answer.head.event_id.encode()
    assert headers["ce_type"] == b"chartstream.AuditRecord"
    assert (headers["traceparent"] or b"")[:35] == TRACE[:35]
    assert headers["traceparent"] != TRACE, "a span of its own"


@pytest.mark.parametrize("key", [b"encounter-2", b"", None])
def test_an_event_under_another_key_could_overtake_its_encounter(key: bytes | None) -> None:
    work = EventWork(_audit, NoteSubmitted, CODEC)

    with pytest.raises(Undecodable, match="key is not the event's encounter_id"):
        work(_record(CODEC.encode(submitted(), "notes.submitted"), key), None)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (None, Undecodable),
        (b"", Undecodable),
        (b"{}", Undecodable),
        (b"\xc3\x01short", Undecodable),
        (CODEC.encode(submitted(), "notes.submitted")[:-3], Undecodable),
        (CODEC.encode(submitted(), "notes.submitted") + b"!", Undecodable),
        (CODEC.encode(_audit(submitted())[0], "audit.trail"), Undecodable),
        (b"\xc3\x01" + b"\x00" * 8 + b"body", UnknownSchema),
        (b"\x00\x00\x00\x00\x07body", UnknownSchema),
    ],
)
def test_bytes_that_are_no_such_event(value: bytes | None, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        EventWork(_audit, NoteSubmitted, CODEC)(_record(value), None)
    assert "hypertension" not in str(raised.value)


def test_memory_goes_round() -> None:
    work = RememberingWork(_remember, NoteSubmitted, SubmissionMemory, CODEC, "acme.")
    record = _record(CODEC.encode(submitted(), "notes.submitted"))

    first = work(record, None)
    second = work(record, first.memory)
    third = work(record, second.memory)

    assert CODEC.decode(first.memory, SubmissionMemory).encounter_version == 1
    assert CODEC.decode(second.memory, SubmissionMemory).encounter_version == 2
    assert third.memory is None, "the stage left it as it was"
    assert len(third.outputs) == 1
