"""The extracted text as blocks: sections, in them regions and tables, in them pieces that carry the keys of marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chartstream.events.extraction import Table
from chartstream.viewer.marks import band, family_of
from chartstream.viewer.places import Places
from chartstream.viewer.seen import SeenDocument, plain


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters with the same keys (the nearest thing first) and CSS classes; ``confidence`` of the word it is."""

    text: str
    keys: str
    names: str
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """A cell of a table in the text."""

    pieces: tuple[Piece, ...]
    rows: int
    columns: int
    key: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one region, or one table. ``page``: set where a page begins. ``number``: of the region, from 1."""

    key: str
    kind: str
    number: int | None
    page: int | None
    lines: tuple[tuple[Piece, ...], ...]
    table: tuple[tuple[WrittenCell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it stands in the text; what stands in no section has no key."""

    key: str
    family: str
    kind: str
    confidence: float | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    begin: int
    end: int
    key: str
    name: str
    confidence: str = ""


def written(document: SeenDocument) -> tuple[Part, ...]:
    """The whole text in order."""
    return _Writer(document).parts()


class _Writer:
    def __init__(self, document: SeenDocument) -> None:
        self._document = document
        self._text = plain(document.text.text)
        self._marks = _marks(document)
        self._places = Places(document)
        self._words = _words(self._places)
        self._begins = [word.begin for word in self._words]
        self._shown_page: int | None = None

    def parts(self) -> tuple[Part, ...]:
        grouped: list[tuple[int | None, list[tuple[int, int]]]] = []
        for begin, end in _lines(self._text):
            section = self._places.section_at(max(begin, end - 1))
            if not grouped or grouped[-1][0] != section:
                grouped.append((section, []))
            grouped[-1][1].append((begin, end))
        return tuple(self._part(section, lines) for section, lines in grouped)

    def _part(self, number: int | None, lines: Sequence[tuple[int, int]]) -> Part:
        blocks = tuple(self._blocks(lines))
        if number is None:
            return Part("", "other", "", None, blocks)
        section = self._document.sections[number]
        return Part(f"s{number}", family_of(section), section.kind.replace("_", " "), section.confidence, blocks)

    def _blocks(self, lines: Sequence[tuple[int, int]]) -> Iterable[Block]:
        runs: list[tuple[int | None, int | None, list[tuple[int, int]]]] = []
        for line in lines:
            table, region = self._table_at(line), self._places.region_at(max(line[0], line[1] - 1))
            blank = line[0] == line[1]
            if runs and (blank or runs[-1][:2] == (table, region)):
                runs[-1][2].append(line)
            else:
                runs.append((table, region, [line]))
        for table, region, run in runs:
            yield self._block(table, region, run)

    def _block(self, table: int | None, region: int | None, lines: Sequence[tuple[int, int]]) -> Block:
        kind = "text" if region is None else self._document.text.regions[region].kind.value.lower()
        number = None if region is None else region + 1
        begins_here = region is not None and self._document.text.regions[region].begin in range(
            lines[0][0], lines[-1][1] + 1
        )
        return Block(
            key="" if region is None else f"r{region}",
            kind=kind,
            number=number if begins_here else None,
            page=self._new_page(lines),
            lines=() if table is not None else tuple(self._pieces(begin, end) for begin, end in lines),
            table=() if table is None else self._rows(table),
        )

    def _new_page(self, lines: Sequence[tuple[int, int]]) -> int | None:
        begin, end = lines[0][0], lines[-1][1]
        page = self._places.page_at(begin, end)
        if page is None or page == self._shown_page:
            return None
        self._shown_page = page
        return page

    def _table_at(self, line: tuple[int, int]) -> int | None:
        return next(
            (n for n, t in enumerate(self._document.text.tables) if t.begin <= line[0] and line[1] <= t.end), None
        )

    def _rows(self, number: int) -> tuple[tuple[WrittenCell, ...], ...]:
        table: Table = self._document.text.tables[number]
        rows: list[list[tuple[int, WrittenCell]]] = [[] for _ in range(table.rows)]
        for index, cell in enumerate(table.cells):
            pieces = self._pieces(cell.begin, cell.end)
            key = f"c{number}.{index} b{number}"
            if cell.row < table.rows:
                rows[cell.row].append((cell.column, WrittenCell(pieces, cell.row_span, cell.column_span, key)))
        return tuple(tuple(cell for _, cell in sorted(row, key=lambda item: item[0])) for row in rows)

    def _pieces(self, begin: int, end: int) -> tuple[Piece, ...]:
        first = max(bisect_left(self._begins, begin) - 1, 0)
        last = bisect_left(self._begins, end)
        near = [s for s in (*self._words[first:last], *self._marks) if max(s.begin, begin) < min(s.end, end)]
        cuts = sorted({begin, end, *(c for s in near for c in (s.begin, s.end) if begin < c < end)})
        pieces = []
        for start, stop in pairwise(cuts):
            over = [s for s in near if s.begin <= start and stop <= s.end]
            # Fields and statements before the word that they are made of.
            over.sort(key=lambda s: ("ftswl".index(s.key[0]), s.begin))
            keys = [s.key for s in over if s.key[0] != "s"]
            names = dict.fromkeys(s.name for s in over)
            confidence = next((s.confidence for s in over if s.confidence), "")
            pieces.append(Piece(self._text[start:stop], " ".join(keys), " ".join(names), confidence))
        return tuple(pieces)


def _words(places: Places) -> list[_Span]:
    return [
        _Span(word.item.begin, word.item.end, word.key, f"word {band(score)}", f"{score:.2f}")
        for word in places.words
        for score in (word.item.confidence,)
    ]


def _marks(document: SeenDocument) -> list[_Span]:
    fields = [
        _Span(f.evidence.begin, f.evidence.end, f"f{n}", "field")
        for n, f in enumerate(document.fields)
        if f.evidence is not None
    ]
    statements = [
        _Span(s.evidence.begin, s.evidence.end, f"t{n}", f"statement {s.kind.value.lower()}")
        for n, s in enumerate(document.statements)
    ]
    titles = [
        _Span(s.title_begin, s.title_end, f"s{n}", "heading")
        for n, s in enumerate(document.sections)
        if s.title_begin is not None and s.title_end is not None
    ]
    return [*fields, *statements, *titles]


def _lines(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for line in text.split("\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans
