"""NCCI medically unlikely edits: CMS's quarterly tables, or their units as JSON.

CMS: ``MCR_MUE_PractitionerServices_Eff_10-01-2025.csv`` (``…OutpatientHospitalServices…``, ``…DMESupplierServices…``):
below the AMA's copyright the columns HCPCS/CPT Code, … MUE Values, MUE Adjudication Indicator ("3 Date of Service Edit:
Clinical"), MUE Rationale. JSON: code → ``{"limit": 2, "unit": "services", "rationale": "…"}``, without indicator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from chartstream.codesets.importing.columns import EVERY, SPREADSHEET, heading, is_service_code, rows_of
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import quarterly_release
from chartstream.codesets.importing.published import head_text, refused, text_of
from chartstream.codesets.model import NCCI_MUE
from chartstream.codesets.services import NcciSetting

_WORDS: Final = {
    NcciSetting.PRACTITIONER: ("practitioner",),
    NcciSetting.OUTPATIENT: ("outpatient", "hospital"),
    NcciSetting.SUPPLIER: ("supplier", "dme"),
}
_NAME: Final = re.compile(r"MCR_MUE_", re.IGNORECASE)
_UNITS: Final = re.compile(r"\bMUE\s+Values?\b", re.IGNORECASE)
_CODE_HEADING: Final = re.compile(r'^"?HCPCS\s*/?\s*CPT\s+Code"?[,\t]', re.IGNORECASE | re.MULTILINE)
_JSON_ENTRY: Final = re.compile(r'^\s*\{\s*"[0-9A-Z]{5}"\s*:\s*\{[^}]*"limit"')
_INDICATOR: Final = re.compile(r"([123])(?:\s.*)?")
_SUFFIXES: Final = (".csv", ".txt", ".json")
_LIMIT: Final = re.compile(r"[0-9]{1,7}")
_MOST: Final = 9_999_999
_SAY_SETTING: Final = "put practitioner, outpatient or supplier into the name of the file or of the release (--name)"
_REPEATED: Final = "lists {} a second time"

_Row = tuple[int | None, str, dict[str, Any]]
"""Line (None in JSON), code, entry."""


class MueImporter:
    """The table for one setting."""

    system = NCCI_MUE

    def __init__(self, setting: NcciSetting) -> None:
        self.setting = setting
        self.title = f"NCCI medically unlikely edits, {setting} (MCR_MUE_….csv, or JSON)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By CMS's name, by the heading or by the JSON; a file that does not say its setting is the practitioners' to
        refuse.
        """
        text = head_text(head)
        if path.suffix.lower() == ".json":
            ours = _JSON_ENTRY.match(text)
        else:
            ours = _NAME.match(path.stem) or (_CODE_HEADING.search(text) and _UNITS.search(text))
        if not ours or path.suffix.lower() not in _SUFFIXES:
            return False
        return (_setting(path.stem) or _setting(_units_heading(text)) or NcciSetting.PRACTITIONER) is self.setting

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The limits of one quarter; see ``Importer.read``."""
        if len(files) > 1:
            raise refused(files[1], f"is a second table for {self.setting}", "import one quarter at a time")
        path = files[0]
        if path.suffix.lower() == ".json" and self.setting not in (_setting(path.stem), _setting(edition.name or "")):
            raise refused(path, "does not say for whom it holds", _SAY_SETTING)
        release = quarterly_release(NCCI_MUE, files, edition, self.setting)
        rows = _json_rows(path) if path.suffix.lower() == ".json" else self._rows(path)
        entries: dict[str, bytes] = {}
        for count, (line, code, values) in enumerate(rows, start=1):
            if count % EVERY == 0:
                progress(EVERY)
            key = f"{self.setting}:{code}"
            if key in entries:
                raise refused(path, _REPEATED.format(code), line=line)
            entries[key] = json.dumps(values, separators=(",", ":")).encode()
        counts = {"codes": len(entries)}
        if not entries:
            raise refused(path, "holds no code with its units")
        entries[f"{self.setting}:"] = json.dumps(counts).encode()
        return Imported(release, entries, counts)

    def _rows(self, path: Path) -> Iterator[_Row]:
        columns: tuple[int, ...] | None = None
        for line, row in rows_of(path):
            if columns is None:
                columns = self._columns(path, line, row)
            elif len(row) <= max(columns):
                raise refused(path, f"has {len(row)} columns, too few: cut short, or another layout", line=line)
            else:
                yield line, *_values(path, line, [row[column] for column in columns])
        if columns is None:
            raise refused(path, "has no heading with HCPCS/CPT Code and MUE Values")

    def _columns(self, path: Path, line: int, row: Sequence[str]) -> tuple[int, ...] | None:
        """Where code, units, indicator and rationale stand, if ``row`` is the heading."""
        cells = heading(row)
        units = [at for at, cell in enumerate(cells) if _UNITS.search(cell)]
        if not units or not any(cell.endswith("cpt code") for cell in cells):
            return None
        if _setting(cells[units[0]]) is not self.setting or _setting(path.stem) not in (None, self.setting):
            raise refused(path, f"is not the table for {self.setting}: name and heading differ", line=line)
        wanted = ("cpt code", "mue adjudication indicator", "mue rationale")
        found = [next((at for at, cell in enumerate(cells) if cell.endswith(name)), None) for name in wanted]
        if None in found:
            raise refused(path, "has no columns MUE Adjudication Indicator and MUE Rationale", line=line)
        code, indicator, rationale = (at for at in found if at is not None)
        return code, units[0], indicator, rationale


def _json_rows(path: Path) -> Iterator[_Row]:
    try:
        table = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        raise refused(path, "is no JSON (cut short?)") from error
    if not isinstance(table, dict):
        raise refused(path, "is no JSON object of codes")
    for code, entry in table.items():
        limit = entry.get("limit") if isinstance(entry, dict) else None
        if not is_service_code(code) or type(limit) is not int or not 0 <= limit <= _MOST:
            raise refused(path, "holds something else than codes with a limit in whole units")
        yield None, code, {"limit": limit, "rationale": str(entry.get("rationale") or "")}


def _values(path: Path, line: int, cells: Sequence[str]) -> tuple[str, dict[str, Any]]:
    code, units, indicator, rationale = cells
    if not is_service_code(code):
        raise refused(path, "holds no code in its first column", SPREADSHEET, line=line)
    known = _INDICATOR.fullmatch(indicator)
    if _LIMIT.fullmatch(units) is None or known is None:
        raise refused(path, f"has no whole units, or no adjudication indicator 1, 2 or 3, for {code}", line=line)
    return code, {"limit": int(units), "adjudication": int(known[1]), "rationale": rationale}


def _units_heading(text: str) -> str:
    """What stands on the line of a heading before "MUE Values"."""
    found = _UNITS.search(text)
    return text[max(0, found.start() - 40) : found.start()] if found else ""


def _setting(text: str) -> NcciSetting | None:
    lower = text.lower()
    found = [setting for setting, words in _WORDS.items() if any(word in lower for word in words)]
    return found[0] if len(found) == 1 else None


IMPORTERS: Final = tuple(MueImporter(setting) for setting in NcciSetting)
