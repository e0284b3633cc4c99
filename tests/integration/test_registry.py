"""The contracts in a real registry, and events under its ids through real processors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka import Producer

from chartstream.errors import Transient, UnknownSchema
from chartstream.events import schema
from chartstream.events.catalogue import TOPICS
from chartstream.events.codec import CONFLUENT_MARKER, Codec
from chartstream.events.documents import NoteSubmitted
from chartstream.events.operations import AuditRecord
from chartstream.events.registry import ConfluentRegistry
from chartstream.stream.settings import KafkaSettings
from tests.integration.apicurio import Apicurio, Unavailable
from tests.integration.stream.rig import read_topic, wait_until
from tests.unit.builders import submitted

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

WRITER = """
import sys
from chartstream.stream.wire import codec_from_environment
from tests.unit.builders import submitted
sys.stdout.buffer.write(codec_from_environment().encode(submitted(), sys.argv[1]))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with Apicurio(tmp_path_factory.mktemp("apicurio")) as registry:
            yield registry.url
    except Unavailable as reason:
        pytest.skip(str(reason))


def written_elsewhere(url: str, topic: str) -> bytes:
    """A submission as another process writes it."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, topic],
        env={"CHARTSTREAM_SCHEMA_REGISTRY_URL": url},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@contextmanager
def service(settings: KafkaSettings, log: Path, **environment: str) -> Iterator[None]:
    """A processor of submissions as a process, with its log lines in a file; ended in an orderly way."""
    kafka = {
        "CHARTSTREAM_KAFKA_BOOTSTRAP": settings.bootstrap,
        "CHARTSTREAM_KAFKA_TOPIC_PREFIX": settings.topic_prefix,
        "CHARTSTREAM_SESSION_SECONDS": "6",
    }
    command = [sys.executable, "-m", "tests.integration.stream.service_process"]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(command, env={**os.environ, **kafka, **environment}, stderr=stderr) as process,
    ):
        try:
            yield
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()


def reasons(log: Path) -> list[str]:
    """Why records are tried again, by a processor's log."""
    entries = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [entry["reason"] for entry in entries if entry["message"] == "will be tried again"]


def test_every_contract_registers_and_comes_back_the_same(url: str) -> None:
    for name in schema.record_names():
        written = schema.current(name)
        number = ConfluentRegistry(url).id_of(f"all.{name}", written)
        found = ConfluentRegistry(url).schema_of(number)
        assert (found.name, found.fingerprint) == (name, written.fingerprint)
        assert ConfluentRegistry(url).id_of(f"all.{name}", written) == number


def test_a_breaking_change_is_refused_by_the_registry(url: str) -> None:
    ConfluentRegistry(url).id_of("breaking", schema.current("AuditRecord"))
    changed = schema.composed("AuditRecord")
    changed["fields"].append({"name": "needed", "type": "string"})
    with pytest.raises(Transient, match=r"refuses the schema of breaking-value.*needed"):
        ConfluentRegistry(url).id_of("breaking", schema.from_json(changed))


def test_an_id_that_nobody_registered_is_an_unknown_schema(url: str) -> None:
    with pytest.raises(UnknownSchema):
        Codec(ConfluentRegistry(url)).decode(CONFLUENT_MARKER + (99_999).to_bytes(4, "big") + b"x", NoteSubmitted)


def test_a_processor_without_the_registry_waits_and_one_with_it_reads_on(
    url: str, make_topics: Callable[[int], KafkaSettings], tmp_path: Path
) -> None:
    topics = make_topics(1)
    source, trail = topics.topic(TOPICS[NoteSubmitted]), topics.topic(TOPICS[AuditRecord])
    value = written_elsewhere(url, source)
    assert value.startswith(CONFLUENT_MARKER)
    producer = Producer(topics.client_config())
    producer.produce(source, value, submitted().head.encounter_id.encode())
    assert producer.flush(10) == 0

    without = tmp_path / "without.log"
    with service(topics, without):
        wait_until(lambda: len(reasons(without)) > 1, "it tries again", within=40)
    assert all("needs a registry; set CHARTSTREAM_SCHEMA_REGISTRY_URL" in reason for reason in reasons(without))

    with service(topics, tmp_path / "with.log", CHARTSTREAM_SCHEMA_REGISTRY_URL=url):
        (seen,) = read_topic(topics.client_config(), trail, 1, within=40)
    assert seen.value is not None
    assert seen.value.startswith(CONFLUENT_MARKER)
    record = Codec(ConfluentRegistry(url)).decode(seen.value, AuditRecord)
    assert record.subject_id == submitted().head.event_id
    assert read_topic(topics.client_config(), topics.topic("dead-letters"), 0, within=1) == []
