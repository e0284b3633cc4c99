"""What was read, as data: the records as they travel, for programs."""

from __future__ import annotations

from typing import Any

from chartstream.viewer.seen import SeenDocument, SeenFile


def as_data(file: SeenFile) -> dict[str, Any]:
    """A file as plain data for JSON; the parts have the forms of ``schemas/avro``. It holds the note."""
    return {
        "file": file.name,
        "outcome": file.outcome,
        "seconds": round(file.seconds, 3),
        "problems": [
            {"code": p.code, "message": p.message, "remedy": p.remedy, "document_id": p.document_id}
            for p in file.problems
        ],
        "checks": [check.model_dump(mode="json") for check in file.checks],
        "documents": [_document(document) for document in file.documents],
    }


def _document(document: SeenDocument) -> dict[str, Any]:
    return {
        "document_id": document.document_id,
        "part_of": document.part_of,
        "media_type": document.media_type,
        "page_count": document.page_count,
        "extraction_confidence": document.confidence,
        "page_seconds": {str(page): round(seconds, 3) for page, seconds in document.page_seconds.items()},
        "checks": [check.model_dump(mode="json") for check in document.checks],
        "sections": [section.model_dump(mode="json") for section in document.sections],
        "fields": [field.model_dump(mode="json") for field in document.fields],
        "statements": [statement.model_dump(mode="json") for statement in document.statements],
        "content": document.text.model_dump(mode="json"),
    }
