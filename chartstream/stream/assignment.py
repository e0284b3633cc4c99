"""The partitions of this member: taken up at their committed offsets, readied with their memory, given up at once.

A partition taken up is paused until its position and memory are known. Neither is waited for in Kafka's callbacks: the
loop goes on polling, and asks ``adopt`` to take another step.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence

from confluent_kafka import Consumer, KafkaException, TopicPartition

from chartstream.errors import Transient
from chartstream.stream import metrics
from chartstream.stream.lanes import Lane
from chartstream.stream.memory import Restoration
from chartstream.stream.progress import Progress

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 5.0
_RESTORE_SLICE_SECONDS = 0.2
_TRY_AGAIN_SECONDS = 1.0


class Assignment:
    """Lanes by partition number, kept in step with what the group assigns."""

    def __init__(
        self,
        stage: str,
        topic: str,
        consumer: Consumer,
        client: Mapping[str, str | int | float | bool],
        changelog: str | None,
    ) -> None:
        self.lanes: dict[int, Lane] = {}
        self._stage, self._topic, self._consumer = stage, topic, consumer
        self._client, self._changelog = client, changelog
        self._adopt_again_at = 0.0
        self._joined = False

    def join(self) -> None:
        """Become a member of the consumer group."""
        self._consumer.subscribe(
            [self._topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_lost
        )

    @property
    def is_ready(self) -> bool:
        """Whether the group has answered and every partition that it gave is ready."""
        return self._joined and not self.is_adopting

    @property
    def is_adopting(self) -> bool:
        """Whether some partition is not ready yet."""
        return not all(lane.ready for lane in list(self.lanes.values()))  # a copy: probes ask from another thread

    def start_over(self, partitions: Sequence[int]) -> None:
        """Forget what was computed for these partitions and go back to what the broker has committed."""
        self._give_up(partitions)
        self._take_up(partitions)

    def adopt(self) -> None:
        """Bring partitions taken up a step closer to being ready."""
        coming = [lane for lane in self.lanes.values() if not lane.ready]
        if not coming or time.monotonic() < self._adopt_again_at:
            return
        try:
            self._find_positions([lane for lane in coming if not lane.positioned])
            self._restore([lane for lane in coming if not lane.restored])
            for lane in coming:
                if lane.restored:
                    self._open(lane)
        except (Transient, KafkaException) as error:
            log.warning("partitions not adopted yet", extra={"stage": self._stage, "error": str(error)})
            self._adopt_again_at = time.monotonic() + _TRY_AGAIN_SECONDS

    def pause(self, *lanes: Lane) -> None:
        """Read no more of these partitions."""
        if lanes:
            self._consumer.pause([TopicPartition(self._topic, lane.partition) for lane in lanes])
        for lane in lanes:
            lane.paused = True

    def resume(self, lane: Lane) -> None:
        """Read on."""
        self._consumer.resume([TopicPartition(self._topic, lane.partition)])
        lane.paused = False

    def _on_assign(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        self._joined = True
        metrics.REBALANCES.labels(self._stage, "assigned").inc()
        self._take_up([p.partition for p in partitions])

    def _on_revoke(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        metrics.REBALANCES.labels(self._stage, "revoked").inc()
        self._give_up([p.partition for p in partitions])

    def _on_lost(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        metrics.REBALANCES.labels(self._stage, "lost").inc()
        self._give_up([p.partition for p in partitions])

    def _take_up(self, partitions: Sequence[int]) -> None:
        places = [TopicPartition(self._topic, partition) for partition in partitions]
        if places:
            self._consumer.incremental_assign(places)
            self._consumer.pause(places)
        self.lanes |= {partition: Lane(partition, time.monotonic()) for partition in partitions}
        metrics.PARTITIONS.labels(self._stage).set(len(self.lanes))

    def _give_up(self, partitions: Sequence[int]) -> None:
        for partition in partitions:
            self.lanes.pop(partition).drop()
        if partitions:
            self._consumer.incremental_unassign([TopicPartition(self._topic, partition) for partition in partitions])
        metrics.PARTITIONS.labels(self._stage).set(len(self.lanes))

    def _find_positions(self, lanes: Sequence[Lane]) -> None:
        """Ask for the committed offsets; the answer waits for transactions that are still open on them."""
        if not lanes:
            return
        places = [TopicPartition(self._topic, lane.partition) for lane in lanes]
        found = {place.partition: place for place in self._consumer.committed(places, timeout=_ANSWER_SECONDS)}
        for lane in lanes:
            place = found[lane.partition]
            if place.error is not None:
                raise KafkaException(place.error)
            lane.progress = Progress(max(place.offset, 0), place.metadata or "")
            lane.positioned = True

    def _restore(self, lanes: Sequence[Lane]) -> None:
        """Read their memories on; those whose positions became known together share a reader."""
        if self._changelog is None:
            for lane in lanes:
                lane.restored = True
            return
        new = [lane for lane in lanes if lane.restoration is None]
        if new:
            together = Restoration(self._client, self._changelog, [lane.partition for lane in new])
            for lane in new:
                lane.restoration = together
        for restoration in {lane.restoration for lane in lanes if lane.restoration is not None}:
            restoration.advance(_RESTORE_SLICE_SECONDS)
        for lane in lanes:
            memory = None if lane.restoration is None else lane.restoration.take(lane.partition)
            if memory is not None:
                lane.memory, lane.restoration, lane.restored = memory, None, True
                metrics.RESTORE_SECONDS.labels(self._stage).observe(time.monotonic() - lane.adopted_at)

    def _open(self, lane: Lane) -> None:
        if lane.missed:
            self.start_over([lane.partition])
        else:
            lane.ready = True
            self.resume(lane)
