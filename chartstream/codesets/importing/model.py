"""What an importer is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from chartstream.codesets.model import Release

HEAD: Final = 65_536
"""How many bytes of a file an importer is shown to recognise it by."""
Progress = Callable[[int], None]
"""Told, every now and then, how many further rows have been read."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What the person who imports says of the files; what is None is read from the files, or asked for in an error."""

    name: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A release as read from files. ``entries`` are JSON bytes by key, ready for a table; ``counts`` are what was read
    and what was left out, by name, for the person and for later verification (``{"codes": 74719, "left out": 0}``).
    """

    release: Release
    entries: Mapping[str, bytes]
    counts: Mapping[str, int]


class Importer(Protocol):
    """One layout, or several files that belong together."""

    system: str
    """The system of the releases it reads (``ICD10PCS``)."""
    title: str
    """What a person calls the files, for messages: "ICD-10-PCS tables (XML)"."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is one of this layout, by its name and its first 64 KiB."""
        ...

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The release in files that ``recognises`` took.

        Raises ``ConfigurationError`` that names the file, the line, what is wrong and the remedy: cut short, another
        layout, a count that does not fit, no date from which it holds.
        """
        ...
