"""Checks of images: PNG, JPEG, TIFF."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import Image, ImageStat, UnidentifiedImageError

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.limits import Limits
from chartstream.intake.resolution import check_resolution

_LETTER_INCHES = 11.0
_LARGEST_PAGE_INCHES = 24.0
_BLANK_DEVIATION = 2.0
# All of these come out of Pillow's decoders for a file that ends early or whose bytes were changed.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def check_image(content: bytes, limits: Limits) -> tuple[int, list[QualityCheck]]:
    """Complete to the last row of every page, not too large, not all blank, fine enough to be read."""
    try:
        with Image.open(BytesIO(content)) as file:
            return _check_pages(file, limits)
    except UnidentifiedImageError as error:
        raise _broken("document_unreadable", "the image's header is damaged") from error
    except Image.DecompressionBombError as error:
        raise _too_large(limits) from error
    except _DAMAGED as error:
        raise _broken("document_truncated", "the image is cut short or damaged") from error


def _check_pages(file: Image.Image, limits: Limits) -> tuple[int, list[QualityCheck]]:
    count: int = getattr(file, "n_frames", 1)
    if count > limits.max_pages:
        raise Rejected(
            Problem(
                "document_too_many_pages",
                f"the image has {count} pages, the limit is {limits.max_pages}",
                "send the documents of the encounter one by one",
            )
        )
    blank = 0
    finest = []
    for number in range(count):
        file.seek(number)
        if file.width * file.height > limits.max_pixels_per_page:
            raise _too_large(limits)
        file.load()
        blank += ImageStat.Stat(file.convert("L")).stddev[0] < _BLANK_DEVIATION
        finest.append(_dpi(file))
    if blank == count:
        raise Rejected(Problem("document_empty", "every page is blank", "scan the printed side and submit again"))
    worst, measured = min(finest)
    return count, [
        QualityCheck(name="page_count", value=count, unit="page", verdict=Verdict.ACCEPT, message="within the limit"),
        QualityCheck(
            name="blank_pages", value=blank, unit="page", verdict=Verdict.ACCEPT, message="pages without print"
        ),
        check_resolution(worst, limits, estimated=not measured),
    ]


def _dpi(file: Image.Image) -> tuple[float, bool]:
    """Dots per inch along the coarser side, and whether the file says so; else as if it showed a whole page."""
    stated = min((float(value) for value in file.info.get("dpi", (0.0, 0.0))), default=0.0)
    longest = max(file.width, file.height)
    if stated > 1 and longest / stated <= _LARGEST_PAGE_INCHES:
        return stated, True
    return longest / _LETTER_INCHES, False


def _too_large(limits: Limits) -> Rejected:
    return Rejected(
        Problem(
            "document_too_large",
            f"a page has more than {limits.max_pixels_per_page} pixels",
            "scan at 200 to 300 dpi and submit again",
        )
    )


def _broken(code: str, message: str) -> Rejected:
    return Rejected(Problem(code, message, "scan or export the document again and compare its size after transfer"))
