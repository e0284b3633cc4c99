"""What stands on a page of the corpus, recorded while it is drawn. Boxes are in points, origin upper left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from chartstream.extraction.fragments import Box, enclosing

Kind = Literal["title", "text", "list", "table", "header", "footer", "stamp", "handwriting"]

MARKS: frozenset[Kind] = frozenset({"stamp", "handwriting"})
"""What a person adds to a printed page: scored apart from print, and outside its reading order."""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one base line of one region; in a table, one line of one cell."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with one space between."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """Around all words."""
        return enclosing(word.box for word in self.words)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page of one kind. ``paragraph`` is the same number for the two halves of a paragraph that runs
    across a page break or from column to column."""

    kind: Kind
    lines: tuple[Line, ...]
    paragraph: int

    @property
    def box(self) -> Box:
        """Around all lines."""
        return enclosing(line.box for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or the part of it on this page: rows of cell texts, wrapped cells joined by a space."""

    rows: tuple[tuple[str, ...], ...]
    ruled: bool
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``regions`` stand in reading order; ``number`` counts from 1; ``width`` and ``height`` are points."""

    document: str
    number: int
    width: float
    height: float
    regions: tuple[Region, ...]
    tables: tuple[Table, ...]
    headings: tuple[str, ...]

    @property
    def name(self) -> str:
        """``document-number``."""
        return f"{self.document}-{self.number}"


@dataclass(frozen=True, slots=True)
class Document:
    """One note: its PDF with a text layer, its pages, and its fields, normalised as the extraction stage gives them
    (ISO 8601 dates, ``FEMALE`` or ``MALE``, the age in years or as a duration)."""

    name: str
    half: Literal["A", "B"]
    pdf: bytes = field(repr=False)
    pages: tuple[Page, ...]
    fields: dict[str, str]
