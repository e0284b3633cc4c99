"""Each reason for review, alone: what just passes, and what just does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from chartstream.errors import Problem
from chartstream.events.claims import ApprovalMode, ClaimCoded
from chartstream.events.head import Acknowledgement, Origin
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.events.validation import CodesValidated, Grouping, Severity
from chartstream.routing.certificate import Certificate, Threshold, demonstration
from chartstream.routing.stage import RoutingStage
from tests.unit.builders import NOW, answer, coding, diagnosis
from tests.unit.routing.conftest import EXPIRES, ISSUED, finding, validated

Route = Callable[..., RoutingStage]
SEEN = Acknowledgement(edit="excludes1", reason_code="unrelated_conditions")


def reasons(stage: RoutingStage, event: CodesValidated) -> list[str]:
    """Codes of the problems for which a person is asked; empty when the claim is released."""
    (answered,) = stage(event, None).events
    if isinstance(answered, ClaimCoded):
        return []
    assert isinstance(answered, ReviewRequested)
    assert answered.kind is ReviewKind.REQUESTED
    assert answered.subject is ReviewSubject.CODES
    assert answered.review_id == answered.head.event_id
    return [problem.code for problem in answered.problems]


def test_a_certain_claim_is_released_under_the_certificate(route: Route, certificate: Certificate) -> None:
    (claim,) = route()(validated(), None).events
    assert isinstance(claim, ClaimCoded)
    assert claim.approval is not None
    assert claim.approval.mode is ApprovalMode.AUTOMATIC
    assert claim.approval.certificate is not None
    assert claim.approval.certificate.certificate_id == certificate.certificate_id
    assert claim.approval.certificate.demonstration


@pytest.mark.parametrize(
    ("confidence", "expected"), [(0.9, []), (0.8999, ["low_code_confidence"]), (None, ["low_code_confidence"])]
)
def test_code_confidence_is_compared_with_its_own_threshold(
    route: Route, confidence: float | None, expected: list[str]
) -> None:
    line = diagnosis("I10").model_copy(update={"code_confidence": confidence, "extraction_confidence": 1.0})
    assert reasons(route(), validated([line])) == expected


@pytest.mark.parametrize(("confidence", "expected"), [(0.8, []), (0.79, ["low_extraction_confidence"])])
def test_extraction_confidence_is_compared_with_its_own_threshold(
    route: Route, confidence: float, expected: list[str]
) -> None:
    line = diagnosis("I10").model_copy(update={"code_confidence": 1.0, "extraction_confidence": confidence})
    assert reasons(route(), validated([line])) == expected


def test_a_badly_read_field_holds_back_well_read_codes(route: Route) -> None:
    lines = [diagnosis("I10")]
    event = validated(coding=coding(lines, extraction_confidence=0.5))
    assert reasons(route(), event) == ["low_extraction_confidence"]


def test_the_code_that_is_too_uncertain_is_named(route: Route) -> None:
    lines = [diagnosis("I10"), diagnosis("E78.5", 2, code_confidence=0.3)]
    review = route()(validated(lines), None).events[0]
    assert isinstance(review, ReviewRequested)
    assert [("E78.5" in p.message, "I10" in p.message) for p in review.problems] == [(True, False)]


def test_nothing_codable_goes_to_a_person(route: Route) -> None:
    assert reasons(route(), validated([])) == ["no_codable_diagnosis"]


def test_what_coding_could_not_solve_goes_to_a_person(route: Route) -> None:
    unsolved = Problem("conflicting_documents", "two notes disagree", "decide which one holds")
    event = validated(coding=coding([diagnosis("I10")], problems=(unsolved,)))
    assert reasons(route(), event) == ["conflicting_documents"]


@pytest.mark.parametrize(
    ("origin", "severity", "acknowledged", "expected"),
    [
        (Origin.ENGINE, Severity.WARNS, None, []),
        (Origin.ENGINE, Severity.CORRECTS, None, []),
        (Origin.ENGINE, Severity.REVIEW, None, ["excludes1"]),
        (Origin.ENGINE, Severity.REVIEW, SEEN, []),
        (Origin.ENGINE, Severity.BLOCKS, None, ["excludes1"]),
        (Origin.PERSON, Severity.REVIEW, None, ["excludes1"]),
        (Origin.PERSON, Severity.REVIEW, SEEN, []),
        (Origin.PERSON, Severity.BLOCKS, None, ["excludes1"]),
        (Origin.PERSON, Severity.BLOCKS, SEEN, ["excludes1"]),
    ],
)
def test_findings(
    route: Route, origin: Origin, severity: Severity, acknowledged: Acknowledgement | None, expected: list[str]
) -> None:
    found = finding(severity=severity, acknowledged=acknowledged)
    assert reasons(route(), validated(origin=origin, answer=answer(), findings=(found,))) == expected


def test_without_a_certificate_nothing_is_released_automatically(route: Route) -> None:
    assert reasons(route(under=None), validated()) == ["no_certificate"]


def test_an_expired_certificate_releases_nothing(route: Route, certificate: Certificate) -> None:
    expired = certificate.model_copy(update={"expires_at": NOW})
    assert reasons(route(under=expired), validated()) == ["certificate_mismatch"]
    still = certificate.model_copy(update={"expires_at": NOW + timedelta(seconds=1)})
    assert reasons(route(under=still), validated()) == []


@pytest.mark.parametrize(
    "scope",
    [
        {"policy": "0" * 64},
        {"coder": "0" * 64},
        {"edits": "0" * 64},
        {"code_sets": {"ICD_10_CM": "0" * 64}},
        {"code_sets": {}},
    ],
)
def test_what_was_not_certified_releases_nothing(
    route: Route, certificate: Certificate, scope: dict[str, object]
) -> None:
    other = certificate.model_copy(update={"scope": certificate.scope.model_copy(update=scope)})
    assert reasons(route(under=other), validated()) == ["certificate_mismatch"]


def test_the_hashes_that_were_certified_release(route: Route, certificate: Certificate) -> None:
    stage = route()
    exact = {"edits": "e" * 64, "code_sets": {"ICD_10_CM": "c" * 64}}
    under = certificate.model_copy(update={"scope": certificate.scope.model_copy(update=exact)})
    assert reasons(route(under=under), validated()) == reasons(stage, validated()) == []


def test_a_class_that_is_not_certified_goes_to_a_person(route: Route, certificate: Certificate) -> None:
    only = certificate.model_copy(update={"thresholds": {"symptom": Threshold(code=0.1, extraction=0.1)}})
    assert reasons(route(under=only), validated()) == ["class_not_certified"]
    assert reasons(route(under=only), validated([diagnosis("R05.9")])) == []


def test_a_sensitive_code_goes_to_a_person_however_certain(route: Route) -> None:
    assert reasons(route(), validated([diagnosis("B20", code_confidence=1.0)])) == ["mandatory_review"]


def test_what_a_person_decided_needs_neither_threshold_nor_certificate(route: Route) -> None:
    decided = diagnosis("B20", code_confidence=None, extraction_confidence=0.1)
    event = validated([decided], origin=Origin.PERSON, answer=answer())
    (claim,) = route(under=None)(event, None).events
    assert isinstance(claim, ClaimCoded)
    assert claim.approval is not None
    assert (claim.approval.mode, claim.approval.reviewer_id) == (ApprovalMode.PERSON, "coder-7")
    assert claim.approval.certificate is None


def test_every_reason_is_given_not_only_the_first(route: Route) -> None:
    lines = [diagnosis("B20", code_confidence=0.1, extraction_confidence=0.1)]
    found = reasons(route(), validated(lines, findings=(finding(),)))
    assert found == ["excludes1", "mandatory_review", "low_code_confidence", "low_extraction_confidence"]


def test_the_review_says_how_urgent_and_how_risky_it_is(route: Route) -> None:
    review = route()(validated([diagnosis("I10"), diagnosis("A41.9", 2)]), None).events[0]
    assert isinstance(review, ReviewRequested)
    assert (review.risk, review.priority) == ("sepsis_and_malnutrition", 3)
    assert review.due_at is not None
    assert NOW < review.due_at < EXPIRES


def test_a_code_that_alone_carries_a_payment_group_needs_its_class_certified(route: Route) -> None:
    event = validated([diagnosis("I50.22")])
    carried = event.model_copy(update={"groupings": (Grouping(system="MS-DRG", value="293", drivers=("I50.22",)),)})
    without = demonstration("demo", ISSUED, EXPIRES, Threshold(code=0.9, extraction=0.8), ("disease",))
    assert reasons(route(without), event) == []
    assert reasons(route(without), carried) == ["class_not_certified"]
    assert reasons(route(), carried) == []


def test_the_risk_of_a_driver_stands_on_its_code_and_on_the_review(route: Route) -> None:
    lines = [diagnosis("I50.22", code_confidence=0.1), diagnosis("I10", 2)]
    grouped = (Grouping(system="MS-DRG", value="293", drivers=("I50.22",)),)
    review = route()(validated(lines, groupings=grouped), None).events[0]
    assert isinstance(review, ReviewRequested)
    assert review.coding is not None
    assert [d.risk for d in review.coding.diagnoses] == ["payment_driver", "disease"]
    assert review.risk == "payment_driver"
