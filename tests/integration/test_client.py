"""Publisher and consumer against the real broker."""

from __future__ import annotations

import pytest
from confluent_kafka import Consumer, Producer

from chartstream.client import ClaimConsumer, Note, NotePublisher
from chartstream.errors import Transient
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.codec import Codec
from chartstream.events.documents import NoteSubmitted
from chartstream.stream.settings import KafkaSettings
from tests.unit.builders import encounter, head

pytestmark = pytest.mark.kafka

KEY = b"0123456789abcdef0123456789abcdef"


def publisher(settings: KafkaSettings, seconds: float = 30.0) -> NotePublisher:
    return NotePublisher("north-clinic", "north-ehr", KEY, kafka=settings, codec=Codec(), timeout_seconds=seconds)


def claim(claim_id: str, revision: int) -> bytes:
    coded = ClaimCoded(head=head(encounter_id=claim_id), claim_id=claim_id, revision=revision, kind=ClaimKind.ORIGINAL)
    return Codec().encode(coded, "claims.coded")


def transactional(settings: KafkaSettings) -> Producer:
    producer = Producer({**settings.client_config(), "transactional.id": settings.topic_prefix + "routing"})
    producer.init_transactions(30)
    return producer


def test_what_was_published_is_on_the_topic(topics: KafkaSettings) -> None:
    at = publisher(topics)
    published = [
        at.publish(f"V-{n}", encounter(), [Note("n", "Hypertension.")], version=1, billing_provider="B").event_id
        for n in range(20)
    ]
    reader = Consumer({**topics.client_config(), "group.id": "reader", "auto.offset.reset": "earliest"})
    reader.subscribe([topics.topic("notes.submitted")])
    read: list[str] = []
    while len(read) < 20:
        message = reader.poll(30)
        assert message is not None
        read.append(Codec().decode(message.value(), NoteSubmitted).head.event_id)
    reader.close()
    assert sorted(read) == sorted(published)


def test_a_broker_that_is_not_there_is_reported_in_time() -> None:
    at = publisher(KafkaSettings(bootstrap="127.0.0.1:1"), seconds=1.0)
    with pytest.raises(Transient, match="publish it again"):
        at.publish("V-1", encounter(), [Note("n", "Hypertension.")], version=1, billing_provider="B")


def test_billing_reads_committed_claims_only_and_resumes_where_it_stopped(topics: KafkaSettings) -> None:
    producer, topic = transactional(topics), topics.topic("claims.coded")
    producer.begin_transaction()
    producer.produce(topic, key=b"a", value=claim("never-committed", 1))
    producer.flush(30)
    producer.abort_transaction(30)
    producer.begin_transaction()
    for revision in (1, 2, 3):
        producer.produce(topic, key=b"a", value=claim("a", revision))
    producer.commit_transaction(30)

    def read(stop_at: int) -> list[tuple[str, int]]:
        seen = []
        with ClaimConsumer("billing", kafka=topics, codec=Codec()) as consumer:
            for coded in consumer.claims(idle_seconds=15):
                seen.append((coded.claim_id, coded.revision))
                if coded.revision == stop_at:
                    break
        return seen

    assert read(stop_at=2) == [("a", 1), ("a", 2)]
    # revision 2 was not done when the loop was left: it comes again
    assert read(stop_at=3) == [("a", 2), ("a", 3)]
