"""The publisher against a broker that is only pretended: what it writes, when it returns, when it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from chartstream.client import Note, NotePublisher
from chartstream.errors import ConfigurationError, Transient
from chartstream.events.codec import Codec
from chartstream.events.documents import NoteSubmitted
from chartstream.events.encounter import ClaimType
from chartstream.events.head import Action
from chartstream.stream.settings import KafkaSettings
from tests.unit.builders import DictStore, encounter

KEY = b"0123456789abcdef0123456789abcdef"
TEXT = "Assessment: essential hypertension."


class PretendedBroker:
    """Takes records and reports on them at the second poll."""

    def __init__(self, answer: KafkaError | None = None, refuse: Exception | None = None) -> None:
        self.answer, self.refuse = answer, refuse
        self.records: list[dict[str, Any]] = []
        self._waiting: list[Callable[..., None]] = []
        self.polls = 0

    def produce(self, topic: str, **record: Any) -> None:
        if self.refuse is not None:
            raise self.refuse
        self._waiting.append(record.pop("on_delivery"))
        self.records.append({"topic": topic, **record})

    def poll(self, timeout: float) -> int:
        self.polls += 1
        if self.polls > 1:
            for report in self._waiting:
                report(self.answer, None)
            self._waiting.clear()
        return 0

    def event(self) -> NoteSubmitted:
        return Codec().decode(self.records[-1]["value"], NoteSubmitted)


def publisher(broker: PretendedBroker, store: DictStore | None = None) -> NotePublisher:
    settings = KafkaSettings(topic_prefix="north.")
    return NotePublisher("north-clinic", "north-ehr", KEY, store, kafka=settings, codec=Codec(), producer=broker)


def publish(at: NotePublisher, **changes: Any) -> str:
    given = {"notes": [Note("note-1", TEXT)], "version": 1, "billing_provider": "B-17", **changes}
    return at.publish("V-1", encounter(), given.pop("notes"), **given).event_id


def test_it_returns_only_when_the_broker_has_acknowledged() -> None:
    broker = PretendedBroker()
    publish(publisher(broker))
    assert broker.polls == 2


def test_the_record_has_topic_key_and_headers() -> None:
    broker = PretendedBroker()
    published = publisher(broker).publish(
        "V-1", encounter(), [Note("note-1", TEXT)], version=3, billing_provider="B-17"
    )
    record = broker.records[0]
    assert record["topic"] == "north.notes.submitted"
    assert record["key"] == published.encounter_id.encode()
    assert dict(record["headers"])["ce_id"] == published.event_id.encode()
    assert broker.event().head.encounter_version == 3


def test_neither_key_nor_headers_show_the_visit() -> None:
    broker = PretendedBroker()
    publisher(broker).publish("V-20260302", encounter(), [Note("note-1", TEXT)], version=1, billing_provider="B-17")
    record = broker.records[0]
    assert b"V-20260302" not in record["key"] + b"".join(value for _, value in record["headers"])


def test_the_same_visit_has_another_key_for_another_claim_type_or_biller() -> None:
    at = publisher(PretendedBroker())
    ids = {
        at.encounter_id("V-1", ClaimType.PROFESSIONAL, "B-17"),
        at.encounter_id("V-1", ClaimType.FACILITY_OUTPATIENT, "B-17"),
        at.encounter_id("V-1", ClaimType.PROFESSIONAL, "B-18"),
        at.encounter_id("V-2", ClaimType.PROFESSIONAL, "B-17"),
    }
    assert len(ids) == 4


def test_saying_the_same_again_gives_the_same_event_id_and_other_content_another() -> None:
    first = publish(publisher(PretendedBroker()))
    assert publish(publisher(PretendedBroker())) == first
    assert publish(publisher(PretendedBroker()), version=2) != first
    assert publish(publisher(PretendedBroker()), notes=[Note("note-1", TEXT + " ")]) != first


def test_without_a_store_text_rides_in_the_event() -> None:
    broker = PretendedBroker()
    publish(publisher(broker))
    (document,) = broker.event().documents
    assert (document.inline_text, document.claim_check) == (TEXT, None)


def test_with_a_store_the_event_carries_a_claim_check() -> None:
    broker, store = PretendedBroker(), DictStore()
    publish(publisher(broker, store), notes=[Note("scan", b"%PDF-1.7", media_type="application/pdf")])
    (document,) = broker.event().documents
    assert document.inline_text is None
    assert document.claim_check is not None
    assert store.get(document.claim_check.uri, document.claim_check.sha256) == b"%PDF-1.7"
    assert (document.claim_check.media_type, document.claim_check.size_bytes) == ("application/pdf", 8)


@pytest.mark.parametrize("content", [b"%PDF-1.7", "a" * (256 * 1024 + 1)])
def test_what_does_not_fit_into_an_event_needs_a_store(content: str | bytes) -> None:
    broker = PretendedBroker()
    with pytest.raises(ConfigurationError, match="document store"):
        publish(publisher(broker), notes=[Note("note-1", content)])
    assert broker.records == []


def test_a_withdrawal_carries_its_reason() -> None:
    broker = PretendedBroker()
    at = publisher(broker)
    withdrawn = at.withdraw("V-1", ClaimType.PROFESSIONAL, version=2, billing_provider="B-17", reason="wrong_patient")
    event = broker.event()
    assert (event.action, event.withdrawal_reason, event.encounter) == (Action.WITHDRAW, "wrong_patient", None)
    assert withdrawn.encounter_id == at.encounter_id("V-1", ClaimType.PROFESSIONAL, "B-17")


@pytest.mark.parametrize(
    "broker",
    [
        PretendedBroker(answer=KafkaError(KafkaError._MSG_TIMED_OUT)),
        PretendedBroker(refuse=BufferError("queue full")),
        PretendedBroker(refuse=KafkaException(KafkaError(KafkaError._FATAL))),
    ],
)
def test_what_was_not_acknowledged_raises(broker: PretendedBroker) -> None:
    with pytest.raises(Transient, match="publish it again"):
        publish(publisher(broker))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="16 bytes"):
        NotePublisher("t", "s", b"short", kafka=KafkaSettings(), codec=Codec(), producer=PretendedBroker())
