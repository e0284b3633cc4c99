"""Every record there and back in both framings; bytes that are no record; schemas of other versions."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chartstream.errors import Undecodable, UnknownSchema
from chartstream.events import schema
from chartstream.events.catalogue import TOPICS, record_on, topic_of
from chartstream.events.codec import Codec, decode_body, encode_body
from chartstream.events.documents import NoteRejected, NoteSubmitted
from chartstream.events.operations import AuditRecord
from chartstream.events.record import Record
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.events.schema import Schema
from tests.unit.builders import head, submitted
from tests.unit.events.strategies import records

RECORDS = sorted(TOPICS, key=lambda record: record.__name__)
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


class DictRegistry:
    """A registry in memory."""

    def __init__(self) -> None:
        self.known: list[Schema] = []

    def id_of(self, topic: str, written: Schema) -> int:
        if written not in self.known:
            self.known.append(written)
        return self.known.index(written) + 1

    def schema_of(self, schema_id: int) -> Schema:
        if not 0 < schema_id <= len(self.known):
            raise UnknownSchema(f"no schema {schema_id}")
        return self.known[schema_id - 1]


PLAIN, REGISTERED = Codec(), Codec(DictRegistry())


@pytest.mark.parametrize("codec", [PLAIN, REGISTERED], ids=["single-object", "confluent"])
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_comes_back_as_it_went(record: type[Record], codec: Codec) -> None:
    @QUICK
    @given(records(record))
    def there_and_back(value: Record) -> None:
        assert codec.decode(codec.encode(value, TOPICS[record]), record) == value

    there_and_back()


def test_the_first_bytes_tell_the_framings_apart() -> None:
    event = submitted()
    assert PLAIN.encode(event, "notes.submitted")[:2] == b"\xc3\x01"
    assert REGISTERED.encode(event, "notes.submitted")[:1] == b"\x00"


def test_a_reader_with_a_registry_reads_single_objects_too() -> None:
    event = submitted()
    assert REGISTERED.decode(PLAIN.encode(event, "notes.submitted"), NoteSubmitted) == event


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_are_undecodable_or_of_an_unknown_schema(data: bytes) -> None:
    with pytest.raises((Undecodable, UnknownSchema)):
        PLAIN.decode(data, NoteSubmitted)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_body_under_a_known_schema_is_undecodable_or_a_record(body: bytes) -> None:
    marked = b"\xc3\x01" + schema.current("NoteSubmitted").fingerprint + body
    try:
        decoded = PLAIN.decode(marked, NoteSubmitted)
    except Undecodable:
        return
    assert PLAIN.decode(PLAIN.encode(decoded, "notes.submitted"), NoteSubmitted) == decoded


def test_every_truncation_is_undecodable() -> None:
    data = PLAIN.encode(submitted(), "notes.submitted")
    for length in range(len(data)):
        with pytest.raises(Undecodable):
            PLAIN.decode(data[:length], NoteSubmitted)


def test_bytes_behind_the_record_are_undecodable() -> None:
    with pytest.raises(Undecodable, match="1 bytes follow"):
        PLAIN.decode(PLAIN.encode(submitted(), "notes.submitted") + b"\0", NoteSubmitted)


@pytest.mark.parametrize("data", [None, b"", b"\xc3", b"\x00\x00", b'{"json": true}'])
def test_what_is_framed_in_no_way_is_undecodable(data: bytes | None) -> None:
    with pytest.raises(Undecodable):
        PLAIN.decode(data, NoteSubmitted)


def test_another_record_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="a NoteSubmitted; a NoteRejected was expected"):
        PLAIN.decode(PLAIN.encode(submitted(), "notes.submitted"), NoteRejected)


def test_an_unknown_fingerprint_waits_for_a_newer_reader() -> None:
    with pytest.raises(UnknownSchema):
        PLAIN.decode(b"\xc3\x01" + b"\x07" * 8 + b"body", NoteSubmitted)


def test_a_schema_id_without_a_registry_waits_for_one() -> None:
    with pytest.raises(UnknownSchema, match="CHARTSTREAM_SCHEMA_REGISTRY_URL"):
        PLAIN.decode(REGISTERED.encode(submitted(), "notes.submitted"), NoteSubmitted)


def test_no_error_quotes_what_was_in_the_bytes() -> None:
    written = schema.current("NoteSubmitted")
    event = submitted()
    wrong = encode_body(event, written).replace(b"essential hypertension", b"\xff\xfe" * 11)
    with pytest.raises(Undecodable) as caught:
        decode_body(wrong, written, NoteSubmitted)
    assert "hypertension" not in str(caught.value)
    assert caught.value.__cause__ is None


def _grown(name: str, change: dict[str, Any]) -> Schema:
    definition = copy.deepcopy(schema.composed(name))
    definition["fields"].append(change)
    return schema.from_json(definition)


def test_a_field_that_only_a_newer_writer_knows_is_passed_over() -> None:
    newer = _grown("NoteSubmitted", {"name": "added", "type": "string", "default": "", "doc": "New."})
    event = submitted()
    body = encode_body(event, newer)
    assert decode_body(body, newer, NoteSubmitted) == event


def test_the_catalogue_knows_the_topic_of_every_event_and_the_record_on_every_topic() -> None:
    for record, topic in TOPICS.items():
        assert record_on(topic) is record
    review = ReviewRequested(
        head=head(), review_id="r", kind=ReviewKind.AUDIT, subject=ReviewSubject.CODES, stage="routing", priority=5
    )
    assert topic_of(review) == "review.audits"
    assert topic_of(review.model_copy(update={"kind": ReviewKind.SUPERSEDED})) == "review.requested"
    assert record_on("review.audits") is ReviewRequested
    with pytest.raises(KeyError):
        record_on("nowhere")
    assert {record.__name__ for record in TOPICS} == set(schema.record_names())


def test_events_decode_from_json_schemas_that_stand_alone() -> None:
    kept = schema.from_json(json.loads(schema.current("AuditRecord").text))
    record = AuditRecord(
        head=head(), actor_kind="service", actor_id="a", action="b", subject_type="c", subject_id="d", outcome="e"
    )
    assert decode_body(encode_body(record, kept), kept, AuditRecord) == record
