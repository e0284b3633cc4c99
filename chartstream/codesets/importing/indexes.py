"""The official indexes of ICD-10-CM: Alphabetic Index, Table of Neoplasms, Table of Drugs and Chemicals, External Cause
Index. Their terms enrich the lexicon of the release that holds on the same days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from chartstream.codesets.catalogue import CodeSet
from chartstream.codesets.importing.icd10cm import edition_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.published import head_text, refused
from chartstream.codesets.model import ICD10CM, Release
from chartstream.codesets.official_index import (
    ROOT,
    SYSTEMS,
    IndexKind,
    IndexTerm,
    OfficialIndex,
    kind_of_head,
    read_official_index,
)
from chartstream.codesets.releases import load, release_for

_MOST_UNKNOWN: Final = 0.02
"""Of an index of the release's own edition nearly every code is known; beyond this share it is another edition's."""


class IndexImporter:
    """Reads the index of one kind."""

    def __init__(self, kind: IndexKind) -> None:
        self._kind = kind
        self.system = SYSTEMS[kind]
        self.title = f"{self.system} (XML)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is an index of this kind."""
        text = head_text(head)
        return f"<{ROOT}" in text and kind_of_head(text) is self._kind

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The lines of the index whose codes the release of its dates has.

        Raises ``ConfigurationError`` for a file at fault, where no release of ICD-10-CM covers its dates, and when too
        many of its codes are none of that release's: it is another edition's.
        """
        if len(files) > 1:
            raise refused(files[1], f"is a second {self.system} beside {files[0].name}", "import one at a time")
        path = files[0]
        index = read_official_index(path)
        progress(len(index.terms))
        release = edition_of(self.system, index.edition, edition, path)
        codes = _codes_of(path, release)
        kept = [term for term in index.terms if term.code in codes]
        unknown = len(index.terms) - len(kept)
        _check_edition(path, index, unknown, codes)
        return Imported(release, entries_of(kept), {"lines": len(kept), "left out": unknown})


def entries_of(terms: Sequence[IndexTerm]) -> dict[str, bytes]:
    """The terms as they stand in a table. Their keys keep the order: of two with the same words the first counts."""
    return {f"{number:06}": json.dumps(asdict(term)).encode() for number, term in enumerate(terms)}


def _codes_of(path: Path, release: Release) -> CodeSet:
    holding = release_for(ICD10CM, release.effective_to)
    if holding is None:
        raise refused(
            path,
            f"holds to {release.effective_to}, when no installed ICD-10-CM release does",
            "import the tabular list of that edition first, or with it",
        )
    return load(holding)


def _check_edition(path: Path, index: OfficialIndex, unknown: int, codes: CodeSet) -> None:
    if unknown > _MOST_UNKNOWN * len(index.terms):
        raise refused(
            path,
            f"{unknown} of {len(index.terms)} codes are none of {codes.release.name}",
            f"import the index of that release (the file says {index.edition or 'no edition'})",
        )


IMPORTERS: Final = tuple(IndexImporter(kind) for kind in IndexKind)
