from __future__ import annotations

from chartstream.stream.lanes import Lane
from chartstream.stream.progress import Progress
from chartstream.stream.record import InputRecord


def _record(offset: int, key: bytes | None, value: bytes = b"12345") -> InputRecord:
    return InputRecord("source", 0, offset, -1, key, value, [])


def test_records_of_one_key_wait_for_each_other_and_others_do_not() -> None:
    lane = Lane(0, adopted_at=0.0)
    first, second, other, third = _record(0, b"a"), _record(1, b"a"), _record(2, b"b"), _record(3, b"a")

    assert [lane.arrive(each) for each in (first, second, other, third)] == [first, None, other, None]
    assert lane.settle(first, None) == second
    assert lane.settle(other, None) is None
    assert lane.settle(second, None) == third
    assert lane.settle(third, None) is None
    assert lane.arrive(_record(4, b"a")) is not None


def test_records_without_a_key_are_in_one_order() -> None:
    lane = Lane(0, adopted_at=0.0)

    assert lane.arrive(_record(0, None)) is not None
    assert lane.arrive(_record(1, None)) is None


def test_the_next_record_of_a_key_sees_what_the_one_before_left() -> None:
    lane = Lane(0, adopted_at=0.0)
    first, second = _record(0, b"a"), _record(1, b"a")
    lane.arrive(first)
    lane.arrive(second)

    assert lane.remembered(first) is None
    lane.settle(first, b"once")
    assert lane.remembered(second) == b"once"
    lane.settle(second, None)
    assert lane.remembered(_record(2, b"a")) == b"once", "None leaves the memory as it was"


def test_what_is_held_is_counted_until_it_is_committed() -> None:
    lane = Lane(0, adopted_at=0.0)
    record = _record(0, b"a")
    lane.arrive(record)
    assert (lane.unsettled, lane.bytes) == (1, 5)

    lane.settle(record, None)
    assert (lane.unsettled, lane.bytes) == (0, 5)
    assert lane.progress.checkpoint()[0] == 0, "settled is not committed"

    lane.commit(record)
    assert lane.bytes == 0
    assert lane.progress.checkpoint() == (1, "")


def test_a_record_that_was_finished_before_is_passed_over() -> None:
    before, lane = Progress(0), Lane(0, adopted_at=0.0)
    for offset in range(3):
        before.begin(offset)
    before.finish(1)
    lane.progress = Progress(*before.checkpoint())

    arrived = [lane.arrive(_record(offset, b"key-%d" % offset)) for offset in range(3)]

    assert [each is not None for each in arrived] == [True, False, True]
    assert (lane.unsettled, lane.bytes) == (2, 10)
