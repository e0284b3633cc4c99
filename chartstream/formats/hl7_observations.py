"""Which observations (OBX) of a message are text to be read, and which carry a document.

Source: HL7 v2.5.1, 7.4.2 (OBX), tables 0125 (value types) and 0085 (status).
"""

from __future__ import annotations

from collections.abc import Iterator

from chartstream.formats.hl7v2 import Message, Segment

LINES = frozenset({"TX", "FT"})
"""Value types of running text."""
VALUES = frozenset({"NM", "SN", "ST", "CE", "CWE", "CNE", "CF", "IS", "ID", "DT", "TM", "TS", "DTM"})
"""Value types of single results. ST is running text where the message carries a document (MDM)."""
ATTACHED, POINTED = "ED", "RP"
"""Value types of a document that is inside the message, and of one that it only points to."""

_NO_LONGER = frozenset({"D", "W", "X", "N"})  # deleted, wrong, cannot be obtained, not asked


def standing(message: Message) -> Iterator[Segment]:
    """The observations that count: those withdrawn or without a result are left out."""
    return (segment for segment in message.named("OBX") if segment.text(11).upper() not in _NO_LONGER)


def value_type(observation: Segment) -> str:
    """OBX-2."""
    return observation.text(2).upper()


def is_text(observation: Segment) -> bool:
    """Whether there is something to read in the observation itself."""
    return value_type(observation) in LINES | VALUES and bool(observation.raw(5).strip())
