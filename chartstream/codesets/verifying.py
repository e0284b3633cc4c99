"""Are the tables at hand still what was imported?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chartstream.codesets import icd10cm
from chartstream.codesets.cache import cached_table
from chartstream.codesets.library import MANIFEST, codesets_folder, read_manifest
from chartstream.codesets.table import Table
from chartstream.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and what is wrong with it; empty where nothing is."""

    name: str
    entries: int
    failure: str = ""


def verified(folder: Path | None = None) -> Iterator[Verified]:
    """The packaged release against a table built anew from its source, then every imported one against its manifest."""
    yield _packaged()
    for path in sorted((folder or codesets_folder()).glob(f"*{MANIFEST}")):
        yield _imported(path)


def _packaged() -> Verified:
    name = icd10cm.RELEASE.name
    table, fresh = cached_table(icd10cm.table_name(), icd10cm.build), icd10cm.build()
    if set(table) != fresh.keys() or any(table.get(key) != value for key, value in fresh.items()):
        return Verified(name, len(table), "the table in the cache folder is not what the package holds; delete it")
    return Verified(name, len(table))


def _imported(path: Path) -> Verified:
    try:
        manifest = read_manifest(path)
    except ConfigurationError as error:
        return Verified(path.name, 0, str(error))
    try:
        table = Table(path.parent / manifest.table)
    except (OSError, ConfigurationError) as error:
        return Verified(manifest.name, 0, f"{manifest.table} cannot be read ({error}); import the release again")
    failures = []
    if len(table) != manifest.entries:
        failures.append(f"{len(table):,} entries, not {manifest.entries:,}")
    if table.sha256() != manifest.sha256:
        failures.append("its hash differs")
    text = f"{manifest.table} is not what was imported: {', '.join(failures)}; import the release again"
    return Verified(manifest.name, len(table), text if failures else "")
