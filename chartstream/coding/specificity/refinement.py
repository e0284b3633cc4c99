"""Refines a code along the axes of its family by what the documents state of its condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.finding import Finding
from chartstream.coding.lexicon.defaults import SIDES
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Evidence
from chartstream.coding.passages.statements import Statement
from chartstream.coding.specificity.axes import Reach, Stated, Value
from chartstream.coding.specificity.documented import Documentation, Documented
from chartstream.coding.specificity.families import Families
from chartstream.coding.specificity.laterality import Side

_HANDED: Final = re.compile(
    r"\b(?P<hand>right|left)[- ](?:handed|hand[- ]dominan(?:t|ce)|dominant)\b|\b(?P<both>ambidextrous)\b", re.IGNORECASE
)


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
        return self._families.has_axis(code, "side", "dominance")

    def refine(
        self, code: str, mention: Mention, statement: Statement, others: Sequence[Mention], side: Side | None
    ) -> Refinement | None:
        """The sibling of ``code`` that the documents select for ``mention``; None where they select none other.

        ``others`` are the other mentions of the statement, whose values are theirs. ``side`` is what is known of the
        mention's side.
        """
        entry = self._families.entry(code)
        if entry is None or not self._families.varies(code):
            return None
        found = self._documentation.of(mention, statement, others, entry)
        evidence = dict(found.evidence)
        stated = list(found.stated)
        if side is not None and side.name in SIDES:
            place = side.places[0]
            value = ("side", side.name)
            if self._families.has_axis(code, "dominance"):
                value = ("dominance", _dominance(side.name, statement.document.text))
            known = Stated((value,), place.begin, place.end, Reach.HEADING, (), False)
            stated = [known, *(other for other in stated if other.axis != known.axis)]
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


def without_details(findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a statement without those whose words only refined another ("ulcer with bleeding").

    The code of the other one says what they say (guideline I.B.9).
    """
    kept = []
    for finding in findings:
        whole = next((other for other in findings if other is not finding and _says(other, finding)), None)
        if whole is None:
            kept.append(finding)
        else:
            whole.steps.append(f"Includes {finding.code} ({finding.term!r}), which selected it (guidelines I.B.9).")
    return kept


def _says(whole: Finding, part: Finding) -> bool:
    """Whether a value that refined ``whole`` covers all the words that name ``part``."""
    quotes = [quote for quote in part.evidence if quote.role == "term"]
    values = [value for value in whole.evidence if value.role not in ("term", "laterality")]
    return bool(quotes) and all(
        any(v.document_id == q.document_id and v.begin <= q.begin and q.end <= v.end for v in values) for q in quotes
    )


def _dominance(side: str, text: str) -> str:
    """The affected side with its dominance, as the tabular list words it.

    Where the note does not say, the right side is the dominant one, and both are of somebody ambidextrous (guideline
    I.C.6.a).
    """
    handed = _HANDED.search(text)
    if handed is not None and handed["both"]:
        dominant = True
    else:
        dominant = side == (handed["hand"].lower() if handed is not None else "right")
    return f"{side} {'' if dominant else 'non'}dominant side"
