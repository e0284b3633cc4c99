"""Kafka records as the runtime hands them around: plain, picklable, read once from the client's message."""

from __future__ import annotations

from operator import methodcaller
from typing import NamedTuple, TypeAlias, cast

from confluent_kafka import Message

Headers: TypeAlias = list[tuple[str, bytes | None]]


UNREADABLE_HEADERS: Headers = [("chartstream-unreadable-headers", None)]
"""Stands for headers whose names are no UTF-8, which the client cannot hand over."""


class InputRecord(NamedTuple):
    """A record read from a topic. ``timestamp_ms`` is milliseconds since 1970, -1 where there is none."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class OutputRecord(NamedTuple):
    """A record to be written; ``partition`` -1 leaves the choice to the partitioner, by key."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int = -1


def read(message: Message) -> InputRecord:
    """The record in a client's message, which must not be an error."""
    parts = (
        message.topic(),
        message.partition(),
        message.offset(),
        message.timestamp()[1],
        message.key(),
        message.value(),
        _headers(message),
    )
    return InputRecord._make(cast("tuple[str, int, int, int, bytes | None, bytes | None, Headers]", parts))


# The client returns a list *and* sets an error for such names. A warm interpreter calls methods without looking for
# that, and the error would surface at some later call; this caller always looks.
_ask_for_headers = methodcaller("headers")


def _headers(message: Message) -> object:
    try:
        return _ask_for_headers(message) or []
    except (SystemError, UnicodeDecodeError):  # raised here, it would stop the partition for ever
        return UNREADABLE_HEADERS
