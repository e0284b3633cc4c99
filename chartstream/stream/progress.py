"""How far a partition has come, when its records finish out of order.

A long document must not hold back the short ones behind it, and yet Kafka keeps one committed offset a partition. So
the offset committed is the lowest unfinished one, and the commit's metadata lists the other unfinished ones below the
point that was reached: whoever takes the partition over skips what was already done.

Metadata is ``1:`` and a row of numbers: the distance from the committed offset to the point reached, then the distances
between consecutive unfinished offsets. A number is written in base 32, its last digit in upper case, so that nothing
need stand between two. Brokers keep 4,096 bytes of it by default (``offset.metadata.max.bytes``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise

from chartstream.errors import ConfigurationError

MOST_UNFINISHED = 500
"""Unfinished records at which a partition is paused. What was read at once comes on top: with 500 records more, the
metadata stays below 4,096 bytes while the partition is less than 40 million offsets ahead of its lowest unfinished one,
however these records are spread."""

_FORMAT = "1:"
_DIGITS = "abcdefghijklmnopqrstuvwxyz012345"
_LAST_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ6789+/"
_VALUES = {digit: value for digits in (_DIGITS, _LAST_DIGITS) for value, digit in enumerate(digits)}


class Progress:
    """Offsets of one partition that are unfinished, and up to where the rest is done."""

    def __init__(self, committed: int, metadata: str = "") -> None:
        """From what was committed. Raises ``ConfigurationError`` for metadata of another making."""
        self._reached, left = _parse(committed, metadata)
        self._left = deque(left)
        """Unfinished before the partition was taken over, and not read again yet; in order."""
        self._unfinished: dict[int, None] = {}
        self._done_below = self._reached

    def begin(self, offset: int) -> bool:
        """Take note of a record read, in order of offsets; ``False`` if it was finished before: skip it."""
        self._pass(offset)
        was_left = bool(self._left) and self._left[0] == offset
        if not was_left and offset < self._done_below:
            return False
        self._pass(offset + 1)
        self._unfinished[offset] = None
        self._reached = max(self._reached, offset + 1)
        return True

    def finish(self, offset: int) -> None:
        """The record's outcome goes into the transaction that is to be committed next."""
        del self._unfinished[offset]

    def reach(self, offset: int) -> None:
        """Nothing is left to read below ``offset``: what lies there are transaction markers."""
        self._pass(offset)
        self._reached = max(self._reached, offset)

    def _pass(self, offset: int) -> None:
        """Records come in order: what was left below and did not come has been deleted by retention."""
        while self._left and self._left[0] < offset:
            self._left.popleft()

    def checkpoint(self) -> tuple[int, str]:
        """Offset and metadata to commit."""
        unfinished = sorted((*self._unfinished, *self._left))
        if not unfinished:
            return self._reached, ""
        distances = (after - before for before, after in pairwise(unfinished))
        return unfinished[0], _FORMAT + "".join(map(_written, (self._reached - unfinished[0], *distances)))


def _parse(committed: int, metadata: str) -> tuple[int, Iterable[int]]:
    if not metadata:
        return committed, ()
    reached, *distances = _read(metadata)
    unfinished = [committed]
    for distance in distances:
        unfinished.append(unfinished[-1] + distance)
    return committed + reached, unfinished


def _written(number: int) -> str:
    number, last = divmod(number, 32)
    written = _LAST_DIGITS[last]
    while number:
        number, digit = divmod(number, 32)
        written = _DIGITS[digit] + written
    return written


def _read(metadata: str) -> Iterator[int]:
    digits = metadata.removeprefix(_FORMAT)
    if digits == metadata or not set(digits) <= _VALUES.keys() or not digits.endswith(tuple(_LAST_DIGITS)):
        raise ConfigurationError(
            f"commit metadata {metadata[:20]!r} is of another program's making; give this stage a consumer group of "
            "its own, or reset its offsets with Kafka's tools, which clears the metadata"
        )
    number = 0
    for digit in digits:
        number = number * 32 + _VALUES[digit]
        if digit in _LAST_DIGITS:
            yield number
            number = 0
