"""An encounter as it was coded, with everything that a person may want to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from chartstream.errors import Problem
from chartstream.events.coding import Candidate, CodeSystem, Coding, Diagnosis, Procedure
from chartstream.events.extraction import Evidence, Section
from chartstream.events.validation import Finding, Grouping

Outcome = Literal["coded", "review", "rejected"]
Proposed = Diagnosis | Procedure

SYSTEM_NAMES = {CodeSystem.ICD_10_CM: "ICD-10-CM", CodeSystem.ICD_10_PCS: "ICD-10-PCS"}


@dataclass(frozen=True, slots=True)
class CodedText:
    """The extracted text of one document, in which evidence counts, and its sections."""

    document_id: str
    text: str = field(repr=False)
    sections: Sequence[Section] = ()


@dataclass(frozen=True, slots=True)
class CodedNote:
    """What came of one encounter. ``coding`` is None where nothing was coded; ``edits`` are those that fired, and
    ``groupings`` the payment groups that the codes fall into.
    """

    name: str
    outcome: Outcome
    problems: Sequence[Problem] = ()
    texts: Sequence[CodedText] = ()
    coding: Coding | None = None
    edits: Sequence[Finding] = ()
    groupings: Sequence[Grouping] = ()

    @property
    def proposed(self) -> Sequence[Proposed]:
        """The codes in the order of the claim, procedures after diagnoses."""
        return () if self.coding is None else (*self.coding.diagnoses, *self.coding.procedures)

    @property
    def candidates(self) -> Sequence[Candidate]:
        """What was considered and not proposed."""
        return () if self.coding is None else self.coding.candidates

    def quote(self, evidence: Evidence) -> str:
        """The words that evidence points at."""
        text = next(text.text for text in self.texts if text.document_id == evidence.document_id)
        return text[evidence.begin : evidence.end]

    def edits_of(self, code: str) -> Sequence[Finding]:
        """The edits that name ``code``."""
        return tuple(edit for edit in self.edits if code in edit.codes)


def system_name(system: CodeSystem) -> str:
    """The code system as it is printed."""
    return SYSTEM_NAMES.get(system, system.value)
