"""Two rules that can both apply and demand opposite things: what one requires is what the other holds back.

A conflict is shown by a claim on which it was tried. That there is none is proven from the conditions; where neither
succeeds, the answer is *not decided*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from chartstream.validation.policy.asked import fires_on
from chartstream.validation.policy.compiled import Compiled
from chartstream.validation.policy.demands import Demanded, Option, demanded
from chartstream.validation.policy.formula import (
    Formula,
    Line,
    applies,
    atoms,
    both,
    branches,
    fires,
    negated,
    replaced,
)
from chartstream.validation.policy.model import Demand, Rule
from chartstream.validation.policy.satisfying import Answer, possible, severity
from chartstream.validation.policy.witness import Written, claim_for, other_than

_MOST_TRIED = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rules, each with what it becomes."""

    demanding: Rule
    opposing: Rule
    opposed: Formula
    """That the opposing one applies."""
    demands: Compiled
    opposes: Compiled


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the one rule requires makes the other hold the claim back. ``claim`` shows it, where it is decided."""

    what: str
    answer: Answer
    claim: Written | None = None


def conflict(pair: Pair) -> Conflict | None:
    """A demand of the one rule that the other opposes, else one that is left undecided; None where there is neither."""
    if not isinstance(pair.demanding.then, Demand):
        return None
    if isinstance(pair.opposing.then, Demand):
        return _two_specialties(pair)
    if severity(pair.opposing) == "warn":
        return None
    found = [_opposed(one, pair) for one in demanded(pair.demanding.then.require, pair.opposed)]
    decided = [one for one in found if one is not None]
    return next((one for one in decided if one.answer is Answer.YES), decided[0] if decided else None)


def _opposed(demand: Demanded, pair: Pair) -> Conflict | None:
    """None is proven: there is a way to meet the demand that cannot make the other rule fire."""
    if demand.way_out or not demand.options:
        return None
    formulas = [_met_makes_fire(option, pair) for option in demand.options]
    if any(possible(formula)[0] is Answer.NO for formula in formulas):
        return None
    for claim in _claims(formulas[0]):
        bare = demand.remove(claim)
        if _shows(bare, demand, pair):
            return Conflict(demand.what, Answer.YES, bare)
    return Conflict(demand.what, Answer.NOT_DECIDED)


def _shows(bare: Written, demand: Demanded, pair: Pair) -> bool:
    """The one rule asks for something, the other is content; and however it is given, the other is not."""
    return (
        fires_on(pair.demands, bare)
        and not fires_on(pair.opposes, bare)
        and all(fires_on(pair.opposes, option.add(bare)) for option in demand.options)
    )


def _met_makes_fire(option: Option, pair: Pair) -> Formula:
    """The one rule demands, the other does not fire, and would if the demand were met so.

    For a modifier: the claim on which it is met and the other fires. Where that one looks at modifiers of its own lines
    only, these are the same line.
    """
    opposing = pair.opposed
    if option.makes_of is not None:
        return both(fires(pair.demanding), replaced(opposing, option.makes_of), negated(opposing))
    tests = () if option.on_line is None else (option.on_line,)
    own = pair.opposing.when.procedure
    elsewhere = pair.opposing.model_copy(update={"when": pair.opposing.when.model_copy(update={"procedure": None})})
    if own is None or any(isinstance(atom, Line) for atom in atoms(applies(elsewhere))):
        return both(applies(pair.demanding, tests), opposing)
    return both(applies(pair.demanding, (own, *tests)), applies(elsewhere))


def _two_specialties(pair: Pair) -> Conflict | None:
    """Two rules that require different specialties of one claim, which has only one."""
    one, other = _specialties(pair.demanding), _specialties(pair.opposing)
    if one is None or other is None or not set(one).isdisjoint(other):
        return None
    formula = both(applies(pair.demanding), pair.opposed)
    if possible(formula)[0] is Answer.NO:
        return None
    what = f"specialty {' or '.join(one)}"
    for claim in _claims(formula):
        bare = {**claim, "specialty": other_than((*one, *other))}
        opposed = all(fires_on(pair.opposes, {**bare, "specialty": value}) for value in one)
        if opposed and all(fires_on(pair.demands, {**bare, "specialty": value}) for value in other):
            return Conflict(what, Answer.YES, bare)
    return Conflict(what, Answer.NOT_DECIDED)


def _specialties(rule: Rule) -> tuple[str, ...] | None:
    return rule.then.require.specialty if isinstance(rule.then, Demand) else None


def _claims(formula: Formula) -> Iterator[Written]:
    for way in islice(branches(formula), _MOST_TRIED):
        if (claim := claim_for(way)) is not None:
            yield claim
