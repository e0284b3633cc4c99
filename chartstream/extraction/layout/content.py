"""What layout is given, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, Fragment, Word
from chartstream.extraction.readtext import PageFacts


@dataclass(frozen=True, slots=True)
class PageContent:
    """One page before layout: its fragments and the straight lines drawn on it, in the unit of ``facts``.

    ``rulings`` are thin boxes, wide ones for horizontal lines, high ones for vertical ones. ``turned``: text that does
    not stand upright, a region each. ``ordered``: the fragments stand in reading order already, one a line.
    ``boxes`` lie on the levelled page; ``facts.skew`` turns them back.
    """

    facts: PageFacts
    fragments: tuple[Fragment, ...]
    rulings: tuple[Box, ...] = ()
    turned: tuple[Fragment, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Words with no more than spaces between them: a line of a column, or (a line of) a table's cell."""

    words: tuple[Word, ...]
    box: Box
    bold: bool = False

    @property
    def text(self) -> str:
        """The words, a space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell with its words in reading order; rows and columns count from 0."""

    row: int
    column: int
    words: tuple[Word, ...]
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table on a page: every place of its grid is covered by one cell."""

    box: Box
    rows: int
    columns: int
    cells: tuple[TableCell, ...]
    ruled: bool
    bold_rows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the text: segments from left to right. ``space_above``: the page leaves a gap above it."""

    segments: tuple[Segment, ...]
    box: Box
    space_above: bool = False

    @property
    def bold(self) -> bool:
        """All of it."""
        return all(segment.bold for segment in self.segments)

    @property
    def text(self) -> str:
        """The segments, two spaces apart."""
        return "  ".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Block:
    """A region: rows of one kind, or a table. ``space_above``: the page leaves a gap above it."""

    kind: RegionKind
    rows: tuple[Row, ...] = ()
    table: PageTable | None = None
    space_above: bool = False


@dataclass(frozen=True, slots=True)
class LaidPage:
    """A page as laid out: its running header, its body in reading order, its running footer."""

    facts: PageFacts
    header: tuple[Block, ...]
    body: tuple[Block, ...]
    footer: tuple[Block, ...]
