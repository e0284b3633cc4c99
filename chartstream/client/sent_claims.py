"""All coded claims that are on the topic now, without a group: to look up what a payer answers about."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from chartstream.errors import ConfigurationError
from chartstream.events.catalogue import TOPICS
from chartstream.events.claims import ClaimCoded
from chartstream.events.codec import Codec
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment

_logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 30.0


def claims_on_topic(kafka: KafkaSettings | None = None, codec: Codec | None = None) -> Iterator[ClaimCoded]:
    """Committed claims, in order within each partition, up to the end at the moment of asking.

    Raises ``ConfigurationError`` where Kafka does not answer or the topic is not there, ``Undecodable`` or
    ``UnknownSchema`` at a record that cannot be read.
    """
    kafka, codec = kafka or KafkaSettings.from_environment(), codec or codec_from_environment()
    topic = kafka.topic(TOPICS[ClaimCoded])
    consumer = Consumer(
        {
            **kafka.client_config(),
            # no offsets are ever committed and no group is joined; the client asks for a group id all the same
            "group.id": f"claims-lookup-{uuid.uuid4().hex}",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        },
        logger=_logger,
    )
    try:
        partitions = consumer.list_topics(topic, timeout=_ANSWER_SECONDS).topics[topic].partitions
        if not partitions:
            raise ConfigurationError(f"topic {topic} does not exist; run `chartstream topics apply`")
        places = [TopicPartition(topic, partition, 0) for partition in partitions]
        ends = {place.partition: _end(consumer, place) for place in places}
        consumer.assign(places)
        for value in _values(consumer, ends):
            yield codec.decode(value, ClaimCoded)
    except KafkaException as error:
        raise ConfigurationError(
            f"Kafka: {error.args[0].str()}; check CHARTSTREAM_KAFKA_* and this principal's rights"
        ) from error
    finally:
        consumer.close()


def _values(consumer: Consumer, ends: Mapping[int, int]) -> Iterator[bytes | None]:
    unended = set(ends)
    while unended:
        message = consumer.poll(_ANSWER_SECONDS)
        if message is None:
            raise ConfigurationError("no answer from Kafka for the claims; check CHARTSTREAM_KAFKA_*")
        error, partition = message.error(), message.partition() or 0
        if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - public constant
            raise KafkaException(error)
        offset = message.offset() or 0
        if error is not None or offset >= ends[partition] - 1:
            unended.discard(partition)
        if error is None and offset < ends[partition]:
            yield message.value()


def _end(consumer: Consumer, place: TopicPartition) -> int:
    watermarks = consumer.get_watermark_offsets(place, timeout=_ANSWER_SECONDS)
    if watermarks is None:
        raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - the client's public constant
    return int(watermarks[1])
