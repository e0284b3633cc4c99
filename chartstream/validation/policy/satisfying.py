"""Whether some claim fulfils a formula."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice

from chartstream.validation.policy.formula import Formula, branches
from chartstream.validation.policy.model import Demand, Rule
from chartstream.validation.policy.witness import Written, claim_for

MOST_BRANCHES = 1_000
"""Ways to fulfil a formula that are looked at before it is left undecided."""


class Answer(StrEnum):
    """What came of a question."""

    YES = "yes"
    NO = "no"
    NOT_DECIDED = "not decided"


def possible(formula: Formula) -> tuple[Answer, Written | None]:
    """Whether some claim fulfils a formula, with such a claim. An edit is taken to fire on it as the formula wants."""
    for count, way in enumerate(islice(branches(formula), MOST_BRANCHES + 1)):
        if count == MOST_BRANCHES:
            return Answer.NOT_DECIDED, None
        if (claim := claim_for(way)) is not None:
            return Answer.YES, claim
    return Answer.NO, None


def severity(rule: Rule) -> str:
    """``block``, ``review`` or ``warn``."""
    return rule.then.otherwise if isinstance(rule.then, Demand) else rule.then


def apart(one: Rule, other: Rule) -> bool:
    """Whether two rules are plainly for different payers or dates, so that nothing of both need be asked."""
    if one.when.payer is not None and other.when.payer is not None and set(one.when.payer).isdisjoint(other.when.payer):
        return True
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: Rule, other: Rule) -> bool:
    return one.until is not None and other.since is not None and one.until < other.since
