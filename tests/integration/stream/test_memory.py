"""Memories of partitions taken up together are read by one reader; each is handed over when it is whole."""

from __future__ import annotations

import time

import pytest
from confluent_kafka import Producer

from chartstream.errors import ConfigurationError
from chartstream.stream.memory import Restoration
from tests.integration.stream.rig import Rig

pytestmark = pytest.mark.kafka


def remember(rig: Rig, *entries: tuple[int, bytes, bytes | None]) -> None:
    """Write ``(partition, key, value)`` to the changelog in one transaction."""
    producer = Producer({**rig.client, "transactional.id": f"{rig.prefix}{time.monotonic_ns()}"})
    producer.init_transactions(10)
    producer.begin_transaction()
    for partition, key, value in entries:
        producer.produce(rig.changelog, value, key, partition)
    producer.commit_transaction(10)


def test_each_partition_has_its_own_memory_with_the_last_value_of_each_key(rig: Rig) -> None:
    remember(rig, (0, b"a", b"1"), (1, b"a", b"2"), (0, b"b", b"3"), (1, b"gone", b"4"))
    remember(rig, (0, b"a", b"5"), (1, b"gone", None))
    restoration = Restoration(rig.client, rig.changelog, (0, 1))
    restoration.advance(20)
    assert restoration.take(0) == {b"a": b"5", b"b": b"3"}
    assert restoration.take(1) == {b"a": b"2"}


def test_a_partition_behind_an_open_transaction_does_not_hold_back_the_other(rig: Rig) -> None:
    remember(rig, (0, b"a", b"1"), (1, b"b", b"2"))
    killed = Producer({**rig.client, "transactional.id": f"{rig.prefix}killed"})
    killed.init_transactions(10)
    killed.begin_transaction()
    killed.produce(rig.changelog, b"never", b"a", partition=0)
    assert killed.flush(10) == 0
    restoration = Restoration(rig.client, rig.changelog, (0, 1))
    restoration.advance(1)
    assert restoration.take(0) is None
    assert restoration.take(1) == {b"b": b"2"}
    killed.abort_transaction(10)
    restoration.advance(20)
    assert restoration.take(0) == {b"a": b"1"}


def test_a_partition_given_up_in_between_is_left_out(rig: Rig) -> None:
    remember(rig, *((partition, b"key-%d" % number, b"x" * 500) for number in range(3000) for partition in (0, 1)))
    restoration = Restoration(rig.client, rig.changelog, (0, 1))
    restoration.advance(0.0)
    restoration.give_up(0)
    begun = time.monotonic()
    restoration.advance(20)
    assert time.monotonic() - begun < 10, "it did not wait for the partition given up"
    assert len(restoration.take(1) or {}) == 3000


def test_all_given_up_ends_the_reader(rig: Rig) -> None:
    remember(rig, (0, b"a", b"1"), (1, b"b", b"2"))
    restoration = Restoration(rig.client, rig.changelog, (0, 1))
    restoration.give_up(1)
    restoration.give_up(0)
    with pytest.raises(RuntimeError, match="closed"):
        restoration._consumer.poll(0)


def test_a_changelog_with_too_few_partitions_is_the_operators(rig: Rig) -> None:
    with pytest.raises(ConfigurationError, match="has no partition 2; run `chartstream topics apply`"):
        Restoration(rig.client, rig.changelog, (0, 1, 2))
