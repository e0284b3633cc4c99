"""Topics of a test's own, and processors running on them in threads of the test."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from chartstream.events.codec import Codec
from chartstream.events.operations import DeadLetter
from chartstream.ports import DocumentStore
from chartstream.stream.dead_letters import DeadLetterLimit, DeadLetterOffice
from chartstream.stream.processor import Processor, Ticket, Tuning
from chartstream.stream.retry import RetryPolicy
from chartstream.stream.work import WorkFactory
from chartstream.stream.workers import InlineWorker, Worker, WorkerPool
from tests.integration.stream.stages import Copies
from tests.unit.builders import DictStore, FixedClock

QUICK = RetryPolicy(first_seconds=0.05, longest_seconds=0.2)


class Output(NamedTuple):
    """A record on a topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes | None]

    @property
    def origin(self) -> bytes:
        """``partition:offset`` of the input that it answers."""
        return self.headers["from"] or b""


@dataclass
class Running:
    """A processor in a thread of its own."""

    processor: Processor
    stop: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.processor.run(self.stop)
        except BaseException as error:  # what ended it is what the test looks at
            self.error = error

    def failure(self, within: float = 30.0) -> BaseException | None:
        """What ended it of its own accord; ``None`` where nothing does."""
        self.thread.join(within)
        return self.error

    def end(self, within: float = 30.0) -> None:
        """Stop it in an orderly way; fails the test where it does not stop, or failed before."""
        self.stop.set()
        self.thread.join(within)
        assert not self.thread.is_alive(), f"the processor did not stop within {within} s"
        if self.error is not None:
            raise self.error


class Rig:
    """A source, a sink, a changelog and a dead-letter topic under a prefix of their own."""

    def __init__(self, bootstrap: str, prefix: str | None = None) -> None:
        """With the prefix of another rig, the same topics."""
        self.client: dict[str, str | int | float | bool] = {"bootstrap.servers": bootstrap, "log_level": 0}
        self.prefix = prefix or f"r{uuid.uuid4().hex[:8]}."
        self.source, self.sink, self.changelog, self.dead_letters, self.group = (
            self.prefix + name for name in ("source", "sink", "state", "dead-letters", "group")
        )
        self.documents = DictStore()
        self.members: list[Running] = []
        self._admin = AdminClient(self.client)

    def create(self, partitions: int = 2, source_config: Mapping[str, str] | None = None) -> None:
        """Create the topics."""
        self._create(NewTopic(self.source, partitions, 1, config=dict(source_config or {})))
        self._create(NewTopic(self.sink, 1, 1))
        self._create(NewTopic(self.changelog, partitions, 1, config={"cleanup.policy": "compact"}))
        self._create(NewTopic(self.dead_letters, 1, 1, config={"max.message.bytes": "2097152"}))

    def _create(self, topic: NewTopic) -> None:
        self._admin.create_topics([topic])[topic.topic].result(10)
        wait_until(lambda: topic.topic in self._admin.list_topics(timeout=5).topics, "the topic is known")

    def close(self) -> None:
        """End all members and delete the topics."""
        for member in self.members:
            member.stop.set()
        for member in self.members:
            member.thread.join(30)
        for deleted in self._admin.delete_topics([self.source, self.sink, self.changelog, self.dead_letters]).values():
            with suppress(Exception):  # the broker may be gone with its test
                deleted.result(5)

    # --- members ------------------------------------------------------------------------------------------------

    def processor(
        self,
        work: WorkFactory | None = None,
        *,
        workers: int = 0,
        task_seconds: float = 60.0,
        remembers: bool = False,
        retries: RetryPolicy = QUICK,
        limit: DeadLetterLimit | None = None,
        documents: DocumentStore | None = None,
        **tuning: Any,
    ) -> Processor:
        """A member of the group that is not running yet."""
        factory = work or Copies(self.sink)

        def make_worker() -> Worker[Ticket]:
            return WorkerPool(factory, workers, task_seconds) if workers else InlineWorker(factory)

        return Processor(
            "test",
            self.source,
            self.client,
            make_worker,
            DeadLetterOffice("test", Codec(), documents or self.documents, FixedClock(), self.prefix),
            self.changelog if remembers else None,
            group=self.group,
            tuning=Tuning(**{"session_seconds": 6.0, **tuning}),
            retries=retries,
            limit=limit or DeadLetterLimit(share=1.0),  # many a test is about nothing but defects
        )

    def run(self, work: WorkFactory | None = None, **options: Any) -> Running:
        """A member running in a thread."""
        running = Running(self.processor(work, **options))
        self.members.append(running)
        return running

    # --- traffic ------------------------------------------------------------------------------------------------

    def publish(self, *records: tuple[bytes | None, bytes | None], partition: int = -1, **options: Any) -> None:
        """Write ``(key, value)`` pairs to the source, as one batch, in order."""
        largest = {"message.max.bytes": 30_000_000, "partitioner": "murmur2_random", "linger.ms": 20}
        producer = Producer({**self.client, **largest})
        errors: list[object] = []
        for key, value in records:
            producer.produce(
                self.source, value, key, partition, on_delivery=lambda error, _: errors.append(error), **options
            )
        assert producer.flush(30) == 0
        assert errors == [None] * len(records)

    def outputs(self, count: int, within: float = 20.0) -> list[Output]:
        """What is on the sink, in order, once ``count`` records are there; fails the test if they do not come."""
        try:
            return read_topic(self.client, self.sink, count, within)
        except AssertionError as missing:
            failed = next((member.error for member in self.members if member.error is not None), None)
            raise missing from failed  # a member that died says why nothing came

    def letters(self, count: int, within: float = 20.0) -> list[DeadLetter]:
        """The dead letters, once there are ``count``."""
        return [
            Codec().decode(output.value, DeadLetter)
            for output in read_topic(self.client, self.dead_letters, count, within)
        ]

    def committed(self) -> dict[int, tuple[int, str]]:
        """Committed offset and metadata of each partition of the source."""
        asked = ConsumerGroupTopicPartitions(self.group)
        answer = self._admin.list_consumer_group_offsets([asked])[self.group].result(10)
        return {place.partition: (place.offset, place.metadata or "") for place in answer.topic_partitions}


def read_topic(
    client: Mapping[str, str | int | float | bool], topic: str, count: int, within: float = 20.0, partition: int = 0
) -> list[Output]:
    """All records of a topic's partition, read_committed, once there are ``count``; a moment more for too many."""
    consumer = Consumer(
        {**client, "group.id": "reader", "isolation.level": "read_committed", "enable.auto.commit": False}
    )
    consumer.assign([TopicPartition(topic, partition, 0)])
    outputs: list[Output] = []
    deadline, grace = time.monotonic() + within, 0.3
    try:
        while time.monotonic() < deadline:
            messages = consumer.consume(1000, timeout=grace if len(outputs) >= count else 0.1)
            outputs += map(_output, _good(messages))
            if len(outputs) >= count and not messages:
                break
    finally:
        consumer.close()
    assert len(outputs) >= count, f"{len(outputs)} of {count} records on {topic.partition('.')[2]} in {within} s"
    return outputs


def _good(messages: Iterable[Message]) -> Sequence[Message]:
    return [message for message in messages if message.error() is None]


def _output(message: Message) -> Output:
    value: Any = (
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        dict(message.headers() or []),
    )
    return Output._make(value)


def wait_until(holds: Callable[[], bool], what: str, within: float = 20.0) -> None:
    """Wait until something holds; fails the test, saying what, if it does not come to hold."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
