"""A release of ICD-10-PCS from the files that belong together: the tables, and with them the index, the definitions,
the order file and the code list, as far as they are given. The lists must name the very codes that the tables hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from chartstream.codesets.importing import pcs_definitions, pcs_index, pcs_tables
from chartstream.codesets.importing.fiscal_year import dated_release
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.pcs_definitions import read_definitions
from chartstream.codesets.importing.pcs_index import read_index
from chartstream.codesets.importing.pcs_order import CODE_LINE, ORDER_LINE, ListedCode, read_codes, read_order
from chartstream.codesets.importing.pcs_tables import codes_of, read_tables
from chartstream.codesets.importing.published import head_text, refused
from chartstream.codesets.model import ICD10PCS
from chartstream.codesets.pcs import DEFINITIONS_KEY, INDEX_KEY, TABLES_KEY, ProcedureTable, composed_title
from chartstream.errors import ConfigurationError

_NAMED: Final = 3
"""Codes that a complaint names of those that do not fit."""


class _Kind(StrEnum):
    TABLES = "tables"
    INDEX = "index"
    DEFINITIONS = "definitions"
    ORDER = "order file"
    CODES = "code list"


_ROOTS: Final = {
    pcs_tables.ROOT: _Kind.TABLES,
    pcs_index.ROOT: _Kind.INDEX,
    pcs_definitions.ROOT: _Kind.DEFINITIONS,
}
_ROOT: Final = re.compile(r"<(ICD10PCS\.\w+)[\s>]")
_LISTS: Final = ((_Kind.ORDER, ORDER_LINE), (_Kind.CODES, CODE_LINE))
_OWN_NAME: Final = re.compile(r"pcs", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(slots=True)
class _Gathered:
    """What is read so far: entries by key, counts, and the year that each file states."""

    entries: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    years: dict[str, Path] = field(default_factory=dict)

    def keep(self, key: str, value: Any) -> None:
        self.entries[key] = json.dumps(value, separators=(",", ":")).encode()

    def state(self, path: Path, year: str) -> None:
        """Take the year that ``path`` states. Raises ``ConfigurationError`` where another file states another."""
        match = _YEAR.search(year) or _YEAR.search(path.stem)
        if match is None:
            return
        if self.years and match[1] not in self.years:
            other, first = next(iter(self.years.items()))
            raise refused(path, f"is of {match[1]}, {first.name} of {other}", "give the files of one year")
        self.years.setdefault(match[1], path)


class _ProcedureCodingSystem:
    """Entries: tables by three characters, codes by seven with their titles, the index and the definitions in parts;
    ``chartstream.codesets.pcs.ProcedureTables`` reads them.
    """

    system = ICD10PCS
    title = "ICD-10-PCS (icd10pcs_tables_YYYY.xml; with it the index, definitions, order file and code list)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether it is one of the five files, by its root element, or by its name and first line."""
        return _kind(path, head) is not None

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The release in ``files``, one of each kind at most.

        Raises ``ConfigurationError`` as the readers of the files do, when the tables are not among them, when the
        files are of several years, or when a list names other codes than the tables hold.
        """
        kinds = _kinds(files)
        if _Kind.TABLES not in kinds:
            raise refused(
                files[0], "comes without the tables", "give icd10pcs_tables_YYYY.xml of the same year with it"
            )
        gathered = _Gathered()
        lists = _lists(kinds, gathered)
        _gather_tables(kinds[_Kind.TABLES], lists, gathered, progress)
        if _Kind.INDEX in kinds:
            index = read_index(kinds[_Kind.INDEX])
            gathered.state(kinds[_Kind.INDEX], index.version)
            progress(_gather_parts(gathered, INDEX_KEY, index.letters, "index terms"))
        if _Kind.DEFINITIONS in kinds:
            definitions = read_definitions(kinds[_Kind.DEFINITIONS])
            gathered.state(kinds[_Kind.DEFINITIONS], definitions.version)
            progress(_gather_parts(gathered, DEFINITIONS_KEY, definitions.sections, "definitions"))
            gathered.counts["device aggregations left out"] = definitions.aggregations
        year = next((int(year) for year in gathered.years), None)
        release = dated_release(ICD10PCS, year, edition, kinds[_Kind.TABLES])
        return Imported(release, gathered.entries, gathered.counts)


IMPORTER: Final = _ProcedureCodingSystem()


def _kind(path: Path, head: bytes) -> _Kind | None:
    text = head_text(head)
    if (root := _ROOT.search(text)) is not None:
        return _ROOTS.get(root[1])
    first = next((line for line in text.splitlines() if line.strip()), "").rstrip()
    if _OWN_NAME.search(path.name) is None:  # the lists of ICD-10-CM have the same columns
        return None
    return next((kind for kind, form in _LISTS if form.fullmatch(first)), None)


def _kinds(files: Sequence[Path]) -> dict[_Kind, Path]:
    found: dict[_Kind, Path] = {}
    for path in files:
        try:
            with path.open("rb") as file:
                kind = _kind(path, file.read(1 << 16))
        except OSError as error:
            raise refused(path, f"cannot be read ({error.strerror})", "check that it exists and may be read") from error
        if kind is None:
            raise refused(
                path, "is none of the files of ICD-10-PCS", "give the XML or text files of one year's download"
            )
        if kind in found:
            raise refused(path, f"is a second {kind} beside {found[kind].name}", "give one file of each kind")
        found[kind] = path
    if not found:
        raise ConfigurationError("no file of ICD-10-PCS was given; give icd10pcs_tables_YYYY.xml")
    return found


def _lists(kinds: Mapping[_Kind, Path], gathered: _Gathered) -> dict[Path, dict[str, ListedCode]]:
    """The codes of the lists that are given; the order file first, for it has the short titles."""
    readers: tuple[tuple[_Kind, Callable[[Path], dict[str, ListedCode]]], ...] = (
        (_Kind.ORDER, read_order),
        (_Kind.CODES, read_codes),
    )
    found = {}
    for kind, read in readers:
        if kind in kinds:
            gathered.state(kinds[kind], "")
            found[kinds[kind]] = read(kinds[kind])
            gathered.counts[f"codes of the {kind}"] = len(found[kinds[kind]])
    return found


def _gather_tables(
    path: Path, lists: Mapping[Path, Mapping[str, ListedCode]], gathered: _Gathered, progress: Progress
) -> None:
    published = read_tables(path)
    gathered.state(path, published.version)
    tables = published.tables
    held = {code: key for key, table in tables.items() for code in codes_of(key, table)}
    for list_path, listed in lists.items():
        _check_same(list_path, set(held), set(listed))
    titles = next(iter(lists.values()), {})
    for key, table in tables.items():
        gathered.keep(key, _record(table))
    gathered.keep(TABLES_KEY, _overview(tables))
    for code, key in held.items():
        gathered.keep(code, _titles(titles.get(code), tables[key], code))
    rows = sum(len(table.rows) for table in tables.values())
    gathered.counts |= {"tables": len(tables), "rows": rows, "codes": len(held)}
    progress(len(held))


def _check_same(path: Path, held: set[str], listed: set[str]) -> None:
    if held == listed:
        return
    lacking, more = sorted(held - listed), sorted(listed - held)
    said = [f"lacks {len(lacking)} codes of the tables ({_first(lacking)})"] if lacking else []
    said += [f"lists {len(more)} codes that they do not hold ({_first(more)})"] if more else []
    raise refused(path, " and ".join(said), "give complete files of one edition")


def _first(codes: Sequence[str]) -> str:
    return ", ".join(codes[:_NAMED]) + (", …" if len(codes) > _NAMED else "")


def _record(table: ProcedureTable) -> dict[str, Any]:
    rows = [[(axis.title, axis.labels) for axis in row] for row in table.rows]
    return {
        "axes": [(axis.title, axis.labels) for axis in table.axes],
        "definition": table.definition,
        "description": ", ".join(label for axis in table.axes for label in axis.labels.values()),
        "rows": rows,
    }


def _overview(tables: Mapping[str, ProcedureTable]) -> dict[str, Any]:
    """Sections, body systems and operations, each under the one before; see ``ProcedureTables``."""
    root: dict[str, Any] = {}
    for table in tables.values():
        level = root
        for axis in table.axes:
            level.setdefault("axis", axis.title)
            ((value, label),) = axis.labels.items()
            level = level.setdefault("values", {}).setdefault(value, {"label": label})
    return root


def _titles(listed: ListedCode | None, table: ProcedureTable, code: str) -> dict[str, str]:
    if listed is None:
        return {"description": composed_title(table, code)}
    return {"description": listed.title, **({"short": listed.short} if listed.short else {})}


def _gather_parts(gathered: _Gathered, key: str, parts: Mapping[str, Iterable[Any]], name: str) -> int:
    """Keep a list under one key for each part and the parts' names under ``key``; how many elements there were."""
    count = 0
    for part, elements in parts.items():
        records = list(_records(elements))
        gathered.keep(f"{key}:{part}", records)
        count += len(records)
    gathered.keep(key, list(parts))
    gathered.counts[name] = count
    return count


def _records(elements: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for element in elements:
        yield {name: value for name, value in asdict(element).items() if value}
