"""What a stage is: a function from an event to the events that answer it, reaching the world through its ports only.

A stage raises ``Transient`` when the world fails it, and answers bad input with an event (``NoteRejected``,
``ReviewRequested``); it never raises ``Rejected`` itself past its own boundary. Anything else it raises is a defect.
Called again with the same event (and memory) it gives the same events: ids derive from the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from chartstream import __version__
from chartstream.events.head import Event
from chartstream.events.record import Record

E_contra = TypeVar("E_contra", bound=Event, contravariant=True)
M = TypeVar("M", bound=Record)


class Stage(Protocol[E_contra]):
    """A stage without memory."""

    def __call__(self, event: E_contra) -> Sequence[Event]:
        """The events that answer ``event``, in the order in which they are to be written."""
        ...


@dataclass(frozen=True, slots=True)
class Step(Generic[M]):
    """What a stage with memory makes of an event: the events that answer it, and what to remember from now on."""

    events: Sequence[Event]
    memory: M | None
    """New memory of the encounter; ``None`` leaves it as it was."""


class RememberingStage(Protocol[E_contra, M]):
    """A stage with a memory of each encounter, kept in a compacted changelog in the same transaction."""

    def __call__(self, event: E_contra, memory: M | None) -> Step[M]:
        """The events that answer ``event`` given what is remembered of its encounter (``None``: nothing yet)."""
        ...


def produced_by(stage: str) -> str:
    """Name and version that a stage writes into the head of its events, for example ``intake/0.1.0``."""
    return f"{stage}/{__version__}"
