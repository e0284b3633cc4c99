"""The topics that every contestant reads: filled before the first of them starts, the same for all."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from chartstream.events.codec import Codec
from tests.faults.encounters import coded_note, note

PARTITIONS = 12
VALUE_BYTES = 1000


def plain_records(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of 1,000 bytes of note text, which compresses as notes do."""
    rng = random.Random(1)
    text = "\n".join(note(rng) for _ in range(2000)).encode()
    for number in range(count):
        begin = rng.randrange(len(text) - VALUE_BYTES)
        yield b"%040x" % number, text[begin : begin + VALUE_BYTES]


def event_records(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of ``NoteSubmitted`` events with a text of 1,000 to 2,000 characters in them."""
    rng, codec = random.Random(2), Codec()
    for number in range(count):
        event = coded_note(number, rng).event
        text = "\n".join(note(rng) for _ in range(5))[: rng.randint(1000, 2000)]
        document = event.documents[0].model_copy(update={"inline_text": text})
        value = codec.encode(event.model_copy(update={"documents": (document,)}), "notes.submitted")
        yield event.head.encounter_id.encode(), value


def create(client: dict[str, str | int | float | bool], *topics: str) -> None:
    """Make topics with the common number of partitions."""
    admin = AdminClient(client)  # its futures end unanswered when it is collected
    for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in topics]).values():
        future.result(30)


def delete(client: dict[str, str | int | float | bool], *topics: str) -> None:
    """Delete topics with all that they hold."""
    admin = AdminClient(client)
    for future in admin.delete_topics(list(topics)).values():
        future.result(30)


def fill(client: dict[str, str | int | float | bool], topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Write the records, uncompressed, since not every contestant's client reads every compression."""
    producer = Producer({**client, "linger.ms": 50, "partitioner": "murmur2_random", "batch.size": 200_000})
    for key, value in records:
        while True:
            try:
                producer.produce(topic, value, key)
            except BufferError:
                producer.poll(0.1)
            else:
                break
        producer.poll(0)
    producer.flush()
