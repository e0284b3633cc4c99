"""The life of a claim: versions, answers, corrections, voids, the audit sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.coding import Explanation
from chartstream.events.head import Acknowledgement, Event, Origin
from chartstream.events.identity import claim_id
from chartstream.events.memory import ClaimMemory, ClaimStatus
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewKind, ReviewRequested
from chartstream.events.validation import CodesValidated, Severity
from chartstream.routing.stage import RoutingStage, sampled
from tests.unit.builders import answer, diagnosis
from tests.unit.routing.conftest import finding, validated, withdrawn

Route = Callable[..., RoutingStage]


class Desk:
    """A stage with the memory of one encounter."""

    def __init__(self, stage: RoutingStage) -> None:
        self.stage = stage
        self.memory: ClaimMemory | None = None

    def __call__(self, event: CodesValidated) -> Sequence[Event]:
        step = self.stage(event, self.memory)
        self.memory = step.memory or self.memory
        return step.events

    def claim(self, event: CodesValidated) -> ClaimCoded:
        (claim,) = self(event)
        assert isinstance(claim, ClaimCoded)
        return claim

    def review(self, event: CodesValidated) -> ReviewRequested:
        (review,) = self(event)
        assert isinstance(review, ReviewRequested)
        return review

    def audited(self, event: CodesValidated) -> str:
        (record,) = self(event)
        assert isinstance(record, AuditRecord)
        return record.action


@pytest.fixture
def desk(route: Route) -> Desk:
    return Desk(route())


def doubtful(version: int = 1) -> CodesValidated:
    return validated([diagnosis("I10", code_confidence=0.1)], version=version)


def decided(review: ReviewRequested, **changes: object) -> CodesValidated:
    given = answer(review.review_id)
    event = validated(event_id=f"decision-on-{review.review_id}", origin=Origin.PERSON, answer=given)
    return event.model_copy(
        update={"head": event.head.model_copy(update={"encounter_version": review.head.encounter_version}), **changes}
    )


def test_a_first_claim_is_an_original(desk: Desk) -> None:
    claim = desk.claim(validated())
    assert (claim.kind, claim.revision, claim.replaces) == (ClaimKind.ORIGINAL, 1, None)
    assert claim.claim_id == claim_id("north-clinic", "encounter-1")


def test_a_higher_version_replaces_the_claim(desk: Desk) -> None:
    first = desk.claim(validated())
    second = desk.claim(validated([diagnosis("E78.5")], version=2))
    assert (second.kind, second.revision, second.replaces) == (ClaimKind.REPLACEMENT, 2, first.head.event_id)
    assert second.claim_id == first.claim_id


def test_an_older_version_is_fenced(desk: Desk) -> None:
    desk.claim(validated(version=2))
    assert desk.audited(validated(version=1)) == "routing_fenced"


def test_an_older_version_is_fenced_even_where_a_person_decided_it(desk: Desk) -> None:
    review = desk.review(doubtful(version=1))
    desk.claim(validated(version=2))
    assert desk.audited(decided(review)) == "routing_fenced"


def test_the_same_version_again_is_a_duplicate(desk: Desk) -> None:
    desk.claim(validated())
    assert desk.audited(validated()) == "routing_duplicate"


def test_a_decision_releases_the_claim_once(desk: Desk) -> None:
    review = desk.review(doubtful())
    claim = desk.claim(decided(review))
    assert claim.kind is ClaimKind.ORIGINAL
    assert desk.audited(decided(review)) == "routing_duplicate"


def test_an_answer_to_another_review_is_a_duplicate(desk: Desk) -> None:
    review = desk.review(doubtful())
    assert desk.audited(decided(review, answer=answer("some-other-review"))) == "routing_duplicate"


def test_a_decision_that_an_edit_blocks_is_asked_for_again(desk: Desk) -> None:
    review = desk.review(doubtful())
    again = desk.review(decided(review, findings=(finding("code_unknown", Severity.BLOCKS),)))
    assert again.review_id != review.review_id
    claim = desk.claim(decided(again))
    assert claim.revision == 1


def test_an_engine_run_after_a_correction_passes_and_is_judged_as_the_engine(desk: Desk) -> None:
    review = desk.review(doubtful())
    rerun = decided(review, origin=Origin.ENGINE)
    assert desk.claim(rerun).approval is not None


def test_a_withdrawal_voids_the_claim(desk: Desk) -> None:
    first = desk.claim(validated())
    void = desk.claim(withdrawn(2))
    assert (void.kind, void.revision, void.replaces) == (ClaimKind.VOID, 2, first.head.event_id)
    assert void.void_reason == "registered in error"
    assert (void.encounter, void.diagnoses, void.approval) == (None, (), None)


def test_a_withdrawal_while_in_review_leaves_no_claim(desk: Desk) -> None:
    review = desk.review(doubtful())
    assert desk.audited(withdrawn(2)) == "withdrawal_without_claim"
    assert desk.audited(decided(review)) == "routing_fenced"


def test_a_withdrawal_while_a_correction_is_in_review_voids_the_claim_before_it(desk: Desk) -> None:
    first = desk.claim(validated())
    desk.review(doubtful(version=2))
    assert desk.claim(withdrawn(3)).replaces == first.head.event_id


def test_a_voided_claim_is_not_voided_again(desk: Desk) -> None:
    desk.claim(validated())
    desk.claim(withdrawn(2))
    assert desk.audited(withdrawn(3)) == "withdrawal_without_claim"


def test_a_submission_after_a_void_is_an_original_with_the_next_revision(desk: Desk) -> None:
    desk.claim(validated())
    desk.claim(withdrawn(2))
    again = desk.claim(validated(version=3))
    assert (again.kind, again.revision, again.replaces) == (ClaimKind.ORIGINAL, 3, None)


def test_memory_follows_the_claim(desk: Desk) -> None:
    desk.claim(validated())
    review = desk.review(doubtful(version=2))
    assert desk.memory is not None
    assert (desk.memory.claim_status, desk.memory.claim_revision) == (ClaimStatus.ACTIVE, 1)
    assert desk.memory.open_review_id == review.review_id
    assert desk.memory.encounter_version == 2


def test_the_same_event_gives_the_same_events(route: Route) -> None:
    assert route()(validated(), None).events == route()(validated(), None).events


def test_a_claim_carries_no_explanation_and_its_risk_classes(desk: Desk) -> None:
    line = diagnosis("I10", explanation=Explanation(rule="tabular term"))
    claim = desk.claim(validated([line]))
    assert [(d.explanation, d.risk) for d in claim.diagnoses] == [(None, "disease")]


def test_a_review_keeps_the_explanation(desk: Desk) -> None:
    line = diagnosis("I10", explanation=Explanation(rule="tabular term"), code_confidence=0.1)
    review = desk.review(validated([line]))
    assert review.coding is not None
    assert review.coding.diagnoses[0].explanation is not None


def test_a_claim_carries_warnings_and_acknowledged_findings(desk: Desk) -> None:
    warning = finding("present_on_admission_missing", Severity.WARNS)
    note = Acknowledgement(edit="excludes1", reason_code="unrelated_conditions")
    let_stand = finding(acknowledged=note)
    claim = desk.claim(validated(origin=Origin.PERSON, answer=answer(), findings=(warning, let_stand)))
    assert claim.findings == (warning, let_stand)


def test_sampled_claims_are_audited_and_an_audit_may_correct_the_claim(route: Route) -> None:
    desk = Desk(route(audit_share=1.0))
    claim, audit = desk(validated())
    assert isinstance(claim, ClaimCoded)
    assert isinstance(audit, ReviewRequested)
    assert (audit.kind, audit.claim_id) == (ReviewKind.AUDIT, claim.claim_id)
    corrected = desk.claim(decided(audit))
    assert (corrected.kind, corrected.revision) == (ClaimKind.REPLACEMENT, 2)


def test_what_a_person_decided_is_not_sampled(route: Route) -> None:
    desk = Desk(route(audit_share=1.0))
    assert len(desk(validated(origin=Origin.PERSON, answer=answer()))) == 1


def test_the_sample_has_its_share_and_does_not_change() -> None:
    claims = [claim_id("north-clinic", f"encounter-{n}") for n in range(20_000)]
    drawn = [claim for claim in claims if sampled(claim, 0.02)]
    assert 330 < len(drawn) < 470
    assert all(sampled(claim, 0.05) for claim in drawn)
    assert not any(sampled(claim, 0.0) for claim in claims)
    assert all(sampled(claim, 1.0) for claim in claims[:100])
