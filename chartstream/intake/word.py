"""Checks of Word files (DOCX)."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.limits import Limits
from chartstream.intake.media import DAMAGED_ARCHIVE

_MACROS = "word/vbaProject.bin"
_DOCUMENT = "word/document.xml"


def check_word(content: bytes, limits: Limits) -> tuple[None, list[QualityCheck]]:
    """Whole, without macros, of bearable size when unpacked, and with some text. Pages exist only once printed."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return None, [_check_parts(archive, limits)]
    except DAMAGED_ARCHIVE as error:
        raise _unreadable() from error


def _check_parts(archive: ZipFile, limits: Limits) -> QualityCheck:
    unpacked = sum(item.file_size for item in archive.infolist())
    if unpacked > limits.max_unpacked_bytes:
        raise Rejected(
            Problem(
                "document_too_large",
                f"the Word file unpacks to {unpacked} bytes, the limit is {limits.max_unpacked_bytes}",
                "remove embedded pictures and submit again, or print it to PDF",
            )
        )
    if _MACROS in archive.namelist():
        raise Rejected(
            Problem("document_has_macros", "the Word file carries macros", "save it as .docx without macros")
        )
    # Every part is read, since only reading shows whether its checksum holds.
    if archive.testzip() is not None:
        raise _unreadable()
    body = archive.read(_DOCUMENT)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _unreadable()
    if b"<w:t" not in body:
        raise Rejected(Problem("document_empty", "the Word file holds no text", "submit the note with its text"))
    return QualityCheck(
        name="unpacked_size", value=unpacked, unit="byte", verdict=Verdict.ACCEPT, message="within the limit"
    )


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "document_unreadable",
            "a part of the Word file is damaged",
            "open and save the document in Word, then submit it again",
        )
    )
