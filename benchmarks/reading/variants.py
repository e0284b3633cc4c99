"""What scanners, fax machines and telephones do to a page. All start from the page in grey at 300 dpi."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
"""Shape (height, width), 0 black to 255 white."""

Matrix = NDArray[np.float64]
"""Shape (3, 3): from points of the page (origin upper left) to pixels of the picture, homogeneous."""

MASTER_DPI = 300
_SCAN_DPI = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a file, where its points went, and its width and height in pixels."""

    content: bytes
    media_type: str
    matrix: Matrix
    size: tuple[float, float]


Variant = Callable[[Grey, int, np.random.Generator], Picture]
"""Master, a number of the page's own (for what alternates between pages) and a generator seeded for it."""


def clean(master: Grey, _: int, __: np.random.Generator) -> Picture:
    """200 dpi, grey."""
    return _png(_scan(master), _scaling(_SCAN_DPI), _SCAN_DPI)


def rotated(master: Grey, index: int, _: np.random.Generator) -> Picture:
    """Clean, turned by 90, 180 or 270 degrees."""
    page, matrix = _scan(master), _scaling(_SCAN_DPI)
    for _turn in range(1 + index % 3):
        height = page.shape[0]
        page = np.rot90(page, -1).copy()
        matrix = np.array([[0, -1, height - 1], [1, 0, 0], [0, 0, 1.0]]) @ matrix
    return _png(page, matrix, _SCAN_DPI)


def skewed(master: Grey, index: int, draw: np.random.Generator) -> Picture:
    """Clean, turned by 1 to 5 degrees to either side."""
    page = _scan(master)
    degrees = (-1 if index % 2 else 1) * draw.uniform(1, 5)
    return _png(*_warped(page, _turning(page, degrees), _scaling(_SCAN_DPI), page.shape[::-1], 255), _SCAN_DPI)


def noisy(master: Grey, _: int, draw: np.random.Generator) -> Picture:
    """200 dpi with grain (sigma 22), 0.8 % of salt and pepper, and JPEG at quality 30."""
    page = _scan(master).astype(np.float64) * 0.9 + 12
    page += draw.normal(0, 22, page.shape)
    specks = draw.random(page.shape)
    page[specks < 0.004], page[specks > 0.996] = 0, 255
    return _jpeg(np.clip(page, 0, 255).astype(np.uint8), _scaling(_SCAN_DPI), 30, _SCAN_DPI)


def coarse(master: Grey, _: int, __: np.random.Generator) -> Picture:
    """72 dpi, as a thumbnail or a bad export."""
    return _png(_reduced(master, 72, 72), _scaling(72), 72)


def fax(master: Grey, index: int, draw: np.random.Generator) -> Picture:
    """One bit a pixel: fine resolution (204 by 196), dithered; every third page standard (204 by 98), with lost dots.

    Dithered means that paper is not quite white, as a fax machine sees it: error diffusion scatters dots over it.
    """
    standard = index % 3 == 2
    down = 98 if standard else 196
    page = _reduced(master, 204, down).astype(np.float64)
    if standard:
        black = page < 150
        black &= draw.random(page.shape) > 0.04
    else:
        grey = np.clip(page * 0.93 + draw.normal(0, 6, page.shape), 0, 255).astype(np.uint8)
        black = ~np.asarray(Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG), dtype=bool)
    out = BytesIO()
    Image.fromarray(~black).save(out, "TIFF", compression="group4", dpi=(204, down))
    return Picture(out.getvalue(), "image/tiff", np.diag([204 / 72, down / 72, 1.0]), black.shape[::-1])


def photo(master: Grey, _: int, draw: np.random.Generator) -> Picture:
    """A telephone's photograph of a sheet on a table: perspective, uneven light, a little blur, JPEG."""
    page = _scan(master)
    height, width = page.shape
    room = round(0.06 * width)
    size = (width + 2 * room, height + 2 * room)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = (corners + room + draw.uniform(-0.03, 0.03, (4, 2)) * width).astype(np.float32)
    taken, matrix = _warped(page, cv2.getPerspectiveTransform(corners, moved), _scaling(_SCAN_DPI), size, 70)
    taken = cv2.GaussianBlur(taken, (0, 0), draw.uniform(0.7, 1.2))
    ys, xs = np.mgrid[0 : size[1], 0 : size[0]]
    lamp = (draw.uniform(0.1, 0.9) * size[0], draw.uniform(0.1, 0.9) * size[1])
    distance = np.hypot(xs - lamp[0], ys - lamp[1]) / np.hypot(*size)
    lit = taken * (1.02 - 0.5 * distance) + draw.normal(0, 4, taken.shape)
    return _jpeg(np.clip(lit, 0, 255).astype(np.uint8), matrix, 75, _SCAN_DPI)


VARIANTS: dict[str, Variant] = {
    "clean": clean,
    "rotated": rotated,
    "skewed": skewed,
    "noisy": noisy,
    "72dpi": coarse,
    "fax": fax,
    "photo": photo,
}


def _scan(master: Grey) -> Grey:
    return _reduced(master, _SCAN_DPI, _SCAN_DPI)


def _reduced(master: Grey, across: int, down: int) -> Grey:
    height, width = master.shape
    size = (round(width * across / MASTER_DPI), round(height * down / MASTER_DPI))
    return np.asarray(cv2.resize(master, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _scaling(dpi: float) -> Matrix:
    return np.diag([dpi / 72, dpi / 72, 1.0])


def _turning(page: Grey, degrees: float) -> Matrix:
    height, width = page.shape
    return np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), [0, 0, 1]])


def _warped(page: Grey, by: Matrix, matrix: Matrix, size: tuple[int, ...], paper: int) -> tuple[Grey, Matrix]:
    moved = cv2.warpPerspective(
        page, by, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
    )
    return np.asarray(moved, dtype=np.uint8), by @ matrix


def _png(page: Grey, matrix: Matrix, dpi: int) -> Picture:
    out = BytesIO()
    Image.fromarray(page).save(out, "PNG", dpi=(dpi, dpi), compress_level=3)
    return Picture(out.getvalue(), "image/png", matrix, page.shape[::-1])


def _jpeg(page: Grey, matrix: Matrix, quality: int, dpi: int) -> Picture:
    out = BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return Picture(out.getvalue(), "image/jpeg", matrix, page.shape[::-1])
