"""The order of codes on the claim: the principal or first-listed diagnosis first, etiology before manifestation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chartstream.coding.finding import Finding

# (manifestation or stage, what the tabular list says to code first); whole codes.
_CODE_FIRST: Final = tuple(
    (re.compile(later), re.compile(first))
    for later, first in (
        (r"N18\..*", r"(?:E08|E09|E1[013])\.22|I1[23]\..*"),
        (r"I50\..*", r"I11\.0|I13\.[02]"),
        (r"K31\.84", r"(?:E08|E09|E1[013])\.43"),
        (r"L97\..*|L98\.4.*", r"(?:E08|E09|E1[013])\.62[12]|I83\..*|I87\..*"),
        (r"J(?:1[2-8]|20|22).*", r"J44\.0|U07\.1"),
        (r"J45\..*", r"J44\.89"),
        (r"R65\.2.*", r"A4[01]\..*"),
        (r"Z68\..*", r"E66\..*|E43|E44.*"),
        (r"Z3A\..*", r"O.*|Z34.*"),
    )
)
_LAST: Final = re.compile(r"Z(?:79|68|3A|8[0-79]|9[0-9]|72|73|77).*|[VWXY].*")
# Symptoms and status codes first only where nothing else was found (guidelines II.A, IV.D).
_SYMPTOM: Final = re.compile(r"R.*")


def sequenced(findings: Sequence[Finding]) -> list[Finding]:
    """``findings`` in claim order. The note's own order holds among equals: its first problem is the first listed."""
    order = sorted(findings, key=lambda f: (bool(_LAST.fullmatch(f.code)), _is_minor(f, findings)))
    moved = True
    while moved:
        moved = False
        for at, finding in enumerate(order):
            first = _must_follow(finding, order[at + 1 :])
            if first is not None:
                order.remove(first)
                order.insert(at, first)
                finding.steps.append(f"Sequenced after {first.code}: code first note of the tabular list.")
                moved = True
                break
    return order


def _is_minor(finding: Finding, findings: Sequence[Finding]) -> bool:
    """A symptom beside diagnoses stays in place unless it would be first listed."""
    return bool(_SYMPTOM.fullmatch(finding.code)) and finding is findings[0] and len(findings) > 1


def _must_follow(finding: Finding, later: Sequence[Finding]) -> Finding | None:
    for manifestation, etiology in _CODE_FIRST:
        if manifestation.fullmatch(finding.code):
            for other in later:
                if etiology.fullmatch(other.code):
                    return other
    return None
