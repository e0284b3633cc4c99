"""The edits of the Medicare Code Editor as one plain table (``MCE_Simple_Code_Edits_v37.txt``).

Layout: tab separated, a header line, one line for each code and edit: version of the editor, version of ICD, section
and subsection of the editor's definitions manual, the edit's name, D or P for diagnosis or procedure, the code without
its dot, its description. Version n holds for fiscal year n + 1983, version n.1 from that year's April.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.fiscal_year import dated_release
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.published import head_text, lines_of, only_file, refused
from chartstream.codesets.model import MCE

_COLUMNS: Final = (
    "MCE_Version",
    "ICD_Version",
    "MCE_Section",
    "MCE_Subsection",
    "MCE_Edit_Type",
    "ICD_Code_Type",
    "ICD_Code",
    "ICD_Desc",
)
_VERSION: Final = re.compile(r"([2-9]\d)(\.[01])?")
_YEAR_OF_VERSION_0: Final = 1983
_EDIT: Final = re.compile(r"[A-Za-z]\w+", re.ASCII)
_CODES: Final = {
    "D": ("", re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")),
    "P": ("P:", re.compile(r"[0-9A-HJ-NP-Z]{7}")),
}
"""The prefix of the keys and the form of the codes, for diagnoses and for procedures."""
_ALWAYS_THERE: Final = frozenset(
    {
        "Newborn_Only",
        "Pediatric_Only",
        "Maternity_Only",
        "Adult_Only",
        "Principal_Manifestation",
        "Principal_Unacceptable",
        "Noncovered_Always",
        "Limited_Coverage",
    }
)
"""Edits of every version for ICD-10, from the first section to nearly the last: a file without them is cut short."""


class _McePlainTable:
    """Entries: the names of a code's edits, under a diagnosis as it is (``A33``) or ``P:`` and a procedure."""

    system = MCE
    title = "table of the Medicare Code Editor's edits (MCE_Simple_Code_Edits_vNN.txt)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its first line is this table's header."""
        return _fields(head_text(head).split("\n", 1)[0]) == _COLUMNS

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The table of one file. Raises ``ConfigurationError`` for another layout, a line that is cut or mixed up, two
        versions in one file, or a file without edits that every version has.
        """
        path = only_file(files, self.title)
        edits: dict[str, list[str]] = {}
        version, rows = "", 0
        for number, line in lines_of(path):
            fields = _fields(line)
            if rows == 0 and not version:
                _check_header(path, number, fields)
                version = "?"
                continue
            key, edit, stated = _row(path, number, fields)
            if version not in {"?", stated}:
                raise refused(path, f"has lines of version {stated} after lines of version {version}", line=number)
            version, rows = stated, rows + 1
            names = edits.setdefault(key, [])
            if edit not in names:
                names.append(edit)
        progress(rows)
        _check_complete(path, edits)
        year, april = _year(path, version)
        release = dated_release(MCE, year, edition, path, april=april)
        return Imported(
            release, {key: json.dumps(names).encode() for key, names in edits.items()}, _counts(edits, rows)
        )


IMPORTER: Final = _McePlainTable()


def _fields(line: str) -> tuple[str, ...]:
    return tuple(field.strip().strip("\ufeff") for field in line.rstrip("\r\n").split("\t"))


def _check_header(path: Path, number: int, fields: tuple[str, ...]) -> None:
    if fields != _COLUMNS:
        raise refused(path, f"does not begin with the header {', '.join(_COLUMNS)}, tab separated", line=number)


def _row(path: Path, number: int, fields: tuple[str, ...]) -> tuple[str, str, str]:
    """The key of a line's code, the name of its edit, its version of the editor."""
    if len(fields) != len(_COLUMNS):
        raise refused(path, f"has {len(fields)} fields in place of {len(_COLUMNS)} (cut short?)", line=number)
    version, icd, _, _, edit, kind, code, _ = fields
    if _VERSION.fullmatch(version) is None:
        raise refused(path, "names no version of the editor in its first field", line=number)
    if icd != "10":
        raise refused(path, "is not about ICD-10", "give the table for ICD-10", line=number)
    if _EDIT.fullmatch(edit) is None:
        raise refused(path, "names no edit in its fifth field", line=number)
    if kind not in _CODES:
        raise refused(path, "says neither D nor P in its sixth field", line=number)
    prefix, form = _CODES[kind]
    if form.fullmatch(code) is None:
        raise refused(path, "holds no code of that kind in its seventh field", line=number)
    return prefix + code, edit, version


def _check_complete(path: Path, edits: Mapping[str, Sequence[str]]) -> None:
    missing = sorted(_ALWAYS_THERE - {name for names in edits.values() for name in names})
    if missing:
        raise refused(path, f"lacks edits that every version has ({', '.join(missing)}): it is cut short")


def _year(path: Path, version: str) -> tuple[int, bool]:
    match = _VERSION.fullmatch(version)
    if match is None:
        raise refused(path, "has no line under its header")
    return _YEAR_OF_VERSION_0 + int(match[1]), match[2] == ".1"


def _counts(edits: Mapping[str, Sequence[str]], rows: int) -> dict[str, int]:
    by_edit = Counter(name for names in edits.values() for name in names)
    procedures = sum(key.startswith("P:") for key in edits)
    return {
        "lines": rows,
        "diagnoses": len(edits) - procedures,
        "procedures": procedures,
        **dict(sorted(by_edit.items())),
    }
