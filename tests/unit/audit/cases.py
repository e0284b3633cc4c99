"""One encounter from its notes to a denied claim, with all that lies in the document store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chartstream.audit.bundle import bundle
from chartstream.audit.found import Found
from chartstream.audit.gathered import Gathered, gather
from chartstream.errors import Problem
from chartstream.events.catalogue import topic_of
from chartstream.events.claims import (
    Adjustment,
    Approval,
    ApprovalMode,
    ClaimCoded,
    ClaimKind,
    ClaimOutcome,
    OutcomeKind,
)
from chartstream.events.coding import CodeSetRelease, CodesProposed, CodeSystem, Diagnosis, Explanation, Procedure
from chartstream.events.documents import Document, DocumentStatus
from chartstream.events.encounter import Billing
from chartstream.events.extraction import Evidence, ExtractedDocument, ExtractedText
from chartstream.events.head import Acknowledgement, ClaimCheck, Component, Event, Head, Origin
from chartstream.events.operations import AuditRecord
from chartstream.events.review import (
    ChangeAction,
    CodeChange,
    CodeRef,
    ReviewDecided,
    ReviewDecision,
    ReviewKind,
    ReviewRequested,
    ReviewSubject,
)
from chartstream.events.validation import CodesValidated, Finding, Severity
from chartstream.texts import put_text
from tests.unit.builders import NOW, DictStore, answer, coding, diagnosis, encounter, head, procedure, submitted

ENCOUNTER = "5f0c9a41d2e84b7793ab60f1c8de25a7e4b90c13"
CLAIM = "04c7a91f5be2d6830917fa42c6be8d35"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORDS = """Clinic visit

Subjective: Comes for his blood sugar. Says his feet tingle at night. No chest pain.

Assessment and plan
1. Type 2 diabetes with polyneuropathy, A1c 8.4 today. Raise metformin to 1000 mg twice daily.
2. Essential hypertension, at goal on lisinopril.

Thirty-one minutes in all, most of them on treatment choices.
Electronically signed by Hannah Brandt, MD
"""

STORE = DictStore()


def _stored() -> tuple[ClaimCheck, ClaimCheck]:
    uri, sha256 = STORE.put(WORDS.encode(), "text/plain")
    source = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(WORDS.encode()), media_type="text/plain")
    return source, put_text(ExtractedText(text=WORDS), STORE)


SOURCE, TEXT = _stored()
DOCUMENT = ExtractedDocument(
    document_id="note-1", status=DocumentStatus.FINAL, source=SOURCE, text=TEXT, extraction_confidence=1.0
)


def at(minutes: int, event_id: str) -> Head:
    moment = NOW + timedelta(minutes=minutes)
    return head(1, event_id, ENCOUNTER).model_copy(update={"occurred_at": moment, "produced_by": "chartstream/0.1"})


def quote(words: str, role: str = "term") -> Evidence:
    begin = WORDS.index(words)
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Evidence(
        document_id="note-1", begin=begin, end=begin + len(words), quote_sha256=digest, role=role, section="assessment"
    )


DIAGNOSES: Sequence[Diagnosis] = (
    diagnosis(
        "E11.42",
        description="Type 2 diabetes mellitus with diabetic polyneuropathy",
        evidence=(quote("Type 2 diabetes with polyneuropathy"),),
        explanation=Explanation(
            rule="combination",
            term="type 2 diabetes with polyneuropathy",
            steps=(
                "read in the assessment, present, of the patient",
                '"with" links the two (ICD-10-CM guidelines, I.A.15)',
            ),
        ),
    ),
    diagnosis("I10", 2, description="Essential (primary) hypertension", evidence=(quote("Essential hypertension"),)),
)
PROCEDURES: Sequence[Procedure] = (
    procedure("99214", units=Decimal(1), evidence=(quote("Thirty-one minutes in all", "time"),), origin=Origin.PERSON),
)
LET_STAND = Acknowledgement(edit="level_above_usual", code="99214", reason_code="time_documented", comment="31 minutes")
FINDING = Finding(
    edit="level_above_usual",
    severity=Severity.REVIEW,
    message="99214 is billed more often than the specialty's peers bill it",
    remedy="compare the time or the decision making with the note",
    source="House policy, section 3",
    codes=("99214",),
    acknowledged=LET_STAND,
)
CODER = Component(name="lexicon-coder", version="6.2", sha256="ab" * 32)
RELEASES = (CodeSetRelease(system=CodeSystem.ICD_10_CM, release="2026-10", sha256="cd" * 32),)


def claim(revision: int = 1) -> ClaimCoded:
    return ClaimCoded(
        head=at(30, f"claim-{revision}"),
        claim_id=CLAIM,
        revision=revision,
        kind=ClaimKind.ORIGINAL if revision == 1 else ClaimKind.REPLACEMENT,
        encounter=encounter(billing=Billing(payer_id="lakeshore")),
        documents=(DOCUMENT,),
        diagnoses=tuple(line.model_copy(update={"explanation": None}) for line in DIAGNOSES),  # as routing does
        procedures=tuple(PROCEDURES),
        findings=(FINDING,),
        approval=Approval(mode=ApprovalMode.PERSON, reviewer_id="coder-7", decided_at=NOW),
        coder=CODER,
        validator=Component(name="edits", version="5.0", sha256="ef" * 32),
        code_sets=RELEASES,
    )


def events() -> list[Event]:
    codes = coding(DIAGNOSES, procedures=tuple(PROCEDURES), coder=CODER, code_sets=RELEASES)
    note = Document(document_id="note-1", status=DocumentStatus.FINAL, claim_check=SOURCE)
    both = {"encounter": encounter(), "documents": (DOCUMENT,), "coding": codes}
    proposed = CodesProposed(head=at(2, "proposed"), action="SUBMIT", origin=Origin.ENGINE, **both)
    validated = CodesValidated(
        head=at(3, "validated"), action="SUBMIT", origin=Origin.ENGINE, findings=(FINDING,), **both
    )
    review = ReviewRequested(
        head=at(4, "review"),
        review_id="review-1",
        kind=ReviewKind.REQUESTED,
        subject=ReviewSubject.CODES,
        stage="routing",
        problems=(Problem("edit_review", "level_above_usual asks for a person", "decide the code"),),
        priority=5,
        findings=(FINDING,),
        **both,
    )
    change = CodeChange(
        action=ChangeAction.REPLACED,
        before=CodeRef(system=CodeSystem.CPT, code="99213"),
        after=CodeRef(system=CodeSystem.CPT, code="99214"),
        reason_code="time_documented",
    )
    decided = ReviewDecided(
        head=at(29, "decided"),
        review_id="review-1",
        decision=ReviewDecision.CODES_DECIDED,
        answer=answer(acknowledgements=(LET_STAND,), decided_at=NOW + timedelta(minutes=29)),
        changes=(change,),
    )
    outcome = ClaimOutcome(
        head=at(50_000, "outcome"),
        claim_id=CLAIM,
        revision=1,
        outcome=OutcomeKind.DENIED,
        payer_id="lakeshore",
        adjustments=(Adjustment(group_code="CO", carc="50", rarcs=("N115",), amount=Decimal("131.00"), line=1),),
        received_at=NOW + timedelta(days=30),
    )
    audit = AuditRecord(
        head=at(50_100, "audit"),
        actor_kind="person",
        actor_id="appeals-2",
        action="claim_opened",
        subject_type="claim",
        subject_id=CLAIM,
        outcome="shown",
    )
    first = submitted(documents=(note,), head=at(0, "submission-1"))
    return [first, proposed, validated, review, decided, claim(), outcome, audit]


def found(given: Sequence[Event] | None = None) -> list[Found]:
    return [Found(topic_of(event), event) for event in (events() if given is None else given)]


def gathered(given: Sequence[Event] | None = None, store: DictStore = STORE) -> Gathered:
    return gather(ENCOUNTER, found(given), (), store)


def files(given: Sequence[Event] | None = None) -> dict[str, bytes]:
    return bundle(gathered(given), NOW, KEY)
