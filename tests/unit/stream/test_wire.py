from __future__ import annotations

import pytest

from chartstream.events.codec import CONFLUENT_MARKER, SINGLE_OBJECT_MARKER
from chartstream.events.registry import ConfluentRegistry
from chartstream.events.schema import Schema
from chartstream.stream.wire import codec_from_environment
from tests.unit.builders import submitted


def test_without_a_registry_events_carry_their_schemas_fingerprint() -> None:
    assert codec_from_environment().encode(submitted(), "notes.submitted").startswith(SINGLE_OBJECT_MARKER)


def test_with_a_registry_they_carry_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSTREAM_SCHEMA_REGISTRY_URL", "http://127.0.0.1:1")

    def id_of(_: ConfluentRegistry, topic: str, written: Schema) -> int:
        assert (topic, written.name) == ("notes.submitted", "NoteSubmitted")
        return 7

    monkeypatch.setattr(ConfluentRegistry, "id_of", id_of)

    assert codec_from_environment().encode(submitted(), "notes.submitted")[:5] == CONFLUENT_MARKER + b"\x00\x00\x00\x07"
