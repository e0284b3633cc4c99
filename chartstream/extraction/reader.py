"""From bytes to text, by media type."""

from __future__ import annotations

from collections.abc import Callable

from chartstream.errors import Problem, Rejected
from chartstream.extraction.cda import read_cda
from chartstream.extraction.engines.engine import OcrEngine, for_document
from chartstream.extraction.hl7text import read_hl7
from chartstream.extraction.image import image_pages
from chartstream.extraction.layout.assemble import read_text
from chartstream.extraction.paragraphs import read_doc, read_rtf
from chartstream.extraction.pdf import pdf_pages
from chartstream.extraction.plain import read_plain
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.word import read_word
from chartstream.formats.media_types import CDA, DOC, DOCX, HL7, JPEG, PDF, PNG, READABLE, RTF, TEXT, TIFF

IMAGES = frozenset({PNG, JPEG, TIFF})
PAGED = IMAGES | {PDF}
"""Types whose pages may be images."""

_UNPAGED: dict[str, Callable[[bytes], ReadText]] = {
    TEXT: read_plain,
    DOCX: read_word,
    DOC: read_doc,
    RTF: read_rtf,
    HL7: read_hl7,
    CDA: read_cda,
}


def read(content: bytes, media_type: str, ocr: OcrEngine) -> ReadText:
    """The text of a document that intake has accepted, with lines and pages.

    ``media_type`` is what intake found, parameters (``; charset=``) are ignored. ``ocr`` is asked only for pages that
    are images. Raises ``Rejected`` for a type that cannot be read and for text in no known encoding.
    """
    kind = kind_of(media_type)
    if kind in _UNPAGED:
        return _UNPAGED[kind](content)
    if kind == PDF:
        return read_text(pdf_pages(content, for_document(ocr)))
    if kind in IMAGES:
        return read_text(image_pages(content, for_document(ocr)))
    raise Rejected(
        Problem(
            "media_type_unsupported",
            f"documents of the type {kind} cannot be read",
            f"send the document as {READABLE}",
        )
    )


def kind_of(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()
