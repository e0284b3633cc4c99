"""The text of an HL7 v2 message: who and when, then its observations as a reader would want them on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.formats.hl7_escapes import unescape
from chartstream.formats.hl7_observations import LINES, is_text, standing, value_type
from chartstream.formats.hl7_time import day
from chartstream.formats.hl7v2 import Message, Segment, joined, parse, texts_of_messages

_ORDER, _OBSERVATION, _NOTE = "OBR", "OBX", "NTE"
_SIGNED = frozenset({"AU", "LA"})


def read_hl7(content: bytes) -> ReadText:
    """The text of HL7 messages, with lines but without pages. The names of panels and parts are marked as emphasised.

    A result becomes one line: ``Potassium  3.1 mmol/L  (3.5-5.1)  L``. Raises ``Rejected`` (``document_unreadable``,
    ``document_truncated``, ``text_undecodable``).
    """
    builder = TextBuilder()
    for text in texts_of_messages(content):
        message = parse(text)
        for line in _header(message):
            builder.add_line(line)
        _add_body(message, builder)
    return builder.build()


def _header(message: Message) -> Iterator[str]:
    patient = message.first("PID")
    if patient is not None:
        yield from _labelled("Patient", _name(patient.components(5)))
        yield from _labelled("MRN", patient.text(3))
        yield from _labelled("Date of birth", _day(patient.text(7)))
        yield from _labelled("Sex", patient.text(8) if patient.text(8) in {"F", "M"} else "")
    yield from _visit(message)
    document = message.first("TXA")
    if document is not None:
        yield from _labelled("Author", _person(document, 9) or _person(document, 5))
        if document.text(17).upper() in _SIGNED:
            yield from _labelled("Electronically signed by", _person(document, 22))


def _visit(message: Message) -> Iterator[str]:
    visit, document = message.first("PV1"), message.first("TXA")
    begin, end = (_day(visit.text(44)), _day(visit.text(45))) if visit is not None else ("", "")
    if visit is not None and visit.text(2).upper() == "I":
        yield from _labelled("Date of admission", begin)
        yield from _labelled("Date of discharge", end)
    else:
        yield from _labelled("Date of service", begin or (_day(document.text(4)) if document is not None else ""))
    if visit is not None:
        yield from _labelled("Attending physician", _person(visit, 7))


def _add_body(message: Message, builder: TextBuilder) -> None:
    heading = ""
    readable = {id(observation) for observation in standing(message) if is_text(observation)}
    for segment in message.segments:
        if segment.name == _ORDER:
            heading = _add_heading(segment.text(4, 2), "", builder)
        elif segment.name == _OBSERVATION and id(segment) in readable:
            if value_type(segment) in LINES or message.kind == "MDM":
                heading = _add_heading(segment.text(3, 2), heading, builder)
                _add_lines(segment, 5, builder)
            else:
                builder.add_line(_result(segment))
        elif segment.name == _NOTE:
            _add_lines(segment, 3, builder)


def _add_heading(name: str, current: str, builder: TextBuilder) -> str:
    """A heading where the name changes; successive lines of one text carry the same name."""
    if name and name != current:
        builder.add_line(name, emphasised=True)
    return name or current


def _add_lines(segment: Segment, number: int, builder: TextBuilder) -> None:
    for repetition in segment.repetitions(number):
        for line in unescape(repetition, segment.delimiters).split("\n"):
            builder.add_line(line)


def _result(observation: Segment) -> str:
    name = observation.text(3, 2) or observation.text(3)
    values = [_value(observation, repetition) for repetition in range(len(observation.repetitions(5)))]
    value = joined([", ".join(value for value in values if value), observation.text(6, 2) or observation.text(6)])
    reference = observation.text(7)
    flag = observation.text(8)
    flag = "" if flag.upper() == "N" else flag
    return "  ".join(part for part in (name, value, f"({reference})" if reference else "", flag) if part)


def _value(observation: Segment, repetition: int) -> str:
    parts = observation.components(5, repetition)
    kind = value_type(observation)
    if kind == "SN":
        return "".join(parts)
    if kind in {"DT", "TS", "DTM"}:
        return _day(parts[0]) or parts[0]
    coded = kind in {"CE", "CWE", "CNE", "CF"}
    return (parts[1] if coded and len(parts) > 1 and parts[1] else parts[0]).strip().replace("\n", " ")


def _labelled(label: str, value: str) -> Iterator[str]:
    if value:
        yield f"{label}: {value}"


def _day(text: str) -> str:
    found = day(text)
    return found.isoformat() if found is not None else ""


def _person(segment: Segment, number: int) -> str:
    """The name in a field of people (XCN), whose first component is their number."""
    return _name(segment.components(number)[1:])


def _name(parts: Sequence[str]) -> str:
    """Family, given, further, suffix, prefix in the order of speech."""
    family, given, further, suffix, prefix = [*parts, "", "", "", "", ""][:5]
    return joined([prefix, given, further, family.partition("&")[0], suffix])
