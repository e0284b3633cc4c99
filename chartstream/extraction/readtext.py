"""A document as read: its text, and for every line and word of it the place it came from. One structure, so that they
cannot drift.

Offsets count Unicode code points from 0, end exclusive. Lines never overlap, stand in order, and are the whole text
but for the newlines between them. Words are what stands between white space; the two parts of a word that was broken at
the end of a line are two words without anything between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, enclosing
from chartstream.texts import Spanned, touched

Unit = Literal["pt", "px"]

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``page`` counts from 1; it and ``box`` are None where the format knows no pages (text, Word).

    ``confidence`` is the mean of its words' by length (0 to 1), 1.0 where nothing had to be recognised.
    ``emphasised``: the line is a heading by its style, or all of it is bold.
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
    """A cell of a table; rows and columns count from 0. Its text stands at ``begin`` to ``end``, equal if empty."""

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
    lines were levelled before it was read (boxes are on the page as it was); ``credits``: what a paid engine charged.
    ``engine``: ``text-layer`` or the OCR engine's name. ``confidence``: mean of its lines weighted by length, 0 for a
    page without text. ``begin`` to ``end`` is the page's body, the first page's with its running header; the running
    headers of the others, and all running footers, stand behind the last body.
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
    """The text of a document with its layout. Raises ``ValueError`` when its parts contradict one another.

    Lines tile the text. Pages stand in order and do not overlap. Words, where there are any, stand in order, each
    within one line. Regions and tables cover whole lines, stand in order and do not overlap; cells lie in their table.
    """

    text: str
    lines: tuple[Line, ...]
    pages: tuple[Page, ...]
    words: tuple[PlacedWord, ...] = ()
    regions: tuple[Region, ...] = ()
    tables: tuple[Table, ...] = ()

    def __post_init__(self) -> None:
        self._check_lines()
        ordered: tuple[Sequence[Spanned], ...] = (self.pages, self.words, self.regions, self.tables)
        for parts in ordered:
            if any(before.end > after.begin for before, after in pairwise(parts)):
                raise ValueError(f"parts of the type {type(parts[0]).__name__} overlap or are out of order")
        self._check_words()
        begins, ends = {line.begin for line in self.lines}, {line.end for line in self.lines}
        covering: tuple[Spanned, ...] = (*self.regions, *self.tables)
        for part in covering:
            if part.begin not in begins or part.end not in ends:
                raise ValueError(f"what stands at {part.begin}:{part.end} does not cover whole lines")
        for table in self.tables:
            if any(not table.begin <= cell.begin <= cell.end <= table.end for cell in table.cells):
                raise ValueError(f"a cell of the table at {table.begin} lies outside of it")

    def _check_lines(self) -> None:
        expected = 0
        for line in self.lines:
            if line.begin != expected or line.end < line.begin or "\n" in self.text[line.begin : line.end]:
                raise ValueError(f"line at {line.begin}:{line.end} does not follow on {expected}")
            expected = line.end + 1
        if expected != (len(self.text) + 1 if self.lines else len(self.text)):
            raise ValueError("the lines do not cover the text")

    def _check_words(self) -> None:
        for word in self.words:
            if word.begin >= word.end or _SPACE.search(self.text, word.begin, word.end):
                raise ValueError(f"the word at {word.begin}:{word.end} is empty or holds white space")

    def lines_at(self, begin: int, end: int) -> tuple[Line, ...]:
        """The lines of which a span holds at least one character."""
        return tuple(touched(self.lines, begin, end))

    def words_at(self, begin: int, end: int) -> tuple[PlacedWord, ...]:
        """The words of which a span holds at least one character; none where the format knows no pages."""
        return tuple(touched(self.words, begin, end))

    def confidence_at(self, begin: int, end: int) -> float:
        """The lowest score under a span: one badly read word makes it doubtful. 0 where there is nothing.

        Where words have no scores of their own (text, Word), those of the lines count.
        """
        found: Sequence[Line | PlacedWord] = self.words_at(begin, end) or self.lines_at(begin, end)
        return min((part.confidence for part in found), default=0.0)

    def mean_confidence(self) -> float:
        """Mean of the line scores weighted by length, 0 to 1; 0 without text."""
        return mean_confidence(self.lines)


def mean_confidence(parts: Iterable[Line | PlacedWord]) -> float:
    """Mean of the scores weighted by length, 0 to 1; 0 without text."""
    weighted = [(part.confidence, part.end - part.begin) for part in parts]
    total = sum(length for _, length in weighted)
    return round(sum(score * length for score, length in weighted) / total, 4) if total else 0.0


@dataclass(frozen=True, slots=True)
class Token:
    """A word on its way into the text, with its place; ``glued``: no space parts it from the word before."""

    text: str
    page: int
    box: Box
    confidence: float
    glued: bool = False


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of a page before its text has offsets; see ``Page``."""

    number: int
    width: float
    height: float
    unit: Unit
    rotation: int
    engine: str
    skew: float = 0.0
    credits: float | None = None


class TextBuilder:
    """Collects lines, words, regions, tables and pages, and gives them their offsets."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._lines: list[Line] = []
        self._words: list[PlacedWord] = []
        self._regions: list[Region] = []
        self._tables: list[Table] = []
        self._pages: list[Page] = []
        self._offset = 0

    @property
    def line_count(self) -> int:
        """How many lines there are, which is the index of the next one."""
        return len(self._lines)

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

    def add_cells(self, texts: Sequence[str], *, emphasised: bool = False) -> list[tuple[int, int]]:
        """Append one line of texts two spaces apart, empty ones left out, and give the span of each."""
        spans = []
        position = self._offset
        for flat in (" ".join(text.split()) for text in texts):
            if flat and position > self._offset:
                position += 2
            spans.append((position, position + len(flat)))
            position += len(flat)
        self.add_line(
            "  ".join(flat for flat in (" ".join(text.split()) for text in texts) if flat), emphasised=emphasised
        )
        return spans

    def add_row(
        self, pieces: Sequence[Sequence[Token]], page: int, *, emphasised: bool = False
    ) -> list[tuple[int, int]]:
        """Append one line of words, those of a piece a space apart, pieces two, and give the span of each piece.

        The line's box is that of its words but for those that came up from the row below (a broken word's rest).
        """
        spans: list[tuple[int, int]] = []
        words: list[PlacedWord] = []
        parts: list[str] = []
        position = self._offset
        for piece in pieces:
            begin = position
            for index, token in enumerate(piece):
                space = "" if token.glued or not parts else "  " if index == 0 else " "
                position += len(space)
                if index == 0:
                    begin = position
                parts += [space, token.text]
                words.append(PlacedWord(position, position + len(token.text), token.page, token.box, token.confidence))
                position += len(token.text)
            spans.append((begin, position))
        own = [token.box for piece in pieces for token in piece if not token.glued]
        box = enclosing(own) if own else None
        confidence = mean_confidence(words) if words else 1.0
        self._words += words
        self.add_line("".join(parts), page=page, box=box, confidence=confidence, emphasised=emphasised)
        return spans

    def add_region(self, kind: RegionKind, first: int) -> None:
        """Make one thing of the lines from index ``first`` to the last; without lines nothing."""
        lines = self._lines[first:]
        if not lines:
            return
        boxes = [line.box for line in lines if line.box is not None and line.page == lines[0].page]
        box = enclosing(boxes) if boxes else None
        self._regions.append(Region(kind, lines[0].begin, lines[-1].end, lines[0].page, box))

    def add_table(self, cells: Iterable[Cell], columns: int, first: int, *, ruled: bool = False) -> None:
        """Make a table of the lines from index ``first`` to the last, one of them for each row."""
        lines = self._lines[first:]
        self._tables.append(
            Table(lines[0].begin, lines[-1].end, lines[0].page, len(lines), columns, tuple(cells), ruled)
        )

    def add_page(self, facts: PageFacts, first: int, end: int) -> None:
        """End a page whose body is the lines from index ``first`` to before ``end``; pages come in order."""
        body = self._lines[first:end]
        begin = body[0].begin if body else self._lines[first - 1].end if first else 0
        confidence = mean_confidence(line for line in self._lines if line.page == facts.number)
        self._pages.append(
            Page(
                number=facts.number,
                width=facts.width,
                height=facts.height,
                unit=facts.unit,
                rotation=facts.rotation,
                engine=facts.engine,
                confidence=confidence,
                begin=begin,
                end=body[-1].end if body else begin,
                skew=facts.skew,
                credits=facts.credits,
            )
        )

    def build(self) -> ReadText:
        """The finished document."""
        return ReadText(
            "\n".join(self._texts),
            tuple(self._lines),
            tuple(self._pages),
            tuple(self._words),
            tuple(self._regions),
            tuple(self._tables),
        )
