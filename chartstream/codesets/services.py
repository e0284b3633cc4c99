"""What is known of a procedure code on a day: its entry, its NCCI edits, its fee-schedule indicators. Immutable values.

Codes of CPT and HCPCS are five characters without a dot, upper case; of ICD-10-PCS seven.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

CONTRACTOR_DEFINED: Final = "CCCCC"
"""Stands in CMS's add-on code edits for primaries that the Medicare contractor decides on."""


class NcciSetting(StrEnum):
    """CMS's NCCI tables: for practitioners (with ambulatory surgery), hospital outpatient, equipment suppliers."""

    PRACTITIONER = "practitioner"
    OUTPATIENT = "outpatient"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """An entry of HCPCS Level II or CPT: a procedure, a supply, or a two-character modifier.

    ``effective_from`` is the date of its last change, ``terminated`` the last day on which it may be used. HCPCS alone
    states the rest, as printed: ``coverage`` (C carrier judgement, D special instructions, I not payable by Medicare, M
    not covered, S not covered by statute), ``betos`` (the Berenson-Eggers type of service), ``action`` (A added, C
    long description changed, D discontinued, N none, …), ``note`` (the number of its processing note).
    """

    code: str
    description: str
    modifier: bool = False
    added: date | None = None
    effective_from: date | None = None
    terminated: date | None = None
    add_on: bool = False
    coverage: str = ""
    betos: str = ""
    action: str = ""
    note: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether a service on ``day`` may carry it."""
        return (self.added is None or self.added <= day) and (self.terminated is None or day <= self.terminated)


@dataclass(frozen=True, slots=True)
class PtpPair:
    """An NCCI procedure-to-procedure edit: column two is not paid beside column one, on the days stated.

    ``modifier_indicator``: 0 no modifier bypasses it, 1 an NCCI modifier does, 9 the edit does not apply (deleted
    retroactively). ``deleted`` is the last day of the edit.
    """

    column_one: str
    column_two: str
    effective_from: date
    deleted: date | None
    modifier_indicator: int
    rationale: str = ""

    def applies_on(self, day: date) -> bool:
        """Whether the edit is in force on ``day``: from its effective to its deletion date, both included."""
        in_force = self.effective_from <= day and (self.deleted is None or day <= self.deleted)
        return in_force and self.modifier_indicator != 9


@dataclass(frozen=True, slots=True)
class UnitsLimit:
    """A medically unlikely edit: the most units of a code for one patient and day.

    ``adjudication`` is the MUE adjudication indicator (MAI): 1 claim line, 2 day of service by policy (absolute),
    3 day of service by clinical benchmark; None where the file does not say.
    """

    code: str
    limit: int
    adjudication: int | None = None
    rationale: str = ""


@dataclass(frozen=True, slots=True)
class AddOn:
    """An add-on code and the primaries it may stand beside (CMS add-on code edits; type 1 lists all of them, type 2
    none, type 3 some).
    """

    code: str
    kind: int
    primaries: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FeeIndicators:
    """Indicators of the Medicare Physician Fee Schedule (relative value file), as printed.

    ``bilateral``: 0 not bilateral, 1 modifier 50 applies, 2 is bilateral already, 3 each side paid in full, 9 concept
    does not apply. ``pc_tc``: 0 physician service, 1 diagnostic with both components, 2 professional component only, 3
    technical component only, 4 global only, and so on. ``global_days``: 000, 010, 090, MMM, XXX, YYY, ZZZ (add-on).
    ``status``: A active, B bundled, C carrier-priced, I not valid for Medicare, N not covered, and so on.
    ``assistant``: 0 paid with documentation, 1 not paid, 2 paid, 9 concept does not apply. ``co_surgeons`` and
    ``team``: 0 not permitted, 1 with documentation, 2 permitted, 9 concept does not apply.
    """

    code: str
    bilateral: str = ""
    pc_tc: str = ""
    global_days: str = ""
    multiple: str = ""
    status: str = ""
    assistant: str = ""
    co_surgeons: str = ""
    team: str = ""
