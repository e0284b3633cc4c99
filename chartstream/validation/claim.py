"""What the edits look at: one encounter's codes, its facts, and what is installed for its date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.codesets.editions import Editions
from chartstream.events.coding import CodeSystem, Diagnosis, DiagnosisRole, Procedure
from chartstream.events.encounter import ClaimType, Encounter, PatientFacts
from chartstream.events.extraction import ExtractedDocument, ExtractedField
from chartstream.medicare.editor import CodeEdit
from chartstream.validation.episodes import Episode, episode_of, is_injury, tells_of_care
from chartstream.validation.medicare_tables import edits_of
from chartstream.validation.quotes import Quoted, Quotes
from chartstream.validation.references import plain
from chartstream.validation.spelling import regular

ASKED_FOR_APART: Final = frozenset({DiagnosisRole.ADMITTING, DiagnosisRole.REASON_FOR_VISIT})
"""Parts that a form holds beside the diagnoses of the encounter."""


@dataclass(frozen=True, eq=False)  # no slots, and itself as a key: what many edits ask for is worked out once
class Claim:
    """A claim in the making.

    ``day`` is the date that decides which codes are valid (discharge for inpatient stays, else the first date of
    service), None where it is not known; ``code_set`` the ICD-10-CM release of that day, None where no installed
    release covers it; ``editions`` the other tables of that day, None without a day. ``diagnoses`` stand in the order
    of the claim; ``fields`` are those that extraction settled.
    """

    encounter: Encounter
    facts: PatientFacts
    diagnoses: Sequence[Diagnosis]
    procedures: Sequence[Procedure]
    day: date | None
    code_set: CodeSet | None
    editions: Editions | None
    documents: Sequence[ExtractedDocument]
    quotes: Quotes
    fields: Sequence[ExtractedField] = ()

    @property
    def claim_type(self) -> ClaimType:
        """Professional, facility outpatient or facility inpatient."""
        return self.encounter.claim_type

    @cached_property
    def icd10cm(self) -> Sequence[Diagnosis]:
        """The diagnoses of ICD-10-CM, in order."""
        return tuple(d for d in self.diagnoses if d.system is CodeSystem.ICD_10_CM)

    @cached_property
    def reported(self) -> Mapping[str, str]:
        """The ICD-10-CM codes by their form without a dot, in order. Left out are blocks, which are no codes, an
        admitting diagnosis and the reasons for the visit, which may say the same again.
        """
        listed = (d.code for d in self.icd10cm if d.role not in ASKED_FOR_APART and "-" not in d.code)
        return {plain(code): code for code in listed}

    @cached_property
    def lines(self) -> Sequence[Diagnosis | Procedure]:
        """Every diagnosis, then every procedure."""
        return [*self.diagnoses, *self.procedures]

    @cached_property
    def irregular(self) -> Sequence[tuple[CodeSet, str]]:
        """The ICD-10-CM codes that are not billable codes as the release prints them, with that release; empty where
        none is known.
        """
        codes = self.code_set
        return () if codes is None else tuple((codes, d.code) for d in self.icd10cm if not regular(codes, d.code))

    @cached_property
    def medicare_edits(self) -> Mapping[str, frozenset[CodeEdit]]:
        """What Medicare's editor, or a site's table of its edits, says of each ICD-10-CM code on the claim's day; codes
        are missing where neither reaches that day.
        """
        return edits_of([d.code for d in self.icd10cm], self.reference_day, self.editions)

    @cached_property
    def episodes(self) -> Sequence[tuple[Diagnosis, Episode]]:
        """The diagnoses whose seventh character states an episode of care, with it."""
        codes = self.code_set
        if codes is None:
            return ()
        return [(d, episode) for d in self.icd10cm if (episode := episode_of(codes, d.code)) is not None]

    @cached_property
    def injuries_told(self) -> Sequence[tuple[str, Episode, Sequence[str]]]:
        """The injuries among them whose evidence's sentences may tell of the episode, with these sentences."""
        found: list[tuple[str, Episode, Sequence[str]]] = []
        for diagnosis, episode in self.episodes:
            if is_injury(diagnosis.code):
                telling = [said for said in self.quotes.sentences(diagnosis.evidence) if tells_of_care(said)]
                if telling:
                    found.append((diagnosis.code, episode, telling))
        return found

    @cached_property
    def misquoted(self) -> Sequence[tuple[Quoted, str]]:
        """What is wrong with evidence, and the code of its line; each once for a line."""
        found: list[tuple[Quoted, str]] = []
        for line in self.lines:
            quoted = dict.fromkeys(self.quotes.quoted(evidence) for evidence in line.evidence)
            found.extend((one, line.code) for one in quoted if one is not Quoted.VERBATIM)
        return found

    @cached_property
    def first_listed(self) -> Diagnosis | None:
        """The principal or first-listed diagnosis: the one with that role, else the first."""
        marked = (d for d in self.diagnoses if d.role is DiagnosisRole.PRINCIPAL)
        return next(marked, self.diagnoses[0] if self.diagnoses else None)

    @cached_property
    def reference_day(self) -> date | None:
        """The day whose dated tables are asked: the claim's, or, where its date was waived, its release's last."""
        if self.day is not None:
            return self.day
        return self.code_set.release.effective_to if self.code_set is not None else None
