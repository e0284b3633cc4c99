"""What speaks for it that a page was read badly: what an engine knows of its reading, and what it left unread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.fragments import Box, Fragment, Word

_WIDTH = 850  # letter at 100 dpi: strokes are two pixels wide, and a page takes some ten milliseconds
_SPECK = 14  # square pixels there; smaller is dust, the dots of a dithered fax and full stops
_RULE = 60  # pixels; a stroke as long and straight is a ruled line

_LETTERS_OF_A_LINE = 10  # units, initials and page numbers are shorter, and often doubtful where all is well

_MIXED = re.compile(r"[^\W\d_]{2,}\d[^\W\d_]{2,}")
_NO_VOWEL = re.compile(r"^[bcdfghjklmnpqrstvwxz]{4,}$", re.IGNORECASE)
_CROWD = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}|(.)\1\1", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Measures of one reading, from 0 to 1 but for the number of lines.

    ``mean``: mean score of the words, weighted by their letters; 1 for a page without words. ``doubtful``: share of
    letters in words below a bound. ``shapeless``: share of letters in words that no language would form ("Hyprtnsn",
    "hypert3nsion"). ``unread_ink``: share of the inked area, without ruled lines and dust, where no word was found:
    stamps, drawings, handwriting that was taken for none. ``doubtful_lines``: how many lines of some words have a mean
    score below the bound: remarks by hand are few and short, and vanish among a page's letters.
    """

    mean: float
    doubtful: float
    shapeless: float
    unread_ink: float
    doubtful_lines: int = 0


def doubt_of(page: OcrPage, doubtful_below: float) -> Doubt:
    """The measures of a page; ``doubtful_below`` is the score below which a word or line is doubtful."""
    words = [word for fragment in page.fragments for word in fragment.words]
    letters = sum(len(word.text) for word in words)
    if not letters:
        return Doubt(1.0, 0.0, 0.0, _unread_ink(page.image, ()))
    return Doubt(
        mean=sum(word.confidence * len(word.text) for word in words) / letters,
        doubtful=_share([word for word in words if word.confidence < doubtful_below], letters),
        shapeless=_share([word for word in words if is_shapeless(word.text)], letters),
        unread_ink=_unread_ink(page.image, [word.box for word in words]),
        doubtful_lines=sum(1 for line in page.fragments if _is_doubtful(line, doubtful_below)),
    )


def is_shapeless(word: str) -> bool:
    """Whether a word has the shape of a misreading. Abbreviations in capitals and numbers with units have not."""
    core = word.strip(".,;:()[]'\"/-")
    if _MIXED.search(core):
        return True
    return not core.isupper() and bool(_NO_VOWEL.match(core) or _CROWD.search(core))


def _is_doubtful(line: Fragment, bound: float) -> bool:
    letters = sum(len(word.text) for word in line.words)
    mean = sum(word.confidence * len(word.text) for word in line.words) / letters
    return letters >= _LETTERS_OF_A_LINE and mean < bound


def _share(words: Sequence[Word], letters: int) -> float:
    return sum(len(word.text) for word in words) / letters


def _unread_ink(image: Image, boxes: Sequence[Box]) -> float:
    factor = min(1.0, _WIDTH / image.shape[1])
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    ink = _strokes(grey)
    total = int(np.count_nonzero(ink))
    # Less than a signature's worth of ink says nothing.
    if total < 200:
        return 0.0
    for box in boxes:
        margin = 0.25 * min(box.height, box.width)
        left, top = max(0.0, box.x0 - margin) * factor, max(0.0, box.y0 - margin) * factor
        ink[int(top) : int((box.y1 + margin) * factor) + 1, int(left) : int((box.x1 + margin) * factor) + 1] = 0
    return int(np.count_nonzero(ink)) / total


def _strokes(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """255 where there is ink, whatever the light; ruled lines and dust left out."""
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 25)
    for shape in ((_RULE, 1), (1, _RULE)):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        ink = cv2.subtract(ink, cv2.dilate(lines, np.ones((3, 3), np.uint8)))
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = statistics[:, cv2.CC_STAT_AREA] >= _SPECK
    large[0] = False
    return np.where(large[labels], 255, 0).astype(np.uint8)
