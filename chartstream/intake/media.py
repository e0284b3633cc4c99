"""What a document is, by its content: names and declared types are only claims."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import puremagic

from chartstream.errors import Problem, Rejected
from chartstream.formats import cda, hl7v2, rtf, word97
from chartstream.formats.media_types import CDA, DOC, DOCX, FHIR, HL7, JPEG, PDF, PNG, READABLE, RTF, TEXT, TIFF
from chartstream.plaintext import unmarked_utf16

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
)
DAMAGED_ARCHIVE = (BadZipFile, OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error, zlib.error)
"""What zipfile raises for archives whose bytes were changed (NotImplementedError is a RuntimeError)."""

_ZIP = b"PK\x03\x04"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_HEAD = 16_384
_JSON = re.compile(r'\{\s*"[^"]*"\s*:')
_FHIR = re.compile(r'"resourceType"\s*:')
# Text that is markup: read as a plain note its tags would pass for words.
_MARKUP = re.compile(r"\s*<(?:\?xml|!doctype|html)\b", re.IGNORECASE)
# A message or an RTF file that lost its beginning: read as a plain note its marks would pass for words.
_HEADLESS = re.compile(r"\s*(?:(?:EVN|PID|PV1|ORC|OBR|TXA|OBX|NTE)\|[^\r\n]*[\r\n]+[A-Z][A-Z0-9]{2}\||\{\\[a-z*])")


def media_type_of(content: bytes) -> str:
    """The media type of the bytes, one of ``chartstream.formats.media_types``.

    Raises ``Rejected``: ``media_type_unsupported``, ``document_encrypted`` for a locked Word file,
    ``document_truncated`` for a Word file that was cut short, and for messages and RTF without their beginning.
    """
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if content.startswith(_ZIP):
        return _zip_type(content)
    if word97.is_ole(content):
        return _ole_type(content)
    # Messages come first: the attachment in one may be a PDF that begins within its first kilobyte.
    structured = _structured_type(content)
    if structured is not None:
        return structured
    if b"%PDF-" in content[:1024]:
        return PDF
    if _foreign(content):
        raise _unsupported(content)
    return TEXT


def _structured_type(content: bytes) -> str | None:
    """The type of a text that a program wrote for a program; None for other text, and for what is no text."""
    head = _head(content)
    begin = head.lstrip("\ufeff")
    if rtf.is_rtf(begin[:64].encode()):
        return RTF
    if hl7v2.is_hl7(begin[:64].encode()):
        return HL7
    root = cda.root_name(head)
    if root == cda.ROOT:
        return CDA
    if _JSON.match(begin.lstrip()):
        if _FHIR.search(head) or _FHIR.search(content.decode("latin-1")):
            return FHIR
        raise _unsupported(content)
    if root is not None and _MARKUP.match(begin):
        raise _unsupported(content)
    if _HEADLESS.match(begin):
        raise _cut_short("its beginning is missing: it is a part of a message or of an RTF file")
    return None


def _head(content: bytes) -> str:
    """The beginning as text: UTF-16 by its mark or its zeros, all else byte by byte, which leaves ASCII as it is."""
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    order = unmarked_utf16(head) if b"\0" in head else None
    text = head.decode(order or "latin-1", errors="replace")
    return text.removeprefix("\u00ef\u00bb\u00bf")


def _zip_type(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except DAMAGED_ARCHIVE as error:
        raise _cut_short("it begins like a Word document, but its end is missing or damaged") from error
    if "word/document.xml" in names:
        return DOCX
    raise _unsupported(content)


def _ole_type(content: bytes) -> str:
    if _ENCRYPTED_OFFICE in content:
        raise Rejected(
            Problem(
                "document_encrypted", "the document is locked by a password", "remove the password and submit again"
            )
        )
    if word97.is_word(content):
        return DOC
    raise _unsupported(content)


def _foreign(content: bytes) -> bool:
    """Whether the bytes are binary and in no encoding of text that we know: zeros, unless UTF-16 or UTF-32."""
    head = content[:4096]
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    return unmarked_utf16(head) is None


def _cut_short(what: str) -> Rejected:
    return Rejected(
        Problem(
            "document_truncated",
            f"the file is cut short: {what}",
            "transfer the document again and compare its size with the original",
        )
    )


def _unsupported(content: bytes) -> Rejected:
    try:
        found = puremagic.from_string(content, mime=True) or "unknown"
    except (puremagic.PureError, ValueError):
        found = "unknown"
    return Rejected(
        Problem(
            "media_type_unsupported",
            f"documents of the type {found} cannot be read here",
            f"send the document as {READABLE}",
        )
    )
