"""All edits on one claim: first those that correct, then the others on what they made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartstream.events.validation import Finding, Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Edit


def checked(claim: Claim, edits: Sequence[Edit]) -> tuple[Claim, tuple[Finding, ...]]:
    """The claim with its corrections made, and what every edit found, in the order of ``edits``."""
    claim, corrections = _corrected(claim, [edit for edit in edits if edit.severity is Severity.CORRECTS])
    others = [edit for edit in edits if edit.severity is not Severity.CORRECTS]
    found = (edit.finding(hit) for edit in others for hit in edit.hits(claim))
    return claim, (*corrections, *found)


def _corrected(claim: Claim, edits: Sequence[Edit]) -> tuple[Claim, list[Finding]]:
    findings: list[Finding] = []
    for edit in edits:
        for hit in list(edit.hits(claim)):
            if (becomes := hit.becomes) is None:
                raise ValueError(f"{edit.name} corrects, but its hit does not say what the diagnosis becomes")
            lines = tuple(becomes if d.sequence == becomes.sequence else d for d in claim.diagnoses)
            claim = replace(claim, diagnoses=lines)
            findings.append(edit.finding(hit))
    return claim, findings
