"""Which code may stand first, and what must stand before what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from chartstream.codesets import CodeSet
from chartstream.events.coding import DiagnosisRole
from chartstream.events.validation import Severity
from chartstream.medicare.editor import CodeEdit
from chartstream.validation.claim import Claim
from chartstream.validation.references import References, plain, references_in
from chartstream.validation.registry import Hit, Registry

registry = Registry()

# "Code first underlying disease" names something that must be there; "code first, if applicable" need not be.
_OPTIONAL = re.compile(r"if (?:applicable|known|present)|any associated|such as|any\b", re.IGNORECASE)


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
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.13: 'code first' notes",
    remedy="put the underlying condition before it, or acknowledge that the note does not apply",
    example={"codes": ["D63.1", "N18.4"]},
)
def code_first(claim: Claim) -> Iterator[Hit]:
    """A code before the one that its "code first" note names, or first-listed although the note demands another."""
    codes = claim.code_set
    if codes is None:
        return
    listed = [plain(d.code) for d in claim.icd10cm]
    for place, diagnosis in enumerate(claim.icd10cm):
        named, demanded = _named_first(codes, diagnosis.code)
        later = [d.code for d, code in zip(claim.icd10cm, listed, strict=True) if named.match(code)]
        behind = [code for code in later if plain(code) in listed[place + 1 :]]
        if behind:
            yield Hit(f"{behind[0]} belongs before {diagnosis.code}", (diagnosis.code, behind[0]))
        elif demanded and diagnosis == claim.first_listed:
            yield Hit(f"{diagnosis.code} asks for its underlying condition to be coded first", (diagnosis.code,))


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


def _listed_manifestation(claim: Claim, code: str) -> bool:
    return CodeEdit.MANIFESTATION in claim.medicare_edits.get(code, ())


def _titled_manifestation(claim: Claim, code: str) -> bool:
    entry = claim.code_set.get(code) if claim.code_set is not None else None
    return entry is not None and "classified elsewhere" in entry.description and " in " in entry.description


@lru_cache(maxsize=20_000)
def _named_first(codes: CodeSet, code: str) -> tuple[References, bool]:
    """What the "code first" notes of a code name, and whether one of them names it without a condition."""
    texts = [text for _, text in codes.notes(code, "code_first")]
    # A note that goes on in lines lists alternatives ("such as", "heart failure due to …"): none is demanded alone.
    demanded = any("\n" not in text.strip() and not _OPTIONAL.search(text) for text in texts)
    return references_in(texts), demanded
