"""Sides of the body on procedure lines: stated where they must be, the same as the diagnosis's, billed once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import OUTPATIENT, ServiceLine, lines_of, pointed
from chartstream.validation.laterality import side_of
from chartstream.validation.modifier_rules import modifier_rules
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.sides import Side

registry = Registry(of_lines=True)

_BOTH = "50"
_MODIFIER_ALLOWED, _ALREADY_BILATERAL = "1", "2"
_SIDES = {Side.LEFT, Side.RIGHT, Side.BILATERAL}
_WORDS = re.compile(r"\b(?:left|right|bilateral(?:ly)?)\b", re.IGNORECASE)


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, section 40.7 and chapter 4, section 20.6.2; Physician Fee "
    "Schedule, bilateral indicator 1",
    remedy="add LT, RT or 50 as documented",
    example={"codes": ["M25.561"], "procedures": ["20610"]},
    claim_types=OUTPATIENT,
)
def side_missing(claim: Claim) -> Iterator[Hit]:
    """A service of one side or both without a modifier that says which, where diagnosis or evidence names one."""
    for line in lines_of(claim).every:
        if line.service.bilateral != _MODIFIER_ALLOWED or _sides_stated(line) or _BOTH in line.modifiers:
            continue
        if sided := [d.code for d in pointed(claim, line.pointers) if _side(claim, d.code) in _SIDES]:
            yield Hit(f"{line.code} names no side, {sided[0]} does", (line.code, sided[0]))
        elif any(_WORDS.search(claim.quotes.quote(evidence) or "") for evidence in line.evidence):
            yield Hit(f"{line.code} names no side, its evidence does", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.13; Medicare Claims Processing Manual, chapter 4, section 20.6.2",
    remedy="correct the modifier or the diagnosis, or point to the diagnosis of that side",
    example={"codes": ["M25.561"], "procedures": [{"code": "20610", "modifiers": ["LT"]}]},
    claim_types=OUTPATIENT,
)
def side_contradicted(claim: Claim) -> Iterator[Hit]:
    """A modifier of one side on a line all of whose diagnoses with a side are of the other."""
    for line in lines_of(claim).modified:
        stated = _sides_stated(line)
        if len(stated) != 1:
            continue
        sided = {d.code: side for d in pointed(claim, line.pointers) if (side := _side(claim, d.code)) in _SIDES}
        if sided and stated.isdisjoint(sided.values()) and Side.BILATERAL not in sided.values():
            code, side = next(iter(sided.items()))
            yield Hit(f"{line.code} states the other side than {code} ({side.value})", (line.code, code))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, section 40.7 and chapter 4, section 20.6.2: one line and "
    "one unit with modifier 50",
    remedy="report both sides as one line with modifier 50 and one unit",
    example={"codes": ["M17.0"], "procedures": [{"code": "20610", "modifiers": ["50"], "units": "2"}]},
    claim_types=OUTPATIENT,
)
def bilateral_counted_twice(claim: Claim) -> Iterator[Hit]:
    """Modifier 50 with more than one unit, or beside another line of the same code that is one of the two sides."""
    for line in lines_of(claim).modified:
        if _BOTH in line.modifiers and line.units > 1:
            yield Hit(f"{line.code} has modifier 50 and more than one unit", (line.code,))
    for one, other in lines_of(claim).of_one_code:
        if _BOTH in one.modifiers or _BOTH in other.modifiers:
            yield Hit(f"{one.code} stands on two lines, one with modifier 50", (one.code,))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Physician Fee Schedule, bilateral indicator 2: the service is of both sides already",
    remedy="report the service once, without a side; 52 where one side alone was done",
    example={
        "codes": ["H91.93"],
        "procedures": [{"code": "92557", "modifiers": ["LT"]}, {"code": "92557", "modifiers": ["RT"]}],
    },
    claim_types=OUTPATIENT,
)
def bilateral_already(claim: Claim) -> Iterator[Hit]:
    """A service that is of both sides by its definition, on a line for each side or more than once a line."""
    for one, other in lines_of(claim).of_one_code:
        if one.service.bilateral == _ALREADY_BILATERAL and _opposite(one, other):
            yield Hit(f"{one.code} is of both sides already and stands on a line for each", (one.code,))


@registry.edit(
    Severity.WARNS,
    source="Medicare Claims Processing Manual, chapter 12, section 40.7 and chapter 4, section 20.6.2",
    remedy="where the payer asks for it, report one line with modifier 50",
    example={
        "codes": ["M17.0"],
        "procedures": [{"code": "20610", "modifiers": ["LT"]}, {"code": "20610", "modifiers": ["RT"]}],
    },
    claim_types=OUTPATIENT,
)
def bilateral_on_two_lines(claim: Claim) -> Iterator[Hit]:
    """Both sides on a line each, where modifier 50 would say it on one."""
    for one, other in lines_of(claim).of_one_code:
        if one.service.bilateral == _MODIFIER_ALLOWED and _opposite(one, other):
            yield Hit(f"{one.code} stands on a line for each side; Medicare asks for modifier 50", (one.code,))


def _side(claim: Claim, code: str) -> Side | None:
    return None if claim.code_set is None else side_of(claim.code_set, code)


def _sides_stated(line: ServiceLine) -> set[Side]:
    if not line.modifiers:
        return set()
    rules = modifier_rules().sides
    stated = {Side.LEFT} if rules.left & set(line.modifiers) else set()
    return stated | {Side.RIGHT} if rules.right & set(line.modifiers) else stated


def _opposite(one: ServiceLine, other: ServiceLine) -> bool:
    return sorted([_sides_stated(one), _sides_stated(other)], key=str) == [{Side.LEFT}, {Side.RIGHT}]
