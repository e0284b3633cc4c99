"""The account of a run says so when something is lost, doubled or stray."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chartstream.demonstration.sheet import Row, sums
from chartstream.demonstration.tracker import Submission, Trail
from chartstream.errors import Problem
from chartstream.events.documents import NoteRejected
from chartstream.events.head import Head

FIRST, SECOND, STRANGER = ("a", 1), ("a", 2), ("b", 1)
ROWS = [Row(submission, "sample", "professional", "txt") for submission in (FIRST, SECOND)]


def _rejected(submission: Submission) -> NoteRejected:
    encounter, version = submission
    head = Head(
        event_id=f"{encounter}-{version}",
        tenant="demo-health",
        encounter_id=encounter,
        encounter_version=version,
        occurred_at=datetime(2026, 3, 2, tzinfo=UTC),
        produced_by="intake/0",
    )
    return NoteRejected(head=head, stage="intake", problems=(Problem("document_truncated", "cut", "send it again"),))


def _trails(*submissions: Submission) -> dict[Submission, Trail]:
    trails = {FIRST: Trail(), SECOND: Trail(), STRANGER: Trail()}
    for submission in submissions:
        trails[submission].outcomes.append(_rejected(submission))
    return trails


def test_one_outcome_for_each_submission_is_right() -> None:
    counted = sums(ROWS, _trails(FIRST, SECOND), dead_letters=0)

    assert counted.is_right
    assert (counted.submitted, counted.rejected, counted.coded, counted.in_review) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    ("outcomes", "dead_letters", "fault"),
    [
        ([FIRST], 0, "lost"),
        ([FIRST, SECOND, SECOND], 0, "duplicated"),
        ([FIRST, SECOND, STRANGER], 0, "unexpected"),
        ([FIRST, SECOND], 1, "dead_letters"),
    ],
)
def test_a_fault_shows(outcomes: list[Submission], dead_letters: int, fault: str) -> None:
    counted = sums(ROWS, _trails(*outcomes), dead_letters)

    assert not counted.is_right
    assert getattr(counted, fault) == 1
