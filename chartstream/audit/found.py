"""Events of an encounter as they were found, on the topics or in files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from chartstream.errors import ConfigurationError
from chartstream.events.catalogue import TOPICS, record_on
from chartstream.events.head import Event

_ORDER = {name: number for number, name in enumerate(TOPICS.values())}


@dataclass(frozen=True, slots=True)
class Found:
    """An event and where it stood. ``topic`` is without a prefix; an event of a file has no place in a topic.

    A record that this version cannot read has no event: it is kept as ``value``, with the reason in ``unreadable``.
    """

    topic: str
    event: Event | None
    partition: int | None = None
    offset: int | None = None
    written_at: datetime | None = None
    value_sha256: str | None = None
    unreadable: str | None = None
    value: bytes | None = field(default=None, repr=False)


def in_order(found: Iterable[Found]) -> tuple[Found, ...]:
    """By the time of the event, then along the chain of topics, then as they were written; unreadable records last."""

    def place(each: Found) -> tuple[bool, float, int, int]:
        moment = each.event.head.occurred_at.timestamp() if each.event is not None else 0.0
        return each.event is None, moment, _ORDER.get(each.topic, len(_ORDER)), each.offset or 0

    return tuple(sorted(found, key=place))


def from_file(path: Path, encounter_id: str) -> list[Found]:
    """The encounter's events of a file: JSON a line, ``{"topic": "claims.coded", "event": {…}}``.

    Raises ``ConfigurationError`` for a file or a line that cannot be read: a bundle must not leave anything out unsaid.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path.name} cannot be read as UTF-8; give events, one as JSON a line") from None
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            each = _from_line(line, f"{path.name}, line {number}")
            if each.event is not None and each.event.head.encounter_id == encounter_id:
                found.append(each)
    return found


def _from_line(line: str, place: str) -> Found:
    try:
        read = json.loads(line)
        record = record_on(read["topic"]).model_validate_json(json.dumps(read["event"]))
    except ValidationError as error:  # its own text quotes the input
        faults = error.errors(include_input=False, include_url=False)
        fields = ", ".join(".".join(map(str, each["loc"])) for each in faults[:3])
        raise ConfigurationError(f"{place} does not hold: {fields}; write the event as it was") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ConfigurationError(f'{place} is no event; give {{"topic": …, "event": …}}, one a line') from None
    if not isinstance(record, Event):
        raise ConfigurationError(f"{place} is of a changelog; give events of the other topics")
    return Found(read["topic"], record)
