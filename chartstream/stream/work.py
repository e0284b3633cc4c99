"""Work: what is done with one record, wherever it is done, and how it may end.

Work is called in the loop's own process or in a spawned worker, so it and its outcome are picklable.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeAlias

from chartstream.errors import ConfigurationError, Transient, Undecodable, UnknownSchema
from chartstream.stream.record import InputRecord, OutputRecord


class Work(Protocol):
    """Turns one record, and what is remembered under its key, into the records that answer it."""

    def __call__(self, record: InputRecord, memory: bytes | None) -> Result:
        """Raises ``Transient``, ``UnknownSchema`` or ``Undecodable``; anything else is a defect."""
        ...


class WorkFactory(Protocol):
    """Makes the work, with its models and connections, inside the process that will do it. Picklable."""

    def __call__(self) -> Work:
        """Raises ``ConfigurationError`` where something that the work needs is missing."""
        ...


class Result(NamedTuple):
    """Records to write, and new memory for the input's key (``None`` leaves it as it was)."""

    outputs: tuple[OutputRecord, ...]
    memory: bytes | None = None


class FailureKind(StrEnum):
    """How work fails; each kind has one treatment."""

    TRANSIENT = "transient"
    UNKNOWN_SCHEMA = "unknown_schema"
    UNDECODABLE = "undecodable"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no result came about. ``reason`` holds no patient data."""

    kind: FailureKind
    error_class: str
    reason: str


Outcome: TypeAlias = Result | Failure


def attempt(work: Work, record: InputRecord, memory: bytes | None) -> Outcome:
    """Do the work and say how it ended. Raises nothing but ``ConfigurationError``: no record is at fault for that."""
    try:
        return work(record, memory)
    except ConfigurationError:
        raise
    except UnknownSchema as error:
        return Failure(FailureKind.UNKNOWN_SCHEMA, type(error).__name__, str(error))
    except Transient as error:
        return Failure(FailureKind.TRANSIENT, type(error).__name__, str(error))
    except Undecodable as error:
        return Failure(FailureKind.UNDECODABLE, type(error).__name__, str(error))
    except Exception as error:  # a defect of ours, whatever it is, must not stop the partition
        return Failure(FailureKind.DEFECT, type(error).__name__, _place(error))


def _place(error: Exception) -> str:
    """Where an error was raised. Its own text is left out: it may quote the note."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    module = frame.filename.rpartition("site-packages/")[2].rpartition("/")[2]
    return f"raised in {module}:{frame.lineno} ({frame.name}); replay it once the defect is mended"
