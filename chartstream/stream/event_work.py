"""A stage as work: decode the event, let the stage answer, encode the answers with their keys and headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from chartstream.errors import Undecodable
from chartstream.events.catalogue import TOPICS, topic_of
from chartstream.events.codec import Codec
from chartstream.events.head import Event
from chartstream.events.headers import headers_of
from chartstream.events.record import Record
from chartstream.stage import RememberingStage, Stage
from chartstream.stream.record import InputRecord, OutputRecord
from chartstream.stream.work import Result

E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=Record)


class EventWork(Generic[E]):
    """Runs a stage on events of one type."""

    def __init__(self, stage: Stage[E], consumes: type[E], codec: Codec, topic_prefix: str = "") -> None:
        self._stage, self._consumes, self._codec, self._prefix = stage, consumes, codec, topic_prefix

    def __call__(self, record: InputRecord, memory: bytes | None) -> Result:
        event = _decode(self._codec, record, self._consumes)
        return Result(_encode(self._codec, self._stage(event), record, self._prefix))


class RememberingWork(Generic[E, M]):
    """Runs a stage with a memory on events of one type."""

    def __init__(
        self,
        stage: RememberingStage[E, M],
        consumes: type[E],
        remembers: type[M],
        codec: Codec,
        topic_prefix: str = "",
    ) -> None:
        self._stage, self._consumes, self._remembers = stage, consumes, remembers
        self._codec, self._prefix = codec, topic_prefix

    def __call__(self, record: InputRecord, memory: bytes | None) -> Result:
        event = _decode(self._codec, record, self._consumes)
        remembered = None if memory is None else self._codec.decode(memory, self._remembers)
        step = self._stage(event, remembered)
        kept = None if step.memory is None else self._codec.encode(step.memory, TOPICS[self._remembers])
        return Result(_encode(self._codec, step.events, record, self._prefix), kept)


def _decode(codec: Codec, record: InputRecord, consumes: type[E]) -> E:
    event = codec.decode(record.value, consumes)
    if record.key != event.head.encounter_id.encode():
        # order holds per key: an event under another key could overtake its own encounter
        raise Undecodable("the record's key is not the event's encounter_id; publish it under that key")
    return event


def _encode(codec: Codec, events: Sequence[Event], cause: InputRecord, prefix: str) -> tuple[OutputRecord, ...]:
    def encode(event: Event) -> OutputRecord:
        topic = prefix + topic_of(event)
        key = event.head.encounter_id.encode()
        return OutputRecord(topic, key, codec.encode(event, topic), list(headers_of(event, cause.headers)))

    return tuple(map(encode, events))
