"""PDF: each page by its text layer where that can be used, else rendered and read by OCR."""

from __future__ import annotations

import numpy as np
import pypdfium2
from pypdfium2 import raw

from chartstream.errors import Problem, Rejected
from chartstream.extraction.drawing import drawing_of
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.image import MAX_PIXELS
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.readtext import PageFacts
from chartstream.extraction.scanned import scanned_page
from chartstream.extraction.textlayer import text_layer
from chartstream.extraction.usable import is_usable

RENDER_DPI = 200
"""Resolution at which pages are rendered for OCR: less loses small print, more only costs time."""

POINTS_PER_INCH = 72
TEXT_LAYER = "text-layer"
"""Engine of a page that needed no recognition."""

_FLATTENED = 1  # FLATTEN_SUCCESS of fpdf_flatten.h


def pdf_pages(content: bytes, ocr: OcrEngine) -> list[PageContent]:
    """Read every page; sizes and boxes in points of the page as displayed.

    Raises ``Rejected`` (``document_unreadable``) when PDFium cannot open the file or a page of it.
    """
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            if document.get_formtype() != raw.FORMTYPE_NONE:
                document.init_forms()  # draws the values of fields that have no appearance of their own
            return [_read_page(_opened(document, index), ocr, index + 1) for index in range(len(document))]
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


def _opened(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    """A page with the values of its form and its annotations as part of it: a reader sees them too."""
    page = document[index]
    if raw.FPDFPage_GetAnnotCount(page) > 0 and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == _FLATTENED:
        page.close()
        page = document[index]
    return page


def _read_page(page: pypdfium2.PdfPage, ocr: OcrEngine, number: int) -> PageContent:
    layer = text_layer(page)
    drawing = drawing_of(page)
    width, height = page.get_size()
    if is_usable(page, layer, drawing):
        facts = PageFacts(number, width, height, "pt", 0, TEXT_LAYER)
        return PageContent(facts, layer.upright, drawing.rulings, layer.turned)
    dpi = min(RENDER_DPI, POINTS_PER_INCH * (MAX_PIXELS / (width * height)) ** 0.5)
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    image = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
    return scanned_page(image, ocr, number, unit="pt", scale=POINTS_PER_INCH / dpi)
