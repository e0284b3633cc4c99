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
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Final, Protocol, overload

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


class _Keys(Sequence[bytes]):
    """The sorted keys as a sequence, so that bisect can search them in place."""

    def __init__(self, offsets: memoryview, area: memoryview) -> None:
        self._offsets = offsets
        self._area = area

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return bytes(self._area[self._offsets[index] : self._offsets[index + 1]])


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
        self._offsets = view[start + size : start + 2 * size].cast("I")
        keys = start + 2 * size
        self._keys = _Keys(view[start : start + size].cast("I"), view[keys : keys + key_length])
        self._values = view[keys + key_length :]

    def __len__(self) -> int:
        return len(self._keys)

    def sha256(self) -> str:
        """The hash of the whole file, which equal entries share; reads all of it."""
        return hashlib.sha256(self._map).hexdigest()

    def __iter__(self) -> Iterator[str]:
        return (key.decode() for key in self._keys)

    def get(self, key: str) -> bytes | None:
        """The value under ``key``, or None."""
        wanted = key.encode()
        at = bisect_left(self._keys, wanted)
        if at == len(self._keys) or self._keys[at] != wanted:
            return None
        return bytes(self._values[self._offsets[at] : self._offsets[at + 1]])


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
