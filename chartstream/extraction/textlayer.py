"""The text layer of a PDF page as fragments, in the page's coordinates as displayed."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

from chartstream.extraction.fragments import Box, Fragment, enclosing

# PDFium's mark for a hyphen at the end of a line.
_LINE_HYPHEN = "\x02"


@dataclass(slots=True)
class _Run:
    """Characters that follow one another on one line."""

    first: int
    text: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def fragments_of(page: pypdfium2.PdfPage) -> list[Fragment]:
    """Runs of characters with boxes in points from the upper left corner of the page as displayed.

    A run ends where the line does, or at a gap wider than a line is high (the next cell of a table). Text that does
    not stand upright on the displayed page is left out: its lines could not be put in order.
    """
    textpage = page.get_textpage()
    try:
        return [
            Fragment.of_line("".join(run.text).strip(), enclosing(run.boxes), 1.0, bold=_bold(textpage, run.first))
            for run in _runs(page, textpage)
            if run.boxes and "".join(run.text).strip()
        ]
    finally:
        textpage.close()


def _runs(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    rotation = page.get_rotation()
    bounds = page.get_bbox()
    run: _Run | None = None
    for index in range(textpage.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(textpage, index))
        if character in "\r\n":
            if run is not None:
                yield run
            run = None
            continue
        if raw.FPDFText_IsGenerated(textpage, index) == 1:
            # A space that PDFium adds between words has no box of its own.
            if run is not None:
                run.text.append(character)
            continue
        if not _upright(textpage, index, rotation):
            continue
        box = _displayed(textpage.get_charbox(index, loose=True), bounds, rotation)
        if run is not None and run.boxes and _apart(run.boxes[-1], box):
            yield run
            run = None
        if run is None:
            run = _Run(index)
        run.text.append("-" if character == _LINE_HYPHEN else character)
        run.boxes.append(box)
    if run is not None:
        yield run


def _apart(last: Box, box: Box) -> bool:
    middle = (box.y0 + box.y1) / 2
    return box.x0 - last.x1 > last.height or last.x0 - box.x0 > last.height or not last.y0 < middle < last.y1


def _upright(textpage: pypdfium2.PdfTextPage, index: int, rotation: int) -> bool:
    turned = math.degrees(raw.FPDFText_GetCharAngle(textpage, index)) + rotation
    return math.cos(math.radians(turned)) > 0.99


def _displayed(box: tuple[float, float, float, float], bounds: tuple[float, float, float, float], rotation: int) -> Box:
    """From PDF coordinates (origin below left, before the page's own rotation) to those of the displayed page."""
    left, bottom, right, top = box
    page_left, page_bottom, page_right, page_top = bounds
    if rotation == 90:
        return Box(bottom - page_bottom, left - page_left, top - page_bottom, right - page_left)
    if rotation == 180:
        return Box(page_right - right, bottom - page_bottom, page_right - left, top - page_bottom)
    if rotation == 270:
        return Box(page_top - top, page_right - right, page_top - bottom, page_right - left)
    return Box(left - page_left, page_top - top, right - page_left, page_top - bottom)


def _bold(textpage: pypdfium2.PdfTextPage, index: int) -> bool:
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, index, name, len(name), flags)
    return b"bold" in name.value.lower()
