"""The local broker as an operator uses it: it starts, keeps its data, and says in one line what is wrong."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from chartstream.cli import app
from chartstream.errors import ConfigurationError
from chartstream.local.broker import LocalKafka
from chartstream.stream.apply import apply
from chartstream.stream.settings import KafkaSettings
from tests.integration.traffic import consume, produce

pytestmark = pytest.mark.kafka


def test_what_is_produced_is_consumed(topics: KafkaSettings) -> None:
    produce(topics, "notes.submitted", [b"first", b"second"])

    assert consume(topics, "notes.submitted", 2) == [b"first", b"second"]


def test_a_misspelt_topic_is_refused_and_not_created(topics: KafkaSettings) -> None:
    with pytest.raises(AssertionError):
        produce(topics, "notes.submited", [b"lost"])

    assert topics.topic("notes.submited") not in AdminClient(topics.client_config()).list_topics(timeout=10).topics


@pytest.mark.parametrize("graceful", [True, False], ids=["SIGTERM", "SIGKILL"])
def test_data_survives_a_restart(kafka: LocalKafka, topics: KafkaSettings, graceful: bool) -> None:
    produce(topics, "claims.coded", [b"before"])

    kafka.restart(graceful=graceful)

    produce(topics, "claims.coded", [b"after"])
    assert consume(topics, "claims.coded", 2) == [b"before", b"after"]


def test_another_instance_finds_the_running_broker(kafka: LocalKafka) -> None:
    found = LocalKafka.at(kafka.home)

    assert found is not None
    assert found.is_running()
    assert found.bootstrap == kafka.bootstrap
    with pytest.raises(ConfigurationError, match=f"already runs on {kafka.bootstrap}"):
        LocalKafka(kafka.home, port=int(kafka.bootstrap.rpartition(":")[2]) + 1).start()


def test_a_taken_port_is_named_with_the_remedy(kafka: LocalKafka, tmp_path: Path) -> None:
    taken = int(kafka.bootstrap.rpartition(":")[2])

    with pytest.raises(ConfigurationError, match=f"port {taken}: something else listens there.*--port"):
        LocalKafka(tmp_path, port=taken).start()
    assert not (tmp_path / "node-1").exists()


def test_settings_that_kafka_refuses_are_named(tmp_path: Path) -> None:
    broken = LocalKafka(tmp_path, properties={"log.cleaner.threads": "none"}, bound=True)

    with pytest.raises(ConfigurationError, match=r"server\.properties: .*log\.cleaner\.threads"):
        broken.start()
    assert not broken.is_running()


def test_a_broker_that_ends_while_starting_names_its_log(tmp_path: Path) -> None:
    broken = LocalKafka(tmp_path, environment={"KAFKA_HEAP_OPTS": "-Xmx1k"}, bound=True)

    with pytest.raises(ConfigurationError, match=r"ended while starting \(.+\).*kafka\.log"):
        broken.start()
    assert not broken.is_running()


def test_a_paused_broker_answers_again_after_resume(kafka: LocalKafka) -> None:
    port = int(kafka.bootstrap.rpartition(":")[2])
    kafka.pause()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):  # the kernel still accepts
            assert kafka.is_running()
    finally:
        kafka.resume()

    kafka.start()  # returns once it answers
    assert kafka.is_running()


def test_status_and_down_without_a_broker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHARTSTREAM_HOME", str(tmp_path))
    run = CliRunner()

    assert run.invoke(app, ["kafka", "status"]).exit_code == 1
    assert run.invoke(app, ["kafka", "down"]).exit_code == 0


@pytest.mark.slow
def test_three_brokers_keep_three_copies(tmp_path: Path) -> None:
    three = LocalKafka(tmp_path, brokers=3, bound=True)
    with three:
        settings = KafkaSettings(bootstrap=three.bootstrap)
        apply(settings, partitions=1)
        produce(settings, "notes.submitted", [b"kept thrice"])

        partition = (
            AdminClient(settings.client_config()).list_topics(timeout=10).topics["notes.submitted"].partitions[0]
        )
        assert sorted(partition.replicas) == [1, 2, 3]
        assert consume(settings, "notes.submitted", 1) == [b"kept thrice"]
    assert not three.is_running()
    with pytest.raises(ConfigurationError, match="holds the data of 3 broker"):
        LocalKafka(tmp_path, brokers=1)
