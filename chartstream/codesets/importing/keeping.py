"""Importing: from the files a person gives to releases in the library, each written whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chartstream.codesets import library
from chartstream.codesets.importing.model import Edition, Imported, Importer, Progress
from chartstream.codesets.importing.registry import IMPORTERS
from chartstream.codesets.importing.sources import Source, Unread, recognised
from chartstream.codesets.library import MANIFEST, InstalledLibrary, Manifest, codesets_folder
from chartstream.codesets.model import Release
from chartstream.codesets.releases import PACKAGED
from chartstream.codesets.table import Table, write_table
from chartstream.errors import ConfigurationError

Watch = Callable[[str], Progress]
"""Told what is about to be read; gives what is told of its rows."""

_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_PUBLIC: Final = 0o644  # nothing of a patient's: services under other users read it


@dataclass(frozen=True, slots=True)
class Kept:
    """A release that was imported, and the one whose place it took."""

    manifest: Manifest
    replaced: Manifest | None


def import_files(
    paths: Sequence[Path],
    edition: Edition,
    watch: Watch,
    *,
    replace: bool = False,
    folder: Path | None = None,
    importers: Sequence[Importer] = IMPORTERS,
    left_out: Callable[[str], None] | None = None,
) -> Iterator[Kept]:
    """Reads ``paths`` (zips member by member) and keeps a release for each importer that recognises some of them.

    What comes before an error is kept; what comes after is not. ``folder`` is the library's by default. ``left_out`` is
    told the name of each member of an archive that nothing recognises.

    Raises ``ConfigurationError`` for a file that nothing recognises, for one at fault, for dates that another release
    holds for, for a release of the same name unless ``replace``, and for a folder that cannot be written.
    """
    folder = folder or codesets_folder()
    with tempfile.TemporaryDirectory(prefix="chartstream-import-") as unpacked:
        found = _grouped(paths, importers, Path(unpacked), left_out)
        if edition.name is not None and len(found) > 1:
            raise ConfigurationError(
                f"--name names one release, but the files are of {len(found)}: "
                f"{', '.join(importer.system for importer in found)}; import them one after the other"
            )
        for importer in sorted(found, key=list(importers).index):
            sources = found[importer]
            imported = importer.read([source.path for source in sources], edition, watch(importer.title))
            named = tuple(library.Source(name=source.name, sha256=source.sha256) for source in sources)
            yield keep(imported, named, folder, replace=replace)


def _grouped(
    paths: Sequence[Path], importers: Sequence[Importer], unpacked: Path, left_out: Callable[[str], None] | None
) -> dict[Importer, list[Source]]:
    found: dict[Importer, list[Source]] = {}
    for number, path in enumerate(paths):
        for source in recognised(path, importers, unpacked / f"{number}"):
            if not isinstance(source, Unread):
                found.setdefault(source.importer, []).append(source)
            elif left_out is not None:
                left_out(source.name)
    return found


def keep(imported: Imported, sources: tuple[library.Source, ...], folder: Path, *, replace: bool = False) -> Kept:
    """Puts a release into the library of ``folder``. Raises ``ConfigurationError`` as ``import_files`` does."""
    release = imported.release
    if not imported.entries:
        raise ConfigurationError(f"{release.name}: the files hold no entry; take them from the official download again")
    parts = tuple(sorted({key.partition(":")[0] if ":" in key else "" for key in imported.entries}))
    with _locked(folder):
        present = InstalledLibrary(folder).manifests
        replaced = _replaced(release, present, replace)
        _check_dates(release, parts, [manifest for manifest in present if manifest is not replaced])
        manifest = _written(imported, parts, sources, folder)
        if replaced is not None and replaced.table != manifest.table:
            (folder / replaced.table).unlink(missing_ok=True)
    library.read_library_again()
    return Kept(manifest, replaced)


def _replaced(release: Release, present: Sequence[Manifest], replace: bool) -> Manifest | None:
    same = next((m for m in present if (m.system, m.name) == (release.system, release.name)), None)
    if same is not None and not replace:
        raise ConfigurationError(
            f"{release.name} is imported already; give --replace to put the new one in its place, or another --name"
        )
    return same


def _check_dates(release: Release, parts: Sequence[str], present: Sequence[Manifest]) -> None:
    packaged = [other for other in PACKAGED if other.system == release.system]
    imported = [m.release for m in present if m.system == release.system and set(m.parts) & set(parts)]
    for other in (*packaged, *imported):
        if other.effective_from <= release.effective_to and release.effective_from <= other.effective_to:
            how = "comes with the product" if other in packaged else "is imported"
            raise ConfigurationError(
                f"{release.name} would hold from {release.effective_from} to {release.effective_to}, but {other.name}, "
                f"which {how}, holds from {other.effective_from} to {other.effective_to}: a day has one release; give "
                "--from and --to that do not overlap, or import the other anew with an earlier --to and --replace"
            )


def _written(imported: Imported, parts: tuple[str, ...], sources: tuple[library.Source, ...], folder: Path) -> Manifest:
    """The table under a name with its hash, then the manifest in one move: until then the old one holds."""
    release = imported.release
    stem = _stem(release)
    try:
        fresh = folder / f"{stem}.new"
        write_table(fresh, imported.entries)
        sha256 = Table(fresh).sha256()
        table = fresh.replace(folder / f"{stem}-{sha256[:16]}.table")
        table.chmod(_PUBLIC)
        manifest = Manifest(
            system=release.system,
            name=release.name,
            effective_from=release.effective_from,
            effective_to=release.effective_to,
            table=table.name,
            sha256=sha256,
            entries=len(imported.entries),
            parts=parts,
            counts=dict(imported.counts),
            sources=sources,
        )
        draft = folder / f"{stem}.new"
        draft.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.chmod(_PUBLIC)
        draft.replace(folder / f"{stem}{MANIFEST}")
    except OSError as error:
        raise _unwritable(error) from error
    return manifest


def _stem(release: Release) -> str:
    """The beginning of a release's file names: readable, and its own even where two names differ in signs alone."""
    readable = _NO_NAME.sub("-", release.name.lower()).strip("-")
    own = hashlib.sha256(f"{release.system}: {release.name}".encode()).hexdigest()
    return f"{readable}-{own[:8]}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One import at a time: two that start together must not both find the dates free."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "import.lock").open("w")
    except OSError as error:
        raise _unwritable(error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unwritable(error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the folder of code sets cannot be written: {error.strerror}; make it writable or set {library.FOLDER} to one "
        "that is"
    )
