"""Modifiers that a line asks for by the lines beside it, and those that speak of a service that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import (
    OUTPATIENT,
    PROFESSIONAL,
    ServiceLine,
    ServiceLines,
    lines_of,
)
from chartstream.validation.modifier_rules import modifier_rules
from chartstream.validation.registry import Hit, Registry

registry = Registry(of_lines=True)

_MINOR = frozenset({"000", "010"})
_MAJOR = frozenset({"090"})
_VISITS = frozenset({"evaluation", "eye_examination"})
_SURGERY = "surgery"
_SAME_PHYSICIAN, _ANOTHER_PHYSICIAN = "76", "77"


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, sections 30.6.6 and 40.2.A.8; NCCI Policy Manual, chapter "
    "I, section D",
    remedy="add 25 where the visit was significant and separate from the procedure's own; else leave the visit out",
    example={"codes": ["L97.512"], "procedures": ["99213", "11042"]},
    claim_types=OUTPATIENT,
)
def modifier_25_missing(claim: Claim) -> Iterator[Hit]:
    """A visit on the day of a minor procedure (global period of 0 or 10 days) by the same provider, without 25."""
    yield from _visit_beside(claim, _MINOR, "25")


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, sections 30.6.6.C and 40.2.A.4",
    remedy="add 57 where the visit led to the decision for surgery; else leave the visit out",
    example={"codes": ["K35.80"], "procedures": ["99222", "44970"]},
    claim_types=PROFESSIONAL,
)
def modifier_57_missing(claim: Claim) -> Iterator[Hit]:
    """A visit on the day of a major procedure (global period of 90 days) by the same provider, without 57."""
    yield from _visit_beside(claim, _MAJOR, "57")


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 5, section 20.1 and chapter 12, section 50; rows in "
    "data/modifiers.yaml",
    remedy="add the modifier that says who gave or directed the service, or under which plan of care",
    example={"codes": ["K35.80"], "procedures": ["00840"]},
    claim_types=PROFESSIONAL,
)
def modifier_missing(claim: Claim) -> Iterator[Hit]:
    """A line of anesthesia or of a therapist's evaluation without one of its modifiers."""
    for line in lines_of(claim).every:
        for row in modifier_rules().required:
            if row.family in line.service.families and not set(row.one_of) & set(line.modifiers):
                yield Hit(f"{line.code} asks for one of {', '.join(row.one_of)}", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 4, section 20.6.5, chapter 12, section 40.2 and chapter 16, "
    "section 100.5.1",
    remedy="see that the earlier service was reported, on this claim or another, and acknowledge it",
    example={"codes": ["I10"], "procedures": [{"code": "93000", "modifiers": ["76"]}]},
)
def modifier_without_history(claim: Claim) -> Iterator[Hit]:
    """A modifier of an earlier service that the claim does not show; 76 for two physicians, 77 for one."""
    lines = lines_of(claim)
    for line in lines.modified:
        for modifier in line.modifiers:
            needs = modifier_rules().history_of.get(modifier)
            if needs == "same_code":
                yield from _repeat(lines, line, modifier)
            elif needs == "earlier_surgery" and not _earlier_surgery(lines, line):
                yield Hit(f"{modifier} on {line.code}: the claim shows no earlier surgery", (line.code, modifier))


def _visit_beside(claim: Claim, periods: frozenset[str], wanted: str) -> Iterator[Hit]:
    lines = lines_of(claim)
    for line in lines.every:
        if _VISITS.isdisjoint(line.service.families) or wanted in line.modifiers:
            continue
        for other in lines.companions(line):
            fee = other.service.fee
            if fee is not None and fee.global_days in periods and _VISITS.isdisjoint(other.service.families):
                yield Hit(f"{line.code} on the day of {other.code} asks for modifier {wanted}", (line.code, other.code))


def _repeat(lines: ServiceLines, line: ServiceLine, modifier: str) -> Iterator[Hit]:
    earlier = [other for other in lines.every if other is not line and other.code == line.code]
    if not earlier:
        yield Hit(f"{modifier} on {line.code}: the claim shows no other {line.code}", (line.code, modifier))
        return
    if line.provider is None:
        return
    others = {other.provider for other in earlier}
    if modifier == _SAME_PHYSICIAN and others.isdisjoint({line.provider, None}):
        yield Hit(f"76 on {line.code}: the other one is by another physician", (line.code, modifier))
    elif modifier == _ANOTHER_PHYSICIAN and others == {line.provider}:
        yield Hit(f"77 on {line.code}: the other one is by the same physician", (line.code, modifier))


def _earlier_surgery(lines: ServiceLines, line: ServiceLine) -> bool:
    days = (other.first for other in lines.every if _SURGERY in other.service.families)
    return line.first is not None and any(earlier is not None and earlier < line.first for earlier in days)
