"""Small work for the runtime's tests: each record's value says what is to be done with it.

A value is a verb and its arguments (``sleep 2.5``); what it comes to is a copy of the record on the sink. Files stand
in for the world outside, so that a test decides when it recovers.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from chartstream.errors import ConfigurationError, Transient, Undecodable, UnknownSchema
from chartstream.stream.record import InputRecord, OutputRecord
from chartstream.stream.work import Result, Work

SECRET = "Ottilie Fennimore"
"""An invented patient's name, which must not get out by way of an exception's text."""


def copy_of(record: InputRecord, sink: str) -> OutputRecord:
    """The record on the sink, with its place of origin as a header."""
    return OutputRecord(sink, record.key, record.value, [("from", f"{record.partition}:{record.offset}".encode())])


def _obey(verb: str, argument: str) -> None:
    """Do what a value says before it is copied."""
    if verb == "sleep":
        time.sleep(float(argument))
    elif verb == "wait":  # until the file is there
        while not Path(argument).exists():
            time.sleep(0.02)
    elif verb in {"transient", "unknown"} and not Path(argument).exists():
        raise (Transient if verb == "transient" else UnknownSchema)("not yet")
    elif verb == "undecodable":
        raise Undecodable("no such event")
    elif verb == "raise":
        raise ValueError(f"the note says: {SECRET}")
    elif verb == "exit":
        os._exit(int(argument))
    elif verb == "exit-once" and not Path(argument).exists():
        Path(argument).touch()
        os._exit(1)


@dataclass(frozen=True)
class Copies:
    """Obeys each value, then copies the record to ``sink``; ``large N`` answers with an event of N bytes."""

    sink: str

    def __call__(self) -> Work:
        def work(record: InputRecord, memory: bytes | None) -> Result:
            if record.value is None:
                raise Undecodable("the value is null; an event was expected")
            verb, _, argument = record.value[:200].decode("utf-8", "replace").partition(" ")
            _obey(verb, argument)
            output = copy_of(record, self.sink)
            if verb == "large":
                output = output._replace(value=b"x" * int(argument))
            return Result((output,))

        return work


@dataclass(frozen=True)
class Counts:
    """Counts the records of each key: the n-th is answered with ``n`` on the sink, and ``n`` is remembered."""

    sink: str

    def __call__(self) -> Work:
        copies = Copies(self.sink)()

        def work(record: InputRecord, memory: bytes | None) -> Result:
            (output,) = copies(record, None).outputs
            count = b"%d" % (int(memory or b"0") + 1)
            return Result((output._replace(value=count),), count)

        return work


@dataclass(frozen=True)
class Unloadable:
    """Work whose models are missing."""

    def __call__(self) -> Work:
        raise ConfigurationError("the model directory is missing; install it")


@dataclass(frozen=True)
class Crashing:
    """Work whose loading ends the process."""

    def __call__(self) -> Work:
        os._exit(7)
