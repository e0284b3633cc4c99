"""A document as read: its text, and for every line of it the place it came from. One structure, so they cannot drift.

Offsets count Unicode code points from 0, end exclusive. Lines never overlap, stand in order, and are the whole text
but for the newlines between them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box

Unit = Literal["pt", "px"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``page`` counts from 1; it and ``box`` are None where the format knows no pages (text, Word).

    ``confidence`` is the engine's score (0 to 1), 1.0 where nothing had to be recognised. ``emphasised``: the line is
    a heading by its style, or all of it is bold.
    """

    begin: int
    end: int
    page: int | None
    box: Box | None
    confidence: float
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the text: its span, its page (from 1), its box there, and the probability that it is read exactly."""

    begin: int
    end: int
    page: int
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of lines that is one thing; ``page`` (from 1) and ``box`` are None where the format knows no pages."""

    kind: RegionKind
    begin: int
    end: int
    page: int | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table. ``row`` and ``column`` count from 0; its text stands at ``begin`` to ``end``, equal when empty."""

    row: int
    column: int
    begin: int
    end: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one line of the text for each row, its cells two spaces apart. ``ruled``: lines are drawn in it."""

    begin: int
    end: int
    page: int | None
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``width`` and ``height`` are those of the upright page in ``unit``; boxes of its lines are too.

    ``rotation``: degrees (0, 90, 180, 270) clockwise by which the page was turned upright; ``skew``: those by which its
    lines were levelled before it was read (boxes are on the page as it was); ``credits``: what a paid engine charged. ``engine``: ``text-layer``
    or the OCR engine's name. ``confidence``: mean of its lines weighted by length, 0 for a page without text.
    """

    number: int
    width: float
    height: float
    unit: Unit
    rotation: int
    engine: str
    confidence: float
    begin: int
    end: int
    skew: float = 0.0
    credits: float | None = None


@dataclass(frozen=True, slots=True)
class ReadText:
    """The text of a document with its lines and pages. Raises ``ValueError`` when they do not tile the text."""

    text: str
    lines: tuple[Line, ...]
    pages: tuple[Page, ...]
    words: tuple[PlacedWord, ...] = ()
    regions: tuple[Region, ...] = ()
    tables: tuple[Table, ...] = ()

    def __post_init__(self) -> None:
        expected = 0
        for line in self.lines:
            if line.begin != expected or line.end < line.begin or "\n" in self.text[line.begin : line.end]:
                raise ValueError(f"line at {line.begin}:{line.end} does not follow on {expected}")
            expected = line.end + 1
        if expected != (len(self.text) + 1 if self.lines else len(self.text)):
            raise ValueError("the lines do not cover the text")
        if any(before.end > after.begin for before, after in zip(self.pages, self.pages[1:], strict=False)):
            raise ValueError("pages overlap")

    def lines_at(self, begin: int, end: int) -> tuple[Line, ...]:
        """The lines of which a span holds at least one character."""
        return tuple(line for line in self.lines if max(line.begin, begin) < min(line.end, end))

    def confidence_at(self, begin: int, end: int) -> float:
        """The lowest line score under a span: one badly read line makes a span doubtful. 0 where there is no line."""
        return min((line.confidence for line in self.lines_at(begin, end)), default=0.0)

    def mean_confidence(self) -> float:
        """Mean of the line scores weighted by length, 0 to 1; 0 without text."""
        return _mean(self.lines)


class TextBuilder:
    """Collects lines and pages and gives them their offsets."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._lines: list[Line] = []
        self._pages: list[Page] = []
        self._offset = 0

    def add_line(
        self,
        text: str,
        *,
        page: int | None = None,
        box: Box | None = None,
        confidence: float = 1.0,
        emphasised: bool = False,
    ) -> None:
        """Append one line; newlines inside it become spaces."""
        flat = text.replace("\r", " ").replace("\n", " ").rstrip()
        self._texts.append(flat)
        self._lines.append(Line(self._offset, self._offset + len(flat), page, box, confidence, emphasised))
        self._offset += len(flat) + 1

    def close_page(self, width: float, height: float, unit: Unit, rotation: int, engine: str) -> None:
        """End the page that all lines added since the last call belong to; pages are numbered from 1."""
        number = len(self._pages) + 1
        lines = [line for line in self._lines if line.page == number]
        begin = lines[0].begin if lines else min(self._offset, self._length())
        end = lines[-1].end if lines else begin
        self._pages.append(Page(number, width, height, unit, rotation, engine, _mean(lines), begin, end))

    @property
    def next_page(self) -> int:
        """The number of the page that is being collected."""
        return len(self._pages) + 1

    def build(self) -> ReadText:
        """The finished document."""
        return ReadText("\n".join(self._texts), tuple(self._lines), tuple(self._pages))

    def _length(self) -> int:
        return max(self._offset - 1, 0)


def _mean(lines: Iterable[Line]) -> float:
    weighted = [(line.confidence, line.end - line.begin) for line in lines]
    total = sum(length for _, length in weighted)
    return round(sum(score * length for score, length in weighted) / total, 4) if total else 0.0
