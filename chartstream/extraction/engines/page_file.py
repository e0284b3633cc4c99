"""A page as a file that travels to an engine elsewhere."""

from __future__ import annotations

from io import BytesIO

from PIL import Image as Pillow

from chartstream.extraction.engines.engine import Image

LARGE_FILE = 4_000_000
"""Bytes of PNG beyond which a page travels as JPEG."""


def page_file(image: Image) -> tuple[bytes, str]:
    """The page as a file, and its media type: PNG, which loses nothing, or JPEG where that would be large.

    Photographs and noisy scans are, and in them a JPEG of this quality loses no letter.
    """
    out = BytesIO()
    Pillow.fromarray(image).save(out, "PNG")
    if out.tell() <= LARGE_FILE:
        return out.getvalue(), "image/png"
    out = BytesIO()
    Pillow.fromarray(image).save(out, "JPEG", quality=92)
    return out.getvalue(), "image/jpeg"
