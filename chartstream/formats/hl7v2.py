"""HL7 v2 messages, pipe-encoded: segments, fields, components; batches and MLLP frames opened.

Fields are numbered as in the standard, from 1; MSH-1 is the separator itself. They are split when they are asked for:
splitting all of a hostile message beforehand would make an object of every byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartstream.errors import Problem, Rejected
from chartstream.formats.hl7_escapes import Delimiters, unescape
from chartstream.plaintext import decode

_MLLP = b"\x0b\x1c"
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}(?=\W|\Z)")
_WRAPPERS = ("FHS", "BHS", "FTS", "BTS")
_HEADERS = re.compile(rb"\s*(?:MSH|BHS|FHS)([^\w\s])[^\w\s]{1,5}(?:\1|[\r\n]|\Z)")


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; ``fields[0]`` is its name."""

    fields: tuple[str, ...]
    delimiters: Delimiters

    @property
    def name(self) -> str:
        """``OBX`` and the like."""
        return self.fields[0]

    def raw(self, number: int) -> str:
        """A field as it stands, escapes and all; empty where the segment ends before it."""
        if self.name == "MSH" and number == 1:
            return self.delimiters.field
        index = number - 1 if self.name == "MSH" else number
        return self.fields[index] if 0 < index < len(self.fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """The repetitions of a field as they stand."""
        return _split(self.raw(number), self.delimiters.repetition)

    def components(self, number: int, repetition: int = 0) -> list[str]:
        """The components of a field, unescaped; no list is shorter than one."""
        repetitions = self.repetitions(number)
        text = repetitions[repetition] if repetition < len(repetitions) else ""
        return [unescape(part, self.delimiters) for part in _split(text, self.delimiters.component)]

    def text(self, number: int, component: int = 1) -> str:
        """One component of a field, without the spaces around it; its first subcomponent where it has some. Empty where
        there is none, and for the ``""`` that means *deleted*.
        """
        repetitions = self.repetitions(number)
        parts = _split(repetitions[0], self.delimiters.component)
        if component > len(parts):
            return ""
        value = _split(parts[component - 1], self.delimiters.subcomponent)[0]
        return unescape(value, self.delimiters).strip().strip('"')


@dataclass(frozen=True, slots=True)
class Message:
    """One message; its first segment is MSH."""

    segments: tuple[Segment, ...]

    @property
    def kind(self) -> str:
        """The type of message, MSH-9.1: ``MDM``, ``ORU``."""
        return self.segments[0].text(9, 1).upper()

    @property
    def trigger(self) -> str:
        """The event that it tells of, MSH-9.2: ``T02``, ``R01``."""
        return self.segments[0].text(9, 2).upper()

    def named(self, name: str) -> Iterator[Segment]:
        """The segments of a name, in order."""
        return (segment for segment in self.segments if segment.name == name)

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next(self.named(name), None)


def is_hl7(content: bytes) -> bool:
    """Whether the bytes begin as a message, a batch or a file of batches, with or without an MLLP frame."""
    return _HEADERS.match(content.lstrip(_MLLP)[:64]) is not None


def texts_of_messages(content: bytes) -> list[str]:
    """Each message of a file as text of its own, segments ended by newlines, wrappers left out.

    Raises ``Rejected``: ``document_truncated`` for a batch without its end, ``document_unreadable`` for segments
    outside a message, ``text_undecodable``.
    """
    lines = decode(content.translate(None, _MLLP)).split("\n")
    messages: list[list[str]] = []
    seen = set()
    for line in lines:
        name = line[:3]
        if name in _WRAPPERS:
            seen.add(name)
        elif name == "MSH":
            messages.append([line])
        elif messages:
            messages[-1].append(line)
        elif line.strip():
            raise _unreadable("a segment stands before the first message header")
    if ("FHS" in seen and "FTS" not in seen) or ("BHS" in seen and "BTS" not in seen):
        raise Rejected(
            Problem(
                "document_truncated",
                "the batch of HL7 messages has no end",
                "transfer the file again and compare its size with the original",
            )
        )
    if not messages:
        raise _unreadable("no message stands in the file")
    return ["\n".join(message).rstrip() for message in messages]


def parse(text: str) -> Message:
    """A message as ``texts_of_messages`` gives it. Raises ``Rejected`` ``document_unreadable``.

    A line that begins no segment is a line break that the sender forgot to escape, and belongs to the line before.
    """
    delimiters = _delimiters(text)
    segments: list[list[str]] = []
    for line in text.split("\n"):
        if _SEGMENT.match(line) and line[3:4] in ("", delimiters.field):
            segments.append([line])
        else:
            segments[-1].append(line)
    return Message(tuple(Segment(tuple("\n".join(lines).split(delimiters.field)), delimiters) for lines in segments))


def _delimiters(text: str) -> Delimiters:
    field = text[3:4]
    others = text[4:].split(field, 1)[0].split("\n", 1)[0] if field else ""
    used = field + others
    if not others or len(used) > 6 or len(set(used)) < len(used) or any(c.isalnum() or c.isspace() for c in used):
        raise _unreadable("the message header does not name its separators")
    component, repetition, escape, subcomponent = [*others[:4], "", "", ""][:4]
    return Delimiters(field, component, repetition, escape, subcomponent)


def _split(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator else [text]


def joined(values: Sequence[str]) -> str:
    """Parts of a name or address that are not empty, with spaces between."""
    return " ".join(value for value in values if value)


def _unreadable(what: str) -> Rejected:
    return Rejected(Problem("document_unreadable", f"the HL7 message cannot be read: {what}", "send the message again"))
