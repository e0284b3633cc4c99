"""Real spawned processes: a worker that dies takes one record with it, and the pool always ends."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chartstream.errors import ConfigurationError
from chartstream.stream.work import Failure, FailureKind, Outcome, Result, WorkFactory
from chartstream.stream.workers import InlineWorker, Worker, WorkerPool
from tests.unit.stream.works import Crashing, Obeys, Unloadable, read

MakePool = Callable[..., WorkerPool[str]]


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    pools: list[WorkerPool[str]] = []

    def make(factory: WorkFactory | None = None, size: int = 1, task_seconds: float = 60.0) -> WorkerPool[str]:
        pools.append(WorkerPool(factory or Obeys(), size, task_seconds))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
    assert not multiprocessing.active_children()


def _outcomes(worker: Worker[str], count: int, within: float = 40.0) -> list[tuple[str, Outcome]]:
    outcomes: list[tuple[str, Outcome]] = []
    deadline = time.monotonic() + within
    while len(outcomes) < count and time.monotonic() < deadline:
        outcomes += worker.completed()
        time.sleep(0.01)
    return outcomes


def _values(outcomes: list[tuple[str, Outcome]]) -> dict[str, bytes | str | None]:
    """Value of what was written, or the error's class, by ticket."""
    return {
        ticket: outcome.error_class if isinstance(outcome, Failure) else outcome.outputs[0].value
        for ticket, outcome in outcomes
    }


def test_outcomes_come_under_their_tickets_with_memory(make_pool: MakePool) -> None:
    pool = make_pool()
    for name in "abc":
        pool.submit(name, read(name), b"!")

    assert [(ticket, _values([(ticket, outcome)])[ticket]) for ticket, outcome in _outcomes(pool, 3)] == [
        ("a", b"a!"),
        ("b", b"b!"),
        ("c", b"c!"),
    ]
    assert pool.ready


def test_a_worker_that_dies_takes_one_record_with_it(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(size=2)
    pool.submit("fatal", read("exit"), None)
    pool.submit("unlucky", read(f"exit-once {tmp_path / 'died'}"), None)
    for name in "abcd":
        pool.submit(name, read(name), None)

    outcomes = dict(_outcomes(pool, 6))

    assert outcomes["fatal"] == Failure(
        FailureKind.DEFECT, "WorkerDied", "its worker ended with exit code 9, 2 times; replay it on a larger worker"
    )
    assert isinstance(outcomes["unlucky"], Result), "one death may be somebody else's doing: it is tried again"
    assert _values(list(outcomes.items())).items() >= {name: name.encode() for name in "abcd"}.items()
    assert pool.completed() == []


def test_a_record_that_takes_too_long_is_given_up(make_pool: MakePool) -> None:
    pool = make_pool(task_seconds=0.5)
    pool.submit("hanging", read("hang"), None)
    pool.submit("behind", read("behind"), None)

    assert _values(_outcomes(pool, 2)) == {"hanging": "TaskTimeout", "behind": b"behind"}


def test_missing_models_are_the_operators_fault(make_pool: MakePool) -> None:
    pool = make_pool(Unloadable())

    with pytest.raises(ConfigurationError, match="model directory is missing"):
        _outcomes(pool, 1)
    assert not pool.ready


def test_what_is_found_missing_at_work_is_the_operators_fault_too(make_pool: MakePool) -> None:
    pool = make_pool()
    pool.submit("first scan", read("unconfigured"), None)

    with pytest.raises(ConfigurationError, match="weights are missing"):
        _outcomes(pool, 1)


def test_a_worker_that_dies_while_loading_is_not_started_for_ever(make_pool: MakePool) -> None:
    pool = make_pool(Crashing())

    with pytest.raises(ConfigurationError, match=r"ended while loading \(exit code 7\)"):
        _outcomes(pool, 1)


def test_closing_does_not_wait_for_what_is_being_done(make_pool: MakePool) -> None:
    pool = make_pool()
    pool.submit("first", read("first"), None)
    _outcomes(pool, 1)
    pool.submit("hanging", read("hang"), None)

    begun = time.monotonic()
    pool.close()

    assert time.monotonic() - begun < 5
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("copy", Result),
        ("transient", FailureKind.TRANSIENT),
        ("raise", FailureKind.DEFECT),
    ],
)
def test_inline_work_ends_in_the_same_ways(value: str, expected: object) -> None:
    worker: InlineWorker[str] = InlineWorker(Obeys())
    worker.submit("it", read(value), None)

    ((ticket, outcome),) = worker.completed()

    assert ticket == "it"
    assert (outcome.kind if isinstance(outcome, Failure) else type(outcome)) == expected
    assert worker.completed() == []
