"""ICD-10-CM as CMS publishes it: the tabular list in XML, and beside it the order file or the code list as a check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.fiscal_year import dated_release
from chartstream.codesets.importing.icd10cm_order import (
    check_against,
    check_codes,
    is_code_list,
    is_order_file,
    read_code_list,
    read_order,
)
from chartstream.codesets.importing.icd10cm_tabular import ROOT, Tabular, read_tabular
from chartstream.codesets.importing.model import HEAD, Edition, Imported, Progress
from chartstream.codesets.importing.published import head_text, refused
from chartstream.codesets.model import ICD10CM, Release

# "icd10cm-tabular-April-1-2026.xml"; the October edition's file names only the year.
_APRIL: Final = re.compile(r"april", re.IGNORECASE)
_LIST_NAME: Final = re.compile(r"icd-?10-?cm.*code", re.IGNORECASE)
_YEAR: Final = re.compile(r"20\d\d")
_ADDENDA: Final = re.compile(r"addend", re.IGNORECASE)


class TabularImporter:
    """Reads a release of ICD-10-CM. The tabular list is needed; what else is given must name the very same codes."""

    system = ICD10CM
    title = (
        "ICD-10-CM tabular list (icd10cm_tabular_YYYY.xml), with its order file (icd10cm_order_YYYY.txt) or code list"
    )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file is a tabular list, an order file or a code list; lists of changes (addenda) are not."""
        if _ADDENDA.search(path.name):
            return False
        return _is_tabular(head) or is_order_file(head) or _is_code_list(path, head)

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The release. Raises ``ConfigurationError`` for a file at fault, and for a list that differs."""
        heads = {path: _head(path) for path in files}
        tabulars = [path for path, head in heads.items() if _is_tabular(head)]
        if len(tabulars) > 1:
            raise refused(tabulars[1], f"is a second tabular list beside {tabulars[0].name}", "import one at a time")
        if not tabulars:
            raise refused(files[0], "stands without its tabular list", "give icd10cm_tabular_YYYY.xml with it")
        path = tabulars[0]
        tabular = read_tabular(path, progress)
        release = edition_of(ICD10CM, tabular.edition, edition, path)
        counts = {"billable codes": len(tabular.billable)}
        counts.update(_checked(heads, tabular))
        return Imported(release, tabular.entries, counts)


def edition_of(system: str, stated: str, edition: Edition, path: Path) -> Release:
    """The release of a file that states an edition ("2026"): the April update where its name says so."""
    year = int(stated) if _YEAR.fullmatch(stated) else None
    return dated_release(system, year, edition, path, april=bool(_APRIL.search(path.name)))


def _checked(heads: dict[Path, bytes], tabular: Tabular) -> dict[str, int]:
    """What the lists beside the tabular list hold; each has been compared."""
    counts = {}
    for path, head in heads.items():
        if is_order_file(head):
            order = read_order(path)
            check_against(path, order, tabular)
            counts["codes and headers of the order file"] = len(order)
        elif not _is_tabular(head):
            listed = read_code_list(path)
            check_codes(path, listed, tabular.billable, "billable codes")
            counts["codes of the code list"] = len(listed)
    return counts


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _is_tabular(head: bytes) -> bool:
    return f"<{ROOT}" in head_text(head)


def _is_code_list(path: Path, head: bytes) -> bool:
    return bool(_LIST_NAME.search(path.name)) and is_code_list(head)


IMPORTER: Final = TabularImporter()
