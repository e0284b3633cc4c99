"""The exactly-once loop.

Compute first, then transact: records are read and worked on outside any transaction, in parallel across keys, while the
loop goes on polling; what is ready is written in one short transaction with its offsets and changelog. Whatever goes
wrong with a transaction or an assignment, the answer is the same: drop what was computed and go back to what the broker
has committed.
"""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from chartstream.errors import ConfigurationError, Transient
from chartstream.stream import metrics
from chartstream.stream.assignment import Assignment
from chartstream.stream.dead_letters import DeadLetterLimit, DeadLetterOffice
from chartstream.stream.lanes import Lane
from chartstream.stream.progress import MOST_UNFINISHED
from chartstream.stream.record import InputRecord, OutputRecord, read
from chartstream.stream.retry import RetryPolicy, Trial
from chartstream.stream.transactions import TransactionLost, Transactions
from chartstream.stream.work import Failure, FailureKind, Outcome, Result
from chartstream.stream.workers import Worker

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tuning:
    """What may be tuned without touching a guarantee."""

    read_records: int = 500
    """Records read at once."""
    transaction_records: int = 4000
    """Records after which a transaction is due."""
    transaction_bytes: int = 16 * 1024 * 1024
    """Bytes of output after which a transaction is due; one that takes too long is aborted by the broker."""
    linger_seconds: float = 0.04
    """How long what is ready waits for more while more is coming; with nothing else to do it does not wait."""
    pause_bytes: int = 64 * 1024 * 1024
    """Bytes read and not committed at which a partition is paused."""
    largest_output: int = 1_000_000
    """Bytes of key and value that a stage may write, memory too; anything larger is a defect of the stage. Topics take
    1 MiB of them and headers together."""
    drain_seconds: float = 20.0
    """How long a stopping process goes on with what it has begun."""
    session_seconds: float = 10.0
    """How long the group waits for a member that died before it gives its partitions to others."""
    longest_poll_seconds: float = 300.0
    """How long the loop may go without polling; it polls all the time, however long a document takes."""


class Ticket(NamedTuple):
    """A record being worked on, and the lane it belongs to."""

    lane: Lane
    record: InputRecord


class _Ready(NamedTuple):
    lane: Lane
    record: InputRecord
    result: Result
    outcome: str


class Processor:
    """Runs the work of one stage on one input topic as a member of its consumer group."""

    def __init__(  # noqa: PLR0917 - each of them is a collaborator
        self,
        stage: str,
        topic: str,
        client: Mapping[str, str | int | float | bool],
        make_worker: Callable[[], Worker[Ticket]],
        dead_letters: DeadLetterOffice,
        changelog: str | None = None,
        *,
        group: str | None = None,
        tuning: Tuning | None = None,
        retries: RetryPolicy | None = None,
        limit: DeadLetterLimit | None = None,
    ) -> None:
        self.stage, self._topic, self._client = stage, topic, dict(client)
        self._changelog, self._dead_letters = changelog, dead_letters
        self._tuning, self._retry_policy = tuning or Tuning(), retries or RetryPolicy()
        self._limit = limit or DeadLetterLimit()
        self._transactions = Transactions(client)
        self._ready: list[_Ready] = []
        self._ready_since = 0.0
        self._ready_bytes = 0
        self._in_flight = 0
        self._retries: list[tuple[float, int, Ticket]] = []
        self._order = count()
        self.last_step = time.monotonic()
        self._consumer = Consumer(
            {
                **self._client,
                "group.id": group or f"chartstream-{stage}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "partition.assignment.strategy": "cooperative-sticky",
                "session.timeout.ms": int(self._tuning.session_seconds * 1000),
                "heartbeat.interval.ms": int(self._tuning.session_seconds * 1000 / 4),
                "max.poll.interval.ms": int(self._tuning.longest_poll_seconds * 1000),
                "queued.max.messages.kbytes": 16 * 1024,
                "fetch.wait.max.ms": 100,
            }
        )
        self._assignment = Assignment(stage, topic, self._consumer, self._client, changelog)
        # last: only run() ends worker processes, so nothing may fail between here and there
        self._worker = make_worker()

    # --- life ---------------------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set, then finish what was begun within the time for draining.

        Raises ``ConfigurationError``, ``TooManyDeadLetters`` or a fatal ``KafkaException``; the process should end.
        """
        self._assignment.join()
        try:
            while not stop.is_set():
                self.step()
            self._drain()
        finally:
            self._consumer.close()
            self._transactions.close()
            self._worker.close()

    def step(self) -> None:
        """One turn of the loop: read, work, commit. Blocks for about a tenth of a second when there is nothing."""
        self.last_step = time.monotonic()
        more_is_coming = self._receive()
        self._assignment.adopt()
        self._retry()
        self._collect()
        if self._is_due(more_is_coming):
            self._commit()
        self._press_back()

    @property
    def is_ready(self) -> bool:
        """Whether the process is a member of its group, its partitions are adopted and its workers loaded."""
        return self._assignment.is_ready and self._worker.ready

    def _drain(self) -> None:
        deadline = time.monotonic() + self._tuning.drain_seconds
        self._assignment.pause(*self._assignment.lanes.values())
        while (self._in_flight or self._ready) and time.monotonic() < deadline:
            self.last_step = time.monotonic()
            self._receive()
            self._collect()
            self._commit()

    # --- reading and working ------------------------------------------------------------------------------------

    def _receive(self) -> bool:
        """Read what is there; whether there is likely more. Waits for a first record only when nothing else is due."""
        message = self._consumer.poll(self._patience)
        if message is None:
            return False
        messages = [message, *self._consumer.consume(self._tuning.read_records - 1, timeout=0.0)]
        for each in messages:
            if each.error() is not None:
                self._take_error(each)
            else:
                self._take(read(each))
        return len(messages) > self._tuning.read_records // 2

    @property
    def _patience(self) -> float:
        """Seconds to wait for a first record: hardly any while workers may hand something over, none while results
        wait for nothing else.
        """
        if self._in_flight or self._assignment.is_adopting:
            return 0.004  # not 0.0: the loop would spin, and take the time from the workers
        return 0.0 if self._ready else 0.1

    def _take(self, record: InputRecord) -> None:
        lane = self._assignment.lanes.get(record.partition)
        if lane is None:
            return
        if not lane.ready:
            lane.missed = True
            return
        workable = lane.arrive(record)
        if workable is not None:
            self._submit(lane, workable)

    def _take_error(self, message: Message) -> None:
        error, partition = message.error(), message.partition()
        if error is None or error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's public constant
            lane = self._assignment.lanes.get(-1 if partition is None else partition)
            if lane is not None and lane.ready:
                lane.progress.reach(message.offset() or 0)
        elif error.code() in {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}:  # noqa: SLF001
            raise ConfigurationError(f"topic {self._topic} does not exist; run `chartstream topics apply`")
        elif error.fatal():
            raise KafkaException(error)
        else:
            log.warning("consumer error", extra={"stage": self.stage, "error": error.name()})

    def _submit(self, lane: Lane, record: InputRecord) -> None:
        self._in_flight += 1
        self._worker.submit(Ticket(lane, record), record, lane.remembered(record))

    def _collect(self) -> None:
        """Take in what the work came to. Work done at once lets the next record of its key begin at once."""
        while completed := self._worker.completed():
            self._in_flight -= len(completed)
            for (lane, record), outcome in completed:
                if not lane.dropped:
                    self._conclude(lane, record, outcome)

    def _conclude(self, lane: Lane, record: InputRecord, outcome: Outcome) -> None:
        name = "done"
        if isinstance(outcome, Result):
            outcome = self._checked(outcome)
        if isinstance(outcome, Failure):
            name = outcome.kind.value
            treated = self._treat(lane, record, outcome)
            if treated is None:
                return
            outcome = treated
        self._limit.note(defect=name == FailureKind.DEFECT)
        if not self._ready:
            self._ready_since = time.monotonic()
        self._ready.append(_Ready(lane, record, outcome, name))
        self._ready_bytes += sum([len(output.value or b"") for output in outcome.outputs])
        following = lane.settle(record, outcome.memory)
        if following is not None:
            self._submit(lane, following)

    def _checked(self, result: Result) -> Outcome:
        for output in result.outputs:
            size = len(output.value or b"") + len(output.key or b"")
            if size > self._tuning.largest_output:
                reason = f"an event of {size} bytes for {output.topic}; Kafka takes none so large"
                return Failure(FailureKind.DEFECT, "OutputTooLarge", reason)
        if result.memory is not None and len(result.memory) > self._tuning.largest_output:
            reason = f"a memory of {len(result.memory)} bytes; Kafka takes none so large"
            return Failure(FailureKind.DEFECT, "MemoryTooLarge", reason)
        return result

    def _treat(self, lane: Lane, record: InputRecord, failure: Failure) -> Result | None:
        """A dead letter for what is given up; nothing for what will be tried again."""
        trial = lane.trials.setdefault(record.offset, Trial())
        if failure.kind is FailureKind.UNKNOWN_SCHEMA:
            metrics.UNKNOWN_SCHEMAS.labels(self.stage).inc()
        again_at = trial.failed(failure, time.monotonic(), self._retry_policy)
        if again_at is None:
            try:
                letter = self._dead_letters.letter(record, failure, trial.tries)
            except Transient as error:
                failure = Failure(FailureKind.TRANSIENT, type(error).__name__, str(error))
                again_at = trial.failed(failure, time.monotonic(), self._retry_policy)
            else:
                category = "defect" if failure.kind is FailureKind.DEFECT else "undecodable"
                metrics.DEAD_LETTERS.labels(self.stage, category, failure.error_class).inc()
                log.error("dead letter", extra=self._place(record) | {"error": failure.error_class})
                return Result((letter,))
        if trial.tries == 1 or failure.kind is FailureKind.UNKNOWN_SCHEMA:
            log.warning("will be tried again", extra=self._place(record) | {"reason": failure.reason})
        metrics.RETRIES.labels(self.stage, failure.kind.value).inc()
        heapq.heappush(self._retries, (again_at or 0.0, next(self._order), Ticket(lane, record)))
        return None

    def _retry(self) -> None:
        while self._retries and self._retries[0][0] <= time.monotonic():
            _, _, (lane, record) = heapq.heappop(self._retries)
            if not lane.dropped:
                self._submit(lane, record)

    def _place(self, record: InputRecord) -> dict[str, object]:
        return {"stage": self.stage, "topic": record.topic, "partition": record.partition, "offset": record.offset}

    # --- committing ---------------------------------------------------------------------------------------------

    def _is_due(self, more_is_coming: bool) -> bool:
        if not self._ready:
            return False
        if len(self._ready) >= self._tuning.transaction_records or self._ready_bytes >= self._tuning.transaction_bytes:
            return True
        waited = time.monotonic() - self._ready_since
        return waited >= self._tuning.linger_seconds or not (more_is_coming or self._in_flight)

    def _commit(self) -> None:
        """Write what is ready in one transaction with its offsets and changelog."""
        ready = [entry for entry in self._ready if not entry.lane.dropped]
        self._ready, self._ready_bytes = [], 0
        if not ready:
            return
        for entry in ready:
            entry.lane.commit(entry.record)
        lanes = {entry.lane.partition: entry.lane for entry in ready}
        offsets = [TopicPartition(self._topic, number, *lane.progress.checkpoint()) for number, lane in lanes.items()]
        begun = time.monotonic()
        try:
            self._transactions.commit(self._outputs(ready), offsets, self._consumer.consumer_group_metadata())
        except TransactionLost as error:
            metrics.TRANSACTIONS.labels(self.stage, "lost").inc()
            log.warning("starting over from committed offsets", extra={"stage": self.stage, "error": str(error)})
            self._assignment.start_over(list(self._assignment.lanes))
            return
        metrics.TRANSACTIONS.labels(self.stage, "committed").inc()
        metrics.TRANSACTION_SECONDS.labels(self.stage).observe(time.monotonic() - begun)
        metrics.observe_committed(
            self.stage, [entry.record.timestamp_ms for entry in ready], [entry.outcome for entry in ready]
        )

    def _outputs(self, ready: Sequence[_Ready]) -> Iterator[OutputRecord]:
        """Outputs in order, and the last memory of each key."""
        memories: dict[tuple[int, bytes | None], bytes] = {}
        for entry in ready:
            yield from entry.result.outputs
            if entry.result.memory is not None:
                memories[entry.lane.partition, entry.record.key] = entry.result.memory
        for (partition, key), memory in memories.items():
            yield OutputRecord(self._changelog or "", key, memory, [], partition)

    def _press_back(self) -> None:
        """Pause partitions that hold enough or wait for a retry; resume them when they have room."""
        unsettled = 0
        for lane in self._assignment.lanes.values():
            unsettled += lane.unsettled
            full = lane.unsettled >= MOST_UNFINISHED or lane.bytes >= self._tuning.pause_bytes
            if not lane.ready:
                continue
            if (full or lane.trials) and not lane.paused:
                self._assignment.pause(lane)
            elif lane.paused and not (full or lane.trials):
                self._assignment.resume(lane)
        metrics.UNFINISHED.labels(self.stage).set(unsettled)
