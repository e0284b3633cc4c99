"""The lines of the official indexes that a site has imported for a release; they enrich that release's lexicon."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from chartstream.codesets.library import InstalledLibrary, Manifest, installed_library
from chartstream.codesets.model import Release
from chartstream.codesets.official_index import SYSTEMS, IndexKind, IndexTerm
from chartstream.errors import ConfigurationError


def index_terms(release: Release) -> Iterator[tuple[IndexKind, IndexTerm]]:
    """Every line of the indexes that go with ``release``, kind by kind, each in the order of its file.

    Raises ``ConfigurationError`` for a damaged table.
    """
    library = installed_library()
    for kind, manifest in _indexes_of(release, library):
        table = library.open(manifest)
        for key in table:
            yield kind, _term(table.get(key), manifest)


def index_fingerprint(release: Release) -> str:
    """The hash of all indexes that go with ``release``: what is built from them carries this in its name."""
    digest = hashlib.sha256()
    for _, manifest in _indexes_of(release, installed_library()):
        digest.update(f"{manifest.system} {manifest.sha256}\n".encode())
    return digest.hexdigest()


def _indexes_of(release: Release, library: InstalledLibrary) -> Sequence[tuple[IndexKind, Manifest]]:
    """The index of each kind that holds on the release's last day, when its updates are in force."""
    found = ((kind, library.holding(system, release.effective_to)) for kind, system in SYSTEMS.items())
    return [(kind, holding[0]) for kind, holding in found if holding]


def _term(raw: bytes | None, manifest: Manifest) -> IndexTerm:
    try:
        record = json.loads(raw or b"")
        return IndexTerm(tuple(record.pop("words")), **record)
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"the table of {manifest.name} is damaged; import its file again (`chartstream codesets import --replace`)"
        ) from error
