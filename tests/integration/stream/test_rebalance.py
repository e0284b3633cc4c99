"""Members come and go: what was computed for a partition that was given up is dropped, and nothing is orphaned."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chartstream.stream.processor import Processor
from tests.integration.stream.rig import Rig, wait_until
from tests.integration.stream.stages import Counts

pytestmark = pytest.mark.kafka


def _ready_by_hand(rig: Rig, **options: Any) -> Processor:
    """A member that the test itself makes turn, so that it can stop turning at a chosen moment."""
    processor = rig.processor(**options)
    processor._assignment.join()

    _turn_until(processor, lambda: processor.is_ready, "the member is ready")
    return processor


def _turn_until(processor: Processor, holds: Callable[[], bool], what: str) -> None:
    def turned() -> bool:
        processor.step()
        return holds()

    wait_until(turned, what, within=30)


def _close(processor: Processor) -> None:
    processor._consumer.close()
    processor._worker.close()


def test_starting_over_while_partitions_are_called_back_orphans_none(rig: Rig) -> None:
    """The group asks for a partition back; before the member hears of it, a lost transaction makes it start over."""
    first = _ready_by_hand(rig)
    second = rig.run()
    time.sleep(2)  # the first does not poll: what the group asks of it waits in its queue
    first._assignment.start_over(list(first._assignment.lanes))

    try:
        _turn_until(
            first,
            lambda: len(first._assignment.lanes) == len(second.processor._assignment.lanes) == 1,
            "each member has one partition",
        )
    finally:
        _close(first)


def test_what_was_computed_for_a_partition_given_up_is_dropped(rig: Rig, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    for partition in (0, 1):
        rig.publish((b"a", b"wait %s" % bytes(go_on)), (b"b", b"wait %s" % bytes(go_on)), partition=partition)
    first = rig.run(workers=2)
    wait_until(lambda: first.processor._in_flight == 4, "the first member has everything")

    second = rig.run(workers=2)
    wait_until(lambda: second.processor._in_flight == 2, "the second member has one partition's records too")
    go_on.touch()

    outputs = rig.outputs(4)
    first.end()
    second.end()
    assert len({output.origin for output in outputs}) == len(rig.outputs(4)) == 4


def test_members_that_come_and_go_under_load_lose_and_double_nothing(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(partitions=4)
    work = Counts(rig.sink)
    keys = [b"key-%d" % number for number in range(16)]
    expected = 0
    members = [rig.run(work, remembers=True)]
    for change in range(6):
        rig.publish(*[(key, b"sleep 0.002") for key in keys for _ in range(10)])
        expected += 160
        if change % 2:
            members.pop(0).end()
        else:
            members.append(rig.run(work, remembers=True))

    outputs = rig.outputs(expected, within=60)

    assert len(outputs) == expected
    for key in keys:
        counts = [output.value for output in outputs if output.key == key]
        assert counts == [b"%d" % n for n in range(1, expected // 16 + 1)], "in order, none lost, none twice"


def test_a_member_that_was_away_too_long_cannot_commit_what_it_computed(rig: Rig) -> None:
    """It comes back with finished work for partitions that another member has meanwhile worked on: it is fenced."""
    first = _ready_by_hand(rig, longest_poll_seconds=6.0)
    rig.publish((b"a", b"once"), partition=0)

    def holds_a_result() -> bool:
        first._receive()
        first._collect()
        return bool(first._ready)

    wait_until(holds_a_result, "the first member has computed something")
    second = rig.run()
    assert len(rig.outputs(1, within=30)) == 1, "after max.poll.interval the partitions are the second's"

    first._commit()
    _turn_until(first, lambda: not first._ready, "the first member goes on")

    assert len(rig.outputs(1)) == 1
    rig.publish((b"a", b"twice"), partition=0)
    _turn_until(first, lambda: sum(offset for offset, _ in rig.committed().values()) == 2, "the group goes on")
    assert [output.value for output in rig.outputs(2)] == [b"once", b"twice"]
    _close(first)
    second.end()
