"""The releases that a site has imported: a table and a manifest each, in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.codesets.installed import index_folder
from chartstream.codesets.model import Release
from chartstream.codesets.table import Table
from chartstream.errors import ConfigurationError

MANIFEST = ".release.json"


class Source(BaseModel):
    """A file that was imported: its name, the hash of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str


class Manifest(BaseModel):
    """What is known of an imported release. ``table`` is the name of its table beside it, ``sha256`` that file's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    name: str
    effective_from: date
    effective_to: date
    table: str
    sha256: str
    counts: dict[str, int]
    sources: tuple[Source, ...]

    @property
    def release(self) -> Release:
        """The release it describes."""
        return Release(self.system, self.name, self.effective_from, self.effective_to)


class InstalledLibrary:
    """The imported releases of a folder, opened when first asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        """Reads the manifests. Raises ``ConfigurationError`` for one that is damaged."""
        self._folder = folder or index_folder()
        paths = sorted(self._folder.glob(f"*{MANIFEST}"))
        self.manifests: Sequence[Manifest] = tuple(_read(path) for path in paths)
        self._open = lru_cache(maxsize=None)(self._opened)
        self._holding = lru_cache(maxsize=4096)(self._holding_on)

    def tables(self, system: str, day: date) -> Sequence[Table]:
        """The tables of ``system`` that hold on ``day``, the last to come into force first."""
        return self._holding(system, day)

    def _holding_on(self, system: str, day: date) -> Sequence[Table]:
        holding = [m for m in self.manifests if m.system == system and m.release.covers(day)]
        holding.sort(key=lambda m: (m.effective_from, m.name), reverse=True)
        return tuple(self._open(m.table) for m in holding)

    def _opened(self, name: str) -> Table:
        return Table(self._folder / name)


def _read(path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(
            f"the installed release {path.name} is damaged; import its files again (`chartstream codesets import`)"
        ) from error
