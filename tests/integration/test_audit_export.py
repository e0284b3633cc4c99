"""The appeal bundle from a real broker: committed events of one encounter only, from the partition of its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from chartstream.audit.topics import TOPICS_READ, EncounterReader
from chartstream.cli.audit import app
from chartstream.events.catalogue import topic_of
from chartstream.events.claims import ClaimCoded
from chartstream.events.codec import Codec
from chartstream.events.head import Event
from chartstream.stream.settings import KafkaSettings
from tests.integration.traffic import produce
from tests.unit.audit.cases import ENCOUNTER, claim, events

pytestmark = pytest.mark.kafka

CODEC = Codec()


def write(settings: KafkaSettings, event: Event, key: str = ENCOUNTER) -> None:
    produce(settings, topic_of(event), [CODEC.encode(event, topic_of(event))], key.encode())


def of_another(number: int) -> ClaimCoded:
    another = claim()
    return another.model_copy(update={"head": another.head.model_copy(update={"encounter_id": f"other-{number}"})})


def abort(settings: KafkaSettings) -> None:
    """A second revision that is never committed, behind all others."""
    producer = Producer(
        {
            **settings.client_config(),
            "transactional.id": f"{settings.topic_prefix}aborted",
            "partitioner": "murmur2_random",
            "topic.metadata.propagation.max.ms": 2000,
        }
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    value = CODEC.encode(claim(2), "claims.coded")
    producer.produce(settings.topic("claims.coded"), value, key=ENCOUNTER.encode())
    producer.flush(30)
    producer.abort_transaction(30)


def test_the_encounters_committed_events_become_a_bundle_that_verifies(
    topics: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSTREAM_KAFKA_BOOTSTRAP", topics.bootstrap)
    monkeypatch.setenv("CHARTSTREAM_KAFKA_TOPIC_PREFIX", topics.topic_prefix)
    monkeypatch.setenv("CHARTSTREAM_DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    (tmp_path / "documents").mkdir()
    for number in range(3):
        write(topics, of_another(number), f"other-{number}")
    for event in events():
        write(topics, event)
    produce(topics, "claims.coded", [b"no event"], ENCOUNTER.encode())
    abort(topics)

    key, out = str(tmp_path / "key.pem"), tmp_path / "bundle"
    assert CliRunner().invoke(app, ["keygen", key]).exit_code == 0
    made = CliRunner().invoke(app, ["export", ENCOUNTER, "--key", key, "--out", str(out)])
    assert made.exit_code == 0, made.output
    assert "claims.coded: 2 of the encounter in partition" in made.output
    assert "the value (8 bytes) begins with neither Avro framing" in made.output
    assert "document_outside_store" in made.output

    entries = [json.loads(line) for line in (out / "entries.jsonl").read_text().splitlines()]
    told = [entry["content"] for entry in entries if entry["kind"] == "event"]
    assert sorted(str(each["type"]) for each in told) == sorted([*(type(event).__name__ for event in events()), "None"])
    assert [each["event"]["revision"] for each in told if each["type"] == "ClaimCoded"] == [1]
    assert all(each["offset"] is not None and each["value_sha256"] for each in told)
    assert [entry["content"]["topic"] for entry in entries if entry["kind"] == "read"] == list(TOPICS_READ)
    assert CliRunner().invoke(app, ["verify", str(out), "--key", f"{key}.pub"]).exit_code == 0


def test_what_was_written_before_is_passed_over(topics: KafkaSettings) -> None:
    write(topics, claim())
    lines: list[str] = []
    reader = EncounterReader(topics, CODEC, lines.append)
    ((first,), _) = reader.read(ENCOUNTER)
    assert first.written_at is not None
    assert len(reader.read(ENCOUNTER, first.written_at)[0]) == 1
    later = first.written_at.replace(year=first.written_at.year + 1)
    assert reader.read(ENCOUNTER, later)[0] == []
    assert len(lines) == 3 * len(TOPICS_READ)
