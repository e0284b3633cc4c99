"""Publishes submissions at their times, at least once, and keeps the order in which the topic took them."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from confluent_kafka import KafkaError, Message, Producer

from chartstream.events.codec import Codec
from chartstream.events.headers import headers_of
from chartstream.stream.settings import KafkaSettings
from tests.faults.encounters import Submission


class Publisher(threading.Thread):
    """Sends in a thread of its own; ``published`` is complete once it has ended."""

    def __init__(self, settings: KafkaSettings, submissions: Sequence[Submission]) -> None:
        super().__init__(name="publisher", daemon=True)
        self._submissions = sorted(submissions, key=lambda submission: submission.at)
        self._topic, codec = settings.topic("notes.submitted"), Codec()
        self._encoded = [codec.encode(each.event, "notes.submitted") for each in self._submissions]
        self._taken: list[tuple[int, int, Submission]] = []
        self._failures: list[str] = []
        self.sent_at: dict[str, float] = {}
        """When each trace was handed to the producer, in seconds since 1970."""
        self._stopped = threading.Event()
        self._producer = Producer(
            {
                **settings.client_config(),
                "enable.idempotence": True,
                "acks": "all",
                "partitioner": "murmur2_random",
                "linger.ms": 0,
                "log_level": 0,  # the broker is away on purpose
                "message.timeout.ms": 300_000,
            }
        )

    @property
    def total(self) -> int:
        """How many submissions there are to send."""
        return len(self._submissions)

    @property
    def published(self) -> list[Submission]:
        """What the topic took, each partition's in its order. Raises ``RuntimeError`` if anything was refused."""
        if self._failures:
            raise RuntimeError(f"{len(self._failures)} submissions could not be published: {self._failures[0]}")
        return [submission for _, _, submission in sorted(self._taken, key=lambda taken: taken[:2])]

    def run(self) -> None:
        """Send each submission at its time, counted from now, and wait until the topic has them all."""
        begun = time.monotonic()
        for submission, value in zip(self._submissions, self._encoded, strict=True):
            while (wait := begun + submission.at - time.monotonic()) > 0 and not self._stopped.is_set():
                self._producer.poll(min(wait, 0.05))
            if self._stopped.is_set():
                return
            self._send(submission, value)
        self._producer.flush(300)

    def stop(self) -> None:
        """Send no more."""
        self._stopped.set()
        if self.is_alive():
            self.join(310)

    def _send(self, submission: Submission, value: bytes) -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            if error is None:
                self._taken.append((message.partition() or 0, message.offset() or 0, submission))
            else:
                self._failures.append(error.name())

        span = submission.trace[:16]
        headers = dict(headers_of(submission.event)) | {"traceparent": f"00-{submission.trace}-{span}-01".encode()}
        self.sent_at[submission.trace] = time.time()
        self._producer.produce(
            self._topic,
            value,
            key=submission.encounter_id.encode(),
            headers=list(headers.items()),
            on_delivery=delivered,
        )
        self._producer.poll(0)
