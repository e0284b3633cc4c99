"""Is every code a code, billable on the day, and does something in the note support it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chartstream.events.coding import CodeSystem, Diagnosis, Procedure
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry

registry = Registry()


@registry.edit(
    Severity.REVIEW,
    source="45 CFR 162.1000(a): the code set valid at the time of service",
    remedy="establish the date of service, or install the release that covers it",
    example={"codes": ["I10"], "day": "2026-10-01"},
)
def release_unknown(claim: Claim) -> Iterator[Hit]:
    """No installed release covers the date, or the date is not known: nothing can be said of the codes."""
    if claim.code_set is None and claim.icd10cm:
        reason = "the date of service is not known" if claim.day is None else f"no release covers {claim.day}"
        yield Hit(f"the codes cannot be checked: {reason}")


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM tabular list of the release of the date of service",
    remedy="choose a code of the release",
    example={"codes": ["Z99.999"]},
)
def code_unknown(claim: Claim) -> Iterator[Hit]:
    """A code that the release does not have, or not written so."""
    if claim.code_set is not None:
        for diagnosis in claim.icd10cm:
            entry = claim.code_set.get(diagnosis.code)
            if entry is None or entry.code != diagnosis.code:
                yield Hit(f"{diagnosis.code} is not in {claim.code_set.release.name}", (diagnosis.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.B.2: codes are used at their highest number of characters",
    remedy="choose a code at the highest number of characters below it",
    example={"codes": ["E11"]},
)
def code_not_billable(claim: Claim) -> Iterator[Hit]:
    """A category or an incomplete code."""
    if claim.code_set is not None:
        for diagnosis in claim.icd10cm:
            entry = claim.code_set.get(diagnosis.code)
            if entry is not None and not entry.billable:
                yield Hit(f"{diagnosis.code} has more specific codes below it", (diagnosis.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the statement that supports the code, or remove the code",
    example={"codes": [{"code": "I10", "evidence": False}]},
)
def evidence_missing(claim: Claim) -> Iterator[Hit]:
    """No evidence, no code."""
    lines: list[Diagnosis | Procedure] = [*claim.diagnoses, *claim.procedures]
    for line in lines:
        if not line.evidence:
            yield Hit(f"nothing in the documents is given as evidence for {line.code}", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.B.12: each unique code is reported once for an encounter",
    remedy="remove the repetition",
    example={"codes": ["I10", "E78.5", "I10"]},
)
def code_repeated(claim: Claim) -> Iterator[Hit]:
    """The same diagnosis code twice."""
    counts: Counter[tuple[CodeSystem, str]] = Counter((d.system, d.code) for d in claim.diagnoses)
    for (_, code), count in counts.items():
        if count > 1:
            yield Hit(f"{code} is listed {count} times", (code,))
