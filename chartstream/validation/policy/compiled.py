"""What a rule becomes: by which payers and codes it is found, and what it finds on a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from chartstream.events.coding import Procedure
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.policy.model import Condition, CoverageList, Rule
from chartstream.validation.policy.truth import Truth
from chartstream.validation.registry import Hit

UNDECIDED = "undecided"
SEVERITIES = {"block": Severity.BLOCKS, "review": Severity.REVIEW, "warn": Severity.WARNS}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHit(Hit):
    """Where a rule fires, with what its finding says beside the message. ``rule`` is its name, perhaps with a colon and
    a word behind.
    """

    rule: str
    severity: Severity
    source: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule or a coverage list, ready.

    ``payers``: the only ones that it concerns; None for all. ``procedure_heads`` and ``diagnosis_heads``: beginnings of
    the keys of codes of which a claim must have one, None where that is not so.
    """

    name: str
    payers: frozenset[str] | None
    procedure_heads: tuple[str, ...] | None
    diagnosis_heads: tuple[str, ...] | None
    check: Callable[[Claim], Iterable[RuleHit]]


def in_force(rule: Rule | CoverageList, claim: Claim, line: Procedure | None) -> Truth:
    """Whether it holds on the day of the line's service, else of the claim's (discharge for inpatient stays)."""
    if rule.since is None and rule.until is None:
        return True
    day = _day(claim, line)
    if day is None:
        return None
    return (rule.since is None or rule.since <= day) and (rule.until is None or day <= rule.until)


def undecided(rule: Rule | CoverageList, unknown: Iterable[str], line: Procedure | None) -> Iterator[RuleHit]:
    """The hit for a person where a fact is not known; none where the rule says to ignore it, or would only warn."""
    warns = rule.then == "warn" if isinstance(rule, Rule) else rule.otherwise == "warn"
    if rule.when_unknown == "ignore" or warns:
        return
    facts = ", ".join(dict.fromkeys(unknown))
    about = f"{line.code}: " if line is not None else ""
    yield RuleHit(
        f"{about}the rule {rule.name} cannot be decided: not known is {facts}",
        () if line is None else (line.code,),
        rule=f"{rule.name}:{UNDECIDED}",
        severity=Severity.REVIEW,
        source=rule.source,
        remedy=f"establish {facts}, or look at what the rule asks for",
    )


def payers_of(condition: Condition) -> frozenset[str] | None:
    """The payers that a condition names at its top."""
    return None if condition.payer is None else frozenset(condition.payer)


def unknown_day(force: Truth) -> Iterator[str]:
    """The date of service, where it is not known whether a rule is in force."""
    if force is None:
        yield "the date of service"


def _day(claim: Claim, line: Procedure | None) -> date | None:
    if line is not None and line.performed_from is not None:
        return line.performed_from
    return claim.reference_day
