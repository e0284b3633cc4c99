"""Every committed event of one encounter, from the one partition of each topic that its key leads to."""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from chartstream.audit.found import Found
from chartstream.errors import ConfigurationError, Undecodable, UnknownSchema
from chartstream.events.catalogue import AUDITS_TOPIC, TOPICS, record_on
from chartstream.events.codec import Codec
from chartstream.events.head import Event
from chartstream.stream.settings import KafkaSettings

_logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 30.0
_PAUSE_SECONDS = 0.2
_MOVES = frozenset({KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE})
TOPICS_READ = tuple(sorted({name for record, name in TOPICS.items() if issubclass(record, Event)} | {AUDITS_TOPIC}))
"""All topics of events; the changelogs of services repeat what stands there."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read of a topic for one encounter: offsets from ``begin`` to before ``end``; ``found`` are its own."""

    topic: str
    partition: int
    begin: int
    end: int
    found: int


class EncounterReader:
    """Reads the topics once, without a group and without committing anything."""

    def __init__(self, kafka: KafkaSettings, codec: Codec, tell: Callable[[str], None]) -> None:
        """``tell`` is given a line of progress after each topic."""
        self._kafka, self._codec, self._tell = kafka, codec, tell

    def read(self, encounter_id: str, since: datetime | None = None) -> tuple[list[Found], list[Stretch]]:
        """All records under the encounter's key that were committed when it was asked, from ``since`` on.

        A record that is no event this version can read is given as it is. Raises ``ConfigurationError`` where Kafka
        does not answer or a topic is not there.
        """
        found: list[Found] = []
        stretches: list[Stretch] = []
        consumer = Consumer(
            {
                **self._kafka.client_config(),
                # no offsets are ever committed and no group is joined; the client asks for a group id all the same
                "group.id": f"audit-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
            },
            logger=_logger,
        )
        try:
            for topic, place, end in self._stretches(consumer, encounter_id, since):
                of_topic = [
                    self._found(message, topic)
                    for message in _messages(consumer, place, end)
                    if message.key() == encounter_id.encode()
                ]
                found.extend(of_topic)
                stretches.append(Stretch(topic, place.partition, place.offset, end, len(of_topic)))
                self._tell(
                    f"{topic}: {len(of_topic)} of the encounter in partition {place.partition}, "
                    f"{max(end - place.offset, 0)} offsets passed"
                )
        except KafkaException as error:
            raise ConfigurationError(
                f"Kafka: {error.args[0].str()}; check CHARTSTREAM_KAFKA_* and this principal's rights"
            ) from error
        finally:
            consumer.close()
        return found, stretches

    def _stretches(
        self, consumer: Consumer, encounter_id: str, since: datetime | None
    ) -> list[tuple[str, TopicPartition, int]]:
        """For each topic where to begin, and the offset before which to end.

        All are asked for at once where the client can: it waits up to a second for each answer.
        """
        known = consumer.list_topics(timeout=_ANSWER_SECONDS).topics
        moment = 0 if since is None else int(since.timestamp() * 1000)
        moments = []
        for topic in TOPICS_READ:
            if (name := self._kafka.topic(topic)) not in known:
                raise ConfigurationError(f"topic {name} does not exist; run `chartstream topics apply`")
            partition = partition_of(encounter_id.encode(), len(known[name].partitions))
            moments.append(TopicPartition(name, partition, moment))
        bounds = [_watermarks(consumer, each) for each in moments]
        begins = [begin for begin, _ in bounds]
        if since is not None:
            found = consumer.offsets_for_times(moments, timeout=_ANSWER_SECONDS)
            offsets = {(each.topic, each.partition): each.offset for each in found}
            begins = [
                # Negative: nothing was written since.
                offset if (offset := offsets[each.topic, each.partition]) >= 0 else end
                for each, (_, end) in zip(moments, bounds, strict=True)
            ]
        return [
            (topic, TopicPartition(each.topic, each.partition, begin), end)
            for topic, each, begin, (_, end) in zip(TOPICS_READ, moments, begins, bounds, strict=True)
        ]

    def _found(self, message: Message, topic: str) -> Found:
        value = message.value()
        event: Event | None = None
        unreadable: str | None = None
        try:
            record = self._codec.decode(value, record_on(topic))
            event = record if isinstance(record, Event) else None
        except (Undecodable, UnknownSchema) as error:
            unreadable = str(error)
        return Found(
            topic=topic,
            event=event,
            partition=message.partition(),
            offset=message.offset(),
            written_at=datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC),
            value_sha256=hashlib.sha256(value or b"").hexdigest(),
            unreadable=unreadable,
            value=value if unreadable is not None else None,
        )


def _watermarks(consumer: Consumer, place: TopicPartition) -> tuple[int, int]:
    """First offset and the one behind the last; asked again while a partition has no leader or changes it."""
    until = time.monotonic() + _ANSWER_SECONDS
    while True:
        try:
            watermarks = consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
        except KafkaException as error:
            if error.args[0].code() not in _MOVES or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_SECONDS)
            continue
        if watermarks is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - the client's public constant
        return int(watermarks[0]), int(watermarks[1])


def _messages(consumer: Consumer, place: TopicPartition, end: int) -> Iterator[Message]:
    if place.offset >= end:
        return
    consumer.assign([place])
    while True:
        message = consumer.poll(_ANSWER_SECONDS)
        if message is None:
            raise ConfigurationError(f"no answer from Kafka for {place.topic}; check CHARTSTREAM_KAFKA_*")
        error, offset = message.error(), message.offset() or 0
        if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - public constant
            raise KafkaException(error)
        if error is None and offset < end:
            yield message
        # The last offsets may be markers of transactions, which are never given: then the end of the partition is.
        if error is not None or offset >= end - 1:
            return


def partition_of(key: bytes, count: int) -> int:
    """The partition of a key among ``count``, as Kafka's Java clients and librdkafka's murmur2 choose it."""
    return (_murmur2(key) & 0x7FFFFFFF) % count


def _murmur2(data: bytes) -> int:
    """MurmurHash2, 32 bits, with the seed of org.apache.kafka.common.utils.Utils.murmur2."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = 0x9747B28C ^ len(data)
    whole = len(data) // 4 * 4
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = (h * m & mask) ^ k
    if tail := data[whole:]:
        h = (h ^ int.from_bytes(tail, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15
