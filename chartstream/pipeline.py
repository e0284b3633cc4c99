"""The five stages composed in one process: for a laptop, a batch, the accuracy benches. No Kafka.

Every event is encoded and decoded at every seam, and memory too, so that what passes here passes there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from chartstream.coding.stage import CodingStage
from chartstream.events.catalogue import TOPICS, topic_of
from chartstream.events.codec import Codec
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import NoteAccepted, NoteSubmitted
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Event
from chartstream.events.memory import ClaimMemory, SubmissionMemory
from chartstream.events.record import Record
from chartstream.events.validation import CodesValidated
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.stage import IntakeStage
from chartstream.routing.stage import RoutingStage
from chartstream.stage import RememberingStage, Stage, Step
from chartstream.validation.stage import ValidationStage

E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=Record)

_Answer = Callable[[Any], Sequence[Event]]


class Pipeline:
    """The chain from submission to claim. Remembers encounters for as long as it lives; not for several threads.

    An event may enter anywhere in the chain: a ``NoteSubmitted``, or what a person's decision became.
    """

    def __init__(
        self,
        intake: IntakeStage,
        extraction: ExtractionStage,
        coding: CodingStage,
        validation: ValidationStage,
        routing: RoutingStage,
    ) -> None:
        self._codec = Codec()
        self._stages: dict[type[Event], _Answer] = {
            NoteSubmitted: self._remembering(intake, SubmissionMemory),
            NoteAccepted: _plain(extraction),
            NoteExtracted: _plain(coding),
            CodesProposed: _plain(validation),
            CodesValidated: self._remembering(routing, ClaimMemory),
        }

    def process(self, event: Event) -> list[Event]:
        """All events that one event leads to, in order, as a reader of their topics would see them.

        Raises ``Transient`` when the document store is out of reach; what else a stage raises is a defect.
        """
        waiting = deque([self._carried(event)])
        produced: list[Event] = []
        while waiting:
            current = waiting.popleft()
            for answered in self._stages[type(current)](current):
                carried = self._carried(answered)
                produced.append(carried)
                if type(carried) in self._stages:
                    waiting.append(carried)
        return produced

    def _carried(self, event: E) -> E:
        """The event as it comes off its topic."""
        return self._codec.decode(self._codec.encode(event, topic_of(event)), type(event))

    def _remembering(self, stage: RememberingStage[E, M], memory_type: type[M]) -> Callable[[E], Sequence[Event]]:
        kept: dict[tuple[str, str], bytes] = {}

        def answer(event: E) -> Sequence[Event]:
            key = (event.head.tenant, event.head.encounter_id)
            remembered = kept.get(key)
            memory = self._codec.decode(remembered, memory_type) if remembered is not None else None
            step: Step[M] = stage(event, memory)
            if step.memory is not None:
                kept[key] = self._codec.encode(step.memory, TOPICS[memory_type])
            return step.events

        return answer


def _plain(stage: Stage[E]) -> Callable[[E], Sequence[Event]]:
    def answer(event: E) -> Sequence[Event]:
        return stage(event)

    return answer
