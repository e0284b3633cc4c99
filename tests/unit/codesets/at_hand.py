"""What was just read, as if it were installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from chartstream.codesets.editions import Editions
from chartstream.codesets.importing.model import Edition, Imported, Importer


class _Table:
    def __init__(self, entries: Mapping[str, bytes]) -> None:
        self._entries = entries

    def get(self, key: str) -> bytes | None:
        return self._entries.get(key)


class _Library:
    def __init__(self, imported: Sequence[Imported]) -> None:
        self._tables = [(one.release, _Table(one.entries)) for one in imported]

    def tables(self, system: str, day: date) -> Sequence[_Table]:
        return tuple(table for release, table in self._tables if release.system == system and release.covers(day))


def editions(day: date, *imported: Imported) -> Editions:
    """The tables of ``imported`` that hold on ``day``."""
    return Editions(_Library(imported), day)


def written(path: Path, text: str | bytes) -> Path:
    """The file, written."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(importer: Importer, *files: Path, edition: Edition | None = None) -> Imported:
    """What ``importer`` reads in files that it must recognise."""
    for path in files:
        assert importer.recognises(path, path.read_bytes()[: 1 << 16]), f"{path.name} is not recognised"
    return importer.read(files, edition or Edition(), lambda _: None)
