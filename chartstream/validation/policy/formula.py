"""Conditions as formulas over what can be true of a claim: whether rules can fire together is decided on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from chartstream.validation.policy.codes import Codes, diagnosis_codes
from chartstream.validation.policy.model import Condition, Demand, LineTest, Requirement, Rule, Span

SCALARS = (
    "payer",
    "plan",
    "line_of_business",
    "claim_type",
    "place_of_service",
    "specialty",
    "admission_type",
    "discharge_disposition",
    "sex",
)
LABELS = ("provider_role", "document", "section", "field")
SPANS = ("age_years", "age_days")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A fact is one of some values."""

    name: str
    values: frozenset[str]
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Number:
    """A number lies within a span."""

    name: str
    span: Span
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """The day of service lies within a period, both days inclusive."""

    since: date | None
    until: date | None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """Something of such a kind is there."""

    name: str
    values: frozenset[str]
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Authorized:
    """An authorization is referred to."""

    holds: bool = True


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """Some diagnosis, or the first-listed one, is among the codes."""

    codes: Codes
    first: bool
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """Some procedure line passes all the tests."""

    tests: tuple[LineTest, ...]
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Fired:
    """One of the edits found something: nothing is known of when."""

    edits: frozenset[str]
    holds: bool = True


Atom = Scalar | Number | Day | Label | Authorized | Diagnosed | Line | Fired


@dataclass(frozen=True, slots=True)
class Tree:
    """All of the parts, or one of them."""

    kind: Literal["all", "any"]
    parts: tuple[Formula, ...]


Formula = Atom | Tree


TRUE = Tree("all", ())
FALSE = Tree("any", ())


def both(*parts: Formula) -> Formula:
    """All of the parts."""
    return Tree("all", parts)


def negated(formula: Formula) -> Formula:
    """The opposite."""
    if isinstance(formula, Tree):
        return Tree("any" if formula.kind == "all" else "all", tuple(negated(part) for part in formula.parts))
    return replace(formula, holds=not formula.holds)


def condition_formula(condition: Condition, line: Sequence[LineTest] = ()) -> Formula:
    """A condition. ``line``: tests that the line it is about must pass too."""
    parts: list[Formula] = list(_facts(condition))
    tests = (condition.procedure, *line) if condition.procedure is not None else tuple(line)
    if tests:
        parts.append(Line(tests))
    parts += [condition_formula(one) for one in condition.all_ or ()]
    if condition.any_:
        parts.append(Tree("any", tuple(condition_formula(one) for one in condition.any_)))
    parts += [negated(condition_formula(one)) for one in condition.none_ or ()]
    return Tree("all", tuple(parts))


def applies(rule: Rule, line: Sequence[LineTest] = ()) -> Formula:
    """That a rule is in force and its condition holds, on a claim of one day. ``line`` as for a condition."""
    return both(_period(rule), condition_formula(rule.when, line))


def fires(rule: Rule, line: Sequence[LineTest] = ()) -> Formula:
    """That a rule applies and what it requires, if it does, is missing."""
    if not isinstance(rule.then, Demand):
        return applies(rule, line)
    missing = tuple(negated(part) for part in required(rule.then.require))
    options = [both(applies(rule, line), *missing[i : i + 1]) for i in range(len(missing))]
    if rule.then.require.modifier is not None:
        without = LineTest(without_modifiers=rule.then.require.modifier)
        options.append(applies(rule, (*line, without)))
    return Tree("any", tuple(options))


def required(requirement: Requirement) -> Iterator[Formula]:
    """Each thing that is required, but for the modifier, which is one of the line that the rule is about."""
    if requirement.companion is not None:
        yield Line((LineTest(codes=requirement.companion),))
    if requirement.diagnosis is not None:
        yield Diagnosed(diagnosis_codes(requirement.diagnosis), first=False)
    if requirement.authorization is not None:
        yield Authorized()
    if requirement.specialty is not None:
        yield Scalar("specialty", frozenset(requirement.specialty))
    for name in ("document", "section", "field"):
        if (values := getattr(requirement, name)) is not None:
            yield Label(name, frozenset(values))


def branches(formula: Formula) -> Iterator[tuple[Atom, ...]]:
    """The ways in which a formula can hold: all atoms of one of them together."""
    yield from _branches((formula,), ())


def atoms(formula: Formula) -> Iterator[Atom]:
    """Every atom of a formula."""
    if isinstance(formula, Tree):
        for part in formula.parts:
            yield from atoms(part)
    else:
        yield formula


def replaced(formula: Formula, by: Callable[[Atom], Formula]) -> Formula:
    """A formula with something else in the place of each atom."""
    if isinstance(formula, Tree):
        return Tree(formula.kind, tuple(replaced(part, by) for part in formula.parts))
    return by(formula)


def _branches(left: tuple[Formula, ...], taken: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
    while left:
        first, left = left[0], left[1:]
        if not isinstance(first, Tree):
            taken = (*taken, first)
        elif first.kind == "all":
            left = (*first.parts, *left)
        else:
            for part in first.parts:
                yield from _branches((part, *left), taken)
            return
    yield taken


def _facts(condition: Condition) -> Iterator[Formula]:
    for name in SCALARS:
        if (values := getattr(condition, name)) is not None:
            yield Scalar(name, frozenset(map(str, values)))
    for name, wanted in (condition.attributes or {}).items():
        yield Scalar(f"attributes.{name}", frozenset(wanted))
    for name in LABELS:
        if (values := getattr(condition, name)) is not None:
            yield Label(name, frozenset(map(str, values)))
    yield from _other_facts(condition)


def _other_facts(condition: Condition) -> Iterator[Formula]:
    for name in SPANS:
        if (span := getattr(condition, name)) is not None:
            yield Number(name, span)
    if condition.authorization is not None:
        yield Authorized(condition.authorization)
    for patterns, first in ((condition.diagnosis, False), (condition.first_listed, True)):
        if patterns is not None:
            yield Diagnosed(diagnosis_codes(patterns), first)
    if condition.edit_fired is not None:
        yield Fired(frozenset(condition.edit_fired))


def _period(rule: Rule) -> Formula:
    return Tree("all", (Day(rule.since, rule.until),) if rule.since or rule.until else ())
