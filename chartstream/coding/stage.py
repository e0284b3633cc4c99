"""The third stage: from extracted notes to proposed codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from chartstream import codesets
from chartstream.coding import model
from chartstream.coding.coder import Coder
from chartstream.coding.documents import ReadDocument, evidence_records, extraction_confidence, read_documents
from chartstream.errors import Problem, Rejected
from chartstream.events.coding import (
    Candidate,
    CodeSetRelease,
    CodesProposed,
    CodeSystem,
    Coding,
    Diagnosis,
    DiagnosisRole,
    Explanation,
    PresentOnAdmission,
    QueryDraft,
)
from chartstream.events.encounter import Encounter, Sex
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Action, Component, Event, Origin
from chartstream.events.identity import Successors
from chartstream.ports import Clock, DocumentStore
from chartstream.stage import produced_by

STAGE: Final = "coding"
ENCOUNTER_DATE: Final = "encounter_date"
_SEXES: Final = {Sex.FEMALE: model.Sex.FEMALE, Sex.MALE: model.Sex.MALE}


class CodingStage:
    """``NoteExtracted`` to exactly one ``CodesProposed``.

    The date of service picks the release, and so the coder: ``coder``, which also codes notes whose date was waived,
    or one of ``others``, each of another release. What stands in the way of coding (no release for the date, no coder
    for the release, a text that is gone) is stated as a problem of a coding without codes, which goes to a person. A
    withdrawal passes through with nothing coded.
    """

    def __init__(
        self,
        documents: DocumentStore,
        coder: Coder,
        clock: Clock,
        profile: model.Profile = model.Profile.CLAIM,
        others: Sequence[Coder] = (),
    ) -> None:
        self._documents = documents
        self._profile = profile
        self._coder = coder
        self._coders = {each.codes.release: each for each in (coder, *others)}
        self._clock = clock

    def __call__(self, event: NoteExtracted) -> Sequence[Event]:
        """The event that answers an extracted note. Raises ``Transient`` when the document store is out of reach."""
        withdrawn = event.action is Action.WITHDRAW or event.encounter is None
        return [
            CodesProposed(
                head=Successors(event.head, self._clock.now(), produced_by(STAGE)).head(CodesProposed),
                action=Action.WITHDRAW if withdrawn else Action.SUBMIT,
                origin=event.origin if withdrawn else Origin.ENGINE,
                answer=event.answer,
                encounter=event.encounter,
                patient_facts=event.patient_facts,
                documents=event.documents,
                fields=event.fields,
                coding=None if event.encounter is None or withdrawn else self._coding(event, event.encounter),
                withdrawal_reason=event.withdrawal_reason,
            )
        ]

    def _coding(self, event: NoteExtracted, encounter: Encounter) -> Coding:
        try:
            coder, day = self._coder_of(event, encounter)
            documents = read_documents(event, self._documents)
        except Rejected as error:
            return self._without_codes(event, error.problems)
        facts = event.patient_facts
        context = model.Context(
            setting=model.Setting(encounter.claim_type.value.lower()),
            service_date=day,
            age_years=facts.age_years if facts is not None else None,
            sex=_SEXES.get(facts.sex) if facts is not None else None,
            profile=self._profile,
        )
        coded = coder.code_note([document.for_engine() for document in documents], context)
        return Coding(
            diagnoses=tuple(_diagnosis(code, documents) for code in coded.codes),
            candidates=tuple(_candidate(rejected, documents) for rejected in coded.rejected),
            queries=tuple(_query(query, documents) for query in coded.queries),
            problems=event.problems,
            extraction_confidence=_lowest(event),
            coder=_component(coded.by or coder.identity),
            code_sets=(_code_set(coder.codes),),
        )

    def _coder_of(self, event: NoteExtracted, encounter: Encounter) -> tuple[Coder, date]:
        """Who codes, and for which day. Raises ``Rejected`` where the date is not known or nobody codes for it."""
        day = encounter.coding_date
        if day is None and ENCOUNTER_DATE in event.waived_fields:
            return self._coder, self._coder.codes.release.effective_to
        if day is None:
            raise Rejected(
                Problem("service_date_missing", "the date of service is not known", "supply it with the submission")
            )
        release = codesets.release_for(codesets.ICD10CM, day)
        coder = self._coders.get(release) if release is not None else None
        if coder is None:
            raise Rejected(_uncovered(release, list(self._coders)))
        return coder, day

    def _without_codes(self, event: NoteExtracted, problems: Sequence[Problem]) -> Coding:
        return Coding(
            problems=(*event.problems, *problems),
            extraction_confidence=_lowest(event),
            coder=_component(self._coder.identity),
        )


def _uncovered(release: codesets.Release | None, coded: Sequence[codesets.Release]) -> Problem:
    """Why a date of service is not coded: no release covers it, or nobody here codes with the one that does."""
    names = ", ".join(each.name for each in coded)
    if release is None:
        return Problem(
            "no_release_for_date",
            "no installed release of ICD-10-CM covers the date of service",
            f"check the date, or import the release of that date; coded is with {names}",
        )
    return Problem(
        "release_not_coded",
        f"the date of service falls to {release.name}, with which nothing is coded here",
        f"code the note by hand, or with that release; coded is with {names}",
    )


def _code_set(codes: codesets.CodeSet) -> CodeSetRelease:
    return CodeSetRelease(system=CodeSystem.ICD_10_CM, release=codes.release.name, sha256=codes.sha256)


def _component(identity: model.CoderIdentity) -> Component:
    return Component(name=identity.name, version=identity.version, sha256=identity.sha256)


def _lowest(event: NoteExtracted) -> float:
    return min((document.extraction_confidence for document in event.documents), default=0.0)


def _diagnosis(code: model.ProposedCode, documents: Sequence[ReadDocument]) -> Diagnosis:
    path = code.explanation
    return Diagnosis(
        sequence=code.sequence,
        system=CodeSystem.ICD_10_CM,
        code=code.code,
        description=code.description,
        role=DiagnosisRole.PRINCIPAL if code.sequence == 1 else DiagnosisRole.SECONDARY,
        present_on_admission=PresentOnAdmission(code.presence.value) if code.presence is not None else None,
        origin=Origin.ENGINE,
        evidence=evidence_records(code.evidence, documents),
        extraction_confidence=extraction_confidence(code.evidence, documents),
        code_confidence=code.confidence,
        explanation=Explanation(rule=path.rule, term=path.term, features=dict(path.features), steps=tuple(path.steps)),
    )


def _candidate(rejected: model.RejectedCode, documents: Sequence[ReadDocument]) -> Candidate:
    return Candidate(
        system=CodeSystem.ICD_10_CM,
        code=rejected.code,
        description=rejected.description,
        code_confidence=rejected.confidence,
        reason=rejected.reason,
        evidence=evidence_records(rejected.evidence, documents),
    )


def _query(query: model.Query, documents: Sequence[ReadDocument]) -> QueryDraft:
    return QueryDraft(
        code=query.code,
        question=query.question,
        options=tuple(query.options),
        evidence=evidence_records(query.evidence, documents),
    )
