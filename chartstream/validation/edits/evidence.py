"""Does something in the documents support every code, and is it still what was marked?"""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.coding import Diagnosis, Procedure
from chartstream.events.extraction import Evidence
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.registry import Hit, Registry

registry = Registry()


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the statement that supports the code, or remove the code",
    example={"codes": [{"code": "I10", "evidence": False}]},
)
def evidence_missing(claim: Claim) -> Iterator[Hit]:
    """No evidence, no code."""
    for line in _lines(claim):
        if not line.evidence:
            yield Hit(f"nothing in the documents is given as evidence for {line.code}", (line.code,))


@registry.edit(
    Severity.REVIEW,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="look at the documents themselves, or submit the encounter again; acknowledge a code that they support",
    example={"codes": [{"code": "I10", "marked": {"document_id": "gone"}}]},
)
def evidence_unreadable(claim: Claim) -> Iterator[Hit]:
    """Evidence in a document that is not the claim's, or whose text can no longer be read."""
    for line in _lines(claim):
        if any(claim.quotes.text(evidence.document_id) is None for evidence in line.evidence):
            yield Hit(f"a document with evidence for {line.code} cannot be read", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the words that support the code, or remove the code",
    example={"codes": [{"code": "I10", "marked": {"end": 0}}]},
)
def evidence_empty(claim: Claim) -> Iterator[Hit]:
    """Evidence that points to no words: it ends where it begins or before, or lies beyond the text or is blank."""
    for line in _lines(claim):
        for evidence in line.evidence:
            text = claim.quotes.text(evidence.document_id)
            if text is not None and _points_to_nothing(evidence, text):
                yield Hit(f"evidence for {line.code} points to no words of its document", (line.code,))
                break


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the words anew in the document as it is now, or remove the code",
    example={"codes": [{"code": "I10", "marked": {"quote_sha256": "0" * 64}}]},
)
def evidence_altered(claim: Claim) -> Iterator[Hit]:
    """Evidence whose words are not those that were marked: their hash differs."""
    for line in _lines(claim):
        for evidence in line.evidence:
            text = claim.quotes.text(evidence.document_id)
            if text is not None and not _points_to_nothing(evidence, text) and not claim.quotes.verbatim(evidence):
                yield Hit(f"the words that were marked for {line.code} have changed", (line.code,))
                break


def _lines(claim: Claim) -> Iterator[Diagnosis | Procedure]:
    yield from claim.diagnoses
    yield from claim.procedures


def _points_to_nothing(evidence: Evidence, text: str) -> bool:
    within = 0 <= evidence.begin < evidence.end <= len(text)
    return not within or text[evidence.begin : evidence.end].isspace()
