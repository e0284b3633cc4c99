"""How far a partition has come, when its records finish out of order.

A long document must not hold back the short ones behind it, and yet Kafka keeps one committed offset a partition. So
the offset committed is the lowest unfinished one, and the commit's metadata lists the other unfinished ones below the
point that was reached: whoever takes the partition over skips what was already done.

Metadata is ``1:REACHED:A,B,…``: format, distance from the committed offset to the point reached, distances between
consecutive unfinished offsets, in base 36. Brokers keep 4,096 bytes of it by default (``offset.metadata.max.bytes``);
``MOST_UNFINISHED`` offsets need fewer even if each distance has six digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

MOST_UNFINISHED = 500
_FORMAT = "1"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Progress:
    """Offsets of one partition that are unfinished, and up to where the rest is done."""

    def __init__(self, committed: int, metadata: str = "") -> None:
        """From what was committed. Raises ``ValueError`` for metadata of another making."""
        self._reached, left = _parse(committed, metadata)
        self._left = set(left)
        """Unfinished before the partition was taken over, and not read again yet."""
        self._unfinished: dict[int, None] = {}
        self._done_below = self._reached

    def begin(self, offset: int) -> bool:
        """Take note of a record read, in order of offsets; ``False`` if it was finished before: skip it."""
        unfinished_before = offset >= self._done_below or offset in self._left
        self._pass(offset + 1)
        if not unfinished_before:
            return False
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
        if self._left:
            self._left = {left for left in self._left if left >= offset}

    def checkpoint(self) -> tuple[int, str]:
        """Offset and metadata to commit."""
        unfinished = sorted((*self._unfinished, *self._left))
        if not unfinished:
            return self._reached, ""
        distances = [after - before for before, after in pairwise(unfinished)]
        listed = ",".join(map(_to_base36, distances))
        return unfinished[0], f"{_FORMAT}:{_to_base36(self._reached - unfinished[0])}:{listed}"


def _parse(committed: int, metadata: str) -> tuple[int, Iterable[int]]:
    if not metadata:
        return committed, ()
    kind, _, rest = metadata.partition(":")
    reached, _, distances = rest.partition(":")
    if kind != _FORMAT or not reached:
        raise ValueError(f"commit metadata {metadata[:20]!r} is not of this runtime's making")
    unfinished = [committed]
    for distance in filter(None, distances.split(",")):
        unfinished.append(unfinished[-1] + int(distance, 36))
    return committed + int(reached, 36), unfinished


def _to_base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits
