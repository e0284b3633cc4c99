"""Claims in batches: when one is given, when it counts as done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from confluent_kafka import Message

from chartstream.client import ClaimConsumer
from chartstream.errors import Undecodable
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.codec import Codec
from chartstream.stream.settings import KafkaSettings
from tests.unit.builders import head


class Record:
    """A record of a partition as the broker gives it."""

    def __init__(self, value: bytes, partition: int = 0) -> None:
        self._value, self._partition = value, partition

    def value(self) -> bytes:
        return self._value

    def partition(self) -> int:
        return self._partition

    def error(self) -> None:
        return None


class PretendedBroker:
    """Gives its records one by one, then nothing; remembers what is done."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = list(records)
        self.stored: list[Record] = []

    def subscribe(self, topics: list[str]) -> None:
        assert topics == ["claims.coded"]

    def poll(self, timeout: float) -> Message | None:
        return cast("Message", self.records.pop(0)) if self.records else None

    def store_offsets(self, message: Message) -> None:
        self.stored.append(cast("Any", message))

    def close(self) -> None:
        return


def record(claim_id: str, revision: int = 1, partition: int = 0) -> Record:
    claim = ClaimCoded(head=head(), claim_id=claim_id, revision=revision, kind=ClaimKind.ORIGINAL)
    return Record(Codec().encode(claim, "claims.coded"), partition)


def consumer(broker: PretendedBroker) -> ClaimConsumer:
    return ClaimConsumer("billing", kafka=KafkaSettings(), codec=Codec(), consumer=broker)


def test_a_batch_is_given_full_or_after_an_idle_time_and_the_end_is_told() -> None:
    broker = PretendedBroker([record("a"), record("b"), record("c")])
    batches = [[claim.claim_id for claim in batch] for batch in consumer(broker).batches(0.01, largest=2)]
    assert batches == [["a", "b"], ["c"]]


def test_a_batch_is_done_when_the_next_is_asked_for_in_every_partition() -> None:
    records = [record("a", partition=0), record("b", partition=1), record("c", partition=0), record("d")]
    broker = PretendedBroker(records)
    batches = consumer(broker).batches(0.01, largest=3)
    next(batches)
    assert broker.stored == []
    next(batches)
    assert broker.stored == [records[2], records[1]]


def test_a_repeated_revision_is_given_once_and_still_done() -> None:
    records = [record("a"), record("a"), record("b")]
    broker = PretendedBroker(records)
    assert [[c.claim_id for c in batch] for batch in consumer(broker).batches(0.01)] == [["a", "b"]]
    assert broker.stored == [records[2]]


def test_what_came_before_a_broken_record_is_given_and_done_and_the_broken_one_is_not() -> None:
    records = [record("a"), Record(b"no claim"), record("b")]
    broker = PretendedBroker(records)
    batches = consumer(broker).batches(0.01)
    assert [claim.claim_id for claim in next(batches)] == ["a"]
    with pytest.raises(Undecodable):
        next(batches)
    assert broker.stored == [records[0]]
