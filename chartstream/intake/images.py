"""Checks of images: PNG, JPEG, TIFF."""

from __future__ import annotations

import struct
from io import BytesIO

import cv2
import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from chartstream.errors import Problem, Rejected
from chartstream.intake.findings import Findings
from chartstream.intake.lettering import Grey
from chartstream.intake.pages import LARGEST_PAGE_INCHES, PageJudge
from chartstream.intake.policy import Check

_FORMATS = ("PNG", "JPEG", "TIFF")
_QUARTERS = {3: 2, 6: 3, 8: 1}  # EXIF orientation to quarter turns against the clock that put the page upright
# All of these come out of Pillow's decoders for a file that ends early or whose bytes were changed.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def check_image(content: bytes, findings: Findings) -> int:
    """Complete to the last row of every page, not too large, not all blank, fine and clear enough to be read."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as file:
            return _check_pages(file, findings)
    except UnidentifiedImageError as error:
        raise _broken("document_unreadable", "the image's header is damaged") from error
    except Image.DecompressionBombError as error:
        raise Rejected(
            Problem("document_too_large", "the picture is absurdly large", "scan at 200 to 300 dpi and submit again")
        ) from error
    except _DAMAGED as error:
        raise _broken("document_truncated", "the image is cut short or damaged") from error


def _check_pages(file: Image.Image, findings: Findings) -> int:
    count: int = getattr(file, "n_frames", 1)
    findings.add(Check.PAGE_COUNT, count)
    judge = PageJudge(findings)
    for number in range(1, count + 1):
        file.seek(number - 1)
        findings.require(Check.PAGE_PIXELS, file.width * file.height, number)
        file.load()
        turn = _QUARTERS.get(file.getexif().get(ExifTags.Base.Orientation, 1), 0)
        findings.add(Check.ROTATION_STATED, turn * 90, number)
        grey, dpi = _square(_grey(file), _stated_dpi(file))
        judge.add_image(number, np.ascontiguousarray(np.rot90(grey, turn)), dpi)
    judge.finish(count)
    return count


def _grey(file: Image.Image) -> Grey:
    """The page in grey, upon white paper where it is transparent."""
    if file.has_transparency_data:
        paper = Image.new("RGBA", file.size, "white")
        paper.alpha_composite(file.convert("RGBA"))
        return np.asarray(paper.convert("L"))
    return np.asarray(file.convert("L"))


def _stated_dpi(file: Image.Image) -> tuple[float, float] | None:
    """Dots per inch across and down, where the file states what can be true."""
    across, down = (float(value) for value in file.info.get("dpi", (0.0, 0.0)))
    if across > 1 and down > 1 and max(file.width / across, file.height / down) <= LARGEST_PAGE_INCHES:
        return across, down
    return None


def _square(grey: Grey, dpi: tuple[float, float] | None) -> tuple[Grey, float | None]:
    """The page with as many dots to the inch down as across, the fewer of the two: faxes have 204 to 98."""
    if dpi is None:
        return grey, None
    across, down = dpi
    least = min(across, down)
    size = (round(grey.shape[1] * least / across), round(grey.shape[0] * least / down))
    if min(size) < 1 or size == (grey.shape[1], grey.shape[0]):
        return grey, least
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA), least


def _broken(code: str, message: str) -> Rejected:
    return Rejected(Problem(code, message, "scan or export the document again and compare its size after transfer"))
