"""The consumer against a broker that is only pretended: order, repeats, commits, what stops it. Quotes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, cast

import pytest
from confluent_kafka import KafkaError, Message

from chartstream.client import ClaimConsumer, quotes_of
from chartstream.errors import ConfigurationError, Rejected, Transient, Undecodable
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.codec import Codec
from chartstream.events.extraction import Evidence, ExtractedText
from chartstream.stream.settings import KafkaSettings
from chartstream.texts import put_text
from tests.unit.builders import DictStore, diagnosis, extracted_document, head


class Record:
    """A record as the broker gives it."""

    def __init__(self, value: bytes | None = None, error: KafkaError | None = None) -> None:
        self._value, self._error = value, error

    def value(self) -> bytes | None:
        return self._value

    def error(self) -> KafkaError | None:
        return self._error


class PretendedBroker:
    """Gives its records one by one, then nothing."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)
        self.stored: list[Record] = []
        self.topics: list[str] = []
        self.closed = False

    def subscribe(self, topics: list[str]) -> None:
        self.topics = topics

    def poll(self, timeout: float) -> Message | None:
        return cast("Message", self.records.pop(0)) if self.records else None

    def store_offsets(self, message: Message) -> None:
        self.stored.append(cast("Record", message))

    def close(self) -> None:
        self.closed = True


def claim(claim_id: str = "claim-1", revision: int = 1, **changes: Any) -> ClaimCoded:
    base = ClaimCoded(head=head(), claim_id=claim_id, revision=revision, kind=ClaimKind.ORIGINAL)
    return base.model_copy(update=changes)


def record(coded: ClaimCoded) -> Record:
    return Record(Codec().encode(coded, "claims.coded"))


def consumer(broker: PretendedBroker, documents: DictStore | None = None) -> ClaimConsumer:
    return ClaimConsumer(
        "billing", documents, kafka=KafkaSettings(topic_prefix="north."), codec=Codec(), consumer=broker
    )


def test_claims_come_in_order_voids_included() -> None:
    first, void, other = claim(), claim(revision=2, kind=ClaimKind.VOID), claim("claim-2")
    broker = PretendedBroker(map(record, [first, void, other]))
    assert list(consumer(broker).claims(idle_seconds=0.01)) == [first, void, other]
    assert broker.topics == ["north.claims.coded"]


def test_a_revision_comes_once() -> None:
    broker = PretendedBroker(map(record, [claim(), claim(revision=2), claim(), claim(revision=2), claim(revision=3)]))
    assert [c.revision for c in consumer(broker).claims(idle_seconds=0.01)] == [1, 2, 3]
    assert len(broker.stored) == 5


def test_a_claim_is_done_when_the_caller_asks_for_the_next() -> None:
    broker = PretendedBroker(map(record, [claim(), claim("claim-2")]))
    claims = consumer(broker).claims(idle_seconds=0.01)
    next(claims)
    assert broker.stored == []
    next(claims)
    assert len(broker.stored) == 1


def test_a_claim_whose_handling_fails_is_not_done() -> None:
    broker = PretendedBroker([record(claim())])

    def bill() -> None:
        with consumer(broker) as claims:
            for _ in claims.claims(idle_seconds=0.01):
                raise RuntimeError("the billing system is away")

    with pytest.raises(RuntimeError):
        bill()
    assert broker.stored == []
    assert broker.closed


def test_a_record_that_is_no_claim_is_not_passed_over() -> None:
    broker = PretendedBroker([Record(b"no event"), record(claim())])
    with pytest.raises(Undecodable):
        list(consumer(broker).claims(idle_seconds=0.01))
    assert broker.stored == []


def test_it_waits_out_a_broker_that_is_away() -> None:
    away = Record(error=KafkaError(KafkaError._ALL_BROKERS_DOWN))
    assert len(list(consumer(PretendedBroker([away, record(claim())])).claims(idle_seconds=0.01))) == 1


def test_it_stops_where_kafka_refuses_it() -> None:
    refused = Record(error=KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))
    with pytest.raises(Transient, match="TOPIC_AUTHORIZATION_FAILED"):
        list(consumer(PretendedBroker([refused])).claims(idle_seconds=0.01))


TEXT = "Impression: ca\u00f1\u00f3n \U0001f600 hypertension."


def coded_in(store: DictStore, begin: int, end: int, words: str) -> ClaimCoded:
    document = extracted_document().model_copy(update={"text": put_text(ExtractedText(text=TEXT), store)})
    digest = hashlib.sha256(words.encode()).hexdigest()
    place = Evidence(document_id="note-1", begin=begin, end=end, quote_sha256=digest, role="code")
    return claim(documents=(document,), diagnoses=(diagnosis("I10", evidence=(place,)),))


def test_quotes_are_the_words_at_their_places() -> None:
    store = DictStore()
    begin = TEXT.index("hypertension")
    (quote,) = quotes_of(coded_in(store, begin, begin + 12, "hypertension"), store)
    assert (quote.code, quote.text, quote.role) == ("I10", "hypertension", "code")


def test_a_text_that_is_not_the_one_coded_gives_no_quote() -> None:
    store = DictStore()
    with pytest.raises(Rejected, match="evidence_altered"):
        quotes_of(coded_in(store, 0, 10, "hypertension"), store)


def test_a_consumer_with_a_store_resolves_quotes_and_one_without_says_so() -> None:
    store = DictStore()
    begin = TEXT.index("hypertension")
    coded = coded_in(store, begin, begin + 12, "hypertension")
    assert [q.text for q in consumer(PretendedBroker([]), store).quotes(coded)] == ["hypertension"]
    with pytest.raises(ConfigurationError, match="document store"):
        consumer(PretendedBroker([])).quotes(coded)
