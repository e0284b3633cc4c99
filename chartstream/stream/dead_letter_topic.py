"""The dead-letter topic as an operator reads it, and how letters go back to where they came from."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from chartstream.errors import ConfigurationError, Rejected, Transient, Undecodable, UnknownSchema
from chartstream.events.catalogue import DEAD_LETTERS_TOPIC
from chartstream.events.codec import Codec
from chartstream.events.operations import DeadLetter
from chartstream.ports import DocumentStore
from chartstream.stream.settings import KafkaSettings

REPLAYED_FROM = "chartstream-replayed-from"
"""Header of a replayed record: ``TOPIC:PARTITION:OFFSET`` of its dead letter."""

_ANSWER_SECONDS = 10.0
_REPLAY_SECONDS = 60.0


class Position(NamedTuple):
    """Where a letter lies on the dead-letter topic."""

    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From ``PARTITION:OFFSET``. Raises ``ConfigurationError``."""
        partition, _, offset = text.partition(":")
        if not (partition.isdecimal() and offset.isdecimal()):
            raise ConfigurationError(f"{text!r} is no PARTITION:OFFSET; `chartstream dead-letters list` shows them")
        return cls(int(partition), int(offset))

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter and where it lies."""

    position: Position
    letter: DeadLetter

    def value(self, documents: DocumentStore) -> bytes | None:
        """The original value, from the document store if it was too large for the topic.

        Raises ``ConfigurationError`` where the store does not have it, or cannot be reached.
        """
        check = self.letter.value_claim_check
        if check is None:
            return self.letter.value
        try:
            return documents.get(check.uri, check.sha256)
        except (Rejected, Transient) as error:
            raise ConfigurationError(f"the value of dead letter {self.position}: {error}") from error


class DeadLetterTopic:
    """Reads the letters that are committed at the moment of asking."""

    def __init__(self, kafka: KafkaSettings, codec: Codec) -> None:
        self._client, self._codec = kafka.client_config(), codec
        self.name = kafka.topic(DEAD_LETTERS_TOPIC)
        self.unreadable: list[Position] = []
        """Records met so far that are no letters this version can read."""

    def __iter__(self) -> Iterator[Stored]:
        """All letters that are there now, in order within each partition; not those that come while they are read, as
        when replayed records fail again. Raises ``ConfigurationError`` where Kafka does not answer.
        """
        consumer = self._consumer()
        try:
            partitions = consumer.list_topics(self.name, timeout=_ANSWER_SECONDS).topics[self.name].partitions
            if not partitions:
                raise ConfigurationError(f"topic {self.name} does not exist; run `chartstream topics apply`")
            places = [TopicPartition(self.name, partition, 0) for partition in partitions]
            ends = {place.partition: _end(consumer, place) for place in places}
            consumer.assign(places)
            yield from self._read(consumer, ends)
        except KafkaException as error:
            raise _unanswered(error) from error
        finally:
            consumer.close()

    def at(self, position: Position) -> Stored:
        """The letter at a position. Raises ``ConfigurationError`` where there is none."""
        consumer = self._consumer()
        try:
            consumer.assign([TopicPartition(self.name, *position)])
            for stored in self._read(consumer, {position.partition: position.offset + 1}):
                if stored.position == position:
                    return stored
        except KafkaException as error:
            raise _unanswered(error) from error
        finally:
            consumer.close()
        raise ConfigurationError(f"there is no dead letter at {position}; `chartstream dead-letters list` shows them")

    def _consumer(self) -> Consumer:
        return Consumer(
            {
                **self._client,
                # no offsets are ever committed and no group is joined; the client asks for a group id all the same
                "group.id": f"dead-letters-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
            }
        )

    def _read(self, consumer: Consumer, ends: Mapping[int, int]) -> Iterator[Stored]:
        unended = set(ends)
        while unended:
            message = consumer.poll(_ANSWER_SECONDS)
            if message is None:
                raise ConfigurationError(f"no answer from Kafka for {self.name}; check CHARTSTREAM_KAFKA_*")
            error, position = message.error(), _position(message)
            if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - public constant
                raise KafkaException(error)
            if error is not None or position.offset >= ends[position.partition] - 1:
                unended.discard(position.partition)
            if error is None and position.offset < ends[position.partition]:
                yield from self._stored(position, message.value())

    def _stored(self, position: Position, value: bytes | None) -> Iterator[Stored]:
        try:
            yield Stored(position, self._codec.decode(value, DeadLetter))
        except (Undecodable, UnknownSchema):
            self.unreadable.append(position)


def replay(kafka: KafkaSettings, letters: Sequence[Stored], documents: DocumentStore) -> None:
    """Write the original bytes, key and headers of all ``letters`` back to their topics, in one transaction.

    Their stages then process them as new records; what came of them before was the letter, and nothing else. Raises
    ``ConfigurationError`` where a value or topic is gone or Kafka does not answer; then none is replayed.
    """
    producer = Producer(
        {
            **kafka.client_config(),
            "transactional.id": f"chartstream-replay-{uuid.uuid4().hex}",
            "transaction.timeout.ms": int(_REPLAY_SECONDS * 1000),
            "partitioner": "murmur2_random",
            # what a source topic once took it takes again; the client need not judge
            "message.max.bytes": 1_000_000_000,
        }
    )
    try:
        _require_topics(letters, producer.list_topics(timeout=_ANSWER_SECONDS).topics)
        producer.init_transactions(_REPLAY_SECONDS)
        producer.begin_transaction()
        try:
            for stored in letters:
                _write_back(producer, stored, kafka.topic(DEAD_LETTERS_TOPIC), documents)
            producer.commit_transaction(_REPLAY_SECONDS)
        except BaseException:
            # an open transaction would hold the stages back until it times out
            producer.abort_transaction(_REPLAY_SECONDS)
            raise
    except KafkaException as error:
        raise _unanswered(error) from error


def _require_topics(letters: Sequence[Stored], present: Container[str]) -> None:
    for stored in letters:
        if stored.letter.source_topic not in present:
            raise ConfigurationError(
                f"dead letter {stored.position} came from {stored.letter.source_topic}, which does not exist; "
                "run `chartstream topics apply`, or look whether this is the cluster that it came from"
            )


def _write_back(producer: Producer, stored: Stored, topic: str, documents: DocumentStore) -> None:
    letter = stored.letter
    kept = [(header.name, header.value) for header in letter.headers if header.name != REPLAYED_FROM]
    # the stub's list of headers is invariant; ours never holds a str
    headers = cast("Any", [*kept, (REPLAYED_FROM, f"{topic}:{stored.position}".encode())])
    producer.produce(letter.source_topic, stored.value(documents), letter.key, headers=headers)
    producer.poll(0)


def _position(message: Message) -> Position:
    return Position(cast("int", message.partition()), cast("int", message.offset()))


def _end(consumer: Consumer, place: TopicPartition) -> int:
    watermarks = consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
    if watermarks is None:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - the client's public constant
    return int(watermarks[1])


def _unanswered(error: KafkaException) -> ConfigurationError:
    return ConfigurationError(
        f"Kafka: {error.args[0].str()}; check CHARTSTREAM_KAFKA_* and this principal's rights "
        "(`chartstream kafka up` starts a local broker)"
    )
