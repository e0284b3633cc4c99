"""The second stage: from accepted documents to text, sections and the encounter's fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartstream import __version__
from chartstream.errors import Problem, Rejected
from chartstream.events.documents import Document, DocumentStatus, NoteAccepted, NoteRejected
from chartstream.events.encounter import Encounter
from chartstream.events.extraction import ExtractedField, NoteExtracted, StatementKind
from chartstream.events.head import Action, Component, Event, Head, Origin
from chartstream.events.identity import Successors
from chartstream.events.review import ReviewKind, ReviewRequested, ReviewSubject
from chartstream.extraction.cached_reading import CachedReading
from chartstream.extraction.document import (
    ReadDocument,
    document_record,
    given_fields,
    inline_texts,
    stated_fields,
    statement_records,
)
from chartstream.extraction.engines.engine import LazyOcr, OcrEngine, OcrFactory
from chartstream.extraction.evidence import text_record
from chartstream.extraction.fields import find_fields
from chartstream.extraction.reader import read
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.schema import check_fields
from chartstream.extraction.sections import find_sections
from chartstream.extraction.settle import Settled, Stated, settle
from chartstream.extraction.statements import MOST_STATEMENTS, find_statements
from chartstream.ports import Clock, DocumentStore
from chartstream.stage import produced_by
from chartstream.texts import put_text

STAGE = "extraction"

TEXT_BOUND = 0.8
"""Mean line score below which a document is too badly read to be coded without a look at the page."""

_PRIORITY_FIELDS = 5
_CODED_FROM = frozenset(
    {"plan", "chief_complaint", "reason_for_visit", "history_of_present_illness", "hospital_course"}
)


class ExtractionStage:
    """``NoteAccepted`` to exactly one of ``NoteExtracted``, ``ReviewRequested`` (of fields) and ``NoteRejected``.

    Review is asked for when a required field is missing, doubtful or contradicted, a note calls itself unsigned, or a
    page could hardly be read; where a person has accepted the documents, the last two are noted and let pass.
    ``ocr`` is an engine, or what makes one when the first image comes; ``reading`` remembers what it read.
    """

    def __init__(
        self,
        documents: DocumentStore,
        ocr: OcrEngine | OcrFactory,
        clock: Clock,
        reading: CachedReading | None = None,
    ) -> None:
        self._documents = documents
        self._ocr: OcrEngine = LazyOcr(ocr) if callable(ocr) else ocr
        self._read_document = reading.read if reading else read
        self._clock = clock

    def __call__(self, event: NoteAccepted) -> Sequence[Event]:
        """The event that answers an accepted note. Raises ``Transient`` when the document store is out of reach."""
        answers = Successors(event.head, self._clock.now(), produced_by(STAGE))
        if event.action is Action.WITHDRAW or event.encounter is None:
            return [_withdrawn(event, answers)]
        try:
            extracted = [self._extract(accepted.document) for accepted in event.documents]
        except Rejected as error:
            head = answers.head(NoteRejected)
            return [NoteRejected(head=head, stage=STAGE, answer=event.answer, problems=tuple(error.problems))]
        return [_answer(event, event.encounter, extracted, answers)]

    def _extract(self, document: Document) -> ReadDocument:
        try:
            text = self._read(document)
        except Rejected as error:
            named = (replace(problem, document_id=document.document_id) for problem in error.problems)
            raise Rejected(*named) from error
        sections = find_sections(text)
        return ReadDocument(
            source=document,
            read=text,
            sections=sections,
            fields=find_fields(text),
            statements=find_statements(text, sections),
            text=put_text(text_record(text), self._documents),
            confidence=text.mean_confidence(),
        )

    def _read(self, document: Document) -> ReadText:
        check = document.claim_check
        if check is None:
            raise TypeError("a document without a claim check passed intake")
        text = self._read_document(self._documents.get(check.uri, check.sha256), check.media_type, self._ocr)
        if not text.text.strip():
            raise Rejected(
                Problem(
                    "document_without_text",
                    "no text could be read from any page",
                    "check that the right side was scanned, or send the note as text",
                )
            )
        return text


def _withdrawn(event: NoteAccepted, answers: Successors) -> NoteExtracted:
    return NoteExtracted(
        head=answers.head(NoteExtracted),
        action=Action.WITHDRAW,
        origin=event.origin,
        answer=event.answer,
        withdrawal_reason=event.withdrawal_reason,
    )


def _answer(
    event: NoteAccepted, encounter: Encounter, extracted: Sequence[ReadDocument], answers: Successors
) -> NoteExtracted | ReviewRequested:
    stated = [Stated(item.source.document_id, field) for item in extracted for field in item.fields]
    settled = settle(encounter, stated, event.waived_fields, event.head.occurred_at.date())
    issues = (*settled.issues, *check_fields(settled, stated, _conclusions(extracted), event.waived_fields))
    doubts = _doubts(extracted, event.waived_fields)
    accepted_by_person = event.origin is Origin.PERSON
    if issues or (doubts and not accepted_by_person):
        return _review(event, answers.head(ReviewRequested), settled, extracted, (*issues, *doubts))
    return NoteExtracted(
        head=answers.head(NoteExtracted),
        action=Action.SUBMIT,
        origin=Origin.ENGINE,
        answer=event.answer,
        encounter=settled.encounter,
        patient_facts=settled.facts,
        documents=tuple(document_record(item) for item in extracted),
        inline_texts=inline_texts(extracted),
        fields=_fields(event, extracted),
        statements=statement_records(extracted),
        problems=(*doubts, *_left_out(extracted)),
        waived_fields=event.waived_fields,
        extractor=Component(name="chartstream.extraction", version=__version__),
    )


def _review(
    event: NoteAccepted,
    head: Head,
    settled: Settled,
    extracted: Sequence[ReadDocument],
    problems: tuple[Problem, ...],
) -> ReviewRequested:
    return ReviewRequested(
        head=head,
        review_id=head.event_id,
        kind=ReviewKind.REQUESTED,
        subject=ReviewSubject.FIELDS,
        stage=STAGE,
        problems=problems,
        priority=_PRIORITY_FIELDS,
        encounter=settled.encounter,
        patient_facts=settled.facts,
        accepted_documents=event.documents,
        documents=tuple(document_record(item) for item in extracted),
        fields=_fields(event, extracted),
        statements=statement_records(extracted),
    )


def _fields(event: NoteAccepted, extracted: Sequence[ReadDocument]) -> tuple[ExtractedField, ...]:
    return (*given_fields(event.encounter, event.waived_fields), *stated_fields(extracted))


def _conclusions(extracted: Sequence[ReadDocument]) -> int:
    """How many statements there are to code from: diagnoses, and the complaints that are coded where none is made."""
    return sum(
        sum(found.kind is StatementKind.DIAGNOSIS for found in item.statements)
        + sum(section.kind in _CODED_FROM and section.end > section.begin for section in item.sections)
        for item in extracted
    )


def _left_out(extracted: Sequence[ReadDocument]) -> list[Problem]:
    count = sum(len(item.statements) for item in extracted)
    if count <= MOST_STATEMENTS:
        return []
    return [
        Problem(
            "statements_left_out",
            f"{count} statements were found, of which the event carries {MOST_STATEMENTS}",
            "read the remaining results in the text",
        )
    ]


def _doubts(extracted: Sequence[ReadDocument], waived: Sequence[str]) -> list[Problem]:
    """Documents that call themselves unsigned, or whose source does not know and they do not say, or badly read."""
    problems = []
    for item in extracted:
        signature = next((field.value for field in item.fields if field.name == "signature"), None)
        unknown = signature is None and item.source.status is DocumentStatus.UNKNOWN
        if "signature" not in waived and (signature == "UNSIGNED" or unknown):
            problems.append(
                Problem(
                    "awaiting_signature",
                    "the document shows no signature" if unknown else "the document says that it is not signed",
                    "sign it in the source and submit the encounter again under a higher version",
                    item.source.document_id,
                )
            )
        if item.confidence < TEXT_BOUND:
            problems.append(
                Problem(
                    "text_uncertain",
                    f"the document was read with a mean score of {item.confidence:.2f}; {TEXT_BOUND} is needed",
                    "compare the text with the page, or send a better copy",
                    item.source.document_id,
                )
            )
    return problems
