"""How long a text note takes from notes.submitted to claims.coded, and where the time goes."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from confluent_kafka import Consumer, TopicPartition

from chartstream.stream.record import read
from chartstream.stream.settings import KafkaSettings
from tests.faults.encounters import coded_note
from tests.faults.fleet import STAGES, Fleet
from tests.faults.publisher import Publisher

WARM_UP_SECONDS = 5.0

_TOPICS = ("notes.accepted", "notes.extracted", "codes.proposed", "codes.validated", "claims.coded")
"""What each stage writes, in the order of the stages."""


@dataclass(frozen=True)
class StageCost:
    """What one stage adds. ``seconds``: median from its input's visibility to its output's, read_committed."""

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


class Sightings(threading.Thread):
    """Notes when each trace becomes visible in each topic; reads headers only."""

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(name="sightings", daemon=True)
        self.at: dict[str, dict[str, float]] = defaultdict(dict)
        """By topic and trace, in seconds since 1970."""
        self._settings = settings
        self._stopped = threading.Event()

    def run(self) -> None:
        """Read on until ``stop``."""
        consumer = Consumer(
            {
                **self._settings.client_config(),
                "group.id": f"sightings-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )
        known = consumer.list_topics(timeout=20).topics
        names = [self._settings.topic(topic) for topic in _TOPICS]
        consumer.assign([TopicPartition(name, number, 0) for name in names for number in known[name].partitions])
        while not self._stopped.is_set():
            for message in consumer.consume(200, timeout=0.01):
                if message.error() is None:
                    record = read(message)
                    trace = (dict(record.headers).get("traceparent") or b"--").decode().split("-")[1]
                    self.at[record.topic.removeprefix(self._settings.topic_prefix)].setdefault(trace, time.time())
        consumer.close()

    def stop(self) -> None:
        """Stop reading."""
        self._stopped.set()
        self.join(10)


def measure(settings: KafkaSettings, fleet: Fleet, rate: float, seconds: float) -> Latency:
    """Publish ``rate`` notes a second to a fleet that runs, and measure for ``seconds`` after a warm-up."""
    rng = random.Random(int(rate))
    count = int((WARM_UP_SECONDS + seconds) * rate)
    notes = [replace(coded_note(number, rng), at=number / rate) for number in range(count)]
    sightings, publisher = Sightings(settings), Publisher(settings, notes)
    sightings.start()
    before = _counters(fleet)
    began = time.monotonic()
    publisher.start()
    publisher.join()
    _await(lambda: len(sightings.at["claims.coded"]) >= count, 10.0)
    lasted = time.monotonic() - began
    after = _counters(fleet)
    sightings.stop()
    traces = [note.trace for note in notes if note.at >= WARM_UP_SECONDS]
    seen = {"notes.submitted": publisher.sent_at, **sightings.at}
    took = _differences(seen, "notes.submitted", "claims.coded", traces)
    return Latency(
        rate=rate,
        notes=len(traces),
        missing=len(traces) - len(took),
        p50=_quantile(took, 0.50),
        p95=_quantile(took, 0.95),
        p99=_quantile(took, 0.99),
        stages={
            stage: _cost(stage, _differences(seen, source, target, traces), before[stage], after[stage], lasted)
            for stage, source, target in zip(STAGES, ("notes.submitted", *_TOPICS), _TOPICS, strict=False)
        },
    )


def _differences(seen: dict[str, dict[str, float]], source: str, target: str, traces: Sequence[str]) -> list[float]:
    both = [trace for trace in traces if trace in seen[source] and trace in seen[target]]
    return sorted(seen[target][trace] - seen[source][trace] for trace in both)


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
