"""Which code may stand first, and what must stand before what."""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.coding import DiagnosisRole
from chartstream.events.validation import Severity
from chartstream.medicare.editor import CodeEdit
from chartstream.validation.claim import Claim
from chartstream.validation.references import plain
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.relation_rules import Kind, rules_of

registry = Registry()


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines II and IV.G: one principal or first-listed diagnosis, the others after it",
    remedy="number the diagnoses 1, 2, 3 … and mark the first as principal",
    example={"codes": ["I10", {"code": "E78.5", "role": "PRINCIPAL"}]},
)
def sequence_broken(claim: Claim) -> Iterator[Hit]:
    """The numbers are not 1 to n in order, or the principal diagnosis is not the first alone."""
    if [d.sequence for d in claim.diagnoses] != list(range(1, len(claim.diagnoses) + 1)):
        yield Hit("the diagnoses are not numbered 1 to n in order")
    principal = [d for d in claim.diagnoses if d.role is DiagnosisRole.PRINCIPAL]
    if claim.diagnoses and principal != [claim.diagnoses[0]]:
        yield Hit("not exactly the first diagnosis is marked as principal", tuple(d.code for d in principal))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.13: manifestations are never first; Medicare Code Editor, chapter 6",
    remedy="put the underlying condition before it",
    example={"codes": ["F02.80", "G30.9"]},
)
def manifestation_first(claim: Claim) -> Iterator[Hit]:
    """A manifestation code as first-listed: by its title, or by the editor's list, which is the longer."""
    first = claim.first_listed
    if first is not None and (_listed_manifestation(claim, first.code) or _titled_manifestation(claim, first.code)):
        yield Hit(f"{first.code} is the manifestation of a condition that must stand before it", (first.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.C.20.a.6: an external cause code is never principal or first-listed",
    remedy="put the injury or condition that it explains first",
    example={"codes": ["W19.XXXA", "S72.001A"]},
)
def external_cause_first(claim: Claim) -> Iterator[Hit]:
    """A code of chapter 20 (V00 to Y99) as first-listed."""
    first = claim.first_listed
    if first is not None and first in claim.icd10cm and first.code[:1].upper() in {"V", "W", "X", "Y"}:
        yield Hit(f"{first.code} explains an injury and cannot stand first", (first.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.C.1.d.4 and I.C.19.e.5.c; rules and sources in data/relations.yaml",
    remedy="put the condition that it goes with first",
    example={"codes": ["T46.5X6A", "I10"]},
)
def never_first(claim: Claim) -> Iterator[Hit]:
    """A code first-listed that a guideline says is never so."""
    yield from _barred(claim, "never_first")


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.B.14, I.B.10 and I.C.21; rules and sources in data/relations.yaml",
    remedy="put the condition that the encounter was for first",
    example={"codes": ["Z68.35", "E66.9"]},
)
def secondary_first(claim: Claim) -> Iterator[Hit]:
    """A code first-listed that should be reported as a secondary diagnosis only."""
    yield from _barred(claim, "secondary_first")


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines I.C.21.c.3, I.C.21.c.4 and IV.J: status and history codes",
    remedy="see whether a condition or an encounter code says better what the visit was for",
    example={"codes": ["Z79.4", "E11.9"]},
)
def status_first(claim: Claim) -> Iterator[Hit]:
    """A status or history code as first-listed."""
    yield from _barred(claim, "status_first")


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.21.c.16: Z codes that may only be principal or first-listed",
    remedy="put it first, or acknowledge that several encounters of the day are reported together",
    example={"codes": ["E78.5", "Z00.01"]},
)
def first_only_displaced(claim: Claim) -> Iterator[Hit]:
    """A code that may only be first-listed, behind another."""
    for code, rule in rules_of(claim).get("first_only", ()):
        first = _first_code(claim)
        if first is not None and code != first and not rule.names(first):
            written = claim.reported[code]
            yield Hit(f"{written} stands second: {rule.states} ({rule.source})", (written,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.15.a.1, I.C.19.e.5, I.C.19.f; rules and sources in data/relations.yaml",
    remedy="put it first, or acknowledge why another code precedes it",
    example={"codes": ["D50.9", "O99.013"]},
)
def priority_displaced(claim: Claim) -> Iterator[Hit]:
    """A code with priority in the order of the claim, behind one without it."""
    told: set[str] = set()
    for code, rule in rules_of(claim).get("priority", ()):
        first = _first_code(claim)
        if first is not None and not rule.names(first) and rule.states not in told:
            told.add(rule.states)
            written, ahead = claim.reported[code], claim.reported[first]
            yield Hit(f"{ahead} stands before {written}: {rule.states} ({rule.source})", (written, ahead))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.1.d.4, I.C.1.g.1, I.C.1.a.2.a; rules and sources in data/relations.yaml",
    remedy="change the order, or acknowledge why it is as it is",
    example={"codes": ["N39.0", "R65.20", "A41.9"]},
)
def order_reversed(claim: Claim) -> Iterator[Hit]:
    """A code behind one that it precedes."""
    for code, rule in rules_of(claim).get("order", ()):
        listed = list(claim.reported)
        before = listed[: listed.index(code)]
        ahead = next((claim.reported[other] for other in before if rule.names(other)), None)
        if ahead is not None:
            written = claim.reported[code]
            yield Hit(f"{ahead} stands before {written}: {rule.states} ({rule.source})", (written, ahead))


def _barred(claim: Claim, kind: Kind) -> Iterator[Hit]:
    for code, rule in rules_of(claim).get(kind, ()):
        if code == _first_code(claim):
            written = claim.reported[code]
            yield Hit(f"{written} stands first: {rule.states} ({rule.source})", (written,))


def _first_code(claim: Claim) -> str | None:
    """The principal or first-listed code without its dot, where it is one of ICD-10-CM."""
    first = claim.first_listed
    code = plain(first.code) if first is not None else ""
    return code if code in claim.reported else None


def _listed_manifestation(claim: Claim, code: str) -> bool:
    return CodeEdit.MANIFESTATION in claim.medicare_edits.get(code, ())


def _titled_manifestation(claim: Claim, code: str) -> bool:
    entry = claim.code_set.get(code) if claim.code_set is not None else None
    return entry is not None and "classified elsewhere" in entry.description and " in " in entry.description
