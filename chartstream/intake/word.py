"""Checks of Word files (DOCX)."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError

from chartstream.errors import Problem, Rejected
from chartstream.intake.findings import Findings
from chartstream.intake.media import DAMAGED_ARCHIVE
from chartstream.intake.policy import Check

_MACROS = "vbaproject.bin"
_MACRO_TYPE = b"macroEnabled"
_TYPES = "[Content_Types].xml"
_DOCUMENT = "word/document.xml"
# What python-docx raises for parts that do not fit together.
_DAMAGED_PACKAGE = (PackageNotFoundError, KeyError, IndexError, AttributeError, TypeError, SyntaxError)
_MARKUP = (".xml", ".rels")
# A document type can define entities that unpack to gigabytes, or that name files; Word writes none.
_DECLARATIONS = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)


def check_word(content: bytes, findings: Findings) -> None:
    """Whole, well-formed, without macros or entities, of bearable size when unpacked, with text. Pages exist only once
    printed.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_sizes(archive, findings)
            _check_parts(archive)
        docx.Document(BytesIO(content))  # as extraction opens it
    except (*DAMAGED_ARCHIVE, *_DAMAGED_PACKAGE) as error:
        raise _unreadable() from error


def _check_sizes(archive: ZipFile, findings: Findings) -> None:
    """From the directory alone: zipfile unpacks no more of a part than is stated there."""
    parts = archive.infolist()
    findings.add(Check.PARTS, len(parts))
    findings.add(Check.UNPACKED_SIZE, sum(part.file_size for part in parts))
    findings.add(
        Check.BODY_SIZE,
        max((part.file_size for part in parts if part.filename.lower().endswith(_MARKUP)), default=0),
    )


def _check_parts(archive: ZipFile) -> None:
    names = archive.namelist()
    if any(name.lower().endswith(_MACROS) for name in names):
        raise _macros()
    # Every part is read, since only reading shows whether its checksum holds.
    if archive.testzip() is not None:
        raise _unreadable()
    for name in names:
        if name.lower().endswith(_MARKUP):
            part = archive.read(name)
            if any(mark in part for mark in _DECLARATIONS):
                raise _unreadable()
            if name == _TYPES and _MACRO_TYPE in part:
                raise _macros()
            if name == _DOCUMENT and b"<w:t" not in part:
                raise Rejected(
                    Problem("document_empty", "the Word file holds no text", "submit the note with its text")
                )


def _macros() -> Rejected:
    return Rejected(Problem("document_has_macros", "the Word file carries macros", "save it as .docx without macros"))


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "document_unreadable",
            "a part of the Word file is damaged",
            "open and save the document in Word, then submit it again",
        )
    )
