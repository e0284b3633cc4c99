"""Coverage behind an encounter's claim check: FHIR JSON or HL7 v2, as the source sent it."""

from __future__ import annotations

from chartstream.billing.coverage.fhir import coverage_of_fhir
from chartstream.billing.coverage.hl7 import coverage_of_hl7
from chartstream.billing.coverage.model import SELF, Coverage, Insured, PostalAddress
from chartstream.formats.hl7v2 import is_hl7

__all__ = ["SELF", "Coverage", "Insured", "PostalAddress", "coverage_of"]


def coverage_of(content: bytes) -> Coverage:
    """What a claim needs of a coverage document; what the document does not say is empty.

    Raises ``Rejected`` for what is neither HL7 v2 nor FHIR JSON.
    """
    return coverage_of_hl7(content) if is_hl7(content) else coverage_of_fhir(content)
