"""Burns and corrosions: the order of their degrees, and one degree for one place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry

registry = Registry()

_BURNS = ("T20", "T21", "T22", "T23", "T24", "T25")
# The fourth character: burns of an unspecified, first, second, third degree, then corrosions likewise.
_UNSPECIFIED = 0


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.d.1: the highest degree of burn is sequenced first",
    remedy="put the burn of the highest degree first",
    example={"codes": ["T23.101A", "T24.201A"]},
)
def burn_order(claim: Claim) -> Iterator[Hit]:
    """A burn of a lower degree before one of a higher."""
    for lower, higher in combinations(_burns(claim), 2):
        if _degree(lower) < _degree(higher):
            low, high = claim.reported[lower], claim.reported[higher]
            yield Hit(f"{low} stands before {high}, a burn of a higher degree", (low, high))
            return


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.19.d.2: burns of one site take the highest degree that is documented",
    remedy="keep the code of the highest degree",
    example={"codes": ["T23.201A", "T23.101A"]},
)
def burn_degrees(claim: Claim) -> Iterator[Hit]:
    """One place and side with burns of two degrees."""
    for one, other in combinations(_burns(claim), 2):
        if one[:3] == other[:3] and one[4:6] == other[4:6] and _degree(one) != _degree(other):
            codes = (claim.reported[one], claim.reported[other])
            yield Hit(f"{codes[0]} and {codes[1]} are degrees of a burn in one place", codes)


def _burns(claim: Claim) -> list[str]:
    """The current burns and corrosions with a degree, by their codes without dots."""
    burns = (code for code in claim.reported if code.startswith(_BURNS) and code[6:7] == "A")
    return [code for code in burns if _degree(code) != _UNSPECIFIED]


def _degree(code: str) -> int:
    return int(code[3]) % 4
