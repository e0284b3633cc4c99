"""Generated tables in place of those that a site imports, so that the edits that need them have work to do."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chartstream.codesets import CodeSet
from chartstream.codesets.model import CPT, FEE_SCHEDULE, HCPCS, NCCI_ADD_ON, NCCI_MUE, NCCI_PTP, POA_EXEMPT
from chartstream.codesets.services import NcciSetting

SERVICES = ("99213", "99214", "20610", "11102", "93000", "36415", "71046", "45380", "45385", "10060")
"""Codes that the random claims carry; what the tables say of them is made up."""
_PAIRS = 200_000
_EXEMPT = ("V", "W", "X", "Y", "Z7", "Z8", "Z9")


class GeneratedTable:
    """Entries by key."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = {key: json.dumps(value).encode() for key, value in entries.items()}

    def get(self, key: str) -> bytes | None:
        """The JSON bytes under ``key``."""
        return self._entries.get(key)


class GeneratedLibrary:
    """The same tables on every day."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self._tables = {system: (GeneratedTable(entries),) for system, entries in tables.items()}

    def tables(self, system: str, day: date) -> Sequence[GeneratedTable]:
        """The table of ``system``."""
        return self._tables.get(system, ())


def generated_library(codes: CodeSet, seed: int) -> GeneratedLibrary:
    """Tables for practitioners and hospital outpatient claims, with as many as some hundred thousand pairs; exempt from
    present on admission are the external causes and status codes of ``codes``.
    """
    rng = random.Random(seed)
    numbers = [*SERVICES, *(f"{number:05d}" for number in rng.sample(range(10_000, 70_000), 5_000))]
    settings = (NcciSetting.PRACTITIONER, NcciSetting.OUTPATIENT)
    pairs = {(rng.choice(numbers), rng.choice(numbers)) for _ in range(_PAIRS)} | {
        ("45385", "45380"),
        ("11102", "10060"),
    }
    service = {"description": "", "added": "2000-01-01"}
    return GeneratedLibrary(
        {
            CPT: dict.fromkeys(numbers, service),
            HCPCS: {code: {**service, "modifier": True} for code in ("LT", "RT", "TC", "XS")},
            POA_EXEMPT: {code.replace(".", ""): {} for code in codes if code.startswith(_EXEMPT) and "-" not in code},
            NCCI_PTP: {f"{setting}:": {} for setting in settings}
            | {
                f"{setting}:{one}:{two}": {
                    "effective_from": "2010-01-01",
                    "deleted": None,
                    "modifier_indicator": rng.choice((0, 1, 1, 9)),
                }
                for setting in settings
                for one, two in sorted(pairs)
            },
            NCCI_MUE: {f"{setting}:": {} for setting in settings}
            | {
                f"{setting}:{code}": {"limit": rng.choice((1, 2, 4)), "adjudication": rng.choice((1, 2, 3))}
                for setting in settings
                for code in numbers
            },
            NCCI_ADD_ON: {},
            FEE_SCHEDULE: {
                code: {
                    "bilateral": rng.choice("0123"),
                    "pc_tc": rng.choice("012"),
                    "global_days": rng.choice(("000", "XXX")),
                }
                for code in numbers
            },
        }
    )
