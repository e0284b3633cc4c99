"""Records a second of each contestant, counted from outside."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from benchmarks.streaming.backlog import PARTITIONS, create, delete

WARM_UP_SECONDS = 2.0
_START_WITHIN = 40.0
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Pace:
    """Records counted in a window after the warm-up."""

    records: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Records a second."""
        return self.records / self.seconds


class Course:
    """One broker with an input topic that is full."""

    def __init__(self, bootstrap: str, source: str, total: int) -> None:
        """``total`` is how many records ``source`` holds."""
        self._bootstrap, self._source, self._total = bootstrap, source, total
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})

    def run(self, name: str, seconds: float, turn: int) -> Pace:
        """Let a contestant run for ``seconds`` after its warm-up, or until its input ends.

        Counted are the input offsets that its group has committed; for faust, which commits every few seconds and
        before the broker has the output, the records in its output topic. Raises ``RuntimeError`` if it never starts.
        """
        group, prefix = f"{name}-{turn}", f"{name}.{turn}."
        output = f"{prefix}notes.accepted"
        create({"bootstrap.servers": self._bootstrap}, output)
        # read_committed would wait for the offsets of the transaction that is open just then
        isolation = {"isolation.level": "read_uncommitted"}
        member = Consumer({"bootstrap.servers": self._bootstrap, "group.id": group, "log_level": 0, **isolation})
        if name.startswith("faust"):
            count: Callable[[], int] = lambda: self._written(output)  # noqa: E731
        else:
            count = lambda: self._committed(member)  # noqa: E731
        command = [sys.executable, "-m", "benchmarks.streaming.contestants", name]
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [*command, self._bootstrap, self._source, output, group],
                cwd=Path(__file__).parents[2],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                pace = self._watch(count, seconds)
            finally:
                _end(process)
            if pace is None:
                log.seek(0)
                raise RuntimeError(f"{name} did not get going; it says: {log.read()[-2000:].decode(errors='replace')}")
        if not name.startswith("faust") and self._written(output) < pace.records:
            raise RuntimeError(f"{name} committed more than it wrote")
        delete({"bootstrap.servers": self._bootstrap}, output)
        return pace

    def _watch(self, count: Callable[[], int], seconds: float) -> Pace | None:
        """Counts from the end of the warm-up to the end of the window; None where nothing is ever counted."""
        begun: float | None = None
        first: tuple[float, int] | None = None
        last: tuple[float, int] | None = None
        deadline = time.monotonic() + _START_WITHIN
        while time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            done, now = _counted(count), time.monotonic()
            if done is None:
                continue
            if begun is None:
                if done:
                    begun, deadline = now, now + WARM_UP_SECONDS + seconds + 1.0
            elif first is None:
                if now - begun >= WARM_UP_SECONDS:
                    first = (now, done)
            elif done >= self._total or now - first[0] > seconds:
                last = last if last is not None and done >= self._total else (now, done)
                break
            else:
                last = (now, done)
        if first is None or last is None:
            return None
        return Pace(last[1] - first[1], last[0] - first[0])

    def _committed(self, member: Consumer) -> int:
        """Offsets committed, asked for by a consumer that never joins: the admin client's own request for them can
        crash librdkafka 2.16 while the group does not exist yet.
        """
        places = [TopicPartition(self._source, number) for number in range(PARTITIONS)]
        return sum(max(place.offset, 0) for place in member.committed(places, timeout=10))

    def _written(self, topic: str) -> int:
        places = {TopicPartition(topic, number): OffsetSpec.latest() for number in range(PARTITIONS)}  # type: ignore[no-untyped-call]
        return sum(answer.result(10).offset for answer in self._admin.list_offsets(places).values())


def _counted(count: Callable[[], int]) -> int | None:
    """The count; nothing as long as the broker has no coordinator or leader to answer for it."""
    try:
        return count()
    except KafkaException:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
