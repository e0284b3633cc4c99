"""A lane: one assigned partition with its progress, its memory, and the order of its keys."""

from __future__ import annotations

from collections import deque

from chartstream.stream.memory import Memory, Restoration
from chartstream.stream.progress import Progress
from chartstream.stream.record import InputRecord
from chartstream.stream.retry import Trial


class Lane:
    """Records of one key are worked on one after another, those of different keys side by side."""

    def __init__(self, partition: int, adopted_at: float) -> None:
        self.partition = partition
        self.adopted_at = adopted_at
        self.dropped = False
        """The partition was given up: what is still being done for it is thrown away."""
        self.ready = False
        """Position and memory are known; until then nothing is read."""
        self.missed = False
        """Something was read before the lane was ready, and thrown away: the lane starts over."""
        self.paused = True
        self.progress = Progress(0)
        self.positioned = False
        self.restoration: Restoration | None = None
        self.restored = False
        self.memory: Memory = {}
        self.trials: dict[int, Trial] = {}
        """What has been tried with the records that failed, by offset."""
        self.unsettled = 0
        """Records read whose work is not over."""
        self.bytes = 0
        """Bytes of the values of records read and not committed."""
        self._busy: set[bytes | None] = set()
        self._behind: dict[bytes | None, deque[InputRecord]] = {}

    def arrive(self, record: InputRecord) -> InputRecord | None:
        """Take in a record read; the record itself if it can be worked on now, nothing if it waits or is done."""
        if not self.progress.begin(record.offset):
            return None
        self.unsettled += 1
        self.bytes += len(record.value or b"")
        if record.key in self._busy:
            self._behind.setdefault(record.key, deque()).append(record)
            return None
        self._busy.add(record.key)
        return record

    def settle(self, record: InputRecord, memory: bytes | None) -> InputRecord | None:
        """Take in that a record's work is over, and what to remember; the next record of its key, if one waits."""
        if memory is not None:
            self.memory[record.key or b""] = memory
        self.unsettled -= 1
        if self.trials:
            self.trials.pop(record.offset, None)
        behind = self._behind.get(record.key)
        if not behind:
            self._busy.discard(record.key)
            return None
        following = behind.popleft()
        if not behind:
            del self._behind[record.key]
        return following

    def commit(self, record: InputRecord) -> None:
        """Take in that a settled record's outcome goes into the transaction committed next."""
        self.progress.finish(record.offset)
        self.bytes -= len(record.value or b"")

    def remembered(self, record: InputRecord) -> bytes | None:
        """What is remembered under the record's key."""
        return self.memory.get(record.key or b"")

    def drop(self) -> None:
        """Give the partition up."""
        self.dropped = True
        if self.restoration is not None:
            self.restoration.give_up(self.partition)
