"""What a site has installed beside the packaged code sets: the terms of the official indexes, which enrich the lexicon.

They lie as plain lines of JSON in one folder, a file for each kind of index; installing a kind again replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from chartstream.codesets.catalogue import CodeSet
from chartstream.codesets.official_index import IndexKind, IndexTerm, OfficialIndex
from chartstream.errors import ConfigurationError
from chartstream.home import state_home

FOLDER = "CHARTSTREAM_CODESETS"
"""Names the folder of what is installed."""
_MOST_UNKNOWN = 0.02
"""Of an index of the release's own edition nearly every code is known; beyond this share it is another edition's."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What came of installing one index: lines kept, and lines left out because the release lacks their code."""

    kind: IndexKind
    edition: str
    kept: int
    unknown: int


def index_folder() -> Path:
    """``CHARTSTREAM_CODESETS`` if set, else ``codesets`` in the folder of lasting state. It need not exist."""
    chosen = os.environ.get(FOLDER)
    return Path(chosen).expanduser().absolute() if chosen else state_home() / "codesets"


def install_index(index: OfficialIndex, codes: CodeSet, folder: Path | None = None) -> Installation:
    """Keep the lines of ``index`` whose codes ``codes`` has.

    Raises ``ConfigurationError`` when too many are unknown (another release's index) or the folder cannot be written.
    """
    kept = [term for term in index.terms if term.code in codes]
    unknown = len(index.terms) - len(kept)
    if unknown > _MOST_UNKNOWN * len(index.terms):
        raise ConfigurationError(
            f"{unknown} of {len(index.terms)} codes of the {index.kind} index are none of {codes.release.name}; "
            f"install the index of that release (the file says {index.edition or 'no edition'})"
        )
    folder = folder or index_folder()
    head = {"kind": index.kind, "edition": index.edition, "release": codes.release.name, "unknown": unknown}
    rows = [json.dumps(head), *(json.dumps(asdict(term)) for term in kept)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
        Path(file.name).chmod(0o644)  # public, and read by services under other users
        Path(file.name).replace(folder / f"{index.kind}.jsonl")
    except OSError as error:
        raise ConfigurationError(
            f"the {index.kind} index cannot be kept in the folder of code sets: {error.strerror}; make it writable or "
            "set CHARTSTREAM_CODESETS to one that is"
        ) from error
    return Installation(index.kind, index.edition, len(kept), unknown)


def installed_indexes(folder: Path | None = None) -> list[Installation]:
    """What is installed. Raises ``ConfigurationError`` for a damaged file."""
    found = []
    for path in _files(folder):
        head, terms = _read(path)
        found.append(Installation(IndexKind(head["kind"]), head["edition"], len(terms), int(head["unknown"])))
    return found


def index_terms(folder: Path | None = None) -> Iterator[tuple[IndexKind, IndexTerm]]:
    """Every installed line, kind by kind. Raises ``ConfigurationError`` for a damaged file."""
    for path in _files(folder):
        _, terms = _read(path)
        yield from ((IndexKind(path.stem), term) for term in terms)


def index_fingerprint(folder: Path | None = None) -> str:
    """The hash of all that is installed: what is built from it carries this in its name."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path | None) -> list[Path]:
    folder = folder or index_folder()
    return [path for kind in IndexKind if (path := folder / f"{kind}.jsonl").exists()]


def _read(path: Path) -> tuple[dict[str, str], list[IndexTerm]]:
    try:
        head, *rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        return head, [IndexTerm(tuple(row.pop("words")), **row) for row in rows]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ConfigurationError(
            f"the installed index {path.name} is damaged; install it again (`chartstream codesets install`)"
        ) from error
