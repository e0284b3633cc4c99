"""A short run of the harness, and the harness's own count held against what it must notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from chartstream.local.broker import LocalKafka
from chartstream.local.redis import LocalRedis
from chartstream.stream.settings import KafkaSettings
from tests.faults.encounters import Submission, encounters
from tests.faults.fleet import Site
from tests.faults.model import Seen, Verdict, compare, expected
from tests.faults.report import Plan
from tests.faults.run import FaultRun


@pytest.mark.kafka
@pytest.mark.redis
def test_nothing_is_lost_or_doubled_while_processors_die(
    kafka: LocalKafka, redis_server: LocalRedis, tmp_path: Path
) -> None:
    plan = Plan(encounters=150, seconds=10.0, kills=1, joins=1, partitions=3, limit_seconds=90.0)
    settings = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix="faults.")

    report = FaultRun(plan, Site(kafka, redis_server, settings, tmp_path)).run()

    assert (report.verdict.lost, report.verdict.duplicated, report.verdict.unexpected) == ({}, {}, {})
    assert report.verdict.out_of_order == 0
    assert report.holds
    assert report.rebalances.total() >= 5


def perfect(published: Sequence[Submission]) -> list[Seen]:
    """What comes out when all is well, one partition for everything."""
    answers = [
        (submission.trace, what)
        for submission in published
        for what, number in expected(published)[submission.trace].items()
        for _ in range(number)
    ]
    return [Seen(trace, what, "topic", "stage", 0, offset, 0.0) for offset, (trace, what) in enumerate(answers)]


@pytest.fixture(scope="module")
def published() -> list[Submission]:
    return encounters(60, 10.0, seed=3)


def test_every_kind_of_answer_is_expected(published: list[Submission]) -> None:
    kinds = {what.rstrip(" 0123456789") for answer in expected(published).values() for what in answer}

    assert kinds >= {
        "claim original",
        "claim void",
        "review requested",
        "review superseded",
        "rejected",
        "audit submission_duplicate",
        "audit submission_fenced",
        "audit withdrawal_of_unknown",
    }


def test_a_perfect_answer_holds(published: list[Submission]) -> None:
    assert compare(published, perfect(published)).holds


def first(verdict: Verdict) -> tuple[int, int, int, int]:
    return verdict.lost.total(), verdict.duplicated.total(), verdict.unexpected.total(), verdict.out_of_order


def test_what_is_missing_is_lost(published: list[Submission]) -> None:
    assert first(compare(published, perfect(published)[:-1])) == (1, 0, 0, 0)


def test_what_comes_twice_is_duplicated(published: list[Submission]) -> None:
    seen = perfect(published)
    again = seen[-1]._replace(offset=len(seen))

    assert first(compare(published, [*seen, again])) == (0, 1, 0, 0)


def test_what_nobody_asked_for_is_unexpected(published: list[Submission]) -> None:
    seen = perfect(published)
    stray = seen[-1]._replace(trace="0" * 32, offset=len(seen))

    assert first(compare(published, [*seen, stray])) == (0, 0, 1, 0)


def test_versions_that_overtake_are_out_of_order(published: list[Submission]) -> None:
    seen = perfect(published)
    overtaking = [each._replace(offset=len(seen) - each.offset) for each in seen]

    assert first(compare(published, overtaking))[:3] == (0, 0, 0)
    assert compare(published, overtaking).out_of_order > 0
