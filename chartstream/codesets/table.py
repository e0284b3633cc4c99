"""A read-only table of text keys and byte values in one memory-mapped file.

Loading maps the file and reads nothing: a worker process has the whole code set at once and shares its pages with its
neighbours. Layout, little endian: magic, count, length of the key area (u64), key offsets (count + 1 u32), value
offsets (count + 1 u32), the keys in ascending byte order, the values.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Final, Protocol

from chartstream.errors import ConfigurationError

_MAGIC: Final = b"CSTABLE1"
_HEADER: Final = struct.Struct("<8sQQ")


class Reader(Protocol):
    """What gives entries by key: a ``Table``, or what stands in for one."""

    def get(self, key: str) -> bytes | None:
        """The bytes under ``key``, or None."""
        ...

    def __hash__(self) -> int:
        """What is read of it is cached by it."""
        ...


class Table:
    """The opened file. ``get`` costs a binary search; values come back as fresh bytes."""

    def __init__(self, path: Path) -> None:
        """Map ``path``. Raises ``ConfigurationError`` when it is no such table."""
        with path.open("rb") as file:
            if path.stat().st_size < _HEADER.size:
                raise ConfigurationError(f"{path.name} is no code table: it is cut short; delete it to build it again")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        view = memoryview(self._map)
        magic, count, key_length = _HEADER.unpack_from(view)
        if magic != _MAGIC:
            raise ConfigurationError(f"{path.name} is no code table of this version; delete it to build it again")
        start = _HEADER.size
        size = 4 * (count + 1)
        self._count: int = count
        self._key_offsets = view[start : start + size].cast("I")
        self._value_offsets = view[start + size : start + 2 * size].cast("I")
        self._keys_at = start + 2 * size
        self._values_at = self._keys_at + key_length

    def __len__(self) -> int:
        return self._count

    def sha256(self) -> str:
        """The hash of the whole file, which equal entries share; reads all of it."""
        return hashlib.sha256(self._map).hexdigest()

    def __iter__(self) -> Iterator[str]:
        return (self._key(at).decode() for at in range(self._count))

    def get(self, key: str) -> bytes | None:
        """The value under ``key``, or None."""
        wanted = key.encode()
        # Written out instead of bisect over a sequence: the calls would take most of the time of millions of keys.
        data, offsets, start = self._map, self._key_offsets, self._keys_at
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if data[start + offsets[middle] : start + offsets[middle + 1]] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == self._count or self._key(low) != wanted:
            return None
        return data[self._values_at + self._value_offsets[low] : self._values_at + self._value_offsets[low + 1]]

    def _key(self, at: int) -> bytes:
        return self._map[self._keys_at + self._key_offsets[at] : self._keys_at + self._key_offsets[at + 1]]


def _offsets(lengths: Iterable[int]) -> array[int]:
    return array("I", accumulate(lengths, initial=0))


def write_table(path: Path, entries: Mapping[str, bytes]) -> None:
    """Write ``entries`` to ``path`` in one move: a reader finds the whole file or none.

    Needs little memory beside the entries, of which NCCI has millions.
    """
    keys = sorted(entries)  # in the order of code points, which is that of their UTF-8 bytes
    key_offsets = _offsets(len(key.encode()) for key in keys)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            file.write(_HEADER.pack(_MAGIC, len(keys), key_offsets[-1]))
            file.write(key_offsets)
            file.write(_offsets(len(entries[key]) for key in keys))
            file.writelines(key.encode() for key in keys)
            file.writelines(entries[key] for key in keys)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise
