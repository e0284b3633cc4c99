"""What justifies each procedure line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from chartstream.events.coding import Procedure
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import pointed
from chartstream.validation.references import plain
from chartstream.validation.registry import Hit, Registry
from chartstream.validation.service_rules import service_rules

registry = Registry(of_lines=True)

_MAX_POINTERS = 4
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")


@registry.edit(
    Severity.BLOCKS,
    source="NUCC 1500 claim form instructions, item 24E; ASC X12N 837P SV107: up to four pointers to listed diagnoses",
    remedy="point each procedure to the diagnoses that justify it",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "pointers": [2]}]},
)
def pointers_broken(claim: Claim) -> Iterator[Hit]:
    """A pointer to no diagnosis, the same pointer twice, more than four, or none on a professional claim."""
    known = {d.sequence for d in claim.diagnoses}
    for line in claim.procedures:
        pointers = line.diagnosis_pointers
        if not set(pointers) <= known:
            yield Hit(f"{line.code} points to a diagnosis that is not listed", (line.code,))
        if len(set(pointers)) != len(pointers):
            yield Hit(f"{line.code} points to one diagnosis twice", (line.code,))
        if len(pointers) > _MAX_POINTERS:
            yield Hit(f"{line.code} points to {len(pointers)} diagnoses, four are allowed", (line.code,))
        if not pointers and claim.claim_type is ClaimType.PROFESSIONAL:
            yield Hit(f"{line.code} points to no diagnosis", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.C.20.a.6: an external cause code is never first; NUCC 1500 instructions, "
    "item 24E: the first pointer is the primary reason for the service",
    remedy="point first to the injury or condition treated",
    example={"codes": ["S72.001A", "W19.XXXA"], "procedures": [{"code": "73502", "pointers": [2, 1]}]},
)
def pointer_to_external_cause_first(claim: Claim) -> Iterator[Hit]:
    """A line whose first pointer is to a code of chapter 20."""
    for line, codes in _pointed(claim):
        if codes[0].startswith(_EXTERNAL_CAUSES):
            yield Hit(f"{line.code} points first to {codes[0]}, which explains an injury", (line.code, codes[0]))


@registry.edit(
    Severity.WARNS,
    source="ICD-10-CM Official Guidelines I.B.14, I.C.1.b, I.C.20.a and I.C.21.c.11: codes that only add to another "
    "one; list in data/services.yaml",
    remedy="point to the condition that the service was for as well",
    example={"codes": ["E66.9", "Z68.35"], "procedures": [{"code": "99213", "pointers": [2]}]},
)
def pointers_to_supplementary_codes(claim: Claim) -> Iterator[Hit]:
    """A line all of whose pointers are to codes that only add to another one, such as body mass index or organism."""
    for line, codes in _pointed(claim):
        if all(_supplementary(code) for code in codes):
            yield Hit(f"{line.code} points only to codes that add to another one", (line.code, *codes))


@lru_cache(maxsize=16)  # two edits ask about one claim in turn
def _pointed(claim: Claim) -> Sequence[tuple[Procedure, tuple[str, ...]]]:
    """The lines that point to diagnoses of ICD-10-CM, each with their codes."""
    lines = [line for line in claim.procedures if line.diagnosis_pointers]
    found = ((line, tuple(d.code for d in pointed(claim, line.diagnosis_pointers))) for line in lines)
    return tuple((line, codes) for line, codes in found if codes)


@lru_cache(maxsize=20_000)
def _supplementary(code: str) -> bool:
    return plain(code).startswith(service_rules().supplementary_diagnoses.prefixes)
