"""From the extracted documents of an event to the engine's, and from the engine's evidence back to records."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chartstream.coding import model
from chartstream.errors import Problem, Rejected
from chartstream.events.extraction import (
    Evidence,
    ExtractedDocument,
    ExtractedText,
    NoteExtracted,
    TextLine,
    TextWord,
)
from chartstream.ports import DocumentStore
from chartstream.texts import place_of, text_of, touched


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document of the event with its text at hand."""

    record: ExtractedDocument
    content: ExtractedText
    text: str

    def for_engine(self) -> model.Document:
        """The document as the engine takes it."""
        sections = tuple(model.Section(s.kind, s.begin, s.end) for s in self.record.sections)
        return model.Document(self.record.document_id, self.text, sections, self.record.kind)


def read_documents(event: NoteExtracted, store: DocumentStore) -> list[ReadDocument]:
    """The event's documents with their texts.

    Raises ``Rejected`` when a text is gone, altered, unreadable or encrypted, ``Transient`` when the store is out of
    reach.
    """
    return [_read(event, document, store) for document in event.documents]


def _read(event: NoteExtracted, document: ExtractedDocument, store: DocumentStore) -> ReadDocument:
    try:
        content = text_of(event, document, store)
    except Rejected as error:
        raise Rejected(*(replace(p, document_id=document.document_id) for p in error.problems)) from error
    if not isinstance(content.text, str):
        problem = Problem(
            "text_encrypted",
            "the text of a document is encrypted and this deployment has no key to it",
            "give the coding service the patient's key, or code the encounter by hand",
            document.document_id,
        )
        raise Rejected(problem)
    return ReadDocument(document, content, content.text)


def evidence_records(evidence: Sequence[model.Evidence], documents: Sequence[ReadDocument]) -> tuple[Evidence, ...]:
    """The evidence with hashes of its quotes and, where the text came from pages, page and boxes."""
    by_id = {document.record.document_id: document for document in documents}
    return tuple(_record(item, by_id[item.document_id]) for item in evidence)


def extraction_confidence(evidence: Sequence[model.Evidence], documents: Sequence[ReadDocument]) -> float:
    """How surely the quotes were read: the lowest confidence of their words or lines, else of their documents."""
    by_id = {document.record.document_id: document for document in documents}
    scores: list[float] = []
    for item in evidence:
        document = by_id[item.document_id]
        parts = [part.confidence for part in _placed(item, document)]
        scores.extend(parts or [document.record.extraction_confidence])
    return min(scores, default=0.0)


def _record(item: model.Evidence, document: ReadDocument) -> Evidence:
    page, boxes = place_of(_placed(item, document))
    return Evidence(
        document_id=item.document_id,
        begin=item.begin,
        end=item.end,
        page=page,
        boxes=boxes,
        quote_sha256=hashlib.sha256(document.text[item.begin : item.end].encode()).hexdigest(),
        role=item.role,
        section=item.section,
    )


def _placed(item: model.Evidence, document: ReadDocument) -> Sequence[TextWord] | Sequence[TextLine]:
    """The words that a quote touches; its lines in texts that were stored before words were."""
    content = document.content
    return touched(content.words, item.begin, item.end) or touched(content.lines, item.begin, item.end)
