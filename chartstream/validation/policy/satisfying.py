"""Whether some claim fulfils a formula."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice

from chartstream.validation.policy.formula import Formula, branches
from chartstream.validation.policy.model import Demand, Rule
from chartstream.validation.policy.witness import Written, claim_for

MOST_BRANCHES = 5_000
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
