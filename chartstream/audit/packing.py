"""A bundle as a folder or as a zip file, written whole or not at all, readable by its owner only."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from chartstream.audit.chain import Fault
from chartstream.errors import ConfigurationError

CHAIN = "entries.jsonl"
HEAD = "head.json"
PAGE = "index.html"

_BEGINNING = (1980, 1, 1, 0, 0, 0)


def pack(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files to a folder, or to a zip file where the name ends so.

    Raises ``ConfigurationError`` where something is there already, or it cannot be written.
    """
    draft = target.with_name(f".{target.name}.part")
    try:
        if target.exists():
            raise ConfigurationError(f"{target.name} is there already; name another folder or file")
        if is_zip(target):
            draft.unlink(missing_ok=True)
            _write(draft, _zipped(files))
        else:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700, parents=True)
            for name, content in files.items():
                (draft / name).parent.mkdir(mode=0o700, exist_ok=True)
                _write(draft / name, content)
        draft.rename(target)
    except OSError as error:
        raise ConfigurationError(f"{target.name} cannot be written: {error.strerror}; name another place") from error


def unpack(source: Path) -> dict[str, bytes] | Fault:
    """The files of a bundle by their names, or why the zip file is not as it was written.

    Raises ``ConfigurationError`` where nothing is there or it cannot be read.
    """
    try:
        if source.is_dir():
            return {
                path.relative_to(source).as_posix(): path.read_bytes()
                for path in sorted(source.rglob("*"))
                if path.is_symlink() or not path.is_dir()
            }
        content = source.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{source.name} cannot be read: {error.strerror}; check the path") from error
    files = _unzipped(content)
    # What zip keeps beside the files (names, times, sums, order) was written in one way, and is compared as a whole.
    if files is None or _zipped(files) != content:
        return Fault("the zip file", "it is not as it was written: it was changed, cut off or packed again")
    return files


def is_zip(path: Path) -> bool:
    """Whether a bundle of this name is one file."""
    return path.suffix.lower() == ".zip"


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files: stored, since compressors differ from version to version."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _BEGINNING)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, files[name])
    return out.getvalue()


def _unzipped(content: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members):
                return None
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, OverflowError):
        return None
