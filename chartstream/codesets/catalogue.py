"""Looking codes up in one release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal

from chartstream.codesets.model import Code, Release
from chartstream.codesets.table import Table

NoteKind = Literal["includes", "excludes1", "excludes2", "code_first", "use_additional", "code_also"]


def dotted(code: str) -> str:
    """``e1122`` or ``E11.22`` as ``E11.22``. Blocks (``E08-E13``) and chapters (``4``) stay as they are."""
    plain = code.strip().upper()
    if len(plain) < 4 or "." in plain or "-" in plain:
        return plain
    return f"{plain[:3]}.{plain[3:]}"


class CodeSet:
    """One release of a code set. Reads are cheap and safe from several threads."""

    def __init__(self, release: Release, table: Table) -> None:
        self.release = release
        self._table = table
        self._read = lru_cache(maxsize=20_000)(self._read_entry)

    def __iter__(self) -> Iterator[str]:
        """Every entry, chapters and blocks included, in byte order."""
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    @cached_property
    def sha256(self) -> str:
        """The hash of the release's content, which events name beside it."""
        return self._table.sha256()

    def __contains__(self, code: str) -> bool:
        return self.get(code) is not None

    def get(self, code: str) -> Code | None:
        """The entry of ``code`` (with or without its dot, in any case), or None if the release does not have it."""
        return self._read(dotted(code))

    def is_billable(self, code: str) -> bool:
        """Whether a claim may carry ``code``: it exists and nothing more specific stands below it."""
        entry = self.get(code)
        return entry is not None and entry.billable

    def ancestors(self, code: str) -> Sequence[Code]:
        """The entries above ``code``, the nearest first, up to its chapter; empty if the code is unknown."""
        entry = self.get(code)
        found: list[Code] = []
        while entry is not None and entry.parent is not None:
            entry = self.get(entry.parent)
            if entry is not None:
                found.append(entry)
        return tuple(found)

    def notes(self, code: str, kind: NoteKind) -> Sequence[tuple[str, str]]:
        """The notes of ``kind`` that hold for ``code``, as (entry that prints it, text), its own first."""
        entry = self.get(code)
        if entry is None:
            return ()
        found: list[tuple[str, str]] = []
        for holder in (entry, *self.ancestors(code)):
            value = getattr(holder, kind)
            texts = (value,) if isinstance(value, str) else tuple(value)
            found.extend((holder.code, text) for text in texts if text)
        return tuple(found)

    def seventh_characters(self, code: str) -> dict[str, str]:
        """Character → meaning, where ``code`` or an ancestor demands a seventh character; else empty."""
        entry = self.get(code)
        if entry is None:
            return {}
        holders = (entry, *self.ancestors(code))
        return dict(next((h.seventh_characters for h in holders if h.seventh_characters), {}))

    def _read_entry(self, code: str) -> Code | None:
        raw = self._table.get(code)
        if raw is None:
            return None
        record = json.loads(raw)
        for name in ("children", "inclusion_terms", "includes", "excludes1", "excludes2"):
            record[name] = tuple(record.get(name, ()))
        record.setdefault("billable", False)
        record.setdefault("parent", None)
        return Code(code=code, **record)
