"""What the edits look at: one encounter's codes, its facts, and the code set of its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chartstream.codesets import CodeSet
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, Procedure
from chartstream.events.encounter import ClaimType, PatientFacts


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in the making.

    ``code_set`` is the ICD-10-CM release of ``day``, the date that decides which codes are valid (discharge for
    inpatient stays, else the first date of service); ``None`` where no installed release covers it or the date is
    not known. ``diagnoses`` stand in the order of the claim.
    """

    claim_type: ClaimType
    day: date | None
    code_set: CodeSet | None
    facts: PatientFacts
    diagnoses: Sequence[Diagnosis]
    procedures: Sequence[Procedure]

    @property
    def icd10cm(self) -> Sequence[Diagnosis]:
        """The diagnoses of ICD-10-CM, in order."""
        return tuple(d for d in self.diagnoses if d.system is CodeSystem.ICD_10_CM)

    @property
    def first_listed(self) -> Diagnosis | None:
        """The principal or first-listed diagnosis: the one with that role, else the first."""
        marked = (d for d in self.diagnoses if d.role is DiagnosisRole.PRINCIPAL)
        return next(marked, self.diagnoses[0] if self.diagnoses else None)
