"""Small valid files of the formats that have pages, and Word and plain text: what the fuzzer begins with."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_FONTS = Path(reportlab.__file__).parent / "fonts"
_LINES = (
    "Progress note, 2 March 2026",
    "Assessment: acute bronchitis,",
    "temperature 38.4 C, lungs clear.",
    "Plan: rest, fluids, return if",
    "short of breath. Follow up in",
    "ten days with Dr. Adeyemi.",
)


def seeds() -> dict[str, bytes]:
    """Name to content: PDF (text, two pages of scans), PNG, JPEG, TIFF (grey, fax of two pages), DOCX, text."""
    page = note_page(100)
    return {
        "pdf": pdf_file(),
        "pdf-scan": pdf_file(scan=page),
        "png": image_file(page, "PNG"),
        "jpeg": image_file(page, "JPEG"),
        "tiff": image_file(page, "TIFF"),
        "tiff-fax": image_file(
            page.convert("1"), "TIFF", save_all=True, append_images=[page.convert("1")], compression="group4"
        ),
        "docx": word_file(),
        "text": "\n".join(_LINES).encode(),
        "text-utf16": "\n".join(_LINES).encode("utf-16"),
    }


def note_page(dpi: int) -> Image.Image:
    """A sheet of three by two inches with a note in 11 point print."""
    page = Image.new("L", (3 * dpi, 2 * dpi), 255)
    font = ImageFont.truetype(str(_FONTS / "Vera.ttf"), round(11 * dpi / 72))
    for row, line in enumerate(_LINES):
        ImageDraw.Draw(page).text((0.15 * dpi, (0.2 + 0.25 * row) * dpi), line, font=font, fill=20)
    return page


def image_file(page: Image.Image, form: str, **options: Any) -> bytes:
    """The page in a format of Pillow's, which states its resolution."""
    out = BytesIO()
    page.save(out, form, dpi=(100, 100), **options)
    return out.getvalue()


def pdf_file(scan: Image.Image | None = None) -> bytes:
    """A PDF of two pages: with a text layer, or with a scan upon each."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(216, 144), pageCompression=1)
    for _ in range(2):
        if scan is not None:
            canvas.drawImage(ImageReader(scan), 0, 0, 216, 144)
        else:
            for row, line in enumerate(_LINES):
                canvas.drawString(12, 120 - 18 * row, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word_file() -> bytes:
    """A Word file with a heading, a paragraph and a table."""
    document = docx.Document()
    document.add_heading("Assessment")
    document.add_paragraph(" ".join(_LINES))
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "Potassium", "3.1 mmol/L"
    out = BytesIO()
    document.save(out)
    return out.getvalue()
