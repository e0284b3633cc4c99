"""The files that a person gives to an import: what each of them is, looked for inside zip archives too.

Official downloads are zips. Only members that an importer recognises are unpacked, into a temporary folder, under their
bare names; an archive that unpacks to far more than such a download ever does is refused (a zip bomb).
"""

from __future__ import annotations

import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from chartstream.codesets.importing.model import HEAD, Importer
from chartstream.codesets.importing.published import AGAIN, refused

_CHUNK: Final = 1 << 20
_MOST_MEMBERS: Final = 2_000
_MOST_BYTES: Final = 8 << 30
"""Of all that one archive unpacks to. The largest official download (NCCI edits) stays below 1 GB."""
_MOST_GROWTH: Final = 200
"""How many times its packed size a member may have: official text packs to a tenth, seldom to a fiftieth."""
# What zipfile raises of a damaged archive; RuntimeError: it is encrypted; NotImplementedError: another compression.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
_DEEPEST: Final = 2
"""Archives within archives: some downloads hold one archive for each of their files."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: who reads it, where its bytes lie, what it is called in messages and its hash (SHA-256)."""

    importer: Importer
    path: Path
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A member of an archive that no importer recognises (a PDF, a list of changes)."""

    name: str


def recognised(path: Path, importers: Sequence[Importer], folder: Path) -> Iterator[Source | Unread]:
    """What ``path`` holds; members of an archive are unpacked below ``folder``.

    Raises ``ConfigurationError`` for a file, or an archive, in which nothing is recognised.
    """
    if not zipfile.is_zipfile(path):
        with _opened(path) as file:
            head = file.read(HEAD)
        importer = _importer_of(path, head, importers)
        if importer is None:
            raise refused(path, "is none of the files that are read", _readable(importers))
        yield Source(importer, path, path.name, _sha256(path))
        return
    found = list(_Archive(importers, folder).members(path, path.name, 1))
    if not any(isinstance(one, Source) for one in found):
        raise refused(path, "holds none of the files that are read", _readable(importers))
    yield from found


class _Archive:
    """Looks through one archive and those inside it, with one budget of bytes for all of them."""

    def __init__(self, importers: Sequence[Importer], folder: Path) -> None:
        self._importers = importers
        self._folder = folder
        self._left = _MOST_BYTES
        self._unpacked = 0

    def members(self, path: Path, name: str, depth: int) -> Iterator[Source | Unread]:
        try:
            with zipfile.ZipFile(path) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) > _MOST_MEMBERS:
                    raise refused(path, f"holds {len(members)} files, more than any official download", AGAIN)
                for member in members:
                    yield from self._member(archive, member, f"{name}/{member.filename}", depth)
        except _DAMAGED as error:
            raise refused(path, f"cannot be unpacked ({error})") from error

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int
    ) -> Iterator[Source | Unread]:
        # The bare name alone: a member called ../../x must not leave the folder.
        bare = Path(PurePosixPath(member.filename.replace("\\", "/")).name)
        with archive.open(member) as file:
            head = file.read(HEAD)
        nested = bare.suffix.lower() == ".zip" and depth < _DEEPEST
        importer = None if nested else _importer_of(bare, head, self._importers)
        if importer is None and not nested:
            yield Unread(name)
            return
        unpacked = self._unpack(archive, member, bare)
        if importer is not None:
            yield Source(importer, unpacked, name, _sha256(unpacked))
        else:
            yield from self.members(unpacked, name, depth + 1)

    def _unpack(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, bare: Path) -> Path:
        self._unpacked += 1
        place = self._folder / f"{self._unpacked}"
        place.mkdir(parents=True)
        most = min(self._left, max(member.compress_size * _MOST_GROWTH, _CHUNK))
        with archive.open(member) as packed, (place / bare).open("wb") as file:
            self._left -= _copy(packed, file, most, bare)
        return place / bare


def _copy(packed: IO[bytes], file: IO[bytes], most: int, bare: Path) -> int:
    """The bytes copied. What the archive says of its sizes is not trusted: the bytes are counted."""
    copied = 0
    while chunk := packed.read(_CHUNK):
        copied += len(chunk)
        if copied > most:
            raise refused(bare, f"unpacks to more than {most:,} bytes, as no official download does", AGAIN)
        file.write(chunk)
    return copied


def _importer_of(path: Path, head: bytes, importers: Sequence[Importer]) -> Importer | None:
    return next((importer for importer in importers if importer.recognises(path, head)), None)


def _readable(importers: Sequence[Importer]) -> str:
    titles = "\n".join(f"  {importer.title}" for importer in importers)
    return (
        "these are read, as CMS, the National Center for Health Statistics (and for CPT the AMA) publish them, bare or "
        f"in their zip:\n{titles}\nwhere each comes from: docs/how-to/import-code-sets.md"
    )


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise refused(path, f"cannot be read ({error.strerror})", "check that it exists and may be read") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
