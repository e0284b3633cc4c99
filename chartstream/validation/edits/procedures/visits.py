"""Visits: one of a kind a day, new or established, where they can take place; services reported twice."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import OUTPATIENT, PROFESSIONAL, ServiceLine, lines_of
from chartstream.validation.modifier_rules import modifier_rules
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.service_rules import service_rules

registry = Registry(of_lines=True)

_SEPARATE_VISIT = frozenset({"25", "27"})


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, sections 30.6.5 and 30.6.7.B: one visit a day by a "
    "physician or by physicians of one group and specialty",
    remedy="report one visit of the level that all of the day's work supports",
    example={"codes": ["I10"], "procedures": ["99213", "99214"]},
    claim_types=OUTPATIENT,
)
def visits_repeated(claim: Claim) -> Iterator[Hit]:
    """Two visits of one kind on a day by one provider, of which none has a modifier for a separate visit."""
    for one, other in lines_of(claim).together:
        kind = one.service.visit
        if kind is None or kind is not other.service.visit or _SEPARATE_VISIT & {*one.modifiers, *other.modifiers}:
            continue
        yield Hit(f"{one.code} and {other.code} are two visits of one kind ({kind.name})", (one.code, other.code))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, section 30.6.7.A: a new patient, not seen for three years",
    remedy="choose the codes for a new or for an established patient",
    example={"codes": ["I10"], "procedures": ["99203", {"code": "99213", "modifiers": ["25"]}]},
    claim_types=OUTPATIENT,
)
def visit_new_and_established(claim: Claim) -> Iterator[Hit]:
    """The patient is new by one code and established by another, on one day with one provider."""
    for one, other in lines_of(claim).together:
        for new, established in ((one, other), (other, one)):
            if new.service.for_new and established.service.for_established:
                yield Hit(f"the patient is new by {new.code} and established by {established.code}", _codes(one, other))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, section 30.6.2: a problem treated at a preventive visit",
    remedy="add 25 to the visit for the problem where it was significant and separate; else leave it out",
    example={"codes": ["Z00.00", "I10"], "procedures": ["99396", "99213"]},
    claim_types=OUTPATIENT,
)
def visit_preventive_and_problem(claim: Claim) -> Iterator[Hit]:
    """A preventive examination and a visit for a problem on one day by one provider, the latter without 25."""
    for one, other in lines_of(claim).together:
        for preventive, problem in ((one, other), (other, one)):
            if not ("preventive" in preventive.service.families and "problem" in problem.service.families):
                continue
            if "25" not in problem.modifiers:
                yield Hit(f"{problem.code} beside {preventive.code} asks for modifier 25", _codes(one, other))


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapter 12, sections 30.6.7 to 30.6.14; places in data/services.yaml",
    remedy="correct the place of service, or choose the visit that takes place there",
    example={"codes": ["I10"], "procedures": ["99213"], "place_of_service": "21"},
    claim_types=PROFESSIONAL,
)
def visit_place_conflict(claim: Claim) -> Iterator[Hit]:
    """A visit at a place of service where its kind does not take place."""
    for line in lines_of(claim).visits:
        kind = line.service.visit
        if kind is not None and line.place is not None and not kind.fits(line.place):
            yield Hit(f"{line.code} is a visit of another place ({kind.name}) than {line.place}", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="CMS Place of Service Code Set; Medicare Claims Processing Manual, chapter 26, section 10.5",
    remedy="choose a place of service of CMS's list, as two digits",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "place_of_service": "88"}]},
    claim_types=PROFESSIONAL,
)
def place_of_service_unknown(claim: Claim) -> Iterator[Hit]:
    """A place of service that CMS has not assigned."""
    for line in lines_of(claim).every:
        if line.place is not None and line.place not in service_rules().places.codes:
            yield Hit(f"{line.place} is no place of service ({line.code})", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I, section V; Medicare Claims Processing Manual, chapter 4, section 20.6.5",
    remedy="remove the repetition, or add the modifier that tells the second service from the first",
    example={"codes": ["I10"], "procedures": ["93000", "93000"]},
    claim_types=OUTPATIENT,
)
def service_repeated(claim: Claim) -> Iterator[Hit]:
    """One code on two lines of a day and a provider, which no modifier tells apart (visits: visits_repeated)."""
    for one, other in lines_of(claim).of_one_code:
        if one.service.visit is None and not _told_apart(one, other):
            yield Hit(f"{one.code} stands on two lines that no modifier tells apart", (one.code,))


def _told_apart(one: ServiceLine, other: ServiceLine) -> bool:
    """Both lines say that they repeat the service, or their modifiers of repetition, part and site differ."""
    rules = modifier_rules()
    if all(rules.repeats.again & set(line.modifiers) for line in (one, other)):
        return True
    telling = rules.repeats.again | rules.repeats.part | rules.ncci.anatomic
    return telling & set(one.modifiers) != telling & set(other.modifiers)


def _codes(one: ServiceLine, other: ServiceLine) -> tuple[str, str]:
    return one.code, other.code
