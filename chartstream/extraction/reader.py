"""From bytes to text, by media type."""

from __future__ import annotations

from chartstream.errors import Problem, Rejected
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.image import read_image
from chartstream.extraction.pdf import read_pdf
from chartstream.extraction.plain import read_plain
from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.extraction.word import read_word

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IMAGES = frozenset({"image/png", "image/jpeg", "image/tiff"})
PAGED = IMAGES | {PDF}
"""Types whose pages may be images."""


def read(content: bytes, media_type: str, ocr: OcrEngine) -> ReadText:
    """The text of a document that intake has accepted, with lines and pages.

    ``media_type`` is what intake found, parameters (``; charset=``) are ignored. ``ocr`` is asked only for pages that
    are images. Raises ``Rejected`` for a type that cannot be read and for text in no known encoding.
    """
    kind = kind_of(media_type)
    if kind == "text/plain":
        return read_plain(content)
    if kind == DOCX:
        return read_word(content)
    builder = TextBuilder()
    if kind == PDF:
        read_pdf(content, ocr, builder)
    elif kind in IMAGES:
        read_image(content, ocr, builder)
    else:
        raise Rejected(
            Problem(
                "media_type_unsupported",
                f"documents of the type {kind} cannot be read",
                "send the document as PDF, DOCX, PNG, JPEG, TIFF or plain text",
            )
        )
    return builder.build()


def kind_of(media_type: str) -> str:
    """A media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()
