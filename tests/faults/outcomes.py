"""A read_committed reader of everything that the chain ends in."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from chartstream.events.catalogue import DEAD_LETTERS_TOPIC, record_on
from chartstream.events.claims import ClaimCoded
from chartstream.events.codec import Codec
from chartstream.events.documents import NoteRejected
from chartstream.events.head import Event
from chartstream.events.operations import AuditRecord, DeadLetter
from chartstream.events.review import ReviewRequested
from chartstream.stream.record import read
from chartstream.stream.settings import KafkaSettings
from tests.faults.model import REJECTED, Seen

TOPICS = ("claims.coded", "review.requested", "notes.rejected", "audit.trail", DEAD_LETTERS_TOPIC)


class OutcomeReader(threading.Thread):
    """Reads in a thread of its own, without a group, from the beginning of each partition."""

    def __init__(self, settings: KafkaSettings, topics: Sequence[str] = TOPICS) -> None:
        super().__init__(name="outcomes", daemon=True)
        self.seen: list[Seen] = []
        self._prefix = settings.topic_prefix
        self._codec = Codec()
        self._until: dict[tuple[str, int], int] | None = None
        self._reached: dict[tuple[str, int], int] = {}
        self._fault: Exception | None = None
        self._stopped = threading.Event()
        quiet = {**settings.client_config(), "log_level": 0}  # the broker is away on purpose
        self._admin = AdminClient(quiet)
        self._consumer = Consumer(
            {
                **quiet,
                "group.id": f"outcomes-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 20,
            }
        )
        known = self._consumer.list_topics(timeout=20).topics
        names = [settings.topic(topic) for topic in topics]
        self._places = [TopicPartition(name, number) for name in names for number in known[name].partitions]

    def run(self) -> None:
        """Read until ``finish`` says up to where."""
        try:
            self._consumer.assign([TopicPartition(place.topic, place.partition, 0) for place in self._places])
            while not self._stopped.is_set() and not self._is_finished():
                for message in self._consumer.consume(500, timeout=0.05):
                    self._take(message)
        except Exception as error:  # raised again by finish, in the thread that asks
            self._fault = error
        finally:
            self._consumer.close()

    def finish(self, seconds: float) -> None:
        """Read to the present high watermarks, which waits for open transactions to end, and stop.

        Raises what went wrong while reading, ``TimeoutError`` where the end is not reached in time.
        """
        asked = {place: OffsetSpec.latest() for place in self._places}  # type: ignore[no-untyped-call]
        ends = self._admin.list_offsets(asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=20)
        self._until = {(place.topic, place.partition): answer.result().offset for place, answer in ends.items()}
        self.join(seconds)
        late = self.is_alive()
        self.stop()
        if self._fault is not None:
            raise self._fault
        if late:
            raise TimeoutError(f"the ends of {TOPICS} were not reached in {seconds:.0f} s: a transaction stays open")

    def stop(self) -> None:
        """Stop wherever it is."""
        self._stopped.set()
        if self.is_alive():
            self.join(10)

    def _is_finished(self) -> bool:
        return self._until is not None and all(self._reached.get(key, 0) >= end for key, end in self._until.items())

    def _take(self, message: Message) -> None:
        error = message.error()
        topic, partition, offset = message.topic() or "", message.partition() or 0, message.offset() or 0
        if error is None:
            self._reached[topic, partition] = offset + 1
            self.seen.append(self._read(message, topic.removeprefix(self._prefix), partition, offset))
        elif error.code() == KafkaError._PARTITION_EOF:
            self._reached[topic, partition] = max(offset, self._reached.get((topic, partition), 0))
        elif error.fatal():
            raise KafkaException(error)

    def _read(self, message: Message, topic: str, partition: int, offset: int) -> Seen:
        event = self._codec.decode(message.value(), record_on(topic))
        if not isinstance(event, Event):
            raise TypeError(f"{topic} holds no events")
        headers = dict(read(message).headers)
        # a dead letter begins a trace of its own
        trace = (headers.get("traceparent") or b"--").decode().split("-")[1]
        return Seen(trace, _what(event), topic, _stage(event), partition, offset, time.time())


def _what(event: Event) -> str:
    match event:
        case ClaimCoded():
            return f"claim {event.kind.value.lower()} {event.revision}"
        case ReviewRequested():
            return f"review {event.kind.value.lower()}"
        case NoteRejected():
            return REJECTED
        case AuditRecord():
            return f"audit {event.action}"
        case DeadLetter():
            return f"dead letter {event.stage} {event.error_class}"
    raise TypeError(f"{type(event).__name__} is no outcome")


def _stage(event: Event) -> str:
    return event.head.produced_by.partition("/")[0]
