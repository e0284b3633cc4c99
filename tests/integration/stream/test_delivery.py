"""Each promise of delivery, kept by a processor on a real broker."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from chartstream.stream.lanes import Lane
from chartstream.stream.memory import Restoration
from chartstream.stream.processor import Processor
from tests.integration.stream.rig import Rig, wait_until
from tests.integration.stream.stages import Counts

pytestmark = pytest.mark.kafka


def test_outputs_offsets_and_memory_go_together(rig: Rig) -> None:
    rig.publish(*[(b"key-%d" % (number % 5), b"") for number in range(50)])

    member = rig.run(Counts(rig.sink), remembers=True)
    outputs = rig.outputs(50)
    member.end()

    for key in {output.key for output in outputs}:
        assert [output.value for output in outputs if output.key == key] == [b"%d" % n for n in range(1, 11)]
    assert len({output.origin for output in outputs}) == 50
    assert sum(offset for offset, _ in rig.committed().values()) == 50
    restoration = Restoration(rig.client, rig.changelog, (0, 1))
    restoration.advance(20)
    memory = (restoration.take(0) or {}) | (restoration.take(1) or {})
    assert memory == {b"key-%d" % number: b"10" for number in range(5)}


def test_memory_survives_a_change_of_members(rig: Rig) -> None:
    for round_ in range(1, 4):
        rig.publish((b"a", b""), (b"b", b""))
        member = rig.run(Counts(rig.sink), remembers=True)
        assert {output.value for output in rig.outputs(2 * round_)[-2:]} == {b"%d" % round_}
        member.end()


def test_a_key_keeps_its_order_while_other_keys_pass(rig: Rig, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    rig.publish((b"slow", b"wait %s" % bytes(go_on)), (b"slow", b"second"), (b"quick", b"third"), partition=0)

    rig.run(workers=2)

    assert [output.value for output in rig.outputs(1)] == [b"third"], "a long document holds up nobody else's note"
    go_on.touch()
    assert [output.value for output in rig.outputs(3)[1:]] == [b"wait %s" % bytes(go_on), b"second"]


def test_what_was_finished_behind_a_slow_record_is_not_repeated(rig: Rig, tmp_path: Path) -> None:
    go_on = tmp_path / "go on"
    rig.publish((b"slow", b"wait %s" % bytes(go_on)), *[(b"%d" % n, b"quick") for n in range(20)], partition=0)
    first = rig.run(workers=2, drain_seconds=0.1)
    rig.outputs(20)
    first.end()
    offset, metadata = rig.committed()[0]
    assert offset == 0
    assert metadata, "what is finished above the committed offset is in the commit's metadata"

    second = rig.run(workers=1)
    go_on.touch()

    assert len({output.origin for output in rig.outputs(21)}) == 21
    assert len(rig.outputs(21)) == 21
    second.end()
    assert rig.committed()[0] == (21, "")


def test_a_document_longer_than_the_poll_interval_costs_no_rebalance(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(partitions=1)
    rig.publish((b"long", b"sleep 8"), *[(b"%d" % n, b"x" * 200) for n in range(100)])
    rebalances = _rebalances()

    member = rig.run(workers=1, longest_poll_seconds=6.0, pause_bytes=1000, read_records=10)
    wait_until(lambda: bool(_lanes(member.processor)) and _lanes(member.processor)[0].paused, "it is paused when full")
    wait_until(lambda: _lanes(member.processor)[0].ready, "it is ready")
    wait_until(lambda: _lanes(member.processor)[0].unsettled > 0, "it works")
    assert _lanes(member.processor)[0].unsettled <= 20, "it stopped reading"
    outputs = rig.outputs(101, within=30)

    assert len({output.origin for output in outputs}) == len(outputs) == 101
    assert _rebalances() - rebalances == 1, "but for the first assignment there was none"
    member.end()


def _lanes(processor: Processor) -> dict[int, Lane]:
    return processor._assignment.lanes


def _rebalances() -> float:
    kinds = ("assigned", "revoked", "lost")
    return sum(
        REGISTRY.get_sample_value("chartstream_rebalances_total", {"stage": "test", "kind": kind}) or 0.0
        for kind in kinds
    )


def test_an_idle_member_without_partitions_is_ready(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(partitions=1)
    members = [rig.run(), rig.run()]

    wait_until(lambda: all(member.processor.is_ready for member in members), "both are ready")


def test_a_stopping_member_finishes_what_it_began(rig: Rig) -> None:
    rig.publish((b"a", b"sleep 1"), (b"b", b"sleep 1"))
    member = rig.run(workers=2)
    wait_until(lambda: member.processor._in_flight == 2, "both are being worked on")

    member.end(within=10)

    assert len(rig.outputs(2)) == 2
    assert sum(offset for offset, _ in rig.committed().values()) == 2


def test_stopping_is_bounded_and_loses_nothing(rig: Rig, tmp_path: Path) -> None:
    rig.publish((b"a", b"wait %s" % bytes(tmp_path / "go on")))
    member = rig.run(workers=1, drain_seconds=0.5)
    wait_until(lambda: member.processor._in_flight == 1, "it is being worked on")

    begun = time.monotonic()
    member.end(within=10)
    assert time.monotonic() - begun < 8

    (tmp_path / "go on").touch()
    rig.run(workers=1)
    assert len(rig.outputs(1)) == 1
