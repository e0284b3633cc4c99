"""The billing feed on a real broker: batches that are done only when they are kept, outcomes published once for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from typer.testing import CliRunner

from chartstream.cli.claims import app
from chartstream.client import ClaimConsumer
from chartstream.client.outcomes import publish_outcomes
from chartstream.client.sent_claims import claims_on_topic
from chartstream.documents import FsspecDocumentStore
from chartstream.errors import Transient, Undecodable
from chartstream.events.claims import ClaimCoded, ClaimOutcome, OutcomeKind
from chartstream.events.codec import Codec
from chartstream.events.head import ClaimCheck
from chartstream.stream.settings import KafkaSettings
from tests.unit.billing.cases import SAMPLES, billing, charge, claim, fhir_coverage, visit
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
    read = {each.head.encounter_id: each.head.event_id for each in read_outcomes(topics, 3)}
    assert read == {f"encounter-{n}": f"outcome-{n}" for n in range(3)}


def read_outcomes(topics: KafkaSettings, count: int) -> list[ClaimOutcome]:
    """Committed outcomes, each checked to be under its encounter and to say what it is."""
    reader = Consumer(
        {
            **topics.client_config(),
            "group.id": "reader",
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }
    )
    reader.subscribe([topics.topic("claims.outcomes")])
    read: list[ClaimOutcome] = []
    while len(read) < count:
        message = reader.poll(30)
        assert message is not None
        read.append(CODEC.decode(message.value(), ClaimOutcome))
        assert message.key() == read[-1].head.encounter_id.encode()
        assert dict(message.headers() or [])["ce_type"] == b"chartstream.ClaimOutcome"
    reader.close()
    return read


def test_a_broker_that_is_not_there_is_reported() -> None:
    with pytest.raises(Transient, match="publish them again"):
        publish_outcomes([outcome(1)], KafkaSettings(bootstrap="127.0.0.1:1"), CODEC, seconds=1.0)


def test_from_the_topic_to_an_837_and_from_an_835_to_the_topic(
    topics: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTSTREAM_KAFKA_BOOTSTRAP", topics.bootstrap)
    monkeypatch.setenv("CHARTSTREAM_KAFKA_TOPIC_PREFIX", topics.topic_prefix)
    monkeypatch.setenv("CHARTSTREAM_DOCUMENTS_URL", (tmp_path / "documents").as_uri())
    content = fhir_coverage()
    uri, sha256 = FsspecDocumentStore((tmp_path / "documents").as_uri()).put(content, "application/fhir+json")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/fhir+json")
    coded = claim(visit(billing=billing([charge()], coverage=check)))
    write(topics, CODEC.encode(coded, "claims.coded"))

    site, out = str(SAMPLES / "site.yaml"), str(tmp_path / "out")
    arguments = ["export", "--format", "x12-837p", "--group", "billing", "--idle", str(IDLE), "--site", site]
    result = CliRunner().invoke(app, [*arguments, "--out", out])
    assert result.exit_code == 0, result.output
    assert "CLM*04HMASW9NF6YY093R1*125.5*" in (tmp_path / "out" / "x12-837p-000000001.x12").read_text()

    # the sample denies that very claim; it is found on the topic
    told = CliRunner().invoke(app, ["outcomes", str(SAMPLES / "remittance.835"), "--publish"])
    assert told.exit_code == 0, told.output
    (found,) = read_outcomes(topics, 1)
    assert (found.claim_id, found.revision, found.outcome) == (coded.claim_id, 1, OutcomeKind.DENIED)
    assert found.coding_related is True
