"""Codes that contradict each other, and codes that ask for another: the rules of ``data/relations.yaml``."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.relation_rules import Kind, rules_of

registry = Registry()


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, chapters 1 to 21; rules and sources in data/relations.yaml",
    remedy="keep what the documentation supports, or acknowledge that both hold",
    example={"codes": ["I10", "I50.22"]},
)
def codes_conflict(claim: Claim) -> Iterator[Hit]:
    """Two codes that a guideline combines into another or does not allow together."""
    for code, rule in rules_of(claim).get("conflict", ()):
        other = next((claim.reported[other] for other in claim.reported if rule.names(other)), None)
        if other is not None:
            written = claim.reported[code]
            yield Hit(f"{written} beside {other}: {rule.states} ({rule.source})", (written, other))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, chapters 1 to 21; rules and sources in data/relations.yaml",
    remedy="add the code, or acknowledge why it is missing",
    example={"codes": ["O80"]},
)
def required_code_missing(claim: Claim) -> Iterator[Hit]:
    """A code without the one that a guideline requires beside it."""
    yield from _alone(claim, "required")


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines, chapters 1 to 21; rules and sources in data/relations.yaml",
    remedy="add the code where the documentation supports it",
    example={"codes": ["I16.0"]},
)
def advised_code_missing(claim: Claim) -> Iterator[Hit]:
    """A code without one that a guideline or a note asks for where it is known."""
    yield from _alone(claim, "advised")


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines, chapters 1 to 21; rules and sources in data/relations.yaml",
    remedy="keep the one that holds for the encounter",
    example={"codes": ["N18.30", "N18.4"]},
)
def listed_once(claim: Claim) -> Iterator[Hit]:
    """Two codes of a kind of which an encounter has one."""
    seen: dict[str, str] = {}
    for code, rule in rules_of(claim).get("once", ()):
        written = claim.reported[code]
        if (other := seen.get(rule.codes)) is not None:
            yield Hit(f"{other} beside {written}: {rule.states} ({rule.source})", (other, written))
        seen[rule.codes] = written


def _alone(claim: Claim, kind: Kind) -> Iterator[Hit]:
    told: set[str] = set()
    for code, rule in rules_of(claim).get(kind, ()):
        listed = list(claim.reported)
        if rule.states not in told and rule.holds_beside(listed) and not any(map(rule.names, listed)):
            told.add(rule.states)
            written = claim.reported[code]
            yield Hit(f"{written} alone: {rule.states} ({rule.source})", (written,))
