"""Checks of PDF files."""

from __future__ import annotations

import re

import pypdfium2
from pypdfium2 import raw

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.limits import Limits
from chartstream.intake.resolution import check_resolution

_TAIL = 2048
_LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d+)")
_SCAN_SHARE = 0.5
_POINTS_PER_INCH = 72


def check_pdf(content: bytes, limits: Limits) -> tuple[int, list[QualityCheck]]:
    """Complete, not locked, every page loads, not too many pages, scanned pages fine enough to be read."""
    _check_complete(content)
    document = _opened(content)
    try:
        count = len(document)
        if count == 0:
            raise Rejected(Problem("document_empty", "the PDF has no pages", "export the document again"))
        if count > limits.max_pages:
            raise Rejected(
                Problem(
                    "document_too_many_pages",
                    f"the PDF has {count} pages, the limit is {limits.max_pages}",
                    "send the documents of the encounter one by one",
                )
            )
        checks = _check_pages(document, count, limits)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    finally:
        document.close()
    return count, checks


def _check_complete(content: bytes) -> None:
    """A PDF ends with ``%%EOF``, and one made for the web states its length. Readers patch up what was cut off and
    show the pages that are left: a note without its last page would be coded as if whole.
    """
    stated = _LINEARIZED_LENGTH.search(content[:_TAIL])
    short = stated is not None and int(stated.group(1)) > len(content)
    if short or b"%%EOF" not in content[-_TAIL:]:
        raise Rejected(
            Problem(
                "document_truncated",
                "the PDF is cut short: its end is missing",
                "transfer the document again and compare its size with the original",
            )
        )


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise Rejected(
                Problem("document_encrypted", "the PDF is locked by a password", "remove the password and submit again")
            ) from error
        raise _unreadable() from error


def _check_pages(document: pypdfium2.PdfDocument, count: int, limits: Limits) -> list[QualityCheck]:
    resolutions = []
    for number in range(count):
        page = document[number]
        resolution = _scan_dpi(page)
        if resolution is not None:
            resolutions.append(resolution)
        page.close()
    checks = [
        QualityCheck(name="page_count", value=count, unit="page", verdict=Verdict.ACCEPT, message="within the limit"),
        QualityCheck(
            name="scanned_pages",
            value=len(resolutions),
            unit="page",
            verdict=Verdict.ACCEPT,
            message="pages that are mostly one picture",
        ),
    ]
    return checks + ([check_resolution(min(resolutions), limits, estimated=False)] if resolutions else [])


def _scan_dpi(page: pypdfium2.PdfPage) -> float | None:
    """Resolution of the picture that fills the page; None where the page is not a scan."""
    width, height = page.get_size()
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > _SCAN_SHARE * width * height:
            across, down = sorted(picture.get_px_size())
            narrow, wide = sorted((right - left, top - bottom))
            return float(min(across / narrow, down / wide)) * _POINTS_PER_INCH
    return None


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "document_unreadable",
            "the PDF cannot be opened or one of its pages is damaged",
            "export the document from its source again and submit it",
        )
    )
