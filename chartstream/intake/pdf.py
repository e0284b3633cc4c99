"""Checks of PDF files."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pypdfium2
from pypdfium2 import raw

from chartstream.errors import Problem, Rejected
from chartstream.intake.findings import Findings
from chartstream.intake.lettering import Grey
from chartstream.intake.page_image import POINTS_PER_INCH
from chartstream.intake.pages import LARGEST_PAGE_INCHES, PageJudge
from chartstream.intake.pdf_hazards import check_hazards, count_objects
from chartstream.intake.policy import Check

_TAIL = 2048
_LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d+)")
_SCAN_SHARE = 0.5
_MEASURING_DPI = 110.0  # enough to measure a page, and half the time of 200
_LONGEST_PIXELS = 2500


def check_pdf(content: bytes, findings: Findings) -> int:
    """Complete, not locked, without scripts, every page loads, scanned pages fine and clear enough to be read."""
    _check_complete(content)
    count_objects(content, findings)
    document = _opened(content)
    try:
        count = len(document)
        if count == 0:
            raise Rejected(Problem("document_empty", "the PDF has no pages", "export the document again"))
        findings.add(Check.PAGE_COUNT, count)
        check_hazards(content, document, findings)
        judge = PageJudge(findings)
        for number in range(1, count + 1):
            _check_page(document[number - 1], number, findings, judge)
        judge.finish(count)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    finally:
        document.close()
    return count


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


def _check_page(page: pypdfium2.PdfPage, number: int, findings: Findings, judge: PageJudge) -> None:
    width, height = page.get_size()
    findings.require(Check.PAGE_INCHES, max(width, height) / POINTS_PER_INCH, number)
    findings.require(Check.PAGE_OBJECTS, raw.FPDFPage_CountObjects(page), number)
    findings.add(Check.ROTATION_STATED, page.get_rotation(), number)
    pictures = _pictures(page)
    for picture in pictures:
        findings.require(Check.PAGE_PIXELS, picture.pixels[0] * picture.pixels[1], number)
    text = _text(page)
    covered = sum(picture.points[0] * picture.points[1] for picture in pictures)
    if covered > _SCAN_SHARE * width * height:
        coarsest = min(picture.dpi for picture in pictures if picture.dpi is not None)
        dpi = min(_MEASURING_DPI, _LONGEST_PIXELS / max(width, height) * POINTS_PER_INCH)
        stated = coarsest if max(width, height) <= LARGEST_PAGE_INCHES * POINTS_PER_INCH else None
        judge.add_image(number, _rendered(page, dpi), stated, scale=coarsest / dpi)
    else:
        judge.add_text(text, tuple(picture.pixels for picture in pictures))
    page.close()


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture on a page: its size in pixels and as shown, in points."""

    pixels: tuple[int, int]
    points: tuple[float, float]

    @property
    def dpi(self) -> float | None:
        """Dots per inch along the coarser side, however the picture is turned; None for one without extent."""
        (narrow, wide), (few, many) = sorted(self.points), sorted(self.pixels)
        return min(few / narrow, many / wide) * POINTS_PER_INCH if narrow > 0 else None


def _pictures(page: pypdfium2.PdfPage) -> list[_Picture]:
    found = []
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        found.append(_Picture(picture.get_px_size(), (right - left, top - bottom)))
    return found


def _text(page: pypdfium2.PdfPage) -> str:
    layer = page.get_textpage()
    try:
        text: str = layer.get_text_range()
    finally:
        layer.close()
    return text


def _rendered(page: pypdfium2.PdfPage, dpi: float) -> Grey:
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, grayscale=True, may_draw_forms=False)
    return np.array(bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[:, :, 0], dtype=np.uint8)


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "document_unreadable",
            "the PDF cannot be opened or one of its pages is damaged",
            "export the document from its source again and submit it",
        )
    )
