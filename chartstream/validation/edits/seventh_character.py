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
    for codes, code in claim.irregular:
        entry = printed(codes, code)
        if entry is not None and (complete := without_seventh(codes, entry.code)):
            characters = ", ".join(one[-1] for one in complete)
            yield Hit(f"{code} needs a seventh character ({complete[0][:-1]}_): {characters}", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.4 and I.A.5: X fills the empty places before a seventh character",
    remedy="write the code with the placeholders that the tabular list prints",
    example={"codes": ["S01.01A"]},
)
def placeholder_wrong(claim: Claim) -> Iterator[Hit]:
    """A code of the release but for a placeholder X that is missing, in another place or too much."""
    for codes, code in claim.irregular:
        if printed(codes, code) is None and (meant := with_placeholders(codes, code)):
            yield Hit(f"{code} is printed {' or '.join(meant)}", (code,))
