"""Does something in the documents support every code, and is it still what was marked?"""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.quotes import Quoted
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
    for line in claim.lines:
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
    for what, code in claim.misquoted:
        if what is Quoted.UNREADABLE:
            yield Hit(f"a document with evidence for {code} cannot be read", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the words that support the code, or remove the code",
    example={"codes": [{"code": "I10", "marked": {"end": 0}}]},
)
def evidence_empty(claim: Claim) -> Iterator[Hit]:
    """Evidence that points to no words: it ends where it begins or before, or lies beyond the text or is blank."""
    for what, code in claim.misquoted:
        if what is Quoted.EMPTY:
            yield Hit(f"evidence for {code} points to no words of its document", (code,))


@registry.edit(
    Severity.BLOCKS,
    source="ICD-10-CM Official Guidelines I.A.19: a code rests on the provider's statement",
    remedy="mark the words anew in the document as it is now, or remove the code",
    example={"codes": [{"code": "I10", "marked": {"quote_sha256": "0" * 64}}]},
)
def evidence_altered(claim: Claim) -> Iterator[Hit]:
    """Evidence whose words are not those that were marked: their hash differs."""
    for what, code in claim.misquoted:
        if what is Quoted.ALTERED:
            yield Hit(f"the words that were marked for {code} have changed", (code,))
