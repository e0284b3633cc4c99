"""Codes that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, permutations

from chartstream.codesets import CodeSet
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
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


@lru_cache(maxsize=20_000)
def _excluded_by(codes: CodeSet, code: str) -> References:
    return references_in(text for _, text in codes.notes(code, "excludes1"))
