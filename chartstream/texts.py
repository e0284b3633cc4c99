"""Extracted texts in the document store, where a text is read back from (the event it rides in, or the store), and
where on a page a stretch of it stands.

A stored text is an Avro object container file of one ``ExtractedText``: it carries the schema it was written with, so
that a text of an older version can still be read when a replay needs it.
"""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

import fastavro
from pydantic import ValidationError

from chartstream.errors import Problem, Rejected
from chartstream.events import schema
from chartstream.events.extraction import Box, ExtractedDocument, ExtractedText, NoteExtracted, TextLine, TextWord
from chartstream.events.head import ClaimCheck
from chartstream.ports import DocumentStore

MEDIA_TYPE = "application/vnd.apache.avro"
_MARKER = 16
"""Bytes of the marker that ends the head, and each block, of an Avro object container file."""
_STRING = 0
"""The branch of the union of words and encrypted words."""

_NO_TEXT = (
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    StopIteration,
    TypeError,
    ValidationError,
    fastavro.read.SchemaResolutionError,
)


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


def plain_text(document: ExtractedDocument, store: DocumentStore) -> str:
    """Only the words of a document's stored text, which is much cheaper than all of it.

    Raises as ``text_of`` does, and ``Rejected`` ``text_encrypted`` for one that is encrypted.
    """
    content = store.get(document.text.uri, document.text.sha256)
    if (leading := _leading_text(content)) is not None:
        return leading
    try:
        record: Any = next(fastavro.reader(io.BytesIO(content), reader_schema=_schema_of_words()))
        text = record["text"]
    except _NO_TEXT:
        raise _unreadable() from None
    if not isinstance(text, str):
        raise Rejected(
            Problem(
                "text_encrypted",
                "the text of a document is encrypted and this deployment has no key to it",
                "give the service the patient's key, or decide the encounter by hand",
                document.document_id,
            )
        )
    return text


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
    except _NO_TEXT:
        raise _unreadable() from None  # not chained: the cause may quote the text, which is a patient's


def _leading_text(content: bytes) -> str | None:
    """The words of a stored text of this version's schema, which come first in it; None for any other.

    A page of words with their boxes takes a millisecond to pass over, and a claim's edits read every document.
    """
    head = _own_head()
    if not content.startswith(head):
        return None
    try:
        _, at = _long(content, len(head) + _MARKER)  # records in the block: one
        block, at = _long(content, at)
        whole = at + block + _MARKER == len(content)
        branch, at = _long(content, at)
        size, at = _long(content, at)
        return content[at : at + size].decode() if whole and branch == _STRING else None
    except (IndexError, UnicodeDecodeError):
        return None  # whoever reads all of it says what is wrong


def _long(content: bytes, at: int) -> tuple[int, int]:
    """Avro's number at ``at`` (little endian, seven bits a byte, zigzag) and where the next thing stands."""
    value = shift = 0
    while content[at] & 0x80:
        value |= (content[at] & 0x7F) << shift
        shift += 7
        at += 1
    value |= content[at] << shift
    return (value >> 1) ^ -(value & 1), at + 1


@cache
def _own_head() -> bytes:
    """What stands before the block marker in every text that this version stores: magic, schema and codec."""
    marker = bytes(range(_MARKER))
    out = io.BytesIO()
    fastavro.writer(out, _schema(), [ExtractedText(text="").model_dump()], sync_marker=marker)
    return out.getvalue().split(marker)[0]


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "text_unreadable",
            "the stored text of a document is not one that this version can read",
            "submit the encounter again, so that its documents are read anew",
        )
    )


@cache
def _schema() -> Any:
    return fastavro.parse_schema(schema.composed("types/ExtractedText"))


@cache
def _schema_of_words() -> Any:
    """The reader's schema that leaves all but the words out."""
    whole = schema.composed("types/ExtractedText")
    return fastavro.parse_schema({**whole, "fields": [f for f in whole["fields"] if f["name"] == "text"]})


class Spanned(Protocol):
    """Something that stands at ``begin`` to ``end`` of a text."""

    @property
    def begin(self) -> int: ...

    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Spanned)


def touched(parts: Sequence[S], begin: int, end: int) -> list[S]:
    """Of parts that stand in order without overlap, those of which a span holds at least one character."""
    if begin >= end:
        return []
    first = bisect_right(parts, begin, key=lambda part: part.end)
    last = bisect_left(parts, end, key=lambda part: part.begin)
    return [part for part in parts[first:last] if part.begin < part.end]


def place_of(parts: Sequence[TextWord] | Sequence[TextLine]) -> tuple[int | None, tuple[Box, ...]]:
    """Page and rectangles of the words (or lines) that a quote touches, on the page where it begins.

    One rectangle for each row of words on the page, which is not each line of the text: a table's cell may have
    several rows in one line, and a word broken at the end of a row stands in two.
    """
    if not parts:
        return None, ()
    page = parts[0].page
    rectangles: list[Box] = []
    before: Box | None = None
    for part in parts:
        if part.page != page:
            break
        if before is not None and isinstance(part, TextWord) and _goes_on(before, part.box):
            rectangles[-1] = _around(rectangles[-1], part.box)
        else:
            rectangles.append(part.box)
        before = part.box
    return page, tuple(rectangles)


def _goes_on(before: Box, box: Box) -> bool:
    """Whether a word stands to the right of another, in its row."""
    overlap = min(before.y1, box.y1) - max(before.y0, box.y0)
    return box.x0 >= before.x0 and overlap > 0.5 * min(before.y1 - before.y0, box.y1 - box.y0)


def _around(one: Box, other: Box) -> Box:
    return Box(x0=min(one.x0, other.x0), y0=min(one.y0, other.y0), x1=max(one.x1, other.x1), y1=max(one.y1, other.y1))
