"""Whether the text layer of a PDF page says what a reader of the page sees."""

from __future__ import annotations

import numpy as np
import pypdfium2

from chartstream.extraction.drawing import Drawing
from chartstream.extraction.textlayer import TextLayer

MIN_CHARACTERS = 25
"""Fewer are no page, if something else is drawn on it that may hold text."""

_PICTURE = 0.02  # of the page: smaller pictures are logos
_SHAPES = 40  # paths: letters drawn as outlines
_LARGE_PICTURE = 0.25  # of the page: may be a scan with typing on it
_UNMAPPED = 0.02  # of the characters
_COMMON = frozenset("etaoinsr")  # the commonest letters of English, Spanish and their neighbours alike
_LEAST_COMMON = 0.42  # of ASCII letters; text has 0.55 to 0.7, letters shifted by some places 0.2 to 0.35
_FEWEST_LETTERS = 80  # below, the share says nothing
_LEAST_ALPHANUMERIC = 0.6  # of all characters
_UNREAD = 0.3  # of the page's ink outside of the text layer's words
_WHOLE_PICTURE = 0.6  # of the page: it is a scan,
_STAMP = 200  # and no more characters than these are a fax machine's or an archive's line on it
_INK_SCALE = 1.0  # pixels a point
_INK = 170  # grey level below which a pixel is ink


def is_usable(page: pypdfium2.PdfPage, layer: TextLayer, drawing: Drawing) -> bool:
    """Whether the words of the layer can stand for the page.

    They cannot when there are next to none beside pictures or outlines, when characters lack a meaning or are the
    wrong ones, when most are drawn invisibly (the guess of some earlier OCR under a scan), or when they are typing
    upon a scan that has words of its own.
    """
    text = layer.characters
    if not text or layer.hidden > len(text) or layer.unmapped > _UNMAPPED * len(text) or _garbled(text):
        return False
    if len(text) < MIN_CHARACTERS and (drawing.picture_share > _PICTURE or drawing.shapes > _SHAPES or layer.turned):
        return False
    if drawing.picture_share > _WHOLE_PICTURE and len(text) < _STAMP:
        return False
    return drawing.picture_share <= _LARGE_PICTURE or _unread_ink(page, layer) <= _UNREAD


def _garbled(text: str) -> bool:
    """Whether these are no letters of a text: codes of a font taken for characters, or one encoding for another."""
    letters = [c for c in text.lower() if "a" <= c <= "z"]
    if sum(c.isalnum() for c in text) < _LEAST_ALPHANUMERIC * len(text) and len(text) >= _FEWEST_LETTERS:
        return True
    return len(letters) >= _FEWEST_LETTERS and sum(c in _COMMON for c in letters) < _LEAST_COMMON * len(letters)


def _unread_ink(page: pypdfium2.PdfPage, layer: TextLayer) -> float:
    """The share of dark pixels that no word of the layer covers, 0 to 1."""
    bitmap = page.render(scale=_INK_SCALE, grayscale=True)
    ink = bitmap.to_numpy().reshape(bitmap.height, bitmap.width) < _INK
    total = int(np.count_nonzero(ink))
    for fragment in (*layer.upright, *layer.turned):
        box = fragment.box.scaled(_INK_SCALE)
        ink[max(int(box.y0) - 1, 0) : int(box.y1) + 2, max(int(box.x0) - 1, 0) : int(box.x1) + 2] = False
    return int(np.count_nonzero(ink)) / total if total else 0.0
