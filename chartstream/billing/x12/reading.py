"""X12 files as payers send them: the envelope checked, the segments split by the delimiters that the file states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chartstream.errors import Problem, Rejected

_ISA_LENGTH = 106
_ISA_ELEMENTS = 17


@dataclass(frozen=True, slots=True)
class ReadSegment:
    """A segment as it was read; ``elements[0]`` is its name."""

    elements: tuple[str, ...]
    component: str

    @property
    def name(self) -> str:
        """``CLP`` and the like."""
        return self.elements[0]

    def text(self, number: int, component: int = 1) -> str:
        """A component (from 1) of an element (from 1), without spaces around it; empty where there is none."""
        if number >= len(self.elements):
            return ""
        parts = self.elements[number].split(self.component)
        return parts[component - 1].strip() if component <= len(parts) else ""

    def components(self, number: int) -> tuple[str, ...]:
        """All components of an element."""
        return tuple(self.elements[number].split(self.component)) if number < len(self.elements) else ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """One ST to SE, its segments between the two. ``made_at`` is the time of its group, taken as UTC."""

    kind: str
    version: str
    control: str
    made_at: datetime
    segments: tuple[ReadSegment, ...]


def transactions(content: bytes) -> list[Transaction]:
    """All transactions of a file with one or more interchanges.

    Raises ``Rejected`` ``x12_envelope`` where the envelope is broken: no ISA, a trailer missing, or counts and control
    numbers that do not agree. Then nothing of the file can be trusted to be there.
    """
    text = _decoded(content).lstrip("\ufeff \t\r\n")
    found: list[Transaction] = []
    while text:
        segments, text = _interchange(text)
        found += _groups(segments)
    if not found:
        raise _broken("it holds no transaction")
    return found


def _interchange(text: str) -> tuple[list[ReadSegment], str]:
    """The segments of the first interchange, ISA to IEA, and the text after it."""
    if not text.startswith("ISA") or len(text) < _ISA_LENGTH:
        raise _broken("it does not begin with an ISA segment of 106 characters")
    element, component, terminator = text[3], text[104], text[105]
    if text[:_ISA_LENGTH].count(element) != _ISA_ELEMENTS - 1 or len({element, component, terminator}) < 3:
        raise _broken("its ISA segment has not 16 elements, or two delimiters are the same")
    if any(each.isalnum() or each == " " for each in (element, component, terminator)):
        raise _broken("a delimiter is a letter, a digit or a space")
    segments: list[ReadSegment] = []
    position = 0
    while position < len(text):
        end = text.find(terminator, position)
        if end < 0:
            break
        raw = text[position:end].strip("\r\n")
        position = end + 1
        if raw:
            segments.append(ReadSegment(tuple(raw.split(element)), component))
        if segments and segments[-1].name == "IEA":
            _agree(segments[-1].text(2), segments[0].text(13), "interchange")
            return segments, text[position:].lstrip(" \t\r\n")
    raise _broken("the interchange has no end (IEA); it was cut off")


def _groups(segments: Sequence[ReadSegment]) -> Iterator[Transaction]:
    group: ReadSegment | None = None
    begin: int | None = None
    groups = count = 0
    for index, segment in enumerate(segments[1:-1], 1):
        if segment.name == "GS" and group is None:
            group, count = segment, 0
        elif segment.name == "ST" and group is not None and begin is None:
            begin, count = index, count + 1
        elif segment.name == "SE" and group is not None and begin is not None:
            yield _transaction(segments, begin, index, group)
            begin = None
        elif segment.name == "GE" and group is not None and begin is None:
            _agree(segment.text(2), group.text(6), "group")
            _agree(segment.text(1), str(count), "group's count")
            group, groups = None, groups + 1
        elif begin is None or segment.name in {"ISA", "IEA", "GS", "GE", "ST", "SE"}:
            raise _broken(f"{segment.name} stands where it does not belong")
    if group is not None or begin is not None:
        raise _broken("a group or transaction has no end")
    _agree(segments[-1].text(1), str(groups), "interchange's count")


def _transaction(segments: Sequence[ReadSegment], begin: int, end: int, group: ReadSegment) -> Transaction:
    first, last = segments[begin], segments[end]
    _agree(last.text(2), first.text(2), "transaction")
    _agree(last.text(1), str(end - begin + 1), "transaction's count")
    return Transaction(
        kind=first.text(1),
        version=first.text(3) or group.text(8),
        control=first.text(2),
        made_at=_moment(group.text(4), group.text(5)),
        segments=tuple(segments[begin + 1 : end]),
    )


def _moment(day: str, time: str) -> datetime:
    try:
        return datetime.strptime(f"{day}{time[:4]}", "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise _broken("its group has no valid date and time (GS04, GS05)") from None


def _agree(told: str, found: str, what: str) -> None:
    if told.lstrip("0") != found.lstrip("0"):
        raise _broken(f"the {what} does not agree with its trailer")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _broken(reason: str) -> Rejected:
    return Rejected(Problem("x12_envelope", f"the X12 file cannot be taken: {reason}", "transfer the file again"))
