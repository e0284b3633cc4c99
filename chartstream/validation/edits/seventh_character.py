"""The seventh character: there, behind its placeholders, and right for the episode of care."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.spelling import printed, with_placeholders, without_seventh

registry = Registry()


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.5: a code that has a seventh character is invalid without it",
    remedy="add the seventh character that the documentation supports",
    example={"codes": ["S72.001"]},
)
def seventh_character_missing(claim: Claim) -> Iterator[Hit]:
    """A code that is complete but for its seventh character (and the placeholders before it)."""
    codes = claim.code_set
    if codes is None:
        return
    for diagnosis in claim.icd10cm:
        entry = printed(codes, diagnosis.code)
        if entry is not None and (complete := without_seventh(codes, entry.code)):
            characters = ", ".join(code[-1] for code in complete)
            form = f"{complete[0][:-1]}_"
            yield Hit(f"{diagnosis.code} needs a seventh character ({form}): {characters}", (diagnosis.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.4 and I.A.5: X fills the empty places before a seventh character",
    remedy="write the code with the placeholders that the tabular list prints",
    example={"codes": ["S01.01A"]},
)
def placeholder_wrong(claim: Claim) -> Iterator[Hit]:
    """A code of the release but for a placeholder X that is missing, in another place or too much."""
    codes = claim.code_set
    if codes is None:
        return
    for diagnosis in claim.icd10cm:
        if printed(codes, diagnosis.code) is None and (meant := with_placeholders(codes, diagnosis.code)):
            yield Hit(f"{diagnosis.code} is printed {' or '.join(meant)}", (diagnosis.code,))
