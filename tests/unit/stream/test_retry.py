from __future__ import annotations

from chartstream.stream.retry import RetryPolicy, Trial
from chartstream.stream.work import Failure, FailureKind

POLICY = RetryPolicy(first_seconds=0.5, longest_seconds=4.0, unknown_schema_seconds=10.0)


def _failure(kind: FailureKind) -> Failure:
    return Failure(kind, "Error", "reason")


def test_the_worlds_faults_are_waited_out_for_ever_ever_more_slowly() -> None:
    trial, now, delays = Trial(), 100.0, []
    for _ in range(1000):
        again_at = trial.failed(_failure(FailureKind.TRANSIENT), now, POLICY)
        assert again_at is not None
        delays.append(again_at - now)
        now = again_at

    assert delays[:6] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert delays[-1] == 4.0
    assert trial.tries == 1000


def test_an_unknown_schema_is_waited_for_only_so_long() -> None:
    trial = Trial()

    assert trial.failed(_failure(FailureKind.UNKNOWN_SCHEMA), 100.0, POLICY) == 100.5
    assert trial.failed(_failure(FailureKind.UNKNOWN_SCHEMA), 109.9, POLICY) is not None
    assert trial.failed(_failure(FailureKind.UNKNOWN_SCHEMA), 110.0, POLICY) is None


def test_defects_and_undecodable_bytes_are_given_up_at_once() -> None:
    for kind in (FailureKind.DEFECT, FailureKind.UNDECODABLE):
        assert Trial().failed(_failure(kind), 0.0, POLICY) is None


def test_a_store_that_was_away_before_does_not_shorten_the_wait_for_a_schema() -> None:
    trial = Trial()
    trial.failed(_failure(FailureKind.TRANSIENT), 0.0, POLICY)

    assert trial.failed(_failure(FailureKind.UNKNOWN_SCHEMA), 11.0, POLICY) is not None
    assert trial.failed(_failure(FailureKind.UNKNOWN_SCHEMA), 21.0, POLICY) is None
