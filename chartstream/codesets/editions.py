"""What the installed tables say of codes on one date of service."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from chartstream.codesets.model import (
    CONVERSION,
    FEE_SCHEDULE,
    ICD10PCS,
    MCE,
    NCCI_ADD_ON,
    NCCI_MUE,
    NCCI_PTP,
    POA_EXEMPT,
)
from chartstream.codesets.pcs import ProcedureTables, procedure_tables
from chartstream.codesets.services import (
    CONTRACTOR_DEFINED,
    AddOn,
    FeeIndicators,
    NcciSetting,
    PtpPair,
    ServiceCode,
    UnitsLimit,
)
from chartstream.codesets.table import Reader


class Library(Protocol):
    """Where installed tables are found."""

    def tables(self, system: str, day: date) -> Sequence[Reader]:
        """The tables of ``system`` that hold on ``day``, the last to come into force first; empty where none does."""
        ...


class Editions:
    """The tables in force on ``day``. Where several of one system hold, the later one's entry counts.

    ``None`` for an entry means that no installed table has it; ``has`` tells whether there is a table at all.
    """

    def __init__(self, library: Library, day: date) -> None:
        self.day = day
        self._library = library

    def __eq__(self, other: object) -> bool:
        """Whether both are of one library and day, so that what is worked out from one holds for the other."""
        return isinstance(other, Editions) and self.day == other.day and self._library is other._library

    def __hash__(self) -> int:
        return hash((id(self._library), self.day))

    def on(self, day: date) -> Editions:
        """The tables in force on another day, such as that of one line of the claim."""
        return self if day == self.day else Editions(self._library, day)

    def has(self, system: str) -> bool:
        """Whether a table of ``system`` holds on the day."""
        return bool(self._library.tables(system, self.day))

    def has_setting(self, system: str, setting: NcciSetting) -> bool:
        """Whether an NCCI table for ``setting`` holds on the day: one with an entry under ``practitioner:``."""
        return self._entry(system, f"{setting}:") is not None

    def service(self, system: str, code: str) -> ServiceCode | None:
        """The entry of a HCPCS or CPT code, or of a modifier (``system`` is ``HCPCS`` or ``CPT``)."""
        found = self._entry(system, code)
        return None if found is None else ServiceCode(code, **_dated(found, "added", "effective_from", "terminated"))

    def ptp(self, setting: NcciSetting, column_one: str, column_two: str) -> PtpPair | None:
        """The procedure-to-procedure edit of a pair in this order, whether or not in force on the day: of a pair that
        was edited in several periods the one in force, else the latest.
        """
        found = self._entry(NCCI_PTP, f"{setting}:{column_one}:{column_two}")
        if found is None:
            return None
        periods = found if isinstance(found, list) else [found]
        pairs = [PtpPair(column_one, column_two, **_dated(period, "effective_from", "deleted")) for period in periods]
        return next((pair for pair in pairs if pair.applies_on(self.day)), pairs[0])

    def units_limit(self, setting: NcciSetting, code: str) -> UnitsLimit | None:
        """The most units of a code a day."""
        found = self._entry(NCCI_MUE, f"{setting}:{code}")
        return None if found is None else UnitsLimit(code, **found)

    def add_on(self, code: str) -> AddOn | None:
        """What an add-on code may stand beside on the day; None for a code that is none."""
        found = self._entry(NCCI_ADD_ON, code)
        if found is None:
            return None
        day = self.day.isoformat()
        dated = [
            primary for primary, begins, ends in found.get("dated", ()) if begins <= day and (not ends or day <= ends)
        ]
        holding = [*found.get("primaries", ()), *dated]
        if "dated" in found and not holding:
            return None
        return AddOn(code, found["kind"], tuple(primary for primary in holding if primary != CONTRACTOR_DEFINED))

    def fee(self, code: str) -> FeeIndicators | None:
        """The fee-schedule indicators of a code."""
        found = self._entry(FEE_SCHEDULE, code)
        return None if found is None else FeeIndicators(code, **found)

    def poa_exempt(self, code: str) -> bool | None:
        """Whether an ICD-10-CM code is exempt from present-on-admission reporting; None without a list."""
        return self._newest(POA_EXEMPT, code.replace(".", "")) is not None if self.has(POA_EXEMPT) else None

    def mce(self, code: str) -> Sequence[str] | None:
        """The edits that an imported Medicare Code Editor table names for a code (``Newborn_Only``), empty for a code
        it does not list; None without a table.
        """
        if not self.has(MCE):
            return None
        found: list[str] = self._newest(MCE, code.replace(".", "")) or []
        return found

    def pcs(self) -> ProcedureTables | None:
        """The tables of ICD-10-PCS; None where none were imported for the day."""
        holding = self._library.tables(ICD10PCS, self.day)
        return procedure_tables(holding[0]) if holding else None

    def successors(self, system: str, code: str) -> Sequence[str] | None:
        """What took the place of a code of ``system`` (``ICD-10-CM``, ``ICD-10-PCS``) by the day: codes without dots,
        empty for one that the conversion table does not list; None without a table of that system. A successor may
        have been replaced in its turn.
        """
        if self._entry(CONVERSION, f"{system}:") is None:
            return None
        changes: list[tuple[str, str]] = self._entry(CONVERSION, f"{system}:{code.replace('.', '')}") or []
        return tuple(dict.fromkeys(new for new, since in changes if date.fromisoformat(since) <= self.day))

    def _newest(self, system: str, key: str) -> Any:
        """The entry in the last table to come into force: of whole lists, an older one may have what was dropped."""
        return _read(tuple(self._library.tables(system, self.day))[:1], key)

    def _entry(self, system: str, key: str) -> Any:
        return _read(tuple(self._library.tables(system, self.day)), key)


@lru_cache(maxsize=100_000)  # the same codes and pairs come again and again; a search costs more than all the rest
def _read(tables: tuple[Reader, ...], key: str) -> Any:
    """The entry in the first table that has it, or None. It is shared: never change it."""
    raw = next((raw for table in tables if (raw := table.get(key)) is not None), None)
    return None if raw is None else json.loads(raw)


def _dated(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in names and value is not None else value
        for name, value in entry.items()
    }
