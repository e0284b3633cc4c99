"""Page images for the eye: upright, small enough for one file, as data URIs."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO

import numpy as np
import pypdfium2
from PIL import Image, ImageOps, ImageSequence

from chartstream.events.extraction import Page

DPI = 110
MAX_SIDE = 1700
"""Pixels of the longer side, at most: a letter page at 150 dpi, more than a screen shows."""

_POINTS_PER_INCH = 72
_QUALITY = 78
_COLOURLESS = 24  # a scanner's grey page is off by less in every channel
# PIL turns counter-clockwise, pages are turned clockwise.
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def page_pictures(content: bytes, media_type: str, pages: Sequence[Page]) -> Mapping[int, str]:
    """Data URIs of JPEG images by page number, turned upright and in the proportions of the page as it was read.

    Empty for documents whose format knows no pages. ``content`` is a document that extraction has read.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if not pages:
        return {}
    if kind == "application/pdf":
        frames = _pdf_frames(content)
    elif kind.startswith("image/"):
        frames = _image_frames(content)
    else:
        return {}
    return {page.number: _data_uri(_upright(frame, page)) for page, frame in zip(pages, frames, strict=False)}


def _pdf_frames(content: bytes) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        for page in document:
            scale = min(DPI / _POINTS_PER_INCH, MAX_SIDE / max(page.get_size()))
            yield page.render(scale=scale, may_draw_forms=True).to_pil()
    finally:
        document.close()


def _image_frames(content: bytes) -> Iterator[Image.Image]:
    with Image.open(BytesIO(content)) as file:
        for frame in ImageSequence.Iterator(file):
            # Black and white would lose its thin strokes when it is made smaller.
            yield ImageOps.exif_transpose(frame).convert("RGB")


def _upright(frame: Image.Image, page: Page) -> Image.Image:
    turned = frame.transpose(_TURNS[page.rotation]) if page.rotation in _TURNS else frame
    # Faxes have fewer rows than columns to the inch: the page's proportions count, not the file's.
    height_of_width = page.height / page.width
    width = min(turned.width, MAX_SIDE, round(MAX_SIDE / height_of_width))
    return turned.convert("RGB").resize((width, max(1, round(width * height_of_width))), Image.Resampling.LANCZOS)


def _data_uri(picture: Image.Image) -> str:
    out = BytesIO()
    (picture if _coloured(picture) else picture.convert("L")).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def _coloured(picture: Image.Image) -> bool:
    channels = np.asarray(picture.reduce(4), dtype=np.int16)
    return int(np.ptp(channels, axis=2).max()) > _COLOURLESS
