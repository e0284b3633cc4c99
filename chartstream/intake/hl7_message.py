"""HL7 v2 messages at intake: the documents they carry and what they say of them.

Source: HL7 v2.5.1, chapter 9 (TXA; tables 0271 completion, 0273 availability; events T01 to T11), chapter 7 (OBX; table
0085), chapter 4 (OBR; table 0123), chapter 3 (PID).
"""

from __future__ import annotations

from dataclasses import replace

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import Sex
from chartstream.formats.hl7_observations import ATTACHED, POINTED, is_text, standing, value_type
from chartstream.formats.hl7_time import day, moment
from chartstream.formats.hl7v2 import Message, Segment, joined, parse, texts_of_messages
from chartstream.formats.media_types import HL7
from chartstream.intake.envelope import Opened, Part, Source, StatedPatient, by_reference, decoded, most_cautious
from chartstream.intake.envelope import without_document as _without_document
from chartstream.intake.findings import Findings
from chartstream.intake.policy import Check

_KINDS = frozenset({"MDM", "ORU"})
_COMPLETION = {
    "AU": DocumentStatus.FINAL,
    "LA": DocumentStatus.FINAL,
    "DI": DocumentStatus.UNSIGNED,
    "DO": DocumentStatus.UNSIGNED,
    "PA": DocumentStatus.UNSIGNED,
    "IP": DocumentStatus.PRELIMINARY,
    "IN": DocumentStatus.PRELIMINARY,
}
# Cancelled, and obsolete: another document stands in its place.
_AVAILABILITY = {"CA": DocumentStatus.ENTERED_IN_ERROR, "OB": DocumentStatus.ENTERED_IN_ERROR}
_EVENT = {
    **dict.fromkeys(("T05", "T06"), DocumentStatus.ADDENDUM),
    **dict.fromkeys(("T07", "T08", "T09", "T10"), DocumentStatus.AMENDED),
    "T11": DocumentStatus.ENTERED_IN_ERROR,
}
_RESULT = {
    "F": DocumentStatus.FINAL,
    "U": DocumentStatus.FINAL,
    "C": DocumentStatus.AMENDED,
    **dict.fromkeys(("P", "R", "S", "I", "A", "O"), DocumentStatus.PRELIMINARY),
    "X": DocumentStatus.ENTERED_IN_ERROR,
}
_SEX = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER}
_RECORD_NUMBER = frozenset({"", "MR", "MRN"})


def open_hl7(content: bytes, findings: Findings) -> Opened:
    """What the messages carry: several of them are a part each; in one, every attachment is a part.

    Raises ``Rejected``: ``document_unreadable``, ``document_truncated``, ``text_undecodable``, ``message_unsupported``,
    ``envelope_empty``, ``attachment_by_reference``, ``attachment_undecodable``.
    """
    findings.add(Check.SEGMENTS, sum(content.count(end) for end in (b"\r", b"\n")))
    texts = texts_of_messages(content)
    if len(texts) > 1:
        parts = tuple(Part(text.replace("\n", "\r").encode(), HL7, Source()) for text in texts)
        return Opened(Source(), parts, readable=False)
    message = parse(texts[0])
    if message.kind not in _KINDS:
        raise Rejected(
            Problem(
                "message_unsupported",
                "the HL7 message is of a type that carries no documents",
                "send documents as MDM and results as ORU",
            )
        )
    source = _source(message)
    attachments = [segment for segment in standing(message) if value_type(segment) in {ATTACHED, POINTED}]
    parts = tuple(_part(segment, source) for segment in attachments)
    texts_within = [segment for segment in standing(message) if is_text(segment)]
    findings.add(Check.CHARACTERS, sum(len(segment.raw(5)) for segment in texts_within))
    if not parts and not texts_within and source.status is not DocumentStatus.ENTERED_IN_ERROR:
        raise _without_document("the HL7 message")
    return Opened(source, parts, readable=bool(texts_within))


def _part(observation: Segment, source: Source) -> Part:
    if value_type(observation) == POINTED:
        raise by_reference()
    # The components of ED: source application, type of data, subtype, encoding, data.
    parts = [*observation.components(5), "", "", "", "", ""]
    media_type = f"{parts[1]}/{parts[2]}".lower() if "/" not in parts[2] else parts[2].lower()
    status = _RESULT.get(observation.text(11).upper(), DocumentStatus.UNKNOWN)
    own = replace(source, status=most_cautious([source.status, status]))
    return Part(decoded(parts[4], parts[3]), media_type.strip("/") or None, own)


def _source(message: Message) -> Source:
    document, order = message.first("TXA"), message.first("OBR")
    if document is not None:
        found = Source(
            kind=document.text(2) or None,
            authored_at=moment(document.text(4)) or moment(document.text(6)),
            author_id=document.text(9) or document.text(5) or None,
            numbers=_all(document.text(12)),
            amends=_all(document.text(13)) if message.trigger in _EVENT else (),
        )
    elif order is not None:
        found = Source(
            kind=order.text(4) or None,
            authored_at=moment(order.text(22)) or moment(order.text(7)),
            author_id=order.text(32) or None,
            numbers=_all(order.text(3)),
        )
    else:
        found = Source()
    return replace(found, status=_status(message, document), patient=_patient(message))


def _status(message: Message, document: Segment | None) -> DocumentStatus:
    stated = [_EVENT.get(message.trigger, DocumentStatus.UNKNOWN)] if message.kind == "MDM" else []
    if document is not None:
        stated.append(_COMPLETION.get(document.text(17).upper(), DocumentStatus.UNKNOWN))
        stated.append(_AVAILABILITY.get(document.text(19).upper(), DocumentStatus.UNKNOWN))
    stated += [_RESULT.get(order.text(25).upper(), DocumentStatus.UNKNOWN) for order in message.named("OBR")]
    stated += [
        _RESULT.get(segment.text(11).upper(), DocumentStatus.UNKNOWN)
        for segment in standing(message)
        if is_text(segment)
    ]
    return most_cautious(stated)


def _patient(message: Message) -> StatedPatient | None:
    patient = message.first("PID")
    if patient is None:
        return None
    numbers = []
    for repetition in range(len(patient.repetitions(3))):
        parts = [*patient.components(3, repetition), "", "", "", "", ""]
        if parts[0].strip() and parts[4].strip().upper() in _RECORD_NUMBER:
            numbers.append(parts[0].strip())
    return StatedPatient(
        record_numbers=tuple(numbers),
        name=joined(patient.components(5)[:3]),
        birth_date=day(patient.text(7)),
        sex=_SEX.get(patient.text(8).upper(), Sex.UNKNOWN),
    )


def _all(*values: str) -> tuple[str, ...]:
    return tuple(value for value in values if value)
