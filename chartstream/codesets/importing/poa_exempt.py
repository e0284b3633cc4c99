"""The diagnoses that are exempt from present-on-admission reporting, as CMS and the CDC publish them each year.

Layout (``POAexemptCodes2020.txt``): tab separated, the header ``Order2020, POAexemptCode, Description``; the first
column's title carries the edition (``Order2021``, ``OrdApr23``). What is saved from the workbook may be comma separated
and have only ``Code, Description``. The lists of added, deleted and revised codes that come in the same download
look alike and are no whole list.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.fiscal_year import dated_release
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.published import head_text, lines_of, only_file, refused
from chartstream.codesets.model import POA_EXEMPT

_CODE_COLUMNS: Final = frozenset({"poaexemptcode", "poaexemptcodes", "code", "icd10cmcode", "diagnosiscode"})
_OWN_COLUMNS: Final = frozenset({"poaexemptcode", "poaexemptcodes"})
_NAME: Final = re.compile(r"poa.*exempt", re.IGNORECASE)
_CHANGES: Final = re.compile(r"add|delet|revis|change", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)|(?:fy|apr|ord)[-_ ]?(\d\d)(?!\d)", re.IGNORECASE)
_CODE: Final = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
_HEADER_WITHIN: Final = 10
"""Lines in which the header must come: a workbook may have a title above it."""
_FIRST_CATEGORY, _LAST_CATEGORY = "B", "Z99"
"""Sequelae of infections (B90-B94) and dependence on machines (Z99) stand at the ends of every list since 2016."""
_WHOLE_LIST: Final = "give the whole list (POAexemptCodes…), complete as downloaded"


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header stands, how its columns are separated, which of them (from 0) holds the code."""

    line: int
    fields: tuple[str, ...]
    delimiter: str
    code: int


class _PoaExemptList:
    """Entries: nothing, under each code without its dot."""

    system = POA_EXEMPT
    title = "list of the codes exempt from present-on-admission reporting (POAexemptCodesYYYY.txt)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether its header is such a list's, and neither its name nor its header that of a list of changes."""
        lines = head_text(head).splitlines()[:_HEADER_WITHIN]
        header = next((found for number, line in enumerate(lines, 1) if (found := _header(number, line))), None)
        if header is None or _is_of_changes(path, header):
            return False
        return bool(_OWN_COLUMNS.intersection(map(_plain, header.fields)) or _NAME.search(path.name))

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The codes of one file. Raises ``ConfigurationError`` for another layout, a line without a code, a code that
        comes twice, a list cut short or a list of changes, or an edition that cannot be told.
        """
        path = only_file(files, self.title)
        header: _Header | None = None
        codes: dict[str, bytes] = {}
        for number, line in lines_of(path):
            if header is None:
                header = _header(number, line)
                if header is None and number >= _HEADER_WITHIN:
                    break
                continue
            code = _code(path, number, _split(line, header.delimiter), header)
            if code in codes:
                raise refused(path, f"lists {code} a second time", line=number)
            codes[code] = b"{}"
        if header is None:
            raise refused(path, "has no header with a column for the code (POAexemptCode)", line=1)
        if _is_of_changes(path, header):
            raise refused(path, "is a list of changes", _WHOLE_LIST)
        progress(len(codes))
        _check_complete(path, codes)
        year, april = _edition(path, header)
        release = dated_release(POA_EXEMPT, year, edition, path, april=april)
        return Imported(release, codes, {"codes": len(codes)})


IMPORTER: Final = _PoaExemptList()


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.lower())


def _split(line: str, delimiter: str) -> list[str]:
    """The fields of one line; a quotation mark that is never closed ends with its line."""
    return next(csv.reader([line.replace("\0", "")], delimiter=delimiter), [])


def _header(number: int, line: str) -> _Header | None:
    for delimiter in ("\t", ","):
        fields = tuple(field.strip().strip("\ufeff") for field in _split(line, delimiter))
        at = next((at for at, title in enumerate(fields) if _plain(title) in _CODE_COLUMNS), None)
        if at is not None and len(fields) > 1:
            return _Header(number, fields, delimiter, at)
    return None


def _is_of_changes(path: Path, header: _Header) -> bool:
    return any(_CHANGES.search(text) for text in (path.name, *header.fields))


def _code(path: Path, number: int, fields: Sequence[str], header: _Header) -> str:
    if len(fields) != len(header.fields):
        raise refused(path, f"has {len(fields)} fields in place of {len(header.fields)} (cut short?)", line=number)
    code = fields[header.code].strip().upper()
    if _CODE.fullmatch(code) is None:
        raise refused(path, "holds no ICD-10-CM code in the column of the code", line=number)
    return code.replace(".", "")


def _check_complete(path: Path, codes: dict[str, bytes]) -> None:
    if not any(c.startswith(_FIRST_CATEGORY) for c in codes) or not any(c.startswith(_LAST_CATEGORY) for c in codes):
        raise refused(path, "lacks the sequelae of infections (B90-B94) or Z99, which every list has", _WHOLE_LIST)


def _edition(path: Path, header: _Header) -> tuple[int | None, bool]:
    """The fiscal year that the header's first title or the file's name states, and whether it is its April update."""
    for text in (header.fields[0], path.stem):
        if (match := _YEAR.search(text)) is not None:
            return int(match[1] or f"20{match[2]}"), "apr" in text.lower()
    return None, False
