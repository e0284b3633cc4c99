"""Refines a code along the axes of its family by what the documents state of its condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chartstream.coding.axes import Reach, Stated, Value
from chartstream.coding.defaults import SIDES
from chartstream.coding.documented import Documentation, Documented
from chartstream.coding.families import Families
from chartstream.coding.laterality import Side
from chartstream.coding.matching import Mention
from chartstream.coding.model import Evidence
from chartstream.coding.statements import Statement


@dataclass(frozen=True, slots=True)
class Refinement:
    """The sibling chosen instead of a code, what documents it, and the step to tell of it."""

    code: str
    evidence: Sequence[Evidence]
    step: str


class Refiner:
    """Refines codes of one encounter."""

    def __init__(self, families: Families, documentation: Documentation) -> None:
        self._families = families
        self._documentation = documentation

    def wants_side(self, code: str) -> bool:
        """Whether siblings of ``code`` differ by side, so that a side is worth looking for."""
        return self._families.sided(code)

    def refine(
        self, code: str, mention: Mention, statement: Statement, others: Sequence[Mention], side: Side | None
    ) -> Refinement | None:
        """The sibling of ``code`` that the documents select for ``mention``; None where they select none other.

        ``others`` are the other mentions of the statement, whose values are theirs. ``side`` is what is known of the
        mention's side.
        """
        if not self._families.varies(code):
            return None
        found = self._documentation.of(mention, statement, others, code)
        evidence = dict(found.evidence)
        stated = list(found.stated)
        if side is not None and side.name in SIDES:
            place = side.places[0]
            known = Stated((("side", side.name),), place.begin, place.end, Reach.HEADING, (), False)
            stated = [known, *(value for value in stated if value.axis != "side")]
            evidence[known] = place
        refined = self._families.refine(code, stated, found.denied, self._own(code, mention, found))
        if refined is None:
            return None
        named = ", ".join(value.values[0][1] for value in refined.used)
        return Refinement(
            refined.code,
            [evidence[value] for value in refined.used],
            f"Documented of it: {named}; this selects {refined.code} instead of {code}.",
        )

    def _own(self, code: str, mention: Mention, found: Documented) -> frozenset[Value]:
        """The values of ``code`` that the mention's own words or its side state, so that no other may replace them."""
        inside = {
            value
            for stated in found.stated
            if mention.begin <= stated.begin and stated.end <= mention.end
            for value in stated.values
        }
        return frozenset(v for v in self._families.values(code) if v in inside or v[0] in ("side", "site"))
