"""Memory of a stage: one value per key, kept by its changelog.

The changelog is a compacted topic with as many partitions as the input; what is remembered under an input partition is
written to the same partition of the changelog, in the same transaction as the outputs. On assignment it is read back:
read_committed, up to the *high watermark*, not merely to the last stable offset, which an open transaction holds back.
A caller asks for the committed input offsets first (those wait for open transactions), then starts the restoration: so
the memory is never older than the position it goes with.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from chartstream.errors import ConfigurationError, Transient

Memory = dict[bytes, bytes]
"""What is remembered in one partition: key to encoded record."""

Client: TypeAlias = Mapping[str, str | int | float | bool]

_ANSWER_SECONDS = 10.0
_NO_SUCH_PARTITION = {
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_TOPIC,  # noqa: SLF001 - the client's public constants
    KafkaError._UNKNOWN_PARTITION,  # noqa: SLF001
}


class Restoration:
    """Reads partitions of a changelog, a slice of time at a time, so that the loop goes on polling.

    One reader serves all partitions that are taken up together: a connection and a queue each would cost more than
    the reading. A partition given up in between is simply left out.
    """

    def __init__(self, client: Client, changelog: str, partitions: Iterable[int]) -> None:
        """Raises ``Transient`` where the broker does not answer, ``ConfigurationError`` for a missing changelog."""
        self._changelog = changelog
        self._ends = _high_watermarks(client, changelog, partitions)
        self._memories: dict[int, Memory] = {partition: {} for partition in self._ends}
        self._reading = {partition for partition, end in self._ends.items() if end > 0}
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
        self._consumer.assign([TopicPartition(changelog, partition, 0) for partition in self._reading])

    def advance(self, seconds: float) -> None:
        """Read on for about that long, or until all partitions have been read up to their high watermark."""
        deadline = time.monotonic() + seconds
        while self._reading and (left := deadline - time.monotonic()) > 0:
            # asked for many at once, the client waits out its time even at the end of the log
            first = self._consumer.poll(left)
            for message in () if first is None else (first, *self._consumer.consume(1000, timeout=0.0)):
                self._take(message)

    def take(self, partition: int) -> Memory | None:
        """The memory of a partition, handed over once; ``None`` while it is still being read."""
        if partition in self._reading:
            return None
        memory = self._memories.pop(partition)
        self._close_when_over()
        return memory

    def give_up(self, partition: int) -> None:
        """Read no more of a partition."""
        self._memories.pop(partition, None)
        self._leave(partition)
        self._close_when_over()

    def _take(self, message: Message) -> None:
        error, offset, partition = message.error(), message.offset() or 0, message.partition() or 0
        if error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the client's public constant
            if error.fatal():
                raise KafkaException(error)
            return
        if partition not in self._reading:
            return
        if error is None:
            key, value = message.key() or b"", message.value()
            if value is None:
                self._memories[partition].pop(key, None)
            else:
                self._memories[partition][key] = value
        # the end of the partition lies behind the markers and aborted records that were skipped
        if (offset + 1 if error is None else offset) >= self._ends[partition]:
            self._leave(partition)

    def _leave(self, partition: int) -> None:
        if partition in self._reading:
            self._reading.remove(partition)
            self._consumer.incremental_unassign([TopicPartition(self._changelog, partition)])

    def _close_when_over(self) -> None:
        if not self._memories:
            self._consumer.close()


def _high_watermarks(client: Client, changelog: str, partitions: Iterable[int]) -> dict[int, int]:
    admin = AdminClient(dict(client))
    asked = {
        TopicPartition(changelog, partition): OffsetSpec.latest()  # type: ignore[no-untyped-call]
        for partition in partitions
    }
    answers = admin.list_offsets(
        asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=_ANSWER_SECONDS
    )
    ends = {}
    for where, answer in answers.items():
        try:
            ends[where.partition] = int(answer.result().offset)
        except KafkaException as error:
            reason = error.args[0]
            if reason.code() in _NO_SUCH_PARTITION:
                raise ConfigurationError(
                    f"changelog {changelog} has no partition {where.partition}; run `chartstream topics apply`"
                ) from error
            raise Transient(f"the end of changelog {changelog} cannot be asked for: {reason.name()}") from error
    return ends
