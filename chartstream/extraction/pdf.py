"""PDF: each page by its text layer where that can be used, else rendered and read by OCR."""

from __future__ import annotations

import numpy as np
import pypdfium2
from pypdfium2 import raw

from chartstream.errors import Problem, Rejected
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.fragments import Fragment
from chartstream.extraction.image import MAX_PIXELS, add_rows, read_page_image
from chartstream.extraction.readtext import TextBuilder
from chartstream.extraction.textlayer import fragments_of

RENDER_DPI = 200
"""Resolution at which pages are rendered for OCR: less loses small print, more only costs time."""

POINTS_PER_INCH = 72
TEXT_LAYER = "text-layer"
"""Engine of a page that needed no recognition."""

SCAN_COVERAGE = 0.6
SCAN_MAX_CHARACTERS = 200
MIN_CHARACTERS = 25


def read_pdf(content: bytes, ocr: OcrEngine, builder: TextBuilder) -> None:
    """Read every page into the builder; sizes and boxes in points of the page as displayed.

    Raises ``Rejected`` (``document_unreadable``) when PDFium cannot open the file or a page of it.
    """
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            for number in range(len(document)):
                _read_page(document[number], ocr, builder)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise Rejected(
            Problem(
                "document_unreadable",
                "the PDF cannot be opened or one of its pages is damaged",
                "export the document from its source again and submit it",
            )
        ) from error


def _read_page(page: pypdfium2.PdfPage, ocr: OcrEngine, builder: TextBuilder) -> None:
    fragments = fragments_of(page)
    width, height = page.get_size()
    if _usable(page, fragments):
        add_rows(builder, fragments)
        builder.close_page(width, height, "pt", 0, TEXT_LAYER)
        return
    dpi = min(RENDER_DPI, POINTS_PER_INCH * (MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    image = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    read_page_image(image, ocr, builder, unit="pt", scale=POINTS_PER_INCH / dpi)


def _usable(page: pypdfium2.PdfPage, fragments: list[Fragment]) -> bool:
    """Whether the text layer says what a reader of the page sees.

    It does not when there is next to nothing of it, when characters lack a meaning, when it is drawn invisibly (the
    guess of some earlier OCR under a scan), or when it is a stamp upon a page that is one large picture.
    """
    text = "".join(f.text for f in fragments)
    visible = sum(1 for c in text if not c.isspace())
    if visible < MIN_CHARACTERS or _unmapped(text) > 0.02 * visible:
        return False
    if visible < SCAN_MAX_CHARACTERS and _picture_share(page) > SCAN_COVERAGE:
        return False
    return not _invisible(page)


def _unmapped(text: str) -> int:
    """Characters a broken font map leaves: replacement characters, controls and the private use area."""
    return sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c != "\t"))


def _picture_share(page: pypdfium2.PdfPage) -> float:
    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        covered += (right - left) * (top - bottom)
    return covered / float(width * height)


def _invisible(page: pypdfium2.PdfPage) -> bool:
    modes = [
        raw.FPDFTextObj_GetTextRenderMode(item)
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3)
    ]
    hidden = modes.count(raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return hidden > len(modes) / 2
