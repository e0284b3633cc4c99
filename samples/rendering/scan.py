"""Pictures of notes: scans, a screenshot, a photocopy and a fax. Without any text that a machine could just copy."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from rendering.note import Kind, lines_of

_FONTS = Path(reportlab.__file__).parent / "fonts"
_PAGE_INCHES = (8.5, 11.0)
_LINES_PER_PAGE = 34


def _pages(text: str, dpi: int, lines_per_page: int = _LINES_PER_PAGE) -> list[Image.Image]:
    """White pages in grey, 11 point type, a new page after so many lines."""
    width = (_PAGE_INCHES[0] - 1.4) * dpi
    plain = ImageFont.truetype(str(_FONTS / "Vera.ttf"), round(10.5 * dpi / 72))
    bold = ImageFont.truetype(str(_FONTS / "VeraBd.ttf"), round(10.5 * dpi / 72))
    pages: list[Image.Image] = []
    row = lines_per_page
    for line in lines_of(text):
        font = bold if line.kind in (Kind.LETTERHEAD, Kind.HEADING) else plain
        for part in _wrapped(f"- {line.text}" if line.kind is Kind.ITEM else line.text, font, width):
            if row == lines_per_page:
                pages.append(Image.new("L", (round(_PAGE_INCHES[0] * dpi), round(_PAGE_INCHES[1] * dpi)), 255))
                row = 0
            ImageDraw.Draw(pages[-1]).text((0.7 * dpi, (0.8 + row * 0.215) * dpi), part, font=font, fill=20)
            row += 1
    return pages


def _wrapped(content: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    parts: list[str] = []
    for word in content.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and font.getlength(longer) <= width:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def _aged(page: Image.Image, seed: int, *, skew: float, blur: float, noise: float) -> Image.Image:
    """Slightly skewed, soft and grainy, as a feeder and a lamp make it."""
    turned = page.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(blur))
    grain = np.random.default_rng(seed).normal(0, noise, (turned.height, turned.width))
    return Image.fromarray(np.clip(np.asarray(turned, dtype=np.float64) - 6 + grain, 0, 255).astype(np.uint8))


def scanned_pdf(text: str) -> bytes:
    """A PDF of page images at 150 dpi."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    for seed, page in enumerate(_pages(text, 150)):
        picture = BytesIO()
        _aged(page, seed, skew=0.4, blur=0.5, noise=4).save(picture, "JPEG", quality=45)
        canvas.drawImage(ImageReader(picture), 0, 0, *letter)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def screenshot_png(text: str) -> bytes:
    """One clean page at 120 dpi in sixteen greys."""
    (page,) = _pages(text, 120, lines_per_page=45)
    out = BytesIO()
    page.quantize(16).save(out, "PNG", dpi=(120, 120), optimize=True)
    return out.getvalue()


def photocopy_jpeg(text: str) -> bytes:
    """One page, copied with a shadow along one edge."""
    (page,) = _pages(text, 150, lines_per_page=45)
    aged = np.asarray(_aged(page, 7, skew=-0.8, blur=0.6, noise=5), dtype=np.float64)
    shadow = np.linspace(0.72, 1.0, aged.shape[1]) ** 0.5
    out = BytesIO()
    Image.fromarray((aged * shadow).astype(np.uint8)).save(out, "JPEG", quality=50, dpi=(150, 150))
    return out.getvalue()


def rotated_fax(text: str) -> bytes:
    """One page in black and white with lost and stray dots, fed in sideways: 204 by 196 dots to the inch, Group 4."""
    (page,) = _pages(text, 204, lines_per_page=45)
    worn = _aged(page, 11, skew=0.6, blur=1.1, noise=28)
    narrowed = worn.resize((worn.width, round(worn.height * 196 / 204)), Image.Resampling.BICUBIC)
    dots = np.asarray(narrowed) > 150
    generator = np.random.default_rng(12)
    dots ^= generator.random(dots.shape) < 0.004
    out = BytesIO()
    sideways = Image.fromarray(dots).convert("1").transpose(Image.Transpose.ROTATE_90)
    sideways.save(out, "TIFF", compression="group4", dpi=(196, 204))
    return out.getvalue()
