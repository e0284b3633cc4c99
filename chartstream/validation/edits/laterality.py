"""Which side: the codes against each other, and against the words that they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.laterality import Side, bilateral_sibling, same_family, side_of
from chartstream.validation.registry import Hit, Registry

registry = Registry()


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.13: laterality",
    remedy="keep the code of the side that is documented, the bilateral one where both are",
    example={"codes": ["H25.13", "H25.11"]},
)
def laterality_conflict(claim: Claim) -> Iterator[Hit]:
    """Bilateral beside one side, an unspecified side beside a stated one, both sides where a bilateral code exists."""
    codes = claim.code_set
    if codes is None:
        return
    sided = [d.code for d in claim.icd10cm if side_of(codes, d.code) is not None]
    for one, other in combinations(dict.fromkeys(sided), 2):
        if not same_family(codes, one, other):
            continue
        sides = {side_of(codes, one), side_of(codes, other)}
        if sides != {Side.LEFT, Side.RIGHT}:
            yield Hit(f"{one} and {other} state different sides of one condition", (one, other))
        elif (both := bilateral_sibling(codes, one)) is not None:
            yield Hit(f"{one} and {other} together are {both}", (one, other))
