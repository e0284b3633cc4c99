"""The fourth stage: every edit on every claim in the making, whoever proposed its codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version

from chartstream.codesets import ICD10CM, CodeSet, Release, load, release_for
from chartstream.codesets.releases import INSTALLED
from chartstream.events.coding import CodesProposed, CodeSystem, Coding
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.extraction import ExtractedField, FieldOrigin
from chartstream.events.head import Acknowledgement, Action, Component
from chartstream.events.identity import successor
from chartstream.events.validation import CodesValidated, Finding
from chartstream.ports import Clock
from chartstream.stage import produced_by
from chartstream.validation.claim import Claim
from chartstream.validation.edits import EDITS
from chartstream.validation.patient_rules import patient_rules
from chartstream.validation.registry import Edit

STAGE = "validation"
ENCOUNTER_DATE = "encounter_date"


class ValidationStage:
    """``CodesProposed`` to ``CodesValidated`` with the findings of every edit; a withdrawal passes through.

    Deterministic. A defect in an edit is raised, never skipped: a claim that was not checked must not look checked.
    """

    def __init__(
        self,
        clock: Clock,
        edits: Sequence[Edit] = EDITS,
        open_release: Callable[[Release], CodeSet] = load,
    ) -> None:
        self._clock = clock
        self._edits = tuple(edits)
        self._open = open_release
        self._component = _component(self._edits)

    def __call__(self, event: CodesProposed) -> Sequence[CodesValidated]:
        """The validated form of an event. Raises ``ConfigurationError`` when an installed code set cannot be read."""
        head = successor(event.head, CodesValidated, 0, self._clock.now(), produced_by(STAGE))
        withdrawn = event.action is Action.WITHDRAW
        return [
            CodesValidated(
                head=head,
                action=event.action,
                origin=event.origin,
                answer=event.answer,
                encounter=event.encounter,
                patient_facts=event.patient_facts,
                documents=event.documents,
                fields=event.fields,
                coding=event.coding,
                findings=() if withdrawn else self._findings(event),
                validator=None if withdrawn else self._component,
                withdrawal_reason=event.withdrawal_reason,
            )
        ]

    def _findings(self, event: CodesProposed) -> tuple[Finding, ...]:
        if event.encounter is None or event.coding is None:
            raise ValueError("codes were proposed without an encounter or without a coding; the contract asks for both")
        claim = self._claim(event.encounter, event.coding, event.patient_facts, event.fields)
        acknowledged = event.answer.acknowledgements if event.answer is not None else ()
        return tuple(
            finding.model_copy(update={"acknowledged": _acknowledgement(finding, acknowledged)})
            for edit in self._edits
            for finding in edit.findings(claim)
        )

    def _claim(
        self, encounter: Encounter, coding: Coding, facts: PatientFacts | None, fields: Sequence[ExtractedField]
    ) -> Claim:
        day = encounter.coding_date
        release = release_for(ICD10CM, day) if day is not None else _release_of_waived_date(coding, fields)
        return Claim(
            claim_type=encounter.claim_type,
            day=day,
            code_set=self._open(release) if release is not None else None,
            facts=facts or PatientFacts(),
            diagnoses=coding.diagnoses,
            procedures=coding.procedures,
        )


def _release_of_waived_date(coding: Coding, fields: Sequence[ExtractedField]) -> Release | None:
    """The release that coding used, where the date of service was waived (a batch of bare notes); else None."""
    if not any(field.name == ENCOUNTER_DATE and field.origin is FieldOrigin.WAIVED for field in fields):
        return None
    used = {code_set.release for code_set in coding.code_sets if code_set.system is CodeSystem.ICD_10_CM}
    return next((release for release in INSTALLED if release.name in used), None)


def _acknowledgement(finding: Finding, acknowledgements: Sequence[Acknowledgement]) -> Acknowledgement | None:
    matching = (a for a in acknowledgements if a.edit == finding.edit and (a.code is None or a.code in finding.codes))
    return next(matching, None)


def _component(edits: Sequence[Edit]) -> Component:
    """Name, version and hash of the edits: their names, severities and sources, and the rules on patients."""
    content = {
        "edits": [(edit.name, edit.severity.value, edit.source, edit.remedy) for edit in edits],
        "patient": patient_rules().model_dump(mode="json"),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return Component(name="edits", version=version("chartstream"), sha256=digest)
