"""Small tables of our own in place of what a site imports, for claims that are written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "tables.yaml"


class WrittenTable:
    """A table of the file."""

    def __init__(self, entries: dict[str, Any]) -> None:
        self._entries = {key: json.dumps(value).encode() for key, value in entries.items()}

    def get(self, key: str) -> bytes | None:
        return self._entries.get(key)


class WrittenLibrary:
    """The tables of ``tables.yaml`` (system → key → entry), in force on every day, or, where the system is followed by
    a month (``POA exempt 2026-06``), in that month alone.
    """

    def __init__(self, tables: dict[str, dict[str, Any]]) -> None:
        self._tables = {system: (WrittenTable(entries),) for system, entries in tables.items()}

    def tables(self, system: str, day: date) -> Sequence[WrittenTable]:
        return self._tables.get(system) or self._tables.get(f"{system} {day:%Y-%m}", ())


def written_library() -> WrittenLibrary:
    return WrittenLibrary(yaml.safe_load(_FILE.read_text(encoding="utf-8")) or {})
