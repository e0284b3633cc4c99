"""What Medicare's code editor says of a code on a claim's day: a site's imported table, else the editor carried."""

from __future__ import annotations

from datetime import date
from typing import Final

from chartstream.codesets.model import MCE
from chartstream.events.coding import Procedure
from chartstream.medicare.editor import IN_TABLES, CodeEdit, code_edits, covers
from chartstream.validation.claim import Claim

_NOTHING: Final[frozenset[CodeEdit]] = frozenset()


def diagnosis_edits(claim: Claim, code: str) -> frozenset[CodeEdit]:
    """The edits that name a diagnosis code on the claim's day. Where a table is installed for the day, it decides on
    what such tables list (``IN_TABLES``). Empty where neither covers the day.
    """
    day = claim.reference_day
    if day is None:
        return _NOTHING
    carried = code_edits(code, day) if covers(day) else _NOTHING
    table = claim.editions.mce(code) if claim.editions is not None else None
    if table is None:
        return carried
    return (carried - IN_TABLES) | {CodeEdit(name) for name in table if name in IN_TABLES}


def procedure_table(claim: Claim, line: Procedure) -> frozenset[str]:
    """The edits that an installed table names for an ICD-10-PCS code (``Noncovered_Always``); empty without one."""
    table = claim.editions.mce(f"P:{line.code}") if claim.editions is not None else None
    return frozenset(table or ())


def has_table(claim: Claim) -> bool:
    """Whether a site's table holds on the claim's day."""
    return claim.editions is not None and claim.editions.has(MCE)


def checked_on(claim: Claim, day: date) -> bool:
    """Whether the editor or a site's table covers ``day``, the claim's."""
    return covers(day) or has_table(claim)
