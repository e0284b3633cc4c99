"""Extracted texts in the document store, and where a text is read back from: the event it rides in, or the store.

A stored text is an Avro object container file of one ``ExtractedText``: it carries the schema it was written with, so
that a text of an older version can still be read when a replay needs it.
"""

from __future__ import annotations

import hashlib
import io
from functools import cache
from typing import Any

import fastavro
from pydantic import ValidationError

from chartstream.errors import Problem, Rejected
from chartstream.events import schema
from chartstream.events.extraction import ExtractedDocument, ExtractedText, NoteExtracted
from chartstream.events.head import ClaimCheck
from chartstream.ports import DocumentStore

MEDIA_TYPE = "application/vnd.apache.avro"


def put_text(text: ExtractedText, store: DocumentStore) -> ClaimCheck:
    """Store a text and give the claim check to it; equal texts give equal bytes. Raises ``Transient``."""
    content = encode_text(text)
    uri, sha256 = store.put(content, MEDIA_TYPE)
    return ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=MEDIA_TYPE)


def text_of(event: NoteExtracted, document: ExtractedDocument, store: DocumentStore) -> ExtractedText:
    """The text of one of the event's documents.

    Raises ``Rejected`` when the stored text is gone, altered or no text, ``Transient`` when the store is out of reach.
    """
    for inline in event.inline_texts:
        if inline.document_id == document.document_id:
            return inline.content
    return decode_text(store.get(document.text.uri, document.text.sha256))


def encode_text(text: ExtractedText) -> bytes:
    """The stored form of a text."""
    record = text.model_dump()
    # Avro would draw its block marker at random; equal texts must have one address in the store.
    marker = hashlib.md5(repr(record).encode(), usedforsecurity=False).digest()
    out = io.BytesIO()
    fastavro.writer(out, _schema(), [record], sync_marker=marker)
    return out.getvalue()


def decode_text(content: bytes) -> ExtractedText:
    """The text in its stored form. Raises ``Rejected`` ``text_unreadable`` for other bytes."""
    try:
        (record,) = fastavro.reader(io.BytesIO(content), reader_schema=_schema())
        return ExtractedText.model_validate(record)
    except (
        ValueError,
        EOFError,
        KeyError,
        IndexError,
        TypeError,
        ValidationError,
        fastavro.read.SchemaResolutionError,
    ):
        # Not chained: the cause may quote the text, which is a patient's.
        raise Rejected(
            Problem(
                "text_unreadable",
                "the stored text of a document is not one that this version can read",
                "submit the encounter again, so that its documents are read anew",
            )
        ) from None


@cache
def _schema() -> Any:
    return fastavro.parse_schema(schema.composed("types/ExtractedText"))
