"""Memory of a stage: one value per key, kept by its changelog.

The changelog is a compacted topic with as many partitions as the input; what is remembered under an input partition is
written to the same partition of the changelog, in the same transaction as the outputs. On assignment it is read back:
read_committed, up to the *high watermark*, not merely to the last stable offset, which an open transaction holds back.
A caller asks for the committed input offsets first (those wait for open transactions), then starts the restoration: so
the memory is never older than the position it goes with.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from chartstream.errors import ConfigurationError, Transient

Memory = dict[bytes, bytes]
"""What is remembered in one partition: key to encoded record."""

_ANSWER_SECONDS = 10.0


class Restoration:
    """Reads one partition of a changelog, a slice of time at a time, so that the loop goes on polling."""

    def __init__(self, client: Mapping[str, str | int | float | bool], changelog: str, partition: int) -> None:
        """Raises ``Transient`` where the broker does not answer, ``ConfigurationError`` for a missing changelog."""
        self.memory: Memory = {}
        self._where = TopicPartition(changelog, partition, 0)
        self._end = _high_watermark(client, self._where)
        self._position = 0
        self._consumer = Consumer(
            {
                **client,
                # no offsets are ever committed and no group is joined; the client asks for a group id all the same
                "group.id": f"restore-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
            }
        )
        self._consumer.assign([self._where])

    def advance(self, seconds: float) -> bool:
        """Read on for about that long; ``True`` once the high watermark is reached and the reader closed."""
        if self._position < self._end:
            for message in self._consumer.consume(num_messages=5000, timeout=seconds):
                self._take(message)
        done = self._position >= self._end
        if done:
            self.close()
        return done

    def close(self) -> None:
        """Stop reading, finished or not."""
        self._consumer.close()

    def _take(self, message: Message) -> None:
        error, offset = message.error(), message.offset() or 0
        if error is None:
            key, value = message.key() or b"", message.value()
            if value is None:
                self.memory.pop(key, None)
            else:
                self.memory[key] = value
            self._position = offset + 1
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's public constant
            self._position = max(self._position, offset)  # behind the markers and aborted records skipped
        elif error.fatal():
            raise KafkaException(error)


def _high_watermark(client: Mapping[str, str | int | float | bool], where: TopicPartition) -> int:
    admin = AdminClient(dict(client))
    asked = {TopicPartition(where.topic, where.partition): OffsetSpec.latest()}  # type: ignore[no-untyped-call]
    try:
        answers = admin.list_offsets(
            asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=_ANSWER_SECONDS
        )
        return int(next(iter(answers.values())).result().offset)
    except KafkaException as error:
        reason = error.args[0]
        if reason.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise ConfigurationError(
                f"changelog {where.topic} has no partition {where.partition}; run `chartstream topics apply`"
            ) from error
        raise Transient(f"the end of changelog {where.topic} cannot be asked for: {reason.name()}") from error
