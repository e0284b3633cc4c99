"""A page being drawn: whatever is drawn on it is recorded with its place."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from benchmarks.reading.truth import Kind, Line, Page, Region, Table, Word
from chartstream.extraction.fragments import Box

ASCENT, DESCENT = 0.74, 0.22
"""Of the size: how far letters reach above and below the base line."""

BLACK = (0.0, 0.0, 0.0)
INK = (0.08, 0.12, 0.45)
STAMP_RED = (0.7, 0.08, 0.1)


class Sheet:
    """One page of a canvas. Distances are points from the upper left corner; ``y`` is that of the base line."""

    def __init__(self, canvas: Canvas, width: float, height: float) -> None:
        self._canvas, self.width, self.height = canvas, width, height
        self.regions: list[Region] = []
        self.tables: list[Table] = []
        self.headings: list[str] = []

    def line(
        self, text: str, at: tuple[float, float], font: str, size: float, color: tuple[float, float, float] = BLACK
    ) -> Line:
        """Draw one line of text; ``at`` is where its base line begins."""
        x, y = at
        self._canvas.setFillColorRGB(*color)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self.height - y, text)
        words, end = [], 0
        for part in text.split():
            begin = text.index(part, end)
            end = begin + len(part)
            x0, x1 = (x + stringWidth(text[:stop], font, size) for stop in (begin, end))
            words.append(Word(part, Box(x0, y - ASCENT * size, x1, y + DESCENT * size)))
        return Line(tuple(words))

    def slanted(
        self, texts: Sequence[tuple[str, float]], x: float, y: float, font: str, degrees: float, *, framed: bool
    ) -> list[Line]:
        """Draw lines one below the other (text and size each), turned counter-clockwise about ``x``, ``y``.

        Framed is a stamp, else a hand's ink.
        """
        color = STAMP_RED if framed else INK
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x, self.height - y)
        canvas.rotate(degrees)
        canvas.setFillColorRGB(*color)
        canvas.setStrokeColorRGB(*color)
        lines, down = [], 0.0
        widest = max(stringWidth(text, font, size) for text, size in texts)
        for text, size in texts:
            canvas.setFont(font, size)
            indent = (widest - stringWidth(text, font, size)) / 2 if framed else 0.0
            canvas.drawString(indent, -down, text)
            lines.append(Line(tuple(_turned(text, (indent, down), (font, size), degrees, (x, y)))))
            down += size * 1.25
        if framed:
            canvas.setLineWidth(1.6)
            canvas.roundRect(-8, -down + texts[-1][1] * 0.75, widest + 16, down + 8, 4)
        canvas.restoreState()
        return lines

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6) -> None:
        """Draw a straight line."""
        self._canvas.setStrokeColorRGB(*BLACK)
        self._canvas.setLineWidth(width)
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def shade(self, box: Box, grey: float = 0.88) -> None:
        """Fill a rectangle with light grey; to be called before its text is drawn."""
        self._canvas.setFillColorRGB(grey, grey, grey)
        self._canvas.rect(box.x0, self.height - box.y1, box.x1 - box.x0, box.height, stroke=0, fill=1)

    def add(self, kind: Kind, lines: Sequence[Line], paragraph: int) -> None:
        """Record lines that were drawn as one region; regions are added in reading order."""
        if lines:
            self.regions.append(Region(kind, tuple(lines), paragraph))

    def page(self, document: str, number: int) -> Page:
        """What was recorded."""
        return Page(
            document,
            number,
            self.width,
            self.height,
            tuple(self.regions),
            tuple(self.tables),
            tuple(self.headings),
        )


def _turned(
    text: str, start: tuple[float, float], type_: tuple[str, float], degrees: float, origin: tuple[float, float]
) -> list[Word]:
    """The words of a slanted line, each with the upright rectangle around it."""
    (indent, down), (font, size) = start, type_
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    words, at = [], 0
    for part in text.split():
        begin = text.index(part, at)
        at = begin + len(part)
        left, right = (indent + stringWidth(text[:end], font, size) for end in (begin, at))
        corners = [(u, v) for u in (left, right) for v in (down - ASCENT * size, down + DESCENT * size)]
        xs = [origin[0] + u * cos + v * sin for u, v in corners]
        ys = [origin[1] - u * sin + v * cos for u, v in corners]
        words.append(Word(part, Box(min(xs), min(ys), max(xs), max(ys))))
    return words
