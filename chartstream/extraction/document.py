"""A document with everything read from it, and the records that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chartstream.events.documents import Document
from chartstream.events.encounter import Encounter
from chartstream.events.extraction import ExtractedDocument, ExtractedField, FieldOrigin, InlineText, Statement
from chartstream.events.head import ClaimCheck
from chartstream.extraction.evidence import evidence, section_record, text_record
from chartstream.extraction.fields import Field
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.sections import Section
from chartstream.extraction.statements import MOST_STATEMENTS, Found

MAX_INLINE_BYTES = 256 * 1024
"""Texts ride in the event up to this many bytes together; what goes beyond lies in the document store only. A message
of Kafka may have a mebibyte, and the event carries fields and sections too."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document with everything read from it; ``confidence`` is the mean score of its lines, 0 to 1."""

    source: Document
    read: ReadText
    sections: tuple[Section, ...]
    fields: tuple[Field, ...]
    statements: tuple[Found, ...]
    text: ClaimCheck
    confidence: float


def document_record(item: ReadDocument) -> ExtractedDocument:
    """The document by reference, with its sections."""
    if item.source.claim_check is None:
        raise TypeError("a document without a claim check passed intake")
    return ExtractedDocument(
        document_id=item.source.document_id,
        status=item.source.status,
        kind=item.source.kind,
        source=item.source.claim_check,
        text=item.text,
        sections=tuple(section_record(section) for section in item.sections),
        extraction_confidence=item.confidence,
    )


def given_fields(encounter: Encounter | None, waived: Sequence[str]) -> list[ExtractedField]:
    """Dates that came with the submission, and the fields that a batch command does without."""
    given = {"service_from": encounter.service_from, "service_through": encounter.service_through} if encounter else {}
    return [
        ExtractedField(
            name=name, value=when.isoformat(), origin=FieldOrigin.SUBMISSION, evidence=None, extraction_confidence=1.0
        )
        for name, when in given.items()
        if when is not None
    ] + [
        ExtractedField(name=name, value="", origin=FieldOrigin.WAIVED, evidence=None, extraction_confidence=1.0)
        for name in waived
    ]


def stated_fields(extracted: Sequence[ReadDocument]) -> list[ExtractedField]:
    """Of each value that a document states for a field, the place that was read best."""
    fields = []
    for item in extracted:
        best: dict[tuple[str, str], Field] = {}
        for field in item.fields:
            known = best.get((field.name, field.value))
            if known is None or field.confidence > known.confidence:
                best[field.name, field.value] = field
        for field in best.values():
            place = evidence(item.source.document_id, item.read, item.sections, (field.begin, field.end), role="value")
            fields.append(
                ExtractedField(
                    name=field.name, value=field.value, evidence=place, extraction_confidence=field.confidence
                )
            )
    return fields


def statement_records(extracted: Sequence[ReadDocument]) -> tuple[Statement, ...]:
    """What the documents state, in order, up to ``MOST_STATEMENTS``; diagnoses and procedures before results."""
    found = [(item, statement) for item in extracted for statement in item.statements]
    found.sort(key=lambda pair: pair[1].result is not None)
    return tuple(_statement(item, statement) for item, statement in found[:MOST_STATEMENTS])


def _statement(item: ReadDocument, found: Found) -> Statement:
    result = found.result
    span = (found.begin, found.end)
    return Statement(
        kind=found.kind,
        evidence=evidence(item.source.document_id, item.read, item.sections, span, role="statement"),
        name=result.name if result else None,
        value=result.value if result else None,
        unit=result.unit if result else None,
        reference_range=result.reference_range if result else None,
        abnormal=result.abnormal if result else None,
        extraction_confidence=found.confidence,
    )


def inline_texts(extracted: Sequence[ReadDocument]) -> tuple[InlineText, ...]:
    """The texts, in order, as long as they fit together under the limit."""
    riding = []
    room = MAX_INLINE_BYTES
    for item in extracted:
        room -= item.text.size_bytes
        if room < 0:
            break
        riding.append(InlineText(document_id=item.source.document_id, content=text_record(item.read)))
    return tuple(riding)
