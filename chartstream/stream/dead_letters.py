"""Dead letters: what could not be processed is kept whole, with the reason, and can be replayed.

A stage that gives up on too large a share of its records stops instead: a bad deploy must not drain a topic.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from chartstream.events.catalogue import DEAD_LETTERS_TOPIC
from chartstream.events.codec import Codec
from chartstream.events.head import ClaimCheck, Head
from chartstream.events.headers import headers_of
from chartstream.events.identity import event_id
from chartstream.events.operations import DeadLetter, DeadLetterCategory, RecordHeader
from chartstream.ports import Clock, DocumentStore
from chartstream.stage import produced_by
from chartstream.stream.record import InputRecord, OutputRecord
from chartstream.stream.work import Failure, FailureKind

LARGEST_INLINE_VALUE = 512 * 1024
"""Bytes. A quarter of what the topic takes: key, headers and reason need room too."""

_LARGEST_KEY = 1024
"""Bytes. A larger one is in the letter all the same; as the letter's own key it would take its room twice."""

_LARGEST_ENVELOPE = 1024 * 1024
"""Bytes of key and headers. Only a source topic with a raised limit can hold more, and no letter could: it would stop
its partition for ever."""


class DeadLetterOffice:
    """Makes dead letters of one stage's failures."""

    def __init__(
        self, stage: str, codec: Codec, documents: DocumentStore, clock: Clock, topic_prefix: str = ""
    ) -> None:
        self._stage, self._codec, self._documents, self._clock = stage, codec, documents, clock
        self._topic = topic_prefix + DEAD_LETTERS_TOPIC

    def letter(self, record: InputRecord, failure: Failure, tries: int) -> OutputRecord:
        """The record as a dead letter, under its own key. A value too large to produce goes by claim check.

        Raises ``Transient`` where the document store does not take that value.
        """
        value, check = record.value, None
        if value is not None and len(value) > LARGEST_INLINE_VALUE:
            uri, sha256 = self._documents.put(value, "application/octet-stream")
            check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(value), media_type="application/octet-stream")
            value = None
        key, headers, reason = record.key, record.headers, failure.reason
        envelope = len(key or b"") + sum(len(name) + len(content or b"") for name, content in headers)
        if envelope > _LARGEST_ENVELOPE:
            key, headers, reason = None, [], f"{reason} (key and headers, {envelope} bytes, were too large to keep)"
        undecodable = failure.kind in {FailureKind.UNDECODABLE, FailureKind.UNKNOWN_SCHEMA}
        letter = DeadLetter(
            head=self._head(record),
            stage=self._stage,
            category=DeadLetterCategory.UNDECODABLE if undecodable else DeadLetterCategory.DEFECT,
            source_topic=record.topic,
            source_partition=record.partition,
            source_offset=record.offset,
            source_timestamp=_moment(record.timestamp_ms),
            key=key,
            value=value,
            value_claim_check=check,
            headers=tuple(RecordHeader(name=name, value=content) for name, content in headers),
            error_class=failure.error_class,
            reason=reason,
            attempts=tries,
        )
        encoded = self._codec.encode(letter, self._topic)
        own_key = key if len(key or b"") <= _LARGEST_KEY else None
        return OutputRecord(self._topic, own_key, encoded, list(headers_of(letter, record.headers)))

    def _head(self, record: InputRecord) -> Head:
        """A head from what is known for sure: the place of the record. Its content may not be an event at all."""
        place = f"{self._stage}:{record.topic}:{record.partition}:{record.offset}"
        return Head(
            event_id=event_id(place, DeadLetter, 0, "live"),
            tenant="",
            encounter_id="",
            encounter_version=0,
            occurred_at=self._clock.now(),
            produced_by=produced_by(self._stage),
        )


class TooManyDeadLetters(Exception):
    """The share of records given up passed the limit; the process stops before committing the one that passed it."""


class DeadLetterLimit:
    """Watches the share of defects among the last outcomes."""

    def __init__(self, share: float = 0.5, window: int = 100, at_least: int = 20) -> None:
        """Stop at more than ``share`` (0 to 1) of the last ``window`` outcomes, once there were ``at_least``."""
        self._share, self._at_least = share, at_least
        self._outcomes: deque[bool] = deque(maxlen=window)

    def note(self, defect: bool) -> None:
        """Take note of an outcome. Raises ``TooManyDeadLetters``."""
        self._outcomes.append(defect)
        if not defect or len(self._outcomes) < self._at_least:
            return
        share = sum(self._outcomes) / len(self._outcomes)
        if share > self._share:
            raise TooManyDeadLetters(
                f"{share:.0%} of the last {len(self._outcomes)} records failed in this stage; "
                "it stops so as not to drain its topic: look at the dead letters, mend or roll back, start it again"
            )


def _moment(milliseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds >= 0 else None
    except (OverflowError, ValueError, OSError):  # whatever its writer made it; not worth a second failure
        return None
