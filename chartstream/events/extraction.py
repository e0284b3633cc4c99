"""Extracted text, layout, sections, fields and evidence; the event notes.extracted."""

from __future__ import annotations

from enum import StrEnum

from chartstream.errors import Problem
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import Encounter, PatientFacts
from chartstream.events.head import Action, Answer, ClaimCheck, Component, Confidential, Event, Origin
from chartstream.events.record import Record


class Box(Record):
    """A rectangle on a page, as fractions of its width and height from the top left corner after rotation."""

    x0: float
    y0: float
    x1: float
    y1: float


class TextLine(Record):
    """A line of text and where it stands on its page."""

    begin: int
    end: int
    page: int
    box: Box
    confidence: float


class TextWord(Record):
    """A word of the text and where it stands on its page."""

    begin: int
    end: int
    page: int
    box: Box
    confidence: float


class Page(Record):
    """A page and the stretch of text read from it."""

    number: int
    width: float
    height: float
    unit: str
    rotation: int
    engine: str
    confidence: float | None = None
    begin: int
    end: int
    skew: float = 0.0
    credits: float | None = None


class RegionKind(StrEnum):
    """What a stretch of a page is."""

    TITLE = "TITLE"
    TEXT = "TEXT"
    LIST = "LIST"
    TABLE = "TABLE"
    HEADER = "HEADER"
    FOOTER = "FOOTER"
    STAMP = "STAMP"
    HANDWRITING = "HANDWRITING"
    OTHER = "OTHER"


class Region(Record):
    """A stretch of the text that is one thing on its page; regions stand in reading order."""

    kind: RegionKind
    begin: int
    end: int
    page: int | None = None
    box: Box | None = None


class TableCell(Record):
    """One cell of a table; empty cells have begin equal to end."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    begin: int
    end: int


class Table(Record):
    """A table as rows and cells."""

    begin: int
    end: int
    page: int | None = None
    rows: int
    columns: int
    ruled: bool = False
    cells: tuple[TableCell, ...]


class ExtractedText(Record):
    """Text of one document with its layout; offsets of all evidence count in it. Lies in the document store, Avro-
    encoded.
    """

    text: Confidential
    lines: tuple[TextLine, ...] = ()
    pages: tuple[Page, ...] = ()
    words: tuple[TextWord, ...] = ()
    regions: tuple[Region, ...] = ()
    tables: tuple[Table, ...] = ()


class InlineText(Record):
    """Extracted text that rides in the event, up to the stated size."""

    document_id: str
    content: ExtractedText


class Section(Record):
    """A section of a document: what part of the note a sentence stands in decides what may be coded from it."""

    kind: str
    family: str | None = None
    title_begin: int | None = None
    title_end: int | None = None
    begin: int
    end: int
    confidence: float


class ExtractedDocument(Record):
    """A document after extraction, by reference."""

    document_id: str
    status: DocumentStatus
    kind: str | None = None
    source: ClaimCheck
    text: ClaimCheck
    sections: tuple[Section, ...] = ()
    extraction_confidence: float


class Evidence(Record):
    """An exact quote by reference: whoever may see the note resolves it from the extracted text."""

    document_id: str
    begin: int
    end: int
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    quote_sha256: str
    role: str
    section: str | None = None


class FieldOrigin(StrEnum):
    """Where a field's value comes from."""

    NOTE = "NOTE"
    SUBMISSION = "SUBMISSION"
    PERSON = "PERSON"
    WAIVED = "WAIVED"
    OTHER = "OTHER"


class ExtractedField(Record):
    """One required or optional field of the encounter."""

    name: str
    value: Confidential
    origin: FieldOrigin = FieldOrigin.NOTE
    evidence: Evidence | None = None
    extraction_confidence: float


class StatementKind(StrEnum):
    """Kind of a clinical statement."""

    DIAGNOSIS = "DIAGNOSIS"
    PROCEDURE = "PROCEDURE"
    RESULT = "RESULT"
    OTHER = "OTHER"


class Statement(Record):
    """A statement of a diagnosis, a procedure or a result."""

    kind: StatementKind
    evidence: Evidence
    name: Confidential | None = None
    value: Confidential | None = None
    unit: str | None = None
    reference_range: str | None = None
    abnormal: str | None = None
    extraction_confidence: float


class NoteExtracted(Event):
    """The encounter's text, sections and required fields."""

    action: Action
    origin: Origin
    answer: Answer | None = None
    encounter: Encounter | None = None
    patient_facts: PatientFacts | None = None
    documents: tuple[ExtractedDocument, ...] = ()
    inline_texts: tuple[InlineText, ...] = ()
    fields: tuple[ExtractedField, ...] = ()
    statements: tuple[Statement, ...] = ()
    problems: tuple[Problem, ...] = ()
    waived_fields: tuple[str, ...] = ()
    extractor: Component | None = None
    withdrawal_reason: str | None = None
