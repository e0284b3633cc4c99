"""Subscribing to coded claims: committed ones only, each once, in the order of their encounter, voids included."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

from confluent_kafka import Consumer, KafkaError, Message

from chartstream.client.quotes import Quote, quotes_of
from chartstream.errors import ConfigurationError, Transient, Undecodable
from chartstream.events.catalogue import TOPICS
from chartstream.events.claims import ClaimCoded
from chartstream.events.codec import Codec
from chartstream.ports import DocumentStore
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment

_logger = logging.getLogger(__name__)

# librdkafka reports these while it reconnects by itself.
_RECOVERS = frozenset({KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._RESOLVE})  # noqa: SLF001

_REMEMBERED_CLAIMS = 200_000


class _Consumer(Protocol):
    """What is used of ``confluent_kafka.Consumer``."""

    def subscribe(self, topics: list[str]) -> None: ...
    def poll(self, timeout: float) -> Message | None: ...
    def store_offsets(self, message: Message) -> None: ...
    def close(self) -> None: ...


class ClaimConsumer:
    """Coded claims for one group of readers; a group resumes where it stopped.

    A claim counts as done when the caller asks for the next one. One that was not done when the process ended comes
    again, so act by ``claim_id`` and ``revision``: within one consumer a revision is given once.
    """

    def __init__(
        self,
        group: str,
        documents: DocumentStore | None = None,
        *,
        kafka: KafkaSettings | None = None,
        codec: Codec | None = None,
        consumer: _Consumer | None = None,
    ) -> None:
        """Raises ``ConfigurationError`` for settings that do not hold."""
        kafka = kafka or KafkaSettings.from_environment()
        self._documents = documents
        self._codec = codec or codec_from_environment()
        self._consumer = consumer or _connected(kafka, group)
        self._consumer.subscribe([kafka.topic(TOPICS[ClaimCoded])])
        self._last_revisions: OrderedDict[str, int] = OrderedDict()

    def claims(self, idle_seconds: float | None = None) -> Iterator[ClaimCoded]:
        """Claims as they come; ends when none has come for ``idle_seconds``, never where that is None.

        Raises ``Undecodable`` or ``UnknownSchema`` at a record that cannot be read, instead of passing over a claim,
        and ``Transient`` when Kafka refuses us. The record at fault is not committed.
        """
        last_seen = time.monotonic()
        while idle_seconds is None or time.monotonic() - last_seen < idle_seconds:
            message = self._polled()
            if message is None:
                continue
            last_seen = time.monotonic()
            claim = self._codec.decode(message.value(), ClaimCoded)
            if self._is_new(claim):
                yield claim
                last_seen = time.monotonic()
            self._consumer.store_offsets(message)

    def batches(self, idle_seconds: float, largest: int = 1000) -> Iterator[list[ClaimCoded]]:
        """Claims by up to ``largest`` at once, for those who write files: a batch is given when it is full or when no
        claim has come for ``idle_seconds``, and counts as done when the caller asks for the next one. Ends when none is
        left after an idle time.

        Raises as ``claims`` does; the claims before the record at fault are given first.
        """
        batch: list[ClaimCoded] = []
        last: dict[int, Message] = {}
        ended = False
        while not ended:
            failure: Undecodable | Transient | None = None
            try:
                ended = not self._gather(batch, last, idle_seconds, largest)
            except (Undecodable, Transient) as error:
                failure = error
            if batch:
                yield batch
            for message in last.values():
                self._consumer.store_offsets(message)
            batch, last = [], {}
            if failure is not None:
                raise failure

    def _gather(self, batch: list[ClaimCoded], last: dict[int, Message], idle_seconds: float, largest: int) -> bool:
        """Fill a batch, and the last message of each partition; whether it was filled before the idle time."""
        last_seen = time.monotonic()
        while len(batch) < largest:
            message = self._polled()
            if message is None:
                if time.monotonic() - last_seen >= idle_seconds:
                    return False
                continue
            last_seen = time.monotonic()
            claim = self._codec.decode(message.value(), ClaimCoded)
            if self._is_new(claim):
                batch.append(claim)
            last[message.partition() or 0] = message
        return True

    def quotes(self, claim: ClaimCoded) -> list[Quote]:
        """The words that support each code, from the document store; see ``quotes_of``.

        Raises ``ConfigurationError`` where this consumer was given no document store.
        """
        if self._documents is None:
            raise ConfigurationError("quotes lie in the document store; give the consumer the one of the site")
        return quotes_of(claim, self._documents)

    def close(self) -> None:
        """Commit what is done and leave the group."""
        self._consumer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _polled(self) -> Message | None:
        """The next record, if there is one soon. Raises ``Transient`` when Kafka refuses us."""
        message = self._consumer.poll(0.2)
        error = message.error() if message is not None else None
        if error is not None:
            _raise_unless_it_recovers(error)
            return None
        return message

    def _is_new(self, claim: ClaimCoded) -> bool:
        last = self._last_revisions.pop(claim.claim_id, 0)
        self._last_revisions[claim.claim_id] = max(last, claim.revision)
        if len(self._last_revisions) > _REMEMBERED_CLAIMS:
            self._last_revisions.popitem(last=False)
        return claim.revision > last


def _raise_unless_it_recovers(error: KafkaError) -> None:
    if error.code() in _RECOVERS or error.retriable():
        _logger.warning("waiting for Kafka: %s", error.name())
        return
    raise Transient(f"Kafka refuses the claims: {error.name()}; check the group's rights and the topic")


def _connected(kafka: KafkaSettings, group: str) -> Consumer:
    return Consumer(
        {
            **kafka.client_config(),
            "client.id": "chartstream-claims",
            "group.id": group,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "cooperative-sticky",
            # Stored when the caller is done with a claim, committed every second and on close.
            "enable.auto.offset.store": False,
            "enable.auto.commit": True,
            "auto.commit.interval.ms": 1000,
        },
        logger=_logger,
    )
