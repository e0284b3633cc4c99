"""The text layer of a PDF page as words and fragments, in the page's coordinates as displayed."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw

from chartstream.extraction import pdfium
from chartstream.extraction.fragments import Box, Fragment, Word, enclosing

# PDFium's marks for a hyphen at the end of a line.
_LINE_HYPHENS = ("\x02", "\ufffe")
_SOFT_HYPHEN = "\u00ad"
_NOTHING = frozenset("\x00\u200b\u2060\ufeff")  # parts words, like white space
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a text layer holds.

    ``upright`` stands as the page is displayed, ``turned`` does not. ``hidden``: how many visible characters are drawn
    invisibly, and left out; ``unmapped``: how many a broken font map leaves without a meaning.
    """

    upright: tuple[Fragment, ...]
    turned: tuple[Fragment, ...]
    hidden: int
    unmapped: int

    @property
    def characters(self) -> str:
        """All characters of upright words."""
        return "".join(word.text for fragment in self.upright for word in fragment.words)


@dataclass(frozen=True, slots=True)
class _Run:
    """A word with its style; ``upright`` as the page is displayed."""

    word: Word
    bold: bool
    upright: bool
    hidden: bool


def text_layer(page: pypdfium2.PdfPage) -> TextLayer:
    """The words of a page with boxes in points from the upper left corner of the page as displayed.

    A fragment is words that follow one another on one line in one weight.
    """
    textpage = page.get_textpage()
    try:
        runs = list(_runs(page, textpage))
    finally:
        textpage.close()
    shown = [run for run in runs if not run.hidden]
    return TextLayer(
        upright=tuple(_grouped([run for run in shown if run.upright], _follows)),
        turned=tuple(_grouped([run for run in shown if not run.upright], _near)),
        hidden=sum(len(run.word.text) for run in runs if run.hidden),
        unmapped=sum(_unmapped(run.word.text) for run in shown),
    )


def _runs(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    count = textpage.count_chars()
    if count <= 0:
        return
    handle = pdfium.address(textpage)
    text = _characters(handle, count)
    boxes = _boxes(page, handle, count)
    stretches = list(_stretches(text, boxes))
    if not stretches:
        return
    rotation = math.radians(90 * (page.get_rotation() // 90))
    styles = _Styles()
    for (begin, end), box in zip(stretches, _around(boxes, stretches), strict=True):
        word = text[begin:end]
        if not word.isascii() or _LINE_HYPHENS[0] in word:
            word = "".join("-" if c in _LINE_HYPHENS or c == _SOFT_HYPHEN else c for c in word)
        bold, hidden = styles.of(pdfium.get_text_object(handle, begin))
        upright = math.cos(pdfium.get_angle(handle, begin) + rotation) > 0.99
        yield _Run(Word(word, box, 1.0), bold, upright, hidden)


def _around(boxes: NDArray[np.float64], stretches: list[tuple[int, int]]) -> Iterator[Box]:
    """The box of each stretch of characters."""
    # One row more, for a stretch that ends with the text: indices stand for the begin and the end of each.
    padded = np.vstack([boxes, boxes[-1:]])
    edges = np.array(stretches).ravel()
    least = np.minimum.reduceat(padded[:, :2], edges, axis=0)[::2]
    most = np.maximum.reduceat(padded[:, 2:], edges, axis=0)[::2]
    return (Box(*sides) for sides in np.hstack([least, most]).tolist())


def _characters(handle: int, count: int) -> str:
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.get_text(handle, 0, count, ctypes.addressof(buffer)) == count + 1:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", errors="replace")
        if len(text) == count:
            return text
    # Characters beyond the basic plane, or left out: one by one they keep their indices.
    return "".join(map(chr, map(pdfium.get_unicode, repeat(handle, count), range(count))))


def _boxes(page: pypdfium2.PdfPage, handle: int, count: int) -> NDArray[np.float64]:
    """One row a character: x0, y0, x1, y1 on the page as displayed."""
    found = np.zeros((count, 4), dtype=np.float32)
    base = found.ctypes.data
    for _ in map(pdfium.get_loose_box, repeat(handle, count), range(count), range(base, base + 16 * count, 16)):
        pass
    left, top, right, bottom = found.astype(np.float64).T
    page_left, page_bottom, page_right, page_top = page.get_bbox()
    rotation = page.get_rotation()
    if rotation == 90:
        sides = (bottom - page_bottom, left - page_left, top - page_bottom, right - page_left)
    elif rotation == 180:
        sides = (page_right - right, bottom - page_bottom, page_right - left, top - page_bottom)
    elif rotation == 270:
        sides = (page_top - top, page_right - right, page_top - bottom, page_right - left)
    else:
        sides = (left - page_left, page_top - top, right - page_left, page_top - bottom)
    return np.stack(sides, axis=1)


def _stretches(text: str, boxes: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Where words begin and end: at white space, and where the next character stands elsewhere."""
    height = boxes[:, 3] - boxes[:, 1]
    apart = np.zeros(len(text), dtype=bool)
    middle = (boxes[1:, 1] + boxes[1:, 3]) / 2
    apart[1:] = (
        (boxes[1:, 0] - boxes[:-1, 2] > 0.6 * height[:-1])
        | (boxes[:-1, 0] - boxes[1:, 0] > height[:-1])
        | (middle < boxes[:-1, 1])
        | (middle > boxes[:-1, 3])
    )
    breaks = apart.tolist()
    begin: int | None = None
    for index, character in enumerate(text):
        if character.isspace() or character in _NOTHING:
            if begin is not None:
                yield begin, index
            begin = None
        elif begin is None:
            begin = index
        elif breaks[index]:
            yield begin, index
            begin = index
    if begin is not None:
        yield begin, len(text)


class _Styles:
    """Weight and visibility of text objects; a page has few of them, and fewer fonts."""

    def __init__(self) -> None:
        self._objects: dict[int | None, tuple[bool, bool]] = {}
        self._fonts: dict[int | None, bool] = {}

    def of(self, text_object: int | None) -> tuple[bool, bool]:
        """Whether it is bold, and whether it is drawn invisibly."""
        known = self._objects.get(text_object)
        if known is None:
            known = self._objects[text_object] = self._look(text_object) if text_object else (False, False)
        return known

    def _look(self, text_object: int) -> tuple[bool, bool]:
        font = pdfium.get_font(text_object)
        if font not in self._fonts:
            self._fonts[font] = _bold(font)
        return self._fonts[font], pdfium.get_render_mode(text_object) == raw.FPDF_TEXTRENDERMODE_INVISIBLE


def _bold(font: int | None) -> bool:
    name = ctypes.create_string_buffer(128)
    pdfium.get_font_name(font, ctypes.addressof(name), len(name))
    words = name.value.lower()
    return b"bold" in words or b"black" in words or b"heavy" in words or pdfium.get_font_weight(font) >= _BOLD_WEIGHT


def _grouped(runs: Sequence[_Run], goes_on: Callable[[_Run, _Run], bool]) -> Iterator[Fragment]:
    """Words that PDFium gives one after the other, for as long as each goes on where the one before it ends."""
    group: list[_Run] = []
    for run in runs:
        if group and not goes_on(group[-1], run):
            yield _fragment(group)
            group = []
        group.append(run)
    if group:
        yield _fragment(group)


def _follows(last: _Run, run: _Run) -> bool:
    """On one line and in one weight."""
    one, other = last.word.box, run.word.box
    middle = (other.y0 + other.y1) / 2
    return last.bold == run.bold and one.y0 < middle < one.y1 and -one.height < other.x0 - one.x1 <= one.height


def _fragment(group: list[_Run]) -> Fragment:
    return Fragment(tuple(run.word for run in group), group[0].bold)


def _near(last: _Run, run: _Run) -> bool:
    """Turned words that lie near one another, whichever way their line runs."""
    one, other = last.word.box, run.word.box
    both = enclosing((one, other))
    reach = min(one.width, one.height) + min(other.width, other.height)
    return both.width <= one.width + other.width + reach and both.height <= one.height + other.height + reach


def _unmapped(text: str) -> int:
    """Characters a broken font map leaves: replacement characters, controls and the private use area."""
    return sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " ")
