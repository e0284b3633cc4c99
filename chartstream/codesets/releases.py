"""Which release holds for a date of service. A date that none covers is never coded with a neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from chartstream.codesets import icd10cm
from chartstream.codesets.cache import cached_table
from chartstream.codesets.catalogue import CodeSet
from chartstream.codesets.model import Release
from chartstream.errors import ConfigurationError

INSTALLED: Final[Sequence[Release]] = (icd10cm.RELEASE,)


def releases_for(system: str, day: date) -> Sequence[Release]:
    """The installed releases of ``system`` that cover a service on ``day``; empty when there is none."""
    return tuple(r for r in INSTALLED if r.system == system and r.covers(day))


def release_for(system: str, day: date) -> Release | None:
    """The release to code with on ``day``: the last to come into force, or None (the encounter goes to review)."""
    return max(releases_for(system, day), key=lambda r: r.effective_from, default=None)


def release_named(name: str) -> Release:
    """The installed release of that name. Raises ``ConfigurationError`` that lists the installed ones."""
    found = next((r for r in INSTALLED if r.name == name), None)
    if found is None:
        raise ConfigurationError(f"no release is called {name!r}; installed: {_names()}")
    return found


@lru_cache(maxsize=4)
def load(release: Release = icd10cm.RELEASE) -> CodeSet:
    """The code set of ``release``, mapped from the cache (built on first use, some seconds).

    Raises ``ConfigurationError`` when the release is not installed or its package is missing.
    """
    if release not in INSTALLED:
        raise ConfigurationError(f"The release {release.name} is not installed; installed: {_names()}.")
    return CodeSet(release, cached_table(icd10cm.table_name(), icd10cm.build))


def _names() -> str:
    return ", ".join(r.name for r in INSTALLED)
