"""ICD-10-PCS on inpatient claims: does the combination of values exist on the day?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chartstream.codesets.editions import Editions
from chartstream.codesets.pcs import AxisConflict
from chartstream.events.coding import CodeSystem, Procedure
from chartstream.events.validation import Severity
from chartstream.medicare.editor import covers, valid_procedure
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.validity import PCS_FORM
from chartstream.validation.registry import INPATIENT, Hit, Registry

registry = Registry(of_lines=True)

_VALUES_NAMED = 8


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-PCS Official Guidelines A3 and A7: only values of one row of a table make a code; the tables of the "
    "release of the day, else the Medicare Code Editor's procedure codes (invalid code)",
    remedy="choose the values of one row of the table",
    example={
        "codes": [{"code": "K35.80", "poa": "Y"}],
        "claim_type": "FACILITY_INPATIENT",
        "procedures": [{"code": "0DTJ4ZX", "system": "ICD_10_PCS", "pointers": []}],
    },
    claim_types=INPATIENT,
)
def pcs_invalid(claim: Claim) -> Iterator[Hit]:
    """Seven characters that are no code of the release of the day of discharge."""
    if claim.day is None or claim.editions is None:
        return
    for line in _well_formed(claim):
        reason = _why_not(claim.editions, claim.day, line.code)
        if reason is not None:
            yield Hit(f"{line.code} is no ICD-10-PCS code on {claim.day}{reason}", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="45 CFR 162.1000(a): the code set valid at the time of service",
    remedy="import the ICD-10-PCS tables of the release, or look the code up",
    example={
        "codes": [{"code": "K35.80", "poa": "Y"}],
        "claim_type": "FACILITY_INPATIENT",
        "day": None,
        "procedures": [{"code": "0DTJ4ZZ", "system": "ICD_10_PCS", "pointers": []}],
    },
    claim_types=INPATIENT,
)
def pcs_unchecked(claim: Claim) -> Iterator[Hit]:
    """A code on a day that neither imported tables nor the editor cover."""
    day, editions = claim.day, claim.editions
    for line in _well_formed(claim):
        if day is None or editions is None:
            yield Hit(f"{line.code} cannot be checked: its date of service is not known", (line.code,))
        elif editions.pcs() is None and not covers(day):
            yield Hit(f"{line.code} cannot be checked: no ICD-10-PCS tables are installed for {day}", (line.code,))


def _well_formed(claim: Claim) -> Iterator[Procedure]:
    for line in claim.procedures:
        if line.system is CodeSystem.ICD_10_PCS and PCS_FORM.fullmatch(line.code) is not None:
            yield line


def _why_not(editions: Editions, day: date, code: str) -> str | None:
    """What to add to "is no code", None for a code or where nothing can be said."""
    tables = editions.pcs()
    if tables is not None:
        conflict = tables.why_not(code)
        return None if conflict is None else _explained(conflict)
    return None if not covers(day) or valid_procedure(code, day) else ""


def _explained(conflict: AxisConflict) -> str:
    shown = sorted(conflict.allowed)[:_VALUES_NAMED]
    more = ", …" if len(conflict.allowed) > len(shown) else ""
    fitting = f"; {', '.join(shown)}{more} would" if shown else ""
    return f": {conflict.value} at position {conflict.position} ({conflict.axis}) does not fit the others{fitting}"
