"""Publishing what payers answered: outcomes of a file become visible together, or not at all."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from typing import Any, cast

from confluent_kafka import KafkaException, Producer

from chartstream.errors import Transient
from chartstream.events.catalogue import TOPICS
from chartstream.events.claims import ClaimOutcome
from chartstream.events.codec import Codec
from chartstream.events.headers import headers_of
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment

_logger = logging.getLogger(__name__)


def publish_outcomes(
    outcomes: Sequence[ClaimOutcome],
    kafka: KafkaSettings | None = None,
    codec: Codec | None = None,
    *,
    seconds: float = 60.0,
) -> None:
    """Write outcomes to claims.outcomes, keyed by their encounter, in one transaction of at most ``seconds``.

    Raises ``Transient`` where that did not succeed or nobody can say: publish the same again, its ids are the same.
    """
    if not outcomes:
        return
    kafka, codec = kafka or KafkaSettings.from_environment(), codec or codec_from_environment()
    topic = kafka.topic(TOPICS[ClaimOutcome])
    producer = Producer(
        {
            **kafka.client_config(),
            "client.id": "chartstream-outcomes",
            "transactional.id": f"chartstream-outcomes-{uuid.uuid4().hex}",
            "transaction.timeout.ms": int(seconds * 1000),
            "partitioner": "murmur2_random",
            "compression.type": "zstd",
            "linger.ms": 5,
        },
        logger=_logger,
    )
    try:
        producer.init_transactions(seconds)
        producer.begin_transaction()
        for outcome in outcomes:
            # the stub's list of headers is invariant; ours never holds a str
            headers = cast("Any", headers_of(outcome))
            _produce(producer, topic, outcome.head.encounter_id.encode(), codec.encode(outcome, topic), headers)
        producer.commit_transaction(seconds)
    except KafkaException as error:
        raise Transient(f"the outcomes were not published ({error.args[0].name()}); publish them again") from error


def _produce(producer: Producer, topic: str, key: bytes, value: bytes, headers: Any) -> None:
    while True:
        try:
            producer.produce(topic, value, key, headers=headers)
        except BufferError:
            producer.poll(0.1)
        else:
            return
