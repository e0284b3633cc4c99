"""The last stage: a claim is released, or a person is asked. It remembers each encounter's claim."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chartstream.errors import Problem
from chartstream.events.claims import Approval, ApprovalMode, CertificateRef, ClaimCoded, ClaimKind
from chartstream.events.coding import Coding
from chartstream.events.head import Action, Origin
from chartstream.events.identity import Successors, claim_id
from chartstream.events.memory import ClaimMemory, ClaimStatus
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.events.validation import CodesValidated
from chartstream.ports import Clock
from chartstream.routing.certificate import Certificate
from chartstream.routing.decision import drivers_of, lines_of, reasons_for_review, settled_findings
from chartstream.routing.policy import Policy
from chartstream.stage import Step, produced_by

STAGE = "routing"

_PRIORITY_WITHOUT_CODES = 5


class RoutingStage:
    """``CodesValidated`` to exactly one of ``ClaimCoded`` and ``ReviewRequested`` (requested).

    A version below the one settled last, and an event of that version that does not answer the open review, give an
    ``AuditRecord`` and nothing else. A share of the automatic approvals, drawn by a hash of the claim, additionally
    gives a ``ReviewRequested`` of kind audit. It carries the engine's codes, which the reviewer must not be shown
    before coding the chart: the sample is blind.
    """

    def __init__(self, clock: Clock, certificate: Certificate | None, policy: Policy) -> None:
        self._clock = clock
        self._certificate = certificate
        self._policy = policy

    def __call__(self, event: CodesValidated, memory: ClaimMemory | None) -> Step[ClaimMemory]:
        """The events that answer validated codes."""
        now = self._clock.now()
        answers = Successors(event.head, now, produced_by(STAGE))
        if memory is not None and event.head.encounter_version < memory.encounter_version:
            return Step([_audit(event, answers, "routing_fenced")], None)
        if (
            memory is not None
            and event.head.encounter_version == memory.encounter_version
            and not _answers(event, memory)
        ):
            return Step([_audit(event, answers, "routing_duplicate")], None)
        case = _Case(event, memory or _blank(event, now), answers, now)
        if event.action is Action.WITHDRAW:
            return _withdrawn(case)
        if event.coding is None:
            raise ValueError("validated codes without a coding; the contract asks for one unless they are withdrawn")
        coding = self._with_risks(event.coding, drivers_of(event))
        reasons = reasons_for_review(event, coding, self._certificate, self._policy, now)
        if reasons:
            review = self._review(case, coding, reasons, ReviewKind.REQUESTED)
            return Step([review], case.remember(open_review=review))
        return self._released(case, coding)

    def _released(self, case: _Case, coding: Coding) -> Step[ClaimMemory]:
        claim = self._claim(case, coding)
        if case.event.origin is Origin.PERSON or not sampled(claim.claim_id, self._policy.audit_share):
            return Step([claim], case.remember(claim=claim))
        audit = self._review(case, coding, (), ReviewKind.AUDIT)
        return Step([claim, audit], case.remember(claim=claim, open_review=audit))

    def _with_risks(self, coding: Coding, drivers: Collection[str]) -> Coding:
        risk = self._policy.risk_of
        diagnoses = tuple(d.model_copy(update={"risk": risk(d.code, drivers).name}) for d in coding.diagnoses)
        procedures = tuple(p.model_copy(update={"risk": risk(p.code, drivers).name}) for p in coding.procedures)
        return coding.model_copy(update={"diagnoses": diagnoses, "procedures": procedures})

    def _review(self, case: _Case, coding: Coding, problems: Sequence[Problem], kind: ReviewKind) -> ReviewRequested:
        event, head = case.event, case.answers.head(ReviewRequested)
        highest = self._policy.highest((line.code for line in lines_of(coding)), drivers_of(event))
        return ReviewRequested(
            head=head,
            review_id=head.event_id,
            kind=kind,
            subject=ReviewSubject.CODES,
            stage=STAGE,
            problems=tuple(problems),
            priority=highest.priority if highest is not None else _PRIORITY_WITHOUT_CODES,
            due_at=case.now + timedelta(hours=self._policy.review_due_hours),
            risk=highest.name if highest is not None else None,
            claim_id=case.memory.claim_id,
            encounter=event.encounter,
            patient_facts=event.patient_facts,
            documents=event.documents,
            fields=event.fields,
            coding=coding,
            findings=event.findings,
            groupings=event.groupings,
        )

    def _claim(self, case: _Case, coding: Coding) -> ClaimCoded:
        event, memory = case.event, case.memory
        replacing = memory.claim_status is ClaimStatus.ACTIVE
        return ClaimCoded(
            head=case.answers.head(ClaimCoded),
            claim_id=memory.claim_id,
            revision=memory.claim_revision + 1,
            kind=ClaimKind.REPLACEMENT if replacing else ClaimKind.ORIGINAL,
            replaces=memory.claim_event_id if replacing else None,
            encounter=event.encounter,
            patient_facts=event.patient_facts,
            documents=event.documents,
            diagnoses=tuple(d.model_copy(update={"explanation": None}) for d in coding.diagnoses),
            procedures=tuple(p.model_copy(update={"explanation": None}) for p in coding.procedures),
            findings=settled_findings(event.findings),
            groupings=event.groupings,
            approval=self._approval(event, case.now),
            coder=coding.coder,
            validator=event.validator,
            code_sets=coding.code_sets,
        )

    def _approval(self, event: CodesValidated, now: datetime) -> Approval:
        policy = f"policy {self._policy.name} {self._policy.version} ({self._policy.sha256[:12]})"
        if event.origin is Origin.PERSON:
            reviewer = event.answer.reviewer_id if event.answer is not None else None
            decided_at = event.answer.decided_at if event.answer is not None else now
            reasons = ("a person decided the codes", "no edit holds them back", policy)
            return Approval(mode=ApprovalMode.PERSON, reviewer_id=reviewer, decided_at=decided_at, reasons=reasons)
        if self._certificate is None:
            raise ValueError("an automatic release without a certificate passed the decision")
        certificate = CertificateRef(
            certificate_id=self._certificate.certificate_id,
            sha256=self._certificate.sha256,
            demonstration=self._certificate.demonstration,
        )
        reasons = ("every code reaches the thresholds of its risk class", "no edit holds them back", policy)
        return Approval(mode=ApprovalMode.AUTOMATIC, certificate=certificate, decided_at=now, reasons=reasons)


@dataclass(frozen=True, slots=True)
class _Case:
    """One event with what is known of its encounter."""

    event: CodesValidated
    memory: ClaimMemory
    answers: Successors
    now: datetime

    def remember(self, claim: ClaimCoded | None = None, open_review: ReviewRequested | None = None) -> ClaimMemory:
        """The memory after this event: settled at its version, with the claim and the review that came of it."""
        changes: dict[str, object] = {
            "encounter_version": self.event.head.encounter_version,
            "last_event_id": self.event.head.event_id,
            "open_review_id": open_review.review_id if open_review is not None else None,
            "open_review_event_id": open_review.head.event_id if open_review is not None else None,
            "updated_at": self.now,
        }
        if claim is not None:
            voided = claim.kind is ClaimKind.VOID
            changes["claim_status"] = ClaimStatus.VOIDED if voided else ClaimStatus.ACTIVE
            changes["claim_revision"] = claim.revision
            changes["claim_event_id"] = claim.head.event_id
        return self.memory.model_copy(update=changes)


def sampled(claim: str, share: float) -> bool:
    """Whether a claim is in the audit sample: the same answer for all its revisions, and on every machine."""
    digest = hashlib.sha256(b"audit sample" + claim.encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _answers(event: CodesValidated, memory: ClaimMemory) -> bool:
    return event.answer is not None and event.answer.review_id == memory.open_review_id


def _withdrawn(case: _Case) -> Step[ClaimMemory]:
    if case.memory.claim_status is not ClaimStatus.ACTIVE:
        return Step([_audit(case.event, case.answers, "withdrawal_without_claim")], case.remember())
    void = ClaimCoded(
        head=case.answers.head(ClaimCoded),
        claim_id=case.memory.claim_id,
        revision=case.memory.claim_revision + 1,
        kind=ClaimKind.VOID,
        replaces=case.memory.claim_event_id,
        void_reason=case.event.withdrawal_reason,
    )
    return Step([void], case.remember(claim=void))


def _blank(event: CodesValidated, now: datetime) -> ClaimMemory:
    return ClaimMemory(
        tenant=event.head.tenant,
        encounter_id=event.head.encounter_id,
        encounter_version=event.head.encounter_version,
        last_event_id=event.head.event_id,
        claim_id=claim_id(event.head.tenant, event.head.encounter_id),
        claim_status=ClaimStatus.NONE,
        claim_revision=0,
        updated_at=now,
    )


def _audit(event: CodesValidated, answers: Successors, action: str) -> AuditRecord:
    return AuditRecord(
        head=answers.head(AuditRecord),
        actor_kind="service",
        actor_id=produced_by(STAGE),
        action=action,
        subject_type="codes",
        subject_id=event.head.event_id,
        outcome="ignored",
    )
