"""Which release holds for a date of service. A date that none covers is never coded with a neighbour.

The releases of ICD-10-CM are the one that the product brings and those that the site has imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from chartstream.codesets import icd10cm
from chartstream.codesets.cache import cached_table
from chartstream.codesets.catalogue import CodeSet
from chartstream.codesets.library import InstalledLibrary, installed_library
from chartstream.codesets.model import ICD10CM, Release
from chartstream.codesets.table import Table
from chartstream.errors import ConfigurationError

PACKAGED: Final[Sequence[Release]] = (icd10cm.RELEASE,)


def installed() -> Sequence[Release]:
    """The releases of ICD-10-CM at hand: packaged and imported, by the day from which they hold."""
    return _installed(installed_library())


def releases_for(system: str, day: date) -> Sequence[Release]:
    """The installed releases of ``system`` that cover a service on ``day``; empty when there is none."""
    return tuple(release for release in installed() if release.system == system and release.covers(day))


def release_for(system: str, day: date) -> Release | None:
    """The release to code with on ``day``: the last to come into force, or None (the encounter goes to review)."""
    return max(releases_for(system, day), key=lambda r: r.effective_from, default=None)


def release_named(name: str, releases: Sequence[Release] | None = None) -> Release:
    """The release of that name among ``releases``, by default those of ICD-10-CM at hand.

    Raises ``ConfigurationError`` that lists them where there is none.
    """
    among = installed() if releases is None else releases
    found = next((release for release in among if release.name == name), None)
    if found is None:
        raise ConfigurationError(f"no release is called {name!r}; installed: {_names(among)}")
    return found


def load(release: Release = icd10cm.RELEASE) -> CodeSet:
    """The code set of ``release``: an imported one from its table, the packaged one from the cache (built on first
    use, some seconds). Each is opened once in a process.

    Raises ``ConfigurationError`` when the release is not installed or its package is missing.
    """
    return _packaged() if release in PACKAGED else _imported(release, installed_library())


def table_name(release: Release) -> str:
    """A name that changes with the content of the release's table: what is built from it carries this in its own.

    Raises ``ConfigurationError`` as ``load`` does.
    """
    if release in PACKAGED:
        return icd10cm.table_name()
    return f"icd10cm-{_imported(release, installed_library()).sha256[:16]}"


def table(release: Release) -> Table:
    """The entries of a release of any system, packaged or imported. Raises ``ConfigurationError`` as ``load`` does."""
    if release in PACKAGED:
        return cached_table(icd10cm.table_name(), icd10cm.build)
    manifest = installed_library().manifest_of(release)
    if manifest is None:
        raise ConfigurationError(f"The release {release.name} is not installed; installed: {_names(installed())}.")
    return installed_library().open(manifest)


def of_every_system() -> Sequence[Release]:
    """All that is at hand: the packaged release, then what is imported, by system and the day from which it holds."""
    imported = (manifest.release for manifest in installed_library().manifests)
    return (*PACKAGED, *sorted(imported, key=lambda release: (release.system, release.effective_from, release.name)))


@lru_cache(maxsize=16)
def _installed(library: InstalledLibrary) -> Sequence[Release]:
    imported = [manifest.release for manifest in library.manifests if manifest.system == ICD10CM]
    return tuple(sorted((*PACKAGED, *imported), key=lambda release: release.effective_from))


@lru_cache(maxsize=1)
def _packaged() -> CodeSet:
    return CodeSet(icd10cm.RELEASE, table(icd10cm.RELEASE))


# The library is named beside the release: another folder may hold another release of the same name.
@lru_cache(maxsize=16)
def _imported(release: Release, library: InstalledLibrary) -> CodeSet:
    manifest = library.manifest_of(release)
    if manifest is None or manifest.system != ICD10CM:
        raise ConfigurationError(f"The release {release.name} is not installed; installed: {_names(installed())}.")
    return CodeSet(release, library.open(manifest))


def _names(releases: Sequence[Release]) -> str:
    return ", ".join(release.name for release in releases)
