"""From pages as laid out to one text: furniture behind the bodies, paragraphs across pages joined, words made whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chartstream.events.extraction import RegionKind
from chartstream.extraction.fragments import Box, Word
from chartstream.extraction.layout.content import Block, LaidPage, PageContent, PageTable, Row
from chartstream.extraction.layout.page import lay_out
from chartstream.extraction.readtext import Cell, PageFacts, ReadText, TextBuilder, Token

MARK_CONFIDENCE = 0.5
"""What stands in a stamp or was written by hand counts as no surer than this, below every bound of the fields: the
date of a stamp is no date of service."""

_MARKS = (RegionKind.STAMP, RegionKind.HANDWRITING)
_RUNNING = (RegionKind.TEXT, RegionKind.LIST)

# Words that keep their hyphen when a line ends behind it: "follow-" and "up" are no "followup".
_COMPOUNDS = frozenset(
    {
        "follow",
        "well",
        "self",
        "non",
        "long",
        "short",
        "low",
        "high",
        "left",
        "right",
        "mid",
        "late",
        "early",
        "half",
        "full",
        "part",
        "single",
        "double",
        "two",
        "three",
        "over",
        "under",
        "post",
        "pre",
        "anti",
        "co",
        "re",
        "x",
        "e",
        "t",
        "beta",
        "alpha",
        "gamma",
        "once",
        "twice",
        "wall",
        "weight",
        "year",
        "day",
        "week",
        "month",
        "hour",
        "third",
        "second",
        "first",
        "fine",
        "large",
        "small",
        "broad",
    }
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row on its way into the text, with the block and the page it is of."""

    page: LaidPage
    block: Block
    pieces: list[list[Token]]
    emphasised: bool
    space_above: bool


def read_text(pages: Sequence[PageContent]) -> ReadText:
    """The text of a document's pages, with words, regions, tables and pages."""
    return assembled(lay_out(pages))


def assembled(pages: Sequence[LaidPage]) -> ReadText:
    """The first page's running header, all bodies, then the other headers and all footers, page by page."""
    builder = TextBuilder()
    bodies: list[tuple[int, int]] = []
    lines = list(_body_lines(pages))
    _mend(lines)
    for number, page in enumerate(pages):
        mine = [line for line in lines if line.page is page]
        if number and mine and _starts_anew(pages[number - 1], mine[0]):
            builder.add_line("", page=page.facts.number)
        first = builder.line_count
        if number == 0:
            _add_furniture(page, page.header, builder)
        _add_body(mine, builder)
        bodies.append((first, builder.line_count))
    for number, page in enumerate(pages):
        _add_furniture(page, (*(page.header if number else ()), *page.footer), builder)
    for page, (first, end) in zip(pages, bodies, strict=True):
        builder.add_page(page.facts, first, end)
    return builder.build()


def _body_lines(pages: Sequence[LaidPage]) -> Iterator[_Line]:
    for page in pages:
        for block in page.body:
            for index, row in enumerate(block.rows):
                space = block.space_above if index == 0 else row.space_above
                yield _Line(page, block, _pieces(row, page.facts, block.kind), row.bold, space)
            if block.table is not None:
                for index in range(block.table.rows):
                    bold = index in block.table.bold_rows
                    pieces = _cells(block.table, index, page.facts)
                    yield _Line(page, block, pieces, bold, block.space_above and index == 0)


def _add_body(lines: list[_Line], builder: TextBuilder) -> None:
    """Add a page's lines, block by block."""
    block: Block | None = None
    first = builder.line_count
    rows: list[list[tuple[int, int]]] = []
    for index, line in enumerate(lines):
        if line.block is not block:
            if block is not None:
                _close(block, rows, builder, first)
            if index > 0 and line.space_above:
                builder.add_line("", page=line.page.facts.number)
            block, first, rows = line.block, builder.line_count, []
        elif line.space_above:
            builder.add_line("", page=line.page.facts.number)
        rows.append(builder.add_row(line.pieces, line.page.facts.number, emphasised=line.emphasised))
    if block is not None:
        _close(block, rows, builder, first)


def _close(block: Block, rows: list[list[tuple[int, int]]], builder: TextBuilder, first: int) -> None:
    builder.add_region(block.kind, first)
    if block.table is not None:
        spans = iter([span for row in rows for span in row])
        by_row = sorted(block.table.cells, key=lambda c: (c.row, c.column))
        cells = [Cell(c.row, c.column, *next(spans), row_span=c.row_span, column_span=c.column_span) for c in by_row]
        builder.add_table(cells, block.table.columns, first, ruled=block.table.ruled)


def _starts_anew(before: LaidPage, line: _Line) -> bool:
    """Whether a page begins with something new, rather than with the rest of the paragraph before."""
    last = before.body[-1] if before.body else None
    if last is None or last.kind not in _RUNNING or line.block.kind not in _RUNNING or not last.rows:
        return last is not None
    opening = line.pieces[0][0].text if line.pieces and line.pieces[0] else ""
    return last.rows[-1].text.endswith((".", ":", "!", "?")) and not opening[:1].islower()


def _add_furniture(page: LaidPage, blocks: Iterable[Block], builder: TextBuilder) -> None:
    for block in blocks:
        if builder.line_count:
            builder.add_line("", page=page.facts.number)
        first = builder.line_count
        for row in block.rows:
            builder.add_row(_pieces(row, page.facts, block.kind), page.facts.number)
        builder.add_region(block.kind, first)
        if page.facts.number == 1 and block.kind is RegionKind.HEADER:
            builder.add_line("", page=1)


def _pieces(row: Row, facts: PageFacts, kind: RegionKind) -> list[list[Token]]:
    most = MARK_CONFIDENCE if kind in _MARKS else 1.0
    return [[_token(word, facts, most) for word in segment.words] for segment in row.segments]


def _cells(table: PageTable, row: int, facts: PageFacts) -> list[list[Token]]:
    """The cells that begin in a row, from the left, empty ones too."""
    here = sorted((cell for cell in table.cells if cell.row == row), key=lambda cell: cell.column)
    return [[_token(word, facts) for word in cell.words] for cell in here]


def _token(word: Word, facts: PageFacts, most: float = 1.0) -> Token:
    return Token(word.text, facts.number, _as_it_was(word.box, facts), min(word.confidence, most))


def _as_it_was(box: Box, facts: PageFacts) -> Box:
    """The upright rectangle around a box of the levelled page, on the page as it was before levelling."""
    if not facts.skew:
        return box
    cos, sin = math.cos(math.radians(facts.skew)), math.sin(math.radians(facts.skew))
    cx, cy = facts.width / 2, facts.height / 2
    corners = [(x - cx, y - cy) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
    xs = [cx + x * cos + y * sin for x, y in corners]
    ys = [cy - x * sin + y * cos for x, y in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _mend(lines: list[_Line]) -> None:
    """Take the rest of a word that was broken at the end of a line up to its beginning."""
    index = 0
    while index + 1 < len(lines):
        line, below = lines[index], lines[index + 1]
        if not (_running(line) and _running(below)):
            index += 1
            continue
        head, rest = line.pieces[-1][-1], below.pieces[0][0]
        joined = _head(head.text, rest.text)
        if joined is not None:
            line.pieces[-1][-1] = replace(head, text=joined)
            line.pieces[-1].append(replace(rest, glued=True))
            del below.pieces[0][0]
            below.pieces[:] = [piece for piece in below.pieces if piece]
            if not below.pieces:
                del lines[index + 1]
                continue
        index += 1


def _running(line: _Line) -> bool:
    return line.block.kind in _RUNNING and bool(line.pieces) and bool(line.pieces[0])


def _head(head: str, rest: str) -> str | None:
    """What stands of a broken word before its break; ``None`` where no word is broken."""
    if len(head) < 3 or head[-1] != "-" or not rest[:1].islower():
        return None
    stem = head[:-1]
    last = stem.rpartition("-")[2].lstrip("(\"'")
    if not last.isalpha():
        return None
    letters = rest.rstrip(".,;:!?)\"'")
    plain = "-" not in stem and last[1:].islower() and letters.isalpha() and letters.islower()
    return stem if plain and last.lower() not in _COMPOUNDS else head
