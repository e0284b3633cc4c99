"""PDF: each page by its text layer where that can be used, else rendered and read by OCR."""

from __future__ import annotations

import numpy as np
import pypdfium2

from chartstream.errors import Problem, Rejected
from chartstream.extraction.drawing import Drawing, drawing_of
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.image import MAX_PIXELS
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.readtext import PageFacts
from chartstream.extraction.scanned import scanned_page
from chartstream.extraction.textlayer import TextLayer, text_layer

RENDER_DPI = 200
"""Resolution at which pages are rendered for OCR: less loses small print, more only costs time."""

POINTS_PER_INCH = 72
TEXT_LAYER = "text-layer"
"""Engine of a page that needed no recognition."""

SCAN_COVERAGE = 0.6
SCAN_MAX_CHARACTERS = 200
MIN_CHARACTERS = 25


def pdf_pages(content: bytes, ocr: OcrEngine) -> list[PageContent]:
    """Read every page; sizes and boxes in points of the page as displayed.

    Raises ``Rejected`` (``document_unreadable``) when PDFium cannot open the file or a page of it.
    """
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            return [_read_page(document[index], ocr, index + 1) for index in range(len(document))]
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


def _read_page(page: pypdfium2.PdfPage, ocr: OcrEngine, number: int) -> PageContent:
    layer = text_layer(page)
    drawing = drawing_of(page)
    width, height = page.get_size()
    if _usable(layer, drawing):
        facts = PageFacts(number, width, height, "pt", 0, TEXT_LAYER)
        return PageContent(facts, layer.upright, drawing.rulings, layer.turned)
    dpi = min(RENDER_DPI, POINTS_PER_INCH * (MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    image = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    return scanned_page(image, ocr, number, unit="pt", scale=POINTS_PER_INCH / dpi)


def _usable(layer: TextLayer, drawing: Drawing) -> bool:
    """Whether the text layer says what a reader of the page sees.

    It does not when there is next to nothing of it, when characters lack a meaning, when it is drawn invisibly (the
    guess of some earlier OCR under a scan), or when it is a stamp upon a page that is one large picture.
    """
    visible = len(layer.characters)
    if visible < MIN_CHARACTERS or layer.unmapped > 0.02 * visible or layer.hidden > visible:
        return False
    return visible >= SCAN_MAX_CHARACTERS or drawing.picture_share <= SCAN_COVERAGE
