"""What a document is, by its content: names and declared types are only claims."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import puremagic

from chartstream.errors import Problem, Rejected
from chartstream.plaintext import unmarked_utf16

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
TEXT = "text/plain"

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
)
DAMAGED_ARCHIVE = (BadZipFile, OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error, zlib.error)
"""What zipfile raises for archives whose bytes were changed (NotImplementedError is a RuntimeError)."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
# Text that is markup or a message: read as a plain note its tags and separators would pass for words.
_STRUCTURED = re.compile(
    rb"\s*(?:\{\\rtf|MSH[|^]|<\?xml|<!doctype|<html|<clinicaldocument|\{\s*\"resourceType\")", re.I
)

_READABLE = "send the document as PDF, DOCX, PNG, JPEG, TIFF or plain text"


def media_type_of(content: bytes) -> str:
    """The media type of the bytes, one of this module's constants.

    Raises ``Rejected``: ``media_type_unsupported``, ``document_encrypted`` for a locked Word file,
    ``document_truncated`` for a Word file that was cut short.
    """
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(_ZIP):
        return _zip_type(content)
    if content.startswith(_OLE) and _ENCRYPTED_OFFICE in content:
        raise Rejected(
            Problem(
                "document_encrypted", "the document is locked by a password", "remove the password and submit again"
            )
        )
    if content.startswith(_OLE) or _STRUCTURED.match(content) or _foreign(content):
        raise _unsupported(content)
    return TEXT


def _zip_type(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except DAMAGED_ARCHIVE as error:
        raise Rejected(
            Problem(
                "document_truncated",
                "the file begins like a Word document but its end is missing or damaged",
                "transfer the document again and compare its size with the original",
            )
        ) from error
    if "word/document.xml" in names:
        return DOCX
    raise _unsupported(content)


def _foreign(content: bytes) -> bool:
    """Whether the bytes are binary and in no encoding of text that we know: zeros, unless UTF-16 or UTF-32."""
    head = content[:4096]
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    return unmarked_utf16(head) is None


def _unsupported(content: bytes) -> Rejected:
    try:
        found = puremagic.from_string(content, mime=True) or "unknown"
    except (puremagic.PureError, ValueError):
        found = "unknown"
    return Rejected(Problem("media_type_unsupported", f"documents of the type {found} cannot be read here", _READABLE))
