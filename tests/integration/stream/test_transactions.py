"""A transaction that is lost, or of which nobody can say: the loop starts over, and nothing is lost or doubled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from chartstream.stream import transactions
from chartstream.stream.memory import Restoration
from chartstream.stream.record import OutputRecord
from chartstream.stream.transactions import TransactionLost, Transactions
from tests.integration.stream.rig import Rig, wait_until
from tests.integration.stream.stages import Counts

pytestmark = pytest.mark.kafka


def _count_all(rig: Rig) -> None:
    """Sixty records counted by a member whose memory is lost along with its transactions."""
    for _ in range(6):
        rig.publish(*[(b"key-%d" % number, b"") for number in range(10)])
    outputs = rig.outputs(60, within=40)
    assert len(outputs) == 60
    for number in range(10):
        counts = [output.value for output in outputs if output.key == b"key-%d" % number]
        assert counts == [b"%d" % n for n in range(1, 7)]
    wait_until(lambda: sum(offset for offset, _ in rig.committed().values()) == 60, "all are committed")


def test_lost_transactions_whether_they_took_effect_or_not(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, calls = Transactions.commit, 0

    def unreliable(
        self: Transactions, outputs: Iterable[OutputRecord], offsets: Sequence[TopicPartition], group: object
    ) -> None:
        nonlocal calls
        calls += 1
        if calls % 3 == 1:
            raise TransactionLost("it never began")
        commit(self, outputs, offsets, group)
        if calls % 3 == 2:
            raise TransactionLost("it committed, and the answer was lost")

    monkeypatch.setattr(Transactions, "commit", unreliable)
    member = rig.run(Counts(rig.sink), remembers=True)

    _count_all(rig)

    member.end()
    assert calls >= 2, "one that never began, one that took effect"


@pytest.mark.parametrize("code", [KafkaError._TIMED_OUT, KafkaError.INVALID_TXN_STATE])
def test_a_failing_client_is_replaced(rig: Rig, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """The client says that the outcome is unknown, or that something is wrong for good, before the offsets are sent."""
    persist, calls = transactions._persist, 0

    def failing(request: Callable[[float], None], deadline: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KafkaException(KafkaError(code))
        persist(request, deadline)

    monkeypatch.setattr(transactions, "_persist", failing)
    member = rig.run(Counts(rig.sink), remembers=True)

    _count_all(rig)

    member.end()


def test_a_record_that_the_broker_refuses_aborts_its_transaction_alone(rig: Rig) -> None:
    consumer = Consumer({**rig.client, "group.id": rig.group})
    consumer.subscribe([rig.source])
    wait_until(lambda: consumer.poll(0.1) is None and bool(consumer.assignment()), "it is a member")
    group, writer = consumer.consumer_group_metadata(), Transactions(rig.client)
    offsets = [TopicPartition(rig.source, 0, 1)]

    with pytest.raises(TransactionLost, match="MSG_SIZE_TOO_LARGE"):
        writer.commit([OutputRecord(rig.sink, b"a", os.urandom(1_500_000), [])], offsets, group)
    assert rig.committed().get(0, (-1001, ""))[0] == -1001

    writer.commit([OutputRecord(rig.sink, b"a", b"small", [])], offsets, group)
    assert [output.value for output in rig.outputs(1)] == [b"small"]
    assert rig.committed()[0][0] == 1
    writer.close()
    consumer.close()


def test_memory_is_read_to_the_high_watermark_behind_an_open_transaction(rig: Rig) -> None:
    def transactional(name: str) -> Producer:
        producer = Producer({**rig.client, "transactional.id": f"{rig.prefix}{name}"})
        producer.init_transactions(10)
        producer.begin_transaction()
        return producer

    killed, committed = transactional("killed"), transactional("committed")
    killed.produce(rig.changelog, b"never", b"a", partition=0)
    assert killed.flush(10) == 0
    committed.produce(rig.changelog, b"written", b"b", partition=0)
    committed.commit_transaction(10)

    restoration = Restoration(rig.client, rig.changelog, [0])
    restoration.advance(1)
    assert restoration.take(0) is None, "the last stable offset is not the end"
    killed.abort_transaction(10)
    restoration.advance(20)

    assert restoration.take(0) == {b"b": b"written"}


def test_memory_of_an_empty_changelog(rig: Rig) -> None:
    restoration = Restoration(rig.client, rig.changelog, [0, 1])

    restoration.advance(0.1)
    assert (restoration.take(0), restoration.take(1)) == ({}, {})
