"""Where words end on a line: what the network read as a space, checked against the gaps that the ink leaves.

The networks lose spaces, most often after punctuation and between short cells, and seldom put one into a number. A gap
is measured where the ink is, never guessed from the language.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.glyphs import Glyph

_CLEAR_GAP = 0.38
"""Shares of the line picture's height. No gap between letters of a word was wider than .33 (in monospace type)."""

_LIKE_A_SPACE = 0.9
_TOO_NARROW = 0.5
_BEFORE_UNIT = 0.14
_ALONE_BEFORE_UNIT = 0.2
_STANDS_OUT = 1.8
_AROUND_TIMES = 0.18  # "11 x 9", where the other gaps of the line are no measure
_BETWEEN_DIGITS = 1.6  # two ones in tabular figures stand far apart
_JOINS_DIGITS = ".,/:-"


@dataclass(frozen=True, slots=True)
class Span:
    """One word of a line: its characters without spaces, and from where to where its ink reaches, as shares of the
    line's width. ``spaced``: the space before and after it were read as they are measured, or the line ends there."""

    glyphs: tuple[Glyph, ...]
    begin: float
    end: float
    spaced: bool

    @property
    def text(self) -> str:
        """The characters."""
        return "".join(glyph.character for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Ink:
    """Where a line's picture is dark: columns with ink, and the first and last row with ink as shares of its height."""

    columns: NDArray[np.bool_]
    height: int
    top: float
    bottom: float

    def gap(self, left: float, right: float) -> tuple[float, float, float]:
        """The widest run without ink between two places: its width (as a share of the height), begin and end.

        Places are shares of the line's width; where there is no such run, it has no width and stands in the middle.
        """
        width = len(self.columns)
        first, last = int(left * width), min(width, int(right * width) + 1)
        edges = np.flatnonzero(np.diff(np.concatenate([[True], self.columns[first:last], [True]]).astype(np.int8)))
        begins, ends = edges[::2], edges[1::2]
        if not len(begins):
            return 0.0, (left + right) / 2, (left + right) / 2
        widest = int(np.argmax(ends - begins))
        begin, end = int(begins[widest]) + first, int(ends[widest]) + first
        return (end - begin) / self.height, begin / width, end / width


def ink_of(line: Image) -> Ink:
    """Dark columns and rows of a line's picture, whether dark on light or light on dark."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY)
    height = grey.shape[0]
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if dark.mean() > 0.5:
        dark = 1 - dark
    # a line's picture reaches into the lines above and below: their ends do not count
    inner = dark[round(0.12 * height) : max(round(0.88 * height), round(0.12 * height) + 1)]
    columns = inner.sum(axis=0) >= max(1.0, 0.03 * height)
    top, bottom = _extent(dark.sum(axis=1))
    return Ink(columns, height, top / height, bottom / height)


def _extent(ink: NDArray[np.int_]) -> tuple[int, int]:
    """First row and row after the last of the line itself: from its blackest row to where white begins either way.

    The blackest of the middle half, for the ends of other lines come in above and below.
    """
    quarter = len(ink) // 4
    top = bottom = quarter + int(np.argmax(ink[quarter : len(ink) - quarter]))
    white = max(1, round(0.08 * len(ink)))
    while top > 0 and ink[max(0, top - white) : top].any():
        top -= 1
    while bottom < len(ink) and ink[bottom : bottom + white].any():
        bottom += 1
    while top < bottom and not ink[top]:
        top += 1
    return top, max(bottom, top + 1)


def words_of(glyphs: tuple[Glyph, ...], ink: Ink) -> list[Span]:
    """The words of a line, from left to right."""
    letters = [glyph for glyph in glyphs if glyph.character != " "]
    if not letters:
        return []
    read = _read_spaces(glyphs)
    gaps = [ink.gap(a.centre, b.centre) for a, b in pairwise(letters)]
    measured = _measured_spaces(letters, [gap[0] for gap in gaps], read)
    spans: list[Span] = []
    begin_at, begin_place, agreed = 0, _first_ink(ink, letters[0].begin), True
    for at, gap in enumerate(gaps):
        if measured[at]:
            fine = measured[at] == read[at]
            spans.append(Span(tuple(letters[begin_at : at + 1]), begin_place, gap[1], agreed and fine))
            begin_at, begin_place, agreed = at + 1, gap[2], fine
        elif read[at]:
            agreed = False
    spans.append(Span(tuple(letters[begin_at:]), begin_place, _last_ink(ink, letters[-1].end), agreed))
    return spans


def _read_spaces(glyphs: tuple[Glyph, ...]) -> list[bool]:
    """For each pair of neighbouring letters whether the network put a space between."""
    spaces: list[bool] = []
    space = False
    for glyph in glyphs[1:]:
        if glyph.character == " ":
            space = True
        else:
            spaces.append(space)
            space = False
    return spaces


def _measured_spaces(letters: list[Glyph], gaps: list[float], read: list[bool]) -> list[bool]:
    spaced = [gap for gap, space in zip(gaps, read, strict=True) if space]
    typical = float(np.median(spaced)) if len(spaced) > 1 else _CLEAR_GAP
    wide = max(_CLEAR_GAP, _LIKE_A_SPACE * typical)
    unit = _before_unit([gap for gap, space in zip(gaps, read, strict=True) if not space])
    decided = []
    for at, (gap, space) in enumerate(zip(gaps, read, strict=True)):
        if space and _within_number(letters, at):
            decided.append(gap >= _TOO_NARROW * typical)
        else:
            before, after = letters[at].character, letters[at + 1].character
            if before.isdigit() and after.isdigit():
                decided.append(space or gap >= _BETWEEN_DIGITS * wide)
            else:
                decided.append(space or gap >= (min(wide, unit) if before.isdigit() and after.isalpha() else wide))
    for at in range(len(letters) - 2):
        first, times, last = (letter.character for letter in letters[at : at + 3])
        if first.isdigit() and times in "xX" and last.isdigit() and min(gaps[at : at + 2]) >= _AROUND_TIMES:
            decided[at : at + 2] = [True, True]
    return decided


def _before_unit(joined: list[float]) -> float:
    """The least gap that parts a number from its unit, where networks lose the most spaces ("8mg").

    Gaps from digit to letter were at most .11 within a word and at least .15 before a unit, but in monospace type,
    where all gaps are wide: so it must also stand out from the other gaps of the line.
    """
    if len(joined) < 2:
        return _ALONE_BEFORE_UNIT
    return max(_BEFORE_UNIT, _STANDS_OUT * float(np.median(joined)))


def _within_number(letters: list[Glyph], at: int) -> bool:
    """Whether the gap after letter ``at`` lies beside a sign that joins two digits: 4.5, 11:30, 03/05, 1,000."""
    for middle in (at, at + 1):
        if 0 < middle < len(letters) - 1 and letters[middle].character in _JOINS_DIGITS:
            before, after = letters[middle - 1].character, letters[middle + 1].character
            if before.isdigit() and after.isdigit():
                return True
    return False


def _first_ink(ink: Ink, begin: float) -> float:
    found = np.flatnonzero(ink.columns[: int(begin * len(ink.columns)) + 1])
    return min(begin, float(found[0]) / len(ink.columns)) if len(found) else begin


def _last_ink(ink: Ink, end: float) -> float:
    found = np.flatnonzero(ink.columns[int(end * len(ink.columns)) :])
    return max(end, end + (float(found[-1]) + 1) / len(ink.columns)) if len(found) else end
