"""The billing feed on a real broker: batches that are done only when they are kept, outcomes published once for all."""

from __future__ import annotations

import pytest
from confluent_kafka import Consumer, Producer

from chartstream.client import ClaimConsumer
from chartstream.client.outcomes import publish_outcomes
from chartstream.client.sent_claims import claims_on_topic
from chartstream.errors import Transient, Undecodable
from chartstream.events.claims import ClaimCoded, ClaimOutcome, OutcomeKind
from chartstream.events.codec import Codec
from chartstream.stream.settings import KafkaSettings
from tests.unit.billing.cases import claim
from tests.unit.builders import NOW

pytestmark = pytest.mark.kafka

CODEC = Codec()
IDLE = 4.0
"""Seconds; joining a group takes some of them."""


def numbered(number: int) -> ClaimCoded:
    return claim(claim_id=f"{number:032x}")


def write(settings: KafkaSettings, *values: bytes, commit: bool = True) -> None:
    producer = Producer(
        {**settings.client_config(), "transactional.id": f"{settings.topic_prefix}{len(values)}{commit}"}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    for number, value in enumerate(values):
        producer.produce(settings.topic("claims.coded"), key=str(number).encode(), value=value)
    producer.flush(30)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


def test_a_batch_that_was_not_kept_comes_again(topics: KafkaSettings) -> None:
    write(topics, CODEC.encode(numbered(99), "claims.coded"), commit=False)
    write(topics, *(CODEC.encode(numbered(n), "claims.coded") for n in range(5)))

    def read(stop_after: int) -> list[list[str]]:
        batches = []
        with ClaimConsumer("billing", kafka=topics, codec=CODEC) as consumer:
            for batch in consumer.batches(idle_seconds=IDLE, largest=3):
                batches.append(sorted(each.claim_id[-1] for each in batch))
                if len(batches) == stop_after:
                    break
        return batches

    first = read(stop_after=1)
    assert len(first[0]) == 3
    again = read(stop_after=9)
    assert sorted(each for batch in again for each in batch) == ["0", "1", "2", "3", "4"]
    assert read(stop_after=9) == []
    assert sorted(each.claim_id[-1] for each in claims_on_topic(topics, CODEC)) == ["0", "1", "2", "3", "4"]


def test_claims_before_one_that_cannot_be_read_are_given_first(topics: KafkaSettings) -> None:
    producer = Producer(topics.client_config())
    for value in (CODEC.encode(numbered(1), "claims.coded"), b"no claim"):
        producer.produce(topics.topic("claims.coded"), key=b"a", value=value)
    producer.flush(30)
    with ClaimConsumer("billing", kafka=topics, codec=CODEC) as consumer:
        batches = consumer.batches(idle_seconds=IDLE)
        assert [each.claim_id for each in next(batches)] == [numbered(1).claim_id]
        with pytest.raises(Undecodable):
            next(batches)
    with ClaimConsumer("billing", kafka=topics, codec=CODEC) as consumer, pytest.raises(Undecodable):
        next(consumer.batches(idle_seconds=IDLE))


def outcome(number: int) -> ClaimOutcome:
    head = claim().head.model_copy(update={"event_id": f"outcome-{number}", "encounter_id": f"encounter-{number}"})
    return ClaimOutcome(head=head, claim_id=f"{number:032x}", revision=1, outcome=OutcomeKind.DENIED, received_at=NOW)


def test_outcomes_are_published_under_their_encounter(topics: KafkaSettings) -> None:
    publish_outcomes([outcome(n) for n in range(3)], topics, CODEC)
    reader = Consumer(
        {
            **topics.client_config(),
            "group.id": "reader",
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }
    )
    reader.subscribe([topics.topic("claims.outcomes")])
    read = {}
    while len(read) < 3:
        message = reader.poll(30)
        assert message is not None
        found = CODEC.decode(message.value(), ClaimOutcome)
        read[message.key()] = found.head.event_id
        assert dict(message.headers() or [])["ce_type"] == b"chartstream.ClaimOutcome"
    reader.close()
    assert read == {f"encounter-{n}".encode(): f"outcome-{n}" for n in range(3)}


def test_a_broker_that_is_not_there_is_reported() -> None:
    with pytest.raises(Transient, match="publish them again"):
        publish_outcomes([outcome(1)], KafkaSettings(bootstrap="127.0.0.1:1"), CODEC, seconds=1.0)
