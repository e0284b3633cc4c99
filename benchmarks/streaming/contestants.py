"""The loops that are compared, each run in a process of its own: ``python -m benchmarks.streaming.contestants NAME …``.

Each reads INPUT in the group GROUP and writes to OUTPUT until it is told to stop (SIGTERM).
"""

from __future__ import annotations

import argparse
import logging
import signal
import tempfile
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer

from chartstream.clock import SystemClock
from chartstream.documents import FsspecDocumentStore
from chartstream.events.codec import Codec
from chartstream.events.documents import AcceptedDocument, NoteAccepted, NoteSubmitted
from chartstream.events.head import Event, Origin
from chartstream.events.identity import Successors
from chartstream.stream import garbage
from chartstream.stream.dead_letters import DeadLetterOffice
from chartstream.stream.event_work import EventWork
from chartstream.stream.processor import Processor, Ticket
from chartstream.stream.record import InputRecord, OutputRecord
from chartstream.stream.transactions import RETRY_BACKOFF_MS
from chartstream.stream.work import Result, Work
from chartstream.stream.workers import InlineWorker

BATCH = 500
LINGER_MS = 5


@dataclass(frozen=True)
class Course:
    """Where a contestant reads and writes."""

    bootstrap: str
    input: str
    output: str
    group: str

    def consumer(self) -> Consumer:
        """A consumer as the raw loops use it."""
        config: dict[str, Any] = {
            "bootstrap.servers": self.bootstrap,
            "group.id": self.group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
        consumer = Consumer(config)
        consumer.subscribe([self.input])
        return consumer

    def producer(self, own: Mapping[str, str | int] | None = None) -> Producer:
        """A producer with the linger and compression of all."""
        config: dict[str, Any] = {
            "bootstrap.servers": self.bootstrap,
            "linger.ms": LINGER_MS,
            "compression.type": "lz4",
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "queue.buffering.max.messages": 1_000_000,
        }
        return Producer({**config, **(own or {})})


def raw_at_least_once(course: Course, stop: threading.Event) -> None:
    """Consume, produce, flush, commit synchronously; 500 records at a time."""
    consumer, producer = course.consumer(), course.producer()
    while not stop.is_set():
        messages = consumer.consume(BATCH, timeout=0.2)
        for message in messages:
            producer.produce(course.output, message.value(), message.key())
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)
    consumer.close()


def raw_transactional(course: Course, stop: threading.Event) -> None:
    """The same, with a transaction for each 500 records."""
    consumer = course.consumer()
    own: dict[str, str | int] = {"transactional.id": f"raw-{uuid.uuid4().hex}", "retry.backoff.ms": RETRY_BACKOFF_MS}
    producer = course.producer(own)
    producer.init_transactions()
    while not stop.is_set():
        messages = consumer.consume(BATCH, timeout=0.2)
        if not messages:
            continue
        producer.begin_transaction()
        for message in messages:
            producer.produce(course.output, message.value(), message.key())
        position = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(position, consumer.consumer_group_metadata())
        producer.commit_transaction()
    consumer.close()


def ours_bytes(course: Course, stop: threading.Event) -> None:
    """Our runtime, exactly once, passing bytes through."""

    def work(record: InputRecord, memory: bytes | None) -> Result:
        return Result((OutputRecord(course.output, record.key, record.value, []),))

    _process(course, work, stop)


def ours_events(course: Course, stop: threading.Event) -> None:
    """Our runtime, exactly once, decoding and encoding events; the output is ``PREFIXnotes.accepted``."""

    def stage(event: NoteSubmitted) -> Sequence[Event]:
        head = Successors(event.head, SystemClock().now(), "bench/1").head(NoteAccepted)
        documents = tuple(AcceptedDocument(document=document) for document in event.documents)
        return [
            NoteAccepted(
                head=head,
                action=event.action,
                origin=Origin.ENGINE,
                encounter=event.encounter,
                documents=documents,
                content_sha256="0" * 64,
            )
        ]

    prefix = course.output.removesuffix("notes.accepted")
    _process(course, EventWork(stage, NoteSubmitted, Codec(), prefix), stop)


def _process(course: Course, work: Work, stop: threading.Event) -> None:
    store = FsspecDocumentStore(Path(tempfile.gettempdir()).as_uri())

    def make_worker() -> InlineWorker[Ticket]:
        return InlineWorker(lambda: work)

    processor = Processor(
        "bench",
        course.input,
        {"bootstrap.servers": course.bootstrap},
        make_worker,
        DeadLetterOffice("bench", Codec(), store, SystemClock(), ""),
        group=course.group,
    )
    garbage.search_rarely()  # as every service does
    processor.run(stop)


def faust_batched(course: Course, _: threading.Event) -> None:
    """faust at its best: batches taken from the stream, sends buffered."""
    app, source, sink = _faust(course)

    async def copy(stream: Any) -> None:
        async for events in stream.take_events(BATCH, within=0.05):
            for event in events:
                sink.send_soon(key=event.key, value=event.value)

    app.agent(source)(copy)
    _run_faust(app)


def faust_awaited(course: Course, _: threading.Event) -> None:
    """faust with an awaited send for each record, as its documentation shows it."""
    app, source, sink = _faust(course)

    async def copy(stream: Any) -> None:
        async for event in stream.events():
            await sink.send(key=event.key, value=event.value)

    app.agent(source)(copy)
    _run_faust(app)


def _faust(course: Course) -> tuple[Any, Any, Any]:
    import faust  # noqa: PLC0415 - only its own processes pay for it

    app = faust.App(
        course.group,
        broker=f"kafka://{course.bootstrap}",
        datadir=tempfile.mkdtemp(prefix="faust-"),
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        broker_max_poll_records=BATCH,
        producer_linger_ms=LINGER_MS,
        producer_max_batch_size=1_000_000,
        consumer_auto_offset_reset="earliest",
    )
    raw: dict[str, Any] = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    return app, app.topic(course.input, **raw), app.topic(course.output, **raw)


def _run_faust(app: Any) -> None:
    import faust  # noqa: PLC0415

    faust.Worker(app, loglevel=logging.WARNING, logging_config=None).execute_from_commandline()


CONTESTANTS = {
    function.__name__: function
    for function in (raw_at_least_once, raw_transactional, ours_bytes, ours_events, faust_batched, faust_awaited)
}


def main() -> None:
    """Run one contestant until SIGTERM."""
    parser = argparse.ArgumentParser(prog="benchmarks.streaming.contestants", description=(__doc__ or "").split(":")[0])
    parser.add_argument("name", choices=CONTESTANTS)
    for place in ("bootstrap", "input", "output", "group"):
        parser.add_argument(place)
    options = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    course = Course(options.bootstrap, options.input, options.output, options.group)
    CONTESTANTS[options.name](course, stop)


if __name__ == "__main__":
    main()
