"""Which past claims another release of ICD-10-CM would change: the edits on their codes, under both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartstream.codesets import CodeSet
from chartstream.codesets.editions import Library
from chartstream.events.validation import Finding, Severity
from chartstream.validation.checking import checked
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS
from chartstream.validation.written import WrittenClaim


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """A claim that would meet ``findings`` under the later release, which it did not under the earlier one."""

    claim_id: str
    findings: Sequence[Finding]


class PastClaims:
    """Compares claims, given as their ICD-10-CM codes in order, under two releases.

    Both times the claim is checked as of the later release's first day, so that what differs is the release's doing
    and not that of a table that changed on the same day.
    """

    def __init__(self, before: CodeSet, after: CodeSet, library: Library) -> None:
        self._before = before
        self._after = after
        self._library = library

    def changed(self, claims: Iterator[tuple[str, Sequence[str]]]) -> Iterator[ChangedClaim]:
        """The claims that would change, of (identity, codes)."""
        for claim_id, codes in claims:
            written = WrittenClaim.model_validate({"codes": codes, "day": self._after.release.effective_from})
            claim = written.claim(self._library)
            known = {(finding.edit, finding.codes) for finding in _findings(claim, self._before)}
            new = [found for found in _findings(claim, self._after) if (found.edit, found.codes) not in known]
            if new:
                yield ChangedClaim(claim_id, new)


def _findings(claim: Claim, codes: CodeSet) -> Sequence[Finding]:
    _, findings = checked(replace(claim, code_set=codes), EDITS)
    return [finding for finding in findings if finding.severity is not Severity.WARNS]
