"""Publishing encounters: documents into the store, one event onto notes.submitted, acknowledged before it returns."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from chartstream import __version__
from chartstream.errors import ConfigurationError, Transient
from chartstream.events.catalogue import TOPICS
from chartstream.events.codec import Codec
from chartstream.events.documents import Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import ClaimType, Encounter
from chartstream.events.head import Action, ClaimCheck, Head
from chartstream.events.headers import headers_of
from chartstream.events.identity import encounter_id, event_id
from chartstream.ports import DocumentStore
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.wire import codec_from_environment

_logger = logging.getLogger(__name__)

PRODUCED_BY = f"client/{__version__}"
MAX_INLINE_BYTES = 256 * 1024

_TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Note:
    """A document to publish: text, or the bytes of a file (PDF, DOCX, PNG, JPEG, TIFF, text).

    ``document_id`` is opaque and unique within the encounter. ``kind`` is a LOINC or site code.
    """

    document_id: str
    content: str | bytes
    status: DocumentStatus = DocumentStatus.FINAL
    media_type: str = "application/octet-stream"
    kind: str | None = None
    authored_at: datetime | None = None
    author_id: str | None = None
    amends: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a call: the event on notes.submitted and the opaque key of its encounter."""

    event_id: str
    encounter_id: str


class _Producer(Protocol):
    """What is used of ``confluent_kafka.Producer``."""

    def produce(self, topic: str, **record: object) -> None: ...
    def poll(self, timeout: float) -> int: ...


class NotePublisher:
    """Publishes encounters of one tenant. Safe from several threads.

    ``encounter_key`` is the tenant's secret, at least 16 bytes, from which the opaque ids are made: the same for all
    who publish for the tenant. With a document store every note goes there and the event carries claim checks;
    without one, texts of at most 256 KiB ride in the event.
    """

    def __init__(
        self,
        tenant: str,
        source: str,
        encounter_key: bytes,
        documents: DocumentStore | None = None,
        *,
        kafka: KafkaSettings | None = None,
        codec: Codec | None = None,
        producer: _Producer | None = None,
        timeout_seconds: float = 30.0,
    ) -> None:
        """Raises ``ConfigurationError`` for settings that do not hold and for a key that is too short."""
        if len(encounter_key) < 16:
            raise ConfigurationError("encounter_key has fewer than 16 bytes; use the tenant's 32 random bytes")
        kafka = kafka or KafkaSettings.from_environment()
        self._tenant, self._source, self._key, self._documents = tenant, source, encounter_key, documents
        self._topic = kafka.topic(TOPICS[NoteSubmitted])
        self._codec = codec or codec_from_environment()
        self._producer = producer or _connected(kafka, timeout_seconds)

    def publish(
        self,
        visit: str,
        encounter: Encounter,
        notes: Sequence[Note],
        *,
        version: int,
        billing_provider: str,
        idempotency_key: str | None = None,
    ) -> Published:
        """Submit an encounter with all its documents; returns when the brokers have it.

        ``version`` rises with every change of the encounter. After ``Transient`` (no acknowledgement in time, or the
        document store out of reach) publish the same again: it gets the same event id, and is coded once. Raises
        ``ConfigurationError`` where a note needs a document store and there is none.
        """
        documents = tuple(self._document(note) for note in notes)
        key = self.encounter_id(visit, encounter.claim_type, billing_provider)
        return self._send(
            NoteSubmitted(
                head=self._head(key, version),
                action=Action.SUBMIT,
                encounter=encounter,
                documents=documents,
                idempotency_key=idempotency_key,
            )
        )

    def withdraw(
        self, visit: str, claim_type: ClaimType, *, version: int, billing_provider: str, reason: str | None = None
    ) -> Published:
        """Withdraw an encounter: a review is closed, a claim voided. ``version`` must be higher than every one before.

        ``reason`` is a typed reason without patient data. Raises ``Transient`` as ``publish`` does.
        """
        key = self.encounter_id(visit, claim_type, billing_provider)
        return self._send(
            NoteSubmitted(head=self._head(key, version), action=Action.WITHDRAW, withdrawal_reason=reason)
        )

    def encounter_id(self, visit: str, claim_type: ClaimType, billing_provider: str) -> str:
        """The opaque key under which an encounter's events and claims are found."""
        return encounter_id(self._key, self._tenant, visit, claim_type, billing_provider)

    def _document(self, note: Note) -> Document:
        claim_check, inline = None, None
        if self._documents is not None:
            content = note.content.encode() if isinstance(note.content, str) else note.content
            media_type = _TEXT if isinstance(note.content, str) else note.media_type
            uri, sha256 = self._documents.put(content, media_type)
            claim_check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=media_type)
        elif isinstance(note.content, str) and len(note.content.encode()) <= MAX_INLINE_BYTES:
            inline = note.content
        else:
            raise ConfigurationError(
                f"the note {note.document_id} is no text of at most {MAX_INLINE_BYTES} bytes; give the publisher the "
                "document store of the site"
            )
        return Document(
            document_id=note.document_id,
            status=note.status,
            kind=note.kind,
            authored_at=note.authored_at,
            author_id=note.author_id,
            amends=note.amends,
            claim_check=claim_check,
            inline_text=inline,
        )

    def _head(self, key: str, version: int) -> Head:
        return Head(
            event_id="",
            tenant=self._tenant,
            encounter_id=key,
            encounter_version=version,
            occurred_at=datetime.now(UTC),
            produced_by=f"{PRODUCED_BY} ({self._source})",
        )

    def _send(self, unnamed: NoteSubmitted) -> Published:
        event = _named(unnamed)
        outcome: list[KafkaError | None] = []

        def reported(error: KafkaError | None, _: Message) -> None:
            outcome.append(error)

        try:
            self._producer.produce(
                self._topic,
                key=event.head.encounter_id.encode(),
                value=self._codec.encode(event, self._topic),
                headers=list(headers_of(event)),
                on_delivery=reported,
            )
            while not outcome:
                self._producer.poll(0.1)
        except (BufferError, KafkaException) as error:
            raise Transient("the event could not be handed to Kafka; publish it again") from error
        if outcome[0] is not None:
            raise Transient(f"Kafka did not acknowledge the event ({outcome[0].name()}); publish it again")
        return Published(event.head.event_id, event.head.encounter_id)


def _named(event: NoteSubmitted) -> NoteSubmitted:
    """The event with its id, which derives from what it says: said again, it has the same id."""
    head = event.head
    content = event.model_dump_json(exclude={"head"}, exclude_defaults=True)
    cause = hashlib.sha256(content.encode()).hexdigest()
    said = f"{head.tenant}/{head.encounter_id}/{head.encounter_version}/{cause}"
    identity = event_id(said, NoteSubmitted, 0, head.run_id)
    return event.model_copy(update={"head": head.model_copy(update={"event_id": identity})})


def _connected(kafka: KafkaSettings, timeout_seconds: float) -> Producer:
    return Producer(
        {
            **kafka.client_config(),
            "client.id": "chartstream-publisher",
            "acks": "all",
            "enable.idempotence": True,
            # The partitioner of Kafka's Java clients: all publishers must put an encounter into the same partition.
            "partitioner": "murmur2_random",
            "compression.type": "zstd",
            "linger.ms": 2,
            "delivery.timeout.ms": int(timeout_seconds * 1000),
        },
        logger=_logger,
    )
