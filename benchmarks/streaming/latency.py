"""How long a text note takes from notes.submitted to claims.coded, and where the time goes."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from confluent_kafka import Consumer, TopicPartition

from chartstream.stream.record import InputRecord, read
from chartstream.stream.settings import KafkaSettings
from tests.faults.encounters import coded_note
from tests.faults.fleet import STAGES, Fleet
from tests.faults.publisher import Publisher

WARM_UP_SECONDS = 5.0

_TOPICS = ("notes.accepted", "notes.extracted", "codes.proposed", "codes.validated", "claims.coded")
"""What each stage writes, in the order of the stages."""


@dataclass(frozen=True)
class StageCost:
    """What one stage adds. ``seconds``: median from its input's timestamp to its output's, which both are set when
    the record is handed to its producer: so the commit before, the work, and what is waited for in between.
    """

    seconds: float
    transactions_per_second: float
    transaction_seconds: float
    records_per_transaction: float


@dataclass(frozen=True)
class Latency:
    """From the publisher's produce to the receipt by a read_committed consumer, in seconds."""

    rate: float
    notes: int
    missing: int
    p50: float
    p95: float
    p99: float
    stages: dict[str, StageCost]


class Arrivals(threading.Thread):
    """A subscriber of claims.coded: notes when each trace arrives, in seconds since 1970; reads headers only."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(name="arrivals", daemon=True)
        self.at: dict[str, float] = {}
        self._settings = settings
        self._stopped = threading.Event()

    def run(self) -> None:
        """Read on until ``stop``."""
        consumer = _reader(self._settings, "claims.coded")
        while not self._stopped.is_set():
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                self.at.setdefault(_trace(read(message)), time.time())
        consumer.close()

    def stop(self) -> None:
        """Stop reading."""
        self._stopped.set()
        self.join(10)


def _reader(settings: KafkaSettings, topic: str) -> Consumer:
    """A read_committed consumer of a whole topic from its beginning, without a group."""
    consumer = Consumer(
        {
            **settings.client_config(),
            "group.id": f"reader-{uuid.uuid4().hex}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    partitions = consumer.list_topics(settings.topic(topic), timeout=20).topics[settings.topic(topic)].partitions
    consumer.assign([TopicPartition(settings.topic(topic), number, 0) for number in partitions])
    return consumer


def _timestamps(settings: KafkaSettings, topic: str) -> dict[str, float]:
    """When each trace's record was handed to its producer, in seconds since 1970; of all that the topic holds now."""
    consumer = _reader(settings, topic)
    ended: set[int | None] = set()
    found: dict[str, float] = {}
    partitions = {place.partition for place in consumer.assignment()}
    while ended != partitions:
        for message in consumer.consume(500, timeout=0.2):
            if message.error() is not None:
                ended.add(message.partition())
            else:
                record = read(message)
                found.setdefault(_trace(record), record.timestamp_ms / 1000)
    consumer.close()
    return found


def _trace(record: InputRecord) -> str:
    return (dict(record.headers).get("traceparent") or b"--").decode().split("-")[1]


def measure(settings: KafkaSettings, fleet: Fleet, rate: float, seconds: float) -> Latency:
    """Publish ``rate`` notes a second to a fleet that runs, and measure for ``seconds`` after a warm-up."""
    rng = random.Random(int(rate))
    count = int((WARM_UP_SECONDS + seconds) * rate)
    notes = [replace(coded_note(number, rng), at=number / rate) for number in range(count)]
    arrivals, publisher = Arrivals(settings), Publisher(settings, notes)
    arrivals.start()
    before = _counters(fleet)
    began = time.monotonic()
    publisher.start()
    publisher.join()
    _await(lambda: all(note.trace in arrivals.at for note in notes), 10.0)
    lasted = time.monotonic() - began
    after = _counters(fleet)
    arrivals.stop()
    traces = [note.trace for note in notes if note.at >= WARM_UP_SECONDS]
    seen = {topic: _timestamps(settings, topic) for topic in ("notes.submitted", *_TOPICS)}
    took = _differences(publisher.sent_at, arrivals.at, traces)
    return Latency(
        rate=rate,
        notes=len(traces),
        missing=len(traces) - len(took),
        p50=_quantile(took, 0.50),
        p95=_quantile(took, 0.95),
        p99=_quantile(took, 0.99),
        stages={
            stage: _cost(stage, _differences(seen[source], seen[target], traces), before[stage], after[stage], lasted)
            for stage, source, target in zip(STAGES, ("notes.submitted", *_TOPICS), _TOPICS, strict=False)
        },
    )


def _differences(begun: Mapping[str, float], ended: Mapping[str, float], traces: Sequence[str]) -> list[float]:
    return sorted(ended[trace] - begun[trace] for trace in traces if trace in begun and trace in ended)


def _counters(fleet: Fleet) -> dict[str, dict[str, float]]:
    return {stage: members[0].metrics() for stage, members in fleet.members.items()}


def _cost(
    stage: str, took: Sequence[float], before: dict[str, float], after: dict[str, float], lasted: float
) -> StageCost:
    def grown(name: str) -> float:
        key = f'chartstream_{name}{{stage="{stage}"}}'
        return after.get(key, 0.0) - before.get(key, 0.0)

    transactions = max(grown("transaction_seconds_count"), 1.0)
    return StageCost(
        seconds=_quantile(took, 0.5),
        transactions_per_second=transactions / lasted,
        transaction_seconds=grown("transaction_seconds_sum") / transactions,
        records_per_transaction=grown("transaction_records_sum") / transactions,
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def _await(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
