"""Follows encounters through the topics as any subscriber would: read_committed, from the topics alone."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from chartstream.events.catalogue import TOPICS, record_on
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.codec import Codec
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import NoteAccepted, NoteRejected, NoteSubmitted
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Event
from chartstream.events.operations import AuditRecord, DeadLetter
from chartstream.events.review import ReviewKind, ReviewRequested
from chartstream.events.validation import CodesValidated
from chartstream.stream.settings import KafkaSettings

STEPS: tuple[type[Event], ...] = (NoteSubmitted, NoteAccepted, NoteExtracted, CodesProposed, CodesValidated)
"""Events of a submission before its outcome, in order."""

_FOLLOWED: tuple[type[Event], ...] = (*STEPS, NoteRejected, ReviewRequested, ClaimCoded, AuditRecord, DeadLetter)

Submission = tuple[str, int]
"""encounter_id and encounter_version."""


@dataclass
class Trail:
    """What became of one submission (or withdrawal)."""

    seen: dict[type[Event], float] = field(default_factory=dict)
    """When each step was first seen, in seconds of the monotonic clock."""
    outcomes: list[ClaimCoded | ReviewRequested | NoteRejected] = field(default_factory=list)
    """Exactly one, unless something was lost or doubled."""
    asides: list[Event] = field(default_factory=list)
    """Voids, supersessions, audit samples and audit records: counted apart."""


class Tracker:
    """Reads every topic of the chain from the point where it was made."""

    def __init__(self, kafka: KafkaSettings, codec: Codec) -> None:
        """Raises ``KafkaException`` where the broker does not answer."""
        self.trails: dict[Submission, Trail] = defaultdict(Trail)
        self.dead_letters: list[DeadLetter] = []
        self._kafka, self._codec = kafka, codec
        self._consumer = Consumer(
            {
                **kafka.client_config(),
                "group.id": f"demonstration-{uuid.uuid4().hex}",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
            }
        )
        self._consumer.assign(self._ends())

    def follow(self, until: Callable[[], bool], seconds: float, show: Callable[[], None] = lambda: None) -> bool:
        """Read on until the condition holds; ``False`` if it does not within that many seconds."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                return False
            for message in self._consumer.consume(num_messages=200, timeout=0.1):
                self._take(message)
            show()
        return True

    def settled(self, submissions: Collection[Submission]) -> bool:
        """Whether each of them has its outcome."""
        return all(self.trails[submission].outcomes for submission in submissions)

    def close(self) -> None:
        """Stop reading."""
        self._consumer.close()

    def _ends(self) -> list[TopicPartition]:
        """Where every followed topic ends now: what was there before is not this run's."""
        topics = self._consumer.list_topics(timeout=10).topics
        names = [self._kafka.topic(TOPICS[record]) for record in _FOLLOWED]
        places = [TopicPartition(name, partition) for name in names for partition in topics[name].partitions]
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place, timeout=10)[1]
        return places

    def _take(self, message: Message) -> None:
        error, topic = message.error(), message.topic()
        if error is not None or topic is None:
            raise KafkaException(error)
        record = record_on(topic.removeprefix(self._kafka.topic_prefix))
        event = self._codec.decode(message.value(), record)
        if isinstance(event, DeadLetter):
            self.dead_letters.append(event)
        elif isinstance(event, Event):
            self._note(event)

    def _note(self, event: Event) -> None:
        trail = self.trails[event.head.encounter_id, event.head.encounter_version]
        if isinstance(event, STEPS):
            trail.seen.setdefault(type(event), time.monotonic())
        elif isinstance(event, ClaimCoded | ReviewRequested | NoteRejected) and _is_outcome(event):
            trail.outcomes.append(event)
        else:
            trail.asides.append(event)


def _is_outcome(event: ClaimCoded | ReviewRequested | NoteRejected) -> bool:
    if isinstance(event, ClaimCoded):
        return event.kind is not ClaimKind.VOID
    return isinstance(event, NoteRejected) or event.kind is ReviewKind.REQUESTED
