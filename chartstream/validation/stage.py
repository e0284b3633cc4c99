"""The fourth stage: every edit on every claim in the making, whoever proposed its codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

from chartstream.codesets import ICD10CM, CodeSet, Release, load, release_for
from chartstream.codesets.editions import Editions, Library
from chartstream.codesets.releases import installed
from chartstream.events.coding import CodesProposed, CodeSystem, Coding
from chartstream.events.encounter import PatientFacts
from chartstream.events.extraction import ExtractedField, FieldOrigin
from chartstream.events.head import Acknowledgement, Action
from chartstream.events.identity import successor
from chartstream.events.validation import CodesValidated, Finding
from chartstream.ports import Clock, DocumentStore
from chartstream.stage import produced_by
from chartstream.texts import plain_text
from chartstream.validation.checking import checked
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS
from chartstream.validation.grouping import GROUPERS, Grouper
from chartstream.validation.identity import component
from chartstream.validation.quotes import Quotes
from chartstream.validation.registry import Edit

STAGE = "validation"
ENCOUNTER_DATE = "encounter_date"


class ValidationStage:
    """``CodesProposed`` to ``CodesValidated`` with the findings of every edit; a withdrawal passes through.

    Deterministic. A defect in an edit is raised, never skipped: a claim that was not checked must not look checked.
    """

    def __init__(
        self,
        documents: DocumentStore,
        clock: Clock,
        library: Library,
        *,
        edits: Sequence[Edit] = EDITS,
        groupers: Sequence[Grouper] = GROUPERS,
        open_release: Callable[[Release], CodeSet] = load,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._library = library
        self._edits = tuple(edits)
        self._groupers = tuple(groupers)
        self._open = open_release
        self._release_for = lru_cache(maxsize=4096)(release_for)  # what is installed is read once in a process
        self._component = component(self._edits)

    def __call__(self, event: CodesProposed) -> Sequence[CodesValidated]:
        """The validated form of an event.

        Raises ``Transient`` when the document store is out of reach, ``ConfigurationError`` when an installed code set
        cannot be read.
        """
        if event.action is Action.WITHDRAW:
            return [self._validated(event)]
        if event.coding is None:
            raise ValueError("codes were proposed without a coding; the contract asks for one")
        claim, findings = checked(self._claim(event, event.coding), self._edits)
        acknowledged = event.answer.acknowledgements if event.answer is not None else ()
        coding = event.coding
        if claim.diagnoses is not coding.diagnoses:
            coding = coding.model_copy(update={"diagnoses": tuple(claim.diagnoses)})
        return [
            self._validated(
                event,
                coding=coding,
                findings=tuple(_with_acknowledgement(finding, acknowledged) for finding in findings),
                groupings=tuple(found for grouper in self._groupers for found in grouper(claim)),
                validator=self._component,
            )
        ]

    def _validated(self, event: CodesProposed, **found: Any) -> CodesValidated:
        return CodesValidated(
            head=successor(event.head, CodesValidated, 0, self._clock.now(), produced_by(STAGE)),
            action=event.action,
            origin=event.origin,
            answer=event.answer,
            encounter=event.encounter,
            patient_facts=event.patient_facts,
            documents=event.documents,
            fields=event.fields,
            withdrawal_reason=event.withdrawal_reason,
            **found,
        )

    def _claim(self, event: CodesProposed, coding: Coding) -> Claim:
        if event.encounter is None:
            raise ValueError("codes were proposed without an encounter; the contract asks for one")
        day = event.encounter.coding_date
        release = self._release_for(ICD10CM, day) if day is not None else _release_of_waived_date(coding, event.fields)
        readers = {d.document_id: partial(plain_text, d, self._documents) for d in event.documents}
        return Claim(
            encounter=event.encounter,
            facts=event.patient_facts or PatientFacts(),
            diagnoses=coding.diagnoses,
            procedures=coding.procedures,
            day=day,
            code_set=self._open(release) if release is not None else None,
            editions=Editions(self._library, day) if day is not None else None,
            documents=event.documents,
            quotes=Quotes(readers),
            fields=event.fields,
        )


def _release_of_waived_date(coding: Coding, fields: Sequence[ExtractedField]) -> Release | None:
    """The release that coding used, where the date of service was waived (a batch of bare notes); else None."""
    if not any(field.name == ENCOUNTER_DATE and field.origin is FieldOrigin.WAIVED for field in fields):
        return None
    used = {code_set.release for code_set in coding.code_sets if code_set.system is CodeSystem.ICD_10_CM}
    return next((release for release in installed() if release.name in used), None)


def _with_acknowledgement(finding: Finding, acknowledgements: Sequence[Acknowledgement]) -> Finding:
    matching = (a for a in acknowledgements if a.edit == finding.edit and (a.code is None or a.code in finding.codes))
    found = next(matching, None)
    return finding if found is None else finding.model_copy(update={"acknowledged": found})
