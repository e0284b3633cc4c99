"""A service as a process: probes, metrics, an orderly stop, and exit codes that tell an operator what to do."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from confluent_kafka import Producer

from chartstream.events.codec import Codec
from chartstream.events.documents import Document
from chartstream.events.operations import AuditRecord
from chartstream.stream.settings import KafkaSettings
from tests.integration.stream.rig import read_topic, wait_until
from tests.unit.builders import head, note, submitted

pytestmark = pytest.mark.kafka


class Running:
    """The process, its log lines and its probes."""

    def __init__(self, settings: KafkaSettings, log: Path, **environment: str) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.stream.service_process"],
                env={
                    **os.environ,
                    "CHARTSTREAM_KAFKA_BOOTSTRAP": settings.bootstrap,
                    "CHARTSTREAM_KAFKA_TOPIC_PREFIX": settings.topic_prefix,
                    "CHARTSTREAM_SESSION_SECONDS": "6",
                    **environment,
                },
                stderr=stderr,
            )

    @property
    def stderr(self) -> str:
        return self._log.read_text()

    @property
    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]

    def probe(self, path: str) -> tuple[int, str]:
        wait_until(lambda: any(entry["message"] == "started" for entry in self.log), "it says on which port it answers")
        port = next(entry["http_port"] for entry in self.log if entry["message"] == "started")
        connection = HTTPConnection("127.0.0.1", int(str(port)), timeout=5)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def await_ready(self) -> None:
        wait_until(lambda: self.probe("/readyz")[0] == 200, "it is ready", within=30)


@pytest.fixture
def start(topics: KafkaSettings, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    running: list[Running] = []

    def make(**environment: str) -> Running:
        running.append(Running(topics, tmp_path / f"log-{len(running)}", **environment))
        return running[-1]

    yield make
    for each in running:
        each.process.kill()
        each.process.wait()


def _submit(settings: KafkaSettings, *documents: Document) -> None:
    producer = Producer(settings.client_config())
    for number, document in enumerate(documents):
        event = submitted(documents=[document], head=head(encounter_id=f"encounter-{number}"))
        value = Codec().encode(event, "notes.submitted")
        producer.produce(settings.topic("notes.submitted"), value, event.head.encounter_id.encode())
    assert producer.flush(20) == 0


def _audited(settings: KafkaSettings) -> list[AuditRecord]:
    values = []
    for partition in (0, 1):
        values += read_topic(settings.client_config(), settings.topic("audit.trail"), 0, partition=partition)
    return [Codec().decode(output.value, AuditRecord) for output in values]


def test_it_is_ready_works_and_on_sigterm_finishes_what_it_began(
    start: Callable[..., Running], topics: KafkaSettings
) -> None:
    service = start(CHARTSTREAM_WORKERS="2")
    service.await_ready()
    assert service.probe("/livez") == (200, "ok\n")

    _submit(topics, *[note(text="sleep 1.0") for _ in range(4)])
    wait_until(lambda: _sample(service, "chartstream_unfinished_records") == 4.0, "it has read them")
    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(30) == 0
    assert [entry["message"] for entry in service.log][-1] == "stopped"
    assert sorted(record.head.encounter_id for record in _audited(topics)) == [f"encounter-{n}" for n in range(4)]


def _sample(service: Running, name: str) -> float:
    lines = service.probe("/metrics")[1].splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + "{")), 0.0)


def test_without_a_broker_it_is_alive_and_not_ready(start: Callable[..., Running]) -> None:
    service = start(CHARTSTREAM_KAFKA_BOOTSTRAP="127.0.0.1:1")

    assert service.probe("/livez")[0] == 200
    assert service.probe("/readyz")[0] == 503
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(30) == 0


def test_too_many_defects_end_it_with_a_status_of_their_own_and_no_word_of_a_note(
    start: Callable[..., Running], topics: KafkaSettings
) -> None:
    service = start()
    _submit(topics, *[note(text="raise the alarm: Ottilie Fennimore") for _ in range(40)])

    assert service.process.wait(40) == 3
    assert "mend or roll back" in str(service.log[-1]["reason"])
    assert "Fennimore" not in service.stderr


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_taken_port_ends_it_at_once_with_one_line(start: Callable[..., Running], workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = start(CHARTSTREAM_HTTP_PORT=str(taken.getsockname()[1]), CHARTSTREAM_WORKERS=workers)

        assert service.process.wait(20) == 2
    assert "set CHARTSTREAM_HTTP_PORT to a free one" in service.stderr
    assert "Traceback" not in service.stderr


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_missing_topic_ends_it_with_the_remedy(start: Callable[..., Running], workers: str) -> None:
    service = start(CHARTSTREAM_KAFKA_TOPIC_PREFIX="nobody.", CHARTSTREAM_WORKERS=workers)

    assert service.process.wait(30) == 2
    assert "run `chartstream topics apply`" in service.stderr
    assert "Traceback" not in service.stderr


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_wrong_setting_of_the_clients_ends_it(start: Callable[..., Running], workers: str) -> None:
    service = start(CHARTSTREAM_LONGEST_POLL_SECONDS="2", CHARTSTREAM_WORKERS=workers)

    assert service.process.wait(30) != 0
    assert "Traceback" not in service.stderr
