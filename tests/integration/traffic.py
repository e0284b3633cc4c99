"""Plain reading and writing of topics, for the integration tests."""

from __future__ import annotations

from confluent_kafka import Consumer, Producer

from chartstream.stream.settings import KafkaSettings


def produce(settings: KafkaSettings, topic: str, values: list[bytes], key: bytes = b"key") -> None:
    """Write the values, all with one key, and wait until the broker has them."""
    answers: list[str] = []
    config = {"acks": "all", "partitioner": "murmur2_random", "topic.metadata.propagation.max.ms": 2000}
    producer = Producer({**settings.client_config(), **config})
    for value in values:
        producer.produce(settings.topic(topic), value, key=key, on_delivery=lambda error, _: answers.append(str(error)))
    assert producer.flush(20) == 0
    assert answers == ["None"] * len(values)


def consume(settings: KafkaSettings, topic: str, count: int, within: float = 20.0) -> list[bytes]:
    """The first ``count`` values of a topic, read_committed from its beginning; fewer only if time runs out."""
    consumer = Consumer(
        {
            **settings.client_config(),
            "group.id": "reader",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe([settings.topic(topic)])
    try:
        values = [message.value() for message in consumer.consume(count, timeout=within)]
    finally:
        consumer.close()
    assert all(isinstance(value, bytes) for value in values)
    return [value for value in values if isinstance(value, bytes)]
