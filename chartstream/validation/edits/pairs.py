"""Codes that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from chartstream.codesets import CodeSet
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.laterality import Side, bilateral_sibling, same_family, side_of
from chartstream.validation.references import References, plain, references_in
from chartstream.validation.registry import Hit, Registry

registry = Registry()


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.2: the most specific code replaces the category above it",
    remedy="keep the more specific code",
    example={"codes": ["E11.9", "E11"]},
)
def parent_with_child(claim: Claim) -> Iterator[Hit]:
    """A code together with one below it."""
    for above, below in permutations(claim.icd10cm, 2):
        if above.code != below.code and plain(below.code).startswith(plain(above.code)):
            yield Hit(f"{below.code} is a more specific form of {above.code}", (above.code, below.code))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.12.a: an Excludes1 note means not coded here",
    remedy="keep the one that the documentation supports, or acknowledge that the two conditions are unrelated",
    example={"codes": ["E11.9", "E10.9"]},
)
def excludes1(claim: Claim) -> Iterator[Hit]:
    """Two codes that an Excludes1 note of the tabular list keeps apart."""
    if claim.code_set is None:
        return
    for one, other in combinations(dict.fromkeys(d.code for d in claim.icd10cm), 2):
        for holder, excluded in ((one, other), (other, one)):
            if _excluded_by(claim.code_set, holder).match(plain(excluded)):
                yield Hit(f"an Excludes1 note keeps {excluded} apart from {holder}", (holder, excluded))
                break


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


@lru_cache(maxsize=20_000)
def _excluded_by(codes: CodeSet, code: str) -> References:
    return references_in(text for _, text in codes.notes(code, "excludes1"))
