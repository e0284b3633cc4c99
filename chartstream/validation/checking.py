"""All edits on one claim: first those that correct, then the others on what they made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Finding, Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Edit


def checked(claim: Claim, edits: Sequence[Edit]) -> tuple[Claim, tuple[Finding, ...]]:
    """The claim with its corrections made, and what every edit found, in the order of ``edits``."""
    correcting, others = _applying(tuple(edits), claim.claim_type, claim.day, bool(claim.procedures))
    claim, corrections = _corrected(claim, correcting)
    found = (edit.finding(hit) for edit in others for hit in edit.check(claim))
    return claim, (*corrections, *found)


@lru_cache(maxsize=8192)  # which edits are made depends on little, and asking each of them costs more than most checks
def _applying(
    edits: tuple[Edit, ...], claim_type: ClaimType, day: date | None, lines: bool
) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
    """The edits that are made for such claims: those that correct, and the others."""
    made = [edit for edit in edits if edit.applies(claim_type, day, lines=lines)]
    correcting = tuple(edit for edit in made if edit.severity is Severity.CORRECTS)
    return correcting, tuple(edit for edit in made if edit.severity is not Severity.CORRECTS)


def _corrected(claim: Claim, edits: Sequence[Edit]) -> tuple[Claim, list[Finding]]:
    findings: list[Finding] = []
    for edit in edits:
        for hit in list(edit.check(claim)):
            if (becomes := hit.becomes) is None:
                raise ValueError(f"{edit.name} corrects, but its hit does not say what the diagnosis becomes")
            lines = tuple(becomes if d.sequence == becomes.sequence else d for d in claim.diagnoses)
            claim = replace(claim, diagnoses=lines)
            findings.append(edit.finding(hit))
    return claim, findings
