"""Entries that each name the one before by its hash, as lines of canonical JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64
"""What the first entry names as the one before it."""

_KEYS = {"number", "previous", "kind", "content", "sha256"}


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing in a bundle that does not fit: where, in words (``entry 7 (event)``), and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number from 1, what it is, what it says, its hash."""

    number: int
    kind: str
    content: Mapping[str, Any]
    sha256: str


class Chain:
    """A chain in the making."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self.last = GENESIS
        """Hash of the entry that was added last."""

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Put an entry behind the others."""
        body = {"number": len(self._lines) + 1, "previous": self.last, "kind": kind, "content": content}
        self.last = hashlib.sha256(canonical(body)).hexdigest()
        self._lines.append(canonical({**body, "sha256": self.last}) + b"\n")

    def content(self) -> bytes:
        """All lines."""
        return b"".join(self._lines)


def canonical(content: object) -> bytes:
    """JSON with sorted keys and no blanks, UTF-8. Times and dates in ISO 8601, decimals as text, bytes in base64."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode()


def read_chain(content: bytes, count: int, last: str) -> tuple[Entry, ...] | Fault:
    """The entries of a chain of ``count`` entries, the last of them with the hash ``last``; or the first fault."""
    lines = content.split(b"\n")
    entries: list[Entry] = []
    previous = GENESIS
    for number, line in enumerate(lines[:-1], 1):
        if number > count:
            return Fault(f"entry {number}", f"it was added: the head counts {count} entries")
        entry = _entry(line, number, previous)
        if isinstance(entry, Fault):
            return entry
        entries.append(entry)
        previous = entry.sha256
    if lines[-1] or len(entries) < count:
        return Fault(f"entry {len(entries) + 1}", f"it is missing or cut off: the head counts {count} entries")
    if previous != last:
        return Fault(f"entry {count}", "it is not the last entry that the head names: it was replaced")
    return tuple(entries)


def _entry(line: bytes, number: int, previous: str) -> Entry | Fault:
    read = _parsed(line)
    if read is None:
        return Fault(f"entry {number}", "it has not the form of an entry: it was changed")
    place = f"entry {number} ({read['kind']})"
    body = {key: value for key, value in read.items() if key != "sha256"}
    if hashlib.sha256(canonical(body)).hexdigest() != read["sha256"] or canonical(read) != line:
        return Fault(place, "its content has not the hash that it names: it was changed")
    if read["number"] != number:
        reason = f"entry {read['number']} stands in its place: one was removed, added, repeated or moved"
        return Fault(f"entry {number}", reason)
    if read["previous"] != previous:
        return Fault(place, "it names another entry before it than the one that is there: one of the two was replaced")
    return Entry(number, read["kind"], read["content"], read["sha256"])


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(line)
        canonical(read)  # lone surrogates can be read and not be written
    except (ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or set(read) != _KEYS:
        return None
    return read if isinstance(read["kind"], str) and isinstance(read["content"], dict) else None


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a moment is a date as well
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no place in an entry")
