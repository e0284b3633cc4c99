"""Rules asked of written claims, without the tables of any site: the same answer everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from chartstream.codesets.table import Reader
from chartstream.validation.policy.compiled import Compiled
from chartstream.validation.written import WrittenClaim


class NoTables:
    """A library in which nothing is installed."""

    def tables(self, system: str, day: date) -> Sequence[Reader]:
        """None."""
        return ()


def names_found(rules: Sequence[Compiled], claim: WrittenClaim) -> set[str]:
    """The names under which rules find something. Raises ``ValueError`` for a claim that contradicts itself."""
    asked = claim.claim(NoTables())
    return {hit.rule for rule in rules for hit in rule.check(asked)}


def fires_on(rule: Compiled, claim: dict[str, Any]) -> bool:
    """Whether a rule finds something on a claim that is known; ``claim`` in the form of ``written.py``."""
    return bool({rule.name} & names_found([rule], WrittenClaim.model_validate(claim)))
