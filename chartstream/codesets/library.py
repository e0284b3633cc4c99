"""The releases that a site has imported: a table and a manifest each, in one folder.

A process reads the manifests once, when it first asks for a release; what is imported later it sees at its next start.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.codesets.model import Release
from chartstream.codesets.table import Table
from chartstream.errors import ConfigurationError
from chartstream.home import state_home

FOLDER: Final = "CHARTSTREAM_CODESETS"
"""Names the folder of what is imported."""
_NAMED_BY: Final = (FOLDER, "CHARTSTREAM_HOME", "XDG_STATE_HOME", "HOME")
MANIFEST: Final = ".release.json"
_AGAIN: Final = "import its files again (`chartstream codesets import --replace`)"
_DELETE: Final = "delete that file and import the release again"


class Source(BaseModel):
    """A file that was imported: its name, the hash of its bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str


class Manifest(BaseModel):
    """What is known of an imported release.

    ``table`` is the name of its table beside it, ``sha256`` that file's hash, ``entries`` how many it holds; ``counts``
    what the importer read and left out. ``parts`` are the beginnings of its keys before a colon ("practitioner"; "" for
    keys without one): two releases of one system may hold for the same days where they have no part in common.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str
    name: str
    effective_from: date
    effective_to: date
    table: str
    sha256: str
    entries: int
    parts: tuple[str, ...]
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
        self.folder = folder or codesets_folder()
        paths = sorted(self.folder.glob(f"*{MANIFEST}"))
        self.manifests: Sequence[Manifest] = tuple(read_manifest(path) for path in paths)
        self._open = lru_cache(maxsize=None)(self._opened)
        self._tables = lru_cache(maxsize=4096)(self._tables_on)

    def tables(self, system: str, day: date) -> Sequence[Table]:
        """The tables of ``system`` that hold on ``day``, the last to come into force first."""
        return self._tables(system, day)

    def holding(self, system: str, day: date) -> Sequence[Manifest]:
        """The releases of ``system`` that hold on ``day``, the last to come into force first."""
        holding = [m for m in self.manifests if m.system == system and m.release.covers(day)]
        return tuple(sorted(holding, key=lambda m: (m.effective_from, m.name), reverse=True))

    def manifest_of(self, release: Release) -> Manifest | None:
        """The manifest of an imported release."""
        return next((manifest for manifest in self.manifests if manifest.release == release), None)

    def open(self, manifest: Manifest) -> Table:
        """Its table. Raises ``ConfigurationError`` when the file is missing or no table."""
        return self._open(manifest.table)

    def _tables_on(self, system: str, day: date) -> Sequence[Table]:
        return tuple(self._open(manifest.table) for manifest in self.holding(system, day))

    def _opened(self, name: str) -> Table:
        try:
            return Table(self.folder / name)
        except OSError as error:
            raise ConfigurationError(f"the table {name} cannot be read: {error.strerror}; {_AGAIN}") from error


def codesets_folder() -> Path:
    """``CHARTSTREAM_CODESETS`` if set, else ``codesets`` in the folder of lasting state. It need not exist."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen).expanduser().absolute() if chosen else state_home() / "codesets"


def installed_library() -> InstalledLibrary:
    """The library of this process, read once, its tables open: what is replaced later stays readable here.

    Raises ``ConfigurationError`` for a manifest or a table that is damaged.
    """
    # Asked for every claim: the folder is worked out again only when what it is worked out from has changed.
    return _library_named_by(*map(os.environ.get, _NAMED_BY))


def read_library_again() -> None:
    """Forget what was read: something has been imported in this very process."""
    _library_named_by.cache_clear()


@lru_cache(maxsize=8)
def _library_named_by(*_: str | None) -> InstalledLibrary:
    library = InstalledLibrary()
    for manifest in library.manifests:
        library.open(manifest)
    return library


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises ``ConfigurationError`` for one that is damaged."""
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"the imported release {path.name} is damaged; {_DELETE}") from error
