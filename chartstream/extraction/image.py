"""Images: PNG, JPEG and TIFF with any number of pages, read by OCR."""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import BytesIO
from itertools import product

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, ImageSequence

from chartstream.extraction.engines.engine import Image, OcrEngine
from chartstream.extraction.layout.content import PageContent
from chartstream.extraction.scanned import scanned_page

MAX_PIXELS = 25_000_000
"""Pages are read at no more than this (letter at 500 dpi): beyond it letters gain nothing and memory is lost."""

_MOST_STRETCHED = 2.0  # doublings; resolutions further apart are a damaged header, not a fax


_DITHERED = 0.02
"""Share of the page's dots that stand alone; a worn fax has .005, a dithered one .07."""


def image_pages(content: bytes, ocr: OcrEngine) -> list[PageContent]:
    """Read every page of an image file; boxes and sizes in pixels of the page as it was read."""
    with Pillow.open(BytesIO(content)) as file:
        return [scanned_page(frame, ocr, number, unit="px", scale=1.0) for number, frame in enumerate(_frames(file), 1)]


def _frames(file: Pillow.Image) -> Iterator[Image]:
    for frame in ImageSequence.Iterator(file):
        upright = ImageOps.exif_transpose(frame)
        clean = _despeckled(upright) if upright.mode == "1" else upright
        yield np.asarray(_fitting(_square(clean, upright.info.get("dpi", (1.0, 1.0)))).convert("RGB"), dtype=np.uint8)


def _despeckled(frame: Pillow.Image) -> Pillow.Image:
    """A black and white page without stray dots: on the sample fax they cost half of all errors, lost list dashes above
    all. Only dots with at most one black neighbour go, and single white holes; strokes stay as they are. Where dots are
    all over the page, greys were scattered (dithered): they stay too, for the engine to melt them into greys again.
    """
    black = np.asarray(frame.convert("L")) < 128
    around = np.pad(black.astype(np.uint8), 1)
    height, width = black.shape
    count = np.zeros_like(around[1:-1, 1:-1])
    for y, x in product(range(3), repeat=2):
        count += around[y : y + height, x : x + width]
    if (black & (count <= 2)).mean() > _DITHERED:
        return frame.convert("L")
    kept = np.where(black, count > 2, count >= 8)
    return Pillow.fromarray(np.where(kept, 0, 255).astype(np.uint8))


def _square(frame: Pillow.Image, dpi: tuple[float, float]) -> Pillow.Image:
    """Faxes have fewer rows than columns to the inch (204 to 98): stretched until letters have their shape again."""
    across, down = (float(value) for value in dpi)
    if across <= 0 or down <= 0 or not 0.1 < abs(math.log2(across / down)) < _MOST_STRETCHED:
        return frame
    if across > down:
        return frame.resize((frame.width, round(frame.height * across / down)), Pillow.Resampling.BICUBIC)
    return frame.resize((round(frame.width * down / across), frame.height), Pillow.Resampling.BICUBIC)


def _fitting(frame: Pillow.Image) -> Pillow.Image:
    excess = (frame.width * frame.height / MAX_PIXELS) ** 0.5
    if excess <= 1:
        return frame
    return frame.resize((int(frame.width / excess), int(frame.height / excess)), Pillow.Resampling.BOX)
