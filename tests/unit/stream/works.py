"""Work for the tests of worker processes: it must be importable where it is spawned."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from chartstream.errors import ConfigurationError, Transient
from chartstream.stream.record import InputRecord, OutputRecord
from chartstream.stream.work import Result, Work


def read(value: str, offset: int = 0) -> InputRecord:
    return InputRecord("source", 0, offset, -1, b"key", value.encode(), [])


@dataclass(frozen=True)
class Obeys:
    """``exit``, ``exit-once FILE``, ``hang``, ``transient``, ``raise``; anything else is copied, memory behind it."""

    def __call__(self) -> Work:
        return _obey


def _obey(record: InputRecord, memory: bytes | None) -> Result:
    verb, _, argument = (record.value or b"").decode().partition(" ")
    if verb == "exit" or (verb == "exit-once" and not Path(argument).exists()):
        if argument:
            Path(argument).touch()
        os._exit(9)
    if verb == "hang":
        time.sleep(600)
    if verb == "transient":
        raise Transient("the store is out of reach")
    if verb == "unconfigured":
        raise ConfigurationError("the OCR weights are missing; install them")
    if verb == "raise":
        raise ValueError("the note says Ottilie Fennimore")
    return Result((OutputRecord("sink", record.key, (record.value or b"") + (memory or b""), []),))


@dataclass(frozen=True)
class Unloadable:
    def __call__(self) -> Work:
        raise ConfigurationError("the model directory is missing; install it")


@dataclass(frozen=True)
class Crashing:
    def __call__(self) -> Work:
        os._exit(7)
